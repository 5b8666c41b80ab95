"""Changing a house rule of alarms, adding one to a class of units, and retiring one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import alarm_judging, alarm_rules, alarm_terms, queries, rule_faults
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.errors import ReasonMissing, RuleRefused
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, SensorId, UnitClass
from backend.telemetry.models import Sensor
from backend.telemetry.rule_faults import Watched

_LONGEST_REASON = 500
_STANDING = (
    select(Sensor).where(Sensor.disconnected_at.is_(None)).order_by(Sensor.unit_label, Sensor.code)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule that a laboratory adds; ``window`` is of a rise or a sum of minutes."""

    unit_class: UnitClass
    measure: Measure
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    delay: timedelta
    deadband: float
    window: timedelta | None = None


def change_rule(
    session: WriteSession,
    principal: Principal,
    *,
    key: str,
    version: int,
    terms: NewTerms,
    reason: str,
) -> int:
    """Make the next version of a rule and return its number; the one before stays to be seen.

    It holds from the next check on, for alarms that are open too.

    Raises:
        RuleNotFound: there is no rule of this key, or it was taken back or retired.
        RuleChanged: somebody else has made another version than the one that was looked at.
        RuleRefused: numbers that cannot be; each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    alarm_rules.take_turns(session)
    found = {each.key: each for each in alarm_rules.standing(session)}
    before = found.pop(key, None)
    if before is None:
        raise alarm_rules.no_rule()
    alarm_rules.require_newest(before, version)
    after = replace(alarm_rules.with_new(before, terms), version=version + 1)
    _check(session, before, after, reason, list(found.values()))
    alarm_rules.write(session, principal, before, after, reason)
    return after.version


def add_rule(session: WriteSession, principal: Principal, *, rule: NewRule, reason: str) -> str:
    """Add a rule for a class of units, or for every unit, and return its key.

    One that was retired goes on with its next version.

    Raises:
        RuleRefused: a rule that cannot be, or one of its kind and severity stands there already.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    alarm_rules.take_turns(session)
    standing = alarm_rules.standing(session)
    after = Terms(
        unit_class=rule.unit_class,
        measure=rule.measure,
        kind=rule.kind,
        severity=rule.severity,
        limit=rule.limit,
        delay=rule.delay,
        deadband=rule.deadband,
        window=rule.window,
    )
    _check(session, None, after, reason, standing)
    after = _numbered(session, after, {each.key for each in standing})
    alarm_rules.write(session, principal, None, after, reason)
    return after.key


def retire_rule(
    session: WriteSession, principal: Principal, *, key: str, version: int, reason: str
) -> None:
    """Do without a house rule; its versions stay to be seen, and its alarms end.

    Raises:
        RuleNotFound: there is no house rule of this key, or it was retired already.
        RuleChanged: it stands in another version than was looked at.
        RuleRefused: another rule has nothing to count by without it.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    alarm_rules.take_turns(session)
    found = {each.key: each for each in alarm_rules.standing(session)}
    before = found.pop(key, None)
    if before is None or before.scope_label is not None:
        raise alarm_rules.no_rule()
    alarm_rules.require_newest(before, version)
    beside = [each for each in found.values() if _is_beside(each, before)]
    if said := rule_faults.left_behind(before, beside):
        raise RuleRefused(said, fields={"reason": said})
    require_reason(reason, "Say in a few words why the rule is retired.")
    alarm_rules.withdraw(session, principal, before, reason)


def check(
    before: Terms | None,
    after: Terms,
    reason: str,
    *,
    beside: Sequence[Terms],
    watched: Sequence[Watched],
) -> None:
    """Refuse a rule that cannot be, or that nobody gives a reason for.

    Raises:
        RuleRefused: each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    faults = rule_faults.faults(after, before=before, beside=beside, watched=watched)
    if faults:
        raise RuleRefused("The rule cannot be kept like this yet.", fields=faults)
    require_reason(reason, "Say in a few words why the rule changes.")


def require_reason(reason: str, said: str) -> None:
    """Raise ReasonMissing where nothing is said, RuleRefused where it is too much."""
    if not reason.strip():
        raise ReasonMissing(said, fields={"reason": "A few words are needed."})
    if len(reason.strip()) > _LONGEST_REASON:
        longest = f"Use at most {_LONGEST_REASON} characters."
        raise RuleRefused(longest, fields={"reason": longest})


def watched_of(session: Session, sensors: Sequence[Sensor]) -> list[Watched]:
    """Return sensors with how often each is heard. One query."""
    heard = queries.newest_readings(session, [SensorId(each.id) for each in sensors])
    return [
        Watched(
            label=sensor.unit_label,
            setpoint_c=sensor.setpoint_c,
            every=alarm_judging.usual_step(heard.get(SensorId(sensor.id), [])),
        )
        for sensor in sensors
    ]


def _check(
    session: WriteSession,
    before: Terms | None,
    after: Terms,
    reason: str,
    others: Sequence[Terms],
) -> None:
    standing = [*others, after]
    sensors = [
        sensor
        for sensor in session.scalars(_STANDING)
        if any(
            each is after for each in alarm_terms.holding_for(alarm_rules.traits(sensor), standing)
        )
    ]
    check(
        before,
        after,
        reason,
        beside=[each for each in others if _is_beside(each, after)],
        watched=watched_of(session, sensors),
    )


def _numbered(session: WriteSession, terms: Terms, taken: set[str]) -> Terms:
    """Return a new rule with its key and version.

    The usual key may stand for a rule whose severity was changed; then the new one gets a number.
    """
    usual, number = terms.key, 1
    key = usual
    while key in taken:
        number += 1
        key = f"{usual}:{number}"
    made = session.scalar(select(func.max(AlarmRule.version)).where(AlarmRule.rule_key == key))
    return replace(terms, kept_key=key, version=(made or 0) + 1)


def _is_beside(one: Terms, other: Terms) -> bool:
    return (one.unit_class, one.measure, one.sensor_id, one.unit_id) == (
        other.unit_class,
        other.measure,
        other.sensor_id,
        other.unit_id,
    )
