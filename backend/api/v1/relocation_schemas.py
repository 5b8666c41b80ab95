"""What is sent and answered about plans that free boxes or empty a unit."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.paging import PageQuery
from backend.api.routing import ApiInput, ApiOutput
from backend.samples.ids import MaterialType
from backend.storage.ids import PlanState, RelocationKind

LONGEST_CODE = 300
_MOST_BOXES = 10_000


class RelocationsQuery(PageQuery):
    """Plans of which unit, and where the page starts."""

    unit: str | None = Field(default=None, max_length=LONGEST_CODE, description="ULT-03")


class EvacuateIn(ApiInput):
    """The unit that is to be emptied, by its path or barcode."""

    unit: str = Field(min_length=1, max_length=LONGEST_CODE, description="ULT-03")


class ConsolidateIn(EvacuateIn):
    """How many boxes of the unit are to be freed, as many as can be without a number.

    ``boxes`` leaves only these to be freed, by path or barcode. With ``to_other_units`` tubes may
    leave the unit.
    """

    boxes_to_free: int | None = Field(default=None, ge=1, le=_MOST_BOXES)
    boxes: list[str] = Field(default=[], max_length=_MOST_BOXES)
    to_other_units: bool = False


class MoveOut(ApiOutput):
    """A tube into a position, or with ``is_box`` a whole box into a rack."""

    step: int
    is_box: bool
    barcode: str
    material_type: MaterialType | None
    from_path: str
    from_position: str | None
    to_path: str
    to_position: str | None
    tubes: int
    reasons: list[str]
    outcome: str | None


class RuledOut(ApiOutput):
    """What one hard rule took away."""

    rule: str
    boxes: int
    positions: int


class StayOut(ApiOutput):
    """Tubes that stay where they are; ``hidden`` are of projects that are not the caller's."""

    barcodes: list[str]
    hidden: int
    why: str
    boxes_allowed: int
    filters: list[RuledOut]


class RelocationSummaryOut(ApiOutput):
    """How the plan came about. No plan frees more than ``boxes_bound`` boxes."""

    tubes: int
    freed: list[str]
    wanted: int | None
    boxes_bound: int | None
    is_proved: bool
    pinned_boxes: list[str]
    stay: list[StayOut]
    doors: int
    racks: int
    elapsed_s: float


class RelocationOut(ApiOutput):
    """A plan; no plan that frees as many boxes needs fewer than ``bound_moves`` moves."""

    id: UUID
    job_id: UUID
    kind: RelocationKind
    unit_id: UUID
    unit_label: str
    state: PlanState
    incident_id: UUID | None
    requested_by_name: str
    created_at: datetime
    ready_at: datetime | None
    closed_at: datetime | None
    objective_moves: int | None
    bound_moves: int | None
    summary: RelocationSummaryOut | None
    pick_list_id: UUID | None


class RelocationsOut(ApiOutput):
    """Plans, the newest first."""

    items: list[RelocationOut]
    next_cursor: str | None


class RelocationWithMovesOut(ApiOutput):
    """A plan and all of its moves, in order."""

    plan: RelocationOut
    moves: list[MoveOut]


class AcceptIn(ApiInput):
    """The steps to do; without any, all of them."""

    steps: list[int] | None = Field(default=None, min_length=1)


class RefusedOut(ApiOutput):
    """A step that has become impossible, with the reason."""

    step: int
    reason: str


class AcceptedOut(ApiOutput):
    """What is done next: the pick list for tubes, boxes to be carried, and what was refused."""

    picks: str | None
    tubes: int
    boxes: int
    refused: list[RefusedOut]


class DeclineIn(ApiInput):
    """Why the plan is put aside."""

    reason: str = Field(min_length=1, max_length=300)


class CarryIn(ApiInput):
    """The box that was scanned."""

    barcode: str = Field(min_length=1, max_length=LONGEST_CODE)
    rack: str | None = Field(default=None, min_length=1, max_length=LONGEST_CODE)
    """Of the rack that it was put into, to be compared with the plan's; None: not scanned."""


class CarriedOut(ApiOutput):
    """Where the box stands now."""

    sentence: str
