"""Moving a block of tubes into a box in one step, with what stands in its way.

Exported by service.py. The steps that the database takes: block_steps.py; back: block_undoing.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import custody_blocks
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import block_rules, block_steps, box_queries, hand_tray, locking, placing
from backend.storage.block_rules import Spot
from backend.storage.block_steps import Goal
from backend.storage.block_undoing import undo_block
from backend.storage.errors import (
    BoxFull,
    BoxNotAllSeen,
    PlacementRefused,
    PositionOutside,
    PositionTaken,
    ScanOutdated,
)
from backend.storage.hand_events import BlockShifted
from backend.storage.hand_models import BlockMove
from backend.storage.hand_views import BlockMoved, BlockPreview, BlockTarget, Occupant
from backend.storage.ids import BlockId, Conflict, NodeId, PlacementSource
from backend.storage.locking import HeldSample
from backend.storage.models import Placement
from backend.storage.rules import Position
from backend.storage.views import BoxView

__all__ = ["move_block", "preview_block", "undo_block"]

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where each tube goes, in the order asked for, and who else stands there."""

    targets: tuple[tuple[SampleId, Position], ...]
    occupants: Mapping[Position, SampleId]

    @property
    def displaced(self) -> dict[Position, SampleId]:
        """Tubes that are not of the block and stand where one of it goes."""
        block = {sample_id for sample_id, _ in self.targets}
        return {
            position: self.occupants[position]
            for _, position in self.targets
            if position in self.occupants and self.occupants[position] not in block
        }


def preview_block(
    session: ReadSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    box_id: NodeId,
    start: Position | None,
) -> BlockPreview:
    """Return where each tube of a block would go, and which tubes stand in its way.

    From ``start`` on in fill order, past blocked and reserved positions; without a start into
    the free positions. Tubes of the block are in nobody's way. Nothing is locked.

    Raises:
        BlockRefused, SampleNotFound, NodeNotFound, NotABox: nothing such to be seen.
        PositionOutside, BoxFull: no such place, or too few left from there on.
    """
    principal.require(Permission.STORAGE_VIEW)
    wanted = hand_tray.some_together(sample_ids)
    box = box_queries.get_box(session, principal, box_id)
    seen = locking.see_samples(session, principal, wanted)
    _require_seen(wanted, seen)
    layout = _lay_out(session, box, wanted, start)
    displaced = layout.displaced
    names = dict(
        session.execute(
            samples_queries.visible_samples(principal)
            .where(Sample.id.in_(set(displaced.values())))
            .with_only_columns(Sample.id, Sample.barcode)
        ).all()
    )
    refused = locking.refusals(session, [seen[key].needs for key in wanted], box)
    return BlockPreview(
        box_id=box_id,
        box_path=box.path,
        targets=tuple(
            BlockTarget(
                sample_id=sample_id,
                barcode=seen[sample_id].needs.barcode,
                position=position,
                occupant=_occupant(displaced.get(position), names),
            )
            for sample_id, position in layout.targets
        ),
        refusals=tuple(dict.fromkeys(text for texts in refused.values() for text in texts)),
    )


