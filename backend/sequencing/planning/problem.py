"""What the queue planner is given: libraries that wait, slots of instruments, what delay costs.

Frozen values, so that a problem is read in one short session, solved with none open, and checked
again by code that shares nothing with the planner. Times are days from the first day planned; costs
are in days that a library of weight 1 is late.
"""

from dataclasses import dataclass, field

from backend.sequencing.indexing.colours import Chemistry, Sight
from backend.sequencing.reference.ids import MixingClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library that waits; ``i5`` is in forward direction, "" for none."""

    key: str
    configuration: str
    """What a run has to be set up as for it: libraries of two configurations share no run."""
    reads_millions: float
    ready: float
    """Day from which it may be loaded."""
    due: float
    """Day by which its run must have ended."""
    weight: float
    i7: str
    i5: str = ""
    umi_cycles: tuple[int, int] = (0, 0)
    """Cycles that UMIs take in the first and the second index read, beside the indexes."""
    barred: frozenset[str] = frozenset()
    """Slots that a person keeps it off."""
    project: str = ""
    assay: str = ""
    library_type: str = ""
    mixing: MixingClass = MixingClass.ANY
    """What else its assay lets into its lane."""
    is_aboard: bool = False
    """Whether it is on a booked run already: it stays on its lane, and what is new comes to it."""

    @property
    def index_cycles(self) -> tuple[int, int]:
        """Return the cycles that its index reads take, UMIs included."""
        return len(self.i7) + self.umi_cycles[0], len(self.i5) + self.umi_cycles[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time in which an instrument can run once, with one flow cell.

    Slots of one instrument that overlap in time are alternatives, such as sizes of flow cell for
    the same day: at most one of them is used.
    """

    key: str
    instrument: str
    start: float
    end: float
    lanes: int
    lane_reads_millions: float
    """What may be planned on one lane, after PhiX, undetermined reads and safety."""
    run_cost: float
    lane_cost: float
    chemistry: Sight = Chemistry.TWO_CHANNEL_RED_GREEN
    i5_reversed: bool = False
    """Whether the instrument reads the other strand's i5."""
    flow_cell: str = ""
    """What is loaded, by its key among the reference data; "" where there is one only."""
    configurations: frozenset[str] | None = None
    """Configurations that its flow cell can be set up for; None is every one."""
    index_cycles: tuple[int, int] | None = None
    """Cycles of its index reads; None is a run whose lengths follow from what is on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A place that a person gave a library; lanes count from 1."""

    library: str
    slot: str
    lane: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixing:
    """What may share a lane beyond what assays say; without a word everything may."""

    single_with_dual: bool = True
    """Libraries of one index beside those of two."""
    unequal_indexes: bool = True
    """Indexes of different lengths on the same side."""
    projects_apart: frozenset[str] = frozenset()
    """Codes of projects that share a lane with no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is bought with delay.

    ``missing_channel`` is for each channel that no library of a lane lights in a cycle of an index
    read; ``dark_cycle`` for a cycle that lights none, None forbids it. ``left_out`` is for each
    library that no lane takes. ``uneven`` is for each lane in use, by the share of its reads, 0-1,
    that it stays below the fullest lane of its run.
    """

    missing_channel: float = 0.5
    dark_cycle: float | None = None
    left_out: float = 1_000.0
    uneven: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a plan depends on."""

    libraries: tuple[Library, ...]
    slots: tuple[Slot, ...]
    pins: tuple[Pin, ...] = ()
    weights: Weights = field(default_factory=Weights)
    mixing: Mixing = field(default_factory=Mixing)
