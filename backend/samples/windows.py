"""Rows `start` to `end` of a list of samples, at the same cost wherever they are (decision 5).

    window = windows.window(session, principal, filters=…, order=…, start=999_800, end=1_000_000)

Exact at every moment: a prepared list says what stood at each place when it was written, and the
changes that it has not seen are counted in. Without one PostgreSQL sorts by itself, which is slow
only far down a long list; ``wants_preparing`` then says that it is worth asking for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import listed, queries, tally
from backend.samples.influx_models import SampleInflux
from backend.samples.listed import Scope
from backend.samples.models import (
    Sample,
    SampleChange,
    SampleList,
    SampleListBlock,
)
from backend.samples.preparing import BLOCK_ROWS, WORTH_PREPARING, first_column
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.samples.views import SampleRow

MOST_ROWS = 1_000
MOST_STEPS = 2_000
"""Unseen changes beyond which a prepared list is not used; merging them would cost too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Rows of a list; ``total`` is None while nobody has counted a long list."""

    rows: Sequence[SampleRow]
    total: int | None
    wants_preparing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Whose list, of what, in which order, read in which transaction."""

    session: ReadSession
    principal: Principal
    scope: Scope
    filters: SampleFilters
    order: SampleOrder

    def conditions(self, facts: listed.Facts) -> list[ColumnElement[bool]]:
        """Return what must hold of a sample in the list."""
        seen = listed.seen_by(self.principal)
        return listed.conditions(facts, self.scope, self.filters, seen=seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """What a prepared list has not seen: net steps, and which samples came in."""

    net: int
    count: int
    came: Sequence[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    at: int
    """Place of its first sample now."""
    first: datetime | str | Decimal
    first_id: UUID
    ids: Sequence[UUID]


def window(
    session: ReadSession,
    principal: Principal,
    *,
    filters: SampleFilters,
    order: SampleOrder,
    start: int,
    end: int,
) -> Window:
    """Return the visible samples at places ``start`` (from 0) to before ``end`` of a list.

    Raises:
        InvalidInput: a window that is empty, upside down or longer than MOST_ROWS.
    """
    principal.require(Permission.SAMPLES_VIEW)
    if not (0 <= start < end <= start + MOST_ROWS):
        raise InvalidInput(f"Ask for 1 to {MOST_ROWS} rows at a time.")
    asked = _asked(session, principal, filters, order)
    prepared = _find_prepared(asked)
    if prepared is not None:
        steps = _unseen(asked, prepared)
        if steps.count <= MOST_STEPS:
            return _prepared_window(asked, prepared, steps, start, end)
    return _sorted_window(asked, start, end)


def status_counts(
    session: ReadSession, principal: Principal, filters: SampleFilters, order: SampleOrder
) -> dict[str, int] | None:
    """Return how many of a list are in each status, leaving out a filter by status if it can.

    None while nobody has counted.
    """
    principal.require(Permission.SAMPLES_VIEW)
    asked = _asked(session, principal, filters, order)
    if _is_tallied(filters):
        return tally.status_counts(session, principal, scope=asked.scope)
    prepared = _find_prepared(asked)
    if prepared is None:
        return _counted_statuses(asked)
    counts = dict(prepared.statuses)
    facts = _unseen_rows(asked, prepared)
    rows = session.execute(
        select(SampleChange.status, func.sum(SampleChange.step))
        .where(*facts)
        .group_by(SampleChange.status)
    )
    for status, step in rows:
        counts[status] = counts.get(status, 0) + int(step)
    return {status: number for status, number in counts.items() if number}


def first_rows(
    session: ReadSession, principal: Principal, *, filters: SampleFilters, limit: int
) -> list[SampleRow]:
    """Return some visible samples that match, in no order: enough to say none, one or several."""
    principal.require(Permission.SAMPLES_VIEW)
    scope = listed.scope_of(session, principal, filters)
    some = (
        select(Sample.id)
        .where(*listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal)))
        .limit(limit)
    )
    return rows_of(session, principal, list(session.scalars(some)))


