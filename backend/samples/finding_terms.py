"""What a list is narrowed to, as pairs of a key and a value: the form of addresses and searches.

    ("status", "pending"), ("-type", "rna"), ("volume", "<50"), ("created", "7d")

Amounts are in the unit of their column, dates are days of the laboratory or words such as
``today`` and ``7d``, which mean another day tomorrow: a saved view keeps the word. Of several
values of one key any may hold; several bounds of an amount or a date must all hold. Pure: today
and the zone are arguments.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from backend.samples.finding_words import (
    AMOUNTS,
    CHOICES,
    DATES,
    EXCLUDABLE,
    FLAGS,
    TEXTS,
    Unreadable,
    choice_of,
    hold_of,
    in_base_unit,
    plain,
)
from backend.samples.preanalytical.rules import is_sought
from backend.samples.schemas import Amounts, Days, Instants, SampleFilters

Pair = tuple[str, str]

_NUMBER = r"(\d+(?:\.\d+)?)\s*([A-Za-zµμ]+(?:/[A-Za-zµμ]+)?)?"
_BETWEEN = re.compile(rf"(?:{_NUMBER})?\s*\.\.\s*(?:{_NUMBER})?")
# The longer of two that begin alike comes first.
_COMPARING = ("<=", ">=", "<", ">", "=", "≤", "≥")
_OPERATORS = {"<": "below", "<=": "most", "≤": "most", ">": "above", ">=": "least", "≥": "least"}
_SIGNS = {"least": ">=", "above": ">", "most": "<=", "below": "<"}
_LAST_DAYS = re.compile(r"(\d{1,4})(d|w)")
_YEARS = range(1900, 2200)
_DAY_WORDS = (
    "today, yesterday, thisweek, lastweek, thismonth, 7d, 2026-11-25 or 2026-11-01..2026-11-25"
)

_NO_SPREC = "“{}” begins no SPREC code. Write it as SER-SST-A, with ? for any element."


@dataclass(slots=True)
class _Gathered:
    values: dict[str, Any] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)
    amounts: dict[str, Amounts] = field(default_factory=dict)
    days: dict[str, Days] = field(default_factory=dict)


def filters_of(pairs: Iterable[Pair], zone: ZoneInfo, today: date) -> SampleFilters:
    """Return the filters that pairs mean; days begin at the laboratory's midnight.

    Raises:
        Unreadable: a key or value that means nothing, with what to write.
    """
    gathered = _Gathered()
    for key, value in pairs:
        _gather(gathered, key, value, today)
    for key, bounds in gathered.amounts.items():
        gathered.values[AMOUNTS[key]] = bounds
    for key, days in gathered.days.items():
        gathered.values |= _day_fields(key, days, zone)
    try:
        return SampleFilters.model_validate({**gathered.values, "without": gathered.without})
    except ValidationError as error:
        raise Unreadable(error.errors()[0]["msg"] + ".") from error


def canonical(key: str, value: str) -> Pair:
    """Return a pair as addresses keep it: values in their own spelling, amounts without a unit.

    Raises:
        Unreadable: the key or the value means nothing.
    """
    name = key.removeprefix("-")
    if name in CHOICES:
        return key, choice_of(name, value)
    if name in AMOUNTS:
        return key, _amount_text(amounts(name, value))
    if key == "hold":
        return key, hold_of(value)
    if key == "sprec":
        return key, value.upper()
    if key == "placed" or key in DATES:
        return key, re.sub(r"\s+", "", value.casefold())
    return key, value


def pairs_of(filters: SampleFilters, zone: ZoneInfo) -> tuple[Pair, ...]:
    """Return pairs that mean the filters; moments are told by the day."""
    pairs: list[Pair] = [("project", code) for code in filters.project_codes]
    pairs += [("-project", code) for code in filters.without.project_codes]
    for key, (name, _) in CHOICES.items():
        pairs += [(key, value) for value in getattr(filters, name)]
        pairs += [(f"-{key}", value) for value in getattr(filters.without, name)]
    for key, flag in (("hold", filters.on_hold), ("placed", filters.placed)):
        pairs += [(key, word) for word, meant in FLAGS.items() if meant is flag]
    pairs += [("hold", kind.value) for kind in filters.hold_kinds]
    for key, name in AMOUNTS.items():
        pairs += _bounds(key, getattr(filters, name))
    pairs += _moments("created", filters.created_from, filters.created_before, zone)
    if filters.received is not None:
        pairs += _moments("received", filters.received.since, filters.received.before, zone)
    pairs += _day_pairs("collected", filters.collected)
    pairs += _day_pairs("expires", filters.expires)
    for key, name in TEXTS.items():
        value = getattr(filters, name)
        pairs += [] if value is None else [(key, str(value))]
    return tuple(pairs)


def amounts(key: str, value: str) -> Amounts:
    """Return the bounds that a value says: ``<50``, ``>=10 ng/uL``, ``10..50``, ``..2 mL``, ``7``.

    Raises:
        Unreadable: no number, an unknown unit, or a number out of reach.
    """
    between = _BETWEEN.fullmatch(value.strip())
    try:
        if between is not None:
            return _between(key, *between.groups())
        sign, rest = _compared(value.strip())
        number, unit = _split(key, rest)
        amount = in_base_unit(key, number, unit)
        if sign in _OPERATORS:
            return Amounts(**{_OPERATORS[sign]: amount})
        return Amounts(least=amount, most=amount)
    except ValidationError as error:
        say = f"{key} cannot be compared with “{value}”. Write a smaller number."
        raise Unreadable(say) from error


def days(key: str, value: str, today: date) -> Days:
    """Return the days that a value says.

    ``7d`` are the last seven with today; of an expiry they are the next seven, and ``past`` are
    those before today.

    Raises:
        Unreadable: no day.
    """
    typed = re.sub(r"\s+", "", value.casefold())
    if ".." in typed:
        first, _, last = typed.partition("..")
        if not first and not last:
            raise Unreadable(f"{key} needs a day. Write {_DAY_WORDS}.")
        begin = _one(key, first, today).first if first else None
        return Days(first=begin, last=_one(key, last, today).last if last else None)
    sign, rest = _compared(typed)
    found = _one(key, rest, today)
    match _OPERATORS.get(sign or "="):
        case "below":
            return Days(last=_moved(found.first, -1))
        case "most":
            return Days(last=found.last)
        case "above":
            return Days(first=_moved(found.last, 1))
        case "least":
            return Days(first=found.first)
    return found


def _gather(gathered: _Gathered, key: str, value: str, today: date) -> None:
    name = key.removeprefix("-")
    if key != name and name not in EXCLUDABLE:
        able = ", ".join(f"-{each}:" for each in EXCLUDABLE)
        raise Unreadable(f"{name} cannot stand behind a minus sign. These can: {able}.")
    if not value:
        raise Unreadable(f"{name} says nothing. Write a value behind it, as {name}:….")
    if name in CHOICES or name == "project":
        plural = "project_codes" if name == "project" else CHOICES[name][0]
        into = gathered.values if key == name else gathered.without
        chosen = value if name == "project" else choice_of(name, value)
        into.setdefault(plural, []).append(chosen)
    elif name in AMOUNTS:
        gathered.amounts[name] = _tighter(gathered.amounts.get(name), amounts(name, value))
    elif name in DATES:
        gathered.days[name] = _narrower(gathered.days.get(name), days(name, value, today))
    elif name in ("hold", "placed"):
        _gather_flag(gathered, name, value)
    elif name in TEXTS:
        gathered.values[TEXTS[name]] = _text_of(name, value)
    else:
        raise Unreadable(f"There is no filter “{name}”.")


def _text_of(key: str, value: str) -> str:
    if key == "sprec" and not is_sought(value):
        raise Unreadable(_NO_SPREC.format(value))
    return value


def _gather_flag(gathered: _Gathered, key: str, value: str) -> None:
    if key == "placed":
        if value not in FLAGS:
            raise Unreadable(f"placed has no value “{value}”. Write yes or no.")
        gathered.values["placed"] = FLAGS[value]
        return
    kind = hold_of(value)
    if kind in FLAGS:
        gathered.values["on_hold"] = FLAGS[kind]
    else:
        gathered.values.setdefault("hold_kinds", []).append(kind)


def _day_fields(key: str, found: Days, zone: ZoneInfo) -> dict[str, Any]:
    if key in ("collected", "expires"):
        return {key: found}
    since = None if found.first is None else _midnight(found.first, zone)
    before = None if found.last is None else _midnight(_moved(found.last, 1), zone)
    if key == "created":
        return {"created_from": since, "created_before": before}
    return {key: Instants(since=since, before=before)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _one(key: str, typed: str, today: date) -> Days:
    """Return the days that a word or a date names, without comparison."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    words = {
        "today": (today, today),
        "yesterday": (_moved(today, -1), _moved(today, -1)),
        "tomorrow": (_moved(today, 1), _moved(today, 1)),
        "thisweek": (monday, _moved(monday, 6)),
        "lastweek": (_moved(monday, -7), _moved(monday, -1)),
        "thismonth": (month, _moved((month + timedelta(days=31)).replace(day=1), -1)),
        "lastmonth": (before.replace(day=1), before),
    }
    if typed in words:
        return Days(first=words[typed][0], last=words[typed][1])
    if typed == "past" and key == "expires":
        return Days(last=_moved(today, -1))
    number = _LAST_DAYS.fullmatch(typed)
    if number is not None:
        return _span(key, int(number[1]) * (7 if number[2] == "w" else 1), today)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS or len(typed) != len("2026-11-25"):
        raise Unreadable(f"“{typed}” is no day. Write {_DAY_WORDS}.")
    return Days(first=day, last=day)


