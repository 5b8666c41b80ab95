"""What a unit's page asks before boxes are freed or its contents are brought to safety."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.pages.relocations import ids


def questions(unit: str) -> list[Component]:
    """Draw the two buttons of a unit with their dialogs."""
    return [
        button("Consolidate…", opens=ids.FREE_DIALOG, size="sm"),
        button("Evacuate…", opens=ids.SAVE_DIALOG, size="sm"),
        _free(unit),
        _save(unit),
    ]


def _free(unit: str) -> Component:
    return dialog(
        ids.FREE_DIALOG,
        f"Free boxes of {unit}?",
        html.P("A plan with the fewest moves is made. Nothing moves yet.", className="t2"),
        form_field(
            "Boxes to free",
            dbc.Input(id=ids.BOXES, type="number", min=1, step=1, autocomplete="off"),
            help_text="Leave it empty for as many as can be.",
            optional=True,
        ),
        dbc.Checkbox(
            id=ids.TO_OTHERS, value=False, label="Move tubes into other units, to empty this one"
        ),
        _answers("Make a plan", ids.FREE),
    )


def _save(unit: str) -> Component:
    return dialog(
        ids.SAVE_DIALOG,
        f"Bring the contents of {unit} to safety?",
        html.P(
            "A plan is made: whole boxes first, then tube by tube, what is worth most first, into "
            "the nearest units that take it. Nothing moves yet.",
            className="t2",
        ),
        _answers("Make a plan", ids.SAVE),
    )


def _answers(act: str, act_id: str) -> Component:
    return html.Div(
        [
            button("Cancel", **data(close="")),
            button(act, id=act_id, kind="primary", **data(close="")),
        ],
        className="row-x",
    )
