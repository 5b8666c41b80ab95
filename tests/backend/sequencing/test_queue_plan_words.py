"""How good a plan is and why a library was left out, in words."""

import pytest

from backend.sequencing.planning.reasons import LeftOut, Refusal
from backend.sequencing.queue_plans.words import against_greedy, proven, why_left_out


@pytest.mark.parametrize(
    ("objective", "bound", "said"),
    [
        (1.0, None, "no bound was proven"),
        (1.0, 1.0, "proven to be the best there can be"),
        (1.023, 1.0, "at most 2.3 % above the best there can be"),
        (1.0003, 1.0, "at most 0.1 % above the best there can be"),
        (2.0, 0.0, "at most 2.00 days above the best there can be"),
    ],
)
def test_the_distance_from_the_best_is_said(
    objective: float, bound: float | None, said: str
) -> None:
    assert proven(objective, bound) == said


def test_a_plan_is_compared_with_the_usual_way_by_hand() -> None:
    assert against_greedy(9.0, 12.0) == "25 % less than earliest due date first"
    assert against_greedy(12.0, 12.0) == "the same as earliest due date first"


def test_a_library_left_out_names_its_reasons_and_those_it_clashes_with() -> None:
    left = LeftOut(
        library="a",
        refusals=((Refusal.INDEX_CLASH, 3), (Refusal.TOO_MANY_READS, 1)),
        clashes_with=tuple("bcdefg"),
    )

    said = why_left_out(left, {key: f"LIB-{key}" for key in "bcdefg"})

    assert said[0].startswith("3 possible runs: its indexes")
    assert said[1] == "1 possible run: it needs more reads than a lane yields."
    assert said[2] == "Its indexes clash with LIB-b, LIB-c, LIB-d, LIB-e and 2 more."
    nowhere = LeftOut(library="a", refusals=(), clashes_with=())
    assert why_left_out(nowhere, {}) == ["No instrument has a free slot in the time planned."]
