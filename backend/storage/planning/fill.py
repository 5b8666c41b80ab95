"""Boxes while a plan is being made: what is open, what is left, what one more step would cost."""

from collections import Counter

import numpy as np

from backend.storage.planning.layout import BoolArray, FloatArray, IntArray, Layout

_TIE = 1e-7


class Fill:
    """A growing and shrinking allocation with its exact cost.

    ``cost_s`` always equals ``cost.evaluate(...).total_s`` of ``allocation``, which a test checks;
    but of the breaks it counts those that each lot cannot avoid by itself, as positions come later.
    Counters are kept per link, a link being a (lot, box) pair with at least one sample.
    """

    def __init__(self, layout: Layout) -> None:
        problem = layout.problem
        self.layout = layout
        self.weights = problem.weights
        self.allocation: dict[tuple[int, int], int] = {}
        self.free = layout.free.copy()
        self.left = layout.size.copy()
        self.cost_s = float(self.left.sum()) * self.weights.unplaced_s
        self._boxes_of_lot: list[dict[int, int]] = [{} for _ in problem.lots]
        self._links_of_box = np.zeros(len(problem.boxes), dtype=np.int64)
        self._links_of_rack = np.zeros(layout.n_racks, dtype=np.int64)
        self._links_of_unit = np.zeros(layout.n_units, dtype=np.int64)
        self._projects = np.zeros(layout.held_projects.shape, dtype=np.int32)
        self._classes = np.zeros((len(layout.class_conflicts), layout.n_racks), dtype=np.int64)
        self._alone = np.zeros((len(layout.class_alone), len(problem.boxes)), dtype=np.int64)

    def place(self, lot: int, box: int, count: int) -> None:
        """Put samples of a lot into a box; the caller has asked ``open_boxes`` whether it may."""
        if box not in self._boxes_of_lot[lot]:
            self.cost_s += self._link_s(lot, box)
            self._count_link(lot, box, 1)
        before = self._boxes_of_lot[lot].get(box, 0)
        self.cost_s += self._breaks_s(lot, box, before + count) - self._breaks_s(lot, box, before)
        self._boxes_of_lot[lot][box] = before + count
        self.allocation[lot, box] = self._boxes_of_lot[lot][box]
        self._move(lot, box, count)

    def remove(self, lot: int) -> list[tuple[int, int, int]]:
        """Take a lot out of all its boxes; return what was taken as (lot, box, count)."""
        taken = [(lot, box, count) for box, count in self._boxes_of_lot[lot].items()]
        for _, box, count in taken:
            del self._boxes_of_lot[lot][box]
            del self.allocation[lot, box]
            self._count_link(lot, box, -1)
            self.cost_s -= self._link_s(lot, box) + self._breaks_s(lot, box, count)
            self._move(lot, box, -count)
        return taken

    def lots_in_rack(self, rack: int) -> list[int]:
        """Lots that the plan puts into a rack."""
        return sorted({lot for lot, box in self.allocation if self.layout.rack_of_box[box] == rack})

    def open_boxes(self, lot: int) -> BoolArray:
        """Boxes that may take a sample of the lot now, shape (B,)."""
        layout = self.layout
        allowed: BoolArray = layout.allowed[layout.sort_of_lot[lot]] & (self.free > 0)
        kind = layout.class_of_lot[lot]
        if kind >= 0:
            rivals = layout.class_conflicts[kind]
            clash = self._classes[rivals].sum(axis=0) > 0
            allowed &= ~clash[layout.rack_of_box]
        if kind >= 0 and layout.class_alone[kind]:
            allowed &= self._links_of_box == self._alone[kind]
        elif layout.class_alone.any():
            allowed &= self._alone.sum(axis=0) == 0
        return allowed

    def best_box(self, lot: int, banned: BoolArray | None = None) -> tuple[int, int] | None:
        """Return the box that is cheapest per sample for what is left of a lot, and how many go in.

        None when nothing fits. Ties go to the fullest box that takes everything, then to the order.
        """
        boxes = self.open_boxes(lot)
        if banned is not None:
            boxes &= ~banned
        where = np.flatnonzero(boxes)
        if not where.size:
            return None
        frequency = self.layout.problem.lots[lot].retrievals_per_sample
        count = np.minimum(self.free[where], self.left[lot])
        rest = self.weights.split_s * (count < self.left[lot])
        broken = self.weights.break_s * self.layout.breaks[where, count]
        if (home := self._home(lot)) is not None:
            broken[np.isin(where, home)] = 0.0
        score = (
            self._opening_s(lot)[where] + rest + broken
        ) / count + frequency * self.layout.access_s[where]
        best = int(np.argmin(score + _TIE * (self.free[where] - count)))
        return int(where[best]), int(count[best])

    def _home(self, lot: int) -> IntArray | None:
        """Boxes in which some of the lot's group stands; there it may break nothing."""
        return self.layout.at_home.get(self.layout.problem.lots[lot].group)

    def _breaks_s(self, lot: int, box: int, count: int) -> float:
        home = self._home(lot)
        if home is not None and box in home:
            return 0.0
        return self.weights.break_s * float(self.layout.breaks[box, count])

    def _move(self, lot: int, box: int, count: int) -> None:
        self.free[box] -= count
        self.left[lot] -= count
        frequency = self.layout.problem.lots[lot].retrievals_per_sample
        retrieval_s = frequency * float(self.layout.access_s[box])
        self.cost_s += count * (retrieval_s - self.weights.unplaced_s)

    def _link_s(self, lot: int, box: int) -> float:
        """Seconds that opening this one link adds; the scalar twin of ``_opening_s``."""
        layout, weights = self.layout, self.weights
        unit, rack = layout.unit_of_box[box], layout.rack_of_box[box]
        project = layout.project_of_lot[lot]
        opens_box = bool(layout.empty[box]) and self._links_of_box[box] == 0
        known = layout.held_projects[project, box] or self._projects[project, box] > 0
        home = self._home(lot)
        seconds = weights.door_s * (self._links_of_unit[unit] == 0)
        seconds += weights.rack_s * (self._links_of_rack[rack] == 0)
        seconds += weights.new_box_s * opens_box
        seconds += weights.mix_s * (not known and not opens_box)
        seconds += weights.apart_s * (home is not None and box not in home)
        seconds += weights.split_s * bool(self._boxes_of_lot[lot])
        return float(seconds + weights.shared_risk_s * self._risks(lot).get(int(unit), 0))

    def _opening_s(self, lot: int) -> FloatArray:
        """Seconds that a new link of the lot would add, per box, shape (B,)."""
        layout, weights = self.layout, self.weights
        project = layout.project_of_lot[lot]
        untouched = self._links_of_box == 0
        seconds: FloatArray = weights.rack_s * (self._links_of_rack[layout.rack_of_box] == 0)
        seconds += weights.new_box_s * (layout.empty & untouched)
        stranger = ~layout.held_projects[project] & (self._projects[project] == 0)
        seconds += weights.mix_s * (stranger & ~(layout.empty & untouched))
        seconds += self._unit_s(lot)[layout.unit_of_box]
        home = self._home(lot)
        if home is not None:
            seconds += weights.apart_s
            seconds[home] -= weights.apart_s
        if self._boxes_of_lot[lot]:
            seconds += weights.split_s
        return seconds

    def _unit_s(self, lot: int) -> FloatArray:
        """The part of a link's cost that its unit decides, shape (U,)."""
        weights = self.weights
        seconds: FloatArray = weights.door_s * (self._links_of_unit == 0).astype(np.float64)
        for unit, risks in self._risks(lot).items():
            seconds[unit] += weights.shared_risk_s * risks
        return seconds

    def _risks(self, lot: int) -> dict[int, int]:
        """How many counterparts a lot would newly share each unit with."""
        counterpart = self.layout.problem.lots[lot].group.counterpart
        stored = self.layout.stored_units.get(counterpart)
        planned = self.layout.lots_of_group.get(counterpart)
        if stored is None and planned is None:
            return {}
        risks = Counter(() if stored is None else stored.tolist())
        for other in () if planned is None else planned.tolist():
            risks.update(self._units_of(other))
        for unit in self._units_of(lot):
            risks.pop(unit, None)
        return risks

    def _units_of(self, lot: int) -> set[int]:
        return {int(self.layout.unit_of_box[box]) for box in self._boxes_of_lot[lot]}

    def _count_link(self, lot: int, box: int, step: int) -> None:
        layout = self.layout
        self._links_of_box[box] += step
        self._links_of_rack[layout.rack_of_box[box]] += step
        self._links_of_unit[layout.unit_of_box[box]] += step
        self._projects[layout.project_of_lot[lot], box] += step
        if (kind := layout.class_of_lot[lot]) >= 0:
            self._classes[kind, layout.rack_of_box[box]] += step
            self._alone[kind, box] += step * bool(layout.class_alone[kind])
