"""Facts about places as a whole: made, opened, closed, to be emptied."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMade:
    """A whole unit was made from a type, with everything in it."""

    TYPE: ClassVar[str] = "storage.unit_made"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    path: str
    unit_type: str
    version: int
    """Of the type, as it was then."""
    places: dict[str, int]
    """Inside it, by kind."""
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatusChanged:
    """A unit was opened, closed, kept as backup or retired; ``move_back_on`` is an ISO date."""

    TYPE: ClassVar[str] = "storage.unit_status_changed"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    label: str
    status: str
    reason: str
    move_back_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBackDue:
    """The day has come on which a backup unit's contents were to be moved back."""

    TYPE: ClassVar[str] = "storage.move_back_due"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    label: str
    due_on: str
    samples: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesImported:
    """The places of a file that were missing were made; ``places`` counts them by kind."""

    TYPE: ClassVar[str] = "storage.places_imported"
    AGGREGATE: ClassVar[str] = "places_file"

    aggregate_id: UUID
    file_name: str
    places: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRenamed:
    """A place is called otherwise; ``places`` counts the addresses that changed with it."""

    TYPE: ClassVar[str] = "storage.node_renamed"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    kind: str
    from_path: str
    path: str
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRemoved:
    """A place in which never anything stood is gone, with the places in it."""

    TYPE: ClassVar[str] = "storage.node_removed"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    kind: str
    path: str
    places: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeClosed:
    """A place with a history takes nothing any more and is offered nowhere, with all in it."""

    TYPE: ClassVar[str] = "storage.node_closed"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    kind: str
    path: str
    places: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReopened:
    """A closed place takes samples again, with what was closed together with it."""

    TYPE: ClassVar[str] = "storage.node_reopened"
    AGGREGATE: ClassVar[str] = "storage_node"

    aggregate_id: UUID
    kind: str
    path: str
    places: int
