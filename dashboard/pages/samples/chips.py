"""What the filters of a view are called in words, a chip each."""

from collections.abc import Mapping, Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from backend.samples.finding_terms import amounts, bounds_of
from backend.samples.finding_words import AMOUNTS, DATES, Unreadable, plain
from backend.samples.schemas import Amounts
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.pages.samples.address import ListAddress, href
from dashboard.pages.samples.words import (
    ARRIVAL_NAMES,
    HOLD_NAMES,
    MATERIAL_NAMES,
    PRIORITY_NAMES,
    QC_NAMES,
    STATUS_NAMES,
    ZONES,
)

LABELS: Mapping[str, str] = {
    "status": "Status",
    "project": "Project",
    "type": "Type",
    "zone": "Storage temperature",
    "priority": "Priority",
    "qc": "QC verdict",
    "arrival": "Condition on arrival",
    "hold": "On hold",
    "placed": "In storage",
    "place": "Place",
    "volume": "Volume",
    "conc": "Concentration",
    "rin": "RIN",
    "created": "Registered",
    "received": "Received",
    "collected": "Collected",
    "expires": "Expires",
    "subject": "Subject",
    "consent": "Consent",
    "sprec": "SPREC code",
    "text": "Text",
    "import": "Import",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "status": STATUS_NAMES,
    "type": MATERIAL_NAMES,
    "zone": ZONES,
    "priority": PRIORITY_NAMES,
    "qc": QC_NAMES,
    "arrival": ARRIVAL_NAMES,
    "hold": {"yes": "yes", "no": "no", **HOLD_NAMES},
}
UNITS: Mapping[str, str] = {"volume": " µL", "conc": " ng/µL", "rin": ""}
_DAY_WORDS: Mapping[str, str] = {
    "thisweek": "this week",
    "lastweek": "last week",
    "thismonth": "this month",
    "lastmonth": "last month",
    "past": "before today",
}


def chip(address: ListAddress, key: str) -> Component:
    """Draw a filter in words, with the way to the list without it."""
    label, verb, said = words(key, bounds_of(address.pairs, key))
    without = tuple(pair for pair in address.pairs if pair[0] != key)
    begin = f"{label} {verb}".strip()
    return html.Span(
        [
            f"{begin} ",
            html.B(said),
            html.A(
                icon("x-lg"),
                href=href(address, pairs=without),
                className="x",
                **aria(label=f"Remove filter {begin} {said}"),
            ),
        ],
        className="chip",
    )


def words(key: str, values: Sequence[str]) -> tuple[str, str, str]:
    """Return the label of a filter, its verb and what it says: Status, is, Pending."""
    name = key.removeprefix("-")
    label = LABELS[name]
    if name in AMOUNTS:
        return label, "", " and ".join(_amount(name, value) for value in values)
    if name in DATES:
        return label, "", " and ".join(_days(name, value) for value in values)
    if name in ("text", "sprec"):
        return label, "starts with", values[-1]
    if name == "place":
        return label, "is or is in", values[-1]
    said = ", ".join(NAMES.get(name, {}).get(value, value) for value in values)
    if key != name:
        return label, "is none of" if len(values) > 1 else "is not", said
    return label, "is any of" if len(values) > 1 else "is", said


def _amount(key: str, value: str) -> str:
    try:
        bounds = amounts(key, value)
    except Unreadable:
        return f"is {value}"
    return _bounds(bounds, UNITS[key])


def _bounds(bounds: Amounts, unit: str) -> str:
    if bounds.below is not None:
        return f"below {plain(bounds.below)}{unit}"
    if bounds.above is not None:
        return f"above {plain(bounds.above)}{unit}"
    low = None if bounds.least is None else plain(bounds.least)
    high = None if bounds.most is None else plain(bounds.most)
    if low == high:
        return f"is {low}{unit}"
    if low is None:
        return f"at most {high}{unit}"
    if high is None:
        return f"at least {low}{unit}"
    return f"from {fmt.between(low, high)}{unit}"


def _days(key: str, value: str) -> str:
    first, dots, last = value.partition("..")
    if dots:
        if not last:
            return f"from {_day(first)}"
        return f"from {_day(first)} to {_day(last)}" if first else f"until {_day(last)}"
    for sign, verb in ((">=", "from"), ("<=", "until"), (">", "after"), ("<", "before")):
        if value.startswith(sign):
            return f"{verb} {_day(value.removeprefix(sign))}"
    number, unit = value[:-1], value[-1:]
    if number.isdigit() and unit in "dw":
        span = fmt.plural(int(number), *(("day", "days") if unit == "d" else ("week", "weeks")))
        return f"within the {'next' if key == 'expires' else 'last'} {span}"
    return f"on {_day(value)}" if value[:1].isdigit() else _day(value)


def _day(value: str) -> str:
    if value in _DAY_WORDS:
        return _DAY_WORDS[value]
    try:
        return fmt.calendar_day(date.fromisoformat(value), with_year=True)
    except ValueError:
        return value
