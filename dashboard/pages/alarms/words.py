"""What the Alarms page says in words, from the views: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.notifications.ids import Channel
from backend.telemetry.alarm_overrides import Origin, RuleInForce
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmKind, Measure, UnitClass
from backend.telemetry.kinds import back_words
from backend.telemetry.ladder_rules import Step
from backend.telemetry.maintenance import Window
from backend.telemetry.views import UnitAlarm
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone
from dashboard.pages.admin.words import ROLE_NAMES

KIND_NAMES: Mapping[AlarmKind, str] = {
    AlarmKind.HIGH: "Above the limit",
    AlarmKind.LOW: "Below the limit",
    AlarmKind.RATE: "Warming fast",
    AlarmKind.DOOR: "Door open",
    AlarmKind.NO_DATA: "Nothing heard",
    AlarmKind.CUMULATIVE: "Too warm too often",
    AlarmKind.DISAGREE: "Air and probe disagree",
}
CLASS_NAMES: Mapping[UnitClass, str] = {
    UnitClass.ANY: "Every unit",
    UnitClass.ULTRA_LOW: f"Ultra-low, {fmt.MINUS}80{fmt.NBSP}°C",
    UnitClass.FREEZER: f"Freezer, {fmt.MINUS}20{fmt.NBSP}°C",
    UnitClass.REFRIGERATOR: f"Refrigerator, 2 to 8{fmt.NBSP}°C",
    UnitClass.NITROGEN: "Liquid nitrogen",
    UnitClass.OTHER: "Other units",
}
_SCOPE_NAMES: Mapping[UnitClass, str] = {
    UnitClass.ANY: "every unit",
    UnitClass.ULTRA_LOW: f"{fmt.MINUS}80{fmt.NBSP}°C",
    UnitClass.FREEZER: f"{fmt.MINUS}20{fmt.NBSP}°C",
    UnitClass.REFRIGERATOR: f"2 to 8{fmt.NBSP}°C",
    UnitClass.NITROGEN: "liquid nitrogen",
    UnitClass.OTHER: "other units",
}
MEASURE_NAMES: Mapping[Measure, str] = {
    Measure.ANY: "Every sensor",
    Measure.TEMPERATURE: "Temperature",
    Measure.CO2: "CO₂",
    Measure.LN2_LEVEL: "LN₂ level",
    Measure.DOOR: "Door",
}
_A_MINUTE = timedelta(minutes=1)
_OPEN = 0.5
"""A door's sensor says 0 or 1."""


def value(alarm: UnitAlarm) -> str:
    """Write what the sensor says now; of a unit that warms, how fast."""
    if alarm.temperature_c is None:
        return "Never heard"
    if alarm.kind is AlarmKind.DOOR:
        return "Open" if alarm.temperature_c > _OPEN else "Shut"
    if alarm.kind is AlarmKind.RATE and alarm.rate_c_per_min is not None:
        return fmt.with_unit(alarm.rate_c_per_min, "K/min", 2)
    return fmt.with_unit(alarm.temperature_c, alarm.measured_in, 1)


def limit(alarm: UnitAlarm) -> str:
    """Write what the alarm is about: ``above −65.0 °C``, ``60 min in sum``."""
    match alarm.kind:
        case AlarmKind.HIGH | AlarmKind.LOW:
            side = "below" if alarm.kind is AlarmKind.LOW else "above"
            return f"{side} {fmt.with_unit(alarm.limit_c, alarm.measured_in, 1)}"
        case AlarmKind.RATE:
            return f"a rise of {fmt.with_unit(alarm.limit_c, 'K', 1)}"
        case AlarmKind.DOOR:
            return "shut"
        case AlarmKind.NO_DATA:
            return f"silent for {fmt.with_unit(alarm.limit_c, 'min')}"
        case AlarmKind.CUMULATIVE:
            return f"{fmt.with_unit(alarm.limit_c, 'min')} in sum"
        case AlarmKind.DISAGREE:
            return f"{fmt.with_unit(alarm.limit_c, 'K', 1)} apart"


def standing(alarm: UnitAlarm, now: datetime, zone: ZoneInfo) -> tuple[Look, str]:
    """Return how an alarm stands with people, and the quiet words under it."""
    back = ""
    if alarm.back_since is not None:
        back = f"{back_words(alarm.kind)} for {fmt.age(now - alarm.back_since)}"
    elif alarm.connected_at is not None and alarm.kind is AlarmKind.NO_DATA:
        connected = fmt.moment(alarm.connected_at, zone, now=now)
        back = f"Not heard since it was connected, {connected}"
    elif alarm.is_stale and alarm.kind is not AlarmKind.NO_DATA:
        back = "Nothing newer has been heard"
    if alarm.acknowledged_at is not None:
        when = fmt.clock_time(alarm.acknowledged_at, zone)
        known = f"Acknowledged by {alarm.acknowledged_by_name}, {when}"
        return Look(known, "check-circle", Tone.INFO), back
    if alarm.told_at is None:
        held = Look("Held by maintenance", "wrench-adjustable", Tone.INFO)
        return held, back or "Nobody is told"
    if alarm.snoozed_until is not None and alarm.snoozed_until > now:
        until = fmt.clock_time(alarm.snoozed_until, zone)
        return Look(f"Snoozed until {until}", "hourglass", Tone.WARN), back
    return Look("Not acknowledged", "exclamation-octagon-fill", Tone.CRIT), back


