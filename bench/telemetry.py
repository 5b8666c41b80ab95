"""What sensors cost: a backlog of 500 of them in one run, and their everyday at a reading a minute.

Committed as in life, and taken away again afterwards. Shares of a core are of processor time, this
process's and that of the database's own processes for it, so other work on the machine counts not.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from unittest.mock import patch

import psutil
from sqlalchemy import delete, select, text, update

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.transaction import reading, writing
from backend.telemetry import device_tokens, doorbell, intake, keeping, queries
from backend.telemetry.device_models import DeviceToken, DeviceTokenSensor
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rollup_models import ReadingFine, ReadingHour, StaleHour
from bench.laboratory import Laboratory
from bench.measures import Measure

SENSORS = 500
MINUTES = 60
SHARE_BAR = 0.1
"""Of one core, for the readings of a minute: “with room to spare”."""
DOORBELL_BAR = 10.0
"""Per cent of what taking in costs without it."""
_TURNS, _SOME = 7, 40
KEPT_DAYS = 400
_MACHINE = machinery("bench", *Permission, request_id="bench")
_NAME = "BENCH"
_A_UNIT = 4
"""Sensors of one unit: the doorbell hears the others of a unit, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """How long something took, and how much of a processor's time."""

    wall_s: float
    cpu_s: float


def measure(_laboratory: Laboratory) -> list[Measure]:
    """Send a backlog whole, then a minute at a time, then a minute of each logger by itself."""
    start = clock.utc_now().replace(second=0, microsecond=0) - timedelta(minutes=3 * MINUTES)
    with writing() as session:
        keeping.keep_readings(session, _MACHINE, days=KEPT_DAYS)
    _roll_up()
    with _sensors() as (codes, token):
        backlog = _timed(partial(_backlog, codes, start))
        summed = _timed(_roll_up)
        minutes = _timed(partial(_by_the_minute, codes, start + timedelta(minutes=MINUTES)))
        single = _timed(
            partial(_logger_by_logger, codes, token, start + timedelta(minutes=2 * MINUTES))
        )
        last_day = _timed(_last_day)
        bells = _doorbell(codes, token)
    readings = SENSORS * MINUTES
    return [
        Measure(
            name=f"backlog of {SENSORS} sensors × {MINUTES} min taken in",
            figure=readings / backlog.wall_s,
            unit="readings/s",
            bar=None,
            note=f"{readings:,} readings in {backlog.wall_s:.2f} s, "
            f"{backlog.cpu_s / readings * 1e6:.0f} µs of processor time each; summed up in "
            f"{summed.wall_s:.2f} s",
        ),
        Measure(
            name=f"{SENSORS} readings a minute in one request, summed up",
            figure=minutes.cpu_s / (60 * MINUTES),
            unit="of one core",
            bar=SHARE_BAR,
            note=f"{minutes.wall_s / MINUTES * 1000:.0f} ms a minute from beginning to end",
        ),
        Measure(
            name=f"{SENSORS} loggers a minute, a request each",
            figure=single.cpu_s / 60,
            unit="of one core",
            bar=SHARE_BAR,
            note=f"{single.wall_s / SENSORS * 1000:.1f} ms a request, without HTTP",
        ),
        Measure(
            name=f"the last day of {SENSORS} sensors for the Health page",
            figure=last_day.wall_s * 1000,
            unit="ms",
            bar=None,
            note="two hours of it are these readings",
        ),
        *bells,
    ]


