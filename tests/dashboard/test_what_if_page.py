"""The What-if page: a unit without cooling, what its model says and what it cannot say."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.predictions.ids import ForecastId
from backend.predictions.planning.backtest import Score
from backend.predictions.views import CapacityForecastView, Outlook
from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId
from backend.storage.planning.scenarios import Arrival, ClassRoom
from backend.telemetry.models import Reading
from backend.telemetry.thermal.crossing import Crossing, within
from backend.telemetry.thermal_models import ThermalFitRecord
from backend.telemetry.thermal_views import HeldOut, UnitCrossing
from dashboard.figures.warm_up import held_out_warm_up
from dashboard.pages.what_if import ids, scenario_words, words
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.powered_units import record_unit
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = [0.0, 60.0, 120.0, 180.0]
MEASURED = [-80.0, -71.0, -64.0, -58.0]
PREDICTED = [-80.0, -71.5, -64.4, -58.9]


def said(
    low: float | None = 150,
    median: float | None = 190,
    high: float | None = 245,
    *,
    stale: bool = False,
    from_c: float = -80.0,
) -> UnitCrossing:
    crossing = Crossing(
        limit_c=-60.0,
        from_c=from_c,
        low_min=low,
        median_min=median,
        high_min=high,
        is_beyond=False,
    )
    return UnitCrossing(crossing=crossing, read_at=clock.utc_now(), is_stale=stale)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            said(),
            (
                "If cooling stops now, ULT-03 crosses −60 °C in 3 h 10 min "
                "(2 h 30 min to 4 h 05 min, 80%)."
            ),
        ),
        (
            said(stale=True),
            (
                "If cooling had stopped at its last reading, ULT-03 crosses −60 °C in 3 h 10 min "
                "(2 h 30 min to 4 h 05 min, 80%)."
            ),
        ),
        (
            said(45, 3000, None),
            "If cooling stops now, ULT-03 crosses −60 °C in 2 d 2 h (45 min to over 14 days, 80%).",
        ),
        (
            said(600, None, None),
            (
                "If cooling stops now, ULT-03 crosses −60 °C after more than 14 days "
                "(10 h 00 min to over 14 days, 80%)."
            ),
        ),
        (
            said(None, None, None),
            "If cooling stops now, ULT-03 stays below −60 °C for 14 days or longer.",
        ),
        (
            said(0, 0, 0, from_c=-58.2),
            "ULT-03 is not colder than −60 °C now: its sensor reads −58.2 °C.",
        ),
    ],
)
def test_the_answer_is_a_sentence_with_its_interval(answer: UnitCrossing, sentence: str) -> None:
    assert words.headline("ULT-03", answer).replace("\N{NO-BREAK SPACE}", " ") == sentence


@pytest.mark.parametrize(
    ("typed", "limit_c"),
    [("-60", -60.0), ("−60 °C", -60.0), (" -60,5 ", -60.5), ("4", 4.0)]
    + [(typed, None) for typed in ("", "cold", "-300", "1e9", "nan", "-60 F")],
)
def test_a_limit_is_read_however_it_is_typed(typed: str, limit_c: float | None) -> None:
    assert words.read_limit(typed) == limit_c
    assert "such as −60" in words.refusal(typed)


@pytest.mark.parametrize(("trials", "quantile"), [(1, 3.078), (2, 1.886), (10, 1.372)])
def test_the_band_is_as_wide_as_students_t_says(trials: int, quantile: float) -> None:
    early, late = within(0.1, trials=trials)

    # Table of Student's t, one-sided 90 %: Abramowitz and Stegun, table 26.10.
    assert late == pytest.approx(2.718281828 ** (0.1 * quantile), rel=1e-3)
    assert early * late == pytest.approx(1.0)


def test_the_figure_shows_what_was_measured_beside_the_models_band() -> None:
    trial = HeldOut(
        at=clock.utc_now(),
        minutes=TIMES,
        measured_c=MEASURED,
        predicted_c=PREDICTED,
        rmse_k=0.6,
    )

    band, predicted, measured = held_out_warm_up(trial, (0.5, 2.0))["data"]

    assert measured["y"] == MEASURED
    assert predicted["x"] == [0.0, 1.0, 2.0, 3.0]
    # As far as the early side is known, 1.5 h: the late side stands there as it was after 0.75 h.
    assert (band["x"][3], band["y"][3]) == (1.5, PREDICTED[3])
    late = PREDICTED[0] + 0.75 * (PREDICTED[1] - PREDICTED[0])
    assert (band["x"][4], band["y"][4]) == (1.5, pytest.approx(late))
    assert len(band["x"]) == len(band["y"]) == 8


def make_model(session: Session, unit_id: NodeId, label: str) -> None:
    """A unit that was fitted to two warm-ups, and reads −80 °C now."""
    sensor = make_sensor(session, unit_label=label)
    sensor.unit_id = unit_id
    now = clock.utc_now()
    session.add_all(
        Reading(sensor_id=sensor.id, at=now - timedelta(minutes=5 * age), value=-80.0)
        for age in range(6)
    )
    trial = {
        "at": (now - timedelta(days=3)).isoformat(),
        "minutes": TIMES,
        "measured_c": MEASURED,
        "predicted_c": PREDICTED,
        "rmse_k": 0.6,
    }
    row = ThermalFitRecord(
        unit_id=unit_id,
        unit_label=label,
        sensor_id=sensor.id,
        made_at=now,
        version="two-mass 1",
        first_at=now - timedelta(days=20),
        last_at=now,
        readings=5000,
        warm_ups=2,
    )
    row.rmse_k, row.log_spread, row.warmest_c = 0.64, 0.1, -58.0
    row.best = {"slow_min": 700.0, "learnt": {"slow_min": 0.8}}
    row.draws = [[700.0, 20.0, 0.27, 22.0]] * 4
    row.trials = [trial, {**trial, "at": (now - timedelta(days=9)).isoformat()}]
    session.add(row)
    session.flush()


@pytest.fixture
def reader(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.SCIENTIST)


def drawn(client: FlaskClient, body: dict[str, object]) -> str:
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    return answer.get_data(as_text=True)


def opened(client: FlaskClient, label: str) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/what-if"), ("url", "search", f"?unit={label}")],
        state=[("page-meta", "data", None)],
    )
    return drawn(client, body)


def asked(client: FlaskClient, unit_id: NodeId, limit: str) -> str:
    body = callback_request(
        f"..{ids.BODY}.children...{ids.LIMIT}-error.children..",
        inputs=[(ids.UNIT, "value", str(unit_id)), (ids.LIMIT, "value", limit)],
        state=[],
    )
    return drawn(client, body)


def test_a_unit_with_a_model_shows_its_error_and_what_it_does_not_say(reader: FlaskClient) -> None:
    with writing() as session:
        freezer = make_freezer(session)
        make_model(session, freezer.unit_id, freezer.label)

    page = opened(reader, freezer.label)
    colder = asked(reader, freezer.unit_id, "-70")

    assert f"If cooling stops now, {freezer.label} crosses" in page
    assert "0.6\N{NO-BREAK SPACE}K root mean square error on 2 warm-ups" in page
    assert "The room is assumed at 22 ± 3 °C" in page
    assert "not of the contents" in page
    assert "−70\N{NO-BREAK SPACE}°C in" in colder


def test_a_limit_that_is_none_is_refused_with_a_sentence(reader: FlaskClient) -> None:
    with writing() as session:
        freezer = make_freezer(session)
        make_model(session, freezer.unit_id, freezer.label)

    page = asked(reader, freezer.unit_id, "cold")

    assert "“cold” is no limit. Write a temperature from" in page
    assert "If cooling" not in page


def test_a_unit_without_a_model_says_what_is_needed(reader: FlaskClient) -> None:
    with writing() as session:
        freezer = make_freezer(session)

    page = opened(reader, freezer.label)

    assert f"No model yet: the readings of {freezer.label} have not been fitted." in page
    assert "two steady warm-ups without cooling are needed" in page


def moved(client: FlaskClient, unit_id: NodeId, shift: str) -> str:
    body = callback_request(
        f"..{ids.SET_POINT}.children...{ids.SHIFT}-error.children..",
        inputs=[(ids.UNIT, "value", str(unit_id)), (ids.SHIFT, "value", shift)],
        state=[],
    )
    return drawn(client, body).replace("\N{NO-BREAK SPACE}", " ")


def test_another_set_point_is_reckoned_from_the_units_own_days(reader: FlaskClient) -> None:
    with writing() as session:
        freezer = make_freezer(session)
        record_unit(session, freezer.unit_id, freezer.label, days=40)

    page = opened(reader, freezer.label).replace("\N{NO-BREAK SPACE}", " ")
    colder = moved(reader, freezer.unit_id, "−5")
    refused = moved(reader, freezer.unit_id, "much")

    assert f"Raising {freezer.label} from −80 °C to −70 °C saves " in page
    assert "kWh a year." in page
    assert "No price of electricity is set" in page
    assert f"The room is measured by {freezer.label}-temperature_room-2." in page
    assert "no unit is set from here" in page
    assert "Its sensors are simulated." in page
    assert f"Lowering {freezer.label} from −80 °C to −85 °C costs " in colder
    assert "“much” is no change of a set point." in refused
    assert "saves" not in refused


def test_a_unit_whose_days_do_not_tell_says_what_is_missing(reader: FlaskClient) -> None:
    with writing() as session:
        bare = make_freezer(session)
        roomless = make_freezer(session)
        record_unit(session, roomless.unit_id, roomless.label, days=30, with_room=False)

    without_power, without_room = (moved(reader, each.unit_id, "10") for each in (bare, roomless))

    assert f"{bare.label} lacks a power sensor or a temperature sensor." in without_power
    assert "No sensor measures the room around it" in without_room
    assert "saves" not in without_room


def test_a_lost_unit_and_a_project_are_counted_beside_today(reader: FlaskClient) -> None:
    with writing() as session:
        freezer = make_freezer(session, rows=2, columns=2)

    page = opened(reader, freezer.label)

    assert f"{freezer.label} holds no sample: nothing needs a place without it." in page
    assert "Without the fullest unit of a class" in page
    assert "20 boxes of 9 × 9 need 1,620 positions." in page
    assert "Nothing is changed." in page


def counted(client: FlaskClient, boxes: str, rows: str) -> str:
    body = callback_request(
        f"{ids.ARRIVAL}.children",
        inputs=[
            (ids.ZONE, "value", "-80"),
            (ids.BOXES, "value", boxes),
            (ids.ROWS, "value", rows),
            (ids.COLUMNS, "value", "12"),
        ],
    )
    return drawn(client, body)


def test_a_project_is_counted_as_typed_or_refused_field_by_field(reader: FlaskClient) -> None:
    fitting = counted(reader, "1", "8")
    refused = counted(reader, "many", "8")

    assert "1 box of 8 × 12 needs 96 positions." in fitting
    assert "Write a number of boxes from 1 to 100,000." in refused
    assert "12 need" not in refused


def forecast(levels: dict[float, list[int]] | None) -> CapacityForecastView:
    outlook = Outlook(
        days=[10, 30],
        levels=levels or {},
        full_p10_days=None,
        full_p50_days=None,
        full_p90_days=None,
        dots=[None] * 20,
        score=Score(mase=0.9, mase_naive=4.2, coverage_80=0.82, n_origins=17, horizon_days=14),
    )
    return CapacityForecastView(
        id=ForecastId(new_id()),
        temperature_class=TemperatureClass.MINUS_80,
        made_at=clock.utc_now(),
        method="capacity 1.0",
        last_day=date(2026, 11, 22),
        history_days=18,
        needed_days=60,
        used=1000,
        capacity=2000,
        horizon_days=365,
        outlook=outlook if levels else None,
    )


GROWING = {0.1: [1010, 1030], 0.5: [1050, 1150], 0.9: [1100, 1300]}


@pytest.mark.parametrize(
    ("free", "known", "sentence"),
    [
        (
            200,
            forecast(GROWING),
            (
                "With usual growth, what is left is likely full on 22 Dec 2026, 80% interval "
                "7 Dec 2026 to over 365 days."
            ),
        ),
        (500, forecast(GROWING), "With usual growth, what is left lasts for 365 days or longer."),
        (
            200,
            None,
            "There is no capacity forecast of −80 °C, so nothing is said of later.",
        ),
        (
            200,
            forecast(None),
            (
                "There is no capacity forecast of −80 °C, so nothing is said of later. "
                "Not enough history (18 of 60 days)."
            ),
        ),
        (10, forecast(GROWING), ""),
    ],
)
def test_a_project_says_until_when_the_rest_lasts(
    free: int, known: CapacityForecastView | None, sentence: str
) -> None:
    before = ClassRoom(
        temperature_class=TemperatureClass.MINUS_80, used=1000, capacity=1000 + free, free=free
    )
    arrival = Arrival(temperature_class=TemperatureClass.MINUS_80, needed=50, before=before)

    said = scenario_words.later(arrival, known)

    assert said.replace("\N{NO-BREAK SPACE}", " ") == sentence
