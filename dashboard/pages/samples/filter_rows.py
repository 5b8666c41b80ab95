"""The filter builder: a row for each filter, of field, comparison and value.

Pure: rows come from the pairs of an address, are drawn, and become pairs again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.finding_terms import Pair
from backend.samples.finding_words import AMOUNTS, DATES, EXCLUDABLE
from dashboard.components.attributes import aria
from dashboard.components.button import icon_button
from dashboard.pages.samples import ids
from dashboard.pages.samples.chips import LABELS, NAMES, UNITS

FIELDS: Mapping[str, str] = {key: name for key, name in LABELS.items() if key != "import"}
MOST_ROWS = 20

_AMOUNT_WAYS = {
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
    "=": "exactly",
    "..": "between",
}
_DATE_WAYS = {
    "within": "within",
    "=": "on",
    ">=": "from",
    "<=": "until",
    "..": "between",
}
_SPANS = {
    "today": "today",
    "yesterday": "yesterday",
    "thisweek": "this week",
    "lastweek": "last week",
    "thismonth": "this month",
    "lastmonth": "last month",
    "7d": "the last 7 days",
    "30d": "the last 30 days",
    "90d": "the last 90 days",
}
_AHEAD = {
    "past": "the past: expired",
    "today": "today",
    "7d": "the next 7 days",
    "30d": "the next 30 days",
    "90d": "the next 90 days",
}
_TEXT_WAYS = {"text": "starts with", "sprec": "starts with", "place": "is or is in"}
_PLACEHOLDERS = {
    "place": "B-0418 or ULT-03/2/C",
    "sprec": "SER-SST-A or URN-?-?-N",
    "text": "Barcode, name or external id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the builder; choices have several values."""

    key: str = "status"
    way: str = ""
    values: tuple[str, ...] = ()
    second: str = ""


def rows_of(pairs: Sequence[Pair]) -> list[Row]:
    """Return the rows that stand for pairs; choices of one key share a row."""
    rows: dict[object, Row] = {}
    for number, (key, value) in enumerate(pairs):
        name = key.removeprefix("-")
        if name not in FIELDS:
            continue
        if is_choice(name):
            before = rows.get(key)
            way = "none" if key != name else "any"
            chosen = (*(before.values if before else ()), value)
            rows[key] = Row(key=name, way=way, values=chosen)
        else:
            rows[number] = _compared(name, value)
    return list(rows.values()) or [Row()]


def pairs_of_row(row: Row) -> list[Pair]:
    """Return what a row says; an empty one says nothing."""
    values = [value.strip() for value in row.values if value.strip()]
    if is_choice(row.key):
        key = f"-{row.key}" if row.way == "none" else row.key
        return [(key, value) for value in values]
    if not values and not (row.way == ".." and row.second.strip()):
        return []
    value = values[0] if values else ""
    if row.way == "..":
        return [(row.key, f"{value}..{row.second.strip()}")]
    sign = row.way if row.way in ("<", "<=", ">", ">=") else ""
    return [(row.key, f"{sign}{value}")]


def ways_of(key: str) -> Mapping[str, str]:
    """Return how a field may be compared: sign and word."""
    if key in AMOUNTS:
        return _AMOUNT_WAYS
    if key in DATES:
        return _DATE_WAYS
    if is_choice(key):
        return {"any": "is any of", **({"none": "is none of"} if key in EXCLUDABLE else {})}
    return {"": _TEXT_WAYS.get(key, "is")}


def is_choice(key: str) -> bool:
    """Say whether a field has values to tick."""
    return key in {"project", "placed"} or key in NAMES


def read_rows(
    keys: Sequence[str], ways: Sequence[str], values: Sequence[Any], seconds: Sequence[str | None]
) -> list[Row]:
    """Return the rows as the person left them; what fits a former field only is dropped."""
    rows = []
    for key, way, value, second in zip(keys, ways, values, seconds, strict=True):
        fitting = way if way in ways_of(key) else next(iter(ways_of(key)))
        is_list = isinstance(value, list)
        said = tuple(value) if is_list else ((value or "",) if value else ())
        kept = said if is_list == is_choice(key) else ()
        rows.append(Row(key=key, way=fitting, values=kept, second=second or ""))
    return rows


def draw(rows: Sequence[Row], project_codes: Sequence[str]) -> list[Component]:
    """Draw the rows; a row keeps its parts whatever its field, so that they stay in line."""
    return [_row(number, row, project_codes) for number, row in enumerate(rows)]


