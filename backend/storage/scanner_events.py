"""Facts about rack scanners."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScannerSet:
    """A rack scanner was added or changed."""

    TYPE: ClassVar[str] = "storage.rack_scanner_set"
    AGGREGATE: ClassVar[str] = "rack_scanner"

    aggregate_id: UUID
    name: str
