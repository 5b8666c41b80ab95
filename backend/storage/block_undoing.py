"""Taking the move of a block back. Exported by service.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, hand_tray, locking, placing, rules
from backend.storage.block_steps import Step
from backend.storage.errors import NothingToUndo, PositionTaken, UndoTooLate
from backend.storage.hand_events import BlockTakenBack
from backend.storage.hand_models import BlockMove, HandTrayItem
from backend.storage.hand_views import BlockUndone
from backend.storage.ids import BlockId, NodeId, PlacementSource
from backend.storage.models import Placement
from backend.storage.views import BoxView


def undo_block(session: WriteSession, principal: Principal, block_id: BlockId) -> BlockUndone:
    """Put every tube of a block, and those that gave way, back to where they were.

    Within ten minutes; all go back or none does. Rules are not asked: they stood there before.
    Tubes that came out of a hand are in that hand again.

    Raises:
        NothingToUndo: unknown, taken back already, or a tube has moved on since.
        UndoTooLate: more than ten minutes ago.
        SampleNotFound, SamplePromised: a tube is not to be had any more.
        PositionTaken: another tube stands in one of the positions by now.
    """
    principal.require(Permission.STORAGE_PLACE)
    block = session.scalars(
        select(BlockMove)
        .where(BlockMove.id == block_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if block is None or block.undone_at is not None:
        raise NothingToUndo("There is no such step, or it was taken back already.")
    now = clock.utc_now()
    if now - block.moved_at > rules.UNDO_WITHIN:
        raise UndoTooLate("That was more than ten minutes ago. Move the tubes by hand.")
    steps = [Step(**step) for step in block.steps]
    locking.hold_samples(session, principal, sorted({_key(step) for step in steps}))
    stays = _stays(session, steps)
    _require_unmoved(session, steps, stays)
    box_ids = {NodeId(stay.box_id) for stay in stays.values()}
    boxes = locking.hold_boxes(session, principal, sorted(box_ids))
    for step in steps:
        if step.opened is not None:
            placing.close(session, principal, stays[step.opened], "undone", now)
    _require_free(session, steps, stays, boxes)
    for step in steps:
        _go_back(session, principal, step, stays, boxes, now)
    block.undone_at = now
    session.flush()
    path = boxes[NodeId(block.box_id)].path
    undone = BlockTakenBack(
        aggregate_id=block.box_id, block_id=block.id, path=path, tubes=len(steps)
    )
    events_service.record(session, principal, undone)
    return BlockUndone(box_path=path, tubes=len(steps))


def _key(step: Step) -> SampleId:
    return SampleId(UUID(step.sample))


def _stays(session: WriteSession, steps: Sequence[Step]) -> dict[str, Placement]:
    keys = {UUID(key) for step in steps for key in (step.closed, step.opened) if key is not None}
    rows = session.scalars(
        select(Placement).where(Placement.id.in_(keys)).execution_options(populate_existing=True)
    )
    return {str(stay.id): stay for stay in rows}


def _require_unmoved(
    session: WriteSession, steps: Sequence[Step], stays: Mapping[str, Placement]
) -> None:
    """Refuse when a stay that the block began has ended, or a tube has left the hand."""
    lifted = [_key(step) for step in steps if step.opened is None]
    hands = hand_tray.rows_of(session, lifted)
    gone = sum(
        _key(step) not in hands
        if step.opened is None
        else stays[step.opened].removed_at is not None
        for step in steps
    )
    if gone:
        raise NothingToUndo(f"{gone} of the tubes have moved on since. Move them by hand.")


def _require_free(
    session: WriteSession,
    steps: Sequence[Step],
    stays: Mapping[str, Placement],
    boxes: Mapping[NodeId, BoxView],
) -> None:
    taken = box_queries.taken_in(session, list(boxes))
    for step in steps:
        if step.closed is None:
            continue
        goal = stays[step.closed]
        box = boxes[NodeId(goal.box_id)]
        position = box.shape.at(goal.row, goal.column)
        if position in taken.get(box.id, frozenset()):
            raise PositionTaken(f"{position.label} of {box.path} has been filled since.")


def _go_back(  # noqa: PLR0917 -- one tube's way back in parts
    session: WriteSession,
    principal: Principal,
    step: Step,
    stays: Mapping[str, Placement],
    boxes: Mapping[NodeId, BoxView],
    now: datetime,
) -> None:
    if step.hand is not None:
        _into_hand(session, principal, step)
        return
    path = position = None
    if step.closed is not None:
        goal = stays[step.closed]
        box = boxes[NodeId(goal.box_id)]
        spot = box.shape.at(goal.row, goal.column)
        path, position = box.path, spot.label
        back = placing.put(
            session,
            principal,
            sample_id=_key(step),
            box=box,
            position=spot,
            source=PlacementSource.MANUAL,
            now=now,
        )
        back.doubt, back.doubted_at = goal.doubt, goal.doubted_at
        session.flush()
    samples_service.set_custody(
        session, principal, sample_id=_key(step), custody=Custody(step.custody)
    )
    events_service.audit(
        session,
        principal,
        action="storage.step_undone",
        entity="sample",
        entity_id=_key(step),
        new={
            "undone_placement_id": UUID(step.opened or step.closed or step.sample),
            "path": path,
            "position": position,
        },
    )


def _into_hand(session: WriteSession, principal: Principal, step: Step) -> None:
    hand = step.hand or {}
    box_id = hand["from_box_id"]
    row = HandTrayItem(
        sample_id=_key(step),
        user_id=UUID(hand["user_id"]),
        user_name=hand["user_name"],
        taken_at=datetime.fromisoformat(hand["taken_at"]),
        from_box_id=None if box_id is None else UUID(box_id),
        from_row=hand["from_row"],
        from_column=hand["from_column"],
    )
    hand_tray.keep(session, principal, row)
