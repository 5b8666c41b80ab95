"""The rules of alarms as versioned data: which stand, which stood before, and changing one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
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
    SensorNotFound,
)
from backend.telemetry.events import AlarmRuleChanged
from backend.telemetry.ids import TEMPERATURES, AlarmKind, Measure, SensorId, SensorKind
from backend.telemetry.kinds import KINDS
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


def standing(session: Session) -> list[Terms]:
    """Return every rule in force. One query."""
    rows = session.scalars(select(AlarmRule).where(AlarmRule.replaced_at.is_(None)))
    return alarm_terms.in_force([_terms(row) for row in rows])


def list_rules(session: ReadSession, principal: Principal) -> list[RuleVersion]:
    """Return the rules in force, by class, measure and kind; those of one unit or sensor last."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(select(AlarmRule).where(AlarmRule.replaced_at.is_(None))).all()
    changed = {row.rule_key: _version(row) for row in rows}
    by_default = {each.key: _by_default(each) for each in alarm_terms.DEFAULTS}
    found = [changed.pop(key, default) for key, default in by_default.items()]
    return [*found, *sorted(changed.values(), key=lambda each: each.terms.scope_label or "")]


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
        found.append(replace(_by_default(default), replaced_at=replaced_at))
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
    sensor_id: SensorId | None = None,
) -> int:
    """Make the next version of a rule and return its number; the one before stays to be seen.

    With a sensor the rule is made for it alone and takes the place of its class's of that kind.
    It holds from the next check on, for alarms that are open too.

    Raises:
        RuleNotFound: there is no rule of this key.
        RuleChanged: somebody else has made another version than the one that was looked at.
        RuleRefused: numbers that cannot be; each fault stands at its field.
        ReasonMissing: the reason is empty.
        SensorNotFound: no such sensor.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    # A default has no row to lock, so two first changes follow one another by this.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"alarm_rule:{key}"))))
    before = _standing_of(session, key)
    if before.version != version:
        raise RuleChanged(
            f"Version {before.version} of this rule was made meanwhile. Look at it and try again."
        )
    scope = before if sensor_id is None else _for_sensor(session, before, sensor_id)
    after = replace(
        scope,
        limit=terms.limit,
        delay=terms.delay,
        deadband=terms.deadband,
        is_active=terms.is_active,
    )
    _check(session, after, reason)
    if after.key != before.key:
        narrower = _find(session, after.key)
        after = replace(after, version=1 if narrower is None else narrower.version + 1)
    else:
        after = replace(after, version=before.version + 1)
    _write(session, principal, after, reason.strip())
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
        ),
        old=_as_facts(before),
        new=_as_facts(after),
        reason=reason.strip(),
    )
    return after.version


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


def _check(session: Session, after: Terms, reason: str) -> None:
    faults = _faults(after)
    if not faults and (crowded := _too_near(session, after)):
        faults["limit"] = crowded
    if len(reason.strip()) > _LONGEST_REASON:
        faults["reason"] = f"Use at most {_LONGEST_REASON} characters."
    if faults:
        raise RuleRefused("The rule cannot be changed like this yet.", fields=faults)
    if not reason.strip():
        raise ReasonMissing(
            "Say in a few words why the rule changes.", fields={"reason": "A few words are needed."}
        )


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


def _too_near(session: Session, after: Terms) -> str:
    """Say why a limit does not leave room for both deadbands between the two sides."""
    if after.kind not in {AlarmKind.HIGH, AlarmKind.LOW} or not after.is_active:
        return ""
    for each in standing(session):
        is_beside = (each.unit_class, each.measure, each.sensor_id, each.unit_id) == (
            after.unit_class,
            after.measure,
            after.sensor_id,
            after.unit_id,
        )
        if (
            not is_beside
            or each.kind is after.kind
            or each.kind not in _SIDES
            or not each.is_active
        ):
            continue
        high, low = (after, each) if after.kind is AlarmKind.HIGH else (each, after)
        if high.limit - high.deadband <= low.limit + low.deadband:
            return (
                f"Between the low limit {low.limit:g} and the high limit {high.limit:g} there is "
                "no room for the deadbands: an alarm would never be over."
            )
    return ""


_SIDES = (AlarmKind.HIGH, AlarmKind.LOW)


def _for_sensor(session: Session, terms: Terms, sensor_id: SensorId) -> Terms:
    sensor = session.get(Sensor, sensor_id)
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    if terms.measure not in {Measure.ANY, alarm_terms.measure_of(sensor.kind)}:
        raise RuleRefused(
            f"{sensor.code} does not measure what this rule judges. Choose another sensor."
        )
    return replace(terms, sensor_id=sensor.id, unit_id=None, scope_label=sensor.code)


def _standing_of(session: Session, key: str) -> Terms:
    found = _find(session, key) or _default_of(key)
    if found is None:
        raise _no_rule()
    return found


def _find(session: Session, key: str) -> Terms | None:
    row = session.scalars(
        select(AlarmRule)
        .where(AlarmRule.rule_key == key, AlarmRule.replaced_at.is_(None))
        .with_for_update()
    ).one_or_none()
    return None if row is None else _terms(row)


def _write(session: WriteSession, principal: Principal, terms: Terms, reason: str) -> None:
    session.execute(
        update(AlarmRule)
        .where(AlarmRule.rule_key == terms.key, AlarmRule.replaced_at.is_(None))
        .values(replaced_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    session.add(
        AlarmRule(
            rule_key=terms.key,
            unit_class=terms.unit_class,
            measure=terms.measure,
            kind=terms.kind,
            severity=terms.severity,
            limit_value=terms.limit,
            delay_s=int(terms.delay.total_seconds()),
            deadband=terms.deadband,
            version=terms.version,
            set_by_name=principal.name,
            reason=reason,
            unit_id=terms.unit_id,
            sensor_id=terms.sensor_id,
            scope_label=terms.scope_label,
            window_s=None if terms.window is None else int(terms.window.total_seconds()),
            is_latched=terms.is_latched,
            is_active=terms.is_active,
        )
    )
    session.flush()


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
        is_latched=row.is_latched,
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
    )


def _by_default(terms: Terms) -> RuleVersion:
    return RuleVersion(
        terms=terms, set_by_name=BY_DEFAULT, reason="", set_at=None, replaced_at=None
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
