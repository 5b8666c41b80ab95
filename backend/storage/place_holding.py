"""A place with everything in it, held while somebody renames, restricts or removes it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from backend.core.sessions import ReadSession, WriteSession
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS


def hold_place(session: WriteSession, node_id: NodeId) -> tuple[StorageNode, list[StorageNode]]:
    """Lock a place and all in it; return it, and all of them with it, in no order.

    Boxes first and in key order, then what is around them, as placing does (locking.py): whoever
    places at that moment ends before, and what is counted afterwards is all there is.

    Raises:
        NodeNotFound: no such place.
    """
    keys = inside_of(session, node_id)
    found = _held(session, node_id, keys)
    # Whoever added to it while this waited has ended, and nobody adds to what is held.
    while set(now := inside_of(session, node_id)) - set(keys):
        keys = now
        found = _held(session, node_id, keys)
    return found


def inside_of(session: ReadSession, node_id: NodeId) -> list[UUID]:
    """Return the keys of a place and of everything in it."""
    top = select(StorageNode.id).where(StorageNode.id == node_id).cte("inside", recursive=True)
    below = aliased(StorageNode)
    tree = top.union_all(select(below.id).join(top, below.parent_id == top.c.id))
    return list(session.scalars(select(tree.c.id)))


def hold_alone(session: WriteSession, node_id: NodeId) -> StorageNode:
    """Lock a place and nothing in it. Raises NodeNotFound."""
    return _held(session, node_id, [node_id])[0]


def _held(
    session: WriteSession, node_id: NodeId, keys: Sequence[UUID]
) -> tuple[StorageNode, list[StorageNode]]:
    nodes = session.scalars(
        select(StorageNode)
        .where(StorageNode.id.in_(list(keys)))
        .order_by(case((StorageNode.kind.in_(HOLDERS), 0), else_=1), StorageNode.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for node in nodes:
        if node.id == node_id:
            return node, list(nodes)
    raise NodeNotFound("There is no such place. Choose one in the tree.")
