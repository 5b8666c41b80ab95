"""Facts about the kits of libraries."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryKitNamed:
    """A person said with which kit a library was made."""

    TYPE: ClassVar[str] = "sequencing.library_kit_named"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    kit: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryKitTakenBack:
    """What a person had said of a library's kit does not count any more."""

    TYPE: ClassVar[str] = "sequencing.library_kit_taken_back"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    kit: str
