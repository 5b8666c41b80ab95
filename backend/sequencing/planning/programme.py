"""The problem as a mixed-integer programme, for HiGHS: its bound is what no plan can be below.

    z[s,c]  slot s runs configuration c          y[s,c]  lanes of it in use (z where it has one)
    x[l,s]  library l is in slot s               o[l]    library l is left out
    m[s,b]  channel and cycle b stays unlit      d[s,b]  cycle b stays dark
    f[s,g]  lanes with libraries of family g, where there are families that share none

Of slots that overlap on one instrument, such as sizes of flow cell for one time, at most one runs.
Lanes of one slot are counted, not told apart: for instruments of one lane the programme is the
problem itself, for others a relaxation, in which nothing is uneven. What closes the gap are the
rows on light, which price half-empty lanes, and the shifts, which take away all but one of the
equal ways to leave days free. Every row but the shifts holds for every plan, and the shifts hold
for one of the best (`Layout.shifts`), so the bound is one for all.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from math import inf
from statistics import median

from backend.sequencing.planning.layout import READS_SLACK, Layout
from backend.sequencing.planning.loading import OUT, Placing
from backend.storage.planning.layout import FloatArray
from backend.storage.planning.model import Rows

_MOST_LIGHT_TERMS = 200_000
"""Above it light is stated only for lanes that hold few libraries: others light everything."""
_FEW_LIBRARIES = 6
_HALF = 0.5
_NOISE = 1e-6


@dataclass
class Programme:
    """The rows, with the columns that are written and read.

    z and y are by (slot, configuration), x by (library, slot).
    """

    rows: Rows
    z: dict[tuple[int, int], int]
    y: dict[tuple[int, int], int]
    x: dict[tuple[int, int], int]
    out: dict[int, int]
    families: dict[tuple[int, int, int], int]
    """f by (slot, configuration, family)."""
    unlit: list[tuple[int, list[int], list[int]]]
    """Each column m or d, the columns of what would light it, and those of the runs it is about."""

    def chosen(self, values: FloatArray) -> dict[int, int]:
        """Read the slot of each library out of a solution; without those left out."""
        return {library: slot for (library, slot), at in self.x.items() if values[at] > _HALF}

    def promising(
        self, values: FloatArray, reduced_costs: FloatArray, each: int
    ) -> set[tuple[int, int]]:
        """Return the pairs that the relaxation uses, and ``each`` of the cheapest a library."""
        pairs: dict[int, list[tuple[int, int]]] = {}
        for pair in self.x:
            pairs.setdefault(pair[0], []).append(pair)
        kept = {pair for pair, at in self.x.items() if values[at] > _NOISE}
        for found in pairs.values():
            kept.update(sorted(found, key=lambda pair: reduced_costs[self.x[pair]])[:each])
        return kept

    def point(self, layout: Layout, placing: Placing) -> dict[int, float]:
        """Return every column of a plan, for the solver to begin from."""
        point = dict.fromkeys((*self.z.values(), *self.y.values(), *self.x.values()), 0.0)
        point |= dict.fromkeys(self.families.values(), 0.0)
        used: dict[int, set[int]] = {}
        for library, lane in enumerate(placing):
            if library in self.out:
                point[self.out[library]] = float(lane == OUT)
            if lane != OUT:
                at = (layout.lane_slots[lane], layout.configuration_of[library])
                point[self.x[library, at[0]]] = 1.0
                point[self.z[at]] = 1.0
                used.setdefault(self.y[at], set()).add(lane)
                family = self.families.get((*at, layout.family_of[library]))
                if family is not None:
                    used.setdefault(family, set()).add(lane)
        point |= {column: float(len(lanes)) for column, lanes in used.items()}
        for column, lit, opened in self.unlit:
            shortfall = sum(point[each] for each in opened) - sum(point[each] for each in lit)
            point[column] = max(0.0, shortfall)
        return point


def build_programme(layout: Layout, kept: Container[tuple[int, int]] | None = None) -> Programme:
    """State the whole problem, or only with the (library, slot) pairs ``kept``: then no bound."""
    builder = _Builder(layout, kept)
    builder.add_slots()
    builder.add_libraries()
    builder.add_lanes()
    builder.add_families()
    builder.add_light()
    builder.add_shifts()
    return builder.programme


class _Builder:
    """Adds one family of columns and rows after the other."""

    def __init__(self, layout: Layout, kept: Container[tuple[int, int]] | None) -> None:
        self.layout = layout
        self.kept = kept
        self.problem = layout.problem
        self.programme = Programme(rows=Rows(), z={}, y={}, x={}, out={}, families={}, unlit=[])
        self.rows = self.programme.rows
        self.in_slot: dict[int, list[int]] = {
            slot: [library for library in range(len(layout.costs)) if self._may_go(library, slot)]
            for slot in range(len(self.problem.slots))
        }

    def _may_go(self, library: int, slot: int) -> bool:
        lane = self.layout.pinned.get(library, OUT)
        if lane != OUT:
            return self.layout.lane_slots[lane] == slot
        if self.kept is not None and (library, slot) not in self.kept:
            return False
        return self.layout.costs[library][slot] < inf

    def add_slots(self) -> None:
        """Let a slot run one configuration, on as many lanes as it has: z and y."""
        z, y = self.programme.z, self.programme.y
        for number, slot in enumerate(self.problem.slots):
            here = {self.layout.configuration_of[each] for each in self.in_slot[number]}
            for configuration in sorted(here):
                at = (number, configuration)
                if slot.lanes == 1:
                    z[at] = y[at] = self.rows.column(slot.run_cost + slot.lane_cost, 1.0)
                    continue
                z[at] = self.rows.column(slot.run_cost, 1.0)
                y[at] = self.rows.column(slot.lane_cost, slot.lanes)
                self.rows.at_most(z[at], y[at])
                self.rows.at_most(y[at], z[at], slot.lanes)
            if here:
                self.rows.row([(z[number, each], 1.0) for each in sorted(here)], -inf, 1.0)
        columns = self._of_slots()
        for crowd in self.layout.crowds:
            terms = [(column, 1.0) for slot in crowd for column in columns.get(slot, ())]
            self.rows.row(terms, -inf, 1.0)

    def add_libraries(self) -> None:
        """Put each library in one slot that runs its configuration, or leave it out: x, o."""
        for library in range(len(self.layout.costs)):
            placed = []
            for slot in range(len(self.problem.slots)):
                if library not in self.in_slot[slot]:
                    continue
                column = self.rows.column(self.layout.costs[library][slot], 1.0)
                self.programme.x[library, slot] = column
                self.rows.at_most(
                    column, self.programme.z[slot, self.layout.configuration_of[library]]
                )
                placed.append((column, 1.0))
            if library not in self.layout.pinned:
                out = self.rows.column(self.problem.weights.left_out, 1.0)
                self.programme.out[library] = out
                placed.append((out, 1.0))
            self.rows.row(placed, 1.0, 1.0)

    def add_lanes(self) -> None:
        """Reads fit the lanes, and of libraries that clash no two are in one lane."""
        for (slot, configuration), lanes in self.programme.y.items():
            here = [
                each
                for each in self.in_slot[slot]
                if self.layout.configuration_of[each] == configuration
            ]
            room = self.problem.slots[slot].lane_reads_millions + READS_SLACK
            reads = [
                (self.programme.x[each, slot], self.problem.libraries[each].reads_millions)
                for each in here
            ]
            self.rows.row([*reads, (lanes, -room)], -inf, 0.0)
            for clique in _cliques(here, self.layout.clashing):
                terms = [(self.programme.x[each, slot], 1.0) for each in clique]
                self.rows.row([*terms, (lanes, -1.0)], -inf, 0.0)

    def add_families(self) -> None:
        """Families that may not share a lane take lanes each for itself: f."""
        layout = self.layout
        if not any(layout.apart):
            return
        for (slot, configuration), lanes in self.programme.y.items():
            of_family: dict[int, list[int]] = {}
            for each in self.in_slot[slot]:
                if layout.configuration_of[each] == configuration:
                    of_family.setdefault(layout.family_of[each], []).append(each)
            columns = self.programme.families
            for clique in _cliques(sorted(of_family), layout.apart):
                for family in clique:
                    at = (slot, configuration, family)
                    if at not in columns:
                        columns[at] = self._family(slot, of_family[family])
                terms = [(columns[slot, configuration, each], 1.0) for each in clique]
                self.rows.row([*terms, (lanes, -1.0)], -inf, 0.0)

    def _family(self, slot: int, libraries: list[int]) -> int:
        """Count the lanes that a family takes of a slot: as many as its reads fill, or more."""
        place = self.problem.slots[slot]
        column = self.rows.column(0.0, place.lanes)
        for each in libraries:
            self.rows.at_most(self.programme.x[each, slot], column)
        if place.lanes > 1:
            reads = [
                (self.programme.x[each, slot], self.problem.libraries[each].reads_millions)
                for each in libraries
            ]
            room = place.lane_reads_millions + READS_SLACK
            self.rows.row([*reads, (column, -room)], -inf, 0.0)
        return column

    def add_light(self) -> None:
        """Count what the libraries of a slot leave unlit, for one lane of it: m and d."""
        bits = 2 * self.layout.cycles
        whole = bits * sum(len(here) for here in self.in_slot.values()) <= _MOST_LIGHT_TERMS
        usual = median([each.reads_millions for each in self.problem.libraries] or [1.0])
        for slot, here in self.in_slot.items():
            if whole or self.problem.slots[slot].lane_reads_millions < _FEW_LIBRARIES * usual:
                self._light(slot, here)

    def _light(self, slot: int, here: list[int]) -> None:
        weights = self.problem.weights
        light = self.layout.light[slot]
        opened = [column for (at, _), column in self.programme.z.items() if at == slot]
        for bit in range(2 * self.layout.cycles):
            lit = [each for each in here if light[each] >> bit & 1]
            if len(lit) < len(here) and weights.missing_channel:
                self._lit(slot, lit, opened, weights.missing_channel)
        for cycle in range(self.layout.cycles):
            lit = [each for each in here if light[each] >> 2 * cycle & 3]
            if len(lit) < len(here) and weights.dark_cycle != 0:
                self._lit(slot, lit, opened, weights.dark_cycle)

    def _lit(self, slot: int, lit: list[int], opened: list[int], price: float | None) -> None:
        """An open slot is lit by one of these, or pays; None is no price to be had."""
        columns = [self.programme.x[each, slot] for each in lit]
        terms = [*((each, 1.0) for each in columns), *((each, -1.0) for each in opened)]
        if price is not None:
            dark = self.rows.column(price, 1.0, integer=False)
            terms.append((dark, 1.0))
            self.programme.unlit.append((dark, columns, opened))
        self.rows.row(terms, 0.0, inf)

    def add_shifts(self) -> None:
        """Where a run could always go a slot earlier, that one or a rival of it is used first.

        Later slots that have the same free time before them and are rivals themselves share a row:
        one of them is used at most.
        """
        columns = self._of_slots()
        before: dict[tuple[int, ...], list[list[int]]] = {}
        for early, late in self.layout.shifts:
            if early in columns and late in columns:
                ways = before.setdefault(tuple(sorted((early, *self.layout.rivals[early]))), [])
                rivals = self.layout.rivals[late]
                alike = (lates for lates in ways if all(each in rivals for each in lates))
                same = next(alike, None)
                if same is None:
                    ways.append([late])
                else:
                    same.append(late)
        for taken, ways in before.items():
            for lates in ways:
                terms = [(column, 1.0) for slot in taken for column in columns.get(slot, ())]
                terms += [(column, -1.0) for slot in lates for column in columns[slot]]
                self.rows.row(terms, 0.0, inf)

    def _of_slots(self) -> dict[int, list[int]]:
        """Return the columns z of each slot."""
        of_slot: dict[int, list[int]] = {}
        for (slot, _), column in self.programme.z.items():
            of_slot.setdefault(slot, []).append(column)
        return of_slot


def _cliques(libraries: Iterable[int], clashing: tuple[int, ...]) -> list[list[int]]:
    """Return sets of libraries that all clash with each other, so that every clash is in one."""
    left = list(libraries)
    cliques: list[list[int]] = []
    covered: set[tuple[int, int]] = set()
    for place, one in enumerate(left):
        for other in left[place + 1 :]:
            if not clashing[one] >> other & 1 or (one, other) in covered:
                continue
            clique = [one, other]
            for third in left:
                if third not in clique and all(clashing[each] >> third & 1 for each in clique):
                    clique.append(third)
            covered |= {(a, b) for a in clique for b in clique if a < b}
            cliques.append(clique)
    return cliques
