"""Facts about the queue and its runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SequencingRequested:
    """Somebody asked to have libraries sequenced."""

    TYPE: ClassVar[str] = "sequencing.requested"
    AGGREGATE: ClassVar[str] = "sequencing_request"

    aggregate_id: UUID
    code: str
    project_code: str
    libraries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoved:
    """A request went to another column."""

    TYPE: ClassVar[str] = "sequencing.card_moved"
    AGGREGATE: ClassVar[str] = "sequencing_request"

    aggregate_id: UUID
    code: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFormed:
    """Libraries were put together to be sequenced as one."""

    TYPE: ClassVar[str] = "sequencing.pool_formed"
    AGGREGATE: ClassVar[str] = "library_pool"

    aggregate_id: UUID
    code: str
    libraries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDissolved:
    """A pool's last library was taken out of it."""

    TYPE: ClassVar[str] = "sequencing.pool_dissolved"
    AGGREGATE: ClassVar[str] = "library_pool"

    aggregate_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlanned:
    """An instrument was booked for pools."""

    TYPE: ClassVar[str] = "sequencing.run_planned"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    instrument: str
    start_at: datetime
    end_at: datetime
    pools: tuple[str, ...]
    recipe: str = ""
    """Name and version of the recipe, "" where none was chosen."""
    flow_cell: str = ""
    """Name of what the instrument is loaded with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStateChanged:
    """A run started, ended or lost its booking."""

    TYPE: ClassVar[str] = "sequencing.run_state_changed"
    AGGREGATE: ClassVar[str] = "sequencing_run"

    aggregate_id: UUID
    code: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentAdded:
    """A sequencer was put into service."""

    TYPE: ClassVar[str] = "sequencing.instrument_added"
    AGGREGATE: ClassVar[str] = "instrument"

    aggregate_id: UUID
    name: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentStocked:
    """The laboratory said which flow cells it keeps for an instrument; None is all of its make."""

    TYPE: ClassVar[str] = "sequencing.instrument_stocked"
    AGGREGATE: ClassVar[str] = "instrument"

    aggregate_id: UUID
    name: str
    flow_cells: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnaroundForecastMade:
    """What requests still take was forecast, or found to rest on too little."""

    TYPE: ClassVar[str] = "sequencing.turnaround_forecast_made"
    AGGREGATE: ClassVar[str] = "turnaround_forecast"

    aggregate_id: UUID
    method: str
    finished: int
    lack: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnaroundTermsSet:
    """What turnaround is measured by was changed."""

    TYPE: ClassVar[str] = "sequencing.turnaround_terms_set"
    AGGREGATE: ClassVar[str] = "turnaround_terms"

    aggregate_id: UUID
    version: int
