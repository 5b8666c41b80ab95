"""How long samples wait in each stage, read at two places of an index: the oldest, the middle."""

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    any_,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy import literal_column as constant

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries
from backend.samples.ids import Status
from backend.samples.models import Sample
from backend.samples.views import StageRow

SHOWN_STAGES = (
    Status.PENDING,
    Status.VALIDATED,
    Status.IN_STORAGE,
    Status.IN_SEQUENCING,
    Status.COMPLETED,
)
WAITING_STAGES = (Status.PENDING, Status.VALIDATED, Status.IN_SEQUENCING)


def stage_rows(
    session: ReadSession, principal: Principal, counts: Mapping[str, int], *, now: datetime
) -> list[StageRow]:
    """Return the stages of a sample's way with what waits in them, in seconds.

    ``counts`` is what the same snapshot counts (tally.py). It says at which place of the index
    on (status, state_since) the middle stands, so nothing is sorted.
    """
    principal.require(Permission.SAMPLES_VIEW)
    sees_all = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    places = {"person": principal.user_id} | {
        name: place
        for stage in WAITING_STAGES
        for name, place in _middle(stage, counts.get(stage.value, 0)).items()
    }
    oldest: dict[str, float] = {}
    middle: dict[str, list[float]] = {}
    for stage, is_oldest, since in session.execute(_ALL if sees_all else _OF_PERSON, places):
        waited_s = (now - since).total_seconds()
        if is_oldest:
            oldest[stage] = waited_s
        else:
            middle.setdefault(stage, []).append(waited_s)
    return [
        StageRow(
            status=stage.value,
            now=counts.get(stage.value, 0),
            median_wait_s=median(middle[stage]) if stage in middle else None,
            oldest_s=oldest.get(stage),
        )
        for stage in SHOWN_STAGES
    ]


def _middle(stage: Status, number: int) -> dict[str, int]:
    """Return where the middle of ``number`` rows begins: it is one row, or two to be averaged."""
    if not number:
        return {f"{stage}_before": 0, f"{stage}_rows": 0}
    return {f"{stage}_before": (number - 1) // 2, f"{stage}_rows": 2 - number % 2}


def _in_turn(stage: Status, *, is_oldest: bool, of_person: bool) -> Select[str, bool, datetime]:
    # Written out, not bound: a plan for any status could not use the index, which is partial.
    status: ColumnElement[str] = constant(f"'{stage.value}'")
    flag: ColumnElement[bool] = constant("true" if is_oldest else "false")
    rows = select(status.label("stage"), flag.label("is_oldest"), Sample.state_since).where(
        Sample.status == status
    )
    if of_person:
        # An array is looked at row by row in the index's order; a join might sort.
        mine = queries.projects_of_person().scalar_subquery()
        rows = rows.where(Sample.project_id == any_(func.array(mine)))
    return rows.order_by(Sample.state_since)


def _statement(*, of_person: bool) -> CompoundSelect[str, bool, datetime]:
    parts: list[Any] = []
    for stage in WAITING_STAGES:
        oldest = _in_turn(stage, is_oldest=True, of_person=of_person).limit(1)
        middle = (
            _in_turn(stage, is_oldest=False, of_person=of_person)
            .offset(bindparam(f"{stage}_before", type_=Integer))
            .limit(bindparam(f"{stage}_rows", type_=Integer))
        )
        parts += [oldest, middle]
    return union_all(*(select(part.subquery()) for part in parts))


_ALL = _statement(of_person=False)
_OF_PERSON = _statement(of_person=True)
