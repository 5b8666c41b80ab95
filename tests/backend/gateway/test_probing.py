"""Probes: stored, summed, and honest about what nobody measured."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.gateway import measuring, queries, rules, service
from backend.gateway.ids import Health
from backend.gateway.measuring import Life
from backend.gateway.models import (
    ComponentHealth,
    HealthBucket,
    HealthProbe,
    ServiceInstance,
)
from backend.gateway.queries import Range
from backend.gateway.views import ComponentState, Observation, PartToday
from jobs.schedule import SCHEDULE

LONG_AGO = datetime(2020, 2, 2, tzinfo=UTC)
LONGER_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def seen(
    status: Health = Health.OPERATIONAL,
    component: str = "web",
    latency_ms: float | None = 12.0,
    detail: str = "",
) -> Observation:
    return Observation(component=component, status=status, latency_ms=latency_ms, detail=detail)


@pytest.fixture
def prober(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


def state(session: WriteSession, component: str = "web", span: Range = Range.DAY) -> ComponentState:
    session.expire_all()
    return next(
        part for part in queries.component_states(session, span) if part.component == component
    )


def database_now(session: WriteSession) -> datetime:
    return session.scalars(select(func.clock_timestamp())).one()


def test_a_round_of_probes_is_kept_with_its_latency(
    session: WriteSession, prober: Principal
) -> None:
    service.store_probes(session, prober, observations=[seen(), seen(component="database")])

    web = state(session)
    assert web.status is Health.OPERATIONAL
    assert web.latency_p95_ms == 12.0
    assert web.uptime_24h == 1.0
    assert web.history[-1].total == 1
    assert web.label == "Web"


def test_storing_needs_the_right_to_operate(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        service.store_probes(session, principal_of(Permission.HEALTH_VIEW), observations=[seen()])


@pytest.mark.parametrize("span", list(Range))
def test_every_range_has_its_bars_and_the_empty_ones_say_so(
    session: WriteSession, prober: Principal, span: Range
) -> None:
    service.store_probes(session, prober, observations=[seen(Health.DOWN, latency_ms=None)])

    history = state(session, span=span).history
    assert len(history) == {"1h": 60, "24h": 48, "7d": 56, "90d": 90}[span.value]
    assert [bucket.total for bucket in history[:-1]] == [0] * (len(history) - 1)
    assert (history[-1].total, history[-1].failed) == (1, 1)


def test_nothing_measured_for_ninety_seconds_is_unknown_not_well(
    session: WriteSession, prober: Principal
) -> None:
    service.store_probes(session, prober, observations=[seen()])
    session.flush()
    session.execute(
        update(ComponentHealth).values(checked_at=func.clock_timestamp() - timedelta(seconds=91))
    )

    web = state(session)
    assert web.status is Health.UNKNOWN
    assert web.latency_ms is None
    assert "No measurement lately" in web.detail


def test_a_change_is_logged_and_told_once(session: WriteSession, prober: Principal) -> None:
    for status in (Health.OPERATIONAL, Health.DEGRADED, Health.DEGRADED, Health.OPERATIONAL):
        service.store_probes(session, prober, observations=[seen(status, detail=status.value)])

    told = session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.type == "health.status_changed")
    ).all()
    log = queries.changes(session)
    assert [(line["old"], line["new"]) for line in told] == [
        ("operational", "degraded"),
        ("degraded", "operational"),
    ]
    assert [(line.old, line.new) for line in log] == [
        (Health.DEGRADED, Health.OPERATIONAL),
        (Health.OPERATIONAL, Health.DEGRADED),
    ]


def test_since_is_when_the_state_began_not_the_last_probe(
    session: WriteSession, prober: Principal
) -> None:
    service.store_probes(session, prober, observations=[seen(Health.DEGRADED)])
    began = state(session).since
    service.store_probes(session, prober, observations=[seen(Health.DEGRADED)])

    web = state(session)
    assert web.since == began
    assert web.checked_at > began


def test_uptime_counts_what_was_down_not_what_was_slow(
    session: WriteSession, prober: Principal
) -> None:
    for status in (Health.OPERATIONAL, Health.DEGRADED, Health.DOWN, Health.OPERATIONAL):
        service.store_probes(session, prober, observations=[seen(status)])

    web = state(session)
    assert web.uptime_24h == 0.75
    assert sum(bucket.degraded for bucket in web.history) == 1
    assert sum(bucket.failed for bucket in web.history) == 1


def test_a_part_that_is_not_set_up_has_no_uptime(session: WriteSession, prober: Principal) -> None:
    service.store_probes(
        session, prober, observations=[seen(Health.OFF, component="mail", latency_ms=None)]
    )

    mail = state(session, "mail")
    assert mail.status is Health.OFF
    assert mail.uptime_24h is None
    assert sum(bucket.total for bucket in mail.history) == 0


def test_the_worst_part_comes_first(session: WriteSession, prober: Principal) -> None:
    service.store_probes(
        session,
        prober,
        observations=[
            seen(component="web"),
            seen(Health.OFF, component="mail"),
            seen(Health.DEGRADED, component="redis"),
            seen(Health.DOWN, component="worker:worker-2"),
        ],
    )

    assert [part.component for part in queries.states_now(session)] == [
        "worker:worker-2",
        "redis",
        "web",
        "mail",
    ]


def test_the_day_of_the_worst_parts_is_what_the_health_page_says_of_them(
    session: WriteSession, prober: Principal
) -> None:
    for latency_ms in (12.0, 30.0):
        round_of = [
            seen(component="web", latency_ms=latency_ms),
            seen(Health.DEGRADED, component="redis", latency_ms=2 * latency_ms),
            seen(Health.DOWN, component="mail", latency_ms=None),
        ]
        service.store_probes(session, prober, observations=round_of)

    worst = queries.worst_today(session, queries.look(session), 2)

    whole = queries.component_states(session)[:2]
    assert [part.label for part in whole] == [part.label for part in worst]
    assert worst == [
        PartToday(
            label=part.label,
            status=part.status,
            latency_p95_ms=part.latency_p95_ms,
            history=part.history,
        )
        for part in whole
    ]
    assert [part.status for part in worst] == [Health.DOWN, Health.DEGRADED]
    assert [part.latency_p95_ms for part in worst] == [None, pytest.approx(58.2)]
    assert [part.history[-1].total for part in worst] == [2, 2]


def test_raw_probes_go_after_two_days_and_sums_stay(
    session: WriteSession, prober: Principal
) -> None:
    old = database_now(session) - timedelta(days=3)
    session.add(HealthProbe(component="web", at=old, status=Health.DOWN, latency_ms=None))
    session.add(
        HealthBucket(
            component="web",
            start_at=old,
            total=60,
            degraded=0,
            down=6,
            measured=0,
            latency_sum_ms=0,
        )
    )
    session.flush()

    service.store_probes(session, prober, observations=[seen()])

    assert session.scalar(select(func.count()).select_from(HealthProbe)) == 1
    assert state(session).uptime_30d == pytest.approx(1 - 6 / 61)


def test_a_process_lives_while_its_lease_holds(session: WriteSession) -> None:
    service.renew_lease(session, service="leader", instance="leader@a:1")
    service.renew_lease(session, service="worker-1", instance="worker-1@a:2")
    service.renew_lease(session, service="worker-1", instance="worker-1@a:2")

    found = {part.component: part.status for part in measuring.from_database(session)}

    assert found["leader"] is Health.OPERATIONAL
    assert found["worker:worker-1"] is Health.OPERATIONAL
    assert found["dispatcher"] is Health.UNKNOWN
    assert len(queries.leases(session)) == 2


def test_a_process_whose_lease_ran_out_is_down_and_says_since_when(session: WriteSession) -> None:
    service.renew_lease(session, service="leader", instance="leader@a:1")
    session.execute(
        update(ServiceInstance).values(lease_until=func.clock_timestamp() - timedelta(minutes=5))
    )

    leader = next(part for part in measuring.from_database(session) if part.component == "leader")

    assert leader.status is Health.DOWN
    assert leader.detail == "No sign of life for 6 min."


def test_a_successor_keeps_the_part_alive(session: WriteSession) -> None:
    service.renew_lease(session, service="leader", instance="leader@a:1")
    session.execute(
        update(ServiceInstance).values(lease_until=func.clock_timestamp() - timedelta(minutes=5))
    )
    service.renew_lease(session, service="leader", instance="leader@b:9")

    found = {part.component: part.status for part in measuring.from_database(session)}

    assert found["leader"] is Health.OPERATIONAL


def test_a_service_is_up_since_the_first_of_its_living_processes_began(
    session: WriteSession,
) -> None:
    never = measuring.lives(session, {"web"})
    for number in (1, 2):
        service.renew_lease(session, service="web", instance=f"web@a:{number}")
    first, second = session.scalars(select(ServiceInstance).order_by(ServiceInstance.instance))
    first.started_at, second.started_at = LONGER_AGO, LONG_AGO
    session.flush()

    both = measuring.lives(session, {"web", "mqtt"})
    first.lease_until = LONG_AGO
    session.flush()
    one = measuring.lives(session, {"web", "mqtt"})
    second.lease_until = LONG_AGO
    session.flush()
    none = measuring.lives(session, {"web", "mqtt"})

    assert never == {}
    assert (both["web"].since, one["web"].since) == (LONGER_AGO, LONG_AGO)
    assert none == {"web": Life(since=None, seen_at=LONG_AGO - rules.LEASE)}


def test_a_process_whose_lease_had_ended_begins_anew(session: WriteSession) -> None:
    service.renew_lease(session, service="web", instance="web@a:1")
    session.execute(update(ServiceInstance).values(started_at=LONG_AGO))
    service.renew_lease(session, service="web", instance="web@a:1")
    renewed = measuring.lives(session, {"web"})["web"].since
    session.execute(update(ServiceInstance).values(lease_until=LONG_AGO))

    service.renew_lease(session, service="web", instance="web@a:1")

    assert renewed == LONG_AGO
    begun = measuring.lives(session, {"web"})["web"].since
    assert begun is not None
    assert begun > LONG_AGO


def test_a_process_that_dies_between_two_probes_is_down_when_its_lease_ends(
    session: WriteSession, prober: Principal
) -> None:
    service.renew_lease(session, service="leader", instance="leader@a:1")
    service.store_probes(session, prober, observations=[seen(component="leader", latency_ms=None)])
    ended = database_now(session) - timedelta(seconds=1)
    session.execute(update(ServiceInstance).values(lease_until=ended))

    leader = state(session, "leader")

    assert leader.status is Health.DOWN
    assert leader.since == ended
    assert leader.detail.startswith("No sign of life for")


def test_a_process_is_up_again_with_its_lease_and_not_with_the_next_probe(
    session: WriteSession, prober: Principal
) -> None:
    down = seen(Health.DOWN, component="leader", latency_ms=None)
    service.store_probes(session, prober, observations=[down])
    service.renew_lease(session, service="leader", instance="leader@b:9")

    assert state(session, "leader").status is Health.OPERATIONAL


def test_a_worker_shows_before_anybody_has_probed_it(session: WriteSession) -> None:
    service.renew_lease(session, service="worker-1", instance="worker-1@a:2")

    (worker,) = queries.states_now(session)

    assert (worker.component, worker.status) == ("worker:worker-1", Health.OPERATIONAL)


def test_a_worker_that_has_ended_is_unknown_and_says_so(
    session: WriteSession, prober: Principal
) -> None:
    worker = seen(component="worker:worker-2", latency_ms=None)
    service.store_probes(session, prober, observations=[worker])
    session.execute(
        update(ComponentHealth).values(checked_at=func.clock_timestamp() - timedelta(minutes=5))
    )

    ended = state(session, "worker:worker-2")

    assert ended.status is Health.UNKNOWN
    assert ended.detail == "The process has ended, and no other has taken its place."


def test_a_process_that_ends_in_good_order_takes_its_lease_back(session: WriteSession) -> None:
    service.renew_lease(session, service="worker-2", instance="worker-2@a:3")

    service.end_lease(session, service="worker-2", instance="worker-2@a:3")

    assert queries.leases(session) == []


def test_availability_rests_on_what_was_probed(session: WriteSession, prober: Principal) -> None:
    for _ in range(28):
        service.store_probes(session, prober, observations=[seen()])
    service.store_probes(session, prober, observations=[seen(Health.UNKNOWN, latency_ms=None)])

    web = state(session)
    assert web.uptime_30d == 1.0
    assert web.measured_30d == timedelta(minutes=14)


def test_probing_twice_as_often_measures_no_more_time(
    session: WriteSession, prober: Principal
) -> None:
    service.store_probes(session, prober, observations=[seen()])
    session.execute(update(HealthBucket).values(total=500))

    assert state(session).measured_30d == timedelta(minutes=30)


def test_a_finding_vouches_for_as_long_as_the_schedule_waits() -> None:
    every_s = int(rules.PROBE_EVERY.total_seconds())

    assert SCHEDULE["probe health"].cron == f"@every {every_s}s"
