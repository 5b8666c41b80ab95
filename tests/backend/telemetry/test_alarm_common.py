"""The common rule as versions, and that the running program follows the one in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.telemetry import alarm_common, intake, queries, service
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.common_rules import DEFAULT, Numbers
from backend.telemetry.errors import ReasonMissing, RuleChanged, RuleRefused, SnoozeRefused
from backend.telemetry.ids import AlarmId, SensorId
from backend.telemetry.intake_views import SentReading
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_CONFIGURE,
        name="Ada",
    )


def change(
    session: WriteSession, keeper: Principal, version: int = 1, **changed: int | timedelta
) -> int:
    return alarm_common.change_common_rule(
        session,
        keeper,
        version=version,
        numbers=replace(DEFAULT, **changed),
        reason="Our house is small",
    )


def storms(session: WriteSession) -> list[dict[str, object]]:
    return list(
        session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "telemetry.alarm_storm")
        )
    )


def test_a_changed_rule_is_the_next_version_and_is_in_the_audit_trail(
    session: WriteSession, keeper: Principal
) -> None:
    made = change(session, keeper, stable_for=10 * MINUTE)

    newest, default = alarm_common.list_versions(session, keeper)
    assert (made, newest.version, default.version) == (2, 2, 1)
    assert (newest.numbers.stable_for, default.numbers) == (10 * MINUTE, DEFAULT)
    assert (newest.set_by_name, newest.reason) == ("Ada", "Our house is small")
    assert newest.set_at is not None
    assert alarm_common.common_rule(session) == newest
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "telemetry.common_rule_changed")
    ).one()
    assert entry.reason == "Our house is small"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"storm_units": 1}, "storm_units"),
        ({"storm_units": 21}, "storm_units"),
        ({"storm_within": 0 * MINUTE}, "storm_within_min"),
        ({"storm_within": 31 * MINUTE}, "storm_within_min"),
        ({"stable_for": 0 * MINUTE}, "stable_min"),
        ({"stable_for": 61 * MINUTE}, "stable_min"),
        ({"stable_for": timedelta(seconds=90)}, "stable_min"),
        ({"longest_snooze": 0 * MINUTE}, "longest_snooze_min"),
        ({"longest_snooze": 241 * MINUTE}, "longest_snooze_min"),
        ({}, "storm_units"),
    ],
)
def test_numbers_that_cannot_be_or_change_nothing_are_refused_at_their_field(
    session: WriteSession, keeper: Principal, changed: dict[str, int | timedelta], field: str
) -> None:
    with pytest.raises(RuleRefused) as refused:
        change(session, keeper, **changed)

    assert list(refused.value.fields) == [field]
    assert alarm_common.common_rule(session).version == 1


def test_a_rule_that_was_changed_meanwhile_or_without_a_reason_is_refused(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    change(session, keeper, storm_units=2)

    with pytest.raises(RuleChanged, match="Version 2"):
        change(session, keeper, storm_units=4)
    with pytest.raises(ReasonMissing):
        alarm_common.change_common_rule(
            session, keeper, version=2, numbers=replace(DEFAULT, storm_units=4), reason=" "
        )
    with pytest.raises(PermissionDenied):
        change(session, principal_of(Permission.STORAGE_VIEW), 2, storm_units=4)


@pytest.mark.parametrize(
    ("numbers", "gathered"),
    [
        (DEFAULT, 0),
        (replace(DEFAULT, storm_units=2), 2),
        (replace(DEFAULT, storm_within=4 * MINUTE), 3),
    ],
    ids=["three in two minutes", "two in two minutes", "three in four minutes"],
)
def test_what_is_told_as_one_is_what_the_rule_in_force_calls_a_storm(
    session: WriteSession,
    frozen_clock: FrozenClock,
    keeper: Principal,
    numbers: Numbers,
    gathered: int,
) -> None:
    if numbers != DEFAULT:
        alarm_common.change_common_rule(
            session, keeper, version=1, numbers=numbers, reason="Two rooms only"
        )
    for pause in (90, 150, 0):
        sensor = make_sensor(session)
        read_until(session, sensor, frozen_clock(), [-60.0] * 16)
        service.check_alarms(session, keeper)
        frozen_clock.advance(seconds=pause)

    assert [len(each["unit_labels"]) for each in storms(session)] == [gathered][: bool(gathered)]
    of_storms = select(Alarm.storm_version).where(Alarm.storm_id.is_not(None))
    versions = session.scalars(of_storms).all()
    assert versions == [2] * gathered
    assert [each["common_version"] for each in storms(session)] == versions[:1]


def test_an_alarm_is_over_after_as_many_minutes_as_the_rule_says(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    read_until(session, sensor, frozen_clock(), [-60.0] * 16)
    service.check_alarms(session, keeper)
    service.acknowledge(session, keeper, sensor_id=SensorId(sensor.id), reason="Shut the door")
    change(session, keeper, stable_for=20 * MINUTE)
    standing = []
    for _ in range(3):
        frozen_clock.advance(minutes=7)
        read_until(session, sensor, frozen_clock(), [-80.0] * 7)
        service.check_alarms(session, keeper)
        standing.append(len(queries.open_alarms(session, keeper)))

    assert standing == [1, 1, 0]


def test_a_snooze_may_last_as_long_as_the_rule_in_force_says(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    alarm = open_alarm(session, sensor, frozen_clock())

    def snooze(minutes: int) -> None:
        service.snooze(
            session,
            keeper,
            sensor_id=SensorId(sensor.id),
            alarm_id=AlarmId(alarm.id),
            lasting=minutes * MINUTE,
            reason="On the way",
        )

    change(session, keeper, longest_snooze=90 * MINUTE)
    snooze(90)
    change(session, keeper, 2, longest_snooze=30 * MINUTE)

    with pytest.raises(SnoozeRefused, match="1 to 30 minutes, as version 3 of the common rule"):
        snooze(31)
    until = session.scalars(select(Alarm.snoozed_until)).one()
    assert until == frozen_clock() + 90 * MINUTE
    payload = session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.type == "telemetry.alarm_snoozed")
    ).one()
    assert payload["common_version"] == 2


def test_readings_never_ask_for_the_rule_and_a_check_does_once(
    session: WriteSession, frozen_clock: FrozenClock, principal_of: Callable[..., Principal]
) -> None:
    logger = principal_of(Permission.TELEMETRY_RECORD)
    checker = principal_of(Permission.HEALTH_OPERATE)
    sensors = [make_sensor(session) for _ in range(5)]
    sent = [SentReading(code=each.code, at=frozen_clock(), value=-60.0) for each in sensors]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    intake.ingest(session, logger, sent, kept_days=400)
    by_readings = sum("alarm_common_rule" in each for each in asked)
    service.check_alarms(session, checker)
    event.remove(connection, "before_cursor_execute", note)

    assert asked
    assert by_readings == 0
    assert sum("alarm_common_rule" in each for each in asked) == 1
