"""Reading turnaround: the requests of a period with their stays and pauses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing import queries
from backend.sequencing.models import SequencingRequest
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.turnaround import estimates, forecasts, reckoning
from backend.sequencing.turnaround.histories import histories_of
from backend.sequencing.turnaround.reckoning import Basis, Promise
from backend.sequencing.turnaround.scoring import ENOUGH
from backend.sequencing.turnaround.terms import CLOCKED, clock_of, counting_of, terms_now
from backend.sequencing.turnaround.trails import History
from backend.sequencing.turnaround.views import AtRisk, Turnaround
from backend.sequencing.turnaround.working_days import WorkingClock

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
    histories = histories_of(
        session,
        queries.visible_requests(principal).where(
            (SequencingRequest.created_at >= now - PERIOD) | SequencingRequest.state.in_(CLOCKED)
        ),
        now=now,
        counting=counting_of(session, terms),
    )
    foreseen, found = forecasts.newest(session, version.version)
    cases = [reckoning.case_of(each, working, now) for each in histories]
    curve = estimates.open_curve(cases)
    done = sum(case.done for case in cases)
    open_days = [
        case.days for case, history in zip(cases, histories, strict=True) if history.is_open
    ]
    target = float(terms.target_days)
    targets = {state: float(terms.stage_days[state]) for state in CLOCKED}
    kept, decided = estimates.within(cases, target)
    by_history = done >= ENOUGH
    stages = reckoning.stage_times(histories, working, now, targets)
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
        stages=stages,
        waiting_share=reckoning.waiting_share(stages),
        rework=reckoning.rework(histories),
        assays=reckoning.assay_times(
            histories, working, now, promised=_promised(session), target_days=target
        ),
        at_risk=reckoning.at_risk(
            histories,
            working,
            now,
            basis=Basis(outlooks=found, curve=curve if by_history else None, targets=targets),
        ),
        prediction=foreseen,
        by_history=by_history,
        starts=terms.starts,
        not_started=sum(each.is_open and each.started_at is None for each in histories),
        done_a_day=_done_a_day(histories, working, now),
        terms_version=version.version,
    )


def expected_late(
    session: ReadSession, principal: Principal, *, zone: ZoneInfo, now: datetime | None = None
) -> dict[str, AtRisk]:
    """Return the open requests that the newest forecast expects late, by their code.

    Each is as `turnaround` has it. None where no forecast is good enough to go by: then a board
    says nothing rather than what the targets would.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    now = now or clock.utc_now()
    version = terms_now(session)
    _, foreseen = forecasts.newest(session, version.version)
    if foreseen is None:
        return {}
    histories = histories_of(
        session,
        queries.visible_requests(principal).where(SequencingRequest.state.in_(CLOCKED)),
        now=now,
        counting=counting_of(session, version.terms),
    )
    basis = Basis(targets={}, outlooks=foreseen)
    found = reckoning.at_risk(histories, clock_of(version.terms, zone), now, basis=basis)
    return {each.code: each for each in found if each.likely_by is not None}


def _promised(session: ReadSession) -> dict[str, Promise]:
    """Return what each assay promises, retired ones too: requests for them may be open still."""
    return {
        key: Promise(each.name, None if days is None else float(days))
        for key, each in reference_queries.every_assay(session).items()
        for days in (each.content.turnaround_working_days,)
    }


def _done_a_day(histories: Sequence[History], working: WorkingClock, now: datetime) -> float:
    """Finished requests a working day, since the first of the period was asked for."""
    if not histories:
        return 0.0
    days = working.days(min(each.asked_at for each in histories), now)
    return sum(each.ended_at is not None for each in histories) / days if days else 0.0
