"""Workbooks: what is sought, what is added, the rows in windows, what is compared."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import dash
from dash import ALL, MATCH, Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.workbooks import queries, service
from backend.workbooks.ids import SheetId, VersionId, WorkbookId
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.workbooks import forms, ids, layout, panels
from dashboard.pages.workbooks.address import Address, address_at, list_href
from dashboard.pages.workbooks.receiving import (
    closing,
    content_of,
    file_store,
    problems,
    there_already,
)
from dashboard.session import current_principal
from dashboard.shell_ids import PAGE_TITLE, URL, live

_GO = Output(URL, "href", allow_duplicate=True)
_WHERE = (State(ids.WHICH, "data"), State(URL, "search"))


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.LIST, "children"),
    Input(live("workbooks"), "data"),
    State(URL, "search"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, search: str | None) -> Component:
    """Draw the page of the list as the rows say now."""
    said = dict(parse_qsl((search or "").lstrip("?")))
    with reading() as session:
        return layout.listed(
            session,
            current_principal(),
            named=said.get("named", ""),
            after=said.get("after", ""),
        )


@page_callback(
    Permission.DOCUMENTS_VIEW,
    _GO,
    Input(ids.NAMED, "n_submit"),
    Input(ids.NAMED_GO, "n_clicks"),
    State(ids.NAMED, "value"),
    prevent_initial_call=True,
)
def find_named(submits: int | None, presses: int | None, named: str | None) -> Any:
    """Go to the workbooks that are called so."""
    if not (submits or presses):
        return no_update
    return list_href(named=named or "")


@page_callback(
    Permission.DOCUMENTS_VIEW,
    _GO,
    Input(ids.FIND, "n_submit"),
    Input(ids.FIND_GO, "n_clicks"),
    State(ids.FIND, "value"),
    State(ids.FIND_OLDER, "value"),
    prevent_initial_call=True,
)
def find(
    submits: int | None,
    presses: int | None,
    text: str | None,
    older: bool | None,  # noqa: FBT001 -- Dash gives the box's value by place
) -> Any:
    """Go to what the cells of all workbooks hold of a text."""
    if not (submits or presses):
        return no_update
    return list_href(text or "", older=bool(older))


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHOSEN, "children"),
    Input(ids.UPLOAD, "filename"),
    prevent_initial_call=True,
)
def show_chosen(file_name: str | None) -> list[Component | str]:
    """Say which file is in the form."""
    return forms.chosen(file_name)


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.NEW_PROBLEMS, "children"),
    _GO,
    Input(ids.NEW_SEND, "n_clicks"),
    State(ids.UPLOAD, "contents"),
    State(ids.UPLOAD, "filename"),
    State(ids.NEW_PROJECT, "value"),
    State(ids.NOTE, "value"),
    prevent_initial_call=True,
)
def add(presses: int | None, *given: str | None) -> tuple[Any, Any]:
    """Add a workbook and open it, or say why not."""
    if not presses:
        return no_update, no_update
    contents, name, project, note = given
    try:
        file_name, content = content_of(contents, name)
        with writing() as session:
            principal = current_principal()
            added = service.add_workbook(
                session,
                principal,
                file_name=file_name,
                content=content,
                files=file_store(),
                project_id=forms.workbook_project(session, principal, project),
                note=note or "",
            )
    except AppError as refusal:
        return problems(ids.UPLOAD, refusal), no_update
    if added.same_as:
        return there_already(added), no_update
    toast(f"“{file_name}” is kept.")
    return [], Address(added.workbook_id).href()


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.VERSION_PROBLEMS, "children"),
    _GO,
    Input(ids.VERSION_SEND, "n_clicks"),
    State(ids.UPLOAD, "contents"),
    State(ids.UPLOAD, "filename"),
    State(ids.NOTE, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def add_version(presses: int | None, *given: str | None) -> tuple[Any, Any]:
    """Add a version and show it, or say why not."""
    if not presses:
        return no_update, no_update
    contents, name, note, which = given
    here = WorkbookId(UUID(which))
    try:
        file_name, content = content_of(contents, name)
        with writing() as session:
            principal = current_principal()
            added = service.add_version(
                session,
                principal,
                here,
                file_name=file_name,
                content=content,
                files=file_store(),
                note=note or "",
            )
            newest = queries.workbook(session, principal, here).versions[0]
    except AppError as refusal:
        return problems(ids.UPLOAD, refusal), no_update
    if added.same_as:
        return there_already(added), no_update
    toast(f"“{file_name}” is version {newest.number}.")
    return [], Address(here, version=newest.number).href()


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.NAME_PROBLEMS, "children"),
    Output(ids.CLOSE, "data"),
    Output(PAGE_TITLE, "children", allow_duplicate=True),
    Input(ids.NAME_SEND, "n_clicks"),
    State(ids.NAME, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def rename(presses: int | None, name: str | None, which: str) -> tuple[Any, Any, Any]:
    """Call the workbook by another name."""
    if not presses:
        return no_update, no_update, no_update
    here = WorkbookId(UUID(which))
    try:
        with writing() as session:
            principal = current_principal()
            service.rename(session, principal, here, name or "")
            called = queries.workbook(session, principal, here).name
    except AppError as refusal:
        return problems(ids.NAME, refusal), no_update, no_update
    toast(f"It is called “{called}” now.")
    return [], closing(ids.NAME_DIALOG), called


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.RAIL, "children"),
    Output(ids.MAIN, "children"),
    Output(ids.SHOWN, "data"),
    Input(live("workbooks"), "data"),
    State(ids.SHOWN, "data"),
    *_WHERE,
    prevent_initial_call=True,
)
def show_read(
    _version: int | None, drawn: dict[str, str], which: str, search: str | None
) -> tuple[Any, Any, Any]:
    """Draw the versions anew, and the shown one once it is read: ticks in its rows stay."""
    principal, open_id = current_principal(), VersionId(UUID(drawn["version"]))
    with reading() as session:
        address = address_at(which, search)
        shown = layout.shown_at(session, principal, address, version_id=open_id)
        facts = layout.facts_of(shown)
        if facts == drawn:
            return layout.rail(shown), no_update, no_update
        return layout.rail(shown), layout.main(session, principal, shown), facts


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.rows(MATCH, MATCH), "getRowsResponse"),
    Input(ids.rows(MATCH, MATCH), "getRowsRequest"),
    State(ids.rows(MATCH, MATCH), "id"),
    prevent_initial_call=True,
)
def show_rows(request: dict[str, Any] | None, grid: dict[str, str]) -> Any:
    """Answer the grid's question for a window."""
    if not request:
        return no_update
    start = int(request["startRow"])
    with reading() as session:
        found = queries.sheet_rows(
            session,
            current_principal(),
            SheetId(UUID(grid["sheet"])),
            start=start,
            limit=int(request["endRow"]) - start,
            containing=grid["find"],
        )
    rows = [panels.row_of(row.number, row.cells) for row in found.rows]
    return {"rowData": rows, "rowCount": found.matching}


