"""The laboratory's sites, and at which of them a place is."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from backend.core.sessions import ReadSession
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode


def open_sites(session: ReadSession) -> dict[NodeId, str]:
    """Return the labels of the sites that are in use, by key, in the order of the tree."""
    rows = session.execute(
        select(StorageNode.id, StorageNode.label)
        .where(StorageNode.kind == NodeKind.SITE, StorageNode.closed_at.is_(None))
        .order_by(StorageNode.sort_order, StorageNode.label)
    )
    return {NodeId(key): label for key, label in rows}


def site_of(session: ReadSession, node_id: UUID) -> NodeId | None:
    """Return the site that a place belongs to, itself included; None where it is below none."""
    above = (
        select(StorageNode.id, StorageNode.parent_id, StorageNode.kind)
        .where(StorageNode.id == node_id)
        .cte("above", recursive=True)
    )
    outer = aliased(StorageNode)
    above = above.union_all(
        select(outer.id, outer.parent_id, outer.kind).join(above, outer.id == above.c.parent_id)
    )
    found = session.scalar(select(above.c.id).where(above.c.kind == NodeKind.SITE))
    return None if found is None else NodeId(found)
