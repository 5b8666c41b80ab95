"""Taking a place away: it goes where never anything stood, else it is closed. See service.py.

A place that has a history stays in the tables, because stays, scans and incidents name it. Whether
it has one is what the database itself says when it is asked to delete it: every table that refers
to a place does so by a key, those of domains above storage too, and a list kept here would forget
the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage import place_holding, places
from backend.storage.errors import PlaceInUse
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import BlockedPosition, FormerPath, OccupancySnapshot, StorageNode
from backend.storage.place_events import NodeClosed, NodeRemoved, NodeReopened
from backend.storage.reasons_to_stay import reasons_to_stay
from backend.telemetry import unit_naming

_IS_REFERRED_TO = "23503"
"""What PostgreSQL calls a foreign key that would point nowhere."""
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What became of a place that was to go."""

    path: str
    places: int
    """The place itself and those in it."""
    was_closed: bool
    """It has a history, so it is kept and only closed."""

    @property
    def sentence(self) -> str:
        """Say so."""
        inside = self.places - 1
        more = "" if not inside else f" with the {inside:,} places in it"
        if self.was_closed:
            return (
                f"{self.path} has a history, so it is kept{more}, but closed: it takes no samples "
                "and is offered nowhere."
            )
        return f"{self.path} is removed{more}. Nothing ever stood in it."


def remove_place(
    session: WriteSession, principal: Principal, *, node_id: NodeId, reason: str = ""
) -> Removal:
    """Delete a place and all in it if never anything stood there, else close it.

    Raises:
        NodeNotFound: no such place.
        PlaceInUse: samples, plans, reservations, sensors or something else is in the way; every
            reason is named. Or it is closed already.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    node, inside = place_holding.hold_place(session, node_id)
    reasons = reasons_to_stay(session, inside)
    if reasons:
        raise PlaceInUse(f"{node.path} stays. {' '.join(reasons)}")
    if node.closed_at is not None:
        raise PlaceInUse(
            f"{node.path} has a history and is closed already. It stays in the tables."
        )
    why = " ".join(reason.split())[:_LONGEST_REASON]
    kind, path = node.kind.value, node.path
    is_gone = not _is_remembered(session, inside) and _delete(session, inside)
    if is_gone:
        event: NodeRemoved | NodeClosed = NodeRemoved(
            aggregate_id=node_id, kind=kind, path=path, places=len(inside), reason=why
        )
    else:
        _close(session, inside)
        event = NodeClosed(
            aggregate_id=node_id, kind=kind, path=path, places=len(inside), reason=why
        )
    events_service.record(
        session,
        principal,
        event,
        old={"path": path, "state": "open"},
        new={"path": None if is_gone else path, "state": "removed" if is_gone else "closed"},
        reason=why or None,
    )
    return Removal(path=path, places=len(inside), was_closed=not is_gone)


def why_it_stays(session: ReadSession, principal: Principal, node_id: NodeId) -> tuple[str, ...]:
    """Return what `remove_place` would be refused with, a sentence each; nothing is held."""
    principal.require(Permission.STORAGE_CONFIGURE)
    keys = place_holding.inside_of(session, node_id)
    return reasons_to_stay(
        session, session.scalars(select(StorageNode).where(StorageNode.id.in_(keys))).all()
    )


def reopen_place(session: WriteSession, principal: Principal, *, node_id: NodeId) -> str:
    """Let a closed place take samples again, with what was closed together; return its path.

    Raises:
        NodeNotFound: no such place.
        PlaceInUse: it is open, or the place around it is closed.
        RackFull: its rack has no slot for it any more.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    node, inside = place_holding.hold_place(session, node_id)
    since = node.closed_at
    if since is None:
        raise PlaceInUse(f"{node.path} is open. Nothing is to be done.")
    around = session.get(StorageNode, node.parent_id) if node.parent_id else None
    if around is not None and around.closed_at is not None:
        raise PlaceInUse(f"{around.path} around it is closed. Open that first.")
    places.check_room(session, node.kind, around)
    together = [each for each in inside if each.closed_at == since]
    for each in together:
        each.closed_at = None
    session.flush()
    event = NodeReopened(
        aggregate_id=node.id, kind=node.kind.value, path=node.path, places=len(together)
    )
    events_service.record(
        session,
        principal,
        event,
        old={"path": node.path, "state": "closed"},
        new={"path": node.path, "state": "open"},
    )
    return node.path


def _is_remembered(session: ReadSession, nodes: Sequence[StorageNode]) -> bool:
    """Say whether what knows units without a key has a past of these."""
    units = [node.id for node in nodes if node.kind is NodeKind.UNIT]
    if not units:
        return False
    if unit_naming.was_watched(session, units):
        return True
    # Incidents stand above storage; they answer by a function (22_incidents.sql).
    count: int = session.scalars(select(func.incidents_of_units(literal(units, ARRAY(Uuid))))).one()
    return count > 0


def _delete(session: WriteSession, nodes: Sequence[StorageNode]) -> bool:
    """Delete places; False, and nothing is deleted, where something refers to one of them."""
    keys = [node.id for node in nodes]
    try:
        with session.begin_nested():
            # What is only said of the place itself goes with it: clips that block a position, how
            # it was called, and the nightly counts of a unit that never held anything.
            session.execute(delete(BlockedPosition).where(BlockedPosition.box_id.in_(keys)))
            session.execute(delete(FormerPath).where(FormerPath.node_id.in_(keys)))
            session.execute(
                delete(OccupancySnapshot).where(
                    OccupancySnapshot.unit_id.in_(keys), OccupancySnapshot.used == 0
                )
            )
            session.execute(
                delete(StorageNode)
                .where(StorageNode.id.in_(keys))
                .execution_options(synchronize_session=False)
            )
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != _IS_REFERRED_TO:
            raise
        return False
    for node in nodes:
        session.expunge(node)
    return True


def _close(session: WriteSession, nodes: Sequence[StorageNode]) -> None:
    keys: list[UUID] = [node.id for node in nodes]
    session.execute(
        update(StorageNode)
        .where(StorageNode.id.in_(keys), StorageNode.closed_at.is_(None))
        .values(closed_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
