"""Reading turnaround: the requests of a period with their stays and pauses."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import HoldKind
from backend.samples.models import Project, SampleHold
from backend.sequencing import queries
from backend.sequencing.codes import request_code
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.turnaround import estimates, reckoning
from backend.sequencing.turnaround.models import RequestStage
from backend.sequencing.turnaround.reckoning import History, Stay
from backend.sequencing.turnaround.terms import CLOCKED, Terms, terms_now
from backend.sequencing.turnaround.views import Turnaround
from backend.sequencing.turnaround.working_days import Period, WorkingClock

PERIOD: Final = timedelta(days=180)
"""Requests asked for in this time are counted, and every one that is still open."""


def turnaround(
    session: ReadSession, principal: Principal, *, zone: ZoneInfo, now: datetime | None = None
) -> Turnaround:
    """Return how long the requests of the principal's projects take, open ones counted."""
    principal.require(Permission.SEQUENCING_VIEW)
    now = now or clock.utc_now()
    version = terms_now(session)
    terms = version.terms
    working = clock_of(terms, zone)
    histories = _histories(session, principal, now, terms.pausing)
    cases = [reckoning.case_of(each, working, now) for each in histories]
    curve = estimates.open_curve(cases)
    done = sum(case.done for case in cases)
    open_days = [
        case.days for case, history in zip(cases, histories, strict=True) if history.is_open
    ]
    target = float(terms.target_days)
    targets = {state: float(terms.stage_days[state]) for state in CLOCKED}
    kept, decided = estimates.within(cases, target)
    by_history = done >= reckoning.ENOUGH
    return Turnaround(
        done=done,
        open=len(open_days),
        median_days=estimates.quantile(curve, 0.5),
        p75_days=estimates.quantile(curve, 0.75),
        p90_days=estimates.quantile(curve, 0.9),
        median_of_done=reckoning.median_of_done(cases),
        target_days=target,
        within=kept,
        decided=decided,
        oldest_open_days=max(open_days, default=None),
        ages=reckoning.by_age(open_days),
        curve=curve,
        stages=reckoning.stage_times(histories, working, now, targets),
        at_risk=reckoning.at_risk(
            histories, working, now, curve=curve if by_history else None, targets=targets
        ),
        by_history=by_history,
        done_a_day=_done_a_day(histories, working, now),
        terms_version=version.version,
    )


def clock_of(terms: Terms, zone: ZoneInfo) -> WorkingClock:
    """Return the clock that terms describe."""
    return WorkingClock(
        zone=zone,
        weekdays=frozenset(terms.weekdays),
        holidays=frozenset(terms.holidays),
        cut_off=terms.cut_off,
    )


def _done_a_day(histories: Sequence[History], working: WorkingClock, now: datetime) -> float:
    """Finished requests a working day, since the first of the period was asked for."""
    if not histories:
        return 0.0
    days = working.days(min(each.asked_at for each in histories), now)
    return sum(each.ended_at is not None for each in histories) / days if days else 0.0


def _histories(
    session: Session, principal: Principal, now: datetime, pausing: Collection[HoldKind]
) -> list[History]:
    requests = session.execute(
        queries.visible_requests(principal)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(
            (SequencingRequest.created_at >= now - PERIOD) | SequencingRequest.state.in_(CLOCKED)
        )
        .with_only_columns(
            SequencingRequest.id,
            SequencingRequest.number,
            SequencingRequest.state,
            SequencingRequest.due_on,
            Project.code,
            maintain_column_froms=True,
        )
        .order_by(SequencingRequest.number)
    ).all()
    keys = [row.id for row in requests]
    stays, pauses = _stays(session, keys), _pauses(session, keys, now, pausing)
    return [
        History(
            code=request_code(row.number),
            project_code=row.code,
            state=row.state,
            due_on=row.due_on,
            asked_at=stays[row.id][0].entered_at,
            stays=stays[row.id],
            pauses=pauses[row.id],
        )
        for row in requests
        if stays[row.id]
    ]


def _stays(session: Session, keys: Collection[UUID]) -> defaultdict[UUID, list[Stay]]:
    found: defaultdict[UUID, list[Stay]] = defaultdict(list)
    rows = session.execute(
        select(
            RequestStage.request_id,
            RequestStage.state,
            RequestStage.entered_at,
            RequestStage.left_at,
        )
        .where(RequestStage.request_id.in_(keys))
        # Two stays of one instant: the one that ended came first.
        .order_by(RequestStage.entered_at, RequestStage.left_at.nulls_last())
    )
    for request_id, state, entered_at, left_at in rows:
        found[request_id].append(Stay(state, entered_at, left_at))
    return found


def _pauses(
    session: Session, keys: Collection[UUID], now: datetime, pausing: Collection[HoldKind]
) -> defaultdict[UUID, list[Period]]:
    """Return when a hold on any of a request's samples stopped its clock."""
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    rows = session.execute(
        select(RequestSample.request_id, SampleHold.set_at, SampleHold.released_at)
        .join(SampleHold, SampleHold.sample_id == RequestSample.sample_id)
        .where(RequestSample.request_id.in_(keys), SampleHold.kind.in_(list(pausing)))
    )
    for request_id, set_at, released_at in rows:
        found[request_id].append((set_at, released_at or now))
    return found
