"""Facts about reference data."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceKept:
    """An entry was added, or has another version in force."""

    TYPE: ClassVar[str] = "sequencing.reference_kept"
    AGGREGATE: ClassVar[str] = "reference_entry"

    aggregate_id: UUID
    kind: str
    key: str
    name: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRetired:
    """An entry is offered no more, or (``is_active``) again."""

    TYPE: ClassVar[str] = "sequencing.reference_retired"
    AGGREGATE: ClassVar[str] = "reference_entry"

    aggregate_id: UUID
    kind: str
    key: str
    name: str
    is_active: bool
