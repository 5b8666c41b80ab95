"""The Turnaround page: what it says with many, few and no finished requests, and its form."""

import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from dash.development.base_component import Component

from backend.core.errors import InvalidInput
from backend.core.shares import wilson
from backend.samples.ids import HoldKind
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.estimates import Step
from backend.sequencing.turnaround.terms import CLOCKED
from backend.sequencing.turnaround.views import AtRisk, StageTime, Turnaround
from dashboard.figures.turnaround import finished_curve
from dashboard.pages.turnaround import panels
from dashboard.pages.turnaround.callbacks import Typed, parse

SEEN = Turnaround(
    done=40,
    open=3,
    median_days=11.4,
    p75_days=15.0,
    p90_days=None,
    median_of_done=10.0,
    target_days=21.0,
    within=wilson(36, 40),
    decided=40,
    oldest_open_days=30.5,
    ages=[("up to 5", 1), ("5 to 10", 1), ("10 to 21", 0), ("over 21", 1)],
    curve=[Step(0, 1), Step(11.4, 0.5), Step(15, 0.25)],
    stages=[
        StageTime(
            state=RequestState.WAITING,
            passed=40,
            open=1,
            median_days=4.2,
            p75_days=6.0,
            share=0.4,
            target_days=3.0,
        )
    ],
    at_risk=[
        AtRisk(
            code="SQ-0007",
            project_code="HELIX",
            state=RequestState.WAITING,
            age_days=30.5,
            stage_days=30.5,
            due_on=date(2026, 11, 20),
            expected_on=None,
            is_late=True,
        )
    ],
    by_history=True,
    done_a_day=0.31,
    terms_version=2,
)


def said(component: Component) -> str:
    return json.dumps(component.to_plotly_json(), default=lambda each: each.to_plotly_json())


def test_open_requests_are_counted_and_the_flattering_median_is_named() -> None:
    words = said(panels.figures(SEEN))
    assert "11.4" in words
    assert "finished ones alone: 10.0 d" in words
    assert "too many open" in words  # 90 % is not reached
    assert "oldest 30.5 d, 1 over 21 d" in words


def test_nothing_finished_shows_no_number() -> None:
    empty = replace(
        SEEN, done=0, median_days=None, p75_days=None, within=None, decided=0, curve=[Step(0, 1)]
    )
    words = said(panels.figures(empty))
    assert "known of no request yet" in words
    assert '"0%' not in words
    assert "No request has been finished yet" in said(panels.curve(empty))


def test_a_column_over_its_target_is_marked_in_words() -> None:
    assert "over its target" in said(panels.stages(SEEN))
    within = replace(SEEN.stages[0], median_days=2.0)
    assert "over its target" not in said(panels.stages(replace(SEEN, stages=[within])))


def test_a_late_request_says_so_and_from_what_its_end_is_expected() -> None:
    words = said(panels.at_risk(SEEN))
    assert "SQ-0007" in words
    assert ", late" in words
    assert "not known" in words
    assert "expected from 40 finished requests" in words
    few = said(panels.at_risk(replace(SEEN, by_history=False, at_risk=[])))
    assert "history speaks from 30 finished requests" in few


def test_the_curve_is_a_stair_up_to_what_is_finished() -> None:
    figure = finished_curve(SEEN.curve, 21)
    assert figure["data"][0]["y"] == [0, 50, 75]
    assert figure["data"][0]["line"]["shape"] == "hv"
    assert figure["layout"]["shapes"][0]["x0"] == 21


FORM = Typed(
    target="20,5",
    weekdays=["0", "1", "2"],
    cut_off="13:30",
    holidays="2026-12-25\n\n2026-12-24\n",
    pausing=["payment"],
    reason="Contract",
    stage_days={state.value: "2.5" for state in CLOCKED},
)


def test_the_form_is_read_with_comma_and_days_in_order() -> None:
    wanted = parse(3, FORM)
    assert wanted.version == 3
    assert wanted.terms.target_days == Decimal("20.5")
    assert wanted.terms.holidays == (date(2026, 12, 24), date(2026, 12, 25))
    assert (wanted.terms.cut_off, wanted.terms.pausing) == (time(13, 30), (HoldKind.PAYMENT,))


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"target": "soon"}, "target_days", "such as 21"),
        ({"target": "0"}, "target_days", "above 0"),
        ({"weekdays": []}, "weekdays", "at least one"),
        ({"holidays": "2026-12-25\nChristmas"}, "holidays", "Line 2, “Christmas”"),
        ({"reason": " "}, "reason", "Say why"),
        ({"stage_days": dict.fromkeys(FORM.stage_days, "")}, "stage_days", "Each column"),
    ],
)
def test_each_fault_is_named_at_its_field(wrong: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(0, replace(FORM, **wrong))
    assert words in refused.value.fields[field]
