"""What readers of the event log and the audit trail receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A stamped event as consumers see it."""

    pos: int
    event_id: UUID
    aggregate_type: str
    aggregate_id: UUID
    seq: int
    type: str
    payload: Mapping[str, Json]
    actor_id: UUID | None
    actor_name: str
    at: datetime
    in_order: bool = True
    """Whether the thing's previous event stands before this one; anything else is a defect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """One audit entry and whether the chain has sealed it yet."""

    id: int
    at: datetime
    actor_name: str
    origin: str
    request_id: str
    action: str
    entity: str
    entity_id: UUID
    old_values: Mapping[str, Json] | None
    new_values: Mapping[str, Json] | None
    reason: str | None
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterView:
    """An event that a consumer could not apply (attempts > 0) or that waits behind one (0)."""

    id: UUID
    consumer: str
    event_pos: int
    event_type: str
    aggregate_type: str
    aggregate_id: UUID
    error: str
    attempts: int
    first_at: datetime
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilters:
    """Which entries of the trail: ``action`` is a prefix, ``actor`` any part of a name.

    ``since`` is included, ``until`` is not; None asks for nothing.
    """

    action: str | None = None
    actor: str | None = None
    entity: str | None = None
    entity_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """The first sealed entry that does not follow from those before it, as it reads now."""

    pos: int
    entry_id: int
    at: datetime
    actor_name: str
    action: str
    entity: str
    entity_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """Result of walking the audit chain."""

    sealed: int
    unsealed: int
    first_broken_pos: int | None
    broken: BrokenLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What following the chain from a known link on has found."""

    walked: int
    last_pos: int
    last_hash: bytes
    first_broken_pos: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChain:
    """One check of the chain before it is written down."""

    is_whole: bool
    started_at: datetime
    from_pos: int
    to_pos: int
    to_hash: bytes
    broken_pos: int | None
    said: str | None
    """The sentence that says what is wrong; None where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheckView:
    """A check that the program made by itself: from where, to where, and what it found."""

    at: datetime
    is_whole: bool
    from_pos: int
    to_pos: int
    broken_pos: int | None
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainChecks:
    """How the chain stands: the newest check, and the newest that began at the first entry."""

    last: ChainCheckView | None
    whole: ChainCheckView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChain:
    """How the entries of one record stand in the chain."""

    sealed: int
    unsealed: int
    verified: int
    """Sealed entries that the newest check, or one before it, has followed and found right."""
    checks: ChainChecks
