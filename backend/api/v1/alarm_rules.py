"""Rules of alarms: those of the house with their versions, and those of one sensor or unit."""

from datetime import timedelta

from backend.api.idempotency import once
from backend.api.routing import Call, Route
from backend.api.v1.alarm_rule_schemas import (
    ChangeIn,
    HeldRuleOut,
    NewRuleIn,
    OwnRuleIn,
    RetireIn,
    RuleOut,
    RulesOut,
    RulesQuery,
    SensorRulesOut,
    TakeBackIn,
)
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_overrides, alarm_rules, rule_making, sensors
from backend.telemetry.alarm_overrides import SensorRules
from backend.telemetry.ids import SensorId
from backend.telemetry.rule_making import NewRule


def list_rules(call: Call) -> RulesOut:
    """Return the rules in force, or those retired."""
    listed = alarm_rules.list_rules
    if call.asked(RulesQuery).retired:
        listed = alarm_rules.list_retired
    with reading() as session:
        found = listed(session, call.caller)
    return RulesOut(items=[RuleOut.of(each) for each in found])


def list_versions(call: Call) -> RulesOut:
    """Return the versions of one rule."""
    with reading() as session:
        return _versions(session, call, call.path["key"])


def add_rule(call: Call) -> object:
    """Add a rule of the house and return its versions."""
    sent = call.sent(NewRuleIn)
    rule = NewRule(
        unit_class=sent.unit_class,
        measure=sent.measure,
        kind=sent.kind,
        severity=sent.severity,
        limit=sent.limit,
        delay=timedelta(minutes=sent.delay_min),
        deadband=sent.deadband,
        window=sent.window,
    )
    with writing() as session:

        def act() -> RulesOut:
            key = rule_making.add_rule(session, call.caller, rule=rule, reason=sent.reason)
            return _versions(session, call, key)

        return once(session, call, act)


def change_rule(call: Call) -> object:
    """Make the next version of a rule of the house and return all of them."""
    sent, key = call.sent(ChangeIn), call.path["key"]
    with writing() as session:

        def act() -> RulesOut:
            rule_making.change_rule(
                session,
                call.caller,
                key=key,
                version=sent.version,
                terms=sent.terms(),
                reason=sent.reason,
            )
            return _versions(session, call, key)

        return once(session, call, act)


def retire_rule(call: Call) -> object:
    """Do without a rule of the house; its versions stay."""
    sent, key = call.sent(RetireIn), call.path["key"]
    with writing() as session:

        def act() -> RulesOut:
            rule_making.retire_rule(
                session, call.caller, key=key, version=sent.version, reason=sent.reason
            )
            return _versions(session, call, key)

        return once(session, call, act)


def rules_of_sensor(call: Call) -> SensorRulesOut:
    """Return the rules that hold for a sensor."""
    with reading() as session:
        return _of_sensor(session, call, _sensor(session, call))


def set_own_rule(call: Call) -> object:
    """Make a rule of a sensor or of its unit."""
    sent = call.sent(OwnRuleIn)
    with writing() as session:

        def act() -> SensorRulesOut:
            sensor_id = _sensor(session, call)
            alarm_overrides.set_own_rule(
                session,
                call.caller,
                sensor_id=sensor_id,
                scope=sent.scope,
                key=sent.key,
                version=sent.version,
                terms=sent.terms(),
                reason=sent.reason,
            )
            return _of_sensor(session, call, sensor_id)

        return once(session, call, act)


def take_back(call: Call) -> object:
    """Take back the rules of a kind of a sensor or of its unit."""
    sent = call.sent(TakeBackIn)
    with writing() as session:

        def act() -> SensorRulesOut:
            sensor_id = _sensor(session, call)
            alarm_overrides.take_back(
                session,
                call.caller,
                sensor_id=sensor_id,
                scope=sent.scope,
                kind=sent.kind,
                reason=sent.reason,
            )
            return _of_sensor(session, call, sensor_id)

        return once(session, call, act)


def _sensor(session: ReadSession, call: Call) -> SensorId:
    return sensors.sensor_id_of(session, call.caller, call.path["sensor"])


def _versions(session: ReadSession, call: Call, key: str) -> RulesOut:
    found = alarm_rules.list_versions(session, call.caller, key)
    return RulesOut(items=[RuleOut.of(each) for each in found])


def _of_sensor(session: ReadSession, call: Call, sensor_id: SensorId) -> SensorRulesOut:
    found: SensorRules = alarm_overrides.rules_of_sensor(session, call.caller, sensor_id)
    return SensorRulesOut(
        sensor=found.code,
        unit_label=found.unit_label,
        unit_class=found.unit_class,
        items=[
            HeldRuleOut(origin=each.origin, rule=RuleOut.of(each.version)) for each in found.rules
        ],
    )


_TAG = "Alarms"
_VIEW, _CONFIGURE = Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
_HOUSE, _SENSOR = "/api/v1/alarm-rules", "/api/v1/sensors/{sensor}/alarm-rules"
ROUTES = (
    Route(
        method="GET",
        path=_HOUSE,
        handler=list_rules,
        access=_VIEW,
        summary="The rules of alarms in force, those of one unit or sensor last; or the retired",
        tag=_TAG,
        query=RulesQuery,
        answer=RulesOut,
    ),
    Route(
        method="POST",
        path=_HOUSE,
        handler=add_rule,
        access=_CONFIGURE,
        summary="Add a rule for a class of units, or for every unit",
        tag=_TAG,
        body=NewRuleIn,
        answer=RulesOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=f"{_HOUSE}/{{key}}",
        handler=list_versions,
        access=_VIEW,
        summary="All versions of a rule, the newest first",
        tag=_TAG,
        answer=RulesOut,
    ),
    Route(
        method="POST",
        path=f"{_HOUSE}/{{key}}/versions",
        handler=change_rule,
        access=_CONFIGURE,
        summary="Make the next version of a rule; the one before stays to be seen",
        tag=_TAG,
        body=ChangeIn,
        answer=RulesOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_HOUSE}/{{key}}/retire",
        handler=retire_rule,
        access=_CONFIGURE,
        summary="Do without a rule of the house; its versions stay",
        tag=_TAG,
        body=RetireIn,
        answer=RulesOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_SENSOR,
        handler=rules_of_sensor,
        access=_VIEW,
        summary="The rules that hold for a sensor, and from where each comes",
        tag=_TAG,
        answer=SensorRulesOut,
    ),
    Route(
        method="POST",
        path=_SENSOR,
        handler=set_own_rule,
        access=_CONFIGURE,
        summary="Make a rule of a sensor alone, or of its whole unit",
        tag=_TAG,
        body=OwnRuleIn,
        answer=SensorRulesOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_SENSOR}/take-back",
        handler=take_back,
        access=_CONFIGURE,
        summary="Take back a sensor's or its unit's rules of a kind; the wider ones hold again",
        tag=_TAG,
        body=TakeBackIn,
        answer=SensorRulesOut,
        status=201,
        once=True,
    ),
)
