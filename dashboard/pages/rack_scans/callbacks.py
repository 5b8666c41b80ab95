"""What people do with rack scans: read a file, commit, compare again, discard, take back."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, Input, Output, State, ctx, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.storage import service
from backend.storage.adapters import rack_scanner
from backend.storage.ids import RackScanId
from backend.storage.scan_views import effect_of
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import Undo, toast
from dashboard.errors import refusal_text
from dashboard.pages.rack_scans import ids
from dashboard.pages.rack_scans.drawing import PATH
from dashboard.pages.rack_scans.layout import review, scan_id_of, scanners
from dashboard.pages.rack_scans.words import effect_sentence
from dashboard.pages.workbooks.receiving import content_of, file_store
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PROBLEMS, "children"),
    Output(ids.FILE, "contents"),
    Input(ids.FILE, "contents"),
    State(ids.FILE, "filename"),
    State(ids.BOX, "value"),
    prevent_initial_call=True,
)
def read_file(contents: str | None, file_name: str | None, box: str | None) -> tuple[Any, Any]:
    """Read the dropped file and open its review; a refusal is told and the box stays typed.

    The field is emptied, so that the same file can be dropped again.
    """
    if not contents:
        return no_update, no_update
    try:
        scan_id = _kept(*content_of(contents, file_name), box)
    except AppError as refusal:
        return vars(error_summary({ids.BOX: refusal_text(refusal)}))["children"], None
    set_props(shell_ids.URL, {"pathname": PATH, "search": f"?scan={scan_id}"})
    return [], None


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.SCANNER_PROBLEMS, "children"),
    Input(ids.SCAN_NOW, "n_clicks"),
    State(ids.SCANNER, "value"),
    State(ids.BOX, "value"),
    prevent_initial_call=True,
    running=[(Output(ids.SCAN_NOW, "disabled"), True, False)],
)
def scan_now(presses: int | None, name: str | None, box: str | None) -> Any:
    """Let a scanner in the network scan and open the review; a refusal is told at its button."""
    if not presses:
        return no_update
    try:
        scanner = rack_scanner.find(scanners(), name or "")
        scanned = rack_scanner.scan(current_principal(), scanner)
        scan_id = _kept(scanned.file_name, scanned.content, box)
    except AppError as refusal:
        return vars(error_summary({ids.SCANNER: refusal_text(refusal)}))["children"]
    set_props(shell_ids.URL, {"pathname": PATH, "search": f"?scan={scan_id}"})
    return []


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.REVIEW, "children"),
    Input(ids.act(ALL), "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def answer(_presses: list[int | None], search: str | None) -> Any:
    """Do what the pressed button says and draw the scan again; a refusal stands above it."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    scan = _scan_in(search)
    try:
        _act(pressed["act"], scan_id_of(scan))
    except AppError as refusal:
        return review(scan, refusal_text(refusal))
    return review(scan)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.REVIEW, "children", allow_duplicate=True),
    Input(ids.leave(ALL), "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def leave(_presses: list[int | None], search: str | None) -> Any:
    """Leave the pressed line out of the commit, or take it in again."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    scan, principal = _scan_in(search), current_principal()
    try:
        with writing() as session:
            service.turn_line(
                session, principal, scan_id=scan_id_of(scan), position=pressed["position"]
            )
    except AppError as refusal:
        return review(scan, refusal_text(refusal))
    return review(scan)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.REVIEW, "children", allow_duplicate=True),
    Input(shell_ids.live("storage"), "data"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, search: str | None) -> Any:
    """Draw the scan as it stands after what others, or an undo, have done."""
    scan = _scan_in(search)
    return review(scan) if scan else no_update


def _kept(name: str, content: bytes, box: str | None) -> RackScanId:
    with writing() as session:
        return service.read_rack(
            session,
            current_principal(),
            file_name=name,
            content=content,
            files=file_store(),
            box=(box or "").strip() or None,
        ).id


def _act(name: str, scan_id: RackScanId) -> None:
    principal, undo = current_principal(), None
    with writing() as session:
        match name:
            case ids.COMMIT:
                done = service.commit_rack(session, principal, scan_id=scan_id)
                said = effect_sentence(effect_of(done.lines))
                words, undo = f"Committed. {said}", Undo("storage", {"scan": str(scan_id)})
            case ids.RECHECK:
                service.recheck_rack(session, principal, scan_id=scan_id)
                words = "Compared with the box as it is now"
            case ids.DISCARD:
                service.discard_rack(session, principal, scan_id=scan_id)
                words = "The scan is discarded. Nothing was moved."
            case _:
                service.undo_rack(session, principal, scan_id=scan_id)
                words = "Every tube stands where it was recorded before"
    toast(words, undo=undo)


def _scan_in(search: str | None) -> str:
    return parse_qs((search or "").lstrip("?")).get("scan", [""])[-1]
