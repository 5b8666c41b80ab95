"""Checking sheets: what is dropped or pasted, the acts on it, and what is shown."""

import base64
from typing import Any

from dash import ALL, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.released import queries
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.difference import compare
from dashboard.callbacks import page_callback
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.pages.register.receiving import decoded
from dashboard.pages.sheets import drawing, held, ids
from dashboard.pages.sheets.held import Held, Kept
from dashboard.pages.sheets.layout import nothing_yet
from dashboard.pages.sheets.words import shown
from dashboard.session import current_principal


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.SHEET, "data"),
    Output(ids.SAID, "children"),
    Input(ids.FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.FILE, "filename"),
    prevent_initial_call=True,
)
def take(contents: str | None, name: str | None) -> tuple[Any, Any]:
    """Take a dropped sheet, or say why not; the one before stays then."""
    if not contents:
        return no_update, no_update
    try:
        return held.taken(decoded(contents), name).kept(), None
    except AppError as refusal:
        return no_update, _refused(refusal)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.SHEET, "data", allow_duplicate=True),
    Output(ids.SAID, "children", allow_duplicate=True),
    Input(ids.CHECK, "n_clicks"),
    State(ids.PASTED, "value"),
    prevent_initial_call=True,
)
def take_pasted(presses: int | None, text: str | None) -> tuple[Any, Any]:
    """Take what was pasted; it stays in its field."""
    if not presses:
        return no_update, no_update
    try:
        if not (text or "").strip():
            raise SheetRefused("Paste a sheet first.")
        return held.taken((text or "").encode(), None).kept(), None
    except AppError as refusal:
        return no_update, _refused(refusal)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.RUN_INFO, "data"),
    Output(ids.RUN_INFO_SAID, "children"),
    Input(ids.RUN_INFO_FILE, "contents"),
    State(ids.RUN_INFO_FILE, "filename"),
    prevent_initial_call=True,
)
def take_run_info(contents: str | None, name: str | None) -> tuple[Any, Any]:
    """Take a RunInfo.xml, or say why it is none."""
    if not contents:
        return no_update, no_update
    try:
        kept = held.taken(decoded(contents), name).kept()
        info = held.run_info(kept)
    except AppError as refusal:
        return None, _refused(refusal)
    turned = {True: "i5 reversed", False: "i5 forward", None: "silent about i5"}
    said = f"{shown(name or '')}: {turned[info.i5_reversed if info else None]}."
    return kept, html.P([icon("check-circle-fill", Tone.OK), " ", said], className="sm")


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.OTHER, "data"),
    Input(ids.OTHER_FILE, "contents"),
    State(ids.OTHER_FILE, "filename"),
    prevent_initial_call=True,
)
def take_other(contents: str | None, name: str | None) -> Any:
    """Take the sheet to compare with."""
    if not contents:
        return no_update
    return held.taken(decoded(contents), name).kept()


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.SHEET, "data", allow_duplicate=True),
    Output(ids.SAID, "children", allow_duplicate=True),
    Input(ids.FIX_ALL, "n_clicks"),
    Input(ids.TURN, "n_clicks"),
    Input(ids.TO_V2, "n_clicks"),
    Input(ids.UNDO, "n_clicks"),
    Input(ids.FORGET, "n_clicks"),
    Input(ids.fix(ALL, ALL), "n_clicks"),
    State(ids.SHEET, "data"),
    State(ids.RUN_INFO, "data"),
    State(ids.ORIENTATION, "value"),
    prevent_initial_call=True,
)
def act(*given: Any) -> tuple[Any, Any]:
    """Do to the sheet what was pressed, or say why not; the sheet stays then."""
    kept, info, chosen = given[-3:]
    sheet = held.held(kept)
    if sheet is None or not ctx.triggered[0]["value"]:
        return no_update, no_update
    try:
        after = acted(ctx.triggered_id, sheet, info, chosen)
    except AppError as refusal:
        return no_update, _refused(refusal)
    if after is None:
        return None, None
    if after is sheet:
        return no_update, _told(["There is nothing to change."])
    return after.kept(), _told(after.notes)


