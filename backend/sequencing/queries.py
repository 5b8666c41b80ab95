"""Reading the queue, its runs and instruments."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select, tuple_
from sqlalchemy.orm import Session

from backend.core.errors import InvalidInput
from backend.core.paging import Page, checked_limit, decode_cursor, encode_cursor
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.sequencing import instruments, rules
from backend.sequencing.errors import RequestNotFound
from backend.sequencing.ids import InstrumentId, RequestId, RequestState, RunState
from backend.sequencing.models import (
    Instrument,
    RequestSample,
    SequencingRequest,
    SequencingRun,
)
from backend.sequencing.rules import IndexedLibrary
from backend.sequencing.views import Card, Column, InstrumentView, QueueSummary, RunBar

CARDS_SHOWN = 60
"""Cards of one column on the board; the column's head counts them all."""


def request_code(number: int) -> str:
    """Return what people call a request."""
    return f"SQ-{number:04d}"


def run_code(prefix: str, number: int) -> str:
    """Return what people call a run."""
    return f"{prefix}-{number:04d}"


def visible_projects(principal: Principal) -> Select[UUID]:
    """Return the keys of the projects whose work a principal may see."""
    return samples_queries.visible_projects(principal).with_only_columns(Project.id)


def visible_requests(principal: Principal) -> Select[SequencingRequest]:
    """Return the requests of the principal's projects."""
    return select(SequencingRequest).where(
        SequencingRequest.project_id.in_(visible_projects(principal))
    )


def board(session: ReadSession, principal: Principal) -> list[Column]:
    """Return the seven columns, each with its most urgent cards first."""
    principal.require(Permission.SEQUENCING_VIEW)
    rank = func.row_number().over(
        partition_by=SequencingRequest.state,
        order_by=(SequencingRequest.due_on, SequencingRequest.number),
    )
    ranked = (
        visible_requests(principal)
        .where(SequencingRequest.state.in_(rules.BOARD))
        .with_only_columns(SequencingRequest.id, rank.label("rank"), maintain_column_froms=True)
        .subquery()
    )
    shown = session.scalars(select(ranked.c.id).where(ranked.c.rank <= CARDS_SHOWN)).all()
    cards = cards_of(session, shown)
    totals = _totals(session, principal)
    return [
        Column(state, [card for card in cards if card.state is state], totals.get(state, 0))
        for state in rules.BOARD
    ]


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
        select(SequencingRequest, Project.code, SequencingRun.number, Instrument.run_prefix)
        .join(Project, Project.id == SequencingRequest.project_id)
        .outerjoin(SequencingRun, SequencingRun.id == SequencingRequest.run_id)
        .outerjoin(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(SequencingRequest.id.in_(request_ids))
        .order_by(SequencingRequest.due_on, SequencingRequest.number)
    ).all()
    libraries = libraries_of(session, request_ids)
    unusable = unusable_of(session, request_ids)
    return [
        _card(
            request,
            project_code=project,
            run=None if prefix is None else run_code(prefix, number),
            libraries=libraries[request.id],
            unusable=unusable[request.id],
        )
        for request, project, number, prefix in rows
    ]


def libraries_of(
    session: Session, request_ids: Collection[UUID]
) -> defaultdict[UUID, list[IndexedLibrary]]:
    """Return each request's libraries in the requester's order."""
    found: defaultdict[UUID, list[IndexedLibrary]] = defaultdict(list)
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
        found[request_id].append(IndexedLibrary(barcode, i7, i5))
    return found


