"""What people do in a physical audit: start it, read box by box, close it."""

from typing import Any
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, no_update, set_props

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.storage import box_queries, inventory_queries, service
from backend.storage.errors import InventoryNotFound
from backend.storage.ids import InventoryCheckId, InventoryPurpose, NodeId
from backend.storage.inventory_views import AtHand, Noted
from backend.storage.rules import parse_position
from backend.storage.scanning.reading import ReadState
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.errors import refusal_text
from dashboard.pages.audits import ids
from dashboard.pages.audits.layout import PATH, At, audit_id_of, draw
from dashboard.pages.audits.words import all_read_words, noted_words
from dashboard.pages.custody.acting import done
from dashboard.pages.workbooks.receiving import content_of, file_store
from dashboard.session import current_principal

_WHICH, _AT = State(ids.WHICH, "data"), State(ids.AT, "data")
_FIELDS = {"title": ids.TITLE, "units": ids.UNITS, "share": ids.SHARE, "tubes": ids.TUBES}
_PROBLEMS = Output(ids.HAND_PROBLEMS, "children", allow_duplicate=True)
_AT_OUT = Output(ids.AT, "data", allow_duplicate=True)
_CHANGED = Output(ids.STORES.changed, "data", allow_duplicate=True)

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.STORES.close_sink, "data"),
    Input(ids.STORES.close, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.STORAGE_PLAN,
    Output(ids.PROBLEMS, "children"),
    Input(ids.START, "n_clicks"),
    State(ids.TITLE, "value"),
    State(ids.UNITS, "value"),
    State(ids.PURPOSE, "value"),
    State(ids.SHARE, "value"),
    State(ids.TUBES, "value"),
    prevent_initial_call=True,
)
def start(presses: int | None, *given: Any) -> Any:
    """Draw the boxes and open the audit; a refusal stands above the form."""
    if not presses:
        return no_update
    title, units, purpose, share, tubes = given
    try:
        with writing() as session:
            audit_id = service.start_audit(
                session,
                current_principal(),
                title=title or "",
                unit_ids=[NodeId(UUID(unit)) for unit in units or []],
                purpose=InventoryPurpose(purpose),
                share=None if share is None else float(share) / 100,
                tubes_per_box=None if tubes is None else int(tubes),
            )
    except AppError as refusal:
        told = {_FIELDS[field]: words for field, words in refusal.fields.items()}
        return vars(error_summary(told or {ids.TITLE: refusal.message}))["children"]
    set_props(shell_ids.URL, {"href": f"{PATH}/{audit_id}"})
    return []


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.BODY, "children"),
    Output(ids.HAND, "children"),
    Output(ids.BENCH, "hidden"),
    Output(ids.FOUND, "children"),
    Input(shell_ids.live("storage"), "data"),
    Input(ids.STORES.changed, "data"),
    _WHICH,
    _AT,
    prevent_initial_call=True,
)
def show_newest(_version: int | None, _changed: str | None, which: str, at: At | None) -> Any:
    """Draw the audit as the rows say now."""
    drawn = draw(which, at)
    return drawn.progress, drawn.hand, not drawn.has_hand, drawn.found


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.HAND_PROBLEMS, "children"),
    Output(ids.CODE, "value"),
    Output(ids.AT, "data"),
    Output(ids.STORES.changed, "data"),
    Input(shell_ids.SCAN_PAGE, "data"),
    Input(ids.CODE, "n_submit"),
    State(ids.CODE, "value"),
    _WHICH,
    _AT,
    prevent_initial_call=True,
)
def take_code(
    scan: dict[str, str] | None, _submits: int | None, typed: str | None, which: str, at: At | None
) -> tuple[Any, ...]:
    """Write down the scanned tube, or go to the position that was typed."""
    is_scan = ctx.triggered_id == shell_ids.SCAN_PAGE
    code = ((scan or {}).get("code", "") if is_scan else (typed or "")).strip()
    if not code:
        return (no_update,) * 4
    try:
        noted = _read(which, at, code)
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        return _told(refusal), no_update, no_update, no_update
    return [], "", noted, str(new_id())


@page_callback(
    Permission.STORAGE_PLACE,
    _PROBLEMS,
    _AT_OUT,
    _CHANGED,
    Input(ids.act(ALL), "n_clicks"),
    _WHICH,
    _AT,
    prevent_initial_call=True,
)
def answer(_presses: list[int | None], which: str, at: At | None) -> tuple[Any, ...]:
    """Do what the pressed button says about the box at hand."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        return (no_update,) * 3
    try:
        next_at = _act(ctx.triggered_id["act"], which, at)
    except AppError as refusal:
        return _told(refusal), no_update, no_update
    return [], next_at, str(new_id())


@page_callback(
    Permission.STORAGE_PLACE,
    _AT_OUT,
    _CHANGED,
    Input(ids.choose(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def take_to_hand(_presses: list[int | None]) -> tuple[Any, Any]:
    """Look at another box than the next one of the walk."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        return no_update, no_update
    return {"check": ctx.triggered_id["check"], "position": ""}, str(new_id())


