"""A rehearsed evacuation in figures: what would be carried where, and how long that takes. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from backend.storage.planning.evacuation import Evacuation, EvacuationPlan
from backend.storage.planning.problem import Weights
from backend.storage.planning.relocation import openings

MOST_TUBES = 5_000
"""Beyond that a plan takes longer than somebody waits for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuge:
    """A unit that takes something in; ``boxes`` are whole ones, ``tubes`` all that arrive there."""

    label: str
    boxes: int
    tubes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long one person handles, in seconds of the planner's figures; walks are not counted."""

    doors: int
    racks: int
    boxes: int
    """Carried whole, or opened on either end to take a tube out or put one in."""
    single_tubes: int
    weights: Weights

    @property
    def seconds(self) -> float:
        return (
            self.weights.door_s * self.doors
            + self.weights.rack_s * self.racks
            + self.weights.new_box_s * self.boxes
            + self.weights.split_s * self.single_tubes
        )

    @property
    def minutes(self) -> float:
        return self.seconds / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What an evacuation of a unit would be today. ``left`` are sentences and tubes, most first."""

    tubes: int
    whole_boxes: int
    in_boxes: int
    refuges: tuple[Refuge, ...]
    left: tuple[tuple[str, int], ...]
    effort: Effort

    @property
    def without_place(self) -> int:
        return sum(tubes for _, tubes in self.left)


def rehearse(
    asked: Evacuation, plan: EvacuationPlan, labels: Mapping[str, str], weights: Weights
) -> Drill:
    """Return a plan in figures; ``labels`` are those of units by their keys.

    The planner has no seconds for a tube that is carried by itself: it is counted as what one lot
    more in two boxes costs there, for both is one more stop at a box.
    """
    unit_of_box = {box.key: box.unit for box in asked.boxes}
    unit_of_rack = {rack.key: rack.unit for rack in asked.racks}
    boxes: Counter[str] = Counter()
    tubes: Counter[str] = Counter()
    for move in plan.box_moves:
        boxes[unit_of_rack[move.to_rack]] += 1
        tubes[unit_of_rack[move.to_rack]] += len(move.tubes)
    # A box that has moved before takes tubes in where it stands then.
    unit_of_box |= {move.box: unit_of_rack[move.to_rack] for move in plan.box_moves}
    for single in plan.tube_moves:
        tubes[unit_of_box[single.to_box]] += 1
    touched = {key for each in plan.tube_moves for key in (each.from_box, each.to_box)}
    moved = {move.box for move in plan.box_moves}
    opened = openings(
        asked.boxes,
        plan.tube_moves,
        boxes_moved=moved,
        racks_to={move.to_rack: unit_of_rack[move.to_rack] for move in plan.box_moves},
    )
    left: Counter[str] = Counter()
    for stay in plan.no_place:
        left[stay.why] += len(stay.tubes)
    return Drill(
        tubes=len(asked.tubes),
        whole_boxes=len(plan.box_moves),
        in_boxes=sum(len(move.tubes) for move in plan.box_moves),
        refuges=tuple(
            Refuge(label=labels.get(unit, unit), boxes=boxes[unit], tubes=count)
            for unit, count in tubes.most_common()
        ),
        left=tuple(left.most_common()),
        effort=Effort(
            doors=opened["doors"],
            racks=opened["racks"],
            boxes=len(touched | moved),
            single_tubes=len(plan.tube_moves),
            weights=weights,
        ),
    )
