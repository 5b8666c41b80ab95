"""Libraries: planning, the steps of a worksheet, lots and protocols."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from dash import Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.sequencing.indexing.picking import Picked
from backend.sequencing.preparation import (
    best_pairs,
    finishing,
    gate,
    lots,
    pair_choice,
    protocols,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.ids import (
    GateState,
    LotId,
    WellKind,
    WorksheetId,
    WorksheetState,
)
from backend.sequencing.preparation.views import WorksheetView
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.libraries import forms, ids, lots_page, plate, words
from dashboard.pages.libraries.layout import takes_readings, worksheets_table
from dashboard.session import current_principal

_ACTS = (
    ids.ADD,
    ids.ADD_CONTROL,
    ids.CLEAR,
    ids.INDEX,
    ids.PICK,
    ids.SET_PAIR,
    ids.SET_LOTS,
    ids.START,
    ids.FINISH,
    ids.CANCEL,
    ids.GATE_HOLD,
    ids.GATE_WAIVE,
)
_TYPED = (
    ids.SAMPLES,
    ids.CONTROL,
    ids.WELLS,
    ids.COLUMN,
    ids.PICK_ON,
    ids.PAIR_WELL,
    ids.PAIR,
    ids.LOTS,
    ids.CANCEL_REASON,
    ids.GATE_REASON,
)
_PARTS = (ids.DRAFT, ids.READINGS, ids.GATE, ids.CANCEL_OPEN, ids.START, ids.FINISH)
"""What is hidden or shown as a worksheet moves on."""
Act = Callable[[WriteSession, WorksheetId], object]


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.LIST, "children"),
    Input(shell_ids.live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_newest_list(_version: int | None) -> Component:
    """Draw the worksheets as the rows say now."""
    with reading() as session:
        return worksheets_table(session)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Input(shell_ids.live("sequencing"), "data"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, code: str) -> list[Component]:
    """Draw the worksheet as the rows say now."""
    with reading() as session:
        return plate.body(worksheet_queries.get_worksheet(session, current_principal(), code))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.PROBLEMS, "children"),
    Output(ids.BODY, "children", allow_duplicate=True),
    *[Output(part, "hidden") for part in _PARTS],
    *[Input(act, "n_clicks") for act in _ACTS],
    *[State(field, "value") for field in _TYPED],
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def act(*given: Any) -> tuple[Any, ...]:
    """Do what was pressed, or say above the plate what stands against it; what was typed stays."""
    pressed = ctx.triggered_id
    typed = dict(zip(_TYPED, given[len(_ACTS) : -1], strict=True))
    if not pressed or not ctx.triggered[0]["value"]:
        return (no_update,) * (2 + len(_PARTS))
    try:
        with writing() as session:
            sheet = worksheet_queries.get_worksheet(session, current_principal(), given[-1])
            said = _act_of(pressed, typed)(session, sheet.id)
            sheet = worksheet_queries.get_worksheet(session, current_principal(), given[-1])
    except AppError as refusal:
        problems = {_field_of(pressed): " ".join(refusal.fields.values()) or refusal.message}
        return (error_summary(problems).children, *(no_update,) * (1 + len(_PARTS)))
    toast(_told(pressed, sheet, said))
    return ([], plate.body(sheet), *_hidden(sheet))


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.NEW_PROBLEMS, "children"),
    Input(ids.NEW_SEND, "n_clicks"),
    *[State(field, "value") for field, _ in forms.NEW_FIELDS.values()],
    prevent_initial_call=True,
)
def plan(presses: int | None, *typed: Any) -> Any:
    """Make the draft and open it, or say what to correct; what was typed stays."""
    if not presses:
        return no_update
    try:
        wish = forms.parse_new(**dict(zip(forms.NEW_FIELDS, typed, strict=True)))
        with writing() as session:
            code = worksheets.plan_worksheet(session, current_principal(), plan=wish)
    except AppError as refusal:
        return _problems(refusal, forms.NEW_FIELDS, otherwise=ids.NEW_SAMPLES)
    toast(f"{code} is planned")
    set_props(shell_ids.URL, {"pathname": words.href_of(code), "search": ""})
    return []


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.LOT_PROBLEMS, "children"),
    Output(ids.LOT_TABLE, "children"),
    Input(ids.LOT_SEND, "n_clicks"),
    *[State(field, "value") for field, _ in forms.LOT_FIELDS.values()],
    prevent_initial_call=True,
)
def receive_lot(presses: int | None, *typed: Any) -> tuple[Any, Any]:
    """Write a lot down, or say what to correct."""
    if not presses:
        return no_update, no_update
    try:
        lot = forms.parse_lot(**dict(zip(forms.LOT_FIELDS, typed, strict=True)))
        with writing() as session:
            lots.receive_lot(session, current_principal(), lot=lot)
            drawn = lots_page.newest(session)
    except AppError as refusal:
        return _problems(refusal, forms.LOT_FIELDS, otherwise=ids.LOT_NUMBER), no_update
    toast(f"Lot {lot.lot} of {lot.kit} is on record")
    return [], drawn


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.COUNT_PROBLEMS, "children"),
    Output(ids.LOT_TABLE, "children", allow_duplicate=True),
    Input(ids.COUNT_SEND, "n_clicks"),
    State(ids.COUNT_LOT, "value"),
    State(ids.COUNT_LEFT, "value"),
    State(ids.COUNT_REASON, "value"),
    prevent_initial_call=True,
)
def count_lot(
    presses: int | None, key: str | None, left: int | None, reason: str | None
) -> tuple[Any, Any]:
    """Correct what is left of a lot, or say what stands against it."""
    if not presses:
        return no_update, no_update
    try:
        if not key or left is None:
            field = "lot_id" if not key else "reactions_left"
            raise InvalidInput("", fields={field: forms.COUNT_FIELDS[field][1]})
        with writing() as session:
            lots.correct_reactions(
                session,
                current_principal(),
                lot_id=LotId(UUID(key)),
                left=int(left),
                reason=reason or "",
            )
            drawn = lots_page.newest(session)
    except AppError as refusal:
        return _problems(refusal, forms.COUNT_FIELDS, otherwise=ids.COUNT_LEFT), no_update
    toast("Reactions are corrected")
    return [], drawn


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.PROTOCOL_PROBLEMS, "children"),
    Input(ids.PROTOCOL_SAVE, "n_clicks"),
    Input(ids.PROTOCOL_PUBLISH, "n_clicks"),
    *[State(field, "value") for field, _ in forms.PROTOCOL_FIELDS.values()],
    prevent_initial_call=True,
)
def save_protocol(_save: int | None, _publish: int | None, *typed: Any) -> Any:
    """Save the draft, and publish it where that was pressed; or say what to correct."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        return no_update
    published = ctx.triggered_id == ids.PROTOCOL_PUBLISH
    try:
        given = forms.parse_protocol(dict(zip(forms.PROTOCOL_FIELDS, typed, strict=True)))
        with writing() as session:
            key = protocols.save_draft(session, current_principal(), protocol=given)
            if published:
                protocols.publish_protocol(session, current_principal(), protocol_id=key)
    except AppError as refusal:
        return _problems(refusal, forms.PROTOCOL_FIELDS, otherwise=ids.protocol("name"))
    toast(f"{given.name} is {'published' if published else 'saved as a draft'}")
    set_props(shell_ids.URL, {"pathname": words.PATH, "search": "?show=protocols"})
    return []


