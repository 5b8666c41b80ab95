"""Reading the queue, its runs and instruments."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from backend.core.errors import InvalidInput
from backend.core.paging import Page, checked_limit, decode_cursor, encode_cursor
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import QcVerdict
from backend.samples.models import Project, Sample
from backend.sequencing import coverage, flow_cells, instruments, pool_queries
from backend.sequencing.bars import BLOCKED_RUNS, RUNS_AND_SERVICES, bar_of, open_holds
from backend.sequencing.codes import request_code
from backend.sequencing.errors import RequestNotFound
from backend.sequencing.ids import InstrumentId, RequestId, RequestState, RunState
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.models import (
    Instrument,
    RequestSample,
    SequencingRequest,
    SequencingRun,
)
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.views import (
    Card,
    FlowCellView,
    InstrumentView,
    LanePlace,
    QueueSummary,
    RunBar,
)


def visible_requests(principal: Principal) -> Select[SequencingRequest]:
    """Return the requests of the principal's projects."""
    return select(SequencingRequest).where(
        SequencingRequest.project_id.in_(samples_queries.visible_project_ids(principal))
    )


def list_requests(
    session: ReadSession,
    principal: Principal,
    *,
    state: RequestState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Card]:
    """Return a page of requests, the most urgent first, by keyset on (due_on, number).

    Raises:
        InvalidInput: a foreign cursor, or a limit outside 1 to 200.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    checked_limit(limit)
    statement = visible_requests(principal)
    if state is not None:
        statement = statement.where(SequencingRequest.state == state)
    if cursor is not None:
        after = _due_and_number(cursor)
        statement = statement.where(
            tuple_(SequencingRequest.due_on, SequencingRequest.number) > after
        )
    found = session.scalars(
        statement.order_by(SequencingRequest.due_on, SequencingRequest.number).limit(limit + 1)
    ).all()
    more = found[limit - 1] if len(found) > limit else None
    return Page(
        items=cards_of(session, [request.id for request in found[:limit]]),
        next_cursor=encode_cursor(more.due_on.isoformat(), str(more.number)) if more else None,
    )


def _due_and_number(cursor: str) -> tuple[date, int]:
    due_on, number = decode_cursor(cursor, 2)
    try:
        return date.fromisoformat(due_on), int(number)
    except ValueError as error:
        raise InvalidInput("The cursor is not one of ours. Start at the first page.") from error


def get_card(session: ReadSession, principal: Principal, request_id: RequestId) -> Card:
    """Return one card.

    Raises:
        RequestNotFound: absent, or of a project that is not the principal's.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    visible = visible_requests(principal).where(SequencingRequest.id == request_id)
    if session.scalars(visible).one_or_none() is None:
        raise RequestNotFound
    return cards_of(session, [request_id])[0]


def cards_of(session: Session, request_ids: Collection[UUID]) -> list[Card]:
    """Return cards by due date, whoever may see them: the caller has chosen the keys."""
    rows = session.execute(
        select(SequencingRequest, Project.code)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(SequencingRequest.id.in_(request_ids))
        .order_by(SequencingRequest.due_on, SequencingRequest.number)
    ).all()
    libraries = libraries_of(session, request_ids)
    unusable = unusable_of(session, request_ids)
    pools = pool_queries.pool_codes_of(session, request_ids)
    places = pool_queries.places_of(session, request_ids)
    assays = reference_queries.names(session, ReferenceKind.ASSAY)
    return [
        _card(
            request,
            project_code=project,
            pools=pools[request.id],
            places=places[request.id],
            libraries=libraries[request.id],
            unusable=unusable[request.id],
            assay_name=assays.get(request.assay, ""),
        )
        for request, project in rows
    ]


def libraries_of(
    session: Session, request_ids: Collection[UUID]
) -> defaultdict[UUID, list[Barcode]]:
    """Return each request's libraries with their index pairs, i5 forward, in its own order."""
    found: defaultdict[UUID, list[Barcode]] = defaultdict(list)
    rows = session.execute(
        select(
            RequestSample.request_id,
            Sample.barcode,
            RequestSample.index_i7,
            RequestSample.index_i5,
        )
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(request_ids))
        .order_by(RequestSample.request_id, RequestSample.place)
    )
    for request_id, barcode, i7, i5 in rows:
        found[request_id].append(Barcode(name=barcode, i7=i7, i5=i5 or ""))
    return found


def unusable_of(session: Session, request_ids: Collection[UUID]) -> defaultdict[UUID, list[str]]:
    """Return, by request, a sentence for each sample on hold or failed in quality control."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(RequestSample.request_id, Sample.barcode, Sample.qc_verdict, open_holds())
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(request_ids))
        .where((Sample.qc_verdict == QcVerdict.FAIL) | open_holds().is_not(None))
        .order_by(RequestSample.request_id, RequestSample.place)
    )
    for request_id, barcode, verdict, holds in rows:
        found[request_id].extend(why_unusable(barcode, verdict, holds))
    return found


def why_unusable(barcode: str, verdict: QcVerdict, holds: Iterable[str] | None) -> list[str]:
    """Return every reason why a sample may not go on an instrument."""
    reasons = [
        f"{barcode} is on hold: {hold.replace('_', ' ')}. Release the hold first."
        for hold in holds or ()
    ]
    if verdict is QcVerdict.FAIL:
        reasons.append(f"{barcode} failed quality control. Take it out or approve it.")
    return reasons


def libraries_waiting(session: ReadSession, principal: Principal) -> int:
    """Return how many libraries of the principal's projects wait for a pool."""
    principal.require(Permission.SEQUENCING_VIEW)
    counted = session.scalar(
        select(func.count())
        .select_from(RequestSample)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .where(SequencingRequest.state == RequestState.WAITING)
        .where(SequencingRequest.project_id.in_(samples_queries.visible_project_ids(principal)))
    )
    return counted or 0


