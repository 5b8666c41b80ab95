"""What readers of a run plan receive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from backend.sequencing.ids import I5Orientation, PoolId, RunId, RunState
from backend.sequencing.indexing.colours import Sight
from backend.sequencing.indexing.picking import KitIndex
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.views import LibraryKit
from backend.sequencing.released.facts import Check
from backend.sequencing.released.ids import ReleaseId
from backend.sequencing.released.platforms import Platform
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.views import LaneLibrary, PoolLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A pool on a lane; reads are of all its libraries from there, millions."""

    pool_id: PoolId
    pool_code: str
    lane: int
    reads_millions: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release of a run. ``stands`` says that it holds for what is on the lanes now."""

    id: ReleaseId
    run_code: str
    number: int
    dialect: Dialect
    sha256: str
    released_by_name: str
    released_at: datetime
    meaning: str
    flow_cell: str
    reagent_kit: str
    stands: bool
    void_reason: str
    """Why it holds no more; "" while it does."""

    @property
    def label(self) -> str:
        """Return what people call it: run and number."""
        return f"{self.run_code} v{self.number}"

    @property
    def file_name(self) -> str:
        """Return the name under which its sheet is handed out."""
        return f"{self.run_code}-v{self.number}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A run in the list of plans."""

    code: str
    instrument: str
    model: str
    state: RunState
    start: datetime
    end: datetime
    pools: int
    libraries: int
    lanes_used: int
    lanes: int
    release: int | None
    """Number of the release that is not voided, None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """A run with all that is on its lanes. ``usable_millions`` may be planned on one lane."""

    id: RunId
    code: str
    instrument: str
    model: str
    platform: Platform | None
    orientation: I5Orientation
    state: RunState
    start: datetime
    end: datetime
    lanes: int
    usable_millions: float
    lane_millions: float
    loads: Sequence[Load]
    pools: Sequence[PoolLine]
    libraries: Sequence[LaneLibrary]
    cycles: Cycles
    """Of the recipe, else those that the libraries ask for."""
    recipe: str
    """Name and version of its recipe, "" without one."""
    checks: Sequence[Check]
    releases: Sequence[ReleaseView]
    lanes_sha256: str
    """Of what is on the lanes: equal as long as nothing on them has changed."""
    kits: Mapping[UUID, LibraryKit] = field(default_factory=dict)
    """By library the kit that it was made with, those left out of which nobody can say it."""

    @property
    def chemistry(self) -> Sight | None:
        """Return in how many colours the sequencer sees, None when that is not known."""
        return self.platform.chemistry if self.platform else None

    @property
    def standing(self) -> ReleaseView | None:
        """Return the release that holds now."""
        return next((each for each in self.releases if each.stands), None)

    def phix_share(self, lane: int) -> float:
        """Return the share of PhiX on a lane, 0–1: its pools' by their reads there."""
        shares = {each.id: float(each.phix_percent) / 100 for each in self.pools}
        there = [each for each in self.loads if each.lane == lane]
        reads = sum(float(each.reads_millions) for each in there)
        phix = sum(float(each.reads_millions) * shares[each.pool_id] for each in there)
        return phix / reads if reads else 0.0

    def pool_code(self, key: UUID) -> str:
        """Return what people call one of the run's pools."""
        return next(each.code for each in self.pools if each.id == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPools:
    """Pools that a run could take, each with its lane."""

    lines: Sequence[tuple[PoolLine, int | None]]
    """Each for itself: the emptiest lane that takes it, None without one."""
    suggested: Sequence[tuple[PoolLine, int]]
    """Those that fit beside one another and what is there, in the order in which they wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindexing:
    """A library of a lane that would be told apart with another pair of its kit."""

    barcode: str
    request_code: str
    before: str
    """Its pair now, i7 and i5, forward."""
    index: KitIndex
    """The free pair of the kit that it would get."""
    is_prepared: bool
    """It carries its pair: it has to be prepared anew, and keeps the pair until then."""
    source: str
    """Barcode of the sample that it was made of; "" where none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRepair:
    """The smallest change of indexes that mends a lane; ``why_not`` where there is none."""

    lane: int
    kit: str
    kit_source: KitSource
    """How it is known that the lane's libraries are of the kit."""
    swaps: Sequence[Reindexing]
    why_not: str

    @property
    def open_swaps(self) -> list[Reindexing]:
        """Return those that can be done at once: their libraries are not prepared yet."""
        return [each for each in self.swaps if not each.is_prepared]
