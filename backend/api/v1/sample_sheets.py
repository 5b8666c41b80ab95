"""Sample sheets: checked as they come in, those of planned runs, and releasing one."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.api.idempotency import once_signed
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.api.signing import signed
from backend.auth.views import Locked, Refused
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.released import queries, service
from backend.sequencing.released.errors import ReleaseNotFound
from backend.sequencing.released.schemas import ReleaseIn
from backend.sequencing.released.views import ReleaseView
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.plain import examined_out
from backend.sequencing.sheets.reading import LARGEST_SHEET_BYTES
from backend.sequencing.sheets.run_info import read_run_info
from backend.sequencing.sheets.values import Dialect
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


class SheetQuery(ApiInput):
    """Which sheet of the run: a kept one by its number, or as it would be released now."""

    release: Annotated[int, Field(ge=1)] | None = None
    dialect: Dialect | None = None


class ReleaseOut(ApiOutput):
    """A release of a run; it stands as long as nothing on its lanes has changed."""

    number: int
    dialect: Dialect
    sha256: str
    released_by_name: str
    released_at: datetime
    meaning: str
    flow_cell: str
    reagent_kit: str
    stands: bool
    void_reason: str


class ReleaseRunIn(ReleaseIn):
    """What is said when a run is released; ``password`` is the caller's own, typed again."""

    password: str = Field(max_length=128)


class ReleasesOut(ApiOutput):
    """The newest release first."""

    items: list[ReleaseOut]


def get_sheet(call: Call) -> Answer:
    """Return a sheet of a run as text."""
    asked, code = call.asked(SheetQuery), call.path["run"]
    with reading() as session:
        if asked.release is not None:
            kept, content = queries.kept_sheet(session, call.caller, code, asked.release)
            return file_answer(content, CSV, kept.file_name)
        draft = queries.draft_sheet(session, call.caller, code, dialect=asked.dialect)
    if draft is None:
        raise ReleaseNotFound
    return file_answer(draft.content, CSV, "draft.csv")


def list_releases(call: Call) -> ReleasesOut:
    """Return who released a run, with what, and whether it still holds."""
    with reading() as session:
        found = queries.list_releases(session, call.caller, call.path["run"])
    return ReleasesOut(items=[ReleaseOut.model_validate(each) for each in found])


def release_run(call: Call) -> object:
    """Sign for a run and keep its sample sheet as it is now."""
    sent = call.sent(ReleaseRunIn)
    with writing() as session:

        def sign() -> ReleaseView | Refused | Locked:
            return service.release_run(
                session, call.caller, code=call.path["run"], said=sent, password=sent.password
            )

        outcome = once_signed(session, call, sign, ReleaseOut.model_validate)
    return signed(outcome)


CSV = "text/csv; charset=utf-8"
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
    Route(
        method="GET",
        path="/api/v1/sequencing/plans/{run}/sheet",
        handler=get_sheet,
        access=Permission.SEQUENCING_VIEW,
        summary="The sample sheet of a run: a kept one, or as it would be released now",
        tag=_TAG,
        query=SheetQuery,
        answer=None,
        files=(CSV,),
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/plans/{run}/releases",
        handler=list_releases,
        access=Permission.SEQUENCING_VIEW,
        summary="Releases of a run, voided ones included",
        tag=_TAG,
        answer=ReleasesOut,
    ),
    Route(
        method="POST",
        path="/api/v1/sequencing/plans/{run}/releases",
        handler=release_run,
        access=Permission.SEQUENCING_PLAN,
        summary="Release a run whose checks pass: its sample sheet is signed and kept",
        tag=_TAG,
        body=ReleaseRunIn,
        answer=ReleaseOut,
        status=201,
        once=True,
    ),
)
