"""Made-up temperatures: alike wherever they continue, and in a demonstration laboratory only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from backend.auth import service as auth_service
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import power_simulation, rules, sensors, service, simulating, simulation
from backend.telemetry.errors import NotADemonstration
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rules import AlarmLimits, Standing
from backend.telemetry.views import ReadingPoint
from db.seeds.world import UNIT_KINDS, UnitKind
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def machinery(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE, Permission.USERS_MANAGE)


def set_up(session: WriteSession, principal: Principal, *, is_demo: bool) -> None:
    auth_service.create_laboratory(
        session, principal, name="Harbour Street", time_zone="Europe/Berlin", is_demo=is_demo
    )


def temperatures(session: WriteSession, sensor: Sensor) -> list[float]:
    return list(
        session.scalars(
            select(Reading.temperature_c).where(Reading.sensor_id == sensor.id).order_by(Reading.at)
        )
    )


def test_a_simulated_sensor_gets_one_reading_a_minute_however_often_it_is_asked(
    session: WriteSession, frozen_clock: FrozenClock, machinery: Principal
) -> None:
    set_up(session, machinery, is_demo=True)
    sensor = make_sensor(session, source=SensorSource.SIMULATED)
    read_until(session, sensor, frozen_clock(), [-80.0])

    this_minute = service.simulate_readings(session, machinery)
    frozen_clock.advance(minutes=1, seconds=20)
    next_minute, again = (service.simulate_readings(session, machinery) for _ in range(2))

    assert (this_minute, next_minute, again) == (0, 1, 0)
    assert len(temperatures(session, sensor)) == 2


def test_hours_that_went_by_stay_a_gap(
    session: WriteSession, frozen_clock: FrozenClock, machinery: Principal
) -> None:
    set_up(session, machinery, is_demo=True)
    sensor = make_sensor(session, source=SensorSource.SIMULATED)
    read_until(session, sensor, frozen_clock(), [-80.0])
    frozen_clock.advance(hours=9)

    assert service.simulate_readings(session, machinery) == 1


def test_a_sensor_of_a_real_probe_is_left_alone(
    session: WriteSession, frozen_clock: FrozenClock, machinery: Principal
) -> None:
    set_up(session, machinery, is_demo=True)
    sensor = make_sensor(session, source=SensorSource.PROBE)

    assert service.simulate_readings(session, machinery) == 0
    assert temperatures(session, sensor) == []


@pytest.mark.usefixtures("frozen_clock")
def test_a_real_laboratory_refuses_made_up_temperatures(
    session: WriteSession, machinery: Principal
) -> None:
    set_up(session, machinery, is_demo=False)
    sensor = make_sensor(session, source=SensorSource.SIMULATED)

    with pytest.raises(NotADemonstration):
        service.simulate_readings(session, machinery)

    assert temperatures(session, sensor) == []


def test_before_a_laboratory_is_set_up_nothing_is_made_up(
    committed_database: Engine, machinery: Principal
) -> None:
    with writing() as session, pytest.raises(NotADemonstration):
        service.simulate_readings(session, machinery)


def test_the_same_minute_gives_the_same_temperature() -> None:
    def once() -> float:
        return simulation.next_temperature("ULT-01-T1", -80.0, -79.0, NOON, NOON + MINUTE)

    assert once() == once()


def test_two_sensors_do_not_move_alike() -> None:
    one, other = (
        [
            simulation.next_temperature(code, -80.0, -80.0, NOON, NOON + MINUTE * step)
            for step in range(1, 20)
        ]
        for code in ("ULT-01-T1", "ULT-02-T1")
    )

    assert abs(float(np.corrcoef(one, other)[0, 1])) < 0.9


def test_a_day_of_minutes_spreads_like_the_history_does() -> None:
    last = -80.0
    day = [
        last := simulation.next_temperature(
            "ULT-01-T1", -80.0, last, NOON + MINUTE * step, NOON + MINUTE * (step + 1)
        )
        for step in range(7 * 24 * 60)
    ]

    usual_k = simulation.SHOCK_K / np.sqrt(1 - simulation.RETAINED**2)
    assert -80.5 < float(np.mean(day)) < -79.0
    assert usual_k * 0.7 < float(np.std(day)) < usual_k * 2


def test_a_unit_with_a_door_is_warmed_by_that_door_and_by_no_chance() -> None:
    week = [NOON + MINUTE * step for step in range(7 * 24 * 60)]
    open_at = [at for at in week if simulation.door_is_open("ULT-01-D1", at)]

    def warmer_k(at: datetime, *, door_open: bool) -> float:
        return simulation.next_temperature(
            "ULT-01-T1", -80.0, -80.0, at - MINUTE, at, door_open=door_open
        ) - simulation.next_temperature("ULT-01-T1", -80.0, -80.0, at - MINUTE, at, door_open=False)

    assert 7 <= len(open_at) <= 70
    assert len(open_at) == len(set(open_at))
    assert all(0.2 < warmer_k(at, door_open=True) < 0.7 for at in open_at)


def test_a_door_stands_open_for_three_minutes_at_most() -> None:
    states = [
        simulation.door_is_open("ULT-01-D1", NOON + MINUTE * step) for step in range(14 * 24 * 60)
    ]
    runs = [len(run) for run in "".join("x" if each else " " for each in states).split()]

    # Two openings may touch.
    assert min(runs) >= 1
    assert max(runs) <= 2 * simulation.DOOR_MINUTES


def test_doors_and_power_are_made_up_once_a_minute_and_the_temperature_follows_its_door(
    session: WriteSession,
    frozen_clock: FrozenClock,
    machinery: Principal,
    principal_of: Callable[..., Principal],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_up(session, machinery, is_demo=True)
    sensor = make_sensor(session, unit_label="ULT-1", source=SensorSource.SIMULATED)
    read_until(session, sensor, frozen_clock(), [-80.0])
    keeper = principal_of(Permission.STORAGE_CONFIGURE)
    for code, kind in (
        ("ULT-1-D1", SensorKind.DOOR),
        ("ULT-1-P1", SensorKind.POWER),
        ("ULT-1-R1", SensorKind.TEMPERATURE_ROOM),
    ):
        key = sensors.add_sensor(
            session, keeper, code=code, kind=kind, unit_id=sensor.unit_id, unit_label="ULT-1"
        )
        row = session.get(Sensor, key)
        assert row is not None
        row.source = SensorSource.SIMULATED
    session.flush()
    monkeypatch.setattr(simulation, "door_is_open", lambda code, _at: code == "ULT-1-D1")
    monkeypatch.setattr(simulation, "DOOR_WARMS_K", (20.0, 20.0))
    frozen_clock.advance(minutes=1)
    recording = principal_of(Permission.HEALTH_OPERATE, Permission.TELEMETRY_RECORD)

    service.simulate_readings(session, machinery)
    first, again = (simulating.simulate_others(session, recording, kept_days=400) for _ in range(2))

    newest = dict(
        session.execute(
            select(Sensor.code, Reading.value).join(Reading).where(Reading.at == frozen_clock())
        ).all()
    )
    assert (first, again) == (3, 0)
    assert newest["ULT-1-D1"] == 1.0
    assert newest[sensor.code] > -80 + 17
    unit = power_simulation.powered_unit("ULT-1-P1", -80.0)
    # Far above its set point the compressor does not pause.
    assert newest["ULT-1-P1"] == pytest.approx(unit.base_w + unit.rated_w, rel=0.05)
    assert 15 < newest["ULT-1-R1"] < 27


@given(st.integers(min_value=1, max_value=7 * 24 * 60))
def test_a_longer_gap_never_spreads_wider_than_the_noise_itself(gap_minutes: int) -> None:
    step = MINUTE * gap_minutes
    stationary_k = simulation.SHOCK_K / np.sqrt(1 - simulation.RETAINED**2)

    assert 0 < simulation.shock_k(step) <= stationary_k + 1e-9
    assert 0 <= simulation.retained(step) < 1


def test_a_warm_unit_cools_towards_its_set_point() -> None:
    warm = [
        simulation.next_temperature("ULT-01-T1", -80.0, -60.0, NOON, NOON + timedelta(hours=hours))
        for hours in (1, 3, 12)
    ]

    assert warm == sorted(warm, reverse=True)
    assert warm[-1] < -77


@pytest.mark.parametrize("kind", UNIT_KINDS, ids=lambda kind: kind.prefix)
def test_made_up_temperatures_alarm_nobody_for_two_weeks(kind: UnitKind) -> None:
    limits = AlarmLimits(
        high_c=kind.alarm_high_c,
        low_c=kind.alarm_low_c,
        deadband_c=kind.deadband_c,
        delay=15 * MINUTE,
        stable_for=5 * MINUTE,
    )
    points = [ReadingPoint(at=NOON, temperature_c=kind.setpoint_c)]
    standing = Standing()
    for _ in range(14 * 24 * 60):
        last = points[-1]
        at = last.at + MINUTE
        temperature_c = simulation.next_temperature(
            f"{kind.prefix}-01-T1", kind.setpoint_c, last.temperature_c, last.at, at
        )
        points = [*points[-16:], ReadingPoint(at=at, temperature_c=temperature_c)]
        standing = rules.judge(standing, limits, points, acknowledged=False)
        assert standing == Standing()
