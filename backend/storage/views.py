"""What readers of storage receive. Fractions are 0–1."""

from dataclasses import dataclass, field
from datetime import date, datetime

from backend.samples.ids import (
    Custody,
    HoldKind,
    MaterialType,
    QcVerdict,
    SampleId,
    TemperatureClass,
)
from backend.storage.ids import (
    Doubt,
    NodeId,
    NodeKind,
    PlacementId,
    PlanId,
    PlanState,
    UnitStatus,
)
from backend.storage.rules import BoxShape, Position
from backend.work.ids import ALIVE, JobId, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """Positions in use and positions that may be used."""

    used: int
    capacity: int

    @property
    def used_fraction(self) -> float:
        """Share in use; 0 where there is no position at all."""
        return self.used / self.capacity if self.capacity else 0.0

    @property
    def free(self) -> int:
        return self.capacity - self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOccupancy(Occupancy):
    """All boxes of one temperature class."""

    temperature_class: TemperatureClass
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOccupancy(Occupancy):
    """All boxes of one freezer, fridge or cabinet."""

    unit_id: NodeId
    label: str
    temperature_class: TemperatureClass | None
    status: UnitStatus
    status_reason: str = ""
    move_back_on: date | None = None
    """When what stands in a backup unit is to be back in its own place."""
    loose: int = 0
    """Samples in loose places of no capacity: they are in no share, and not in ``used``."""

    @property
    def samples(self) -> int:
        """All that stand in it, the loose ones too."""
        return self.used + self.loose


