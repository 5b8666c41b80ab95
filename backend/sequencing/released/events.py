"""Facts about releases of runs."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReleased:
    """Somebody signed for a run; its sample sheet is kept."""

    TYPE: ClassVar[str] = "sequencing.run_released"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    number: int
    dialect: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseVoided:
    """What a run was released with has changed; it has to be released again."""

    TYPE: ClassVar[str] = "sequencing.release_voided"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMovedToLane:
    """A pool went to another lane of its run, or onto a run."""

    TYPE: ClassVar[str] = "sequencing.pool_moved_to_lane"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    pool: str
    from_lane: int | None
    to_lane: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingConfirmed:
    """Somebody looked at the lanes of a run and confirmed that they are loaded as planned."""

    TYPE: ClassVar[str] = "sequencing.loading_confirmed"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    lanes_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryReindexed:
    """A library that is not prepared yet is to get another index pair."""

    TYPE: ClassVar[str] = "sequencing.library_reindexed"
    AGGREGATE: ClassVar[str] = "sequencing_request"

    aggregate_id: UUID
    code: str
    barcode: str
    index: str
    """Name of the pair in its kit."""
    run: str
    lane: int