def _doorbell(codes: Sequence[str], token: str) -> list[Measure]:
    """Take in fresh readings, which the doorbell looks at, with it and without it, in turn.

    All are cold, as in life nearly always: with an alarm the price is the check that was asked for.
    """
    now = clock.utc_now().replace(microsecond=0)
    minute = [now - timedelta(minutes=3) + timedelta(seconds=step) for step in range(4 * _TURNS)]
    cpu: dict[str, list[float]] = {}
    for turn in range(_TURNS):
        whole, single, whole_off, single_off = minute[4 * turn : 4 * turn + 4]
        for kind, act in (
            ("whole", partial(_at_once, codes, whole)),
            ("single", partial(_some_by_one, codes, token, single)),
        ):
            cpu.setdefault(kind, []).append(_timed(act).cpu_s)
        with patch.object(doorbell, "ring", _silent):
            for kind, act in (
                ("whole_off", partial(_at_once, codes, whole_off)),
                ("single_off", partial(_some_by_one, codes, token, single_off)),
            ):
                cpu.setdefault(kind, []).append(_timed(act).cpu_s)
    middle = {kind: sorted(taken)[len(taken) // 2] for kind, taken in cpu.items()}
    return [
        Measure(
            name=f"the doorbell, of {SENSORS} fresh readings in one request",
            figure=100 * (middle["whole"] / middle["whole_off"] - 1),
            unit="% more",
            bar=DOORBELL_BAR,
            note=f"{middle['whole'] * 1000:.1f} ms of processor time with it, "
            f"{middle['whole_off'] * 1000:.1f} ms without",
        ),
        Measure(
            name="the doorbell, of one fresh reading a request",
            figure=100 * (middle["single"] / middle["single_off"] - 1),
            unit="% more",
            bar=DOORBELL_BAR,
            note=f"{middle['single'] * 1000 / _SOME:.2f} ms of processor time a request with it, "
            f"{middle['single_off'] * 1000 / _SOME:.2f} ms without",
        ),
    ]


def _silent(_session: object, _sensor_ids: object) -> bool:
    return False


def _at_once(codes: Sequence[str], at: datetime) -> None:
    _ingest([SentReading(code=code, at=at, value=-80.0) for code in codes])


def _some_by_one(codes: Sequence[str], token: str, at: datetime) -> None:
    for code in codes[:_SOME]:
        _as_logger(token, SentReading(code=code, at=at, value=-80.0))


def _backlog(codes: Sequence[str], start: datetime) -> None:
    _ingest([each for minute in range(MINUTES) for each in _minute(codes, start, minute)])


def _by_the_minute(codes: Sequence[str], start: datetime) -> None:
    for minute in range(MINUTES):
        _ingest(_minute(codes, start, minute))
        if minute % 5 == 0:
            _roll_up()


def _logger_by_logger(codes: Sequence[str], token: str, at: datetime) -> None:
    for sent in _minute(codes, at, 0):
        _as_logger(token, sent)


def _as_logger(token: str, sent: SentReading) -> None:
    with writing() as session:
        admission = device_tokens.admit(session, token, request_id="bench")
    if admission is None:
        raise RuntimeError("The bench's own token does not hold.")
    with writing() as session:
        done = intake.ingest(session, admission.principal, [sent], kept_days=KEPT_DAYS)
    if done.counts()[Outcome.ACCEPTED] != 1:
        raise RuntimeError(f"{sent.code} was not taken in: {done.outcomes}.")


def _minute(codes: Sequence[str], start: datetime, minute: int) -> list[SentReading]:
    at = start + timedelta(minutes=minute)
    return [
        SentReading(code=code, at=at, value=-80.0 + (minute * 7 + number) % 40 / 10)
        for number, code in enumerate(codes)
    ]


def _ingest(sent: Sequence[SentReading]) -> None:
    with writing() as session:
        done = intake.ingest(session, _MACHINE, sent, kept_days=KEPT_DAYS)
    if done.counts()[Outcome.ACCEPTED] != len(sent):
        raise RuntimeError(f"Not all were taken in: {done.counts()}.")


def _roll_up() -> None:
    taken = 1
    while taken:
        with writing() as session:
            taken = keeping.roll_up(session, _MACHINE)


def _last_day() -> None:
    with reading() as session:
        queries.last_day(session, _MACHINE)


def _timed(action: Callable[[], object]) -> _Taken:
    cpu, started = _cpu_s(), time.perf_counter()
    action()
    wall_s = time.perf_counter() - started
    return _Taken(wall_s=wall_s, cpu_s=_cpu_s() - cpu)


def _cpu_s() -> float:
    """Return the processor time of this process and of the database's processes for it so far."""
    with reading() as session:
        backends = session.scalars(
            text("SELECT pid FROM pg_stat_activity WHERE application_name = 'tracseq'")
        ).all()
    times = [psutil.Process(pid).cpu_times() for pid in backends]
    return time.process_time() + sum(each.user + each.system for each in times)


@contextmanager
def _sensors() -> Iterator[tuple[list[str], str]]:
    """Add the sensors and a token for all of them; take them and all their traces away."""
    codes = [f"{_NAME}-{number:04d}" for number in range(SENSORS)]
    units = [new_id() for _ in range(0, SENSORS, _A_UNIT)]
    with writing() as session:
        session.add_all(
            Sensor(
                code=code,
                unit_id=units[number // _A_UNIT],
                unit_label=f"{_NAME}-{number // _A_UNIT}",
                setpoint_c=-80.0,
                warning_high_c=-74.0,
                alarm_high_c=-70.0,
            )
            for number, code in enumerate(codes)
        )
        token = device_tokens.make_device_token(session, _MACHINE, name=_NAME, sensor_codes=codes)
    try:
        yield codes, token
    finally:
        _take_away()


def _take_away() -> None:
    ours = select(Sensor.id).where(Sensor.code.startswith(f"{_NAME}-"))
    with writing() as session:
        for table in (Reading, ReadingFine, ReadingHour, StaleHour, DeviceTokenSensor):
            session.execute(delete(table).where(table.sensor_id.in_(ours)))
        session.execute(delete(Sensor).where(Sensor.code.startswith(f"{_NAME}-")))
        session.execute(
            update(DeviceToken)
            .where(DeviceToken.name == _NAME, DeviceToken.revoked_at.is_(None))
            .values(revoked_at=clock.utc_now())
        )
