"""What if: answered anew when another unit, limit or project is asked."""

from typing import Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, field_error
from dashboard.pages.what_if import ids, layout, setpoint, setpoint_words, words
from dashboard.session import current_principal


@page_callback(
    Permission.PREDICTIONS_VIEW,
    Output(ids.BODY, "children"),
    Output(error_id(ids.LIMIT), "children"),
    Input(ids.UNIT, "value"),
    Input(ids.LIMIT, "value"),
    prevent_initial_call=True,
)
def answer(unit_id: str | None, typed: str | None) -> tuple[Any, Component | None]:
    """Draw the unit and its answer; a limit that is none stays in its field with a sentence."""
    limit_c = words.read_limit(typed or "")
    refused = None if limit_c is not None else field_error(words.refusal(typed or ""))
    principal = current_principal()
    with reading() as session:
        unit = layout.find_unit(session, principal, unit_id or "")
        drawn = no_update if unit is None else layout.body(session, principal, unit, limit_c)
    return drawn, refused


@page_callback(
    Permission.STORAGE_PLAN,
    Output(ids.DRILL, "children"),
    Input(ids.DRILL_RUN, "n_clicks"),
    State(ids.UNIT, "value"),
    State(ids.LIMIT, "value"),
    prevent_initial_call=True,
)
def rehearse(presses: int | None, unit_id: str | None, typed: str | None) -> Any:
    """Draw what an evacuation of the unit would be today."""
    if not presses:
        return no_update
    return layout.drill_of(current_principal(), unit_id or "", words.read_limit(typed or ""))


@page_callback(
    Permission.PREDICTIONS_VIEW,
    Output(ids.SET_POINT, "children"),
    Output(error_id(ids.SHIFT), "children"),
    Input(ids.UNIT, "value"),
    Input(ids.SHIFT, "value"),
    prevent_initial_call=True,
)
def move_set_point(unit_id: str | None, typed: str | None) -> tuple[Any, Component | None]:
    """Draw what another set point changes; what is no change keeps its field and a sentence."""
    shift_k = setpoint_words.read_shift(typed or "")
    if shift_k is None:
        return no_update, field_error(setpoint_words.refusal(typed or ""))
    principal = current_principal()
    with reading() as session:
        unit = layout.find_unit(session, principal, unit_id or "")
        drawn = no_update if unit is None else setpoint.body(session, principal, unit, shift_k)
    return drawn, None


@page_callback(
    Permission.PREDICTIONS_VIEW,
    Output(ids.ARRIVAL, "children"),
    Output(error_id(ids.BOXES), "children"),
    Output(error_id(ids.ROWS), "children"),
    Output(error_id(ids.COLUMNS), "children"),
    Input(ids.ZONE, "value"),
    Input(ids.BOXES, "value"),
    Input(ids.ROWS, "value"),
    Input(ids.COLUMNS, "value"),
    prevent_initial_call=True,
)
def count_project(zone: str, *typed: str | None) -> tuple[Any, ...]:
    """Draw whether the project fits; what cannot be counted keeps its field and gets a sentence."""
    names = ("boxes", "rows", "columns")
    given = {name: (text or "").strip() for name, text in zip(names, typed, strict=True)}
    with reading() as session:
        drawn, refused = layout.arrival(session, current_principal(), zone, given)
    return drawn, *(field_error(refused.get(name, "")) for name in names)
