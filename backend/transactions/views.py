"""What readers of sagas receive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.events.views import Json
from backend.transactions.ids import SagaId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One execution of a step."""

    n: int
    direction: str
    name: str
    state: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaView:
    """An action of several steps and how it went."""

    id: SagaId
    type: str
    state: str
    why: str | None
    data: Mapping[str, Json]
    steps: Sequence[StepView]
    created_at: datetime
    finished_at: datetime | None
    is_stuck: bool
    """Its next step failed for good and waits for a person."""


@dataclass(frozen=True, slots=True)
class SagaCounts:
    """Sagas in figures."""

    running: int
    rolling_back: int
    stuck: int
    completed_24h: int
