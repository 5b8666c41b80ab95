"""Counting samples by adding up steps (decision 3). `fold_tally` is exported by service.py."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import BigInteger, Select, bindparam, case, cast, func, select, text, tuple_

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import completions, queries
from backend.samples.models import SampleTally
from backend.samples.views import CompletedDay, DayFlow, Tally

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
    completions.fold(session)


def status_counts(
    session: ReadSession, principal: Principal, *, scope: Sequence[UUID] | None = None
) -> dict[str, int]:
    """Return how many visible samples there are in each status; absent means none.

    With ``scope`` of those projects only.
    """
    principal.require(Permission.SAMPLES_VIEW)
    total = func.sum(SampleTally.step)
    narrowed = [] if scope is None else [SampleTally.project_id.in_(scope)]
    steps = select(SampleTally.status, total).where(*narrowed)
    rows = session.execute(
        queries.only_visible(steps, principal, SampleTally.project_id)
        .group_by(SampleTally.status)
        .having(total > 0)
    ).all()
    return {status: int(number) for status, number in rows}


def read_tally(session: ReadSession, principal: Principal, *, first: date) -> Tally:
    """Return visible samples by status, and those registered from ``first`` on by UTC day.

    One pass over the steps answers both.
    """
    principal.require(Permission.SAMPLES_VIEW)
    sees_all = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    asked = {"first": first, "person": principal.user_id}
    rows = session.execute(_steps(sees_all=sees_all), asked).all()
    return Tally(
        counts={status: number for status, _, number in rows if status is not None and number},
        registered={on: number for _, on, number in rows if on is not None},
    )


@cache
def _steps(*, sees_all: bool) -> Select[str | None, date | None, int]:
    day = case((SampleTally.created_on >= bindparam("first"), SampleTally.created_on)).label("day")
    total = cast(func.sum(SampleTally.step), BigInteger)
    steps = select(SampleTally.status, day, total).group_by(
        func.grouping_sets(tuple_(SampleTally.status), tuple_(day))
    )
    if sees_all:
        return steps
    return steps.where(SampleTally.project_id.in_(queries.projects_of_person()))


def flow_per_day(
    registered: Mapping[date, int], completed: Sequence[CompletedDay], *, days: int, today: date
) -> list[DayFlow]:
    """Return registrations and completions of the last ``days`` UTC days, oldest first, no gaps."""
    done = {each.day: each.completed for each in completed}
    window = [today - timedelta(days=back) for back in reversed(range(days))]
    return [
        DayFlow(day=day, registered=registered.get(day, 0), completed=done.get(day, 0))
        for day in window
    ]
