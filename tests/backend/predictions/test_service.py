"""Forecasts are made from the stored occupancy, kept, and read back."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, func, select

from backend.core import clock
from backend.core.config import Settings
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.predictions import queries, service
from backend.predictions.models import CapacityForecast
from backend.samples.ids import TemperatureClass
from backend.storage.models import OccupancySnapshot
from backend.work import leases
from backend.work.models import Job
from jobs.context import JobContext
from jobs.tasks import forecast_capacity
from tests.factories.storage import make_freezer

MAY = (Permission.PREDICTIONS_VIEW, Permission.PREDICTIONS_REVIEW, Permission.STORAGE_VIEW)


def fill(session: WriteSession, zone: TemperatureClass, *, days: int, capacity: int) -> None:
    """A freezer that took about ten a day up to yesterday."""
    unit = make_freezer(session, zone=zone).unit_id
    today, intake = clock.utc_now().date(), np.random.default_rng(5).poisson(10, days)
    session.add_all(
        OccupancySnapshot(
            unit_id=unit,
            taken_on=today - timedelta(days=days - index),
            temperature_class=zone,
            used=int(intake[: index + 1].sum()),
            capacity=capacity,
        )
        for index in range(days)
    )
    session.flush()


def test_the_job_forecasts_every_zone_and_keeps_what_came_out(
    committed_database: Engine, settings: Settings
) -> None:
    worker = machinery("worker", *MAY, request_id="test")
    with writing() as session:
        fill(session, TemperatureClass.MINUS_80, days=90, capacity=2000)
        fill(session, TemperatureClass.PLUS_4, days=18, capacity=500)
        job_id = service.request_forecast(session, worker)
    with writing() as session:
        claim = leases.claim(session, job_id, "test", lease_s=30)
    assert claim is not None

    forecast_capacity.run(JobContext(claim=claim, principal=worker, settings=settings))

    with reading() as session:
        cold, cool = queries.latest_capacity(session, worker)
        events = session.scalars(
            select(OutboxEvent.type).where(OutboxEvent.type.startswith("predictions."))
        ).all()
        assert session.get_one(Job, job_id).result == {"zones": 2}
    assert cold.outlook is not None
    assert cold.full_p10_days is not None
    assert cold.full_p50_days is not None
    assert 80 <= cold.full_p50_days <= 150  # about 1,100 free at ten a day
    assert cold.full_p10_days <= cold.full_p50_days
    assert len(cold.outlook.dots) == 20
    assert cold.outlook.score.n_origins > 0
    assert (cool.is_scored, cool.shortage) == (False, "Not enough history (18 of 60 days)")
    assert events == ["predictions.forecast_made"] * 2


def test_the_newest_forecast_of_a_zone_is_shown_and_older_ones_are_kept(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = principal_of(*MAY)
    fill(session, TemperatureClass.MINUS_80, days=60, capacity=2000)
    ((zone, history),) = service.load_histories(session, ada).items()

    for _ in range(2):
        forecast = service.forecast_zone(zone, history)
        service.store_forecasts(session, ada, forecasts=[forecast])

    shown = queries.latest_capacity(session, ada)
    assert len(shown) == 1
    assert session.scalar(select(func.count()).select_from(CapacityForecast)) == 2


def test_asking_twice_within_a_minute_is_asking_once(
    session: WriteSession, principal_of: Callable[..., Principal], frozen_clock: object
) -> None:
    ada = principal_of(*MAY)

    assert service.request_forecast(session, ada) == service.request_forecast(session, ada)


def test_who_may_not_judge_predictions_asks_for_none(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        service.request_forecast(session, principal_of(Permission.PREDICTIONS_VIEW))
    with pytest.raises(PermissionDenied):
        queries.latest_capacity(session, principal_of())