def storms(alarms: Sequence[UnitAlarm]) -> list[str]:
    """Return a sentence for each group of alarms that was told of as one."""
    groups: dict[object, list[UnitAlarm]] = {}
    for alarm in alarms:
        if alarm.storm_id is not None:
            groups.setdefault(alarm.storm_id, []).append(alarm)
    return [_storm(group) for group in groups.values() if len(_labels(group)) > 1]


def _storm(group: Sequence[UnitAlarm]) -> str:
    named = _labels(group)
    # Whoever joined later was gathered by the rule as it was by then.
    version = min(alarm.storm_version or 1 for alarm in group)
    return (
        f"{fmt.plural(len(named), 'unit', 'units')} came into alarm together: {', '.join(named)}. "
        f"Look at power and network first. They are one matter by version {version} of the common "
        "rule."
    )


def _labels(group: Sequence[UnitAlarm]) -> list[str]:
    return sorted({alarm.unit_label for alarm in group})


def scope(terms: Terms) -> str:
    """Name the units for which a rule holds."""
    return terms.scope_label or CLASS_NAMES[terms.unit_class]


def origin(rule: RuleInForce) -> str:
    """Say from where a rule comes that holds for a sensor."""
    version = rule.version
    match rule.origin:
        case Origin.SENSOR:
            return f"Own rule of the sensor, version {version.terms.version}"
        case Origin.UNIT:
            return f"Rule of the unit {version.terms.scope_label}, version {version.terms.version}"
        case Origin.CONNECTED:
            return "Limits with which it was connected"
        case Origin.HOUSE:
            number = version.terms.version
            return f"House rule for {_SCOPE_NAMES[version.terms.unit_class]}, version {number}"


def rule_name(terms: Terms) -> str:
    """Name a rule in one line: ``Ultra-low, −80 °C: above the limit, warning``."""
    kind = KIND_NAMES[terms.kind].lower()
    measure = "" if terms.measure in {Measure.ANY, Measure.TEMPERATURE} else _measured(terms)
    return f"{scope(terms)}: {measure}{kind}, {terms.severity.value}"


def rule_limit(terms: Terms, unit: str) -> str:
    """Write a rule's limit with what it means: ``−65.0 °C``, ``5.0 K in 10 min``, ``in 24 h``."""
    if terms.kind is AlarmKind.DOOR:
        return "–"
    written = fmt.with_unit(terms.limit, unit, 0 if unit == "min" else 1)
    if terms.window is None:
        return written
    hours = terms.window / timedelta(hours=1)
    span = fmt.with_unit(hours, "h") if hours.is_integer() else fmt.age(terms.window)
    return f"{written} in {span}"


def rule_deadband(terms: Terms, unit: str) -> str:
    """Write a rule's deadband; where nothing has one a dash."""
    if not terms.deadband:
        return "–"
    return fmt.with_unit(terms.deadband, "K" if unit == "°C" else unit, 1)


def minutes(duration: timedelta) -> str:
    """Write a delay in minutes, none as a dash."""
    return fmt.with_unit(duration.total_seconds() / 60, "min") if duration else "–"


def typed(number: float) -> str:
    """Write a number as a person types it: ``-65``, ``0.5``."""
    return f"{number:g}"


def window_look(window: Window, now: datetime) -> Look:
    """Return how a maintenance stands."""
    if window.is_over(now):
        return Look("Over", "check-circle", Tone.OFF)
    if window.starts_at > now:
        return Look("Planned", "hourglass", Tone.INFO)
    return Look("Running", "wrench-adjustable", Tone.INFO)


def told_by(step: Step, names: Mapping[str, str], *, is_first: bool) -> str:
    """Name whom a step of the ladder tells."""
    named = [ROLE_NAMES[role] for role in step.roles]
    named += [names.get(person, "a person who has left") for person in step.people]
    if named:
        return ", ".join(named)
    return "Whoever is told of alarms" if is_first else "Nobody"


def channels(step: Step, *, has_mail: bool) -> str:
    """Say by what a step of the ladder reaches people."""
    if Channel.EMAIL not in step.channels:
        return "Program"
    return "Program and mail" if has_mail else "Program; no mail server is set up"


def ladder_steps(steps: Sequence[Step]) -> str:
    """Write the steps of a ladder in one line: ``0 min On call; 10 min Backup``."""
    return "; ".join(
        f"{fmt.with_unit(each.after / _A_MINUTE, 'min')} {each.label}" for each in steps
    )


def _measured(terms: Terms) -> str:
    return f"{MEASURE_NAMES[terms.measure]} "
