"""What readers receive about how a sample arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backend.samples.ids import ArrivalCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalCorrectionView:
    """What an arrival said until somebody corrected it, and why they did."""

    conditions: Sequence[ArrivalCondition]
    temperature_c: Decimal | None
    note: str
    reason: str
    corrected_by_name: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalView:
    """In what condition a sample was received, by whom and when."""

    conditions: Sequence[ArrivalCondition]
    temperature_c: Decimal | None
    note: str
    received_by_name: str
    received_at: datetime
    corrections: Sequence[ArrivalCorrectionView] = ()
    """What it said before, oldest first."""
