"""What a saga does next. Pure: positions in, moves out; who executes them is somebody else's care.

Steps are numbered from 1. Going forward each step is done; when one refuses, what was done before
is taken back in reverse order. A step that refuses has changed nothing, so it is not taken back.
"""

from dataclasses import dataclass

from backend.transactions.ids import Direction, SagaState, StepState


@dataclass(frozen=True, slots=True)
class StepSpec:
    """Names of a step's work and of what takes it back; None where nothing has to be."""

    do: str
    undo: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A saga's steps in order."""

    type: str
    steps: tuple[StepSpec, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a saga stands: ``step`` steps are done and not taken back."""

    state: SagaState
    step: int

    @property
    def is_over(self) -> bool:
        """Say whether nothing is left to do."""
        return self.state in {SagaState.COMPLETED, SagaState.COMPENSATED}


@dataclass(frozen=True, slots=True)
class Move:
    """The execution that comes next."""

    n: int
    direction: Direction
    name: str | None
    """Function to call; None when there is nothing to take back."""


START = Position(SagaState.RUNNING, 0)


def next_move(definition: Definition, position: Position) -> Move | None:
    """Return what to execute at ``position``; None when the saga is over."""
    match position.state:
        case SagaState.RUNNING:
            spec = definition.steps[position.step]
            return Move(position.step + 1, Direction.DO, spec.do)
        case SagaState.ROLLING_BACK:
            spec = definition.steps[position.step - 1]
            return Move(position.step, Direction.UNDO, spec.undo)
        case SagaState.COMPLETED | SagaState.COMPENSATED:
            return None


def after(definition: Definition, position: Position, outcome: StepState) -> Position:
    """Return where the saga stands once the next move ended in ``outcome``.

    Raises:
        ValueError: the saga is over, or taking back was refused, which needs a person.
    """
    match (position.state, outcome):
        case (SagaState.RUNNING, StepState.DONE):
            step = position.step + 1
            last = step == len(definition.steps)
            return Position(SagaState.COMPLETED if last else SagaState.RUNNING, step)
        case (SagaState.RUNNING, StepState.REFUSED):
            return _rolled_back_to(position.step)
        case (SagaState.ROLLING_BACK, StepState.DONE):
            return _rolled_back_to(position.step - 1)
        case _:
            raise ValueError(f"A saga that is {position.state} cannot go on with {outcome}.")


def _rolled_back_to(step: int) -> Position:
    return Position(SagaState.ROLLING_BACK if step else SagaState.COMPENSATED, step)
