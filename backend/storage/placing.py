"""Putting samples into positions, moving them, taking them out. Exported by service.py."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, locking, queries, rules
from backend.storage.errors import (
    AlreadyPlaced,
    BoxFull,
    NotPlaced,
    PositionOutside,
    PositionTaken,
)
from backend.storage.events import SampleMoved, SamplePlaced, SampleTakenOut, UnitNearlyFull
from backend.storage.ids import NodeId, PlacementSource
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import BoxShape, Position
from backend.storage.views import BoxView, PlacementView


def place_sample(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    box_id: NodeId,
    row: int | None = None,
    column: int | None = None,
    source: PlacementSource = PlacementSource.MANUAL,
) -> PlacementView:
    """Put a sample that stands nowhere into a position, or into the first free one.

    Sample and box rows are locked, so two technicians cannot be given one position.

    Raises:
        SampleNotFound, NodeNotFound, NotABox: nothing such to be seen.
        AlreadyPlaced: move it instead.
        PlacementRefused: rules keep it out; all of them are named.
        PositionOutside, PositionTaken, BoxFull: no such place, or none left.
    """
    principal.require(Permission.STORAGE_PLACE)
    held = locking.hold_samples(session, principal, [sample_id])[0]
    if held.standing is not None:
        path = where_it_stands(session, held.standing)
        raise AlreadyPlaced(f"{held.needs.barcode} stands in {path}. Move it instead.")
    box = locking.hold_boxes(session, principal, [box_id])[box_id]
    locking.require_fit(session, [held.needs], box)
    position = choose_positions(session, box, 1, start=as_position(row, column, box.shape))[0]
    now = clock.utc_now()
    placement = put(
        session, principal, sample_id=sample_id, box=box, position=position, source=source, now=now
    )
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=Custody.IN_STORAGE)
    record_placed(session, principal, placement, box)
    note_fullness(session, principal, box, 1)
    return queries.placement_view(placement, box.path, box.shape)


def move_samples(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    box_id: NodeId,
    row: int | None = None,
    column: int | None = None,
    source: PlacementSource = PlacementSource.MANUAL,
) -> list[PlacementView]:
    """Move samples into a box: from the given position on, or from the first free one, in order.

    All move or none does. One sample with a position goes exactly there.

    Raises:
        NotPlaced: one of them stands nowhere: place it.
        Otherwise as `place_sample`.
    """
    principal.require(Permission.STORAGE_PLACE)
    held = locking.hold_samples(session, principal, sample_ids)
    nowhere = [item.needs.barcode for item in held if item.standing is None]
    if nowhere:
        raise NotPlaced(f"{', '.join(nowhere)} stands nowhere yet. Place it instead of moving it.")
    standing = [item.standing for item in held if item.standing is not None]
    sources = {NodeId(placement.box_id) for placement in standing}
    boxes = locking.hold_boxes(session, principal, sorted(sources | {box_id}))
    box = boxes[box_id]
    locking.require_fit(session, [item.needs for item in held], box)
    start = as_position(row, column, box.shape)
    positions = choose_positions(session, box, len(held), start=start)
    now = clock.utc_now()
    moved = []
    for old, position in zip(standing, positions, strict=True):
        from_box = boxes[NodeId(old.box_id)]
        close(session, principal, old, "moved", now)
        sample_id = SampleId(old.sample_id)
        new = put(
            session,
            principal,
            sample_id=sample_id,
            box=box,
            position=position,
            source=source,
            now=now,
        )
        record_move(session, principal, old=old, from_box=from_box, new=new, box=box)
        moved.append(queries.placement_view(new, box.path, box.shape))
    # Within a unit a move fills nothing.
    arrived = sum(boxes[NodeId(old.box_id)].unit_id != box.unit_id for old in standing)
    note_fullness(session, principal, box, arrived)
    return moved


def take_out(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, reason: str
) -> PlacementView:
    """Take a sample out of its position; it counts as checked out until it is placed again.

    Raises:
        SampleNotFound: absent or not visible.
        NotPlaced: it stands nowhere.
    """
    principal.require(Permission.STORAGE_PLACE)
    held = locking.hold_samples(session, principal, [sample_id])[0]
    if held.standing is None:
        raise NotPlaced(f"{held.needs.barcode} stands nowhere, so it cannot be taken out.")
    box = box_queries.get_box(session, principal, NodeId(held.standing.box_id))
    return leave(session, principal, held.standing, box, reason)


def leave(
    session: WriteSession, principal: Principal, stay: Placement, box: BoxView, reason: str
) -> PlacementView:
    """Take a sample out of the stay that it is in. The caller holds the sample."""
    sample_id, why = SampleId(stay.sample_id), reason.strip() or "taken out"
    close(session, principal, stay, why, clock.utc_now())
    samples_service.set_custody(
        session, principal, sample_id=sample_id, custody=Custody.CHECKED_OUT
    )
    taken = SampleTakenOut(
        aggregate_id=sample_id,
        placement_id=stay.id,
        path=box.path,
        position=box.shape.at(stay.row, stay.column).label,
        reason=why,
    )
    events_service.record(session, principal, taken, reason=why)
    return queries.placement_view(stay, box.path, box.shape)


def put(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    box: BoxView,
    position: Position,
    source: PlacementSource,
    now: datetime,
) -> Placement:
    """Open a stay. The caller holds the sample and the box."""
    placement = Placement(
        sample_id=sample_id,
        box_id=box.id,
        row=position.row,
        column=position.column,
        source=source,
        placed_at=now,
        placed_by=principal.user_id,
        placed_by_name=principal.name,
    )
    session.add(placement)
    session.flush()
    return placement


def close(
    session: WriteSession, principal: Principal, placement: Placement, reason: str, now: datetime
) -> None:
    """End a stay. Flushed at once: the next one may not begin while this one is open."""
    placement.removed_at = max(now, placement.placed_at)
    placement.removed_by = principal.user_id
    placement.removed_by_name = principal.name
    placement.removal_reason = reason
    session.flush()


def close_together(
    session: WriteSession,
    principal: Principal,
    placements: Collection[Placement],
    reason: str,
    now: datetime,
) -> None:
    """End stays, as `close` does, by one statement; the objects are read again when looked at."""
    session.execute(
        update(Placement)
        .where(Placement.id.in_([placement.id for placement in placements]))
        .values(
            removed_at=func.greatest(now, Placement.placed_at),
            removed_by=principal.user_id,
            removed_by_name=principal.name,
            removal_reason=reason,
        )
        .execution_options(synchronize_session=False)
    )
    for placement in placements:
        session.expire(placement, ["removed_at", "removed_by", "removed_by_name", "removal_reason"])


def choose_positions(
    session: WriteSession, box: BoxView, count: int, *, start: Position | None
) -> list[Position]:
    """Return free positions of a held box in fill order, from ``start`` on.

    Raises:
        PositionOutside: the box has no such position.
        PositionTaken: the start is taken or blocked.
        BoxFull: fewer are left.
    """
    if start is not None and start not in box.shape:
        raise PositionOutside(
            f"{box.path} {box.size_words}; {start.label} is outside it.",
            fields={"position": "Choose a position of the box."},
        )
    taken = box_queries.taken_positions(session, box.id)
    if start is not None and start in taken:
        raise PositionTaken(f"{start.label} of {box.path} is taken or blocked. Choose a free one.")
    free = [
        position
        for position in rules.free_positions(box.shape, taken=taken)
        if start is None or position >= start
    ]
    if len(free) < count:
        raise BoxFull(_full_message(box, count, len(free)))
    return free[:count]


def note_fullness(session: WriteSession, principal: Principal, box: BoxView, added: int) -> None:
    """Record that the box's unit has just passed 95 %, if it has: once each time.

    Fillers of two boxes of a unit do not see each other until they commit; so they queue up here
    for the unit's row, and each counts with what those before it have added. A loose place of no
    capacity fills nothing.
    """
    if not box.has_share:
        return
    unit = select(StorageNode.id).where(StorageNode.id == box.unit_id)
    session.execute(unit.with_for_update(key_share=True))
    used, capacity = session.execute(
        select(
            func.coalesce(func.sum(StorageNode.used), 0),
            func.coalesce(func.sum(StorageNode.capacity), 0),
        ).where(StorageNode.unit_id == box.unit_id, queries.counted())
    ).one()
    if rules.passes_nearly_full(int(used) - added, int(used), int(capacity)):
        full = UnitNearlyFull(
            aggregate_id=box.unit_id,
            label=box.unit_label,
            used=int(used),
            capacity=int(capacity),
        )
        events_service.record(session, principal, full)


def record_placed(
    session: WriteSession, principal: Principal, placement: Placement, box: BoxView
) -> None:
    """Write down that a sample which stood nowhere stands in a box now."""
    placed = SamplePlaced(
        aggregate_id=placement.sample_id,
        placement_id=placement.id,
        box_id=box.id,
        path=box.path,
        position=box.shape.at(placement.row, placement.column).label,
        source=placement.source.value,
    )
    events_service.record(session, principal, placed)


def record_move(
    session: WriteSession,
    principal: Principal,
    *,
    old: Placement,
    from_box: BoxView,
    new: Placement,
    box: BoxView,
) -> None:
    """Write down that a sample went from one position to another."""
    from_position = from_box.shape.at(old.row, old.column).label
    position = box.shape.at(new.row, new.column).label
    moved = SampleMoved(
        aggregate_id=new.sample_id,
        placement_id=new.id,
        from_path=from_box.path,
        from_position=from_position,
        box_id=box.id,
        path=box.path,
        position=position,
        source=new.source.value,
    )
    before = {"path": from_box.path, "position": from_position}
    events_service.record(
        session, principal, moved, old=before, new={"path": box.path, "position": position}
    )


def as_position(row: int | None, column: int | None, shape: BoxShape) -> Position | None:
    """Return the position that was named, as the lid says it; None when none was."""
    return None if row is None or column is None else shape.at(row, column)


def where_it_stands(session: ReadSession, placement: Placement) -> str:
    """Return box path and position of a stay, as people read it."""
    box = session.get_one(StorageNode, placement.box_id)
    return f"{box.path}/{box.shape.at(placement.row, placement.column).label}"


def _full_message(box: BoxView, wanted: int, free: int) -> str:
    if free == 0:
        if box.is_loose:
            return f"{box.path} holds {box.used:,} tubes and takes no more. Choose another place."
        return f"Box {box.path} has no free position. Choose another box or ask for a plan."
    return (
        f"Box {box.path} has {free} free positions from there on, {wanted} are needed. "
        "Choose another box or ask for a plan."
    )
