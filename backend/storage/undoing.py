"""Taking a step back: a new step that compensates. Exported by service.py."""

from datetime import datetime

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, hand_tray, locking, placing, queries, rules
from backend.storage.errors import NothingToUndo, PositionTaken, UndoTooLate
from backend.storage.events import StepUndone
from backend.storage.ids import NodeId, PlacementId, PlacementSource
from backend.storage.models import Placement
from backend.storage.views import PlacementView


def undo_placement(
    session: WriteSession, principal: Principal, *, placement_id: PlacementId
) -> PlacementView | None:
    """Take back the step that opened or closed a stay; return where the sample stands now, if so.

    A placing is taken out again, a move goes back, a taking-out returns; what was placed out of a
    hand is in the hand of whoever takes the step back. Rules are not asked: the sample returns to
    where it was ten minutes ago at most.

    Raises:
        NothingToUndo: unknown, or something has happened to the sample since.
        UndoTooLate: more than ten minutes ago.
        PositionTaken: another tube stands there by now.
    """
    principal.require(Permission.STORAGE_PLACE)
    placement = session.get(Placement, placement_id)
    if placement is None:
        raise NothingToUndo("There is no such step.")
    sample_id = SampleId(placement.sample_id)
    locking.hold_samples(session, principal, [sample_id])
    session.refresh(placement)
    stays = _latest_stays(session, sample_id)
    if not stays or stays[0].id != placement.id:
        raise NothingToUndo("The sample has moved on since. Move it by hand.")
    now = clock.utc_now()
    if now - (placement.removed_at or placement.placed_at) > rules.UNDO_WITHIN:
        raise UndoTooLate("That was more than ten minutes ago. Move the sample by hand.")
    goal = _before(placement, stays)
    view = _go_back(session, principal, placement, goal, now)
    if view is None and _came_from_hand(stays):
        hand_tray.take_again(session, principal, stays[1])
        return None
    custody = Custody.NOT_PLACED if view is None else Custody.IN_STORAGE
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=custody)
    undone = StepUndone(
        aggregate_id=sample_id,
        undone_placement_id=placement.id,
        path=view.path if view else None,
        position=view.position if view else None,
    )
    events_service.record(session, principal, undone)
    return view


def _latest_stays(session: WriteSession, sample_id: SampleId) -> list[Placement]:
    return list(
        session.scalars(
            select(Placement)
            .where(Placement.sample_id == sample_id)
            .order_by(Placement.placed_at.desc(), Placement.id.desc())
            .limit(2)
        )
    )


def _before(placement: Placement, stays: list[Placement]) -> Placement | None:
    """Where the sample was before the step: here (it was taken out), elsewhere (moved), nowhere."""
    if placement.removed_at is not None:
        return placement
    earlier = stays[1] if len(stays) > 1 else None
    return earlier if earlier is not None and earlier.removed_at == placement.placed_at else None


def _came_from_hand(stays: list[Placement]) -> bool:
    """Say whether the stay before this one ended in a hand, and the tube went on from there."""
    return len(stays) > 1 and stays[1].removal_reason == hand_tray.TAKEN


def _go_back(
    session: WriteSession,
    principal: Principal,
    placement: Placement,
    goal: Placement | None,
    now: datetime,
) -> PlacementView | None:
    box_ids = {NodeId(stay.box_id) for stay in (placement, goal) if stay is not None}
    boxes = locking.hold_boxes(session, principal, sorted(box_ids))
    if placement.removed_at is None:
        placing.close(session, principal, placement, "undone", now)
    if goal is None:
        return None
    box = boxes[NodeId(goal.box_id)]
    position = box.shape.at(goal.row, goal.column)
    if position in box_queries.taken_positions(session, box.id):
        raise PositionTaken(f"{position.label} of {box.path} has been filled since.")
    sample_id = SampleId(goal.sample_id)
    source = PlacementSource.MANUAL
    back = placing.put(
        session, principal, sample_id=sample_id, box=box, position=position, source=source, now=now
    )
    return queries.placement_view(back, box.path, box.shape)
