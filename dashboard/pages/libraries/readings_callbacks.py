"""An instrument's file on a worksheet: looked at when it is chosen, kept when a person says so."""

from typing import Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.preparation import measuring, worksheet_queries
from backend.sequencing.preparation.ids import GateState
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.libraries import forms, ids, plate, readings_panel
from dashboard.pages.register.receiving import decoded
from dashboard.session import current_principal


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.FILE_FOUND, "children"),
    Input(ids.FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.FILE, "filename"),
    Input(ids.QPCR_DILUTION, "value"),
    Input(ids.QPCR_STANDARD, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def look(
    contents: str | None, name: str | None, dilution: object, standard: object, code: str
) -> list[Component]:
    """Say what the file holds for the worksheet's wells."""
    if not contents:
        return readings_panel.nothing_chosen()
    try:
        with reading() as session:
            looked = measuring.look_at_file(
                session,
                current_principal(),
                code=code,
                file_name=name or "",
                content=decoded(contents),
                terms=forms.qpcr_terms(dilution, standard),
            )
    except AppError as refusal:
        return readings_panel.refused(refusal.message)
    return readings_panel.told(name or "", looked, kept=False)


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.FILE_FOUND, "children", allow_duplicate=True),
    Output(ids.BODY, "children", allow_duplicate=True),
    Output(ids.GATE, "hidden", allow_duplicate=True),
    Input(ids.FILE_KEEP, "n_clicks"),
    State(ids.FILE, "contents"),
    State(ids.FILE, "filename"),
    State(ids.QPCR_DILUTION, "value"),
    State(ids.QPCR_STANDARD, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def keep(presses: int | None, contents: str | None, name: str | None, *typed: Any) -> Any:
    """Keep what the file says, draw the plate anew, and propose a hold where controls fail."""
    if not presses:
        return no_update, no_update, no_update
    if not contents:
        return readings_panel.refused("Choose a file first."), no_update, no_update
    who = current_principal()
    dilution, standard, code = typed
    try:
        with writing() as session:
            sheet = worksheet_queries.get_worksheet(session, who, code)
            looked = measuring.keep_file(
                session,
                who,
                worksheet_id=sheet.id,
                file_name=name or "",
                content=decoded(contents),
                terms=forms.qpcr_terms(dilution, standard),
            )
            sheet = worksheet_queries.get_worksheet(session, who, code)
    except AppError as refusal:
        return readings_panel.refused(refusal.message), no_update, no_update
    toast(f"{len(looked.matched)} readings are kept")
    told = readings_panel.told(name or "", looked, kept=True)
    return told, plate.body(sheet), sheet.gate is not GateState.FAILED