def _span(key: str, length: int, today: date) -> Days:
    if length == 0:
        raise Unreadable("A span of no days holds nothing. Write 1d or more.")
    if key == "expires":
        return Days(first=today, last=_moved(today, length))
    return Days(first=_moved(today, 1 - length), last=today)


def _moved(day: date | None, by: int) -> date:
    return (day or date.min) + timedelta(days=by)


def _split(key: str, typed: str) -> tuple[str, str]:
    found = re.fullmatch(_NUMBER, typed.strip())
    if found is None:
        raise Unreadable(
            f"{key} needs a number, and “{typed}” is none. Write it as {key}<12.5, with a point."
        )
    return found[1], found[2] or ""


def _between(
    key: str, low: str | None, low_unit: str | None, high: str | None, high_unit: str | None
) -> Amounts:
    if low is None and high is None:
        raise Unreadable(f"{key} needs a number beside the dots. Write {key}:10..50.")
    # One unit behind a range is of both its ends.
    unit = low_unit or high_unit or ""
    return Amounts(
        least=None if low is None else in_base_unit(key, low, unit),
        most=None if high is None else in_base_unit(key, high, high_unit or unit),
    )


def _tighter(one: Amounts | None, other: Amounts) -> Amounts:
    if one is None:
        return other
    return Amounts(
        least=_highest(one.least, other.least),
        above=_highest(one.above, other.above),
        most=_lowest(one.most, other.most),
        below=_lowest(one.below, other.below),
    )


