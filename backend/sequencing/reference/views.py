"""What readers of reference data receive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

from backend.sequencing.reference.content import (
    AssayContent,
    ChemistryContent,
    Content,
    FlowCellContent,
    IndexKitContent,
    PlatformContent,
    QueuePlanningContent,
    RecipeContent,
)
from backend.sequencing.reference.ids import EntryId, ReferenceKind, VersionId

C_co = TypeVar("C_co", bound=Content, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionOf(Generic[C_co]):
    """A version of an entry, frozen. ``name`` and ``is_active`` are the entry's now."""

    entry_id: EntryId
    kind: ReferenceKind
    key: str
    name: str
    is_active: bool
    version_id: VersionId
    number: int
    content: C_co
    source: str
    reason: str
    made_by_name: str
    made_at: datetime


ReferenceView: TypeAlias = VersionOf[Content]
Platform: TypeAlias = VersionOf[PlatformContent]
FlowCell: TypeAlias = VersionOf[FlowCellContent]
ChemistryOf: TypeAlias = VersionOf[ChemistryContent]
IndexKit: TypeAlias = VersionOf[IndexKitContent]
Recipe: TypeAlias = VersionOf[RecipeContent]
Assay: TypeAlias = VersionOf[AssayContent]
PlanningSettings: TypeAlias = VersionOf[QueuePlanningContent]


@dataclass(frozen=True, slots=True)
class Make:
    """What a sequencer is booked with."""

    flow_cell: FlowCell
    platform: Platform
    chemistry: ChemistryOf