def drawn_for(rows: Sequence[Row]) -> list[list[str]]:
    """Return what the parts of each row are drawn for; while it is the same they stay.

    Another comparison alone changes no part but between spans and dates: what is typed meanwhile
    is not drawn over.
    """
    return [[row.key, "within" if row.way == "within" else ""] for row in rows]


def _row(number: int, row: Row, project_codes: Sequence[str]) -> html.Div:
    label = f"Filter {number + 1}"
    fields = [{"value": key, "label": name} for key, name in FIELDS.items()]
    ways = [{"value": way, "label": word} for way, word in ways_of(row.key).items()]
    between = row.way == ".."
    return html.Div(
        [
            _named(
                f"{label}, field",
                dbc.Select(id=ids.filter_part("field", number), options=fields, value=row.key),
            ),
            _named(
                f"{label}, comparison",
                dbc.Select(
                    id=ids.filter_part("way", number),
                    options=ways,
                    value=row.way,
                    disabled=len(ways) == 1,
                ),
            ),
            _value(f"{label}, {FIELDS[row.key]}", number, row, project_codes),
            html.Div(
                _named(
                    f"{label}, to",
                    dbc.Input(
                        id=ids.filter_part("second", number),
                        value=row.second,
                        type="date" if row.key in DATES else "text",
                    ),
                ),
                id=ids.filter_part("to", number),
                hidden=not between,
                className="fb-to",
            ),
            html.Span(UNITS.get(row.key, "").strip(), className="t2 fb-u"),
            icon_button(
                "trash", f"Remove filter {number + 1}", id=ids.filter_part("remove", number)
            ),
            html.Div(id=ids.filter_part("error", number), className="err-x", role="alert"),
        ],
        className="fb-row",
        role="group",
        **aria(label=label),
    )


def _value(label: str, number: int, row: Row, project_codes: Sequence[str]) -> Component:
    here = ids.filter_part("value", number)
    if is_choice(row.key):
        names = _names(row, project_codes)
        options = [{"value": value, "label": name} for value, name in names.items()]
        return html.Fieldset(
            [
                html.Legend(label, className="vh"),
                dbc.Checklist(id=here, options=options, value=list(row.values)),
            ],
            className="fb-v fb-ticks",
        )
    first = row.values[0] if row.values else ""
    if row.key in DATES and row.way == "within":
        spans = dict(_AHEAD if row.key == "expires" else _SPANS)
        options = [{"value": value, "label": name} for value, name in spans.items()]
        chosen = first if first in spans else ""
        return _named(label, dbc.Select(id=here, options=options, value=chosen), "fb-v")
    kind = "date" if row.key in DATES else "text"
    box = dbc.Input(
        id=here,
        value=first,
        type=kind,
        maxLength=100,
        inputMode="decimal" if row.key in AMOUNTS else "text",
        placeholder=_PLACEHOLDERS.get(row.key, ""),
        autocomplete="off",
    )
    return _named(label, box, "fb-v")


def _names(row: Row, project_codes: Sequence[str]) -> Mapping[str, str]:
    if row.key == "project":
        # A code of the address stays to be unticked, though the project is not one's own.
        return {code: code for code in dict.fromkeys([*project_codes, *row.values])}
    if row.key == "placed":
        return {"yes": "Yes", "no": "No"}
    return NAMES[row.key]


def _named(label: str, control: Component, class_name: str = "") -> html.Label:
    return html.Label([html.Span(label, className="vh"), control], className=class_name)


def _compared(key: str, value: str) -> Row:
    if key not in AMOUNTS and key not in DATES:
        return Row(key=key, way="", values=(value,))
    first, dots, last = value.partition("..")
    if dots:
        return Row(key=key, way="..", values=(first,) if first else (), second=last)
    for sign in ("<=", ">=", "<", ">"):
        if value.startswith(sign):
            return _signed(key, sign, value.removeprefix(sign))
    is_word = key in DATES and not value[:4].isdigit()
    return Row(key=key, way="within" if is_word else "=", values=(value,))


def _signed(key: str, sign: str, value: str) -> Row:
    # Days are whole: before a day and until the one before are one row each in words only.
    if key in DATES and sign in ("<", ">"):
        return Row(key=key, way={"<": "<=", ">": ">="}[sign], values=(value,))
    return Row(key=key, way=sign, values=(value,))
