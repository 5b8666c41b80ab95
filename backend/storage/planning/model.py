"""The placement problem as a mixed-integer programme, for HiGHS.

One column group per lot and *slot*. A slot is one box, or several gathered boxes (``slots.py``);
then the columns count boxes and the programme is a relaxation, good for a bound only.

    y[l,s]  samples of lot l in slot s            u[l,s]  boxes of slot s that lot l uses
    w[p,s]  boxes of slot s new to project p      x[s]    boxes of slot s in use
    r[k]    rack k is pulled                      d[t]    door of unit t is opened
    q[l,t]  lot l enters unit t                   z       a lot and its counterpart share a unit
    c[k,j]  rack k takes segregation class j      s[l]    samples of lot l left over
    v[l,s]  breaks of lot l in the runs of s: y <= longest run * u + second longest * v
"""

from dataclasses import dataclass, field

import numpy as np

from backend.storage.planning.layout import FloatArray, Layout
from backend.storage.planning.slots import Slots

_INFINITY = float("inf")


@dataclass
class Rows:
    """Columns and rows as they are collected; row-wise sparse."""

    costs: list[float] = field(default_factory=list)
    uppers: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    row_lowers: list[float] = field(default_factory=list)
    row_uppers: list[float] = field(default_factory=list)

    def column(self, cost: float, upper: float, *, integer: bool = True) -> int:
        """Add a column from 0 to ``upper``; return its number."""
        self.costs.append(cost)
        self.uppers.append(upper)
        self.integer.append(integer)
        return len(self.costs) - 1

    def row(self, terms: list[tuple[int, float]], lower: float, upper: float) -> None:
        """Add ``lower <= sum(value * column) <= upper``."""
        self.columns.extend(column for column, _ in terms)
        self.values.extend(value for _, value in terms)
        self.starts.append(len(self.columns))
        self.row_lowers.append(lower)
        self.row_uppers.append(upper)

    def at_most(self, column: int, other: int, factor: float = 1.0) -> None:
        """Add ``column <= factor * other``."""
        self.row([(other, factor), (column, -1.0)], 0.0, _INFINITY)


@dataclass
class Model:
    """The programme with the columns that are read back: y and u by (lot, slot)."""

    rows: Rows
    offset: float
    y: dict[tuple[int, int], int]
    u: dict[tuple[int, int], int]


def build_model(layout: Layout, slots: Slots, *, with_breaks: bool = True) -> Model:
    """State the whole problem over the slots; a lot may use those that its sort is allowed.

    Without breaks it is half as large where boxes have holes, and the bound a little lower.
    """
    rows = Rows()
    builder = _Builder(layout, slots, rows, with_breaks=with_breaks)
    builder.add_lots()
    builder.add_slots()
    builder.add_units()
    builder.add_shared_risks()
    builder.add_segregation()
    builder.add_solitude()
    offset = -layout.problem.weights.split_s * float((layout.size > 0).sum())
    return Model(rows=rows, offset=offset, y=builder.y, u=builder.u)


def solution_counts(model: Model, values: FloatArray) -> dict[tuple[int, int], int]:
    """Read whole samples by (lot, slot) out of a solution."""
    counts = {pair: int(np.rint(values[column])) for pair, column in model.y.items()}
    return {pair: count for pair, count in counts.items() if count > 0}


