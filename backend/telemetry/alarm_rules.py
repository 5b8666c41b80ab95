"""The rules of alarms as versioned data: which stand, which stood before, and changing one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import alarm_terms
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_terms import SensorTraits, Terms
from backend.telemetry.errors import (
    ReasonMissing,
    RuleChanged,
    RuleNotFound,
    RuleRefused,
)
from backend.telemetry.events import AlarmRuleChanged
from backend.telemetry.ids import TEMPERATURES, AlarmKind, Measure, SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.limits_past import Dated
from backend.telemetry.models import Sensor

BY_DEFAULT = "The program's default"
_LONGEST_DELAY = timedelta(hours=24)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A rule as it stands or stood, with who set it and why; ``set_at`` None: a default."""

    terms: Terms
    set_by_name: str
    reason: str
    set_at: datetime | None
    replaced_at: datetime | None
    is_withdrawn: bool = False


def standing(session: Session) -> list[Terms]:
    """Return every rule in force. One query."""
    return alarm_terms.in_force([_terms(row) for row in session.scalars(_in_force())])


def history(session: Session) -> list[Dated]:
    """Return every version of every rule that a laboratory has made, oldest first. One query."""
    rows = session.scalars(select(AlarmRule).order_by(AlarmRule.set_at, AlarmRule.version))
    return [
        Dated(terms=_terms(row), set_at=row.set_at, is_withdrawn=row.is_withdrawn) for row in rows
    ]


def list_rules(session: ReadSession, principal: Principal) -> list[RuleVersion]:
    """Return the rules in force, by class, measure and kind; those of one unit or sensor last."""
    principal.require(Permission.STORAGE_VIEW)
    changed = standing_versions(session)
    found = [changed.pop(each.key, by_default(each)) for each in alarm_terms.DEFAULTS]
    return [*found, *sorted(changed.values(), key=lambda each: each.terms.scope_label or "")]


def standing_versions(session: Session) -> dict[str, RuleVersion]:
    """Return the laboratory's versions in force by their rule's key; a default is not among them.

    One query.
    """
    return {row.rule_key: _version(row) for row in session.scalars(_in_force())}


def list_versions(session: ReadSession, principal: Principal, key: str) -> list[RuleVersion]:
    """Return all versions of a rule, the newest first.

    Raises:
        RuleNotFound: there is none of this key.
    """
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(
        select(AlarmRule).where(AlarmRule.rule_key == key).order_by(AlarmRule.version.desc())
    ).all()
    found = [_version(row) for row in rows]
    default = _default_of(key)
    if default is not None:
        replaced_at = found[-1].set_at if found else None
        found.append(replace(by_default(default), replaced_at=replaced_at))
    if not found:
        raise _no_rule()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerms:
    """What a person may change of a rule."""

    limit: float
    delay: timedelta
    deadband: float
    is_active: bool = True


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
        RuleNotFound: there is no rule of this key, or it was taken back.
        RuleChanged: somebody else has made another version than the one that was looked at.
        RuleRefused: numbers that cannot be; each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    take_turns(session)
    found = {each.key: each for each in standing(session)}
    before = found.get(key)
    if before is None:
        raise _no_rule()
    require_newest(before, version)
    after = replace(with_new(before, terms), version=version + 1)
    check(after, reason, [each for each in found.values() if _is_beside(each, after)])
    write(session, principal, before, after, reason)
    return after.version


def take_turns(session: WriteSession) -> None:
    """Wait until nobody else changes rules: a default has no row that could be locked."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("alarm_rule"))))


def require_newest(before: Terms, version: int) -> None:
    """Raise RuleChanged when a rule stands in another version than was looked at."""
    if before.version != version:
        raise RuleChanged(
            f"Version {before.version} of this rule was made meanwhile. Look at it and try again."
        )


def with_new(terms: Terms, new: NewTerms) -> Terms:
    """Return a rule with what a person has changed of it."""
    return replace(
        terms, limit=new.limit, delay=new.delay, deadband=new.deadband, is_active=new.is_active
    )


def write(
    session: WriteSession,
    principal: Principal,
    before: Terms,
    after: Terms,
    reason: str,
    *,
    is_withdrawn: bool = False,
) -> None:
    """Keep a version, with the event; ``before`` is what held until now, maybe of a wider scope."""
    now = clock.utc_now()
    session.execute(
        update(AlarmRule)
        .where(AlarmRule.rule_key == after.key, AlarmRule.replaced_at.is_(None))
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    session.add(
        AlarmRule(
            rule_key=after.key,
            unit_class=after.unit_class,
            measure=after.measure,
            kind=after.kind,
            severity=after.severity,
            limit_value=after.limit,
            delay_s=int(after.delay.total_seconds()),
            deadband=after.deadband,
            version=after.version,
            set_by_name=principal.name,
            set_at=now,
            reason=reason.strip(),
            unit_id=after.unit_id,
            sensor_id=after.sensor_id,
            scope_label=after.scope_label,
            window_s=None if after.window is None else int(after.window.total_seconds()),
            is_active=after.is_active,
            is_withdrawn=is_withdrawn,
        )
    )
    session.flush()
    events_service.record(
        session,
        principal,
        AlarmRuleChanged(
            aggregate_id=alarm_terms.aggregate_of(after.key),
            rule=after.key,
            version=after.version,
            limit=after.limit,
            delay_s=int(after.delay.total_seconds()),
            deadband=after.deadband,
            is_active=after.is_active,
            is_withdrawn=is_withdrawn,
        ),
        old=_as_facts(before),
        new=_as_facts(after) | {"is_withdrawn": is_withdrawn},
        reason=reason.strip(),
    )


def check(after: Terms, reason: str, beside: Sequence[Terms]) -> None:
    """Refuse a rule that cannot be; ``beside`` are the rules that will hold with it.

    Raises:
        RuleRefused: each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    faults = _faults(after)
    if not faults and (crowded := _too_near(after, beside)):
        faults["limit"] = crowded
    if len(reason.strip()) > _LONGEST_REASON:
        faults["reason"] = f"Use at most {_LONGEST_REASON} characters."
    if faults:
        raise RuleRefused("The rule cannot be changed like this yet.", fields=faults)
    if not reason.strip():
        raise ReasonMissing(
            "Say in a few words why the rule changes.", fields={"reason": "A few words are needed."}
        )


