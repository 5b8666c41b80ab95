"""What loggers send, and what became of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one reading. Only an accepted one has changed anything."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    """It is there already, the same."""
    DIFFERS = "differs"
    """There is another value of this instant already; the first stays."""
    NO_MEASUREMENT = "no_measurement"
    """Nothing, no number, or an error code of the probe: a gap."""
    IMPLAUSIBLE = "implausible"
    """Outside what a sensor of its kind can measure; not kept."""
    UNKNOWN_SENSOR = "unknown_sensor"
    """No such sensor, or not one that the sender may record for."""
    NOT_CONNECTED = "not_connected"
    """The sensor stood in no unit then, or in none that the sender may record for."""
    FUTURE = "future"
    TOO_OLD = "too_old"
    """From before the months that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReading:
    """A number that a sensor sent, as it said it; None says that nothing was measured."""

    code: str
    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of each reading, in the order in which they were sent."""

    outcomes: tuple[Outcome, ...]

    def counts(self) -> dict[Outcome, int]:
        """Return how many had which outcome, zeros too, in the order of the outcomes."""
        counted = Counter(self.outcomes)
        return {outcome: counted[outcome] for outcome in Outcome}
