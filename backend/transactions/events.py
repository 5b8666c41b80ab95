"""Facts about actions that span several transactions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaStarted:
    """An action of several steps began."""

    TYPE: ClassVar[str] = "transactions.saga_started"
    AGGREGATE: ClassVar[str] = "saga"

    aggregate_id: UUID
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaTurnedBack:
    """A step refused; what was done is being taken back."""

    TYPE: ClassVar[str] = "transactions.saga_turned_back"
    AGGREGATE: ClassVar[str] = "saga"

    aggregate_id: UUID
    type: str
    step: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaEnded:
    """Every step is done, or everything is taken back."""

    TYPE: ClassVar[str] = "transactions.saga_ended"
    AGGREGATE: ClassVar[str] = "saga"

    aggregate_id: UUID
    type: str
    state: str
