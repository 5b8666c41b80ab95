"""Why an alarm rule cannot be as somebody has written it, a sentence for each field. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from typing import Final

from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, SensorKind, UnitClass
from backend.telemetry.kinds import KINDS

LONGEST_DELAY: Final = timedelta(hours=24)
SAMPLING: Final = timedelta(minutes=1)
"""DOMAIN 2h: loggers are heard once a minute; a class without sensors is taken to do so."""
_A_MINUTE: Final = timedelta(minutes=1)
_SIDES: Final = (AlarmKind.HIGH, AlarmKind.LOW)
FITTING: Final[Mapping[AlarmKind, Collection[Measure]]] = {
    AlarmKind.HIGH: (Measure.TEMPERATURE, Measure.CO2, Measure.LN2_LEVEL),
    AlarmKind.LOW: (Measure.TEMPERATURE, Measure.CO2, Measure.LN2_LEVEL),
    AlarmKind.RATE: (Measure.TEMPERATURE,),
    AlarmKind.CUMULATIVE: (Measure.TEMPERATURE,),
    AlarmKind.DISAGREE: (Measure.TEMPERATURE,),
    AlarmKind.DOOR: (Measure.DOOR,),
    AlarmKind.NO_DATA: tuple(Measure),
}
"""Of what each kind of rule can be."""
LONGEST_WINDOWS: Final[Mapping[AlarmKind, timedelta]] = {
    # Every check reads the whole window of a rise; of minutes only those above the limit.
    AlarmKind.RATE: timedelta(hours=2),
    AlarmKind.CUMULATIVE: timedelta(days=7),
}
"""The kinds that have a window, with the longest."""
_MEASURED_AS: Final[Mapping[Measure, SensorKind]] = {
    Measure.TEMPERATURE: SensorKind.TEMPERATURE_PROBE,
    Measure.CO2: SensorKind.CO2,
    Measure.LN2_LEVEL: SensorKind.LN2_LEVEL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A sensor that the rule would hold for; ``every`` is how far apart its readings lie."""

    label: str
    setpoint_c: float | None = None
    every: timedelta = SAMPLING


