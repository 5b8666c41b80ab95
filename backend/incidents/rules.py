"""What opens an incident, what belongs together, what is proposed, and what closing needs. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.incidents.exposure import Exposure, Limits
from backend.incidents.ids import Disposition
from backend.samples.ids import TemperatureClass
from backend.telemetry.common_rules import Numbers
from backend.telemetry.storm_rules import NOWHERE

OPENS: Final = frozenset({"high", "low", "cumulative"})
"""Kinds of alarm that say that something was too warm or too cold (DOMAIN 2h: what stood there, and
for how long above what).

Of the others a silence opens one, where it is critical and leaves the unit without any thermometer:
nobody knows how warm it was, and what nobody knows counts as a reason for a hold. A fast rise is an
early warning: nothing has been too warm yet, and when it is, the high alarm opens the incident. Two
probes that disagree say that an instrument errs; whichever of them is out of range opens it. Doors
say nothing of temperatures. All these join an incident that there is.
"""
_NO_DATA: Final = "no_data"
_CRITICAL: Final = "critical"
UNKNOWN_TOO_LONG_MIN: Final = 10.0
"""As long as a sensor may be silent."""
CONTROLLED_COLD: Final = timedelta(hours=24)
CONTROLLED_ROOM: Final = timedelta(days=30)
LONGEST_TEXT: Final = 1000
LONGEST_REASON: Final = 400
_CODE: Final = re.compile(r"INC-[0-9]{4}-([0-9]{1,12})")
MEANING: Final = "closing of a temperature incident"

PRODUCT_LIMITS: Final[Mapping[TemperatureClass, Limits]] = {
    # Upper ends of the bands by which SPREC tells storage apart (DOMAIN 2h): warmer than that it
    # was another storage than the one the sample was kept for.
    TemperatureClass.LN2_VAPOUR: Limits(high_c=-135.0),
    TemperatureClass.MINUS_80: Limits(high_c=-60.0),
    TemperatureClass.MINUS_40: Limits(high_c=-35.0),
    TemperatureClass.MINUS_20: Limits(high_c=-18.0),
    # USP <659>, known from summaries. Controlled cold is 2–8 °C, where freezing is damage; its
    # excursions up to 15 °C for 24 h, with an MKT of at most 8 °C, are for medicines: here a hold
    # is proposed, and a person decides. Room temperature with the excursions that it permits.
    TemperatureClass.PLUS_4: Limits(high_c=8.0, low_c=2.0),
    TemperatureClass.ROOM: Limits(high_c=30.0, low_c=15.0),
    TemperatureClass.PLUS_37: Limits(high_c=None),
}

DISPOSITIONS: Final[Mapping[Disposition, str]] = {
    Disposition.NO_IMPACT: "No impact: samples may be used",
    Disposition.USE_RESTRICTED: "Use restricted",
    Disposition.RETEST: "Test again before use",
    Disposition.DISCARD: "Discard",
    Disposition.DECIDED_BY_SAMPLE: "Decided sample by sample",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """A unit and since when it has been out of range; ``shares``: its room, its power circuit."""

    unit_id: UUID
    since: datetime
    shares: frozenset[str] = NOWHERE


def is_silence(kind: str, severity: str) -> bool:
    """Say whether an alarm opens an incident once its unit has no other thermometer."""
    return kind == _NO_DATA and severity == _CRITICAL


def blind_units(
    thermometers: Mapping[UUID, Collection[UUID]], silent: Collection[UUID]
) -> frozenset[UUID]:
    """Return the units of which all thermometers are silent; ``thermometers`` are by unit."""
    return frozenset(
        unit_id
        for unit_id, sensors in thermometers.items()
        if sensors and set(sensors) <= {*silent}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the one who closes says."""

    cause: str
    action: str
    disposition: Disposition | None
    note: str = ""


ACT_WORDS: Final[Mapping[str, str]] = {
    "incidents.opened": "Incident opened",
    "incidents.widened": "More units at the same time",
    "incidents.contained": "Every unit is back in range",
    "incidents.said_back": "Said to be back in range",
    "incidents.reopened": "Out of range again",
    "incidents.taken": "Looks after the incident",
    "incidents.holds_decided": "Holds decided",
    "incidents.evacuation_asked": "Evacuation plan asked for",
    "incidents.closed": "Closed and signed",
}
_KIND_WORDS: Final[Mapping[str, str]] = {
    "high": "too warm",
    "low": "too cold",
    "rate": "warming fast",
    "door": "door open",
    "no_data": "no readings",
    "cumulative": "too warm for too long in all",
    "disagree": "probes disagree",
}


def code_of(number: int, opened_at: datetime) -> str:
    """Return what people call an incident: ``INC-2026-0007``."""
    return f"INC-{opened_at.year}-{number:04d}"


def number_of(code: str) -> int | None:
    """Return the number in a code as people type it; None when there is none."""
    found = _CODE.fullmatch(code.strip().upper())
    return int(found[1]) if found else None


def together(onsets: Sequence[Onset], numbers: Numbers) -> list[tuple[Onset, ...]]:
    """Return the onsets in groups: units of a room or a circuit that a storm would join are one.

    How many units make a storm, and how soon, is in the ``numbers`` of the common rule.
    Others stand alone. The same whatever the order; groups by their first onset.
    """
    left = sorted(onsets, key=lambda each: (each.since, str(each.unit_id)))
    groups: list[tuple[Onset, ...]] = []
    while left:
        first = left[0]
        near = [each for each in left if each.since - first.since <= numbers.storm_within]
        group = _with_most(first, near, numbers)
        groups.append(group)
        left = [each for each in left if each not in group]
    return groups


