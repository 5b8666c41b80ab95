"""Counting samples by adding up steps (decision 3). `fold_tally` is exported by service.py."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, text

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import queries
from backend.samples.ids import Status
from backend.samples.models import Project, Sample, SampleTally, SampleTransition
from backend.samples.views import DayFlow, StageRow, Turnaround

SHOWN_STAGES = (
    Status.PENDING,
    Status.VALIDATED,
    Status.IN_STORAGE,
    Status.IN_SEQUENCING,
    Status.COMPLETED,
)
WAITING_STAGES = (Status.PENDING, Status.VALIDATED, Status.IN_SEQUENCING)
TURNAROUND_DAYS = 30
DAILY_FOR_DAYS = 100
"""How far back registrations are counted by the day; before that by the month."""

_FOLD = text("""
WITH gone AS (
    DELETE FROM sample_tally
    RETURNING project_id, status, step,
        CASE WHEN created_on < current_date - :days THEN date_trunc('month', created_on)::date
             ELSE created_on END AS created_on
)
INSERT INTO sample_tally (project_id, status, created_on, step)
SELECT project_id, status, created_on, sum(step) FROM gone
GROUP BY project_id, status, created_on HAVING sum(step) <> 0
""")


def fold_tally(session: WriteSession) -> None:
    """Add the steps of each group together, so that counting stays short.

    Steps of transactions still open are not seen and not touched. Two folds at once would wait
    for each other's rows and then find them gone, which is harmless.
    """
    session.execute(_FOLD, {"days": DAILY_FOR_DAYS})


def status_counts(
    session: ReadSession, principal: Principal, *, scope: Sequence[UUID] | None = None
) -> dict[str, int]:
    """Return how many visible samples there are in each status; absent means none.

    With ``scope`` of those projects only.
    """
    principal.require(Permission.SAMPLES_VIEW)
    total = func.sum(SampleTally.step)
    narrowed = [] if scope is None else [SampleTally.project_id.in_(scope)]
    rows = session.execute(
        select(SampleTally.status, total)
        .where(SampleTally.project_id.in_(_visible_ids(principal)), *narrowed)
        .group_by(SampleTally.status)
        .having(total > 0)
    ).all()
    return {status: int(number) for status, number in rows}


def flow_per_day(
    session: ReadSession, principal: Principal, *, days: int, today: date
) -> list[DayFlow]:
    """Return registrations and completions of the last ``days`` UTC days, oldest first, no gaps."""
    principal.require(Permission.SAMPLES_VIEW)
    first = today - timedelta(days=days - 1)
    registered = _registered(session, principal, first)
    completed = _completed(session, principal, first)
    window = [first + timedelta(days=offset) for offset in range(days)]
    return [
        DayFlow(day=day, registered=registered.get(day, 0), completed=completed.get(day, 0))
        for day in window
    ]


def stage_rows(
    session: ReadSession, principal: Principal, counts: Mapping[str, int], *, now: datetime
) -> list[StageRow]:
    """Return the stages of a sample's way with what waits in them, in seconds.

    ``counts`` is what `status_counts` has said.
    """
    visible = queries.visible_samples(principal).with_only_columns(
        Sample.status, Sample.state_since
    )
    waiting = visible.where(Sample.status.in_([s.value for s in WAITING_STAGES])).subquery()
    waited = func.extract("epoch", now - waiting.c.state_since)
    rows = session.execute(
        select(
            waiting.c.status,
            func.percentile_cont(0.5).within_group(waited),
            func.max(waited),
        ).group_by(waiting.c.status)
    ).all()
    waits = {status: (float(median), float(oldest)) for status, median, oldest in rows}
    return [
        StageRow(
            status=stage.value,
            now=counts.get(stage.value, 0),
            median_wait_s=waits.get(stage.value, (None, None))[0],
            oldest_s=waits.get(stage.value, (None, None))[1],
        )
        for stage in SHOWN_STAGES
    ]


def turnaround(session: ReadSession, principal: Principal, *, now: datetime) -> Turnaround | None:
    """Return days from registration to completion, over the last TURNAROUND_DAYS; None if none.

    Only completed samples count here; with open ones a Kaplan-Meier estimate would be longer.
    """
    principal.require(Permission.SAMPLES_VIEW)
    days = SampleTransition.age_s / 86400
    statement = _completions(principal, now - timedelta(days=TURNAROUND_DAYS)).with_only_columns(
        func.percentile_cont(0.5).within_group(days),
        func.percentile_cont(0.9).within_group(days),
        func.count(),
    )
    median, p90, completed = session.execute(statement).one()
    if not completed:
        return None
    return Turnaround(median_days=median, p90_days=p90, completed=completed)


def _registered(session: ReadSession, principal: Principal, first: date) -> dict[date, int]:
    rows = session.execute(
        select(SampleTally.created_on, func.sum(SampleTally.step))
        .where(
            SampleTally.created_on >= first,
            SampleTally.project_id.in_(_visible_ids(principal)),
        )
        .group_by(SampleTally.created_on)
    ).all()
    return {day: int(number) for day, number in rows}


def _completed(session: ReadSession, principal: Principal, first: date) -> dict[date, int]:
    day = func.date(func.timezone("UTC", SampleTransition.at))
    since = datetime.combine(first, time.min, UTC)
    statement = _completions(principal, since).with_only_columns(day, func.count()).group_by(day)
    return {on: int(number) for on, number in session.execute(statement).all()}


def _completions(principal: Principal, since: datetime) -> Select[UUID]:
    """Select the steps to completion, of visible projects; the index alone answers."""
    found = select(SampleTransition.id).where(
        SampleTransition.to_status == Status.COMPLETED.value, SampleTransition.at >= since
    )
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return found
    return found.where(SampleTransition.project_id.in_(_visible_ids(principal)))


def _visible_ids(principal: Principal) -> Select[UUID]:
    return queries.visible_projects(principal).with_only_columns(Project.id)
