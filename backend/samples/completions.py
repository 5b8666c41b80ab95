"""Completions by day and the ages at them, from rows that only add up (decision 3)."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy import BigInteger, LargeBinary, Select, bindparam, cast, func, literal, select, text

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import queries
from backend.samples.models import SampleCompletion
from backend.samples.views import CompletedDay, Turnaround

_DAY_S = 86_400
_AGE = np.dtype(">i4")
"""An age as the trigger writes it (model SampleCompletion)."""

# Only what has several rows is touched: a month's ages are not written anew every few minutes.
_FOLD = text("""
WITH gone AS (
    DELETE FROM sample_completion
    WHERE (project_id, completed_on) IN (
        SELECT project_id, completed_on FROM sample_completion
        GROUP BY project_id, completed_on HAVING count(*) > 1)
    RETURNING project_id, completed_on, completed, ages_s
)
INSERT INTO sample_completion (project_id, completed_on, completed, ages_s)
SELECT project_id, completed_on, sum(completed), string_agg(ages_s, ''::bytea) FROM gone
GROUP BY project_id, completed_on
""")


def fold(session: WriteSession) -> None:
    """Join the rows of each project and day. Rows of transactions still open are not touched."""
    session.execute(_FOLD)


def completed_days(
    session: ReadSession, principal: Principal, *, first: date
) -> list[CompletedDay]:
    """Return the UTC days from ``first`` on with completions of visible samples, oldest first."""
    principal.require(Permission.SAMPLES_VIEW)
    sees_all = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    asked = {"first": first, "person": principal.user_id}
    rows = session.execute(_days(sees_all=sees_all), asked)
    return [CompletedDay(day=day, completed=number, ages_s=ages) for day, number, ages in rows]


@cache
def _days(*, sees_all: bool) -> Select[date, int, bytes]:
    days = (
        select(
            SampleCompletion.completed_on,
            cast(func.sum(SampleCompletion.completed), BigInteger),
            func.string_agg(SampleCompletion.ages_s, literal(b"", LargeBinary)),
        )
        .where(SampleCompletion.completed_on >= bindparam("first"))
        .group_by(SampleCompletion.completed_on)
        .order_by(SampleCompletion.completed_on)
    )
    if sees_all:
        return days
    return days.where(SampleCompletion.project_id.in_(queries.projects_of_person()))


def turnaround(days: Sequence[CompletedDay]) -> Turnaround | None:
    """Return days from registration to completion over what was completed; None without any.

    Only completed samples count here; with open ones a Kaplan-Meier estimate would be longer.
    """
    ages_s = np.frombuffer(b"".join(day.ages_s for day in days), dtype=_AGE)
    if not ages_s.size:
        return None
    median, p90 = np.quantile(ages_s / _DAY_S, (0.5, 0.9))
    return Turnaround(median_days=float(median), p90_days=float(p90), completed=int(ages_s.size))
