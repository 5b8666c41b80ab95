"""Reading plans of the queue, and pins."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.models import Project, Sample
from backend.sequencing import flow_cells
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.codes import request_code, run_code
from backend.sequencing.flow_cells import Cell
from backend.sequencing.ids import RequestState
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.queue_plans import asking, loading
from backend.sequencing.queue_plans.errors import QueuePlanNotFound, QueuePlanRefused
from backend.sequencing.queue_plans.ids import QueuePinId, QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.models import QueuePlan, QueuePlanLibrary, QueuePlanRun
from backend.sequencing.queue_plans.views import (
    PinView,
    PlanLane,
    PlannedLibrary,
    PlanRun,
    PlanSettings,
    QueuePlanView,
)
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.views import FlowCell
from backend.sequencing.views import Card
from backend.work.ids import JobState
from backend.work.models import Job

_ENDED_WITHOUT = {
    JobState.FAILED: QueuePlanState.FAILED,
    JobState.CANCELLED: QueuePlanState.DISMISSED,
}


def get_plan(session: ReadSession, principal: Principal, plan_id: QueuePlanId) -> QueuePlanView:
    """Return a plan with its runs and libraries.

    Libraries of projects that are not the reader's are counted and not shown.

    Raises:
        QueuePlanNotFound: no such plan, or not visible.
    """
    found = session.execute(
        asking.visible(principal)
        .join(Job, Job.id == QueuePlan.job_id)
        .add_columns(Job.state)
        .where(QueuePlan.id == plan_id)
    ).one_or_none()
    if found is None:
        raise QueuePlanNotFound
    plan, job_state = found
    rows, hidden = _rows(session, principal, plan)
    libraries = [(row[0], _library(*row)) for row in rows]
    names = {f"{row.request_id}/{row.sample_id}": view for row, view in libraries}
    return _view(
        plan,
        job_state,
        runs=_runs(session, plan, libraries),
        left_out=tuple(view for row, view in libraries if row.plan_run_id is None),
        unkept=tuple(
            f"{names[each['library']].request_code}, {names[each['library']].barcode}: "
            f"{each['why']}."
            for each in plan.unkept or ()
            if each["library"] in names
        ),
        hidden=hidden,
        settings=_settings(session, principal, plan),
    )


def get_terms(session: ReadSession, principal: Principal, plan_id: QueuePlanId) -> loading.Terms:
    """Return what a plan is to be about. Raises QueuePlanNotFound."""
    plan = session.scalars(asking.visible(principal).where(QueuePlan.id == plan_id)).one_or_none()
    if plan is None:
        raise QueuePlanNotFound
    return loading.kept_terms(plan.terms)


def list_plans(
    session: ReadSession, principal: Principal, *, limit: int = 20
) -> list[QueuePlanView]:
    """Return the latest plans without their runs."""
    rows = session.execute(
        asking.visible(principal)
        .join(Job, Job.id == QueuePlan.job_id)
        .add_columns(Job.state)
        .order_by(QueuePlan.created_at.desc(), QueuePlan.id.desc())
        .limit(limit)
    )
    return [_view(plan, job_state) for plan, job_state in rows]


def list_pins(session: ReadSession, principal: Principal) -> list[PinView]:
    """Return the pins of visible requests that wait, the oldest first."""
    principal.require(Permission.SEQUENCING_PLAN)
    pins = loading.pins_of(session, principal)
    requests = _named(
        session,
        select(SequencingRequest.id, SequencingRequest.number),
        (each.request_id for each in pins),
    )
    barcodes = _named(session, select(Sample.id, Sample.barcode), (each.sample_id for each in pins))
    instruments = _named(
        session, select(Instrument.id, Instrument.name), (each.instrument_id for each in pins)
    )
    cells = reference_queries.names(session, ReferenceKind.FLOW_CELL)
    return [
        PinView(
            id=QueuePinId(each.id),
            request_code=request_code(requests[each.request_id]),
            barcode=barcodes.get(each.sample_id, "") if each.sample_id else "",
            instrument=instruments[each.instrument_id],
            start_at=each.start_at,
            lane=each.lane,
            is_away=each.is_away,
            made_by_name=each.made_by_name,
            flow_cell=cells.get(each.flow_cell, each.flow_cell),
        )
        for each in pins
    ]


def waiting_requests(session: ReadSession, principal: Principal) -> list[Card]:
    """Return the requests that wait and could be planned, the most urgent first."""
    principal.require(Permission.SEQUENCING_PLAN)
    keys = session.scalars(
        sequencing_queries.visible_requests(principal)
        .where(SequencingRequest.state == RequestState.WAITING)
        .with_only_columns(SequencingRequest.id)
    ).all()
    return sequencing_queries.cards_of(session, keys)


def find_library(session: ReadSession, principal: Principal, request_id: UUID, code: str) -> UUID:
    """Return the key of a request's library by its barcode.

    Raises:
        QueuePlanRefused: the request is not visible or has no such library.
    """
    visible = sequencing_queries.visible_requests(principal).where(
        SequencingRequest.id == request_id
    )
    found = session.scalars(
        select(RequestSample.sample_id)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(visible.with_only_columns(SequencingRequest.id)))
        .where(func.upper(Sample.barcode) == code.strip().upper())
    ).one_or_none()
    if found is None:
        raise QueuePlanRefused(f"The request has no library {code.strip()[:64]}.")
    return found


def _settings(session: ReadSession, principal: Principal, plan: QueuePlan) -> PlanSettings | None:
    """Return by what a plan was made, without the codes of projects that are not the reader's."""
    if plan.settings is None:
        return None
    kept = loading.kept_settings(plan.settings)
    return replace(kept, content=reference_queries.seen_planning(session, principal, kept.content))


