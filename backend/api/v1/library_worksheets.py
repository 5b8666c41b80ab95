"""Worksheets of library preparation: which there are, and one with its wells."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.preparation import worksheet_queries
from backend.sequencing.preparation.ids import GateState, PlateShape, WellKind, WorksheetState
from backend.sequencing.preparation.rules import InputFlag


class WorksheetsQuery(BaseModel):
    """Which worksheets: those in one state, or all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: WorksheetState | None = None


class WorksheetRowOut(ApiOutput):
    """A worksheet in the list."""

    id: UUID
    code: str
    state: WorksheetState
    gate: GateState
    protocol: str
    samples: int
    controls: int
    made_by_name: str
    made_at: datetime
    started_at: datetime | None
    done_at: datetime | None


class WorksheetsOut(ApiOutput):
    """The newest worksheets first, 200 at most."""

    items: list[WorksheetRowOut]


class WellReadingOut(ApiOutput):
    """What was read of a well last; ``value`` is null where the instrument gave no number."""

    metric: str
    value: float | None
    below: float | None
    said: str


class WellOut(ApiOutput):
    """A well; volumes in µL, mass in ng, concentration in ng/µL."""

    well: str
    kind: WellKind
    barcode: str | None
    name: str | None
    project_code: str | None
    concentration_ng_per_ul: float | None
    volume_ul: float | None
    diluent_ul: float | None
    mass_ng: float | None
    flag: InputFlag
    index_name: str | None
    index_i7: str | None
    index_i5: str | None
    library_barcode: str | None
    library_verdict: str | None
    library_judged_by: str | None
    """Thresholds with their version."""
    readings: list[WellReadingOut]


class WorksheetLotOut(ApiOutput):
    """A lot that the worksheet takes."""

    kit: str
    catalogue_number: str
    lot: str
    expires_on: date
    reactions_left: int


class MadeForOut(ApiOutput):
    """The assay of the libraries; ``judged_by`` are the thresholds in force, with their version."""

    assay: str
    version: int
    judged_by: str | None


class WorksheetOut(ApiOutput):
    """A worksheet; ``obstacles`` say what stands against its next step."""

    id: UUID
    code: str
    state: WorksheetState
    shape: PlateShape
    protocol: str
    made_for: MadeForOut | None
    notes: str
    made_by_name: str
    made_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    gate: GateState
    gate_reasons: list[str]
    obstacles: list[str]
    wells: list[WellOut]
    lots: list[WorksheetLotOut]


def list_worksheets(call: Call) -> WorksheetsOut:
    """Return the worksheets of the caller's projects."""
    asked = call.asked(WorksheetsQuery)
    with reading() as session:
        found = worksheet_queries.list_worksheets(session, call.caller, state=asked.state)
    return WorksheetsOut(items=[WorksheetRowOut.model_validate(each) for each in found])


def get_worksheet(call: Call) -> WorksheetOut:
    """Return one worksheet."""
    with reading() as session:
        sheet = worksheet_queries.get_worksheet(session, call.caller, call.path["worksheet"])
    return WorksheetOut(
        id=sheet.id,
        code=sheet.code,
        state=sheet.state,
        shape=sheet.shape,
        protocol=sheet.protocol.label,
        made_for=None if sheet.made_for is None else MadeForOut.model_validate(sheet.made_for),
        notes=sheet.notes,
        made_by_name=sheet.made_by_name,
        made_at=sheet.made_at,
        started_at=sheet.started_at,
        done_at=sheet.done_at,
        gate=sheet.gate,
        gate_reasons=list(sheet.gate_reasons),
        obstacles=list(sheet.obstacles),
        wells=[WellOut.model_validate(well) for well in sheet.wells],
        lots=[WorksheetLotOut.model_validate(lot) for lot in sheet.lots],
    )


_TAG = "Sequencing"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/worksheets",
        handler=list_worksheets,
        access=Permission.SEQUENCING_VIEW,
        summary="Worksheets of library preparation, the newest first",
        tag=_TAG,
        query=WorksheetsQuery,
        answer=WorksheetsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/sequencing/worksheets/{worksheet}",
        handler=get_worksheet,
        access=Permission.SEQUENCING_VIEW,
        summary="One worksheet by its code, such as LP-0001",
        tag=_TAG,
        answer=WorksheetOut,
    ),
)
