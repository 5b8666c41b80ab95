"""Libraries on lanes while a plan is made: what each step costs, taken and taken back quickly."""

from math import inf

from backend.sequencing.planning.layout import READS_SLACK, Layout

OUT = -1
_FREE = -1

Placing = tuple[int, ...]
"""Lane of each library, or OUT."""


class Loading:
    """Which lane each library is on; never two configurations in a run, nor a clash in a lane.

    Nor two runs of an instrument at once: while a slot is used its rivals take nothing.

    ``cost`` is the whole: delay, runs, lanes, balance, and libraries left out. ``dark`` counts dark
    cycles, which a plan may not have where they are forbidden; the search may pass through them.
    """

    def __init__(self, layout: Layout) -> None:
        problem = layout.problem
        self.layout = layout
        self.lane_of = [OUT] * len(problem.libraries)
        self.members = [0] * len(layout.lane_slots)
        self.reads = [0.0] * len(layout.lane_slots)
        self.light = [0] * len(layout.lane_slots)
        self.balance = [0.0] * len(layout.lane_slots)
        self.darkness = [0] * len(layout.lane_slots)
        self.filled = [0] * len(problem.slots)
        """Libraries in each slot."""
        self.set_up = [_FREE] * len(problem.slots)
        """Configuration of each slot in use."""
        self._shut = [0] * len(problem.slots)
        """Rivals of each slot that are in use."""
        self.dark = 0
        self.cost = problem.weights.left_out * len(problem.libraries)
        self._room = [slot.lane_reads_millions + READS_SLACK for slot in problem.slots]
        self._amount = [library.reads_millions for library in problem.libraries]
        self._light = layout.light
        self._lanes = [
            range(first, first + slot.lanes)
            for first, slot in zip(layout.first_lane, problem.slots, strict=True)
        ]
        self.unevenness = [0.0] * len(problem.slots)
        """What the lanes of each slot cost for being unequally full."""
        self._is_even = not problem.weights.uneven

    def price(self, library: int, lane: int) -> float:
        """Return what the cost changes by if the library goes there, infinite if it may not."""
        slot = self.layout.lane_slots[lane]
        used, members = self.set_up[slot], self.members[lane]
        if used not in (_FREE, self.layout.configuration_of[library]) or (
            self._shut[slot] or members & self.layout.unshareable[library]
        ):
            return inf
        if self.reads[lane] + self._amount[library] > self._room[slot]:
            return inf
        price = self.layout.costs[library][slot] - self.layout.problem.weights.left_out
        if used == _FREE:
            price += self.layout.problem.slots[slot].run_cost
        if not members:
            price += self.layout.problem.slots[slot].lane_cost
        if not self._is_even:
            amount = self.reads[lane] + self._amount[library]
            price += self._uneven(slot, lane, amount) - self.unevenness[slot]
        before, light = self.light[lane], self._light[slot][library]
        if members and before | light == before:
            return price
        balance, _ = self.layout.balance(before | light)
        return price + balance - self.balance[lane]

    def place(self, library: int, lane: int) -> None:
        """Put a library that is out on a lane that takes it."""
        slot = self.layout.lane_slots[lane]
        problem = self.layout.problem
        if not self.filled[slot]:
            self.set_up[slot] = self.layout.configuration_of[library]
            self.cost += problem.slots[slot].run_cost
            for rival in self.layout.rivals[slot]:
                self._shut[rival] += 1
        if not self.members[lane]:
            self.cost += problem.slots[slot].lane_cost
        self.cost += self.layout.costs[library][slot] - problem.weights.left_out
        self.filled[slot] += 1
        self.lane_of[library] = lane
        self.members[lane] |= 1 << library
        self.reads[lane] += self._amount[library]
        self._even(slot)
        self._relight(lane, self.light[lane] | self._light[slot][library])

    def remove(self, library: int) -> int:
        """Take a library off its lane; return the lane."""
        lane = self.lane_of[library]
        slot = self.layout.lane_slots[lane]
        problem = self.layout.problem
        self.lane_of[library] = OUT
        self.members[lane] ^= 1 << library
        self.reads[lane] -= self._amount[library]
        self.filled[slot] -= 1
        self.cost -= self.layout.costs[library][slot] - problem.weights.left_out
        if not self.members[lane]:
            self.reads[lane] = 0.0
            self.cost -= problem.slots[slot].lane_cost
        if not self.filled[slot]:
            self.set_up[slot] = _FREE
            self.cost -= problem.slots[slot].run_cost
            for rival in self.layout.rivals[slot]:
                self._shut[rival] -= 1
        self._even(slot)
        light = 0
        for each in self.on_lane(lane):
            light |= self._light[slot][each]
        self._relight(lane, light)
        return lane

    def is_shut(self, slot: int) -> bool:
        """Say whether the instrument runs at that time with another flow cell, or another while."""
        return self._shut[slot] > 0

    def on_lane(self, lane: int) -> list[int]:
        """Return the libraries of a lane, in order."""
        members, found = self.members[lane], []
        while members:
            lowest = members & -members
            found.append(lowest.bit_length() - 1)
            members ^= lowest
        return found

    def in_slot(self, slot: int) -> list[int]:
        """Return the libraries of a slot, lane by lane."""
        first = self.layout.first_lane[slot]
        lanes = range(first, first + self.layout.problem.slots[slot].lanes)
        return [library for lane in lanes for library in self.on_lane(lane)]

    def placing(self) -> Placing:
        """Return where everything is, to come back to."""
        return tuple(self.lane_of)

    def load(self, placing: Placing) -> None:
        """Put everything where a placing says; nothing may be on a lane yet."""
        for library, lane in enumerate(placing):
            if lane != OUT:
                self.place(library, lane)

    def _even(self, slot: int) -> None:
        if not self._is_even:
            cost = self._uneven(slot)
            self.cost += cost - self.unevenness[slot]
            self.unevenness[slot] = cost

    def _uneven(self, slot: int, changed: int = OUT, amount: float = 0.0) -> float:
        """Return what the lanes of a slot cost for being unequally full, one with other reads."""
        lanes = self._lanes[slot]
        if len(lanes) == 1:
            return 0.0
        reads = [
            amount if lane == changed else self.reads[lane]
            for lane in lanes
            if lane == changed or self.members[lane]
        ]
        if len(reads) < 2:  # noqa: PLR2004  # one lane alone is even
            return 0.0
        below = max(reads) * len(reads) - sum(reads)
        return self.layout.problem.weights.uneven * below / self._room[slot]

    def _relight(self, lane: int, light: int) -> None:
        cost, dark = (0.0, 0) if not self.members[lane] else self.layout.balance(light)
        self.cost += cost - self.balance[lane]
        self.dark += dark - self.darkness[lane]
        self.light[lane], self.balance[lane], self.darkness[lane] = light, cost, dark


