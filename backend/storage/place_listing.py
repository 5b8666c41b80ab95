"""Listing what stands directly in a place, page by page, with how full each of it is."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, true, tuple_
from sqlalchemy.orm import aliased

from backend.core.errors import InvalidInput
from backend.core.paging import Page, checked_limit, decode_cursor, encode_cursor
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.storage import place_queries, queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS
from backend.storage.place_views import PlaceView
from backend.storage.views import Occupancy


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledPlace(Occupancy):
    """A place with the sum of the boxes in it."""

    place: PlaceView
    loose: int
    """Samples in loose places of no capacity: they are in no share, and not in ``used``."""

    @property
    def share(self) -> float | None:
        """Share of its positions in use, 0–1; None where it has no position that is known."""
        return self.used / self.capacity if self.capacity else None


def find_place(session: ReadSession, principal: Principal, code: str) -> PlaceView:
    """Return the place with a path, a barcode or a key.

    Raises:
        NodeNotFound: there is none.
    """
    principal.require(Permission.STORAGE_VIEW)
    try:
        key = UUID(code.strip())
    except ValueError:
        return place_queries.get_place(session, principal, code)
    return place_queries.place_of(session, principal, NodeId(key))


def fill_of(session: ReadSession, principal: Principal, place: PlaceView) -> FilledPlace:
    """Return a place with how full it is."""
    principal.require(Permission.STORAGE_VIEW)
    return _filled(place, _sums(session, [place.id]))


def list_children(
    session: ReadSession,
    principal: Principal,
    *,
    of: NodeId | None,
    limit: int = 50,
    cursor: str | None = None,
    with_closed: bool = False,
) -> Page[FilledPlace]:
    """Return what stands directly in a place, in its order; without one the sites.

    Raises:
        NodeNotFound: no such place.
        InvalidInput: no cursor of this list, or a page that is too long.
    """
    principal.require(Permission.STORAGE_VIEW)
    if of is not None and session.get(StorageNode, of) is None:
        raise NodeNotFound("There is no such place. Choose one in the tree.")
    at = tuple_(StorageNode.sort_order, StorageNode.label)
    rows = select(StorageNode).where(
        StorageNode.parent_id.is_(None) if of is None else StorageNode.parent_id == of,
        true() if with_closed else StorageNode.closed_at.is_(None),
        true() if cursor is None else at > tuple_(*_after(cursor)),
    )
    wanted = checked_limit(limit)
    found = session.scalars(
        rows.order_by(StorageNode.sort_order, StorageNode.label).limit(wanted + 1)
    ).all()
    shown = found[:wanted]
    views = place_queries.views_of(session, shown)
    sums = _sums(session, [view.id for view in views])
    more = len(found) > wanted
    last = (str(shown[-1].sort_order), shown[-1].label) if more else None
    return Page(
        items=[_filled(view, sums) for view in views],
        next_cursor=encode_cursor(*last) if last else None,
    )


def _after(cursor: str) -> tuple[int, str]:
    order, label = decode_cursor(cursor, 2)
    try:
        return int(order), label
    except ValueError as error:
        raise InvalidInput("The cursor is of another list. Start at the first page.") from error


def _sums(session: ReadSession, keys: Collection[NodeId]) -> dict[UUID, tuple[int, int, int]]:
    """Return used and usable positions and loose samples of everything in each place."""
    top = (
        select(StorageNode.id.label("top"), StorageNode.id.label("node"))
        .where(StorageNode.id.in_(list(keys)))
        .cte("inside", recursive=True)
    )
    below = aliased(StorageNode)
    inside = top.union_all(select(top.c.top, below.id).join(top, below.parent_id == top.c.node))
    counts = queries.counted()
    rows = session.execute(
        select(
            inside.c.top,
            func.coalesce(func.sum(StorageNode.used).filter(counts), 0),
            func.coalesce(func.sum(StorageNode.capacity).filter(counts), 0),
            func.coalesce(func.sum(StorageNode.used), 0),
        )
        .join(StorageNode, StorageNode.id == inside.c.node)
        .where(StorageNode.kind.in_(HOLDERS))
        .group_by(inside.c.top)
    )
    return {
        key: (int(used), int(capacity), int(every) - int(used))
        for key, used, capacity, every in rows
    }


def _filled(place: PlaceView, sums: dict[UUID, tuple[int, int, int]]) -> FilledPlace:
    used, capacity, loose = sums.get(place.id, (0, 0, 0))
    return FilledPlace(place=place, used=used, capacity=capacity, loose=loose)
