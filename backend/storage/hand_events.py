"""Facts about tubes in people's hands and blocks of tubes that were moved together."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTakenInHand:
    """A sample left its position (None: it stood nowhere) for somebody's hand, on its way."""

    TYPE: ClassVar[str] = "storage.sample_taken_in_hand"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    user_id: UUID
    user_name: str
    placement_id: UUID | None
    path: str | None
    position: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePutDown:
    """A sample that stood nowhere before left somebody's hand and waits for a place again."""

    TYPE: ClassVar[str] = "storage.sample_put_down"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    user_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandReminded:
    """A person was reminded of what they have had in hand for more than an hour."""

    TYPE: ClassVar[str] = "storage.hand_reminded"
    AGGREGATE: ClassVar[str] = "hand_tray"

    aggregate_id: UUID
    holder_id: UUID
    tubes: int
    first: list[str]
    """Some of their barcodes, the longest out first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandEscalated:
    """Somebody has had tubes in hand for more than four hours."""

    TYPE: ClassVar[str] = "storage.hand_escalated"
    AGGREGATE: ClassVar[str] = "hand_tray"

    aggregate_id: UUID
    name: str
    tubes: int
    first: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockShifted:
    """Tubes were moved into a box in one step; ``displaced`` gave way to them."""

    TYPE: ClassVar[str] = "storage.block_moved"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    block_id: UUID
    path: str
    moved: int
    displaced: int
    conflict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTakenBack:
    """The move of a block was taken back."""

    TYPE: ClassVar[str] = "storage.block_undone"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    block_id: UUID
    path: str
    tubes: int
