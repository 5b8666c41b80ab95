"""The rules of alarms as versioned data: which stand, which stood before, and keeping another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import alarm_terms
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_terms import SensorTraits, Terms
from backend.telemetry.errors import RuleChanged, RuleNotFound
from backend.telemetry.events import AlarmRuleChanged
from backend.telemetry.ids import (
    TEMPERATURES,
    AlarmKind,
    AlarmSeverity,
    Measure,
    SensorKind,
    UnitClass,
)
from backend.telemetry.kinds import KINDS
from backend.telemetry.limits_past import Dated
from backend.telemetry.models import Sensor

BY_DEFAULT = "The program's default"


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
    return [each.terms for each in versions_in_force(session).values()]


def versions_in_force(session: Session) -> dict[str, RuleVersion]:
    """Return every rule in force by its key, defaults and what a laboratory made. One query."""
    newest = {row.rule_key: row for row in session.scalars(_newest())}
    made = {key: _version(row) for key, row in newest.items() if not row.is_withdrawn}
    retired = newest.keys() - made.keys()
    standing_terms = alarm_terms.in_force([each.terms for each in made.values()], retired)
    return {each.key: made.get(each.key) or by_default(each) for each in standing_terms}


def history(session: Session) -> list[Dated]:
    """Return every version of every rule that a laboratory has made, oldest first. One query."""
    rows = session.scalars(select(AlarmRule).order_by(AlarmRule.set_at, AlarmRule.version))
    return [
        Dated(terms=_terms(row), set_at=row.set_at, is_withdrawn=row.is_withdrawn) for row in rows
    ]


def list_rules(session: ReadSession, principal: Principal) -> list[RuleVersion]:
    """Return the rules in force, by class, measure and kind; those of one unit or sensor last."""
    principal.require(Permission.STORAGE_VIEW)
    return sorted(versions_in_force(session).values(), key=_turn)


def list_retired(session: ReadSession, principal: Principal) -> list[RuleVersion]:
    """Return the house rules that a laboratory does without, each as it was retired."""
    principal.require(Permission.STORAGE_VIEW)
    gone = [_version(row) for row in session.scalars(_newest()) if row.is_withdrawn]
    return sorted((each for each in gone if each.terms.scope_label is None), key=_turn)


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
        raise no_rule()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerms:
    """What a person may change of a rule."""

    limit: float
    delay: timedelta
    deadband: float
    is_active: bool = True
    window: timedelta | None = None
    severity: AlarmSeverity | None = None
    """None, as of the window: as it was."""


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
    """Return a rule with what a person has changed of it; its key stays what it was."""
    return replace(
        terms,
        limit=new.limit,
        delay=new.delay,
        deadband=new.deadband,
        is_active=new.is_active,
        window=terms.window if new.window is None else new.window,
        severity=new.severity or terms.severity,
        kept_key=None if terms.is_own else terms.key,
    )


def write(
    session: WriteSession,
    principal: Principal,
    before: Terms | None,
    after: Terms,
    reason: str,
    *,
    is_withdrawn: bool = False,
) -> None:
    """Keep a version, with the event; ``before`` is what held until now, maybe of a wider scope.

    None: nothing did, and the rule is a new one.
    """
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
            severity=after.severity.value,
            window_s=None if after.window is None else int(after.window.total_seconds()),
            is_added=before is None,
        ),
        old={} if before is None else _as_facts(before),
        new=_as_facts(after) | {"is_withdrawn": is_withdrawn},
        reason=reason.strip(),
    )


def withdraw(session: WriteSession, principal: Principal, standing: Terms, reason: str) -> None:
    """Retire a rule, or take one of a sensor or unit back; its versions stay to be seen."""
    after = replace(standing, version=standing.version + 1, kept_key=standing.key)
    write(session, principal, standing, after, reason, is_withdrawn=True)


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


def _newest() -> Select[AlarmRule]:
    return select(AlarmRule).where(AlarmRule.replaced_at.is_(None))


def _turn(version: RuleVersion) -> tuple[bool, str, int, int, int, int, str]:
    terms = version.terms
    return (
        terms.scope_label is not None,
        terms.scope_label or "",
        _CLASSES.index(terms.unit_class),
        list(Measure).index(terms.measure),
        list(AlarmKind).index(terms.kind),
        list(AlarmSeverity).index(terms.severity),
        terms.key,
    )


_CLASSES: Final = (
    UnitClass.ULTRA_LOW,
    UnitClass.FREEZER,
    UnitClass.REFRIGERATOR,
    UnitClass.NITROGEN,
    UnitClass.OTHER,
    UnitClass.ANY,
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
        kept_key=row.rule_key,
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
        "window_s": None if terms.window is None else int(terms.window.total_seconds()),
        "severity": terms.severity.value,
        "is_active": terms.is_active,
    }


def no_rule() -> RuleNotFound:
    """Return the refusal of a key that no rule has."""
    return RuleNotFound("There is no such alarm rule. Look at the list of rules.")
