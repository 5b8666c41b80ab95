"""The facts of a sample's arrival."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRecorded:
    """A sample was received and what was found was written down."""

    TYPE: ClassVar[str] = "samples.arrival_recorded"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalCorrected:
    """What was written of a sample's arrival was wrong and says something else now."""

    TYPE: ClassVar[str] = "samples.arrival_corrected"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    conditions: tuple[str, ...]
