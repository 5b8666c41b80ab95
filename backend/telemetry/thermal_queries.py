"""Reading thermal models, and asking them when a limit is crossed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import rules, unit_past
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorKind, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.newest import newest_reading
from backend.telemetry.thermal.crossing import crossing
from backend.telemetry.thermal.model import REMEMBERED_MIN, Before, Parameters
from backend.telemetry.thermal.segments import Series
from backend.telemetry.thermal_models import ThermalFitRecord
from backend.telemetry.thermal_views import HeldOut, UnitCrossing, UnitModel


def find_model(session: ReadSession, principal: Principal, unit_id: UUID) -> UnitModel | None:
    """Return a unit's newest fit; None while none was tried."""
    principal.require(Permission.PREDICTIONS_VIEW)
    row = _newest(session, unit_id)
    if row is None:
        return None
    sensor = session.get_one(Sensor, row.sensor_id)
    best = row.best or {}
    return UnitModel(
        unit_id=row.unit_id,
        unit_label=row.unit_label,
        sensor_id=SensorId(row.sensor_id),
        made_at=row.made_at,
        version=row.version,
        first_at=row.first_at,
        last_at=row.last_at,
        readings=row.readings,
        warm_ups=row.warm_ups,
        rmse_k=row.rmse_k,
        log_spread=row.log_spread,
        warmest_c=row.warmest_c,
        slow_min=best.get("slow_min"),
        learnt=best.get("learnt", {}).get("slow_min"),
        trials=[
            HeldOut(
                at=datetime.fromisoformat(each["at"]),
                minutes=each["minutes"],
                measured_c=each["measured_c"],
                predicted_c=each["predicted_c"],
                rmse_k=each["rmse_k"],
            )
            for each in row.trials or []
        ],
        is_simulated=sensor.source is SensorSource.SIMULATED,
    )


def find_crossing(
    session: ReadSession, principal: Principal, unit_id: UUID, limit_c: float
) -> UnitCrossing | None:
    """Return when a unit crosses ``limit_c`` if its cooling stops now; None without a model.

    The same readings give the same answer.
    """
    principal.require(Permission.PREDICTIONS_VIEW)
    row = _newest(session, unit_id)
    if row is None or row.draws is None or row.log_spread is None or row.warmest_c is None:
        return None
    now = clock.utc_now()
    sensor_id = _measuring(session, row)
    newest = session.scalar(newest_reading(sensor_id))
    if newest is None:
        return None
    since = newest - timedelta(minutes=REMEMBERED_MIN)
    series = series_of(session, sensor_id, since, newest)
    answered = crossing(
        [_parameters(draw) for draw in row.draws],
        log_spread=row.log_spread,
        trials=row.warm_ups,
        warmest_c=row.warmest_c,
        before=Before(series.minutes[-1] - series.minutes[:-1], series.values[:-1]),
        air_c=float(series.values[-1]),
        limit_c=limit_c,
        rng=np.random.default_rng(int(newest.timestamp())),
    )
    return UnitCrossing(crossing=answered, read_at=newest, is_stale=rules.is_silent(newest, now))


def series_of(session: Session, sensor_id: UUID, since: datetime, until: datetime) -> Series:
    """Return a sensor's readings as arrays, minutes counted from ``since``."""
    rows = session.execute(
        select(Reading.at, Reading.value)
        .where(Reading.sensor_id == sensor_id, Reading.at >= since, Reading.at <= until)
        .order_by(Reading.at)
    ).all()
    minutes = [(at - since).total_seconds() / 60 for at, _ in rows]
    return Series(np.array(minutes, dtype=float), np.array([value for _, value in rows], float))


def series_in_turn(
    session: Session,
    sensors: Sequence[Sensor],
    kinds: Collection[SensorKind],
    since: datetime,
    until: datetime,
) -> Series:
    """Return what a unit's sensors of some kinds said, each while it counted (unit_past)."""
    minutes, values = [np.empty(0)], [np.empty(0)]
    for turn in unit_past.turns_of(sensors, kinds, since, until):
        said = series_of(session, turn.sensor_id, turn.start, turn.end)
        minutes.append(said.minutes + (turn.start - since).total_seconds() / 60)
        values.append(said.values)
    return Series(np.concatenate(minutes), np.concatenate(values))


def _measuring(session: Session, row: ThermalFitRecord) -> UUID:
    """Return the sensor that says how cold a unit is now: the fitted one may have been moved."""
    since = clock.utc_now()
    sensors = unit_past.sensors_since(session, since, unit_ids=[row.unit_id], kinds=TEMPERATURES)
    if not sensors or row.sensor_id in {each.id for each in sensors}:
        return row.sensor_id
    return sensors[0].id


def _newest(session: Session, unit_id: UUID) -> ThermalFitRecord | None:
    return session.scalars(
        select(ThermalFitRecord)
        .where(ThermalFitRecord.unit_id == unit_id)
        .order_by(ThermalFitRecord.made_at.desc())
        .limit(1)
    ).one_or_none()


def _parameters(draw: list[float]) -> Parameters:
    slow, exchange, share, ambient = draw
    return Parameters(slow_min=slow, exchange_min=exchange, air_share=share, ambient_c=ambient)
