"""What people are told of storage units, their sensors and their alarms. No I/O."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from backend.notifications.ids import Kind, Severity
from backend.notifications.rules import Notice, counted, unit_page

_UNITS_NAMED: Final = 30


def alarm_raised(*, unit: str, detail: str) -> Notice:
    return Notice(
        kind=Kind.ALARM_RAISED,
        severity=Severity.CRITICAL,
        title=f"Temperature alarm: {unit}",
        body=detail,
        href=unit_page(unit),
    )


def alarm_key(alarm_id: object, severity: str, step: int) -> str:
    """Return the dedupe key of a step of an alarm's ladder; the alarm itself is step 0.

    An alarm that becomes critical is told again, so its severity is part of the key.
    """
    return f"alarm:{alarm_id}:{severity}:{step}"


def alarm_of_kind(*, unit: str, kind: str, severity: str, detail: str) -> Notice:
    """Tell of an alarm that is not one of being too warm or too cold."""
    return Notice(
        kind=Kind.ALARM_RAISED,
        severity=Severity.CRITICAL if severity == "critical" else Severity.WARNING,
        title=f"{ALARM_NAMES.get(kind, 'Alarm')}: {unit}",
        body=detail,
        href="/alarms",
    )


ALARM_NAMES: Final[Mapping[str, str]] = {
    "high": "Temperature alarm",
    "low": "Temperature alarm",
    "rate": "Warming fast",
    "door": "Door open",
    "no_data": "Nothing heard",
    "cumulative": "Too warm too often",
    "disagree": "Two sensors disagree",
}
_WHAT_TO_DO: Final[Mapping[str, str]] = {
    "high": "It is above its limit.",
    "low": "It is below its limit.",
    "rate": "It warms faster than a unit that stands still. Look at its door and its power.",
    "door": "Its door has been open too long. Close it.",
    "no_data": "How it is in there is not known: its sensor is silent. Look at its display.",
    "cumulative": "Short excursions of 24 hours add up. Look at what stands in it.",
    "disagree": "Its air and its probe do not say the same: one of them is wrong. Measure again.",
}


def what_to_do(kind: str, *, connected: str = "") -> str:
    """Return what an alarm of a kind means for whoever goes there.

    ``connected``: when its sensor was, where it has not been heard since.
    """
    never = f"{never_heard(connected=connected)} " if connected else ""
    return f"{never}{_WHAT_TO_DO.get(kind, 'Look at the unit.')}"


def alarm_storm(units: Sequence[str], within_min: int) -> Notice:
    named = ", ".join(units[:_UNITS_NAMED])
    more = f" and {len(units) - _UNITS_NAMED} more" if len(units) > _UNITS_NAMED else ""
    return Notice(
        kind=Kind.ALARM_RAISED,
        severity=Severity.CRITICAL,
        title=f"Site power or network: {counted(len(units), 'unit')} in alarm together",
        body=f"They were alarmed within {counted(within_min, 'minute')}, so look at power and "
        f"network first: {named}{more}.",
        href="/alarms",
    )


def alarm_escalated(*, unit: str, kind: str, step: str, was_undelivered: bool) -> Notice:
    why = "those before could not be reached" if was_undelivered else "nobody has acknowledged it"
    return Notice(
        kind=Kind.ALARM_RAISED,
        severity=Severity.CRITICAL,
        title=f"{ALARM_NAMES.get(kind, 'Alarm')}, not acknowledged: {unit}",
        body=f"{what_to_do(kind)} You are told because {why} ({step}).",
        href="/alarms",
    )


def alarm_test(*, step: str, by: str) -> Notice:
    return Notice(
        kind=Kind.ALARM_RAISED,
        severity=Severity.INFO,
        title=f"Test of the alarm ladder: {step}",
        body=f"{by} tries out who would be told of an alarm. No unit is in alarm; do nothing.",
        href="/alarms",
    )


def out_of_range(
    *, temperature_c: float | None, above_c: float | None, below_c: float | None
) -> str:
    """Return what was measured and what to do; what is not known is left out."""
    act = "Look at the unit and move what is at risk."
    if temperature_c is None:
        return act
    allowed = "" if above_c is None else f", allowed up to {_degrees(above_c)}"
    if below_c is not None:
        allowed = f", allowed down to {_degrees(below_c)}: what stands there may freeze"
    return f"{_degrees(temperature_c)} measured{allowed}. {act}"


def alarm_cleared(*, unit: str, is_temperature: bool = True, has_rule: bool = True) -> Notice:
    body = "The unit is back in its range. Check what stood in it meanwhile."
    if not has_rule:
        body = (
            "No alarm rule holds for it any more: it is out of use, a sensor was moved or taken "
            "out, or the rule is switched off."
        )
    return Notice(
        kind=Kind.ALARM_CLEARED,
        severity=Severity.OK if has_rule else Severity.INFO,
        title=f"Temperature alarm over: {unit}" if is_temperature else f"Alarm over: {unit}",
        body=body,
        href=unit_page(unit),
    )


def samples_exposed(
    *, code: str, units: Sequence[str], projects: Sequence[str], samples: int, proposed: int
) -> Notice:
    """Tell somebody what of their projects stood in an incident."""
    holds = f"; {counted(proposed, 'hold')} proposed" if proposed else "; no hold is proposed"
    return Notice(
        kind=Kind.SAMPLES_EXPOSED,
        severity=Severity.WARNING if proposed else Severity.INFO,
        title=f"{code}: {counted(samples, 'sample')} of yours stood in {', '.join(units)}",
        body=f"Of {', '.join(projects)}{holds}.",
        href=f"/incidents/{code}",
    )


def never_heard(*, connected: str, sensor: str = "Its sensor") -> str:
    """Say that a sensor that somebody connected never spoke; ``connected`` is local time."""
    return f"{sensor} has not been heard since it was connected at {connected}."


def sensor_silent(*, unit: str, sensor: str, connected: str = "") -> Notice:
    """Tell of a silent sensor; ``connected``: when it was, where it has not spoken since."""
    said = f"Sensor {sensor} does not report any more:"
    if connected:
        never = never_heard(sensor=f"Sensor {sensor}", connected=connected)
        said = f"{never} It may be broken, or its logger not set up:"
    return Notice(
        kind=Kind.SENSOR_SILENT,
        severity=Severity.WARNING,
        title=f"No temperature from {unit}",
        body=f"{said} how warm the unit is, is not known. Look at its display.",
        href=unit_page(unit),
    )


def sensors_silent(
    *, units: Sequence[str], sensors: Sequence[str], never: Sequence[str] = ()
) -> Notice:
    """Tell of all that fell silent together; the page behind it lists every sensor.

    ``never`` are those of them that have not been heard since they were connected.
    """
    what = f"{counted(len(sensors), 'sensor')} in {counted(len(units), 'unit')}"
    named = ", ".join(units[:_UNITS_NAMED])
    more = f" and {len(units) - _UNITS_NAMED} more" if len(units) > _UNITS_NAMED else ""
    return Notice(
        kind=Kind.SENSOR_SILENT,
        severity=Severity.WARNING,
        title=f"No temperature from {what}",
        body="They fell silent together: look at the network or the program before the units. "
        f"Not known is how warm these are: {named}{more}.{_never_spoke(never)}",
        href="/health",
    )


def _never_spoke(sensors: Sequence[str]) -> str:
    if not sensors:
        return ""
    named = ", ".join(sensors[:_UNITS_NAMED])
    more = f" and {len(sensors) - _UNITS_NAMED} more" if len(sensors) > _UNITS_NAMED else ""
    return f" Not heard since they were connected: {named}{more}."


def listeners_gone(*, service: str, since: str) -> Notice:
    """Tell that readings of a kind are not taken any more: what a unit does then is not known."""
    is_mqtt = service == "mqtt"
    what = "Nothing listens for MQTT readings" if is_mqtt else "Nothing takes readings over HTTP"
    return Notice(
        kind=Kind.SENSOR_SILENT,
        severity=Severity.WARNING,
        title=f"{what} since {since}",
        body="No alarm can come of sensors that are heard only there. "
        + (
            "What they send waits in the broker. "
            if is_mqtt
            else "Loggers keep what they measure. "
        )
        + "Start the program's part again, or look at the units themselves.",
        href="/health",
    )


def calibrations_due(
    *, sensors: Sequence[str], lead_days: int, first_on: str, last_on: str
) -> Notice:
    """Tell of all calibrations of one lead time; a sensor that is not checked may err unseen."""
    what = counted(len(sensors), "calibration")
    days = f"on {first_on}" if first_on == last_on else f"from {first_on} to {last_on}"
    named = ", ".join(sensors[:_UNITS_NAMED])
    more = f" and {len(sensors) - _UNITS_NAMED} more" if len(sensors) > _UNITS_NAMED else ""
    return Notice(
        kind=Kind.CALIBRATION_DUE,
        severity=Severity.INFO if lead_days else Severity.WARNING,
        title=f"{what} due within {lead_days} days" if lead_days else f"{what} due",
        body=f"Due {days}: {named}{more}. Compare with a reference and keep what it says.",
        href="/sensors",
    )


def ladder_test_due(*, due_on: str, tested_on: str) -> Notice:
    """Tell that the ladder of alarms is to be tried out; ``tested_on`` empty: nobody ever has."""
    last = f"The last test was on {tested_on}." if tested_on else "Nobody has tried it out yet."
    return Notice(
        kind=Kind.LADDER_TEST_DUE,
        severity=Severity.WARNING,
        title=f"The alarm ladder was to be tested by {due_on}",
        body=f"{last} Press “Send a test” there, and see that everybody on the ladder hears of it.",
        href="/alarms?show=ladder",
    )


def move_back_due(*, unit: str, due_on: str, samples: int, reason: str) -> Notice:
    """Tell that a backup unit was to be empty again by a day."""
    why = f" Why it was filled: {reason}" if reason else ""
    stand = f"{counted(samples, 'sample')} {'stands' if samples == 1 else 'stand'} in it."
    return Notice(
        kind=Kind.MOVE_BACK_DUE,
        severity=Severity.WARNING if samples else Severity.INFO,
        title=f"{unit} was to be free again on {due_on}",
        body=f"{stand} Move them back, or set a later day.{why}",
        href=unit_page(unit),
    )


def run_read(*, code: str, state: str, verdict: str, sentence: str) -> Notice:
    """Tell that a run's folder is whole, and what its limits say."""
    severities = {"fail": Severity.CRITICAL, "warn": Severity.WARNING, "pass": Severity.OK}
    said = {"pass": "passes", "warn": "has warnings", "fail": "has failed lanes"}
    what = "ended badly" if state == "failed" else said.get(verdict, "cannot be judged")
    severity = Severity.CRITICAL if state == "failed" else severities.get(verdict, Severity.INFO)
    return Notice(
        kind=Kind.RUN_READ,
        severity=severity,
        title=f"Run {code} {what}",
        body=f"{sentence} Nothing is final before somebody confirms it.",
        href=f"/sequencing/runs/{quote(code, safe='')}",
    )


def _degrees(temperature_c: float) -> str:
    """Write a temperature with one decimal and a true minus."""
    return f"{temperature_c:.1f} °C".replace("-", "\N{MINUS SIGN}")