def faults(
    after: Terms,
    *,
    before: Terms | None = None,
    beside: Sequence[Terms] = (),
    watched: Sequence[Watched] = (),
) -> dict[str, str]:
    """Return what is wrong with a rule by field; empty where nothing is.

    ``before`` is what it takes the place of, ``beside`` the other rules that will hold with it for
    the same units, ``watched`` the sensors it will hold for.
    """
    found = _scope_faults(after) or _number_faults(after)
    if found:
        return found
    # Half of the sensors are heard as often, so that one slow logger forbids nothing.
    heard = sorted(each.every for each in watched) or [SAMPLING]
    found |= _span_faults(after, before, max(heard[len(heard) // 2], SAMPLING))
    if not after.is_active or found:
        return found
    for field, said in (
        ("severity", _doubled(after, beside)),
        ("limit", _out_of_turn(after, beside) or _too_near(after, beside)),
        ("kind", _uncounted(after, beside)),
    ):
        if said:
            found[field] = said
    if "limit" not in found and (said := _never_over(after, watched)):
        found["deadband"] = said
    return found


def left_behind(gone: Terms, beside: Sequence[Terms]) -> str:
    """Say which rule would have nothing to count by without the one that goes; empty: none."""
    if gone.kind is not AlarmKind.HIGH:
        return ""
    left = [each for each in beside if each.is_active]
    counted = any(each.kind is AlarmKind.CUMULATIVE for each in left)
    if counted and not any(each.kind is AlarmKind.HIGH for each in left):
        return (
            "The minutes of its cumulative rule are counted above this limit, the last one there "
            "is. Retire that rule first."
        )
    return ""


def _scope_faults(after: Terms) -> dict[str, str]:
    if after.measure not in FITTING[after.kind]:
        fitting = " or ".join(each.value.replace("_", " ") for each in FITTING[after.kind])
        return {"measure": f"A rule of this kind is about {fitting}. Choose that."}
    if after.unit_id is not None or after.sensor_id is not None:
        return {}
    is_every = after.unit_class is UnitClass.ANY
    if is_every and after.measure is Measure.TEMPERATURE and after.kind is not AlarmKind.NO_DATA:
        return {"unit_class": "A temperature has its limits by class. Choose a class of units."}
    if not is_every and after.measure not in {Measure.TEMPERATURE, Measure.ANY}:
        return {
            "unit_class": "Only temperatures have a set point, and by that a class. Choose every "
            "unit."
        }
    return {}


def _number_faults(after: Terms) -> dict[str, str]:
    is_silence = after.kind is AlarmKind.NO_DATA
    found = {}
    if said := _limit_fault(after):
        found["limit"] = said
    if not timedelta(0) <= after.delay <= LONGEST_DELAY:
        found["delay"] = "The delay is 0 to 1,440 minutes."
    elif is_silence and after.delay:
        found["delay"] = "Silence has no delay: its limit is the minutes. Write 0."
    if not isfinite(after.deadband) or after.deadband < 0:
        found["deadband"] = "The deadband is zero or more."
    elif is_silence and after.deadband:
        found["deadband"] = "Silence is over with the next reading. Write 0."
    elif after.kind not in _SIDES and after.deadband >= after.limit > 0:
        found["deadband"] = (
            f"The alarm would be over below {after.limit - after.deadband:g}, which it never is. "
            f"Use less than {after.limit:g}."
        )
    return found


def _limit_fault(after: Terms) -> str:
    if not isfinite(after.limit):
        return "The limit is a number."
    if after.kind in _SIDES:
        return _implausible(after)
    if after.limit <= 0:
        return "This limit is more than zero."
    if after.kind is AlarmKind.DOOR and after.limit >= 1:
        return "A door says 0 or 1: its limit lies between them, such as 0.5."
    return ""


def _implausible(after: Terms) -> str:
    facts = KINDS[_MEASURED_AS[after.measure]]
    if facts.low <= after.limit <= facts.high:
        return ""
    return f"A limit lies between {facts.low:g} and {facts.high:g} {facts.unit}."


def _span_faults(after: Terms, before: Terms | None, every: timedelta) -> dict[str, str]:
    """Return what is wrong with the minutes that a rule looks at; ``every``: between readings.

    What was there before is not refused because loggers have become slower since.
    """
    least = 2 * every
    heard = f"Its sensors are heard every {_minutes(every)} min: "
    if after.kind is AlarmKind.NO_DATA:
        is_new = before is None or before.limit != after.limit
        if is_new and timedelta(minutes=after.limit) < least:
            return {"limit": f"{heard}silence is at least two of them, {_minutes(least)} min."}
    longest = LONGEST_WINDOWS.get(after.kind)
    if longest is None:
        is_idle = after.window is not None
        said = "Only a rise and a sum of minutes have a window. Leave it empty."
        return {"window": said} if is_idle else {}
    if after.window is None:
        return {"window": "Write over how many minutes it is looked at."}
    is_new = before is None or before.window != after.window
    if is_new and after.window < least:
        return {"window": f"{heard}the window is at least two of them, {_minutes(least)} min."}
    return _window_faults(after, after.window, longest)


def _window_faults(after: Terms, window: timedelta, longest: timedelta) -> dict[str, str]:
    if window > longest:
        return {"window": f"The window is {_minutes(longest)} min at most."}
    if after.delay > window:
        return {
            "delay": f"The delay of {_minutes(after.delay)} min is longer than the window of "
            f"{_minutes(window)} min. Make it shorter, or the window longer."
        }
    if after.kind is AlarmKind.CUMULATIVE and timedelta(minutes=after.limit) > window:
        return {
            "limit": f"In a window of {_minutes(window)} min there are never {after.limit:g} min. "
            "Use fewer."
        }
    return {}


def _doubled(after: Terms, beside: Sequence[Terms]) -> str:
    wanted = (after.kind, after.severity, after.measure)
    if wanted not in [(each.kind, each.severity, each.measure) for each in beside]:
        return ""
    return (
        f"There is a rule of this kind that is {after.severity.value} for these units already. "
        "Change or retire that one."
    )


def _out_of_turn(after: Terms, beside: Sequence[Terms]) -> str:
    """Say why a warning would come after what it warns of."""
    for each in beside:
        if each.kind is not after.kind or not each.is_active or each.severity is after.severity:
            continue
        is_warning = after.severity is AlarmSeverity.WARNING
        warning, critical = (after, each) if is_warning else (each, after)
        ahead = warning.limit - critical.limit
        if (ahead < 0) if after.kind is AlarmKind.LOW else (ahead > 0):
            return (
                f"The warning at {warning.limit:g} would come after the critical alarm at "
                f"{critical.limit:g}. A warning comes first."
            )
    return ""


def _too_near(after: Terms, beside: Sequence[Terms]) -> str:
    """Say why a limit does not leave room for both deadbands between the two sides."""
    if after.kind not in _SIDES:
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


def _uncounted(after: Terms, beside: Sequence[Terms]) -> str:
    has_high = any(each.kind is AlarmKind.HIGH and each.is_active for each in beside)
    if after.kind is not AlarmKind.CUMULATIVE or has_high:
        return ""
    return (
        "Minutes are counted above the mildest high limit, and these units have none. Add that "
        "rule first."
    )


def _never_over(after: Terms, watched: Sequence[Watched]) -> str:
    """Say at which unit the deadband lies on the wrong side of the set point."""
    if after.kind not in _SIDES or after.measure is not Measure.TEMPERATURE:
        return ""
    is_high = after.kind is AlarmKind.HIGH
    over_c = after.limit - after.deadband if is_high else after.limit + after.deadband
    for each in watched:
        if each.setpoint_c is None:
            continue
        if (over_c <= each.setpoint_c) if is_high else (over_c >= each.setpoint_c):
            side = "below" if is_high else "above"
            return (
                f"An alarm would be over {side} {over_c:g} °C, and {each.label} is set to "
                f"{each.setpoint_c:g} °C: it would never be over. Move the limit or make the "
                "deadband smaller."
            )
    return ""


def _minutes(span: timedelta) -> str:
    return f"{round(span / _A_MINUTE, 1):,g}"
