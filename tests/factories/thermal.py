"""Thermal models as a fit leaves them, without the fitting."""

from datetime import timedelta

from sqlalchemy.orm import Session

from backend.core import clock
from backend.telemetry.models import Sensor
from backend.telemetry.thermal_models import ThermalFitRecord


def keep_model(session: Session, sensor: Sensor, *, warm_ups: int = 4) -> None:
    """Keep a model of a unit of −80 °C that two masses and a room of 22 °C make up.

    With fewer than two warm-ups it is a fit that found too little.
    """
    now = clock.utc_now()
    minutes = [0.0, 30.0, 60.0]
    trial = {
        "at": (now - timedelta(days=3)).isoformat(),
        "minutes": minutes,
        "measured_c": [-80.0, -74.0, -70.0],
        "predicted_c": [-80.0, -74.5, -70.4],
        "rmse_k": 0.4,
    }
    record = ThermalFitRecord(
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        sensor_id=sensor.id,
        made_at=now - timedelta(hours=3),
        version="2",
        first_at=now - timedelta(days=60),
        last_at=now - timedelta(days=1),
        readings=80_000,
        warm_ups=warm_ups,
    )
    if warm_ups > 1:
        record.rmse_k, record.log_spread, record.warmest_c = 0.4, 0.1, -58.0
        record.best = {"slow_min": 600.0, "learnt": {"slow_min": 0.8}}
        record.draws = [[600.0 + 5 * step, 25.0, 0.3, 22.0] for step in range(8)]
        record.trials = [trial] * warm_ups
    session.add(record)
    session.flush()
