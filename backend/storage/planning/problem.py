"""What the placement planner is given: lots to place, boxes to put them in, what effort costs.

Everything is a frozen value, so that a problem can be read in one short session, solved with none
open, and checked again by code that shares nothing with the planner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.storage.rules import Position

# How many samples of a lot go into a box, by (lot index, box index); only counts above zero.
Allocation = Mapping[tuple[int, int], int]

NO_CONFLICTS: frozenset[frozenset[str]] = frozenset()
NO_CLASSES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """The working aliquots of a family, or its backups: the samples that belong together."""

    family: str
    is_backup: bool

    @property
    def counterpart(self) -> "Group":
        """The group that must not be lost in the same accident."""
        return Group(family=self.family, is_backup=not self.is_backup)


@dataclass(frozen=True, slots=True)
class Lot:
    """Samples that are interchangeable for placement: one group, one sort, one set of needs.

    ``retrievals_per_sample`` is how often each will be fetched; 0 where nobody knows.
    """

    key: str
    samples: tuple[str, ...]
    group: Group
    project: str
    sample_type: str
    temperature_class: str
    biosafety_level: int
    segregation: str | None = None
    retrievals_per_sample: float = 0.0

    @property
    def size(self) -> int:
        return len(self.samples)


@dataclass(frozen=True, slots=True)
class Box:
    """A box as it stands; ``free_positions`` are usable ones in fill order (blocked ones left out).

    ``free_count`` stands instead of them where only their number was read. ``columns`` says where
    a row ends, and with it which positions are neighbours. ``standing`` says where tubes of groups
    stand already, as far as that was read.
    ``access_s`` is the seconds to walk to it and reach it, counted once per retrieval.
    Full boxes belong in the problem too: what they hold decides who may share their rack and unit.
    """

    key: str
    label: str
    unit: str
    rack: str
    temperature_class: str
    biosafety_level: int
    free_positions: tuple[Position, ...]
    columns: int
    used: int = 0
    projects: frozenset[str] = frozenset()
    groups: frozenset[Group] = frozenset()
    standing: Mapping[Group, tuple[Position, ...]] = field(default_factory=dict)
    segregations: frozenset[str] = frozenset()
    reserved_for: str | None = None
    allowed_types: frozenset[str] = frozenset()
    unit_active: bool = True
    unit_in_alarm: bool = False
    access_s: float = 0.0
    free_count: int | None = None

    @property
    def free(self) -> int:
        return len(self.free_positions) if self.free_count is None else self.free_count


@dataclass(frozen=True, slots=True)
class Weights:
    """Seconds of handling, except ``shared_risk_s``: what a second unit for the backups is worth.

    Door, rack, box, split and mix are the figures of the storage-synth benchmark. A break within a
    box is our own: a second look into an open box, a third of a walk to another one. ``unplaced_s``
    is larger than any single placement can cost, so a sample is left over only when nothing fits.
    """

    door_s: float = 60.0
    rack_s: float = 15.0
    new_box_s: float = 20.0
    split_s: float = 12.0
    break_s: float = 4.0
    mix_s: float = 6.0
    apart_s: float = 10.0
    shared_risk_s: float = 600.0
    unplaced_s: float = 10_000.0

    @property
    def by_term(self) -> dict[str, float]:
        """Seconds that one of each counts, by the terms of `Cost`; what nobody weighs is absent."""
        return {
            "doors": self.door_s,
            "racks": self.rack_s,
            "new_boxes": self.new_box_s,
            "splits": self.split_s,
            "breaks": self.break_s,
            "project_mix": self.mix_s,
            "family_apart": self.apart_s,
            "shared_risk": self.shared_risk_s,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """Lots and boxes in their working order; first-fit walks the boxes exactly in this order.

    ``conflicts`` are pairs of segregation classes that may not share a rack; a class in ``alone``
    shares a box with nothing but itself.
    """

    lots: tuple[Lot, ...]
    boxes: tuple[Box, ...]
    conflicts: frozenset[frozenset[str]] = NO_CONFLICTS
    alone: frozenset[str] = NO_CLASSES
    weights: Weights = field(default_factory=Weights)