class _Builder:
    """Adds one family of columns and rows after the other."""

    def __init__(self, layout: Layout, slots: Slots, rows: Rows, *, with_breaks: bool) -> None:
        self.layout = layout
        self.slots = slots
        self.rows = rows
        self.with_breaks = with_breaks
        self.weights = layout.problem.weights
        self.y: dict[tuple[int, int], int] = {}
        self.u: dict[tuple[int, int], int] = {}
        self.q: dict[tuple[int, int], int] = {}
        self.doors: dict[int, int] = {}
        self.left_over: dict[int, int] = {}
        self.pairs_of_slot: dict[int, list[int]] = {}

    def add_lots(self) -> None:
        """y, u and s: every sample is somewhere, and a box that holds any is used."""
        for lot, size in enumerate(self.layout.size.tolist()):
            left_over = self.rows.column(self.weights.unplaced_s, size, integer=False)
            self.left_over[lot] = left_over
            slots = self.slots.candidates(self.layout, lot)
            placed = [(self._add_pair(lot, slot, size), 1.0) for slot in slots]
            self.rows.row([(left_over, 1.0), *placed], size, size)

    def _add_pair(self, lot: int, slot: int, size: int) -> int:
        layout, slots = self.layout, self.slots
        sample = layout.problem.lots[lot]
        count, free = slots.count[slot], slots.free[slot]
        home = layout.at_home.get(sample.group)
        apart = home is not None and slots.first_box[slot] not in home
        link_s = self.weights.split_s + self.weights.apart_s * apart
        retrieval_s = sample.retrievals_per_sample * slots.access_s[slot]
        y = self.rows.column(retrieval_s, min(size, slots.capacity[slot]))
        u = self.rows.column(link_s, min(count, size))
        self.rows.at_most(y, u, min(free, size))
        if self.with_breaks and (home is None or apart):
            self._add_breaks(y, u, slot, min(free, size))
        self.y[lot, slot] = y
        self.u[lot, slot] = u
        self.pairs_of_slot.setdefault(slot, []).append(lot)
        return y

    def _add_breaks(self, y: int, u: int, slot: int, most: int) -> None:
        """Each run after the longest one is a break; what other lots leave of them is not asked.

        Where some of the lot's group stands already nothing is said: beside it there is no break.
        """
        longest, second = float(self.slots.longest[slot]), float(self.slots.second[slot])
        if most > longest:
            v = self.rows.column(self.weights.break_s, self.layout.size.max())
            self.rows.row([(u, longest), (v, second), (y, -1.0)], 0.0, _INFINITY)

    def add_slots(self) -> None:
        """X and w: capacity, boxes opened, and projects that a box did not hold before."""
        layout, slots, weights = self.layout, self.slots, self.weights
        self.x: dict[int, int] = {}
        for slot, lots in self.pairs_of_slot.items():
            count = slots.count[slot]
            is_empty = bool(layout.empty[slots.first_box[slot]])
            opening_s = (weights.new_box_s - weights.mix_s) * is_empty
            x = self.x[slot] = self.rows.column(opening_s, count)
            capacity = [(self.y[lot, slot], -1.0) for lot in lots]
            self.rows.row([(x, float(slots.free[slot])), *capacity], 0.0, _INFINITY)
            if count > 1:
                self.rows.row(capacity, -float(slots.capacity[slot]), 0.0)
            self._add_projects(slot, lots, x)

    def _add_projects(self, slot: int, lots: list[int], x: int) -> None:
        layout = self.layout
        of_project: dict[int, list[int]] = {}
        for lot in lots:
            of_project.setdefault(int(layout.project_of_lot[lot]), []).append(lot)
        for project, same in of_project.items():
            held = bool(layout.held_projects[project, self.slots.first_box[slot]])
            w = x
            if not held:
                w = self.rows.column(self.weights.mix_s, self.slots.count[slot])
                self.rows.at_most(w, x)
            for lot in same:
                self.rows.at_most(self.u[lot, slot], w)

    def add_units(self) -> None:
        """R and d: pulling a rack opens the door of its unit.

        That all samples of a lot in one unit, or one rack, hang on its single opening follows from
        the other rows in whole numbers; said outright it makes the linear bound much tighter.
        """
        doors = self.doors
        stacks: dict[int, int] = {}
        for slot, x in self.x.items():
            stack, unit = self.slots.stack[slot], self.slots.unit[slot]
            size = self.slots.stack_size[slot]
            if unit not in doors:
                doors[unit] = self.rows.column(self.weights.door_s, 1)
            if stack not in stacks:
                stacks[stack] = self.rows.column(self.weights.rack_s, size)
                self.rows.at_most(stacks[stack], doors[unit], size)
            self.rows.at_most(x, stacks[stack], float(self.slots.per_rack[slot]))
        self._hang_samples(doors, self.slots.unit)
        if all(size == 1 for size in self.slots.stack_size):
            self._hang_samples(stacks, self.slots.stack)

    def _hang_samples(self, openings: dict[int, int], place: list[int]) -> None:
        samples: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for (lot, slot), y in self.y.items():
            samples.setdefault((lot, place[slot]), []).append((y, -1.0))
        for (lot, where), terms in samples.items():
            if len(terms) > 1:
                size = float(self.layout.size[lot])
                self.rows.row([(openings[where], size), *terms], 0.0, _INFINITY)

    def add_shared_risks(self) -> None:
        """Q and z: a lot beside the stored or planned counterpart of its group."""
        for group, lots in self.layout.lots_of_group.items():
            rivals = self.layout.lots_of_group.get(group.counterpart)
            stored = set(self.layout.stored_units.get(group.counterpart, np.empty(0)).tolist())
            if rivals is None and not stored:
                continue
            for lot in lots.tolist():
                self._add_entries(lot, stored)
        for group, lots in self.layout.lots_of_group.items():
            if group.is_backup:
                rivals = self.layout.lots_of_group.get(group.counterpart, np.empty(0, np.int64))
                for one in lots.tolist():
                    for other in rivals.tolist():
                        self._forbid_together(one, other)

    def _add_entries(self, lot: int, stored: set[int]) -> None:
        for slot in self.slots.candidates(self.layout, lot):
            unit = self.slots.unit[slot]
            if (lot, unit) not in self.q:
                risk_s = self.weights.shared_risk_s * (unit in stored)
                self.q[lot, unit] = self.rows.column(risk_s, 1)
            count = float(self.slots.count[slot])
            self.rows.at_most(self.u[lot, slot], self.q[lot, unit], count)

    def _forbid_together(self, one: int, other: int) -> None:
        """A shared unit costs ``z``; without one, two doors open (said for the linear bound)."""
        terms: list[tuple[int, float]] = []
        for unit, door in self.doors.items():
            entries = [self.q[lot, unit] for lot in (one, other) if (lot, unit) in self.q]
            if entries:
                terms.append((door, 1.0))
            if len(entries) == 2:  # noqa: PLR2004  # both can get there
                z = self.rows.column(self.weights.shared_risk_s, 1, integer=False)
                together = [(entries[0], 1.0), (entries[1], 1.0), (z, -1.0)]
                self.rows.row(together, -_INFINITY, 1.0)
                terms.append((z, 1.0))
        shares = [(self.left_over[lot], 1.0 / float(self.layout.size[lot])) for lot in (one, other)]
        terms.extend(shares)
        self.rows.row(terms, 2.0, _INFINITY)

    def add_segregation(self) -> None:
        """c: classes that may not meet in a rack; what stands there already is in ``allowed``."""
        layout = self.layout
        if any(size > 1 for size in self.slots.stack_size):
            return  # over several racks the rule cannot be said; leaving it out keeps the bound
        taken: dict[tuple[int, int], int] = {}
        for (lot, slot), u in self.u.items():
            kind = int(layout.class_of_lot[lot])
            if kind < 0 or not layout.class_conflicts[kind].any():
                continue
            key = self.slots.stack[slot], kind
            if key not in taken:
                taken[key] = self.rows.column(0.0, 1)
            self.rows.at_most(u, taken[key], float(self.slots.count[slot]))
        for (rack, kind), column in taken.items():
            for rival in np.flatnonzero(layout.class_conflicts[kind]).tolist():
                if rival > kind and (rack, rival) in taken:
                    self.rows.row([(column, 1.0), (taken[rack, rival], 1.0)], 0.0, 1.0)

    def add_solitude(self) -> None:
        """t: a box that a class has to itself."""
        layout = self.layout
        if any(count > 1 for count in self.slots.count):
            return  # of several boxes each may go to another class; leaving it out keeps the bound
        for slot, lots in self.pairs_of_slot.items():
            kinds = {int(layout.class_of_lot[lot]) for lot in lots}
            for kind in sorted(kind for kind in kinds if kind >= 0 and layout.class_alone[kind]):
                taken = self.rows.column(0.0, 1)
                for lot in lots:
                    u = self.u[lot, slot]
                    if layout.class_of_lot[lot] == kind:
                        self.rows.at_most(u, taken)
                    else:
                        self.rows.row([(u, 1.0), (taken, 1.0)], 0.0, 1.0)