def _narrower(one: Days | None, other: Days) -> Days:
    if one is None:
        return other
    firsts = [day for day in (one.first, other.first) if day is not None]
    lasts = [day for day in (one.last, other.last) if day is not None]
    return Days(first=max(firsts, default=None), last=min(lasts, default=None))


def _highest(*numbers: Decimal | None) -> Decimal | None:
    return max((number for number in numbers if number is not None), default=None)


def _lowest(*numbers: Decimal | None) -> Decimal | None:
    return min((number for number in numbers if number is not None), default=None)


def _bounds(key: str, bounds: Amounts | None) -> list[Pair]:
    if bounds is None:
        return []
    if bounds.above is None and bounds.below is None:
        text = _amount_text(bounds)
        return [(key, text)] if text else []
    named = ((name, getattr(bounds, name)) for name in _SIGNS)
    return [(key, f"{_SIGNS[name]}{plain(n)}") for name, n in named if n is not None]


def _amount_text(bounds: Amounts) -> str:
    """Return bounds that one value says as that value."""
    if bounds.below is not None:
        return f"<{plain(bounds.below)}"
    if bounds.above is not None:
        return f">{plain(bounds.above)}"
    if bounds.least is None:
        return "" if bounds.most is None else f"<={plain(bounds.most)}"
    if bounds.most is None:
        return f">={plain(bounds.least)}"
    least, most = plain(bounds.least), plain(bounds.most)
    return least if least == most else f"{least}..{most}"


def _moments(
    key: str, since: datetime | None, before: datetime | None, zone: ZoneInfo
) -> list[Pair]:
    first = None if since is None else since.astimezone(zone).date()
    # The last moment before it is of the last day that counts.
    moment = None if before is None else before.astimezone(zone) - timedelta(microseconds=1)
    return _day_pairs(key, Days(first=first, last=None if moment is None else moment.date()))


def _day_pairs(key: str, found: Days | None) -> list[Pair]:
    if found is None or (found.first is None and found.last is None):
        return []
    if found.first == found.last:
        return [(key, f"{found.first}")]
    return [(key, f"{found.first or ''}..{found.last or ''}")]


def unreadable(pair: Pair, today: date) -> str | None:
    """Return why a pair says nothing, None when it does."""
    try:
        filters_of([pair], ZoneInfo("UTC"), today)
    except Unreadable as refusal:
        return str(refusal)
    return None


def bounds_of(pairs: Sequence[Pair], key: str) -> tuple[str, ...]:
    """Return what pairs say of one key, in their order."""
    return tuple(value for each, value in pairs if each == key)


def _compared(text: str) -> tuple[str, str]:
    """Return the sign that a text begins with, empty for none, and what follows it."""
    sign = next((each for each in _COMPARING if text.startswith(each)), "")
    return sign, text.removeprefix(sign).lstrip()
