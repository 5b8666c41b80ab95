"""Sequencing: moving cards, asking, and booking."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    ctx,
    no_update,
    set_props,
)
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing import service
from backend.sequencing.ids import RequestId, RequestState
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, error_summary, field_error
from dashboard.components.toast import Undo, toast, undo_id
from dashboard.laboratory import lab_zone
from dashboard.pages.sequencing import forms, ids
from dashboard.pages.sequencing.cards import COLUMN_NAMES
from dashboard.pages.sequencing.layout import board, calendar
from dashboard.session import current_principal

_REQUEST_FIELDS = (
    ids.REQUEST_PROJECT,
    ids.REQUEST_LIBRARIES,
    ids.REQUEST_READS,
    ids.REQUEST_DEPTH,
    ids.REQUEST_TARGET,
    ids.REQUEST_DUPLICATES,
    ids.REQUEST_ON_TARGET,
    ids.REQUEST_LENGTH,
    ids.REQUEST_DUE,
    ids.REQUEST_NOTES,
    ids.REQUEST_ASSAY,
    ids.REQUEST_WHY,
)
_PLAN_FIELDS = (
    ids.PLAN_INSTRUMENT,
    ids.PLAN_FLOW_CELL,
    ids.PLAN_RECIPE,
    ids.PLAN_START,
    ids.PLAN_HOURS,
)

# In the browser: a late answer must not undo what a person has picked meanwhile.
clientside_callback(
    ClientsideFunction("runForm", "cells"),
    Output(ids.PLAN_FLOW_CELL, "options"),
    Output(ids.PLAN_FLOW_CELL, "value"),
    Input(ids.PLAN_INSTRUMENT, "value"),
    State(ids.PLAN_FLOW_CELLS, "data"),
    State(ids.PLAN_FLOW_CELL, "value"),
)
clientside_callback(
    ClientsideFunction("runForm", "recipes"),
    Output(ids.PLAN_RECIPE, "options"),
    Output(ids.PLAN_RECIPE, "value"),
    Input(ids.PLAN_FLOW_CELL, "value"),
    State(ids.PLAN_RECIPES, "data"),
    State(ids.PLAN_RECIPE, "value"),
)
clientside_callback(
    ClientsideFunction("runForm", "hours"),
    Output(ids.PLAN_HOURS, "value"),
    Input(ids.PLAN_RECIPE, "value"),
    State(ids.PLAN_RECIPES, "data"),
    prevent_initial_call=True,
)


clientside_callback(
    ClientsideFunction("runForm", "assay"),
    Output(ids.REQUEST_READS, "value"),
    Output(ids.REQUEST_LENGTH, "value"),
    Output(ids.REQUEST_DEPTH, "value"),
    Output(ids.REQUEST_TARGET, "value"),
    Output(ids.REQUEST_DUE, "value"),
    Input(ids.REQUEST_ASSAY, "value"),
    State(ids.REQUEST_ASSAYS, "data"),
    State(ids.REQUEST_DUE, "value"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BOARD, "children"),
    Output(ids.CALENDAR, "children"),
    Input(shell_ids.live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None) -> tuple[Component, Component]:
    """Draw the board and the calendar as the rows say now."""
    return board(), calendar()


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.BOARD, "children", allow_duplicate=True),
    Input(ids.move(ALL, ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def move_card(_presses: list[int | None]) -> Any:
    """Move the card whose arrow was pressed; the toast takes it back."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    before, to = RequestState(pressed["at"]), RequestState(pressed["to"])
    key = RequestId(UUID(pressed["request"]))
    with writing() as session:
        card = service.move_card(session, current_principal(), request_id=key, to=to)
    toast(f"{card.code} moved to {COLUMN_NAMES[to]}", undo=_undo(key, before, to))
    return board()


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.BOARD, "children", allow_duplicate=True),
    Input(undo_id("sequencing"), "data"),
    prevent_initial_call=True,
)
def move_back(data: dict[str, str] | None) -> Any:
    """Take the last move back."""
    if not data:
        return no_update
    key, to = RequestId(UUID(data["request"])), RequestState(data["to"])
    with writing() as session:
        card = service.move_card(session, current_principal(), request_id=key, to=to)
    toast(f"{card.code} is back in {COLUMN_NAMES[to]}")
    return board()


