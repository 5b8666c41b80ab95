"""The jobs that watch: alarms, made-up readings, and the probes of the program's own parts."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select, text, update

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.gateway import service as gateway_service
from backend.gateway.ids import Health
from backend.gateway.models import ComponentHealth
from backend.storage.ids import UnitStatus
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.errors import NotADemonstration
from backend.telemetry.ids import SensorSource
from backend.telemetry.models import Reading, Sensor
from backend.work import leases, schedules
from backend.work import service as work_service
from backend.work.errors import LeaseLost
from backend.work.models import Job, Schedule
from db.seeds import telemetry as demo_telemetry
from jobs import schedule
from jobs.context import JobContext
from jobs.queues import TASKS
from jobs.tasks import (
    check_alarms,
    keep_readings,
    probe_health,
    roll_up_readings,
    simulate_readings,
)
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, read_until

CHECK, SIMULATE, PROBE = (
    "telemetry.check_alarms",
    "telemetry.simulate_readings",
    "gateway.probe_health",
)


def attempt(kind: str, settings: Settings) -> JobContext:
    """Ask for a job of the program itself and claim it, with what its kind is granted."""
    principal = machinery("schedule", *TASKS[kind].permissions, request_id="test")
    with writing() as session:
        job_id = work_service.request_job(
            session, principal, kind=kind, key=str(new_id()), arguments={}, queue="urgent"
        )
        claim = leases.claim(session, job_id, "test", lease_s=30)
    assert claim is not None
    return JobContext(claim=claim, principal=principal, settings=settings)


def result_of(context: JobContext) -> Mapping[str, object] | None:
    with reading() as session:
        return session.scalars(select(Job.result).where(Job.id == context.claim.job_id)).one()


def set_up(session: WriteSession, *, is_demo: bool) -> None:
    founder = machinery("founder", Permission.USERS_MANAGE, request_id="test")
    auth_service.create_laboratory(
        session, founder, name="Harbour Street", time_zone="Europe/Berlin", is_demo=is_demo
    )


def warm_sensor() -> Sensor:
    with writing() as session:
        sensor = make_sensor(session)
        read_until(session, sensor, clock.utc_now(), [-60.0] * 17)
    return sensor


def raised(session: WriteSession) -> int:
    return session.scalars(
        select(func.count())
        .select_from(OutboxEvent)
        .where(OutboxEvent.type == "telemetry.alarm_raised")
    ).one()


def test_a_check_raises_the_alarm_and_says_so_in_its_result(
    committed_database: Engine, settings: Settings
) -> None:
    warm_sensor()
    context = attempt(CHECK, settings)

    check_alarms.run(context)

    assert context.finished
    assert result_of(context) == {
        "listeners_gone": 0,
        "raised": 1,
        "cleared": 0,
        "fell_silent": 0,
    }
    with writing() as session:
        assert raised(session) == 1


def test_a_check_leaves_a_retired_unit_alone(
    committed_database: Engine, settings: Settings
) -> None:
    sensor = warm_sensor()
    with writing() as session:
        unit = make_freezer(session, status=UnitStatus.RETIRED)
        session.get_one(Sensor, sensor.id).unit_id = unit.unit_id

    check_alarms.run(attempt(CHECK, settings))

    with writing() as session:
        assert raised(session) == 0


def test_a_check_whose_job_somebody_else_has_tells_nothing(
    committed_database: Engine, settings: Settings
) -> None:
    sensor = warm_sensor()
    context = attempt(CHECK, settings)
    with writing() as session:
        session.execute(
            update(Job).where(Job.id == context.claim.job_id).values(fence=Job.fence + 1)
        )

    with pytest.raises(LeaseLost):
        check_alarms.run(context)

    with writing() as session:
        assert raised(session) == 0
        opened = select(func.count()).select_from(Alarm).where(Alarm.sensor_id == sensor.id)
        assert session.scalars(opened).one() == 0


def test_a_demonstrations_sensors_go_on_and_a_real_laboratorys_do_not(
    committed_database: Engine, settings: Settings
) -> None:
    with writing() as session:
        set_up(session, is_demo=False)
        sensor = make_sensor(session, source=SensorSource.SIMULATED)

    with pytest.raises(NotADemonstration):
        simulate_readings.run(attempt(SIMULATE, settings))
    with writing() as session:
        session.execute(text("UPDATE laboratory SET is_demo = true"))
    simulate_readings.run(attempt(SIMULATE, settings))

    with reading() as session:
        kept = session.scalars(
            select(func.count()).select_from(Reading).where(Reading.sensor_id == sensor.id)
        ).one()
    assert kept == 1


def test_readings_get_their_months_at_the_start_and_not_only_at_the_full_hour(
    session: WriteSession,
) -> None:
    schedule.ensure_all(session, "Europe/Berlin")
    session.execute(update(Schedule).values(next_at=func.now() + text("interval '30 minutes'")))

    schedule.ensure_all(session, "Europe/Berlin")

    due = select(Schedule.name).where(Schedule.next_at <= func.clock_timestamp())
    assert set(session.scalars(due)) == {"keep readings"}
    nobody = machinery("schedule", request_id="test")
    assert schedules.fire_due(session, {None: nobody}, {}) == 1
    assert session.scalars(due).all() == []


def test_only_the_seed_of_a_demonstration_schedules_made_up_readings(
    session: WriteSession,
) -> None:
    def scheduled() -> set[str]:
        return set(session.scalars(select(Schedule.job_kind)))

    schedule.ensure_all(session, "Europe/Berlin")
    of_every_laboratory = scheduled()
    demo_telemetry.go_on(session, machinery("seed", request_id="test"))

    assert CHECK in of_every_laboratory
    assert SIMULATE not in of_every_laboratory
    assert SIMULATE in scheduled()


def test_a_round_of_probes_asks_every_part_of_the_program(
    committed_database: Engine, settings: Settings
) -> None:
    with writing() as session:
        for service in ("dispatcher", "leader", "live", "worker-1", "worker-2"):
            gateway_service.renew_lease(session, service=service, instance=f"{service}@here:1")
        schedule.ensure_all(session, "Europe/Berlin")
    nobody_serves = settings.model_copy(update={"port": 1})

    probe_health.run(attempt(PROBE, nobody_serves))

    with reading() as session:
        found = {row.component: row.status for row in session.scalars(select(ComponentHealth))}
    assert found == {
        "web": Health.DOWN,
        "database": found["database"],
        "redis": found["redis"],
        "mail": Health.OFF,
        "mqtt": Health.OFF,
        "disk": found["disk"],
        "dispatcher": Health.OPERATIONAL,
        "leader": Health.OPERATIONAL,
        "live": Health.OPERATIONAL,
        "worker:worker-1": Health.OPERATIONAL,
        "worker:worker-2": Health.OPERATIONAL,
        "outbox": Health.OPERATIONAL,
        "schedules": Health.OPERATIONAL,
        "queues": Health.OPERATIONAL,
    }
    # How fast a machine answers is not judged here; that it was measured is.
    assert {found["database"], found["redis"], found["disk"]} <= {
        Health.OPERATIONAL,
        Health.DEGRADED,
    }


def test_a_web_server_that_answers_a_second_try_is_slow_and_not_down(
    committed_database: Engine, settings: Settings
) -> None:
    asked: list[str] = []

    class BusyAtFirst(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(503 if len(asked) == 1 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), BusyAtFirst)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        busy = settings.model_copy(update={"port": server.server_port})
        probe_health.run(attempt(PROBE, busy))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    with reading() as session:
        web = session.get_one(ComponentHealth, "web")
        assert (web.status, len(asked)) == (Health.DEGRADED, 2)
        assert "Only a second try was answered" in web.detail
        assert "503" in web.detail


def test_redis_that_is_absent_is_degraded_and_not_down(
    committed_database: Engine, settings: Settings
) -> None:
    without = settings.model_copy(update={"redis_url": None, "port": 1})

    probe_health.run(attempt(PROBE, without))

    with reading() as session:
        redis = session.get_one(ComponentHealth, "redis")
        assert redis.status is Health.DEGRADED
        assert "nothing is lost" in redis.detail


def test_readings_are_summed_up_and_their_months_made(
    committed_database: Engine, settings: Settings
) -> None:
    warm_sensor()
    sum_up = attempt("telemetry.roll_up", settings)
    keep = attempt("telemetry.keep_readings", settings)

    roll_up_readings.run(sum_up)
    keep_readings.run(keep)

    assert result_of(sum_up) in ({"hours": 1}, {"hours": 2})
    assert result_of(keep) == {"made": 3, "forgotten": 0}
