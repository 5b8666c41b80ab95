"""The dialogs that add a rule of alarms to a class of units, and that retire one."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry.ids import AlarmKind, Measure, UnitClass
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.alarms import ids, words
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.alarms.rules import SEVERITIES, number, window_field
from dashboard.pages.custody.acting import answers

_CLASSES = [{"label": words.CLASS_NAMES[each], "value": each.value} for each in UnitClass]
_MEASURES = [{"label": words.MEASURE_NAMES[each], "value": each.value} for each in Measure]
_KINDS = [{"label": words.KIND_NAMES[each], "value": each.value} for each in AlarmKind]


def draw() -> list[Component]:
    """Draw both dialogs; a press in a row fills and opens the one that retires a rule."""
    return [
        dcc.Store(id=ids.RETIRE_WHICH),
        dialog(
            ids.NEW_DIALOG,
            "Add a rule",
            error_summary({}, id=ids.NEW_PROBLEMS),
            html.P(
                "It holds from the next check on, beside the other rules of its units. A class's "
                "rule goes before one of the same kind and severity for every unit.",
                className="t2 said",
            ),
            *_which(),
            *_numbers(),
            reason_field(ids.NEW_REASON, "Why it is added", "Kept with your name beside it."),
            answers("Not now", "Add the rule", ids.NEW_SEND),
        ),
        dialog(
            ids.RETIRE_DIALOG,
            "Retire the rule",
            error_summary({}, id=ids.RETIRE_PROBLEMS),
            html.P("", id=ids.RETIRE_WHAT, className="t2 said"),
            reason_field(
                ids.RETIRE_REASON,
                "Why the house does without it",
                "Kept with your name beside its versions. Its open alarms end with the next check.",
            ),
            answers("Keep it", "Retire it", ids.RETIRE_SEND),
        ),
    ]


def _which() -> list[Component]:
    return [
        html.Div(
            [
                form_field("For", dbc.Select(id=ids.NEW_CLASS, options=_CLASSES, value="freezer")),
                form_field(
                    "Measured",
                    dbc.Select(id=ids.NEW_MEASURE, options=_MEASURES, value="temperature"),
                ),
            ],
            className="al-two",
        ),
        html.Div(
            [
                form_field("Alarm", dbc.Select(id=ids.NEW_KIND, options=_KINDS, value="rate")),
                form_field(
                    "Severity",
                    dbc.Select(id=ids.NEW_SEVERITY, options=SEVERITIES, value="warning"),
                ),
            ],
            className="al-two",
        ),
    ]


def _numbers() -> list[Component]:
    return [
        html.Div(
            [
                form_field("Limit", number(ids.NEW_LIMIT)),
                form_field("Delay", number(ids.NEW_DELAY), unit="min"),
                form_field("Deadband", number(ids.NEW_DEADBAND)),
            ],
            className="al-three",
        ),
        window_field(ids.NEW_WINDOW),
    ]
