"""Facts about the times of instruments."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBooked:
    """An instrument was taken out of the plan for a time."""

    TYPE: ClassVar[str] = "sequencing.service_booked"
    AGGREGATE: ClassVar[str] = "instrument"

    aggregate_id: UUID
    instrument: str
    start_at: datetime
    end_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRemoved:
    """A service time was given back."""

    TYPE: ClassVar[str] = "sequencing.service_removed"
    AGGREGATE: ClassVar[str] = "instrument"

    aggregate_id: UUID
    instrument: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRescheduled:
    """A planned run got another time on its instrument."""

    TYPE: ClassVar[str] = "sequencing.run_rescheduled"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    start_at: datetime
    end_at: datetime
