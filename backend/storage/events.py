"""Facts about places and what stands in them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCreated:
    """A place was added to the tree."""

    TYPE: ClassVar[str] = "storage.node_created"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    kind: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlaced:
    """A sample that stood nowhere was put into a position."""

    TYPE: ClassVar[str] = "storage.sample_placed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    placement_id: UUID
    box_id: UUID
    path: str
    position: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMoved:
    """A sample went from one position to another."""

    TYPE: ClassVar[str] = "storage.sample_moved"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    placement_id: UUID
    from_path: str
    from_position: str
    box_id: UUID
    path: str
    position: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTakenOut:
    """A sample left its position."""

    TYPE: ClassVar[str] = "storage.sample_taken_out"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    placement_id: UUID
    path: str
    position: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUndone:
    """A step was taken back; ``path`` and ``position`` say where the sample stands now, if so."""

    TYPE: ClassVar[str] = "storage.step_undone"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    undone_placement_id: UUID
    path: str | None
    position: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNearlyFull:
    """A unit passed 95 % on its way up."""

    TYPE: ClassVar[str] = "storage.unit_nearly_full"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    label: str
    used: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequested:
    """Somebody asked where samples could go."""

    TYPE: ClassVar[str] = "storage.plan_requested"
    AGGREGATE: ClassVar[str] = "placement_plan"

    aggregate_id: UUID
    job_id: UUID
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReady:
    """A plan waits for an answer. Seconds are handling effort."""

    TYPE: ClassVar[str] = "storage.plan_ready"
    AGGREGATE: ClassVar[str] = "placement_plan"

    aggregate_id: UUID
    requested_by: UUID | None
    placements: int
    left_over: int
    objective_s: float
    first_fit_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAccepted:
    """A person accepted a plan, or parts of it; ``refused`` had become impossible meanwhile."""

    TYPE: ClassVar[str] = "storage.plan_accepted"
    AGGREGATE: ClassVar[str] = "placement_plan"

    aggregate_id: UUID
    placed: int
    declined: int
    refused: int
    job_id: UUID | None = None
    """The job of the worker who did it; None where it was done at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceUndone:
    """An accepted plan was taken back; ``kept`` had moved on since and stay where they are."""

    TYPE: ClassVar[str] = "storage.acceptance_undone"
    AGGREGATE: ClassVar[str] = "placement_plan"

    aggregate_id: UUID
    taken_back: int
    kept: int
    job_id: UUID | None = None
    """The job of the worker who did it; None where it was done at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanClosed:
    """A plan ended without moving anything: dismissed, cancelled or failed."""

    TYPE: ClassVar[str] = "storage.plan_closed"
    AGGREGATE: ClassVar[str] = "placement_plan"

    aggregate_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScanned:
    """A scan of a rack was read and waits for an answer; nothing has moved."""

    TYPE: ClassVar[str] = "storage.rack_scanned"
    AGGREGATE: ClassVar[str] = "rack_scan"

    aggregate_id: UUID
    box_id: UUID
    path: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScanCommitted:
    """Locations follow a scan now; the audit trail has an entry for each sample that moved."""

    TYPE: ClassVar[str] = "storage.rack_scan_committed"
    AGGREGATE: ClassVar[str] = "rack_scan"

    aggregate_id: UUID
    box_id: UUID
    path: str
    sha256: str
    placed: int
    taken_out: int
    unverified: int
    verified: int
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScanClosed:
    """A scan ended without moving anything, or what it had moved was taken back."""

    TYPE: ClassVar[str] = "storage.rack_scan_closed"
    AGGREGATE: ClassVar[str] = "rack_scan"

    aggregate_id: UUID
    box_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSpilled:
    """The tubes of a box fell out; each is unverified until it is put back."""

    TYPE: ClassVar[str] = "storage.box_spilled"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    path: str
    tubes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpillEnded:
    """Nothing of a spilled box is looked for any more; ``left`` had not been put back."""

    TYPE: ClassVar[str] = "storage.spill_ended"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    path: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeVerified:
    """A tube of a spilled box was scanned and put back where it stood."""

    TYPE: ClassVar[str] = "storage.tube_verified"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    placement_id: UUID
    path: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListMade:
    """Tubes are to be fetched, in the order of their places; nothing has moved."""

    TYPE: ClassVar[str] = "storage.pick_list_made"
    AGGREGATE: ClassVar[str] = "pick_list"

    aggregate_id: UUID
    number: int
    title: str
    purpose: str
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickAnswered:
    """A line of a pick list was answered; ``outcome`` is None where an answer was taken back."""

    TYPE: ClassVar[str] = "storage.pick_answered"
    AGGREGATE: ClassVar[str] = "pick_list"

    aggregate_id: UUID
    sample_id: UUID
    step: int
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListEnded:
    """A pick list is done, or was closed with ``left`` lines without an answer."""

    TYPE: ClassVar[str] = "storage.pick_list_ended"
    AGGREGATE: ClassVar[str] = "pick_list"

    aggregate_id: UUID
    state: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryStarted:
    """A physical audit began. ``seed`` and ``share`` let its sample be drawn again."""

    TYPE: ClassVar[str] = "storage.inventory_started"
    AGGREGATE: ClassVar[str] = "inventory_audit"

    aggregate_id: UUID
    title: str
    purpose: str
    share: float
    seed: int
    boxes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryBoxChecked:
    """A box was looked at; ``checked`` are the tubes that count, of which ``correct`` were."""

    TYPE: ClassVar[str] = "storage.inventory_box_checked"
    AGGREGATE: ClassVar[str] = "inventory_audit"

    aggregate_id: UUID
    box_id: UUID
    path: str
    method: str
    checked: int
    correct: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryEscalated:
    """Errors made a physical audit look at more: a whole box, its rack or its unit."""

    TYPE: ClassVar[str] = "storage.inventory_escalated"
    AGGREGATE: ClassVar[str] = "inventory_audit"

    aggregate_id: UUID
    level: str
    path: str
    added: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryClosed:
    """A physical audit ended; ``left`` boxes were not looked at."""

    TYPE: ClassVar[str] = "storage.inventory_closed"
    AGGREGATE: ClassVar[str] = "inventory_audit"

    aggregate_id: UUID
    checked: int
    correct: int
    boxes: int
    left: int
