"""Thermal models are fitted from stored readings, kept with their error, and asked."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.config import Settings
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events import service as events_service
from backend.events.models import OutboxEvent
from backend.telemetry import thermal_fitting, thermal_queries
from backend.telemetry.events import AlarmCleared
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.thermal.segments import Series
from backend.work import leases
from backend.work import service as work_service
from jobs.context import JobContext
from jobs.tasks import fit_thermal
from tests.factories.cold_units import DAY, live, make_unit
from tests.factories.telemetry import make_sensor

MAY = (Permission.PREDICTIONS_VIEW, Permission.STORAGE_VIEW)


def keep(session: Session, sensor: Sensor, series: Series) -> None:
    """Keep a run of readings that ends about now."""
    start = clock.utc_now() - timedelta(minutes=float(series.minutes[-1]) + 1)
    rows = [
        {"sensor_id": sensor.id, "at": start + timedelta(minutes=minute), "value": value}
        for minute, value in zip(series.minutes.tolist(), series.values.tolist(), strict=True)
    ]
    session.execute(insert(Reading), rows)


def lived_in(session: Session, losses: dict[int, int]) -> Sensor:
    """A simulated −80 °C unit of four days with these power losses, and its power sensor."""
    rng = np.random.default_rng(7)
    lived = live(make_unit(rng), 4, losses, rng)
    probe = make_sensor(session, source=SensorSource.SIMULATED)
    power = make_sensor(session, unit_label=f"{probe.unit_label}-P")
    power.unit_id, power.kind = probe.unit_id, SensorKind.POWER
    session.flush()
    keep(session, probe, lived.probe)
    keep(session, power, lived.power)
    return probe


def test_the_job_fits_every_unit_and_the_model_is_asked_for_a_crossing(
    committed_database: Engine, settings: Settings
) -> None:
    worker = machinery("worker", *MAY, request_id="test")
    with writing() as session:
        tested = lived_in(session, {DAY: 150, 2 * DAY: 150}).unit_id
        untested = lived_in(session, {}).unit_id
        job_id = work_service.request_job(
            session, worker, kind="telemetry.fit_thermal", key="t", arguments={}, queue="long"
        )
    with writing() as session:
        claim = leases.claim(session, job_id, "test", lease_s=30)
    assert claim is not None

    fit_thermal.run(JobContext(claim=claim, principal=worker, settings=settings))

    with reading() as session:
        model = thermal_queries.find_model(session, worker, tested)
        answer = thermal_queries.find_crossing(session, worker, tested, -60.0)
        again = thermal_queries.find_crossing(session, worker, tested, -60.0)
        none = thermal_queries.find_model(session, worker, untested)
        unanswered = thermal_queries.find_crossing(session, worker, untested, -60.0)
        due = thermal_fitting.due_units(session, worker)
        events = session.scalars(
            select(OutboxEvent.type).where(OutboxEvent.aggregate_type == "thermal_fit")
        ).all()
    assert model is not None
    assert (model.warm_ups, len(model.trials), model.needed) == (2, 2, "")
    assert model.is_simulated
    assert model.rmse_k is not None
    assert 0 < model.rmse_k < 4
    assert answer is not None
    assert answer == again
    assert not answer.is_stale
    said = answer.crossing
    assert said.low_min is not None
    assert said.median_min is not None
    assert 0 < said.low_min < said.median_min
    assert none is not None
    assert none.rmse_k is None
    assert "2 are needed" in none.needed
    assert unanswered is None
    assert due == []
    assert events == ["telemetry.unit_fitted"] * 2


def test_a_unit_is_due_again_once_an_alarm_of_its_own_has_ended(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = principal_of(*MAY)
    probe = lived_in(session, {})
    readings = thermal_fitting.load_readings(session, ada, probe.unit_id)
    assert readings is not None
    thermal_fitting.store_fits(session, ada, outcomes=[thermal_fitting.fit_unit(readings)])
    before = thermal_fitting.due_units(session, ada)

    ended = AlarmCleared(
        aggregate_id=probe.id,
        unit_id=probe.unit_id,
        unit_label=probe.unit_label,
        since=clock.utc_now(),
    )
    events_service.record(session, ada, ended)

    assert before == []
    assert thermal_fitting.due_units(session, ada) == [probe.unit_id]


def test_who_may_not_see_predictions_asks_no_model(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    probe = make_sensor(session)

    with pytest.raises(PermissionDenied):
        thermal_queries.find_model(session, principal_of(), probe.unit_id)
    with pytest.raises(PermissionDenied):
        thermal_queries.find_crossing(session, principal_of(), probe.unit_id, -60.0)
    with pytest.raises(PermissionDenied):
        thermal_fitting.due_units(session, principal_of())
