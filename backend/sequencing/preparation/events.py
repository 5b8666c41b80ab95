"""Facts about libraries at the bench."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReceived:
    """A delivery of reagents was written down."""

    TYPE: ClassVar[str] = "sequencing.lot_received"
    AGGREGATE: ClassVar[str] = "reagent_lot"

    aggregate_id: UUID
    kit: str
    lot: str
    expires_on: date
    reactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotChanged:
    """A lot was opened, used, or counted anew."""

    TYPE: ClassVar[str] = "sequencing.lot_changed"
    AGGREGATE: ClassVar[str] = "reagent_lot"

    aggregate_id: UUID
    lot: str
    reactions_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolSaved:
    """A draft of a protocol was saved or published."""

    TYPE: ClassVar[str] = "sequencing.protocol_saved"
    AGGREGATE: ClassVar[str] = "library_protocol"

    aggregate_id: UUID
    name: str
    version: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetChanged:
    """A worksheet was made, changed, started, done or cancelled."""

    TYPE: ClassVar[str] = "sequencing.worksheet_changed"
    AGGREGATE: ClassVar[str] = "library_worksheet"

    aggregate_id: UUID
    code: str
    act: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryMade:
    """A library came out of a well, with its indexes."""

    TYPE: ClassVar[str] = "sequencing.library_made"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    worksheet: str
    well: str
    index_i7: str | None
    index_i5: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsKept:
    """An instrument's file was looked at and kept."""

    TYPE: ClassVar[str] = "sequencing.readings_kept"
    AGGREGATE: ClassVar[str] = "library_worksheet"

    aggregate_id: UUID
    code: str
    file_name: str
    readings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateJudged:
    """The controls of a worksheet were judged, or a person decided about its libraries."""

    TYPE: ClassVar[str] = "sequencing.gate_judged"
    AGGREGATE: ClassVar[str] = "library_worksheet"

    aggregate_id: UUID
    code: str
    gate: str
    reasons: tuple[str, ...]