@page_callback(
    Permission.SEQUENCING_REQUEST,
    Output(ids.REQUEST_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _REQUEST_FIELDS],
    Input(ids.REQUEST_SEND, "n_clicks"),
    *[State(field, "value") for field in _REQUEST_FIELDS],
    prevent_initial_call=True,
    running=[(Output(ids.REQUEST_SEND, "disabled"), True, False)],
)
def send_request(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Make the request, or say at each field what to correct; what was typed stays."""
    if not presses:
        return (no_update,) * (len(_REQUEST_FIELDS) + 1)
    return _shown(_request(*typed), _REQUEST_FIELDS)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PLAN_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _PLAN_FIELDS],
    Input(ids.PLAN_SEND, "n_clicks"),
    *[State(field, "value") for field in _PLAN_FIELDS],
    State(ids.lane(ALL), "value"),
    State(ids.lane(ALL), "id"),
    prevent_initial_call=True,
    running=[(Output(ids.PLAN_SEND, "disabled"), True, False)],
)
def send_plan(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Book the instrument, or say what stands against it; what was typed stays."""
    if not presses:
        return (no_update,) * (len(_PLAN_FIELDS) + 1)
    return _shown(_plan(*typed), _PLAN_FIELDS)


def _request(*typed: Any) -> Mapping[str, str]:
    names = (
        "project",
        "libraries",
        "reads",
        "depth",
        "target_mb",
        "duplicates",
        "on_target",
        "length",
        "due",
        "notes",
        "assay",
        "why_again",
    )
    try:
        wish = forms.parse_request(**dict(zip(names, typed, strict=True)))
        with writing() as session:
            card = service.request_sequencing(session, current_principal(), request=wish)
    except AppError as refusal:
        return forms.by_field(refusal, otherwise=ids.REQUEST_LIBRARIES)
    _back_to_the_board(f"{card.code} waits on the board")
    return {}


def _plan(
    instrument: str | None,
    flow_cell: str | None,
    recipe: str | None,
    start: str | None,
    *hours_and_lanes: Any,
) -> Mapping[str, str]:
    hours, lanes, keys = hours_and_lanes
    try:
        plan = forms.parse_plan(
            instrument=instrument,
            flow_cell=flow_cell,
            recipe=recipe,
            start=start,
            hours=hours,
            lanes=[(key["pool"], lane) for key, lane in zip(keys, lanes, strict=True)],
            zone=lab_zone(),
        )
        with writing() as session:
            bar = service.plan_run(session, current_principal(), plan=plan)
    except AppError as refusal:
        return forms.by_field(refusal, otherwise=ids.PLAN_INSTRUMENT)
    _back_to_the_board(f"{bar.run_code} is planned on {bar.instrument}")
    return {}


def _back_to_the_board(said: str) -> None:
    toast(said)
    set_props(shell_ids.URL, {"pathname": "/sequencing", "search": ""})


def _shown(problems: Mapping[str, str], fields: tuple[str, ...]) -> tuple[Any, ...]:
    summary = error_summary(problems).children
    return (summary, *(field_error(problems.get(field, "")) for field in fields))


def _undo(key: RequestId, before: RequestState, now: RequestState) -> Undo | None:
    """Offer Undo where the way back is open."""
    irreversible = {RequestState.RUNNING, RequestState.DEMULTIPLEXED}
    if now in irreversible or before is RequestState.PLANNED:
        return None
    return Undo("sequencing", {"request": str(key), "to": before.value})