def _with_most(first: Onset, near: Sequence[Onset], numbers: Numbers) -> tuple[Onset, ...]:
    """Return the largest group that shares something with the first of them; it alone if small."""
    largest: tuple[Onset, ...] = ()
    for word in sorted(first.shares):
        those = tuple(each for each in near if word in each.shares)
        if len({each.unit_id for each in those}) > len({each.unit_id for each in largest}):
            largest = those
    is_one = len({each.unit_id for each in largest}) >= numbers.storm_units
    return largest if is_one else (first,)


def hold_reason(zone: TemperatureClass, known: Exposure) -> str | None:
    """Return why a hold should be thought of; None when nothing speaks for one."""
    limits = PRODUCT_LIMITS[zone]
    if known.out_of_product_min > 0:
        said = _limit_words(limits, known)
        return f"{minutes_words(known.out_of_product_min)} {said}."
    bounded = limits.high_c is not None or limits.low_c is not None
    if bounded and known.unknown_min >= UNKNOWN_TOO_LONG_MIN:
        return f"Not known how warm it was for {minutes_words(known.unknown_min)}."
    return None


def mkt_window(zone: TemperatureClass | None) -> timedelta | None:
    """Return over how long an MKT is taken; None where it is not defined, as of anything frozen."""
    match zone:
        case TemperatureClass.PLUS_4:
            return CONTROLLED_COLD
        case TemperatureClass.ROOM:
            return CONTROLLED_ROOM
        case _:
            return None


def closing_faults(said: Closing) -> dict[str, str]:
    """Return what the words of a closing lack, by field."""
    faults = {}
    if not said.cause.strip():
        faults["cause"] = "Write why it happened, or what was looked for and not found."
    if not said.action.strip():
        faults["action"] = "Write what was done about it."
    if said.disposition is None:
        faults["disposition"] = "Choose what becomes of the samples."
    for field, words in (("cause", said.cause), ("action", said.action), ("note", said.note)):
        if len(words.strip()) > LONGEST_TEXT:
            faults[field] = f"At most {LONGEST_TEXT:,} characters."
    return faults


def word_faults(unit_label: str, units: Collection[str], reason: str) -> dict[str, str]:
    """Return what lacks where a person says that a unit is back in range, by field."""
    faults = {}
    if unit_label not in units:
        faults["unit"] = f"Choose a unit of the incident: {', '.join(sorted(units))}."
    if not reason.strip():
        faults["reason"] = "Write how you know: what was measured there, and with what."
    elif len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = f"At most {LONGEST_REASON} characters."
    return faults


def closing_gaps(
    *, open_alarms: Sequence[str], unheard: Sequence[str], undecided: int, ended: bool
) -> list[str]:
    """Return everything that has to be done before an incident can be closed.

    ``open_alarms`` names the units that are still in alarm, ``unheard`` those whose alarms are over
    though no thermometer has said that they are back in range.
    """
    gaps = []
    if open_alarms:
        units = ", ".join(sorted(set(open_alarms)))
        gaps.append(f"Alarms are open at {units}: bring them into range and acknowledge them.")
    elif not ended and not unheard:
        gaps.append("It is not noted yet that the units are back in range: wait a minute.")
    if unheard:
        gaps.append(
            f"Nothing was heard from {', '.join(sorted(unheard))} since: connect a sensor that is "
            "heard there, or say that it is back in range and how you know."
        )
    if undecided:
        which = "1 proposed hold is" if undecided == 1 else f"{undecided:,} proposed holds are"
        gaps.append(f"{which} undecided: accept or decline them.")
    return gaps


def kind_words(kind: str) -> str:
    """Return what an alarm says, in words."""
    return _KIND_WORDS.get(kind, kind.replace("_", " "))


def act_words(action: str, told: Mapping[str, object]) -> str:
    """Return what an entry of the audit trail says, in words."""
    if action == "incidents.said_back":
        return f"{told.get('unit')} said to be back in range; no thermometer is heard there"
    if action == "incidents.contained":
        others = {"by_word": "said to be", "out_of_use": "out of use"}
        more = [words for name, words in others.items() if told.get(name)]
        return ", or ".join([ACT_WORDS[action], *more])
    if action != "incidents.holds_decided":
        return ACT_WORDS[action]
    number = int(str(told.get("items", 0)))
    what = "1 hold" if number == 1 else f"{number:,} holds"
    return f"{what} {'accepted' if told.get('accepted') else 'declined'}"


def minutes_words(minutes: float) -> str:
    """Return minutes as people say them: ``0.4 min``, ``37 min``, ``5 h 12 min``."""
    if minutes < 1:
        return f"{max(minutes, 0.1):.1f} min"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _limit_words(limits: Limits, known: Exposure) -> str:
    too_warm = (
        limits.high_c is not None
        and known.highest_c is not None
        and known.highest_c > limits.high_c
    )
    too_cold = (
        limits.low_c is not None and known.lowest_c is not None and known.lowest_c < limits.low_c
    )
    words = []
    if too_warm and limits.high_c is not None:
        words.append(f"above {degrees_words(limits.high_c)}")
    if too_cold and limits.low_c is not None:
        words.append(f"below {degrees_words(limits.low_c)}")
    return " or ".join(words)


def degrees_words(degrees: float) -> str:
    """Return a temperature as people write it, with a true minus."""
    return f"{degrees:g} °C".replace("-", "\N{MINUS SIGN}")
