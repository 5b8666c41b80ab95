"""Facts about plans to move stored tubes, and about whole boxes that moved."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationRequested:
    """Somebody asked how boxes could be freed, or where a unit's contents could go."""

    TYPE: ClassVar[str] = "storage.relocation_requested"
    AGGREGATE: ClassVar[str] = "relocation_plan"

    aggregate_id: UUID
    job_id: UUID
    kind: str
    unit_id: UUID
    incident_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationReady:
    """A plan waits for an answer."""

    TYPE: ClassVar[str] = "storage.relocation_ready"
    AGGREGATE: ClassVar[str] = "relocation_plan"

    aggregate_id: UUID
    requested_by: UUID | None
    kind: str
    unit: str
    tubes: int
    boxes: int
    """Freed boxes of a consolidation; of an evacuation boxes that move whole."""
    without_place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationAgreed:
    """A person accepted a plan or parts of it; ``refused`` had become impossible meanwhile."""

    TYPE: ClassVar[str] = "storage.relocation_accepted"
    AGGREGATE: ClassVar[str] = "relocation_plan"

    aggregate_id: UUID
    pick_list_id: UUID | None
    tubes: int
    boxes: int
    declined: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationClosed:
    """A plan ended without moving anything."""

    TYPE: ClassVar[str] = "storage.relocation_closed"
    AGGREGATE: ClassVar[str] = "relocation_plan"

    aggregate_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxMoved:
    """A box went to another rack with everything in it."""

    TYPE: ClassVar[str] = "storage.box_moved"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    from_path: str
    path: str
    tubes: int
    plan_id: UUID | None
