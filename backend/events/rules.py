"""What an event is: a frozen dataclass whose class says its type and what it speaks of."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import ClassVar, Final, Protocol
from uuid import UUID

from backend.events.views import Json

MOST_ATTEMPTS: Final = 8
"""After so many failures of one event at one consumer a person decides."""

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0


class Event(Protocol):
    """A past-tense fact: ``TYPE`` is ``domain.thing_happened``; ``AGGREGATE`` names the thing.

    Fields other than ``aggregate_id`` are the payload: small, and nothing secret.
    """

    TYPE: ClassVar[str]
    AGGREGATE: ClassVar[str]

    @property
    def aggregate_id(self) -> UUID:
        """Key of the thing that the fact is about."""


def payload_of(event: Event) -> dict[str, Json]:
    """Return the event's fields as JSON values, without the aggregate's own key."""
    fields = dataclasses.fields(event)  # type: ignore[arg-type]  # events are dataclasses
    return {f.name: as_json(getattr(event, f.name)) for f in fields if f.name != "aggregate_id"}


def topic_of(event_type: str) -> str:
    """Return the live topic of an event type: its domain."""
    return event_type.partition(".")[0]


def pause_s(attempts: int, jitter: float) -> float:
    """Return the pause after so many failed attempts; ``jitter`` 0–1 spreads it over 50–150 %."""
    doubled: float = _FIRST_PAUSE_S * 2 ** min(attempts - 1, 10)
    return min(doubled, _LONGEST_PAUSE_S) * (0.5 + jitter)


def as_json(value: object) -> Json:
    """Return a value as JSON: decimals as text (exact), instants in ISO 8601, keys as text.

    Raises:
        TypeError: a value that has no JSON form; a defect of the caller.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, (str, UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return _container_as_json(value)


def _container_as_json(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")