def move_block(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    box_id: NodeId,
    start: Position | None,
    conflict: Conflict = Conflict.REFUSE,
    source: PlacementSource = PlacementSource.MANUAL,
) -> BlockMoved:
    """Move a block to where `preview_block` says: out of boxes, out of a hand, from nowhere.

    All of it happens or nothing. Whoever stands in the way decides by ``conflict``: refuse,
    go to the positions that the block leaves, or into the person's hand. Every rule of placing is
    asked for every tube that comes to stand in a box, those that give way too.

    Raises:
        Otherwise as `preview_block`, and:
        SamplePromised: a tube is offered to somebody who has not answered.
        PositionTaken: tubes stand in the way; all are named. Or no position is left to swap into.
        PlacementRefused: rules keep a tube out; all are named. Or the block stands there already.
        BoxNotAllSeen: a tube in the way is of a project that the person is not in.
        ScanOutdated: the box was changed in this moment.
    """
    principal.require(Permission.STORAGE_PLACE)
    wanted = hand_tray.some_together(sample_ids)
    if conflict is Conflict.TRAY:
        hand_tray.require_person(principal)
    box = box_queries.get_box(session, principal, box_id)
    expected = frozenset(_lay_out(session, box, wanted, start).displaced.values())
    held = _hold(session, principal, wanted, expected)
    boxes = locking.hold_boxes(session, principal, sorted(_box_ids(held) | {box_id}))
    layout = _lay_out(session, boxes[box_id], wanted, start)
    if not set(layout.displaced.values()) <= expected:
        raise ScanOutdated(f"{box.path} has just changed. Look at it again.")
    if layout.displaced and conflict is Conflict.REFUSE:
        raise PositionTaken(_in_the_way(layout, held, boxes[box_id]))
    goals = _goals(layout, held, box_id, conflict, boxes)
    _require_all_fit(session, goals, boxes)
    now = clock.utc_now()
    done = block_steps.carry_out(session, principal, goals, boxes, source=source, now=now)
    block = BlockMove(
        box_id=box_id,
        conflict=conflict,
        steps=[step.as_json() for step in done.steps],
        moved_at=now,
        moved_by=principal.user_id,
        moved_by_name=principal.name,
    )
    session.add(block)
    session.flush()
    shifted = BlockShifted(
        aggregate_id=box_id,
        block_id=block.id,
        path=boxes[box_id].path,
        moved=len(done.moved),
        displaced=len(layout.displaced),
        conflict=conflict.value,
    )
    events_service.record(session, principal, shifted)
    placing.note_fullness(session, principal, boxes[box_id], _arrived(goals, boxes, box_id))
    return BlockMoved(
        block_id=BlockId(block.id),
        box_path=boxes[box_id].path,
        moved=done.moved,
        swapped=done.swapped,
        in_hand=done.in_hand,
    )


def _lay_out(
    session: ReadSession, box: BoxView, wanted: Sequence[SampleId], start: Position | None
) -> _Layout:
    if start is not None and start not in box.shape:
        raise PositionOutside(
            f"{box.path} {box.size_words}; {start.label} is outside it.",
            fields={"position": "Choose a position of the box."},
        )
    blocked = box_queries.blocked_in(session, [box.id]).get(box.id, ())
    standing = session.execute(
        select(Placement.sample_id, Placement.row, Placement.column).where(
            Placement.box_id == box.id, Placement.removed_at.is_(None)
        )
    )
    occupants = {box.shape.at(row, column): SampleId(key) for key, row, column in standing}
    targets = block_rules.choose_targets(
        box.shape,
        unusable={each.position for each in blocked},
        occupied=occupants.keys(),
        start=start,
        count=len(wanted),
    )
    if len(targets) < len(wanted):
        after = "" if start is None else f" from {start.label} on"
        raise BoxFull(
            f"{box.path} has room for {len(targets)} tubes{after}, {len(wanted)} are to go there. "
            "Choose another position or box."
        )
    return _Layout(targets=tuple(zip(wanted, targets, strict=True)), occupants=occupants)


def _hold(
    session: WriteSession,
    principal: Principal,
    wanted: Sequence[SampleId],
    occupants: frozenset[SampleId],
) -> dict[SampleId, HeldSample]:
    """Lock the block and those in its way together: one order for everybody (locking.py)."""
    held = locking.hold_visible_samples(session, principal, {*wanted, *occupants})
    _require_seen(wanted, held)
    custody_blocks.require_unpromised(session, held.keys())
    return held


def _require_seen(wanted: Sequence[SampleId], seen: Mapping[SampleId, HeldSample]) -> None:
    missing = sum(sample_id not in seen for sample_id in wanted)
    if missing:
        raise SampleNotFound(
            f"{missing} of {len(wanted)} samples are not there, or not yours to see."
        )


