"""Energy by day: integrated over what readings cover, never over what they do not."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.telemetry import energy_queries, integrals, keeping
from backend.telemetry.energy import days as energy_days
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.stay_rules import Turn
from tests.factories.telemetry import make_sensor
from tests.support.clock import FrozenClock

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 10, 20)
CLOCKS_BACK = date(2026, 10, 25)
MIDNIGHT = datetime(2026, 10, 20, tzinfo=BERLIN).astimezone(UTC)
Point = tuple[datetime, float]


def make_meter(session: Session, label: str = "ULT-E1") -> Sensor:
    sensor = make_sensor(session, unit_label=label, source=SensorSource.SIMULATED)
    sensor.kind = SensorKind.POWER
    session.flush()
    return sensor


A_WEEK = timedelta(days=7)


def keep(session: Session, sensor: Sensor, points: Sequence[Point]) -> None:
    session.execute(
        insert(Reading), [{"sensor_id": sensor.id, "at": at, "value": said} for at, said in points]
    )


def every(minutes: float, hours: float, watts: float, start: datetime = MIDNIGHT) -> list[Point]:
    count = round(hours * 60 / minutes) + 1
    return [(start + timedelta(minutes=minutes * number), watts) for number in range(count)]


def of_day(session: Session, sensor: Sensor, day: date = DAY) -> Integral:
    whole = Turn(sensor_id=sensor.id, start=MIDNIGHT - A_WEEK, end=MIDNIGHT + A_WEEK)
    return integrals.daily(session, {"it": [whole]}, first=day, last=day, zone=BERLIN)["it"][0]


def exact(points: Sequence[Point], start: datetime, end: datetime, gap: timedelta) -> float:
    """The integral in watt-hours by trapezoids of the readings themselves."""
    whole = 0.0
    for (at, value), (then, after) in pairwise(points):
        low, high = max(at, start), min(then, end)
        if then - at > gap or high <= low:
            continue
        share = [(each - at) / (then - at) for each in (low, high)]
        ends = [value + (after - value) * each for each in share]
        whole += sum(ends) / 2 * ((high - low) / timedelta(hours=1))
    return whole


@pytest.mark.parametrize("minutes", [1, 5, 15])
def test_a_steady_power_is_its_watts_times_the_day(session: WriteSession, minutes: int) -> None:
    meter = make_meter(session)
    keep(session, meter, every(minutes, 26, 350.0, MIDNIGHT - timedelta(hours=1)))

    said = of_day(session, meter)

    assert said.coverage == pytest.approx(1.0)
    assert said.value_hours == pytest.approx(350 * 24)
    assert energy_day(said).kwh_a_day == pytest.approx(8.4)


def test_the_day_is_the_laboratorys_and_one_of_25_hours_counts_them(session: WriteSession) -> None:
    meter = make_meter(session)
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    keep(session, meter, every(5, 48, 1000.0, start))

    said = of_day(session, meter, CLOCKS_BACK)

    assert (said.whole_h, said.value_hours) == (25.0, pytest.approx(25_000))
    assert energy_day(said).kwh_a_day == pytest.approx(24.0)
    assert energy_day(said).energy_kwh == pytest.approx(25.0)


def test_a_gap_is_not_filled_and_a_day_with_much_of_it_does_not_count(
    session: WriteSession,
) -> None:
    meter = make_meter(session)
    keep(session, meter, every(5, 10, 400.0))
    keep(session, meter, every(5, 10, 400.0, MIDNIGHT + timedelta(hours=14)))

    said = energy_day(of_day(session, meter))

    assert said.coverage == pytest.approx(20 / 24, abs=0.01)
    assert said.energy_kwh == pytest.approx(8.0, abs=0.04)
    assert said.kwh_a_day is None


def test_readings_and_their_sums_say_the_same(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    rng = np.random.default_rng(4)
    meter = make_meter(session)
    points = [(at, float(rng.uniform(30, 600))) for at, _ in every(1, 26, 0.0)]
    keep(session, meter, points)
    raw = of_day(session, meter)

    keeping.roll_up(session, principal_of(Permission.HEALTH_OPERATE))
    summed = of_day(session, meter)

    assert keeping.waiting_hours(session) == 0
    assert summed.value_hours == pytest.approx(raw.value_hours)
    assert summed.known_h == pytest.approx(raw.known_h)


@pytest.mark.parametrize("seed", range(8))
def test_irregular_readings_are_integrated_as_by_hand(session: WriteSession, seed: int) -> None:
    rng = np.random.default_rng(seed)
    meter = make_meter(session)
    at, points = MIDNIGHT - timedelta(hours=1), []
    while at < MIDNIGHT + timedelta(hours=25):
        points.append((at, float(300 + 200 * np.sin(at.timestamp() / 9000))))
        lost = rng.random() < 0.02
        at += timedelta(minutes=float(rng.uniform(40, 90) if lost else rng.uniform(1, 12)))
    keep(session, meter, points)

    said = of_day(session, meter)

    # Points stand in the middle of their five minutes, so a long gap begins that much off.
    by_hand = exact(points, MIDNIGHT, MIDNIGHT + timedelta(days=1), timedelta(minutes=20))
    assert said.value_hours == pytest.approx(by_hand, rel=0.02)


def test_units_without_a_meter_are_absent_and_days_without_readings_are_there(
    session: WriteSession,
    principal_of: Callable[..., Principal],
    frozen_clock: FrozenClock,
) -> None:
    meter = make_meter(session)
    today = frozen_clock().astimezone(BERLIN).date()
    yesterday = datetime(today.year, today.month, today.day, tzinfo=BERLIN) - timedelta(days=1)
    keep(session, meter, every(5, 26, 500.0, yesterday.astimezone(UTC) - timedelta(hours=1)))
    reader = principal_of(Permission.STORAGE_VIEW)

    found = energy_queries.last_days(ReadSession(session), reader, zone=BERLIN)

    unit = found[meter.unit_id]
    assert list(found) == [meter.unit_id]
    assert len(unit.period.days) == energy_queries.SHOWN_DAYS
    assert unit.last == today - timedelta(days=1)
    assert [each.on for each in unit.period.counted] == [unit.last]
    assert unit.period.kwh_a_day == pytest.approx(12.0)
    assert unit.period.energy_kwh == pytest.approx(12.0)
    assert unit.period.coverage == pytest.approx(1 / 30, abs=0.01)


def test_who_may_not_see_storage_sees_no_energy(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        energy_queries.last_days(ReadSession(session), principal_of(), zone=BERLIN)


def test_nothing_counted_is_no_figure() -> None:
    empty = EnergyPeriod(days=[])
    unheard = EnergyPeriod(
        days=[energy_day(Integral(on=DAY, value_hours=0.0, known_h=0.0, whole_h=24.0))]
    )

    for each in (empty, unheard):
        assert (each.kwh_a_day, each.energy_kwh, each.trend) == (None, None, [])
        assert each.coverage == 0


@given(
    known=st.floats(min_value=0, max_value=24),
    watts=st.floats(min_value=0, max_value=5000, allow_nan=False),
)
def test_a_day_counts_from_its_coverage_on_and_its_rate_is_that_of_the_time_known(
    known: float, watts: float
) -> None:
    day = energy_day(Integral(on=DAY, value_hours=watts * known, known_h=known, whole_h=24.0))

    counts = known / 24 >= energy_days.LEAST_COVERAGE
    assert (day.kwh_a_day is not None) == counts
    if day.kwh_a_day is not None:
        assert day.kwh_a_day == pytest.approx(watts * 0.024)
        assert day.energy_kwh <= day.kwh_a_day + 1e-9


def test_what_energy_costs_is_exact_to_the_hundredth() -> None:
    assert energy_days.cost(235.2, Decimal("0.32")) == Decimal("75.26")
    assert energy_days.cost(0.0, Decimal("0.32")) == Decimal("0.00")
