"""What readers receive about how a sample arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backend.samples.ids import ArrivalCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalView:
    """In what condition a sample was received, by whom and when."""

    conditions: Sequence[ArrivalCondition]
    temperature_c: Decimal | None
    note: str
    received_by_name: str
    received_at: datetime