def _act_of(pressed: str, typed: Mapping[str, Any]) -> Act:
    """Return what a button does with what was typed."""
    who = current_principal()
    acts: Mapping[str, Act] = {
        ids.ADD: lambda session, key: worksheets.add_samples(
            session, who, worksheet_id=key, codes=forms.codes(typed[ids.SAMPLES])
        ),
        ids.ADD_CONTROL: lambda session, key: worksheets.add_control(
            session, who, worksheet_id=key, kind=WellKind(typed[ids.CONTROL])
        ),
        ids.CLEAR: lambda session, key: worksheets.clear_wells(
            session, who, worksheet_id=key, wells=forms.wells(typed[ids.WELLS])
        ),
        ids.INDEX: lambda session, key: worksheets.choose_column(
            session, who, worksheet_id=key, first_column=forms.column(typed[ids.COLUMN])
        ),
        ids.PICK: lambda session, key: best_pairs.pick_pairs(
            session, who, worksheet_id=key, platform=typed[ids.PICK_ON] or ""
        ),
        ids.SET_PAIR: lambda session, key: pair_choice.choose_pair(
            session,
            who,
            worksheet_id=key,
            well=typed[ids.PAIR_WELL] or "",
            pair=typed[ids.PAIR] or "",
        ),
        ids.SET_LOTS: lambda session, key: worksheets.choose_lots(
            session, who, worksheet_id=key, lot_ids=[UUID(each) for each in typed[ids.LOTS] or ()]
        ),
        ids.START: lambda session, key: worksheets.start_worksheet(session, who, worksheet_id=key),
        ids.FINISH: lambda session, key: finishing.finish_worksheet(session, who, worksheet_id=key),
        ids.CANCEL: lambda session, key: worksheets.cancel_worksheet(
            session, who, worksheet_id=key, reason=typed[ids.CANCEL_REASON] or ""
        ),
        ids.GATE_HOLD: lambda session, key: gate.answer_gate(
            session, who, worksheet_id=key, is_hold=True, reason=typed[ids.GATE_REASON] or ""
        ),
        ids.GATE_WAIVE: lambda session, key: gate.answer_gate(
            session, who, worksheet_id=key, is_hold=False, reason=typed[ids.GATE_REASON] or ""
        ),
    }
    return acts[pressed]