def _box_ids(held: Mapping[SampleId, HeldSample]) -> set[NodeId]:
    return {NodeId(tube.standing.box_id) for tube in held.values() if tube.standing is not None}


def _in_the_way(layout: _Layout, held: Mapping[SampleId, HeldSample], box: BoxView) -> str:
    displaced = sorted(layout.displaced.items())
    named = [
        f"{position.label} holds "
        + (held[key].needs.barcode if key in held else "a tube that you may not see")
        for position, key in displaced[:_MOST_NAMED]
    ]
    more = len(displaced) - len(named)
    return (
        f"In {box.path} " + ", ".join(named) + (f" and {more} more are taken" if more else "")
    ) + ". Choose free positions, swap them, or take them in hand."


def _goals(
    layout: _Layout,
    held: Mapping[SampleId, HeldSample],
    box_id: NodeId,
    conflict: Conflict,
    boxes: Mapping[NodeId, BoxView],
) -> list[Goal]:
    """Return where every tube goes that moves at all, the block first."""
    came_from = {
        Spot(box_id, position): _spot(held[sample_id]) for sample_id, position in layout.targets
    }
    goals = [
        Goal(tube=held[sample_id], spot=Spot(box_id, position), gives_way=False)
        for sample_id, position in layout.targets
        if _spot(held[sample_id]) != Spot(box_id, position)
    ]
    if not goals:
        raise PlacementRefused(f"They stand there in {boxes[box_id].path} already.")
    displaced = layout.displaced
    unseen = sum(key not in held for key in displaced.values())
    if unseen:
        raise BoxNotAllSeen(
            f"{unseen} of the tubes in the way in {boxes[box_id].path} are of projects that you "
            "are not in. Choose other positions."
        )
    left = block_rules.swap_goals([Spot(box_id, position) for position in displaced], came_from)
    for position, key in sorted(displaced.items()):
        spot = left[Spot(box_id, position)] if conflict is Conflict.SWAP else None
        if spot is None and conflict is Conflict.SWAP:
            raise PositionTaken(
                f"{held[key].needs.barcode} in {position.label} cannot swap: the tube that comes "
                "there leaves no position. Take it in hand, or choose a free position."
            )
        goals.append(Goal(tube=held[key], spot=spot, gives_way=True))
    return goals


def _spot(tube: HeldSample) -> Spot | None:
    stay = tube.standing
    if stay is None:
        return None
    return Spot(NodeId(stay.box_id), Position(stay.row, stay.column))


def _require_all_fit(
    session: ReadSession, goals: Sequence[Goal], boxes: Mapping[NodeId, BoxView]
) -> None:
    """Ask every rule for every box at once, so that one answer names all refusals."""
    sentences: dict[str, None] = {}
    for box_id in dict.fromkeys(goal.spot.box_id for goal in goals if goal.spot is not None):
        coming = [g.tube.needs for g in goals if g.spot is not None and g.spot.box_id == box_id]
        for texts in locking.refusals(session, coming, boxes[box_id]).values():
            sentences.update(dict.fromkeys(texts))
    if sentences:
        raise PlacementRefused(" ".join(sentences))


def _arrived(goals: Sequence[Goal], boxes: Mapping[NodeId, BoxView], box_id: NodeId) -> int:
    """Return how many more tubes the box's unit holds; within a unit a move fills nothing."""
    unit = boxes[box_id].unit_id
    came = sum(goal.spot is not None and boxes[goal.spot.box_id].unit_id == unit for goal in goals)
    left = sum(
        goal.tube.standing is not None and boxes[NodeId(goal.tube.standing.box_id)].unit_id == unit
        for goal in goals
    )
    return max(0, came - left)


def _occupant(sample_id: SampleId | None, names: Mapping[UUID, str]) -> Occupant | None:
    if sample_id is None:
        return None
    barcode = names.get(sample_id)
    return Occupant(sample_id=None if barcode is None else sample_id, barcode=barcode)
