"""What the Storage page says of a plan: its worth, its causes, and what found no place."""

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.core.ids import new_id
from backend.storage.ids import (
    NodeId,
    PlanId,
    PlanState,
)
from backend.storage.views import (
    ConsideredView,
    FilterView,
    LeftOverView,
    PlanSummary,
    PlanView,
)
from backend.work.ids import JobId
from dashboard.pages.storage import plan_words

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = NOW.astimezone(BERLIN).date()
BOX_ID = NodeId(new_id())


def plan(**facts: float | None) -> PlanView:
    """Return a ready plan of 600 s against 1,200 s first-fit; ``facts`` change its seconds."""
    seconds = {"objective_s": 600.0, "first_fit_s": 1200.0, "bound_s": 570.0} | facts
    summary = PlanSummary(
        samples=3,
        left_over=(),
        ended="exhausted",
        bound_kind="relaxation",
        elapsed_s=2.0,
        terms_s={"doors": 60.0, "racks": 0.0, "splits": 0.0, "breaks": 0.0},
        first_fit_terms_s={"doors": 120.0, "racks": 15.0, "splits": 0.0, "breaks": 24.0},
        considered=(),
        weights_s={"doors": 60.0, "breaks": 4.0},
    )
    return PlanView(
        id=PlanId(new_id()),
        job_id=JobId(new_id()),
        state=PlanState.READY,
        requested_by_name="Ada",
        created_at=NOW,
        ready_at=NOW,
        summary=summary,
        **seconds,
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ({}, "50% less than first-fit"),
        ({"first_fit_s": 500.0}, "20% more than first-fit"),
        ({"first_fit_s": 600.0}, "the same as first-fit"),
        ({"objective_s": None}, ""),
    ],
)
def test_a_plan_is_held_against_first_fit(seconds: dict[str, float | None], said: str) -> None:
    assert plan_words.against_first_fit(plan(**seconds)) == said


def test_a_proven_bound_is_said_with_its_gap() -> None:
    said = plan_words.proof(plan())

    assert "No plan can need less than 9.5\N{NO-BREAK SPACE}min" in said
    assert "at most 5.0% above the best" in said


def test_without_a_proof_no_gap_is_claimed() -> None:
    assert plan_words.proof(plan(bound_s=None)).startswith("No bound was proven")


def test_a_plan_at_its_bound_is_the_best() -> None:
    assert plan_words.proof(plan(bound_s=600.0)).startswith("No plan needs less")


def test_every_cause_says_what_one_of_it_counts_and_what_it_costs() -> None:
    causes = plan_words.by_cause(plan().summary or pytest.fail("no summary"))

    minute, second = "\N{NO-BREAK SPACE}min", "\N{NO-BREAK SPACE}s"
    assert [words for words, _, _ in causes] == list(plan_words.TERMS.values())
    assert causes[:2] == [
        ("Opening doors", f"60{second} each door", (f"1.0{minute}", f"2.0{minute}")),
        ("Pulling racks", "", ("none", f"0.2{minute}")),
    ]
    assert causes[-1][1].startswith("as often as")


@pytest.mark.parametrize(
    ("allowed", "filters", "said"),
    [
        (0, (("temperature", 12), ("full", 1)), "No box is left: 12 boxes are at another"),
        (2, (("full", 3),), "The 2 boxes that would take them are filled by other samples"),
        (0, (), "There is no box at all."),
    ],
)
def test_what_found_no_place_says_why(
    allowed: int, filters: tuple[tuple[str, int], ...], said: str
) -> None:
    left = LeftOverView(
        barcodes=("DNA-1",),
        material_type="gdna",
        temperature_class="-80",
        filters=tuple(FilterView(rule=rule, boxes=count, positions=0) for rule, count in filters),
        boxes_allowed=allowed,
    )

    assert plan_words.why_left_over(left).startswith(said)


def test_what_a_rule_took_away_is_counted_in_boxes_and_places() -> None:
    counts = [("temperature", 1, 1), ("unit_alarm", 12, 1_274), ("full", 3, 0)]

    said = plan_words.rule_words(
        [FilterView(rule=rule, boxes=boxes, positions=free) for rule, boxes, free in counts]
    )

    assert said == [
        "1 box with 1 free position is at another temperature",
        "12 boxes with 1,274 free positions are in units in alarm",
        "3 boxes are full",
    ]


def test_sorts_that_read_the_same_are_one_line() -> None:
    full = FilterView(rule="full", boxes=3, positions=0)
    sort = ConsideredView(
        material_type="gdna",
        temperature_class="-80",
        samples=5,
        boxes_allowed=2,
        positions_allowed=9,
        filters=(full,),
    )
    other = dataclasses.replace(sort, boxes_allowed=1)

    found = plan_words.alike([sort, other, dataclasses.replace(sort, samples=7)])

    assert found == [dataclasses.replace(sort, samples=12), other]
