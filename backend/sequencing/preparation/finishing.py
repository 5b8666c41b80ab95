"""What comes off a plate: libraries, all of them or none."""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import locking, making
from backend.samples.ids import SampleId, TemperatureClass
from backend.samples.making_schemas import Deriving
from backend.sequencing.preparation import assays, usability, worksheet_queries, worksheets
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.events import LibraryMade
from backend.sequencing.preparation.ids import GateState, WellKind, WorksheetId, WorksheetState
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.views import WellView, WorksheetView
from backend.sequencing.preparation.worksheet_models import WorksheetWell

_KEPT_AT = TemperatureClass.MINUS_20


def finish_worksheet(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId
) -> list[str]:
    """Register the library of every sample well and draw what it took from the sample.

    Returns the libraries' barcodes in the order of the wells. The samples are locked first, in
    key order, so two worksheets with one sample take turns.

    Raises:
        WorksheetNotFound: none of yours.
        WorksheetRefused: not started, or with every reason that stands against it.
        DrawRefused, ProjectClosed: as in making derivatives; nothing is made.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    row = worksheets.lock_worksheet(session, principal, worksheet_id)
    wells = {well.place: well for well in worksheets.wells_of(session, row)}
    usability.lock_samples(session, [well.sample_id for well in wells.values() if well.sample_id])
    seen = worksheet_queries.view_of(session, row)
    if seen.state is not WorksheetState.STARTED:
        said = f"{seen.code} is {seen.state.value}. Only what was started can be finished."
        raise WorksheetRefused(said, ())
    if seen.obstacles:
        raise WorksheetRefused(f"{seen.code} was not finished.", seen.obstacles)
    assay = assays.assay_of(session, session.get_one(LibraryProtocol, row.protocol_id))
    analysis = None if assay is None else assays.analysis_of(assay)
    made = [
        _make(session, principal, seen, view, wells[view.place], analysis=analysis)
        for view in seen.wells
        if view.kind is WellKind.SAMPLE
    ]
    row.state, row.done_at = WorksheetState.DONE, clock.utc_now()
    row.done_by_name = principal.name
    row.gate = GateState.PENDING if _has_gate(seen) else GateState.NONE
    worksheets.record(
        session,
        principal,
        row,
        act="finish",
        old={"state": "started"},
        new={"state": "done", "libraries": made},
    )
    return made


def _make(
    session: WriteSession,
    principal: Principal,
    seen: WorksheetView,
    view: WellView,
    well: WorksheetWell,
    *,
    analysis: str | None,
) -> str:
    made = making.make_derivative(
        session,
        principal,
        sample_id=SampleId(_key(well)),
        deriving=Deriving(
            material_type=seen.protocol.output_material,
            temperature_class=_KEPT_AT,
            used_ul=view.volume_ul,
            volume_ul=seen.protocol.final_volume_ul,
            name=f"{(view.name or '')[:190]} library",
        ),
    )
    library = locking.lock_sample(session, principal, made.id)
    library.index_i7, library.index_i5 = view.index_i7, view.index_i5
    library.analysis = analysis
    locking.touch(session, library)
    well.library_id = made.id
    event = LibraryMade(
        aggregate_id=made.id,
        barcode=made.barcode,
        worksheet=seen.code,
        well=view.well,
        index_i7=view.index_i7,
        index_i5=view.index_i5,
    )
    events_service.record(session, principal, event)
    return made.barcode


def _key(well: WorksheetWell) -> SampleId:
    if well.sample_id is None:
        raise ValueError(f"well {well.place} holds no sample")
    return SampleId(well.sample_id)


def _has_gate(seen: WorksheetView) -> bool:
    limits = {
        WellKind.NO_TEMPLATE: seen.protocol.no_template_limit_ng_per_ul,
        WellKind.POSITIVE: seen.protocol.positive_least_ng_per_ul,
    }
    return any(limits.get(well.kind) is not None for well in seen.wells)
