"""Which step comes next, for every saga and every refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.transactions import engine
from backend.transactions.engine import Definition, Position, StepSpec
from backend.transactions.ids import Direction, SagaState, StepState


def definition(length: int) -> Definition:
    return Definition("toy", tuple(StepSpec(f"do {n}", f"undo {n}") for n in range(1, length + 1)))


def walk(saga: Definition, refused_at: int | None) -> tuple[list[str], Position]:
    """Names in the order of execution, and where it ended."""
    position, names = engine.START, []
    while (move := engine.next_move(saga, position)) is not None:
        names.append(str(move.name))
        refuses = move.direction is Direction.DO and move.n == refused_at
        outcome = StepState.REFUSED if refuses else StepState.DONE
        position = engine.after(saga, position, outcome)
    return names, position


@given(length=st.integers(1, 8))
def test_without_a_refusal_every_step_is_done_once_in_order(length: int) -> None:
    names, ended = walk(definition(length), None)

    assert names == [f"do {n}" for n in range(1, length + 1)]
    assert ended == Position(SagaState.COMPLETED, length)


@given(data=st.data(), length=st.integers(1, 8))
def test_a_refusal_takes_back_what_was_done_in_reverse(data: st.DataObject, length: int) -> None:
    refused = data.draw(st.integers(1, length))

    names, ended = walk(definition(length), refused)

    done = [f"do {n}" for n in range(1, refused + 1)]
    assert names == done + [f"undo {n}" for n in range(refused - 1, 0, -1)]
    assert ended == Position(SagaState.COMPENSATED, 0)


def test_taking_back_cannot_be_refused() -> None:
    with pytest.raises(ValueError, match="cannot go on"):
        engine.after(definition(2), Position(SagaState.ROLLING_BACK, 1), StepState.REFUSED)


def test_a_saga_that_is_over_has_no_next_step() -> None:
    for state in (SagaState.COMPLETED, SagaState.COMPENSATED):
        assert engine.next_move(definition(1), Position(state, 1)) is None
        assert Position(state, 1).is_over
