"""What if a unit is lost, or a project of many boxes arrives: places, counted. Pure.

A free place is a position of a box that nobody has taken. Positions are not told apart by their
box's size, its reservation or the materials it takes, so the counts are the most that could fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId, UnitStatus

LARGEST_SIDE = 50
MOST_BOXES = 100_000
_TAKING = frozenset({UnitStatus.ACTIVE, UnitStatus.BACKUP})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRoom:
    """A unit that is not retired, with the sum of its boxes."""

    unit_id: NodeId
    label: str
    temperature_class: TemperatureClass
    status: UnitStatus
    used: int
    capacity: int
    loose: int = 0
    """Samples in loose places of no capacity: none of ``used``, and they need a place as well."""
    is_in_alarm: bool = False

    @property
    def samples(self) -> int:
        """All that stand in it, the loose ones too."""
        return self.used + self.loose

    @property
    def free(self) -> int:
        """Positions that nobody has taken."""
        return self.capacity - self.used

    @property
    def takes_samples(self) -> bool:
        """Whether samples may go there now."""
        return self.status in _TAKING and not self.is_in_alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRoom:
    """A temperature class: what stands in it, and the free places of units that take samples."""

    temperature_class: TemperatureClass
    used: int
    capacity: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLost:
    """A unit retired or failing: its samples into the free places of fitting others.

    ``after``: the class without the unit, its samples in the others as far as they have room.
    """

    unit: UnitRoom
    takers: tuple[UnitRoom, ...]
    """Other units of the class that take samples and have room, most room first."""
    before: ClassRoom
    after: ClassRoom

    @property
    def free_elsewhere(self) -> int:
        return sum(each.free for each in self.takers)

    @property
    def short(self) -> int:
        """How many samples find no place."""
        return max(0, self.unit.samples - self.free_elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """N−1 of a class: whether its fullest unit, by samples, finds room in the others."""

    temperature_class: TemperatureClass
    unit: UnitRoom
    free_elsewhere: int

    @property
    def short(self) -> int:
        return max(0, self.unit.samples - self.free_elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A project of full boxes against the free places of a class."""

    temperature_class: TemperatureClass
    needed: int
    before: ClassRoom

    @property
    def fits(self) -> bool:
        return self.needed <= self.before.free

    @property
    def short(self) -> int:
        """How many positions are missing today."""
        return max(0, self.needed - self.before.free)

    @property
    def free_after(self) -> int:
        return max(0, self.before.free - self.needed)


def class_room(units: Sequence[UnitRoom], zone: TemperatureClass) -> ClassRoom:
    """Return how much stands in a class and how much could still go there."""
    of_class = [each for each in units if each.temperature_class is zone]
    return ClassRoom(
        temperature_class=zone,
        used=sum(each.used for each in of_class),
        capacity=sum(each.capacity for each in of_class),
        free=sum(each.free for each in of_class if each.takes_samples),
    )


def lose_unit(units: Sequence[UnitRoom], unit_id: NodeId) -> UnitLost | None:
    """Return what becomes of a unit's samples without it; None when there is no such unit."""
    lost = next((each for each in units if each.unit_id == unit_id), None)
    if lost is None:
        return None
    zone = lost.temperature_class
    rest = [each for each in units if each.unit_id != unit_id]
    takers = _takers(rest, zone)
    room = class_room(rest, zone)
    moved = min(lost.samples, room.free)
    return UnitLost(
        unit=lost,
        takers=tuple(takers),
        before=class_room(units, zone),
        after=ClassRoom(
            temperature_class=zone,
            used=room.used + moved,
            capacity=room.capacity,
            free=room.free - moved,
        ),
    )


def spares(units: Sequence[UnitRoom]) -> list[Spare]:
    """Return N−1 of every class that has units, coldest first; ties go to the first label."""
    found = []
    for zone in TemperatureClass:
        of_class = [each for each in units if each.temperature_class is zone]
        if not of_class:
            continue
        largest = min(of_class, key=lambda each: (-each.samples, each.label))
        rest = [each for each in of_class if each is not largest]
        elsewhere = sum(each.free for each in _takers(rest, zone))
        found.append(Spare(temperature_class=zone, unit=largest, free_elsewhere=elsewhere))
    return found


def arrive(
    units: Sequence[UnitRoom], zone: TemperatureClass, *, boxes: int, rows: int, columns: int
) -> Arrival:
    """Return whether so many full boxes of that size find room in a class today."""
    return Arrival(
        temperature_class=zone, needed=boxes * rows * columns, before=class_room(units, zone)
    )


def fits_until(
    free_after: int, *, days: Sequence[int], levels: Sequence[int], used_now: int
) -> int | None:
    """Return after how many days the usual growth has filled what the arrival leaves free.

    ``levels`` are a forecast's positions used on each of ``days``, its arrival not counted, rising
    or not. None when they never do within the forecast; between two days it is read off a line.
    """
    before_day, before = 0, used_now
    limit = used_now + free_after
    for day, level in zip(days, levels, strict=True):
        if level >= limit:
            share = 0.0 if level == before else (limit - before) / (level - before)
            return before_day + round(max(0.0, share) * (day - before_day))
        before_day, before = day, level
    return None


def _takers(units: Sequence[UnitRoom], zone: TemperatureClass) -> list[UnitRoom]:
    fitting = [
        each
        for each in units
        if each.temperature_class is zone and each.takes_samples and each.free
    ]
    return sorted(fitting, key=lambda each: (-each.free, each.label))
