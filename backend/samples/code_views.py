"""What readers of code series and tube ranges receive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.samples.codes import Series, Tubes


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeriesView:
    """A series of codes made here."""

    id: UUID
    series: Series
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeRangeView:
    """A range of bought tubes and how many of them are in use."""

    id: UUID
    tubes: Tubes
    used: int
    note: str
    created_by_name: str
    created_at: datetime
    closed_at: datetime | None
