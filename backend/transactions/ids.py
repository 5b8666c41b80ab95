"""Keys and closed vocabularies of work that spans several transactions."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

SagaId = NewType("SagaId", UUID)


class SagaState(StrEnum):
    """Where a saga stands. "Stuck" is not stored: it is what its last job says."""

    RUNNING = "running"
    ROLLING_BACK = "rolling_back"
    COMPLETED = "completed"
    COMPENSATED = "compensated"


class Direction(StrEnum):
    """Whether a step does its work or takes it back."""

    DO = "do"
    UNDO = "undo"


class StepState(StrEnum):
    """How an execution of a step ended. Refused: it changed nothing and said why."""

    DONE = "done"
    REFUSED = "refused"
