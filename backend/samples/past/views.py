"""What readers of a sample's past receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from backend.events.views import Json
from backend.samples.ids import Metric, SampleId
from backend.samples.views import HoldView


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredThen:
    """A measured value with what decides which one counts."""

    metric: Metric
    value: Decimal
    measured_at: datetime
    recorded_at: datetime
    key: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceThen:
    """A line of the volume ledger, as far as the past asks."""

    at: datetime
    balance_ul: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastField:
    """One field of the record: what it said then, and what it says today.

    ``is_recorded`` False means that nothing written down tells what it said; ``then`` is None.
    """

    name: str
    then: Json
    is_recorded: bool
    today: Json

    @property
    def differs(self) -> bool:
        """Whether it is known to have said something else."""
        return self.is_recorded and self.then != self.today


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRecord:
    """A sample as it was at an instant. ``barcode`` is the one that it carries today."""

    id: SampleId
    barcode: str
    at: datetime
    registered_at: datetime
    fields: Sequence[PastField]
    holds: Sequence[HoldView]
    """Those that had been set; one that was released later is open."""

    def field(self, name: str) -> PastField:
        """Return a field by its name (replaying.FIELDS)."""
        return next(each for each in self.fields if each.name == name)