@dataclass(frozen=True, slots=True, kw_only=True)
class Fullness:
    """How full everything is: units by label, zones the coldest first."""

    units: list[UnitOccupancy]
    zones: list[ZoneOccupancy]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOccupancy(Occupancy):
    """A zone at the end of a day."""

    day: date
    temperature_class: TemperatureClass


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView(Occupancy):
    """A place with what stands below it; ``children`` are in shelf order, boxes are left out."""

    id: NodeId
    parent_id: NodeId | None
    kind: NodeKind
    label: str
    path: str
    temperature_class: TemperatureClass | None
    status: UnitStatus
    setpoint_c: float | None
    status_reason: str = ""
    move_back_on: date | None = None
    in_alarm: bool = False
    """A unit with an open temperature alarm."""
    loose: int = 0
    """Samples in loose places of no capacity: they are in no share, and not in ``used``."""
    children: tuple["NodeView", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxView(Occupancy):
    """A box from outside. A loose place of no capacity has no share in use."""

    id: NodeId
    unit_id: NodeId
    unit_label: str
    rack_id: NodeId | None
    kind: NodeKind
    label: str
    path: str
    barcode: str | None
    shape: BoxShape
    temperature_class: TemperatureClass | None
    biosafety_level: int
    status: UnitStatus
    """Of its unit."""
    reserved_for: str | None
    """Project code."""
    allowed_types: frozenset[str]
    is_closed: bool = False

    @property
    def is_loose(self) -> bool:
        """Whether it has no grid: a bag, a drawer, a shelf on which tubes lie."""
        return self.shape.is_loose

    @property
    def free(self) -> int:
        """How many tubes it takes still; of a loose place that nobody has measured, its numbers."""
        return (self.capacity if self.has_share else self.shape.capacity) - self.used

    @property
    def has_share(self) -> bool:
        """Whether it can be said how full it is."""
        return self.capacity > 0 or not self.is_loose

    @property
    def size_words(self) -> str:
        """Say its size as refusals do: ``has 9 rows and 9 columns``."""
        if self.is_loose:
            return f"is a loose place with the numbers 1 to {self.shape.columns:,}"
        return f"has {self.shape.rows} rows and {self.shape.columns} columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeView:
    """What stands in a position. Of samples that the reader may not see only the place is told."""

    position: Position
    placement_id: PlacementId
    placed_at: datetime
    sample_id: SampleId | None
    barcode: str | None
    name: str | None
    project_code: str | None
    material_type: MaterialType | None
    volume_ul: float | None
    qc_verdict: QcVerdict | None
    created_at: datetime | None
    subject_code: str | None
    thaws: int | None
    doubt: Doubt | None = None
    """Why it is not sure that it stands here."""
    placed_by: str = ""
    concentration_ng_per_ul: float | None = None
    parent_barcode: str | None = None
    """Of the tube that it was taken from, where the reader may see that one."""
    holds: tuple[HoldKind, ...] = ()
    """Open ones, by name."""
    expires_on: date | None = None
    """The last day on which it is good; None where nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedView:
    """A position that must stay empty."""

    position: Position
    reason: str
    reserved_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxContents:
    """A box from inside, tubes in fill order."""

    box: BoxView
    tubes: tuple[TubeView, ...]
    blocked: tuple[BlockedView, ...]

    def taken(self) -> frozenset[Position]:
        """Positions where nothing can be put."""
        tubes = {tube.position for tube in self.tubes}
        return frozenset(tubes | {spot.position for spot in self.blocked})


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationView:
    """Where a sample stands."""

    path: str
    position: str
    unit_id: NodeId
    unit_label: str

    @property
    def label(self) -> str:
        """Freezer/box/position, as people say it: ULT-08/B-0772/C4."""
        return f"{self.unit_label}/{self.path.rpartition('/')[2]}/{self.position}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementView:
    """One stay of a sample in a position; ``removed_at`` is None while it lasts."""

    id: PlacementId
    sample_id: SampleId
    box_id: NodeId
    path: str
    position: str
    source: str
    placed_at: datetime
    placed_by: str
    removed_at: datetime | None
    removed_by: str | None
    removal_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedSample:
    """A sample that stands nowhere, in the order in which it came."""

    id: SampleId
    barcode: str
    name: str
    project_code: str
    material_type: MaterialType
    temperature_class: TemperatureClass
    custody: Custody


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlacementView:
    """One line of a plan; ``outcome`` is None while nobody has answered."""

    step: int
    sample_id: SampleId
    barcode: str
    material_type: MaterialType
    box_id: NodeId
    path: str
    position: Position
    reasons: tuple[str, ...]
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan and how good it is; seconds are handling effort, None until the plan is ready."""

    id: PlanId
    job_id: JobId
    state: PlanState
    requested_by_name: str
    created_at: datetime
    ready_at: datetime | None
    objective_s: float | None
    first_fit_s: float | None
    bound_s: float | None
    summary: "PlanSummary | None"
    closed_at: datetime | None = None
    answer: "PlanAnswer | None" = None
    """The last answer that a worker carried out, or is to; None where it was done at once."""
    placements: tuple[PlannedPlacementView, ...] = ()

    @property
    def gap_fraction(self) -> float | None:
        """How far it may still be from the best plan, 0–1; None where nothing is proven."""
        if self.bound_s is None or self.objective_s is None:
            return None
        if self.objective_s <= 0:
            return 0.0
        return max(0.0, (self.objective_s - self.bound_s) / self.objective_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer:
    """A worker's job that accepts a plan or takes that back: all of it, or nothing."""

    job_id: JobId
    job_state: JobState
    error: str | None

    @property
    def is_alive(self) -> bool:
        return self.job_state in ALIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """What one hard rule took away."""

    rule: str
    boxes: int
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsideredView:
    """What the hard rules left for one sort of sample."""

    material_type: str
    temperature_class: str
    samples: int
    boxes_allowed: int
    positions_allowed: int
    filters: tuple[FilterView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOverView:
    """Alike samples that got no place, and what each hard rule took away from them."""

    barcodes: tuple[str, ...]
    material_type: str
    temperature_class: str
    filters: tuple[FilterView, ...]
    boxes_allowed: int
    """Boxes that no rule refuses: above nought, other samples of the plan have filled them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """How the plan came about."""

    samples: int
    left_over: tuple[LeftOverView, ...]
    ended: str
    bound_kind: str | None
    elapsed_s: float
    terms_s: dict[str, float]
    first_fit_terms_s: dict[str, float]
    considered: tuple[ConsideredView, ...]
    weights_s: dict[str, float] = field(default_factory=dict)
    """What one of each counts in the objective; empty in plans from before they were kept."""

    @property
    def without_place(self) -> int:
        """Samples for which no position was found."""
        return sum(len(left.barcodes) for left in self.left_over)

    @property
    def placed(self) -> int:
        """Samples that got a position."""
        return self.samples - self.without_place


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """What became of one line of an accepted plan; ``refused`` is a sentence, None when placed."""

    sample_id: SampleId
    barcode: str
    refused: str | None
