"""Positions as the lids of their boxes name them, where only row and column are at hand."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import BoxShape, Position


def shapes_of(session: ReadSession, box_ids: Collection[UUID]) -> dict[UUID, BoxShape]:
    """Return the shapes of boxes by their keys, with what their lids call the positions."""
    rows = session.execute(
        select(
            StorageNode.id, StorageNode.box_rows, StorageNode.box_columns, StorageNode.numbering
        ).where(StorageNode.id.in_(list(box_ids)))
    )
    return {key: BoxShape(rows, columns, said) for key, rows, columns, said in rows}


def positions_of(session: ReadSession, placement_ids: Collection[UUID]) -> dict[UUID, Position]:
    """Return the positions of stays by their keys, as the lids of their boxes name them."""
    rows = session.execute(
        select(Placement, StorageNode)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(Placement.id.in_(list(placement_ids)))
    )
    return {stay.id: box.shape.at(stay.row, stay.column) for stay, box in rows}