def insert(loading: Loading, libraries: list[int], banned: frozenset[int] = frozenset()) -> None:
    """Put libraries one after the other where it costs least; out where nothing takes them.

    ``banned`` are slots to keep out of.
    """
    slots = loading.layout.lane_slots
    for library in libraries:
        best, at = 0.0, OUT
        for lane in loading.layout.lanes_of[library]:
            if slots[lane] in banned:
                continue
            price = loading.price(library, lane)
            if price < best:
                best, at = price, lane
        if at != OUT:
            loading.place(library, at)


def may_stand(loading: Loading) -> bool:
    """Say whether the placing breaks no rule: forbidden dark cycles are only passed through."""
    return loading.dark == 0 or loading.layout.problem.weights.dark_cycle is not None


def made_to_stand(loading: Loading) -> Loading:
    """Return a copy in which libraries of lanes with a forbidden dark cycle are elsewhere, or out.

    A lane that is lit stays so whatever is added to it.
    """
    copy = Loading(loading.layout)
    copy.load(loading.placing())
    dark = [lane for lane, cycles in enumerate(copy.darkness) if cycles]
    taken = [library for lane in dark for library in copy.on_lane(lane)]
    for library in taken:
        copy.remove(library)
    for library in taken:
        lit = [lane for lane in copy.layout.lanes_of[library] if copy.members[lane]]
        price, lane = min(((copy.price(library, lane), lane) for lane in lit), default=(0.0, OUT))
        if price < 0:
            copy.place(library, lane)
    return copy


def loaded(layout: Layout, placing: Placing) -> Loading:
    """Return a loading with everything where a placing says."""
    loading = Loading(layout)
    loading.load(placing)
    return loading


def shifted(layout: Layout, placing: Placing) -> Placing:
    """Return the placing with runs moved to earlier free slots, as the programme wants it."""
    moved = list(placing)
    shifts, changed = layout.shifts, True
    while changed:
        changed = False
        used = {layout.lane_slots[lane] for lane in moved if lane != OUT}
        for early, late in shifts:
            if late in used and not used & {early, *layout.rivals[early]}:
                step = layout.first_lane[early] - layout.first_lane[late]
                moved = [
                    lane + step if lane != OUT and layout.lane_slots[lane] == late else lane
                    for lane in moved
                ]
                changed = True
                break
    return tuple(moved)


def pin(loading: Loading) -> None:
    """Put what a person placed where it was placed."""
    for library, lane in loading.layout.pinned.items():
        loading.place(library, lane)


def by_due_date(layout: Layout) -> list[int]:
    """Return libraries, earliest due first, the larger of equals first: the usual way by hand."""
    libraries = layout.problem.libraries
    return sorted(
        (each for each in range(len(libraries)) if each not in layout.pinned),
        key=lambda each: (libraries[each].due, -libraries[each].reads_millions, each),
    )