def by_default(terms: Terms) -> RuleVersion:
    """Return a rule that nobody has changed as a version."""
    return RuleVersion(
        terms=terms, set_by_name=BY_DEFAULT, reason="", set_at=None, replaced_at=None
    )


def traits(sensor: Sensor) -> SensorTraits:
    """Return what decides which rules hold for a sensor."""
    is_temperature = sensor.kind in TEMPERATURES
    return SensorTraits(
        sensor_id=sensor.id,
        unit_id=sensor.unit_id,
        kind=sensor.kind,
        setpoint_c=sensor.setpoint_c if is_temperature else None,
        own_high=sensor.alarm_high_c if is_temperature else None,
        own_low=sensor.alarm_low_c if is_temperature else None,
        own_delay=timedelta(seconds=sensor.alarm_delay_s),
        own_deadband=sensor.deadband_c,
    )


def unit_of(terms: Terms) -> str:
    """Return the unit in which a rule's limit is meant."""
    if terms.kind in {AlarmKind.NO_DATA, AlarmKind.CUMULATIVE}:
        return "min"
    if terms.kind in {AlarmKind.RATE, AlarmKind.DISAGREE}:
        return "K"
    return _UNITS.get(terms.measure, "°C")


_UNITS: Mapping[Measure, str] = {
    Measure.CO2: KINDS[SensorKind.CO2].unit,
    Measure.LN2_LEVEL: KINDS[SensorKind.LN2_LEVEL].unit,
    Measure.DOOR: "",
}


def _faults(after: Terms) -> dict[str, str]:
    faults = {}
    if not math.isfinite(after.limit):
        faults["limit"] = "The limit is a number."
    elif after.kind not in {AlarmKind.HIGH, AlarmKind.LOW} and after.limit <= 0:
        faults["limit"] = "This limit is more than zero."
    if not timedelta(0) <= after.delay <= _LONGEST_DELAY:
        faults["delay"] = "The delay is 0 to 1,440 minutes."
    if not math.isfinite(after.deadband) or after.deadband < 0:
        faults["deadband"] = "The deadband is zero or more."
    return faults


def _too_near(after: Terms, beside: Sequence[Terms]) -> str:
    """Say why a limit does not leave room for both deadbands between the two sides."""
    if after.kind not in _SIDES or not after.is_active:
        return ""
    for each in beside:
        if each.kind is after.kind or each.kind not in _SIDES or not each.is_active:
            continue
        high, low = (after, each) if after.kind is AlarmKind.HIGH else (each, after)
        if high.limit - high.deadband <= low.limit + low.deadband:
            return (
                f"Between the low limit {low.limit:g} and the high limit {high.limit:g} there is "
                "no room for the deadbands: an alarm would never be over."
            )
    return ""


_SIDES = (AlarmKind.HIGH, AlarmKind.LOW)


def _is_beside(one: Terms, other: Terms) -> bool:
    return (one.unit_class, one.measure, one.sensor_id, one.unit_id) == (
        other.unit_class,
        other.measure,
        other.sensor_id,
        other.unit_id,
    )


def _in_force() -> Select[AlarmRule]:
    return select(AlarmRule).where(
        AlarmRule.replaced_at.is_(None), AlarmRule.is_withdrawn.is_(False)
    )


def _terms(row: AlarmRule) -> Terms:
    return Terms(
        unit_class=row.unit_class,
        measure=row.measure,
        kind=row.kind,
        severity=row.severity,
        limit=row.limit_value,
        delay=timedelta(seconds=row.delay_s),
        deadband=row.deadband,
        window=None if row.window_s is None else timedelta(seconds=row.window_s),
        is_active=row.is_active,
        version=row.version,
        unit_id=row.unit_id,
        sensor_id=row.sensor_id,
        scope_label=row.scope_label,
    )


def _version(row: AlarmRule) -> RuleVersion:
    return RuleVersion(
        terms=_terms(row),
        set_by_name=row.set_by_name,
        reason=row.reason,
        set_at=row.set_at,
        replaced_at=row.replaced_at,
        is_withdrawn=row.is_withdrawn,
    )


def _default_of(key: str) -> Terms | None:
    return next((each for each in alarm_terms.DEFAULTS if each.key == key), None)


def _as_facts(terms: Terms) -> dict[str, object]:
    return {
        "rule": terms.key,
        "version": terms.version,
        "limit": terms.limit,
        "delay_s": int(terms.delay.total_seconds()),
        "deadband": terms.deadband,
        "is_active": terms.is_active,
    }


def _no_rule() -> RuleNotFound:
    return RuleNotFound("There is no such alarm rule. Look at the list of rules.")