def _named(session: ReadSession, wanted: Any, keys: Iterable[UUID | None]) -> dict[UUID, Any]:
    known = {each for each in keys if each is not None}
    column = wanted.selected_columns[0]
    return {key: name for key, name in session.execute(wanted.where(column.in_(known)))}  # noqa: C416


def _rows(
    session: ReadSession, principal: Principal, plan: QueuePlan
) -> tuple[list[Row[*tuple[Any, ...]]], int]:
    visible = samples_queries.visible_project_ids(principal)
    rows = session.execute(
        select(
            QueuePlanLibrary,
            SequencingRequest.number,
            Project.code,
            Sample.barcode,
            Sample.name,
            SequencingRequest.project_id.in_(visible).label("is_visible"),
        )
        .join(SequencingRequest, SequencingRequest.id == QueuePlanLibrary.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .join(Sample, Sample.id == QueuePlanLibrary.sample_id)
        .where(QueuePlanLibrary.plan_id == plan.id)
        .order_by(QueuePlanLibrary.lane, SequencingRequest.number, Sample.barcode)
    ).all()
    return [row for row in rows if row.is_visible], sum(not row.is_visible for row in rows)


def _library(
    row: QueuePlanLibrary, number: int, project: str, barcode: str, name: str, _visible: object
) -> PlannedLibrary:
    return PlannedLibrary(
        request_id=row.request_id,
        sample_id=row.sample_id,
        request_code=request_code(number),
        project_code=project,
        barcode=barcode,
        name=name,
        reads_millions=row.reads_millions,
        read_length=row.read_length,
        due_on=row.due_on,
        is_pinned=row.is_pinned,
        late_days=row.late_days,
        left_out=tuple(str(each) for each in row.left_out or ()),
    )


def _runs(
    session: ReadSession,
    plan: QueuePlan,
    libraries: Sequence[tuple[QueuePlanLibrary, PlannedLibrary]],
) -> tuple[PlanRun, ...]:
    on_lane: defaultdict[tuple[UUID | None, int | None], list[PlannedLibrary]] = defaultdict(list)
    for row, view in libraries:
        on_lane[row.plan_run_id, row.lane].append(view)
    rows = session.execute(
        select(QueuePlanRun, Instrument, SequencingRun)
        .join(Instrument, Instrument.id == QueuePlanRun.instrument_id)
        .outerjoin(SequencingRun, SequencingRun.id == QueuePlanRun.run_id)
        .where(QueuePlanRun.plan_id == plan.id)
        .order_by(QueuePlanRun.start_at, Instrument.sort_order, Instrument.name)
    )
    known = reference_queries.flow_cells(session)
    return tuple(
        PlanRun(
            id=run.id,
            is_top_up=run.aboard is not None,
            instrument_id=instrument.id,
            instrument=instrument.name,
            lanes_total=cell.lanes,
            flow_cell=cell.name,
            sizes=tuple(str(each) for each in run.sizes or ()),
            start_at=run.start_at,
            end_at=run.end_at,
            run_code="" if number is None else run_code(instrument.run_prefix, number),
            lanes=tuple(
                _lane(lane, found, run)
                for (key, lane), found in on_lane.items()
                if key == run.id and lane is not None
            ),
        )
        for run, instrument, booked in rows
        for number in [booked.number if booked else None]
        for cell in [_cell(run, instrument, booked, known)]
    )


def _cell(
    run: QueuePlanRun,
    instrument: Instrument,
    booked: SequencingRun | None,
    known: Sequence[FlowCell],
) -> Cell:
    """Return what a run is loaded with: as booked, else as it was planned."""
    if booked is not None:
        return flow_cells.of_run(booked, instrument, known)
    every = flow_cells.makes(instrument, known)
    return next((each for each in every if each.key == run.flow_cell), every[0])


def _lane(lane: int, libraries: Sequence[PlannedLibrary], run: QueuePlanRun) -> PlanLane:
    return PlanLane(
        lane=lane,
        libraries=tuple(libraries),
        reads_millions=sum((each.reads_millions for each in libraries), Decimal()),
        usable_reads_millions=run.usable_reads_millions,
        aboard_millions=float((run.aboard or {}).get(str(lane), 0.0)),
    )


def _view(
    plan: QueuePlan,
    job_state: JobState,
    *,
    runs: tuple[PlanRun, ...] = (),
    left_out: tuple[PlannedLibrary, ...] = (),
    unkept: tuple[str, ...] = (),
    hidden: int = 0,
    settings: PlanSettings | None = None,
) -> QueuePlanView:
    terms, state = loading.kept_terms(plan.terms), plan.state
    if state is QueuePlanState.ASKED:
        # A plan whose job ended without it is what the job is: nobody else will say so.
        state = _ENDED_WITHOUT.get(job_state, state)
    return QueuePlanView(
        id=QueuePlanId(plan.id),
        job_id=plan.job_id,
        state=state,
        asked_by_name=plan.asked_by_name,
        created_at=plan.created_at,
        begins_at=terms.begins_at,
        limit_s=terms.limit_s,
        request_count=None if terms.request_ids is None else len(terms.request_ids),
        objective=plan.objective,
        greedy_objective=plan.greedy_objective,
        bound=plan.bound,
        gap=plan.gap,
        parts=dict(plan.parts or {}),
        seconds=plan.seconds,
        made_at=plan.made_at,
        closed_by_name=plan.closed_by_name or "",
        problem_digest=plan.problem_digest or "",
        runs=runs,
        left_out=left_out,
        unkept=unkept,
        hidden=hidden,
        settings=settings,
    )
