"""Reading pick lists. A list is seen by whoever may see every sample on it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import pick_rules
from backend.storage.errors import PickListNotFound
from backend.storage.ids import NodeId, PickLineId, PickListId, PickOutcome, PickState
from backend.storage.models import Placement, StorageNode
from backend.storage.pick_models import PickLine, PickList
from backend.storage.pick_views import PickLineView, PickListView

_NOT_FOUND = "There is no such pick list, or it holds samples that are not yours to see."

_From = aliased(StorageNode, name="from_box")
_To = aliased(StorageNode, name="to_box")


def visible_lists(principal: Principal) -> Select[PickList]:
    """Select the lists of which the principal may see every sample."""
    principal.require(Permission.STORAGE_VIEW)
    lists = select(PickList)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return lists
    mine = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    hidden = select(PickLine.list_id).where(PickLine.sample_id.not_in(mine))
    return lists.where(PickList.id.not_in(hidden))


def get_list(session: ReadSession, principal: Principal, list_id: PickListId) -> PickListView:
    """Return a list from outside.

    Raises:
        PickListNotFound: no such list, or not all of it is visible.
    """
    found = session.scalars(visible_lists(principal).where(PickList.id == list_id)).one_or_none()
    if found is None:
        raise PickListNotFound(_NOT_FOUND)
    return _list_view(found, _counts(session, [found.id])[found.id])


def find_list(session: ReadSession, principal: Principal, name: str) -> PickListView:
    """Return the list that people call so: PL-0042. Same errors as `get_list`."""
    number = pick_rules.list_number(name)
    found = session.scalar(
        visible_lists(principal).with_only_columns(PickList.id).where(PickList.number == number)
    )
    if found is None:
        raise PickListNotFound(_NOT_FOUND)
    return get_list(session, principal, PickListId(found))


def list_lists(
    session: ReadSession,
    principal: Principal,
    *,
    only_open: bool = True,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[PickListView]:
    """Return lists, newest first, those made before a moment and key."""
    wanted = visible_lists(principal)
    if only_open:
        wanted = wanted.where(PickList.state == PickState.OPEN)
    if before is not None:
        wanted = wanted.where(tuple_(PickList.made_at, PickList.id) < before)
    found = session.scalars(
        wanted.order_by(PickList.made_at.desc(), PickList.id.desc()).limit(limit)
    ).all()
    counts = _counts(session, [each.id for each in found])
    return [_list_view(each, counts[each.id]) for each in found]


def list_lines(
    session: ReadSession,
    principal: Principal,
    list_id: PickListId,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[PickLineView]:
    """Return the lines of a list behind a step, in order. Same errors as `get_list`."""
    get_list(session, principal, list_id)
    lines = _lines().where(PickLine.list_id == list_id, PickLine.step > after)
    rows = session.execute(lines.order_by(PickLine.step).limit(limit)).all()
    return [_line_view(row) for row in rows]


def next_lines(
    session: ReadSession, principal: Principal, list_id: PickListId, *, limit: int = 1
) -> list[PickLineView]:
    """Return the lines that come next: nobody has answered them. Same errors as `get_list`."""
    get_list(session, principal, list_id)
    lines = _lines().where(PickLine.list_id == list_id, PickLine.outcome.is_(None))
    rows = session.execute(lines.order_by(PickLine.step).limit(limit)).all()
    return [_line_view(row) for row in rows]


def in_hand(session: ReadSession, principal: Principal, list_id: PickListId) -> list[PickLineView]:
    """Return what the principal carries of a list that moves tubes. Same errors as `get_list`."""
    if not get_list(session, principal, list_id).purpose.moves:
        return []
    carried = _lines().where(
        PickLine.list_id == list_id,
        PickLine.outcome == PickOutcome.PICKED,
        PickLine.by.is_not_distinct_from(principal.user_id),
    )
    return [_line_view(row) for row in session.execute(carried.order_by(PickLine.step)).all()]


def last_answers(
    session: ReadSession, principal: Principal, list_id: PickListId, *, limit: int = 10
) -> list[PickLineView]:
    """Return the lines that were answered last, latest first. Same errors as `get_list`."""
    get_list(session, principal, list_id)
    lines = _lines().where(PickLine.list_id == list_id, PickLine.outcome.is_not(None))
    rows = session.execute(lines.order_by(PickLine.at.desc(), PickLine.step.desc()).limit(limit))
    return [_line_view(row) for row in rows]


def own_answers(
    session: ReadSession, principal: Principal, list_id: PickListId, *, limit: int = 400
) -> list[tuple[str, datetime]]:
    """Return at which unit, by its label, and when the principal answered lines, latest first.

    Same errors as `get_list`.
    """
    get_list(session, principal, list_id)
    went = aliased(StorageNode, name="went_box")
    rows = session.execute(
        select(func.coalesce(went.path, _From.path), PickLine.at)
        .join(_From, _From.id == PickLine.from_box_id)
        .outerjoin(
            Placement,
            (Placement.id == PickLine.stay_id) & (PickLine.outcome == PickOutcome.PLACED),
        )
        .outerjoin(went, went.id == Placement.box_id)
        .where(
            PickLine.list_id == list_id,
            PickLine.outcome.is_not(None),
            PickLine.by.is_not_distinct_from(principal.user_id),
        )
        .order_by(PickLine.at.desc(), PickLine.step.desc())
        .limit(limit)
    )
    return [(path.partition("/")[0], at) for path, at in rows if at is not None]


def line_views(session: ReadSession, line_ids: Collection[UUID]) -> tuple[PickLineView, ...]:
    """Return lines of a list that the caller has found to be visible, in order."""
    lines = _lines().where(PickLine.id.in_(list(line_ids))).order_by(PickLine.step)
    return tuple(_line_view(row) for row in session.execute(lines).all())


def _lines() -> Select[
    PickLine, str, str, Decimal | None, StorageNode, StorageNode, Placement, StorageNode
]:
    went = aliased(StorageNode, name="went_box")
    return (
        select(
            PickLine,
            Sample.barcode,
            Sample.name,
            Sample.volume_ul,
            _From,
            _To,
            Placement,
            went,
        )
        .join(Sample, Sample.id == PickLine.sample_id)
        .join(_From, _From.id == PickLine.from_box_id)
        .outerjoin(_To, _To.id == PickLine.to_box_id)
        .outerjoin(
            Placement,
            (Placement.id == PickLine.stay_id) & (PickLine.outcome == PickOutcome.PLACED),
        )
        .outerjoin(went, went.id == Placement.box_id)
    )


def _counts(
    session: ReadSession, list_ids: Collection[UUID]
) -> defaultdict[UUID, Counter[PickOutcome | None]]:
    counts: defaultdict[UUID, Counter[PickOutcome | None]] = defaultdict(Counter)
    rows = session.execute(
        select(PickLine.list_id, PickLine.outcome, func.count())
        .where(PickLine.list_id.in_(list(list_ids)))
        .group_by(PickLine.list_id, PickLine.outcome)
    )
    for list_id, outcome, number in rows:
        counts[list_id][outcome] = number
    return counts


def _list_view(found: PickList, counts: Counter[PickOutcome | None]) -> PickListView:
    return PickListView(
        id=PickListId(found.id),
        number=found.number,
        title=found.title,
        purpose=found.purpose,
        state=found.state,
        made_by_name=found.made_by_name,
        made_at=found.made_at,
        closed_at=found.closed_at,
        closed_by_name=found.closed_by_name,
        counts=counts,
    )


def _line_view(
    row: Row[PickLine, str, str, Decimal | None, StorageNode, StorageNode, Placement, StorageNode],
) -> PickLineView:
    line, barcode, name, volume_ul, origin, planned, stay, went = row
    # Where it went, once it did; before that, where it is to go.
    goal = planned if stay is None else went
    row_to, column_to = (line.to_row, line.to_column)
    if stay is not None:
        row_to, column_to = (stay.row, stay.column)
    is_known = goal is not None and row_to is not None and column_to is not None
    return PickLineView(
        id=PickLineId(line.id),
        step=line.step,
        sample_id=SampleId(line.sample_id),
        barcode=barcode,
        name=name,
        volume_ul=volume_ul,
        from_box_id=NodeId(line.from_box_id),
        from_path=origin.path,
        from_position=origin.shape.at(line.from_row, line.from_column),
        to_box_id=None if goal is None else NodeId(goal.id),
        to_path=None if goal is None else goal.path,
        to_position=goal.shape.at(row_to, column_to) if is_known else None,
        reason=line.reason,
        outcome=line.outcome,
        outcome_reason=line.outcome_reason,
        by=line.by,
        by_name=line.by_name,
        at=line.at,
    )
