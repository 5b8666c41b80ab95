"""Sample sheets: checked as they come in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.plain import examined_out
from backend.sequencing.sheets.reading import LARGEST_SHEET_BYTES
from backend.sequencing.sheets.run_info import read_run_info
from backend.templates.reading.values import Severity


class SheetIn(BaseModel):
    """A sheet's text as it is written, spaces included; ``run_info`` is the run's RunInfo.xml."""

    model_config = ConfigDict(extra="forbid")

    sheet: Annotated[str, Field(min_length=1, max_length=LARGEST_SHEET_BYTES)]
    run_info: Annotated[str, Field(max_length=LARGEST_SHEET_BYTES)] | None = None


class CyclesOut(ApiOutput):
    """Cycles of each read; null is not said, 0 is no such read."""

    read1: int | None
    read2: int | None
    index1: int | None
    index2: int | None


class EditOut(ApiOutput):
    """Text in place of a cell, or of the whole line where there is no column."""

    line: int
    column: int | None
    text: str


class FixOut(ApiOutput):
    """A change that needs no person's knowledge."""

    label: str
    edits: list[EditOut]


class FindingOut(ApiOutput):
    """Something to say about the sheet; line and column count from 1."""

    line: int | None
    column: int | None
    code: str
    severity: Severity
    message: str
    value: str | None
    fix: FixOut | None


class SheetOut(ApiOutput):
    """What the sheet is, and what a demultiplexer would refuse or misread."""

    dialect: str | None
    rows: int
    samples: int
    lanes: list[int]
    cycles: CyclesOut | None
    errors: int
    warnings: int
    findings: list[FindingOut]


def check_sheet(call: Call) -> SheetOut:
    """Check a sheet; nothing of it is kept."""
    sent = call.sent(SheetIn)
    info = read_run_info(sent.run_info.encode()) if sent.run_info else None
    seen = examine(sent.sheet.encode(), run=info.cycles if info else None)
    return SheetOut.model_validate(examined_out(seen))


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/sequencing/sheets/check",
        handler=check_sheet,
        access=Permission.SEQUENCING_VIEW,
        summary="Check a sample sheet of any format; nothing is kept",
        tag=_TAG,
        body=SheetIn,
        answer=SheetOut,
    ),
)
