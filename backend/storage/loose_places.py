"""How many tubes a loose place takes. Exported by service.py."""

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage.errors import NodeMisplaced, NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from backend.storage.place_kinds import HOLDERS
from backend.storage.rules import MOST_LOOSE, UNDO_WITHIN, loose_shape


def set_loose_capacity(
    session: WriteSession, principal: Principal, *, node_id: NodeId, capacity: int | None
) -> None:
    """Say how many tubes a loose place takes, None for unknown: then it has no share in use.

    Raises:
        NodeNotFound: no such loose place.
        NodeMisplaced: a number that cannot be, or below one that a tube has.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    place = session.scalars(
        select(StorageNode)
        .where(
            StorageNode.id == node_id,
            StorageNode.kind.in_(HOLDERS),
            StorageNode.box_rows == 0,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if place is None:
        raise NodeNotFound("There is no such loose place. Choose one in the tree.")
    _require_room(session, place, capacity)
    before = place.capacity or None
    place.capacity, place.box_columns = capacity or 0, loose_shape(capacity).columns
    session.flush()
    events_service.audit(
        session,
        principal,
        action="storage.loose_capacity_set",
        entity="storage_node",
        entity_id=place.id,
        old={"capacity": before},
        new={"capacity": capacity},
    )


def _require_room(session: WriteSession, place: StorageNode, capacity: int | None) -> None:
    if capacity is None:
        return
    sentence = ""
    # Numbers that have just become free count, too: taking the step back gives them out again.
    lately = Placement.removed_at.is_(None) | (Placement.removed_at > clock.utc_now() - UNDO_WITHIN)
    highest = session.scalars(
        select(func.coalesce(func.max(Placement.column), 0)).where(
            Placement.box_id == place.id, lately
        )
    ).one()
    if not 1 <= capacity <= MOST_LOOSE:
        sentence = f"A loose place takes 1 to {MOST_LOOSE:,} tubes, or nobody says how many."
    elif capacity < highest:
        sentence = f"A tube in {place.path} has the number {highest:,}. Give that many at least."
    if sentence:
        raise NodeMisplaced(sentence, fields={"capacity": sentence})