def unusable_of(session: Session, request_ids: Collection[UUID]) -> defaultdict[UUID, list[str]]:
    """Return, by request, a sentence for each sample on hold or failed in quality control."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(RequestSample.request_id, Sample.barcode, Sample.qc_verdict, _open_holds())
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(request_ids))
        .where((Sample.qc_verdict == QcVerdict.FAIL) | _open_holds().is_not(None))
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
        .where(SequencingRequest.project_id.in_(visible_projects(principal)))
    )
    return counted or 0


def queue_summary(session: ReadSession, principal: Principal) -> QueueSummary:
    """Return the queue in figures, over the principal's projects; runs are everybody's."""
    principal.require(Permission.SEQUENCING_VIEW)
    planned = session.scalar(select(func.count()).where(SequencingRun.state == RunState.PLANNED))
    return QueueSummary(
        libraries_waiting=libraries_waiting(session, principal),
        pools_ready=_totals(session, principal).get(RequestState.POOLED, 0),
        runs_planned=planned or 0,
        runs_blocked=len(_blocked_runs(session)),
        last_run_q30=session.scalar(
            select(SequencingRun.q30_percent)
            .where(SequencingRun.q30_percent.is_not(None))
            .order_by(SequencingRun.finished_at.desc())
            .limit(1)
        ),
    )


def runs_between(
    session: ReadSession, principal: Principal, start: datetime, end: datetime
) -> list[RunBar]:
    """Return the runs that touch a period, by instrument and time."""
    principal.require(Permission.SEQUENCING_VIEW)
    blocked = _blocked_runs(session)
    rows = session.execute(
        select(SequencingRun, Instrument.name, Instrument.run_prefix)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(SequencingRun.planned_start_at < end, SequencingRun.planned_end_at > start)
        .where(SequencingRun.state != RunState.CANCELLED)
        .order_by(Instrument.sort_order, Instrument.name, SequencingRun.planned_start_at)
    )
    return [_bar(run, name, prefix, is_blocked=run.id in blocked) for run, name, prefix in rows]


def list_instruments(session: ReadSession, principal: Principal) -> list[InstrumentView]:
    """Return the instruments in service, in the laboratory's order."""
    principal.require(Permission.SEQUENCING_VIEW)
    return [
        InstrumentView(
            id=InstrumentId(each.id),
            name=each.name,
            model=instruments.MODELS[each.model].label,
            lanes=each.lanes,
            usable_reads_millions=instruments.usable_reads_millions(
                float(each.lane_reads_millions)
            ),
        )
        for each in session.scalars(
            select(Instrument)
            .where(Instrument.is_active)
            .order_by(Instrument.sort_order, Instrument.name)
        )
    ]


def _totals(session: Session, principal: Principal) -> dict[RequestState, int]:
    counted = (
        visible_requests(principal)
        .with_only_columns(SequencingRequest.state, func.count(), maintain_column_froms=True)
        .group_by(SequencingRequest.state)
    )
    return {state: number for state, number in session.execute(counted)}  # noqa: C416 rows, not pairs


def _blocked_runs(session: Session) -> set[UUID]:
    """Planned runs with a sample that may not go on an instrument now."""
    return set(
        session.scalars(
            select(SequencingRequest.run_id)
            .join(RequestSample, RequestSample.request_id == SequencingRequest.id)
            .join(Sample, Sample.id == RequestSample.sample_id)
            .where(SequencingRequest.state == RequestState.PLANNED)
            .where(SequencingRequest.run_id.is_not(None))
            .where((Sample.qc_verdict == QcVerdict.FAIL) | _open_holds().is_not(None))
            .distinct()
        )
    )


def _open_holds() -> ScalarSelect[list[str]]:
    """The kinds of a sample's open holds; NULL without any."""
    return (
        select(func.array_agg(SampleHold.kind))
        .where(SampleHold.sample_id == Sample.id, SampleHold.released_at.is_(None))
        .correlate(Sample)
        .scalar_subquery()
    )


def _bar(run: SequencingRun, instrument: str, prefix: str, *, is_blocked: bool) -> RunBar:
    planned_but_blocked = is_blocked and run.state is RunState.PLANNED
    return RunBar(
        instrument=instrument,
        run_code=run_code(prefix, run.number),
        start=run.started_at or run.planned_start_at,
        end=run.finished_at or run.planned_end_at,
        state="blocked" if planned_but_blocked else run.state.value,
    )


def _card(
    request: SequencingRequest,
    *,
    project_code: str,
    run: str | None,
    libraries: Sequence[IndexedLibrary],
    unusable: Sequence[str],
) -> Card:
    # What is already on a flow cell can no longer be mended; its card does not nag.
    open_states = (RequestState.WAITING, RequestState.POOLED, RequestState.PLANNED)
    still_open = request.state in open_states
    found = rules.collisions(libraries) if still_open else []
    return Card(
        id=RequestId(request.id),
        code=request_code(request.number),
        project_code=project_code,
        state=request.state,
        libraries=len(libraries),
        reads_millions=request.reads_millions * Decimal(len(libraries)),
        read_length=request.read_length,
        due_on=request.due_on,
        run_code=run,
        lane=request.lane,
        collisions=tuple(each.sentence for each in found),
        unusable=tuple(unusable) if still_open else (),
        requested_by_name=request.requested_by_name,
        state_since=request.state_since,
        version=request.version,
    )
