"""Rules of one sensor or one unit: which hold there and from where, setting one, taking it back.

A rule of a sensor or unit hides all wider ones of its kind. So that nobody loses the warning by
changing the critical limit, whoever sets one gets the others of its kind with it, as they stand.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.telemetry import alarm_rules, alarm_terms, rule_making
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_rules import NewTerms, RuleVersion
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.errors import RuleNotFound, RuleRefused, SensorNotFound
from backend.telemetry.ids import AlarmKind, SensorId, SensorKind, UnitClass
from backend.telemetry.models import Sensor


class Origin(StrEnum):
    """From where a rule comes that holds for a sensor, the narrowest first."""

    SENSOR = "sensor"
    UNIT = "unit"
    CONNECTED = "connected"
    """The limits with which the sensor was connected."""
    HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInForce:
    """A rule that holds for a sensor, switched off or not, and from where."""

    version: RuleVersion
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRules:
    """A sensor with the rules that hold for it."""

    sensor_id: SensorId
    code: str
    kind: SensorKind
    unit_label: str
    unit_class: UnitClass
    rules: tuple[RuleInForce, ...]


def rules_of_sensor(session: ReadSession, principal: Principal, sensor_id: SensorId) -> SensorRules:
    """Return the rules that hold for a sensor, by kind, milder before more severe.

    Raises:
        SensorNotFound: no such sensor.
    """
    principal.require(Permission.STORAGE_VIEW)
    sensor = _sensor(session, sensor_id)
    traits = alarm_rules.traits(sensor)
    versions = alarm_rules.versions_in_force(session)
    holding = alarm_terms.holding_for(traits, [each.terms for each in versions.values()])
    kinds = list(AlarmKind)
    return SensorRules(
        sensor_id=SensorId(sensor.id),
        code=sensor.code,
        kind=sensor.kind,
        unit_label=sensor.unit_label,
        unit_class=alarm_terms.class_of(traits.setpoint_c),
        rules=tuple(
            RuleInForce(
                version=versions.get(each.key) or alarm_rules.by_default(each),
                origin=origin_of(each),
            )
            for each in sorted(holding, key=lambda each: kinds.index(each.kind))
        ),
    )


def origin_of(terms: Terms) -> Origin:
    """Return from where a rule comes."""
    if terms.is_own:
        return Origin.CONNECTED
    if terms.sensor_id is not None:
        return Origin.SENSOR
    return Origin.HOUSE if terms.unit_id is None else Origin.UNIT


def set_own_rule(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    scope: Origin,
    key: str,
    version: int,
    terms: NewTerms,
    reason: str,
) -> int:
    """Make a rule of a sensor alone, or of its whole unit, in the place of what holds there.

    ``key`` and ``version`` are of the rule that holds for the sensor now; ``scope`` is SENSOR or
    UNIT. Returns the number of the version. It holds from the next check on.

    Raises:
        SensorNotFound: no such sensor.
        RuleNotFound: no such rule holds for it, or any more.
        RuleChanged: it holds in another version than was looked at.
        RuleRefused: numbers that cannot be, or a unit's rule that the sensor's own would hide.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    alarm_rules.take_turns(session)
    sensor = _sensor(session, sensor_id)
    holding = alarm_terms.holding_for(alarm_rules.traits(sensor), alarm_rules.standing(session))
    before = next((each for each in holding if each.key == key), None)
    if before is None:
        raise RuleNotFound(
            f"This rule does not hold for {sensor.code} any more. Look at its rules again."
        )
    alarm_rules.require_newest(before, version)
    if scope is Origin.UNIT and before.sensor_id is not None:
        raise RuleRefused(
            f"{sensor.code} has a rule of its own, which would hide the one of {sensor.unit_label}."
            " Take it back first."
        )
    after = _narrowed(session, alarm_rules.with_new(before, terms), sensor, scope)
    rule_making.check(
        before,
        after,
        reason,
        beside=[each for each in holding if each.key != key],
        watched=rule_making.watched_of(session, [sensor]),
    )
    alarm_rules.write(session, principal, before, after, reason)
    for each in holding:
        if each.kind is before.kind and each.key != key:
            beside = _narrowed(session, each, sensor, scope)
            # Of the scope already: nothing hides it and nothing of it changes.
            if beside.key != each.key:
                alarm_rules.write(session, principal, each, beside, reason)
    return after.version


def take_back(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    scope: Origin,
    kind: AlarmKind,
    reason: str,
) -> None:
    """Take back the rules of a kind of a sensor or of its unit; the wider ones hold again.

    Raises:
        SensorNotFound: no such sensor.
        RuleNotFound: there is no such rule, or it was taken back already.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    alarm_rules.take_turns(session)
    sensor = _sensor(session, sensor_id)
    own = [
        each
        for each in alarm_terms.holding_for(
            alarm_rules.traits(sensor), alarm_rules.standing(session)
        )
        if each.kind is kind and origin_of(each) is scope and scope in _NARROW
    ]
    if not own:
        raise RuleNotFound(f"{sensor.code} has no such rule any more. Look at its rules again.")
    rule_making.require_reason(reason, "Say in a few words why the rule is taken back.")
    for each in own:
        alarm_rules.withdraw(session, principal, each, reason)


_NARROW = (Origin.SENSOR, Origin.UNIT)


def _narrowed(session: Session, terms: Terms, sensor: Sensor, scope: Origin) -> Terms:
    """Return a rule as one of a sensor or unit, with the number that its version gets."""
    is_unit = scope is Origin.UNIT
    sensor_id, unit_id = (None, sensor.unit_id) if is_unit else (sensor.id, None)
    is_of_scope = (terms.sensor_id, terms.unit_id) == (sensor_id, unit_id)
    after = replace(
        terms,
        sensor_id=sensor_id,
        unit_id=unit_id,
        scope_label=sensor.unit_label if is_unit else sensor.code,
        is_own=False,
        kept_key=terms.kept_key if is_of_scope else None,
    )
    newest = session.scalar(
        select(func.max(AlarmRule.version)).where(AlarmRule.rule_key == after.key)
    )
    return replace(after, version=(newest or 0) + 1)


def _sensor(session: Session, sensor_id: SensorId) -> Sensor:
    sensor = session.get(Sensor, sensor_id)
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    return sensor
