"""Rules of one sensor or unit: where each comes from, nothing of its kind lost, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.telemetry import alarm_overrides, alarm_rules, service
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.errors import (
    ReasonMissing,
    RuleChanged,
    RuleNotFound,
    RuleRefused,
    SensorNotFound,
)
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorId
from backend.telemetry.models import Sensor
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

HOUSE_KEY = "ultra_low:temperature:high:critical"
HIGH = AlarmKind.HIGH
WARNING, CRITICAL = AlarmSeverity.WARNING, AlarmSeverity.CRITICAL
QUARTER = timedelta(minutes=15)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_CONFIGURE,
        name="Ada",
    )


def of_its_class(session: WriteSession) -> Sensor:
    """Return a sensor that follows the rules of its class."""
    sensor = make_sensor(session)
    sensor.alarm_high_c = sensor.alarm_low_c = None
    session.flush()
    return sensor


def set_own(
    session: WriteSession,
    keeper: Principal,
    sensor: Sensor,
    limit: float,
    *,
    scope: Origin = Origin.SENSOR,
    key: str = HOUSE_KEY,
    version: int = 1,
    reason: str = "Ice packs only",
) -> int:
    return alarm_overrides.set_own_rule(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        scope=scope,
        key=key,
        version=version,
        terms=NewTerms(limit=limit, delay=QUARTER, deadband=2.0),
        reason=reason,
    )


def take_back(
    session: WriteSession, keeper: Principal, sensor: Sensor, reason: str = "Samples again"
) -> None:
    alarm_overrides.take_back(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        scope=Origin.SENSOR,
        kind=HIGH,
        reason=reason,
    )


def highs(
    session: WriteSession, keeper: Principal, sensor: Sensor
) -> list[tuple[AlarmSeverity, float, Origin]]:
    found = alarm_overrides.rules_of_sensor(session, keeper, SensorId(sensor.id))
    return [
        (each.version.terms.severity, each.version.terms.limit, each.origin)
        for each in found.rules
        if each.version.terms.kind is HIGH
    ]


def test_a_sensor_follows_the_house_rules_or_those_it_was_connected_with(
    session: WriteSession, keeper: Principal
) -> None:
    follows, connected = of_its_class(session), make_sensor(session)

    assert highs(session, keeper, follows) == [
        (WARNING, -70.0, Origin.HOUSE),
        (CRITICAL, -65.0, Origin.HOUSE),
    ]
    assert highs(session, keeper, connected) == [(CRITICAL, -70.0, Origin.CONNECTED)]


def test_a_rule_of_its_own_keeps_the_others_of_its_kind_as_they_were(
    session: WriteSession, keeper: Principal
) -> None:
    one, other = of_its_class(session), of_its_class(session)

    made = set_own(session, keeper, one, -50.0)

    assert made == 1
    assert highs(session, keeper, one) == [
        (WARNING, -70.0, Origin.SENSOR),
        (CRITICAL, -50.0, Origin.SENSOR),
    ]
    assert highs(session, keeper, other)[1] == (CRITICAL, -65.0, Origin.HOUSE)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "telemetry.alarm_rule_changed")
    ).all()
    assert [(entry.actor_name, entry.reason) for entry in entries] == [
        ("Ada", "Ice packs only")
    ] * 2


def test_a_rule_of_a_unit_holds_for_all_its_sensors_that_have_none(
    session: WriteSession, keeper: Principal
) -> None:
    one, beside = of_its_class(session), of_its_class(session)
    beside.unit_id = one.unit_id
    session.flush()

    set_own(session, keeper, one, -60.0, scope=Origin.UNIT)
    set_own(session, keeper, beside, -55.0, key=f"{one.unit_id}:temperature:high:critical")

    assert highs(session, keeper, one)[1] == (CRITICAL, -60.0, Origin.UNIT)
    assert highs(session, keeper, beside)[1] == (CRITICAL, -55.0, Origin.SENSOR)
    with pytest.raises(RuleRefused, match="Take it back first"):
        set_own(
            session,
            keeper,
            beside,
            -50.0,
            scope=Origin.UNIT,
            key=f"{beside.id}:temperature:high:critical",
        )


def test_limits_of_the_connection_become_a_rule_with_versions(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    key = f"{sensor.id}:temperature:high:critical"

    set_own(session, keeper, sensor, -60.0, key="own:high")
    second = set_own(session, keeper, sensor, -62.0, key=key)

    assert second == 2
    assert highs(session, keeper, sensor) == [(CRITICAL, -62.0, Origin.SENSOR)]
    versions = alarm_rules.list_versions(session, keeper, key)
    assert [each.terms.limit for each in versions] == [-62.0, -60.0]


def test_a_rule_that_is_taken_back_leaves_its_versions_and_the_house_rule(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = of_its_class(session)
    read_until(session, sensor, frozen_clock(), [-80.0] * 3 + [-60.0] * 17)
    set_own(session, keeper, sensor, -50.0)
    # Its warning at −70 °C stands: that is no matter of the critical limit.
    before = service.check_alarms(session, keeper)

    take_back(session, keeper, sensor)

    assert before.raised == 1
    assert highs(session, keeper, sensor)[1] == (CRITICAL, -65.0, Origin.HOUSE)
    key = f"{sensor.id}:temperature:high:critical"
    withdrawn, made = alarm_rules.list_versions(session, keeper, key)
    assert (withdrawn.is_withdrawn, withdrawn.reason, made.is_withdrawn) == (
        True,
        "Samples again",
        False,
    )
    listed = {each.terms.key for each in alarm_rules.list_rules(session, keeper)}
    assert key not in listed
    assert set_own(session, keeper, sensor, -55.0) == 3


def test_what_is_refused_leaves_the_rules_alone(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    sensor = of_its_class(session)
    stranger = principal_of(Permission.STORAGE_VIEW)

    with pytest.raises(ReasonMissing):
        set_own(session, keeper, sensor, -50.0, reason=" ")
    with pytest.raises(RuleRefused) as crowded:
        set_own(session, keeper, sensor, -89.0)  # the low limit is −90
    with pytest.raises(RuleChanged, match="Version 1"):
        set_own(session, keeper, sensor, -50.0, version=2)
    with pytest.raises(RuleNotFound, match="does not hold"):
        set_own(session, keeper, sensor, -50.0, key="freezer:temperature:high:critical")
    with pytest.raises(RuleNotFound):
        take_back(session, keeper, sensor)
    with pytest.raises(PermissionDenied):
        set_own(session, stranger, sensor, -50.0)
    with pytest.raises(PermissionDenied):
        take_back(session, stranger, sensor)
    with pytest.raises(SensorNotFound):
        alarm_overrides.rules_of_sensor(session, keeper, SensorId(new_id()))
    assert set(crowded.value.fields) == {"limit"}
    assert session.scalars(select(AlarmRule)).all() == []
    set_own(session, keeper, sensor, -50.0)
    with pytest.raises(ReasonMissing):
        take_back(session, keeper, sensor, reason="")