@page_callback(
    Permission.STORAGE_PLACE,
    _PROBLEMS,
    Output(ids.FILE, "contents"),
    _AT_OUT,
    _CHANGED,
    Input(ids.FILE, "contents"),
    State(ids.FILE, "filename"),
    _WHICH,
    _AT,
    prevent_initial_call=True,
)
def read_file(contents: str | None, file_name: str | None, which: str, at: At | None) -> Any:
    """Judge the box at hand by the dropped rack scan; the field is emptied for the next one."""
    if not contents:
        return (no_update,) * 4
    try:
        name, content = content_of(contents, file_name)
        hand = _at_hand(which, at)
        with writing() as session:
            service.read_box(
                session,
                current_principal(),
                check_id=hand.check.id,
                file_name=name,
                content=content,
                files=file_store(),
            )
    except AppError as refusal:
        return _told(refusal), None, no_update, no_update
    toast(f"What was seen of {hand.check.path} is judged")
    return [], None, None, str(new_id())


@page_callback(
    Permission.STORAGE_PLAN,
    Output(ids.CLOSE_PROBLEMS, "children"),
    Output(ids.STORES.close, "data"),
    _CHANGED,
    Input(ids.CLOSE, "n_clicks"),
    State(ids.NOTE, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def close(presses: int | None, note: str | None, which: str) -> tuple[Any, ...]:
    """Close the audit, or say what has not been looked at."""

    def act(session: WriteSession, principal: Principal) -> str:
        service.close_audit(session, principal, audit_id=audit_id_of(which), note=note or "")
        return "The audit is closed"

    return done(presses, act, ids.CLOSE_DIALOG, ids.NOTE)


def _read(which: str, at: At | None, code: str) -> At | None:
    """Return where the walk goes on after a code: another position, or the next one."""
    hand = _at_hand(which, at)
    with reading() as session:
        box = box_queries.get_box(session, current_principal(), hand.check.box_id)
    # Nobody can find number 7 in a bag: there every code is a tube's.
    spot = None if hand.is_loose else parse_position(code, box.shape)
    if spot is not None:
        answer_scan(Tone.OK, f"{spot.label}.")
        return {"check": str(hand.check.id), "position": spot.label}
    return _noted(hand, at, ReadState.CODE, code)


def _act(name: str, which: str, at: At | None) -> At | None:
    hand, principal = _at_hand(which, at), current_principal()
    if name in {ids.EMPTY, ids.UNREAD}:
        state = ReadState.EMPTY if name == ids.EMPTY else ReadState.NO_READ
        return _noted(hand, at, state, "")
    with writing() as session:
        match name:
            case ids.DONE:
                service.finish_check(session, principal, check_id=hand.check.id)
            case ids.SEAL:
                service.confirm_seal(session, principal, check_id=hand.check.id)
            case _:
                service.report_absent(session, principal, check_id=hand.check.id)
    toast(f"What was seen of {hand.check.path} is judged")
    return None


def _noted(hand: AtHand, at: At | None, state: ReadState, code: str) -> At:
    chosen = at["position"] if at and at["position"] else ""
    position = chosen or (hand.left[0] if hand.left else "")
    if not position:
        raise InventoryNotFound(all_read_words(hand))
    with writing() as session:
        noted = service.note_tube(
            session,
            current_principal(),
            check_id=hand.check.id,
            position=position,
            barcode=code,
            state=state,
        )
    _say(hand, noted, code)
    return {"check": str(hand.check.id), "position": noted.next_position}


def _say(hand: AtHand, noted: Noted, code: str) -> None:
    if noted.also_at:
        where = "" if hand.is_loose else f" in {noted.also_at}"
        answer_scan(Tone.WARN, f"{code} was read{where} already.")
    else:
        answer_scan(Tone.OK, noted_words(hand, noted, code))


def _at_hand(which: str, at: At | None) -> AtHand:
    check_id = InventoryCheckId(UUID(at["check"])) if at else None
    with reading() as session:
        hand = inventory_queries.at_hand(session, current_principal(), audit_id_of(which), check_id)
    if hand is None:
        raise InventoryNotFound("Every box of this audit has been looked at. Close it.")
    return hand


def _told(refusal: AppError) -> Any:
    return vars(error_summary({ids.CODE: refusal_text(refusal)}))["children"]
