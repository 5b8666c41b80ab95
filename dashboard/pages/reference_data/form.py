"""The form of a version: fields of the kind with their units, where they are from, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.reference.content import CONTENT
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import FIELDS, KINDS, VALUES
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.reference_data import ids, typed
from dashboard.pages.reference_data.address import address
from dashboard.pages.templates.entry_fields import dom_id

_LONGEST_WORDS, _LONGEST_NAME = 500, 120
_LINES_SHOWN = {
    "wells": 14,
    "configurations": 4,
    "channels": 2,
    "lights": 4,
    "projects_apart": 2,
    "sheet_settings": 3,
    "umis": 2,
}
_WELLS_HELP = (
    "One pair a line: well, name, i7 and i5 forward. Paste rows of a spreadsheet as they are."
)

Options = Mapping[ReferenceKind, Sequence[ReferenceView]]


def form(kind: ReferenceKind, standing: ReferenceView | None, options: Options) -> Component:
    """Draw the form of the next version of ``standing``, or of a new entry.

    ``options`` are the offered entries that fields may name.
    """
    values = typed.texts(standing.content) if standing else typed.blank(kind)
    number = standing.number if standing else 0
    which = {"kind": kind.value, "key": standing.key if standing else "", "version": number}
    name = dbc.Input(
        id=ids.NAME,
        value=standing.name if standing else "",
        maxlength=_LONGEST_NAME,
        autocomplete="off",
    )
    back = address(kind, standing.key if standing else "")
    return panel(
        f"Version {number + 1}",
        dcc.Store(id=ids.WHICH, data=which),
        error_summary({}, id=ids.PROBLEMS),
        html.Div(form_field("Name", name), className="rl-form"),
        html.Div(
            [
                _field(field, values[field], options)
                for field in CONTENT[kind].model_fields
                if field not in typed.LINES
            ],
            className="rl-pair",
        ),
        *(
            _field(field, values[field], options)
            for field in CONTENT[kind].model_fields
            if field in typed.LINES
        ),
        html.Div(
            [
                form_field(
                    "Source",
                    _words(ids.SOURCE, standing.source if standing else ""),
                    help_text="Where the figures are from: a document, an address, your own runs.",
                ),
                form_field(
                    "Reason",
                    _words(ids.REASON, "" if standing else "First version."),
                    help_text="Kept with the version and your name.",
                ),
            ],
            className="rl-why",
        ),
        html.Div(
            [
                button("Cancel", href=back),
                button("Put in force", id=ids.SAVE, kind="primary"),
            ],
            className="row-x ad-acts",
        ),
        meta=f"drawn from version {number}" if standing else KINDS[kind].about,
        class_name="ad-p rd-form",
    )


def links(fields: Mapping[str, str]) -> dict[str, str]:
    """Return a refusal's sentences by the id of the control that each is about."""
    known = {"name": ids.NAME, "key": ids.NAME, "source": ids.SOURCE, "reason": ids.REASON}
    return {
        known.get(name) or (dom_id(ids.field(name)) if name in FIELDS else ids.REASON): sentence
        for name, sentence in fields.items()
    }


def _words(id: str, value: str) -> Component:
    return dcc.Textarea(
        id=id, value=value, rows=2, maxLength=_LONGEST_WORDS, className="form-control"
    )


def _field(name: str, value: str, options: Options) -> html.Div:
    words, id = FIELDS[name], ids.field(name)
    help_text = _WELLS_HELP if name == "wells" else words.help_text
    parts: list[Component] = [html.Label(words.label, htmlFor=dom_id(id))]
    if help_text:
        parts.append(html.P(help_text, className="help"))
    control = _control(name, id, value, options)
    unit = words.unit if name not in typed.LINES else ""
    unit_shown = html.Span(unit, className="u")
    parts.append(html.Div([control, unit_shown], className="ipt") if unit else control)
    return html.Div(parts, className=f"fld{' rd-lines' if name in typed.LINES else ''}")


def _control(name: str, id: dict[str, Any], value: str, options: Options) -> Component:
    drawn: Component
    if name in typed.LINES:
        drawn = dcc.Textarea(
            id=id, value=value, rows=_LINES_SHOWN[name], className="form-control mono"
        )
    elif name in typed.CHOICES:
        known = {each.value: VALUES[each] for each in typed.CHOICES[name]}
        drawn = _select(id, value, {"": "–", **known} if name in typed.MAY_BE_EMPTY else known)
    elif name in typed.REFERENCES:
        offered = {each.key: each.name for each in options[typed.REFERENCES[name]]}
        drawn = _select(id, value, ({value: value} if value else {}) | offered)
    elif name in typed.YES_NO:
        drawn = _select(id, value, {"yes": "yes", "no": "no"})
    else:
        mode = "text" if name in typed.WORDS else "decimal"
        drawn = dbc.Input(id=id, value=value, type="text", inputmode=mode, autocomplete="off")
    return drawn


def _select(id: dict[str, Any], value: str, choices: Mapping[str, str]) -> dbc.Select:
    options = [{"value": each, "label": label} for each, label in choices.items()]
    return dbc.Select(id=id, options=options, value=value, placeholder="Choose")