def rows_of(session: ReadSession, principal: Principal, ids: Sequence[UUID]) -> list[SampleRow]:
    """Return visible samples by key, in no order."""
    statement = queries.visible_rows(principal).where(_among(ids))
    return [queries.row_view(row) for row in session.execute(statement)]


def _asked(
    session: ReadSession, principal: Principal, filters: SampleFilters, order: SampleOrder
) -> _Asked:
    return _Asked(
        session=session,
        principal=principal,
        scope=listed.scope_of(session, principal, filters),
        filters=filters,
        order=order,
    )


def _is_tallied(filters: SampleFilters) -> bool:
    """Say whether the tally knows a list's counts: it is narrowed by project and status only."""
    return not listed.stored(filters.model_copy(update={"statuses": ()}))


def _find_prepared(asked: _Asked) -> SampleList | None:
    if not listed.can_be_prepared(asked.filters):
        return None
    key = listed.list_key(asked.scope, asked.filters, asked.order.by)
    found = asked.session.scalars(select(SampleList).where(SampleList.key == key)).one_or_none()
    return None if found is None or _was_flooded(asked, found) else found


def _was_flooded(asked: _Asked, prepared: SampleList) -> bool:
    """Tell whether a list does not see very many samples that came into one of its projects."""
    unseen = select(SampleInflux.pos).where(*_after(SampleInflux, prepared))
    if asked.scope is not None:
        unseen = unseen.where(SampleInflux.project_id.in_(asked.scope))
    return asked.session.scalar(select(unseen.exists())) or False


def _unseen_rows(asked: _Asked, prepared: SampleList) -> list[ColumnElement[bool]]:
    return [*_after(SampleChange, prepared), *asked.conditions(SampleChange)]


def _after(
    steps: type[SampleChange] | type[SampleInflux], prepared: SampleList
) -> list[ColumnElement[bool]]:
    """Return the conditions that a list's snapshot does not see a row of changes."""
    seen = func.pg_visible_in_snapshot(
        cast(steps.xid, Text).op("::")(literal_column("xid8")),
        cast(literal(prepared.snapshot), Text).op("::")(literal_column("pg_snapshot")),
    )
    return [steps.xid >= prepared.oldest_xid, ~seen]


def _step_rows(asked: _Asked, prepared: SampleList) -> Select[Any]:
    key = listed.sort_key(SampleChange, asked.order.by)
    net = func.sum(SampleChange.step)
    return (
        select(key.label("sorted_by"), SampleChange.id, net.label("step"))
        .where(*_unseen_rows(asked, prepared))
        .group_by(key, SampleChange.id)
        .having(net != 0)
        .limit(MOST_STEPS + 1)
    )


def _unseen(asked: _Asked, prepared: SampleList) -> _Steps:
    rows = asked.session.execute(_step_rows(asked, prepared)).all()
    return _Steps(
        net=sum(int(row.step) for row in rows),
        count=len(rows),
        came=[row.id for row in rows if row.step > 0],
    )


def _prepared_window(
    asked: _Asked, prepared: SampleList, steps: _Steps, start: int, end: int
) -> Window:
    total = prepared.total + steps.net
    start, end = min(start, total), min(end, total)
    # Lists are written upwards; downwards they are read from their end.
    low, high = (total - end, total - start) if asked.order.descending else (start, end)
    rows: list[SampleRow] = []
    if low < high:
        blocks = _blocks(asked, prepared, steps, low, high)
        rows = _rows_between(asked, blocks, steps, low, high)
    if asked.order.descending:
        rows.reverse()
    return Window(rows=rows, total=total, wants_preparing=False)


