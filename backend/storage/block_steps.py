"""What moving a block changes, tube by tube. The caller holds every tube and every box."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import hand_tray, placing, queries
from backend.storage.block_rules import Spot
from backend.storage.hand_models import HandTrayItem
from backend.storage.hand_views import TrayItem
from backend.storage.ids import NodeId, PlacementSource
from backend.storage.locking import HeldSample
from backend.storage.models import Placement
from backend.storage.views import BoxView, PlacementView


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A tube and where it goes; without a spot into the hand of whoever moves the block."""

    tube: HeldSample
    spot: Spot | None
    gives_way: bool
    """Not of the block: it stood where one of it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What changed for one tube, in words that JSON can keep; keys are text."""

    sample: str
    custody: str
    """Before."""
    closed: str | None
    """The stay that ended; None for a tube that came from a hand or from nowhere."""
    opened: str | None
    """The stay that began; None for a tube that went into a hand."""
    hand: dict[str, Any] | None
    """The hand that it came out of, as `hand_of` wrote it."""

    def as_json(self) -> dict[str, Any]:
        """Return the step as its row keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What carrying a block out did."""

    steps: tuple[Step, ...]
    moved: tuple[PlacementView, ...]
    swapped: tuple[PlacementView, ...]
    in_hand: tuple[TrayItem, ...]


def carry_out(
    session: WriteSession,
    principal: Principal,
    goals: Sequence[Goal],
    boxes: Mapping[NodeId, BoxView],
    *,
    source: PlacementSource,
    now: datetime,
) -> Done:
    """Lift every tube first and set each down then, so that no position ever holds two.

    No rule is asked here. Every step is written down for its tube as a move of one tube is.
    """
    hands = hand_tray.rows_of(session, [_key(goal) for goal in goals])
    steps: list[Step] = []
    views: dict[bool, list[PlacementView]] = {False: [], True: []}
    in_hand = []
    before = {_key(goal): goal.tube.sample.custody for goal in goals}
    for goal in goals:
        if goal.spot is None:
            row = hand_tray.lift(session, principal, goal.tube, boxes, now)
            in_hand.append(_in_tray(goal, row, boxes))
        elif goal.tube.standing is not None:
            placing.close(session, principal, goal.tube.standing, "moved", now)
    for goal in goals:
        opened = None
        if goal.spot is not None:
            opened = _set_down(session, principal, goal, goal.spot, boxes, source, now)
            box = boxes[goal.spot.box_id]
            view = queries.placement_view(opened, box.path, box.shape)
            views[goal.gives_way].append(view)
        stay = goal.tube.standing
        steps.append(
            Step(
                sample=str(_key(goal)),
                custody=before[_key(goal)].value,
                closed=None if stay is None else str(stay.id),
                opened=None if opened is None else str(opened.id),
                hand=hand_of(hands.get(_key(goal))),
            )
        )
    return Done(
        steps=tuple(steps),
        moved=tuple(views[False]),
        swapped=tuple(views[True]),
        in_hand=tuple(in_hand),
    )


def hand_of(row: HandTrayItem | None) -> dict[str, Any] | None:
    """Return a row of somebody's hand as JSON can keep it."""
    if row is None:
        return None
    return {
        "user_id": str(row.user_id),
        "user_name": row.user_name,
        "taken_at": row.taken_at.isoformat(),
        "from_box_id": None if row.from_box_id is None else str(row.from_box_id),
        "from_row": row.from_row,
        "from_column": row.from_column,
    }


def _set_down(  # noqa: PLR0917 -- one tube's way in parts
    session: WriteSession,
    principal: Principal,
    goal: Goal,
    spot: Spot,
    boxes: Mapping[NodeId, BoxView],
    source: PlacementSource,
    now: datetime,
) -> Placement:
    box, old = boxes[spot.box_id], goal.tube.standing
    new = placing.put(
        session,
        principal,
        sample_id=_key(goal),
        box=box,
        position=spot.position,
        source=source,
        now=now,
    )
    if old is None:
        samples_service.set_custody(
            session, principal, sample_id=_key(goal), custody=Custody.IN_STORAGE
        )
        placing.record_placed(session, principal, new, box)
    else:
        from_box = boxes[NodeId(old.box_id)]
        placing.record_move(session, principal, old=old, from_box=from_box, new=new, box=box)
    return new


def _in_tray(goal: Goal, row: HandTrayItem, boxes: Mapping[NodeId, BoxView]) -> TrayItem:
    stay = goal.tube.standing
    left = None if stay is None else boxes[NodeId(stay.box_id)]
    spot = None if stay is None or left is None else left.shape.at(stay.row, stay.column)
    return TrayItem(
        sample_id=_key(goal),
        barcode=goal.tube.needs.barcode,
        taken_at=row.taken_at,
        from_path=None if left is None else left.path,
        from_position=None if spot is None else spot.label,
        from_box_id=None if stay is None else NodeId(stay.box_id),
    )


def _key(goal: Goal) -> SampleId:
    return SampleId(goal.tube.sample.id)
