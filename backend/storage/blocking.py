"""Positions that stay empty: broken, under a clip, or reserved until a day. See service.py.

Once its day has come a reservation holds no longer: nobody reads it as blocked (box_queries), and
its row goes when somebody next holds the box, or with the hourly job. The trigger on the table
then gives the box its room back.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage import box_queries, spelling
from backend.storage.errors import BlockingRefused, NotBlocked, PositionTaken
from backend.storage.ids import NodeId
from backend.storage.models import BlockedPosition, StorageNode
from backend.storage.rules import Position

_LONGEST_REASON = 200


def block_position(
    session: WriteSession,
    principal: Principal,
    *,
    box_id: NodeId,
    position: Position,
    reason: str,
    until: datetime | None = None,
) -> None:
    """Keep a position empty, until an instant or until somebody frees it.

    The box has one place less meanwhile.

    Raises:
        NodeNotFound, NotABox: no such box.
        BlockingRefused: no reason, an instant that has passed, or a loose place.
        PositionTaken: a sample stands there, it is blocked already, or the box has no such one.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    kept = " ".join(reason.split())
    _require_sense(kept, until)
    box = box_queries.get_box(session, principal, box_id)
    if box.is_loose:
        sentence = f"{box.path} is a loose place: it has no positions to keep empty."
        raise BlockingRefused(sentence, fields={"position": sentence})
    session.execute(select(StorageNode.id).where(StorageNode.id == box_id).with_for_update())
    free_held(session, principal, [box_id])
    if position in box_queries.taken_positions(session, box_id) or position not in box.shape:
        sentence = f"{position.label} of {box.path} is not free. Empty it first."
        raise PositionTaken(sentence, fields={"position": sentence})
    session.add(
        BlockedPosition(
            box_id=box_id,
            row=position.row,
            column=position.column,
            reason=kept,
            reserved_until=until,
        )
    )
    session.flush()
    events_service.audit(
        session,
        principal,
        action="storage.position_blocked",
        entity="storage_node",
        entity_id=box_id,
        new={"position": position.label, "until": until.isoformat() if until else None},
        reason=kept,
    )


def unblock_position(
    session: WriteSession, principal: Principal, *, box_id: NodeId, position: Position
) -> None:
    """Let samples stand in a position again.

    Raises:
        NodeNotFound, NotABox: no such box.
        NotBlocked: it is not blocked, or no longer.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    box = box_queries.get_box(session, principal, box_id)
    session.execute(select(StorageNode.id).where(StorageNode.id == box_id).with_for_update())
    reason = session.scalars(
        delete(BlockedPosition)
        .where(
            BlockedPosition.box_id == box_id,
            BlockedPosition.row == position.row,
            BlockedPosition.column == position.column,
        )
        .returning(BlockedPosition.reason)
    ).one_or_none()
    if reason is None:
        raise NotBlocked(f"{position.label} of {box.path} is not blocked. Samples may stand there.")
    _note(session, principal, box_id, [position], was=reason)


def free_held(session: WriteSession, principal: Principal, box_ids: Collection[NodeId]) -> int:
    """End the reservations whose day has come in boxes that the caller holds; return how many."""
    return _end(session, principal, clock.utc_now(), box_ids)


def free_expired(session: WriteSession, principal: Principal, *, now: datetime) -> int:
    """End the reservations whose day has come, in all boxes; return how many."""
    principal.require(Permission.HEALTH_OPERATE)
    over = select(BlockedPosition.box_id).where(BlockedPosition.reserved_until <= now).distinct()
    boxes = session.scalars(
        select(StorageNode.id)
        .where(StorageNode.id.in_(over))
        .order_by(StorageNode.id)
        .with_for_update()
    ).all()
    return _end(session, principal, now, [NodeId(box_id) for box_id in boxes])


def _end(
    session: WriteSession, principal: Principal, now: datetime, box_ids: Collection[NodeId]
) -> int:
    if not box_ids:
        return 0
    ended = session.execute(
        delete(BlockedPosition)
        .where(BlockedPosition.box_id.in_(list(box_ids)), BlockedPosition.reserved_until <= now)
        .returning(BlockedPosition.box_id, BlockedPosition.row, BlockedPosition.column)
    ).all()
    shapes = spelling.shapes_of(session, {box_id for box_id, _, _ in ended})
    by_box: dict[UUID, list[Position]] = defaultdict(list)
    for box_id, row, column in ended:
        by_box[box_id].append(shapes[box_id].at(row, column))
    for box_id, positions in by_box.items():
        _note(session, principal, NodeId(box_id), sorted(positions), was="its day has come")
    return len(ended)


def _note(
    session: WriteSession,
    principal: Principal,
    box_id: NodeId,
    positions: Collection[Position],
    *,
    was: str,
) -> None:
    labels = ", ".join(position.label for position in positions)
    events_service.audit(
        session,
        principal,
        action="storage.position_unblocked",
        entity="storage_node",
        entity_id=box_id,
        old={"position": labels},
        new={"position": None},
        reason=was,
    )


def _require_sense(reason: str, until: datetime | None) -> None:
    faults: dict[str, str] = {}
    if not 1 <= len(reason) <= _LONGEST_REASON:
        faults["reason"] = f"Write why it stays empty, in at most {_LONGEST_REASON} characters."
    if until is not None and until <= clock.utc_now():
        faults["until"] = "That day has passed. Choose a later one, or none."
    if faults:
        raise BlockingRefused(" ".join(faults.values()), fields=faults)
