"""Facts about pools and top-ups."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChanged:
    """What a pool shall be was changed."""

    TYPE: ClassVar[str] = "sequencing.pool_changed"
    AGGREGATE: ClassVar[str] = "library_pool"

    aggregate_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMade:
    """A pool was mixed into a tube."""

    TYPE: ClassVar[str] = "sequencing.pool_made"
    AGGREGATE: ClassVar[str] = "library_pool"

    aggregate_id: UUID
    code: str
    barcode: str
    tubes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCancelled:
    """A pool is not to be sequenced any more."""

    TYPE: ClassVar[str] = "sequencing.pool_cancelled"
    AGGREGATE: ClassVar[str] = "library_pool"

    aggregate_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpProposed:
    """Yields were compared with what was wanted; a person has to decide."""

    TYPE: ClassVar[str] = "sequencing.top_up_proposed"
    AGGREGATE: ClassVar[str] = "pool_top_up"

    aggregate_id: UUID
    pool: str
    libraries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpDecided:
    """A person approved or rejected a top-up; ``made`` is the pool that came of it."""

    TYPE: ClassVar[str] = "sequencing.top_up_decided"
    AGGREGATE: ClassVar[str] = "pool_top_up"

    aggregate_id: UUID
    pool: str
    state: str
    made: str | None
