"""Facts about incidents."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened:
    """An alarm opened an incident."""

    TYPE: ClassVar[str] = "incidents.opened"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    kind: str
    units: tuple[str, ...]
    began_at: str
    storm_version: int | None = None
    """Of the common rule by which its units are one matter; None of one unit alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWidened:
    """More units went out of range at the same time: one matter, not several."""

    TYPE: ClassVar[str] = "incidents.widened"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    units: tuple[str, ...]
    storm_version: int | None = None
    """Of the common rule by which they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMerged:
    """Everything of an incident went into another one."""

    TYPE: ClassVar[str] = "incidents.merged"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentContained:
    """Every unit of an incident is back in range, or said to be, and its alarms are over."""

    TYPE: ClassVar[str] = "incidents.contained"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    ended_at: str
    by_word: tuple[str, ...] = ()
    """Units of which a person says so: no thermometer was heard there."""
    out_of_use: tuple[str, ...] = ()
    """Units that are empty and out of use, in which nothing can be too warm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSaidBack:
    """A person says that a unit is back in range in which no thermometer is heard."""

    TYPE: ClassVar[str] = "incidents.said_back"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReopened:
    """A unit went out of range again before anybody closed its incident."""

    TYPE: ClassVar[str] = "incidents.reopened"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTaken:
    """A person looks after the incident."""

    TYPE: ClassVar[str] = "incidents.taken"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    owner_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsDecided:
    """A person accepted or declined proposed holds; each accepted one has its own entry."""

    TYPE: ClassVar[str] = "incidents.holds_decided"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    accepted: bool
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerTold:
    """What of a person's projects stood in the incident; one such a person and incident."""

    TYPE: ClassVar[str] = "incidents.owner_told"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    owner_id: UUID
    units: tuple[str, ...]
    projects: tuple[str, ...]
    samples: int
    proposed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvacuationAsked:
    """A plan to empty a unit of the incident was asked for."""

    TYPE: ClassVar[str] = "incidents.evacuation_asked"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    plan_id: UUID
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosedSigned:
    """A person said why it happened, what was done and what becomes of the samples, and signed."""

    TYPE: ClassVar[str] = "incidents.closed"
    AGGREGATE: ClassVar[str] = "incident"

    aggregate_id: UUID
    code: str
    signer_name: str
    disposition: str