def _field_of(pressed: str) -> str:
    """Return the field that a refusal of a button leads to."""
    fields = {
        ids.ADD: ids.SAMPLES,
        ids.ADD_CONTROL: ids.CONTROL,
        ids.CLEAR: ids.WELLS,
        ids.INDEX: ids.COLUMN,
        ids.PICK: ids.PICK_ON,
        ids.SET_PAIR: ids.PAIR_WELL,
        ids.SET_LOTS: ids.LOTS,
        ids.GATE_HOLD: ids.GATE_REASON,
        ids.GATE_WAIVE: ids.GATE_REASON,
    }
    return fields.get(pressed, ids.BODY)


def _told(pressed: str, sheet: WorksheetView, said: object) -> str:
    if pressed == ids.FINISH and isinstance(said, list):
        return f"{sheet.code} is done: {len(said)} libraries are registered"
    if isinstance(said, Picked):
        return f"{sheet.code}: {said.reason}"
    words_of = {
        ids.START: "is started",
        ids.CANCEL: "is given up",
        ids.GATE_HOLD: "libraries are on hold",
        ids.GATE_WAIVE: "libraries are let through",
    }
    return f"{sheet.code} {words_of.get(pressed, 'is changed')}"


def _hidden(sheet: WorksheetView) -> tuple[bool, ...]:
    """Return for each of `_PARTS` whether it is hidden now."""
    state = sheet.state
    return (
        state is not WorksheetState.DRAFT,
        not takes_readings(state),
        sheet.gate is not GateState.FAILED,
        state not in {WorksheetState.DRAFT, WorksheetState.STARTED},
        state is not WorksheetState.DRAFT,
        state is not WorksheetState.STARTED,
    )


def _problems(refusal: AppError, fields: Mapping[str, tuple[str, str]], *, otherwise: str) -> Any:
    return error_summary(forms.by_field(refusal, fields, otherwise=otherwise)).children
