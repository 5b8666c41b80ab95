"""Why a lot goes where it goes, in the words a technician would use."""

from collections.abc import Mapping
from enum import StrEnum

from backend.storage.planning.positions import Places, breaks
from backend.storage.planning.problem import Allocation, Group, Problem


class Reason(StrEnum):
    """What speaks for a box, and the three things that speak against it."""

    BESIDE_FAMILY = "beside_family"
    FAMILY_TOGETHER = "family_together"
    BACKUP_ELSEWHERE = "backup_elsewhere"
    SAME_PROJECT_BOX = "same_project_box"
    RACK_OPEN_ANYWAY = "rack_open_anyway"
    FILLS_BOX = "fills_box"
    OPENS_EMPTY_BOX = "opens_empty_box"
    SPLIT = "split"
    BROKEN = "broken"
    SHARED_UNIT = "shared_unit"


SENTENCES: Mapping[Reason, str] = {
    Reason.BESIDE_FAMILY: "in a box with samples of its family",
    Reason.FAMILY_TOGETHER: "keeps its family together",
    Reason.BACKUP_ELSEWHERE: "backup and working samples in different units",
    Reason.SAME_PROJECT_BOX: "same project box",
    Reason.RACK_OPEN_ANYWAY: "rack is pulled for other samples anyway",
    Reason.FILLS_BOX: "fills the box",
    Reason.OPENS_EMPTY_BOX: "opens an empty box",
    Reason.SPLIT: "family split over several boxes",
    Reason.BROKEN: "family in several runs of the box",
    Reason.SHARED_UNIT: "backup and working samples share a unit",
}


def explain(
    problem: Problem, allocation: Allocation, places: Places
) -> Mapping[tuple[int, int], tuple[Reason, ...]]:
    """Return the reasons of every (lot, box) link, the strongest first."""
    facts = _Facts(problem, allocation, places)
    return {pair: facts.reasons(*pair) for pair in allocation}


class _Facts:
    """What the plan looks like as a whole, gathered once."""

    def __init__(self, problem: Problem, allocation: Allocation, places: Places) -> None:
        self.problem = problem
        self.breaks = breaks(problem, places)
        self.units: dict[Group, set[str]] = {}
        self.boxes: dict[Group, set[str]] = {}
        self.links_in_rack: dict[str, set[int]] = {}
        self.filled: dict[int, int] = {}
        for box in problem.boxes:
            for group in box.groups:
                self.units.setdefault(group, set()).add(box.unit)
        for (lot, index), count in allocation.items():
            group, box = problem.lots[lot].group, problem.boxes[index]
            self.units.setdefault(group, set()).add(box.unit)
            self.boxes.setdefault(group, set()).add(box.key)
            self.links_in_rack.setdefault(box.rack, set()).add(lot)
            self.filled[index] = self.filled.get(index, 0) + count

    def reasons(self, lot_index: int, box_index: int) -> tuple[Reason, ...]:
        lot, box = self.problem.lots[lot_index], self.problem.boxes[box_index]
        counterpart_units = self.units.get(lot.group.counterpart, set())
        in_one_box = len(self.boxes[lot.group]) == 1
        found = {
            Reason.BESIDE_FAMILY: lot.group in box.groups,
            Reason.FAMILY_TOGETHER: in_one_box and lot.size > 1,
            Reason.BACKUP_ELSEWHERE: bool(counterpart_units) and box.unit not in counterpart_units,
            Reason.SAME_PROJECT_BOX: lot.project in box.projects,
            Reason.RACK_OPEN_ANYWAY: len(self.links_in_rack[box.rack]) > 1,
            Reason.FILLS_BOX: self.filled[box_index] == box.free,
            Reason.OPENS_EMPTY_BOX: box.used == 0,
            Reason.SPLIT: not in_one_box,
            Reason.BROKEN: self.breaks.get((lot.group, box_index), 0) > 0,
            Reason.SHARED_UNIT: box.unit in counterpart_units,
        }
        return tuple(reason for reason in Reason if found[reason])
