"""A template's columns as the fields of a form: for people to fill in, and as a preview."""

import json
from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.templates.definition import ColumnKind, Definition, TemplateColumn
from backend.templates.definition_rules import rule_in_words
from backend.templates.reading.fields import FieldKey
from dashboard.components.attributes import data
from dashboard.components.form_field import field_error

_KEPT_KINDS = frozenset({ColumnKind.CHOICE, ColumnKind.YES_NO, ColumnKind.DATE})
_KEPT_FIELDS = frozenset(
    {
        FieldKey.SUBJECT,
        FieldKey.SAMPLE_TYPE,
        FieldKey.ZONE,
        FieldKey.CONTAINER,
        FieldKey.LOCATION,
        FieldKey.PLATE,
        FieldKey.ORGANISM,
        FieldKey.TAXON_ID,
        FieldKey.PRIORITY,
        FieldKey.ANALYSIS,
        FieldKey.SUBMITTER,
        FieldKey.DEPARTMENT,
    }
)
# The placeholder of a select has the empty value; a blank one can be chosen again and is cleaned.
_NOT_GIVEN = {"label": "Not given", "value": " "}
Id = Mapping[str, Any]


def is_kept(column: TemplateColumn) -> bool:
    """Tell whether the next record begins with what was written here (WCAG 3.3.7)."""
    if column.unique:
        return False
    return column.kind in _KEPT_KINDS or column.field in _KEPT_FIELDS


def dom_id(id: Id) -> str:
    """Return a component's id as it stands in the page."""
    return json.dumps(id, sort_keys=True, separators=(",", ":"))


def fields(
    definition: Definition,
    family: str,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[Component]:
    """Draw one field per column; ``values`` and ``errors`` go by heading.

    ``family`` is the type of the fields' ids, ``{"type": family, "at": n}`` from 0 on.
    """
    return [
        _field(
            column,
            {"type": family, "at": at},
            values.get(column.heading, ""),
            errors.get(column.heading, ""),
        )
        for at, column in enumerate(definition.columns)
    ]


def fresh_values(definition: Definition) -> dict[str, str]:
    """Return what the first record begins with: the defaults."""
    return {column.heading: column.default for column in definition.columns if column.default}


def next_values(definition: Definition, values: Mapping[str, str]) -> dict[str, str]:
    """Return what the record after one begins with: what is kept of it, and the defaults."""
    kept = {
        column.heading: values.get(column.heading, "")
        for column in definition.columns
        if is_kept(column)
    }
    return fresh_values(definition) | kept


def rules(definition: Definition) -> list[Component]:
    """Draw the rules between columns as sentences; nothing where there are none."""
    said = [rule_in_words(rule) for rule in definition.rules]
    if not said:
        return []
    lines = [html.Li(f"{line[:1].upper()}{line[1:]}.") for line in said]
    return [html.Ul(lines, className="en-rules t2 sm")]


def help_of(column: TemplateColumn) -> str:
    """Return the sentences below a field's name."""
    parts = [column.help.rstrip(".")] if column.help else []
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        parts.append(f"{low:f} to {high:f}")
    elif low is not None or high is not None:
        parts.append(f"At least {low:f}" if low is not None else f"At most {high:f}")
    if column.pattern:
        parts.append(f"Form {column.pattern} (A letter, 9 digit, X either)")
    if column.example and not column.choices:
        parts.append(f"Such as {column.example}")
    if column.unique:
        parts.append("Each value stands once")
    if is_kept(column):
        parts.append("Kept for the next")
    return ". ".join(parts)


def _field(column: TemplateColumn, id: Id, value: str, error: str) -> html.Div:
    name: list[Component | str] = [column.heading]
    if not column.required:
        name.append(html.Span(" (optional)", className="opt"))
    parts: list[Component] = [html.Label(name, htmlFor=dom_id(id))]
    said = help_of(column)
    if said:
        parts.append(html.P(said, className="help"))
    control = _control(column, id, value)
    unit = html.Span(column.unit, className="u")
    parts.append(html.Div([control, unit], className="ipt") if column.unit else control)
    parts.append(html.Div(field_error(error), className="err-x", role="alert"))
    scanned = data(scan="") if column.field is FieldKey.BARCODE else {}
    return html.Div(parts, className=f"fld{' is-bad' if error else ''}", **scanned)


def _control(column: TemplateColumn, id: Id, value: str) -> Component:
    drawn: Component
    match column.kind:
        case ColumnKind.CHOICE:
            drawn = _select(column, id, value, column.choices)
        case ColumnKind.YES_NO:
            drawn = _select(column, id, value, ("yes", "no"))
        case ColumnKind.DATE:
            drawn = _input(column, id, value, type="date")
        case ColumnKind.NUMBER:
            drawn = _input(column, id, value, inputmode="decimal")
        case ColumnKind.CODE:
            drawn = _input(column, id, value, class_name="mono")
        case ColumnKind.TEXT:
            drawn = _input(column, id, value)
    return drawn


def _input(column: TemplateColumn, id: Id, value: str, **options: Any) -> dbc.Input:
    return dbc.Input(
        id=dict(id),
        value=value,
        required=column.required,
        autocomplete="off",
        **{"type": "text", **options},
    )


def _select(column: TemplateColumn, id: Id, value: str, choices: tuple[str, ...]) -> dbc.Select:
    return dbc.Select(
        id=dict(id),
        options=[
            *([] if column.required else [_NOT_GIVEN]),
            *({"label": choice, "value": choice} for choice in choices),
        ],
        placeholder="Choose" if column.required else "Not given",
        value=value,
        required=column.required,
    )
