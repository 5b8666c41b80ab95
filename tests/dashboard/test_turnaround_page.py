"""The Turnaround page: what it says with many, few and no finished requests, and its form."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from backend.core.errors import InvalidInput
from backend.core.shares import wilson
from backend.samples.ids import HoldKind
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.turnaround.estimates import Step
from backend.sequencing.turnaround.outlooks import Remaining
from backend.sequencing.turnaround.scoring import Lack, Score
from backend.sequencing.turnaround.terms import CLOCKED
from backend.sequencing.turnaround.views import (
    AssayTime,
    AtRisk,
    Prediction,
    StageTime,
    Turnaround,
)
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
            is_queue=True,
        )
    ],
    waiting_share=0.4,
    rework=wilson(4, 40),
    assays=[
        AssayTime(
            name="Exome",
            done=30,
            open=2,
            median_days=17.5,
            p90_days=None,
            target_days=16.0,
            is_promised=True,
            within=wilson(12, 31),
            decided=31,
        ),
        AssayTime(
            name="Panel",
            done=0,
            open=1,
            median_days=None,
            p90_days=None,
            target_days=21.0,
            is_promised=False,
            within=None,
            decided=0,
        ),
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
    starts=ClockStart.RECEIVED,
    not_started=1,
    terms_version=2,
    prediction=Prediction(lack=Lack.NEVER_MADE),
)
SCORE = Score(
    origins=9,
    cases=80,
    requests=35,
    covered=62,
    compared=75,
    mae_days=2.14,
    mae_plain_days=2.81,
)
PREDICTED = Prediction(
    made_at=datetime(2026, 11, 29, tzinfo=UTC),
    finished=40,
    score=SCORE,
    left={RequestState.WAITING: Remaining(40, 5.0, 9.5, 12.0, 15.0)},
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


def test_each_assay_is_held_to_its_own_promise_or_to_the_target_of_all() -> None:
    (drawn,) = panels.assays(SEEN)
    words = said(drawn)
    for each in ("Exome", "17.5", "over its target", "39% of 31", '"16"', '"21 *"'):
        assert each in words.replace("\\u00a0", " ")
    assert panels.assays(replace(SEEN, assays=[])) == []


def test_a_late_request_says_so_and_from_what_its_end_is_expected() -> None:
    words = said(panels.at_risk(SEEN))
    assert "SQ-0007" in words
    assert ", late" in words
    assert "not known" in words
    assert "expected from 40 finished requests" in words
    few = said(panels.at_risk(replace(SEEN, by_history=False, at_risk=[])))
    assert "history speaks from 30 finished requests" in few


def test_a_prediction_stands_with_how_good_it_was() -> None:
    seen = replace(SEEN, prediction=PREDICTED)
    words = said(panels.prediction(seen, ZoneInfo("Europe/Berlin")))
    assert "9.5" in words
    assert "12.0" in words
    assert "the 80% interval held in 78% of 80 cases of 35 requests" in words
    assert "missed by 2.1 working days on average, the plain median by age by 2.8" in words
    days = (date(2026, 12, 2), date(2026, 12, 9))
    risky = replace(SEEN.at_risk[0], expected_on=date(2026, 12, 4), between=days)
    listed = said(panels.at_risk(replace(seen, at_risk=[risky])))
    assert json.dumps("2\u00a0Dec to 9\u00a0Dec") in listed
    assert "predicted from 40 finished requests" in listed


@pytest.mark.parametrize(
    ("foreseen", "words"),
    [
        (Prediction(lack=Lack.NEVER_MADE), "The first is made tonight"),
        (replace(PREDICTED, lack=Lack.TERMS_CHANGED), "have changed since"),
        (replace(PREDICTED, lack=Lack.TOO_FEW_FINISHED, finished=12), "there are 12"),
        (
            replace(PREDICTED, lack=Lack.TOO_FEW_TRIED, score=replace(SCORE, cases=7, covered=6)),
            "tried on 7 past cases",
        ),
        (
            replace(PREDICTED, lack=Lack.INTERVAL_OFF, score=replace(SCORE, covered=40)),
            "not to be trusted: the 80% interval held in 50%",
        ),
        (replace(PREDICTED, lack=Lack.NOT_BETTER), "no better than the plain median"),
    ],
)
def test_no_prediction_says_why(foreseen: Prediction, words: str) -> None:
    drawn = said(panels.prediction(replace(SEEN, prediction=foreseen), ZoneInfo("Europe/Berlin")))
    assert "No prediction yet" in drawn
    assert words in drawn


def test_the_curve_is_a_stair_up_to_what_is_finished() -> None:
    figure = finished_curve(SEEN.curve, 21)
    assert figure["data"][0]["y"] == [0, 50, 75]
    assert figure["data"][0]["line"]["shape"] == "hv"
    assert figure["layout"]["shapes"][0]["x0"] == 21


FORM = Typed(
    target="20,5",
    weekdays=["0", "1", "2"],
    cut_off="13:30",
    starts="accepted",
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
