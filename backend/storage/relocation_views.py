"""What readers of consolidations and evacuations receive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.samples.ids import MaterialType, SampleId
from backend.storage.ids import NodeId, PlanState, RelocationKind, RelocationPlanId
from backend.storage.rules import Position
from backend.storage.views import FilterView
from backend.work.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationMoveView:
    """A line: a tube into a position, or (``sample_id`` None) a whole box into a rack."""

    step: int
    sample_id: SampleId | None
    barcode: str
    """Of the tube, or the label of the box."""
    material_type: MaterialType | None
    from_box_id: NodeId
    from_path: str
    from_position: Position | None
    to_path: str
    to_position: Position | None
    tubes: int
    reasons: tuple[str, ...]
    outcome: str | None

    @property
    def is_box(self) -> bool:
        return self.sample_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortView:
    """Alike tubes, and what every hard rule took away from them."""

    material_type: str
    temperature_class: str
    tubes: int
    boxes_allowed: int
    filters: tuple[FilterView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """Tubes that stay where they are, and why; ``sort`` where rules kept them out of boxes."""

    barcodes: tuple[str, ...]
    hidden: int
    """Tubes of projects that the person is not in, beyond the barcodes."""
    why: str
    boxes_allowed: int
    filters: tuple[FilterView, ...]

    @property
    def tubes(self) -> int:
        return len(self.barcodes) + self.hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationSummary:
    """How the plan came about. Boxes are paths; ``doors`` and ``racks`` are those to be opened."""

    tubes: int
    """That stand in the boxes in question."""
    freed: tuple[str, ...]
    wanted: int | None
    boxes_bound: int | None
    """No plan frees more of the boxes; None for evacuations."""
    is_proved: bool
    pinned_boxes: tuple[str, ...]
    stay: tuple[StayView, ...]
    considered: tuple[SortView, ...]
    doors: int
    racks: int
    elapsed_s: float

    @property
    def without_place(self) -> int:
        return sum(each.tubes for each in self.stay)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationPlanView:
    """A plan and how good it is; the counts are None until it is ready."""

    id: RelocationPlanId
    job_id: JobId
    kind: RelocationKind
    unit_id: NodeId
    unit_label: str
    state: PlanState
    incident_id: UUID | None
    requested_by_name: str
    created_at: datetime
    ready_at: datetime | None
    closed_at: datetime | None
    objective_moves: int | None
    bound_moves: int | None
    summary: RelocationSummary | None
    pick_list_id: UUID | None
    moves: tuple[RelocationMoveView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationAccepted:
    """What became of the chosen lines; ``refused`` are sentences by step."""

    pick_list_id: UUID | None
    tubes: int
    boxes: int
    refused: dict[int, str]
