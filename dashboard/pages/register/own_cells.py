"""The columns of a template's own in the review grid: drawn, checked and edited as ours are. Pure.

The grid reads a dot in a column's name as a path, and a sender's heading may hold any sign, so
such a column goes by a name that can be turned back.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from backend.templates.definition import ColumnKind, TemplateColumn
from backend.templates.own_columns import OwnColumn
from backend.templates.reading.fields import BY_KEY
from dashboard.components.data_grid import column

_PREFIX = "own:"
_YES_NO = ("yes", "no")
_WIDTHS = {ColumnKind.NUMBER: 112, ColumnKind.DATE: 104, ColumnKind.YES_NO: 92}


def column_of(name: str) -> str:
    """Return by what name the grid knows a field or a column of the template's own."""
    return (
        name if not name or name in BY_KEY else _PREFIX + quote(name, safe="").replace(".", "%2E")
    )


def name_of(column: str) -> str:
    """Return the field or own column that the grid means."""
    return unquote(column.removeprefix(_PREFIX)) if column.startswith(_PREFIX) else column


def own_column(own: OwnColumn, marks: Mapping[str, str]) -> dict[str, Any]:
    """Return the grid's column for one of a template's own."""
    asked = own.asked
    star = " *" if asked.required else ""
    return column(
        column_of(own.name),
        f"{asked.heading} {asked.unit}".strip() + star,
        width=_WIDTHS.get(asked.kind, 130),
        numeric=asked.kind is ColumnKind.NUMBER,
        mono=asked.kind is ColumnKind.CODE,
        sortable=False,
        editable=True,
        cellClassRules=marks,
        headerTooltip=told(asked),
        tooltipValueGetter={"function": "reviewTip(params)"},
        **_picked(asked),
    )


def told(asked: TemplateColumn) -> str:
    """Return what a template asks of a column, in a line."""
    parts = [asked.help.removesuffix(".")] if asked.help else []
    if asked.choices:
        parts.append(f"One of {', '.join(asked.choices[:12])}{_more(asked)}")
    unit = f" {asked.unit}" if asked.unit else ""
    if asked.minimum is not None:
        parts.append(f"At least {asked.minimum:f}{unit}")
    if asked.maximum is not None:
        parts.append(f"At most {asked.maximum:f}{unit}")
    if asked.pattern:
        parts.append(f"Of the form {asked.pattern}")
    if asked.kind is ColumnKind.DATE:
        parts.append("A date such as 2026-11-28")
    return ". ".join([*parts, "A column of the template, kept with the sample"])


def _picked(asked: TemplateColumn) -> dict[str, Any]:
    """Return how a column of a list of values is edited: picked from it, or typed all the same."""
    choices = _YES_NO if asked.kind is ColumnKind.YES_NO else asked.choices
    if not choices:
        return {}
    # Of assets/choice-editor.js.
    editor = {"function": "ChoiceEditor"}
    return {"cellEditor": editor, "cellEditorParams": {"choices": list(choices)}}


def _more(asked: TemplateColumn) -> str:
    return " …" if len(asked.choices) > 12 else ""  # noqa: PLR2004 -- a readable list
