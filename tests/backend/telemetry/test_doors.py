"""What an open door does to a unit, learnt from openings that were made up with known numbers."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import door_queries
from backend.telemetry.ids import SensorKind
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.thermal.doors import (
    LEAST_OPENINGS,
    DoorFit,
    find_openings,
    fit_doors,
)
from backend.telemetry.thermal.model import Floats
from backend.telemetry.thermal.segments import Series
from tests.factories.telemetry import make_sensor
from tests.support.clock import FrozenClock

K_PER_MIN = 0.8


def unit_with_doors(
    *, seed: int, openings: int, every_min: int = 240, k_per_min: float = K_PER_MIN
) -> tuple[Series, Series]:
    """Return a freezer's air, read each minute, and its door; it cools by a tenth a minute."""
    rng = np.random.default_rng(seed)
    length = every_min * (openings + 1)
    door: Floats = np.zeros(length)
    for number in range(1, openings + 1):
        start = number * every_min
        door[start : start + int(rng.integers(1, 9))] = 1.0
    warmth, air = 0.0, np.empty(length)
    for minute in range(length):
        warmth *= 0.9 if not door[minute] else 1.0
        warmth += k_per_min * rng.uniform(0.85, 1.15) if door[minute] else 0.0
        air[minute] = -80.0 + warmth + rng.normal(0, 0.1)
    minutes = np.arange(length, dtype=float)
    return Series(minutes, air), Series(minutes, door)


def fitted(air: Series, door: Series) -> DoorFit:
    found = fit_doors(find_openings(air, door))
    assert found is not None
    return found


def test_the_rise_a_minute_is_that_of_the_unit_and_its_error_is_small() -> None:
    fit = fitted(*unit_with_doors(seed=1, openings=60))

    assert fit.openings == 60
    assert fit.k_per_min == pytest.approx(K_PER_MIN, rel=0.1)
    assert fit.rmse_k < 0.5
    assert fit.longest_min == 8.0


@pytest.mark.parametrize("seed", range(3))
def test_four_in_five_openings_that_come_later_lie_in_the_interval(seed: int) -> None:
    fit = fitted(*unit_with_doors(seed=seed, openings=60))

    later = find_openings(*unit_with_doors(seed=seed + 100, openings=200))

    inside = [
        said.low <= each.rise_k <= said.high
        for each in later
        for said in [fit.rise_k(each.open_min)]
    ]
    assert 0.65 < sum(inside) / len(inside) < 0.95


def test_how_soon_it_is_cold_again_is_told_with_its_spread() -> None:
    back = fitted(*unit_with_doors(seed=2, openings=60)).back_min

    # From 3.6 K, the usual opening's rise, to half a kelvin at a tenth a minute.
    assert back is not None
    assert back.low < back.median < back.high
    assert 10 < back.median < 26


def test_where_longer_openings_warm_no_more_the_mean_is_said() -> None:
    fit = fitted(*unit_with_doors(seed=3, openings=40, k_per_min=0.0))

    assert fit.k_per_min < 0.05
    assert fit.rise_k(8.0).high < 0.6


def test_too_few_openings_say_nothing() -> None:
    air, door = unit_with_doors(seed=4, openings=LEAST_OPENINGS - 1)

    assert fit_doors(find_openings(air, door)) is None


def test_an_opening_soon_after_another_is_left_out() -> None:
    air, door = unit_with_doors(seed=5, openings=12, every_min=20)

    assert [each.start_min for each in find_openings(air, door)] == [20.0]


def test_a_door_that_stands_open_still_or_for_an_hour_is_no_opening() -> None:
    minutes = np.arange(200, dtype=float)
    air = Series(minutes, np.full(200, -80.0))
    is_open = ((minutes >= 40) & (minutes < 101)) | (minutes >= 150)
    door = Series(minutes, is_open.astype(float))

    assert find_openings(air, door) == []


def keep(session: WriteSession, sensor: Sensor, series: Series, until: datetime) -> None:
    first = until - timedelta(minutes=len(series.values) - 1)
    session.add_all(
        Reading(sensor_id=sensor.id, at=first + timedelta(minutes=minute), value=value)
        for minute, value in zip(series.minutes.tolist(), series.values.tolist(), strict=True)
    )
    session.flush()


def test_a_unit_is_asked_by_its_own_sensors(
    session: WriteSession, principal_of: Callable[..., Principal], frozen_clock: FrozenClock
) -> None:
    asker = principal_of(Permission.PREDICTIONS_VIEW)
    probe, door = make_sensor(session), make_sensor(session)
    without = door_queries.find_doors(session, asker, probe.unit_id)
    door.kind, door.unit_id = SensorKind.DOOR, probe.unit_id
    session.flush()
    before = door_queries.find_doors(session, asker, probe.unit_id)
    air, openings = unit_with_doors(seed=6, openings=LEAST_OPENINGS, every_min=120)
    keep(session, probe, air, frozen_clock())
    keep(session, door, openings, frozen_clock())

    after = door_queries.find_doors(session, asker, probe.unit_id)

    assert without is None
    assert before is not None
    assert before.needed.startswith("No opening seen in 14 days, 10 are needed")
    assert after is not None
    assert after.fit is not None
    assert (after.openings, after.needed) == (LEAST_OPENINGS, "")
    assert after.fit.k_per_min == pytest.approx(K_PER_MIN, rel=0.2)


def test_who_may_not_see_predictions_asks_no_door(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        door_queries.find_doors(session, principal_of(Permission.STORAGE_VIEW), new_id())