def _blocks(
    asked: _Asked, prepared: SampleList, steps: _Steps, low: int, high: int
) -> list[_Block]:
    """Return the blocks from the last one that starts at or before ``low`` to ``high``."""
    first = getattr(SampleListBlock, first_column(asked.order.by))
    at: ColumnElement[int] = SampleListBlock.pos.expression
    if steps.count:
        at += _net_before(_step_rows(asked, prepared).cte("unseen"), first)
    rows = asked.session.execute(
        select(SampleListBlock.first_id, SampleListBlock.ids, first.label("first"), at.label("at"))
        .where(
            SampleListBlock.list_key == prepared.key,
            SampleListBlock.pos > low - steps.count - BLOCK_ROWS,
            SampleListBlock.pos <= high + steps.count,
        )
        .order_by(SampleListBlock.pos)
    ).all()
    blocks = [_Block(at=int(r.at), first=r.first, first_id=r.first_id, ids=r.ids) for r in rows]
    begin = max((i for i, block in enumerate(blocks) if block.at <= low), default=0)
    return [block for block in blocks[begin:] if block.at < high or block is blocks[begin]]


def _net_before(unseen: CTE, first: ColumnElement[Any]) -> ColumnElement[int]:
    earlier = tuple_(unseen.c.sorted_by, unseen.c.id) < tuple_(first, SampleListBlock.first_id)
    net: ColumnElement[int] = (
        select(func.coalesce(func.sum(unseen.c.step), 0)).where(earlier).scalar_subquery()
    )
    return net


def _rows_between(
    asked: _Asked, blocks: Sequence[_Block], steps: _Steps, low: int, high: int
) -> list[SampleRow]:
    """Return rows ``low`` to ``high``, upwards, from what the blocks hold and what came in."""
    candidates = [key for block in blocks for key in block.ids] + list(steps.came)
    key = listed.sort_key(Sample, asked.order.by)
    statement = queries.visible_rows(asked.principal).where(
        _among(candidates), *asked.conditions(Sample)
    )
    skipped = low
    if blocks and blocks[0].at <= low:
        head = blocks[0]
        statement = statement.where(
            tuple_(key, Sample.id) >= tuple_(literal(head.first), literal(head.first_id))
        )
        skipped = low - head.at
    page = statement.order_by(key, Sample.id).offset(skipped).limit(high - low)
    return [queries.row_view(row) for row in asked.session.execute(page)]


def _among(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return Sample.id == any_(literal(list(ids), ARRAY(Uuid())))


def _sorted_window(asked: _Asked, start: int, end: int) -> Window:
    key = listed.sort_key(Sample, asked.order.by)
    is_down = asked.order.descending
    sorting = (key.desc(), Sample.id.desc()) if is_down else (key, Sample.id)
    # Keys first: what is skipped need not be joined.
    chosen = (
        select(Sample.id)
        .where(*asked.conditions(Sample))
        .order_by(*sorting)
        .offset(start)
        .limit(end - start)
    )
    keys = list(asked.session.scalars(chosen))
    page = queries.visible_rows(asked.principal).where(_among(keys)).order_by(*sorting)
    total = _total(asked)
    is_long = total is None or total > WORTH_PREPARING
    return Window(
        rows=[queries.row_view(row) for row in asked.session.execute(page)],
        total=total,
        wants_preparing=is_long and listed.can_be_prepared(asked.filters),
    )


def _total(asked: _Asked) -> int | None:
    """Return how many samples a list holds; None when that takes reading too many of them."""
    if _is_tallied(asked.filters):
        counts = tally.status_counts(asked.session, asked.principal, scope=asked.scope)
        wanted: Iterable[str] = asked.filters.statuses or tuple(counts)
        return sum(counts.get(status, 0) for status in wanted)
    found = select(Sample.id).where(*asked.conditions(Sample))
    may_grow = listed.can_be_prepared(asked.filters)
    if may_grow:
        found = found.limit(WORTH_PREPARING + 1)
    count = asked.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    return None if may_grow and count > WORTH_PREPARING else count


def _counted_statuses(asked: _Asked) -> dict[str, int] | None:
    found = select(Sample.status).where(*asked.conditions(Sample))
    some = found.limit(WORTH_PREPARING + 1).subquery()
    rows = asked.session.execute(select(some.c.status, func.count()).group_by(some.c.status))
    counts = {row[0]: int(row[1]) for row in rows}
    return counts if sum(counts.values()) <= WORTH_PREPARING else None