def queue_summary(session: ReadSession, principal: Principal) -> QueueSummary:
    """Return the queue in figures, over the principal's projects; runs are everybody's.

    One query.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    sees_all = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    figures = session.execute(_summary(sees_all=sees_all), {"person": principal.user_id}).one()
    return QueueSummary(**figures._asdict())


def runs_between(
    session: ReadSession, principal: Principal, start: datetime, end: datetime
) -> list[RunBar]:
    """Return the runs and services that touch a period, by instrument and time."""
    principal.require(Permission.SEQUENCING_VIEW)
    period = {"start": start, "end": end}
    return [bar_of(each) for each in session.execute(RUNS_AND_SERVICES, period)]


def list_instruments(session: ReadSession, principal: Principal) -> list[InstrumentView]:
    """Return the instruments in service, in the laboratory's order."""
    principal.require(Permission.SEQUENCING_VIEW)
    settings, makes, known = (
        reference_queries.pooling(session),
        reference_queries.names(session, ReferenceKind.FLOW_CELL),
        reference_queries.flow_cells(session),
    )
    return [
        InstrumentView(
            id=InstrumentId(each.id),
            name=each.name,
            make=each.model,
            model=makes.get(each.model, each.model),
            lanes=each.lanes,
            usable_reads_millions=instruments.usable_reads_millions(
                float(each.lane_reads_millions), settings
            ),
            flow_cells=tuple(
                FlowCellView(
                    key=cell.key,
                    name=cell.name,
                    lanes=cell.lanes,
                    usable_reads_millions=instruments.usable_reads_millions(
                        cell.lane_reads_millions, settings
                    ),
                    is_kept=each.flow_cells is None or cell.key in each.flow_cells,
                )
                for cell in flow_cells.makes(each, known)
            ),
        )
        for each in session.scalars(
            select(Instrument)
            .where(Instrument.is_active)
            .order_by(Instrument.sort_order, Instrument.name)
        )
    ]


@cache
def _summary(*, sees_all: bool) -> Select[*tuple[Any, ...]]:
    """Select a QueueSummary's fields; ``person`` is bound for who sees their own projects only."""
    waiting = (
        select(func.count())
        .select_from(RequestSample)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .where(SequencingRequest.state == RequestState.WAITING)
    )
    pooled = select(func.count()).where(SequencingRequest.state == RequestState.POOLED)
    if not sees_all:
        mine = SequencingRequest.project_id.in_(samples_queries.projects_of_person())
        waiting, pooled = waiting.where(mine), pooled.where(mine)
    planned = select(func.count()).where(SequencingRun.state == RunState.PLANNED)
    last_q30 = (
        select(SequencingRun.q30_percent)
        .where(SequencingRun.q30_percent.is_not(None))
        .order_by(SequencingRun.finished_at.desc())
        .limit(1)
    )
    blocked = select(func.count()).select_from(BLOCKED_RUNS.subquery())
    return select(
        waiting.scalar_subquery().label("libraries_waiting"),
        pooled.scalar_subquery().label("pools_ready"),
        planned.scalar_subquery().label("runs_planned"),
        blocked.scalar_subquery().label("runs_blocked"),
        last_q30.scalar_subquery().label("last_run_q30"),
    )


def _card(
    request: SequencingRequest,
    *,
    project_code: str,
    pools: Sequence[str],
    places: Sequence[LanePlace],
    libraries: Sequence[Barcode],
    unusable: Sequence[str],
    assay_name: str,
) -> Card:
    # What is already on a flow cell can no longer be mended; its card does not nag.
    open_states = (RequestState.WAITING, RequestState.POOLED, RequestState.PLANNED)
    still_open = request.state in open_states
    found = clashes(libraries) if still_open else []
    return Card(
        id=RequestId(request.id),
        code=request_code(request.number),
        project_code=project_code,
        state=request.state,
        libraries=len(libraries),
        reads_millions=request.reads_millions * Decimal(len(libraries)),
        read_length=request.read_length,
        due_on=request.due_on,
        pools=tuple(pools),
        places=tuple(places),
        collisions=tuple(each.sentence for each in found),
        unusable=tuple(unusable) if still_open else (),
        requested_by_name=request.requested_by_name,
        state_since=request.state_since,
        version=request.version,
        assay=request.assay,
        assay_name=assay_name,
        derivation=_derivation(request),
    )


def _derivation(request: SequencingRequest) -> str:
    if request.coverage is None:
        return ""
    return coverage.derivation(coverage.kept(request.coverage), request.read_length)