def acted(pressed: Any, sheet: Held, info: Kept | None, chosen: str | None) -> Held | None:
    """Return the sheet after an act, None when it is to be forgotten.

    Raises:
        SheetRefused: the act cannot be done; the sentence says why.
    """
    run = held.run_info(info)
    match pressed:
        case ids.FIX_ALL:
            return held.mended(sheet, run)
        case ids.TURN:
            return held.turned(sheet)
        case ids.TO_V2:
            return held.converted(sheet, run, _orientation(chosen))
        case ids.UNDO:
            return sheet.undone()
        case ids.FORGET:
            return None
        case _:
            late = pressed["of"] != sheet.mark
            return sheet if late else held.fixed(sheet, run, pressed["place"])


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.RESULT, "children"),
    Output(ids.ACTS, "hidden"),
    Output(ids.FIX_ALL, "disabled"),
    Input(ids.SHEET, "data"),
    Input(ids.RUN_INFO, "data"),
    prevent_initial_call=True,
)
def show(kept: Kept | None, info: Kept | None) -> tuple[Any, bool, bool]:
    """Draw what is to be said of the sheet as it stands; Fix all rests where nothing is mended."""
    sheet = held.held(kept)
    if sheet is None:
        return nothing_yet(), True, True
    run = held.run_info(info)
    seen = held.look(sheet, run)
    can_fix = any(each.fix is not None for each in seen.findings)
    return drawing.result(sheet.name, sheet.mark, seen, run), False, not can_fix


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.DIFFERENCE, "children"),
    Input(ids.SHEET, "data"),
    Input(ids.OTHER, "data"),
    prevent_initial_call=True,
)
def show_difference(kept: Kept | None, other: Kept | None) -> Any:
    """Draw what differs from the other sheet, or else from what its run was released with."""
    sheet, against = held.held(kept), held.held(other)
    if sheet is None:
        return None
    if against is None:
        return _since_release(sheet)
    one, two = examine(against.content).sheet, examine(sheet.content).sheet
    if one is None or two is None:
        name = against.name if one is None else sheet.name
        return _refused(SheetRefused(f"{shown(name)} is no sample sheet; nothing is compared."))
    return drawing.differences(compare(one, two), against.name)


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.SENT, "data"),
    Input(ids.DOWNLOAD, "n_clicks"),
    State(ids.SHEET, "data"),
    prevent_initial_call=True,
)
def download(presses: int | None, kept: Kept | None) -> Any:
    """Hand the text out as it stands, under its name."""
    sheet = held.held(kept)
    if not presses or sheet is None:
        return no_update
    return {
        "content": base64.b64encode(sheet.content).decode("ascii"),
        "filename": held.file_name(sheet),
        "type": "text/csv",
        "base64": True,
    }


def _since_release(sheet: Held) -> Component | None:
    """Draw what differs from the last sheet that was kept for the same run, if there is one."""
    seen = examine(sheet.content).sheet
    if seen is None:
        return None
    named = seen.header_value("RunName", "Experiment Name") or next(
        (each.own("experiment_id") for each in seen.samples), ""
    )
    with reading() as session:
        found = queries.last_release(session, current_principal(), named)
    before = examine(found[1]).sheet if found else None
    if found is None or before is None:
        return None
    return drawing.differences(compare(before, seen), f"the release {found[0].label}")


def _orientation(chosen: str | None) -> I5Orientation | None:
    return I5Orientation(chosen) if chosen in set(I5Orientation) else None


def _refused(refusal: AppError) -> Component:
    return html.P([icon("exclamation-octagon-fill", Tone.CRIT), " ", refusal.message])


def _told(notes: Any) -> Component | None:
    lines = [html.Li(shown(each, longest=300)) for each in notes]
    return html.Ul(lines, className="sck-list sm") if lines else None
