"""Incidents from alarms: opened once, joined, merged, contained and opened again."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import ProgrammingError

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.events.models import OutboxEvent
from backend.incidents import service
from backend.incidents.ids import IncidentKind, IncidentState, ReadingsFrom
from backend.incidents.models import Incident, IncidentAlarm, IncidentUnit
from backend.incidents.views import Followed
from backend.telemetry import alarm_common, common_rules, keeping, rule_making
from backend.telemetry import service as telemetry_service
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.ids import SensorKind
from backend.telemetry.models import Reading
from tests.factories.incidents import (
    CHECKER,
    WARM,
    cool_down,
    follow,
    minutes,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

NOTHING = Followed()


def told(session: WriteSession, incident: Incident) -> list[str]:
    return list(
        session.scalars(
            select(OutboxEvent.type)
            .where(OutboxEvent.aggregate_id == incident.id)
            .order_by(OutboxEvent.seq)
        )
    )


def test_an_alarm_opens_one_incident_however_often_it_is_followed(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())

    first, second = follow(session), follow(session)

    incident = only_incident(session)
    assert (first.opened, second) == (1, NOTHING)
    assert (incident.kind, incident.state) == (IncidentKind.UNIT, IncidentState.OPEN)
    assert incident.began_at == frozen_clock() - minutes(29)
    assert told(session, incident) == ["incidents.opened"]
    unit = session.scalars(select(IncidentUnit)).one()
    assert (unit.unit_label, unit.highest_c) == (watched.freezer.label, -55.0)
    assert unit.out_min == pytest.approx(29.0)
    assert unit.unknown_min == 0
    assert unit.readings_from is ReadingsFrom.READINGS


def test_two_checks_at_once_open_one_incident(committed_database: Engine) -> None:
    with writing() as session:
        warm_up(session, watch_freezer(session), clock.utc_now())
        telemetry_service.check_alarms(session, CHECKER)
    barrier, opened = Barrier(2), []

    def check() -> None:
        with writing() as session:
            barrier.wait()
            opened.append(service.follow_alarms(session, CHECKER).opened)

    threads = [Thread(target=check) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(opened) == [0, 1]
    with writing() as session:
        assert session.scalars(select(func.count()).select_from(Incident)).one() == 1


def test_without_an_alarm_nothing_is_opened(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    warm_up(session, watch_freezer(session), frozen_clock(), [-80.0] * 30)

    assert follow(session) == NOTHING


def test_who_may_not_operate_follows_nothing(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        service.follow_alarms(session, principal_of(Permission.STORAGE_VIEW))


def test_three_units_at_once_are_one_incident_of_the_site(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    for _ in range(3):
        warm_up(session, watch_freezer(session), frozen_clock())

    followed = follow(session)

    assert followed.opened == 1
    incident = only_incident(session)
    assert (incident.kind, incident.storm_version) == (IncidentKind.SITE_POWER, 1)


def test_two_units_are_one_incident_where_the_common_rule_says_so(
    session: WriteSession, frozen_clock: FrozenClock, principal_of: Callable[..., Principal]
) -> None:
    alarm_common.change_common_rule(
        session,
        principal_of(Permission.STORAGE_CONFIGURE),
        version=1,
        numbers=replace(common_rules.DEFAULT, storm_units=2),
        reason="Two freezers are all we have",
    )
    for _ in range(2):
        warm_up(session, watch_freezer(session), frozen_clock())

    followed = follow(session)

    incident = only_incident(session)
    assert (followed.opened, incident.kind) == (1, IncidentKind.SITE_POWER)
    assert incident.storm_version == 2


def test_a_third_unit_a_minute_later_draws_the_others_together(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    first, second, third = (watch_freezer(session) for _ in range(3))
    warm_up(session, first, frozen_clock(), [-80.0] + [-55.0] * 16)
    warm_up(session, second, frozen_clock(), [-80.0] + [-55.0] * 16)
    warm_up(session, third, frozen_clock(), [-80.0] * 2 + [-55.0] * 15)

    before = follow(session)
    frozen_clock.advance(minutes=1)
    for watched in (first, second, third):
        read_until(session, watched.sensor, frozen_clock(), [-55.0])
    after = follow(session)

    assert (before.opened, after.opened) == (2, 0)
    kept, gone = session.scalars(select(Incident).order_by(Incident.number)).all()
    assert (kept.kind, kept.state) == (IncidentKind.SITE_POWER, IncidentState.OPEN)
    assert (gone.state, gone.merged_into_id) == (IncidentState.MERGED, kept.id)
    assert set(session.scalars(select(IncidentUnit.incident_id))) == {kept.id}
    assert set(session.scalars(select(IncidentAlarm.incident_id))) == {kept.id}
    assert told(session, gone)[-1] == "incidents.merged"


def test_an_incident_is_contained_once_the_unit_is_back_in_range(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    frozen_clock.advance(minutes=10)
    cool_down(session, watched, frozen_clock(), technician)

    followed, again = follow(session), follow(session)

    incident = only_incident(session)
    assert (followed.contained, again) == (1, NOTHING)
    assert incident.state is IncidentState.CONTAINED
    assert incident.ended_at == frozen_clock() - minutes(9)
    alarm = session.scalars(select(IncidentAlarm)).one()
    assert alarm.over_at == frozen_clock()


def test_an_incident_keeps_the_version_of_the_rule_that_raised_its_alarm(
    session: WriteSession, frozen_clock: FrozenClock, principal_of: Callable[..., Principal]
) -> None:
    key = "ultra_low:temperature:high:critical"
    keeper = principal_of(Permission.STORAGE_CONFIGURE)
    watched = watch_freezer(session)
    watched.sensor.alarm_high_c = None
    warm_up(session, watched, frozen_clock())
    follow(session)

    for version, limit in ((1, -60.0), (2, -58.0)):
        rule_making.change_rule(
            session,
            keeper,
            key=key,
            version=version,
            terms=NewTerms(limit=limit, delay=minutes(15), deadband=2.0),
            reason="As the vendor says",
        )
        frozen_clock.advance(minutes=1)
        follow(session)

    alarm = session.scalars(select(IncidentAlarm)).one()
    assert (alarm.rule_key, alarm.rule_version, alarm.limit_value) == (key, 1, -65.0)


def test_back_in_range_is_the_end_though_nobody_has_acknowledged(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    frozen_clock.advance(minutes=10)
    read_until(session, watched.sensor, frozen_clock(), [-79.0] * 10)

    follow(session)

    incident = only_incident(session)
    assert incident.state is IncidentState.CONTAINED
    assert session.scalars(select(IncidentAlarm.over_at)).one() is None


def test_warm_again_before_it_is_closed_is_the_same_incident(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    frozen_clock.advance(minutes=10)
    cool_down(session, watched, frozen_clock(), technician)
    follow(session)
    frozen_clock.advance(minutes=20)
    read_until(session, watched.sensor, frozen_clock(), [-50.0] * 20)

    followed = follow(session)

    incident = only_incident(session)
    assert followed.opened == 0
    assert (incident.state, incident.ended_at) == (IncidentState.OPEN, None)
    assert told(session, incident)[-1] == "incidents.reopened"


def test_readings_that_come_late_are_reckoned(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    frozen_clock.advance(minutes=40)
    cool_down(session, watched, frozen_clock(), technician)
    follow(session)
    unit = session.scalars(select(IncidentUnit)).one()
    before = unit.unknown_min

    read_until(session, watched.sensor, frozen_clock() - minutes(10), [-54.0] * 30)
    follow(session)

    assert before == pytest.approx(31.0)
    assert unit.unknown_min == pytest.approx(0.0)
    assert unit.highest_c == -54.0


def test_the_probe_in_the_product_counts_and_not_the_one_in_the_air(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    freezer = make_freezer(session)
    air, probe = make_sensor(session, unit_label="A"), make_sensor(session, unit_label="B")
    for sensor in (air, probe):
        sensor.unit_id = freezer.unit_id
    air.kind = SensorKind.TEMPERATURE_AIR
    session.flush()
    read_until(session, air, frozen_clock(), WARM)
    read_until(session, probe, frozen_clock(), [-78.0] * 90)

    follow(session)

    unit = session.scalars(select(IncidentUnit)).one()
    assert (unit.sensor_id, unit.highest_c) == (probe.id, -78.0)


def test_where_readings_are_gone_their_sums_count(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    while keeping.roll_up(session, CHECKER):
        pass
    session.query(Reading).filter(Reading.at < frozen_clock() - minutes(5)).delete()

    follow(session)

    unit = session.scalars(select(IncidentUnit)).one()
    assert unit.readings_from is ReadingsFrom.FIVE_MINUTES
    assert unit.highest_c == -55.0
    assert unit.out_min > 20


def test_what_is_closed_or_merged_never_changes(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    warm_up(session, watch_freezer(session), frozen_clock())
    follow(session)
    incident = only_incident(session)

    session.delete(incident)

    with pytest.raises(ProgrammingError, match="stays as it was closed"):
        session.flush()