@page_callback(
    Permission.DOCUMENTS_VIEW,
    _GO,
    Input(ids.ROWS_FIND, "n_submit"),
    Input(ids.ROWS_FIND_GO, "n_clicks"),
    State(ids.ROWS_FIND, "value"),
    *_WHERE,
    prevent_initial_call=True,
)
def find_rows(submits: int | None, presses: int | None, text: str | None, *where: Any) -> Any:
    """Go to the rows of the sheet that contain a text."""
    if not (submits or presses):
        return no_update
    return replace(address_at(*where), find=(text or "").strip(), row=None).href()


@page_callback(
    Permission.DOCUMENTS_VIEW,
    _GO,
    Input(ids.AGAINST, "value"),
    Input(ids.KEY, "value"),
    *_WHERE,
    prevent_initial_call=True,
)
def compare(against: str | None, key: str | None, *where: Any) -> Any:
    """Compare with another sheet, or tell rows apart by another column."""
    if not against:
        return no_update
    key = (key or "").strip()
    return replace(address_at(*where), against=SheetId(UUID(against)), key=key, page=None).href()


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.TICKED, "children"),
    Output(ids.SEND_WHICH, "options"),
    Output(ids.SEND_WHICH, "value"),
    Input(ids.rows(ALL, ALL), "selectedRows"),
    State(ids.SEND_WHICH, "options"),
    prevent_initial_call=True,
)
def show_ticked(selected: list[Any], options: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    """Say how many rows are ticked, and offer to send only them."""
    ticked = panels.ticked(selected[0] if selected else None)
    value = forms.TICKED if ticked else forms.ALL
    return panels.ticked_words(ticked), [forms.ticked_option(len(ticked)), options[1]], value


dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)
