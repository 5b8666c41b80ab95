"""Fitting units: load readings, compute without a session, store what came out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import func, or_, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.events.models import OutboxEvent
from backend.telemetry import thermal_queries, unit_past
from backend.telemetry.events import AlarmCleared, UnitFitted
from backend.telemetry.ids import TEMPERATURES, SensorKind
from backend.telemetry.models import Sensor
from backend.telemetry.thermal.fitting import NAMES, VERSION, NoModel, ThermalFit, Trial, fit
from backend.telemetry.thermal.segments import LEAST_READINGS, Series, find_warm_ups
from backend.telemetry.thermal_models import ThermalFitRecord

LOOKED_BACK = timedelta(days=120)
_AGAIN_AFTER = timedelta(hours=23)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReadings:
    """What a unit's sensors said; minutes count from ``since``."""

    unit_id: UUID
    unit_label: str
    sensor_id: UUID
    since: datetime
    temperature: Series
    power: Series | None
    door: Series | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOutcome:
    """What came out for a unit, with what it rests on."""

    readings: UnitReadings
    warm_ups: int
    outcome: ThermalFit | NoModel


def due_units(session: ReadSession, principal: Principal) -> list[UUID]:
    """Return the units to be fitted: not for a day, or not since an alarm of theirs ended."""
    principal.require(Permission.STORAGE_VIEW)
    newest = (
        select(ThermalFitRecord.unit_id, func.max(ThermalFitRecord.made_at).label("made_at"))
        .group_by(ThermalFitRecord.unit_id)
        .subquery()
    )
    ended = (
        select(OutboxEvent.aggregate_id)
        .where(
            OutboxEvent.type == AlarmCleared.TYPE,
            OutboxEvent.aggregate_id == Sensor.id,
            OutboxEvent.at > newest.c.made_at,
        )
        .exists()
    )
    return list(
        session.scalars(
            select(Sensor.unit_id)
            .distinct()
            .outerjoin(newest, newest.c.unit_id == Sensor.unit_id)
            .where(
                Sensor.kind.in_(TEMPERATURES),
                Sensor.disconnected_at.is_(None),
                or_(
                    newest.c.made_at.is_(None),
                    newest.c.made_at < clock.utc_now() - _AGAIN_AFTER,
                    ended,
                ),
            )
            .order_by(Sensor.unit_id)
        )
    )


def load_readings(session: ReadSession, principal: Principal, unit_id: UUID) -> UnitReadings | None:
    """Return what a unit's sensors said in the last 120 days; None with next to nothing."""
    principal.require(Permission.STORAGE_VIEW)
    until = clock.utc_now()
    since = until - LOOKED_BACK
    sensors = unit_past.sensors_since(session, since, unit_ids=[unit_id])
    chosen = unit_past.standing_of(sensors, TEMPERATURES)
    if chosen is None:
        return None

    def series(*kinds: SensorKind) -> Series | None:
        if not any(each.kind in kinds for each in sensors):
            return None
        return thermal_queries.series_in_turn(session, sensors, kinds, since, until)

    temperature = thermal_queries.series_in_turn(session, sensors, (chosen.kind,), since, until)
    if len(temperature.values) < LEAST_READINGS:
        return None
    return UnitReadings(
        unit_id=unit_id,
        unit_label=chosen.unit_label,
        sensor_id=chosen.id,
        since=since,
        temperature=temperature,
        power=series(SensorKind.POWER),
        door=series(SensorKind.DOOR),
    )


def fit_unit(readings: UnitReadings) -> UnitOutcome:
    """Fit a unit; the same readings give the same model, whenever it is made."""
    warm_ups = find_warm_ups(readings.temperature, readings.power, readings.door)
    rng = np.random.default_rng(len(readings.temperature.values))
    return UnitOutcome(readings=readings, warm_ups=len(warm_ups), outcome=fit(warm_ups, rng))


def store_fits(
    session: WriteSession, principal: Principal, *, outcomes: Sequence[UnitOutcome]
) -> None:
    """Keep what came out, one row and one event for each unit."""
    principal.require(Permission.STORAGE_VIEW)
    for each in outcomes:
        row = _row(each)
        session.add(row)
        session.flush()
        fitted = UnitFitted(
            aggregate_id=row.id,
            unit_id=row.unit_id,
            unit_label=row.unit_label,
            version=row.version,
            warm_ups=row.warm_ups,
            rmse_k=row.rmse_k,
        )
        events_service.record(session, principal, fitted)


def _row(each: UnitOutcome) -> ThermalFitRecord:
    readings, outcome = each.readings, each.outcome
    minutes = readings.temperature.minutes
    row = ThermalFitRecord(
        unit_id=readings.unit_id,
        unit_label=readings.unit_label,
        sensor_id=readings.sensor_id,
        made_at=clock.utc_now(),
        version=VERSION,
        first_at=_instant(readings, float(minutes[0])),
        last_at=_instant(readings, float(minutes[-1])),
        readings=len(minutes),
        warm_ups=each.warm_ups,
    )
    if isinstance(outcome, ThermalFit):
        row.rmse_k = outcome.rmse_k
        row.log_spread = outcome.log_spread
        row.warmest_c = outcome.warmest_c
        learnt = dict(zip(NAMES, outcome.learnt, strict=True))
        row.best = {**asdict(outcome.best), "learnt": learnt}
        row.draws = [[getattr(draw, name) for name in NAMES] for draw in outcome.draws]
        row.trials = [_trial(readings, trial) for trial in outcome.trials]
    return row


def _trial(readings: UnitReadings, trial: Trial) -> dict[str, object]:
    return {
        "at": _instant(readings, trial.start_min).isoformat(),
        "minutes": np.round(trial.minutes, 2).tolist(),
        "measured_c": np.round(trial.measured_c, 3).tolist(),
        "predicted_c": np.round(trial.predicted_c, 3).tolist(),
        "rmse_k": trial.rmse_k,
    }


def _instant(readings: UnitReadings, minutes: float) -> datetime:
    return readings.since + timedelta(minutes=minutes)
