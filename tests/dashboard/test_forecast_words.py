"""What a forecast says, and how it is drawn."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.core.ids import new_id
from backend.predictions.ids import ForecastId
from backend.predictions.planning.backtest import Score
from backend.predictions.views import CapacityForecastView, Outlook
from backend.samples.ids import TemperatureClass
from backend.storage.views import DayOccupancy
from dashboard.figures.forecast import capacity_fan, fan_days
from dashboard.pages.predictions import words
from dashboard.pages.predictions.dots import chance_dots

LAST_DAY = date(2026, 11, 22)
SCORE = Score(mase=0.9, mase_naive=4.2, coverage_80=0.82, n_origins=17, horizon_days=14)


def outlook(early: int | None, median: int | None, late: int | None) -> Outlook:
    days = (1, 60, 120, 365)
    shares = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    dots = [] if early is None else [early + index for index in range(20)]
    return Outlook(
        days=days,
        levels={share: [800 + int(share * day) for day in days] for share in shares},
        full_p10_days=early,
        full_p50_days=median,
        full_p90_days=late,
        dots=dots or [None] * 20,
        score=SCORE,
    )


def forecast(seen: Outlook | None, **fields: object) -> CapacityForecastView:
    view = CapacityForecastView(
        id=ForecastId(new_id()),
        temperature_class=TemperatureClass.MINUS_20,
        made_at=datetime(2026, 11, 23, 3, tzinfo=UTC),
        method="capacity 1.0",
        last_day=LAST_DAY,
        history_days=90 if seen else 18,
        needed_days=60,
        used=800,
        capacity=1000,
        horizon_days=365,
        outlook=seen,
    )
    return replace(view, **fields)


def measured() -> list[DayOccupancy]:
    return [
        DayOccupancy(
            day=LAST_DAY - timedelta(days=age),
            temperature_class=TemperatureClass.MINUS_20,
            used=800 - age,
            capacity=1000,
        )
        for age in range(89, -1, -1)
    ]


@pytest.mark.parametrize(
    ("seen", "title"),
    [
        (outlook(40, 50, 71), "−20 °C is likely full on 11\N{NO-BREAK SPACE}Jan"),
        (outlook(300, None, None), "−20 °C may be full within a year"),
        (outlook(None, None, None), "−20 °C: no limit within 1 year"),
        (None, "Not enough history (18 of 60 days)"),
    ],
)
def test_the_headline_claims_no_more_than_the_futures_do(seen: Outlook | None, title: str) -> None:
    assert words.headline(forecast(seen)).title == title


def test_the_sentence_gives_the_interval_and_a_countable_chance() -> None:
    detail = words.headline(forecast(outlook(40, 50, 71))).detail

    assert detail.startswith("In 50 days, 80% interval 40 to 71 days. 5 in 20 chance")


def test_a_late_end_beyond_the_year_is_said_so() -> None:
    detail = words.headline(forecast(outlook(200, 300, None))).detail

    assert "80% interval 200 to over 365 days" in detail


def test_a_full_zone_is_full() -> None:
    assert words.headline(forecast(outlook(0, 0, 0), used=1000)).title == "−20 °C is full"


def test_the_score_stands_beside_the_naive_one() -> None:
    lines = dict(words.score_lines(forecast(outlook(40, 50, 71))))

    assert lines["80% interval held"] == "82%"
    assert (lines["MASE"], lines["MASE, “stays as it is”"]) == ("0.90", "4.20")
    assert lines["Tested"] == "17 origins, 14 days ahead"
    assert words.score_lines(forecast(None)) == []


def test_the_figure_has_the_measured_line_the_fan_and_the_limits() -> None:
    figure = capacity_fan(forecast(outlook(40, 50, 71)), measured())

    names = [trace.get("name") for trace in figure["data"]]
    assert "Measured" in names
    assert "Forecast" in names
    edge_labels = [note["text"].split("<br>")[0] for note in figure["layout"]["annotations"]]
    assert {"Capacity", "95% stop", "80% plan"} <= set(edge_labels)
    assert fan_days(forecast(outlook(40, 50, 71))) == 90


def test_without_history_enough_nothing_of_the_future_is_drawn() -> None:
    figure = capacity_fan(forecast(None), measured()[-18:])

    assert [trace.get("name") for trace in figure["data"]] == ["Measured", None]


def test_twenty_dots_are_drawn_and_none_without_a_limit() -> None:
    drawn = chance_dots(words.dot_days(forecast(outlook(40, 50, 71))), early=5)

    assert drawn is not None
    svg = vars(drawn)["data-svg"]
    assert svg.count("<circle") == 20
    assert svg.count("is-later") == 15
    assert chance_dots([None] * 20, early=5) is None
