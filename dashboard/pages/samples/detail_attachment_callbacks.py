"""Callbacks of what is attached to a sample."""

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
)
from flask import current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.samples import attachments, service
from backend.samples.ids import AttachmentId, AttachmentKind, SampleId
from dashboard.callbacks import page_callback
from dashboard.pages.register.receiving import decoded
from dashboard.pages.samples import detail_attachment_ids as ids
from dashboard.pages.samples import detail_ids
from dashboard.pages.samples.detail_acting import Done, Which, carried_out, chosen
from dashboard.session import current_principal

_CLOSE = Output(detail_ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(detail_ids.WHICH, "data")


clientside_callback(
    ClientsideFunction("sample", "chosen"),
    Output(ids.ATTACH_CHOSEN, "children"),
    Output(ids.ATTACH_FILE, "contents"),
    Input(ids.ATTACH_FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.ATTACH_FILE, "filename"),
    State(ids.ATTACH_MOST, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.ATTACH_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.ATTACH_FILE, "contents", allow_duplicate=True),
    Output(ids.ATTACH_FILE, "filename"),
    Output(ids.ATTACH_NOTE, "value"),
    Input(ids.ATTACH_SEND, "n_clicks"),
    State(ids.ATTACH_FILE, "contents"),
    State(ids.ATTACH_FILE, "filename"),
    State(ids.ATTACH_KIND, "value"),
    State(ids.ATTACH_NOTE, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def attach_file(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Attach the chosen file, or say why it is not taken; what was chosen stays then."""
    contents, name, kind, note, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        made = service.attach_file(
            session,
            principal,
            sample_id=key,
            content=decoded(chosen(contents, "file")),
            file_name=name or "",
            kind=AttachmentKind(chosen(kind, "kind of file")),
            note=note or "",
            files=DiskStore(current_app.config["FILES_DIR"]),
        )
        return f"“{made.file_name}” is attached to {which['barcode']}"

    return carried_out(presses, which, act, ids.ATTACH_DIALOG, ids.ATTACH_KIND, [None, None, ""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.REMOVE_WHICH, "data"),
    Output(ids.REMOVE_SAID, "children"),
    Input(ids.remove(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def choose_removed(_presses: list[int | None]) -> tuple[Any, Any]:
    """Note whose button was pressed and say what its removal means."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update, no_update
    key = AttachmentId(UUID(pressed["key"]))
    try:
        with reading() as session:
            file = attachments.get_attachment(session, current_principal(), key)
    except AppError as gone:
        return None, gone.message
    return str(key), f"“{file.file_name}” leaves the list. Its record and the file itself are kept."


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.REMOVE_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.REMOVE_REASON, "value"),
    Input(ids.REMOVE_SEND, "n_clicks"),
    State(ids.REMOVE_WHICH, "data"),
    State(ids.REMOVE_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def remove_file(
    presses: int | None, key: str | None, why: str | None, which: Which
) -> tuple[Any, ...]:
    """Take the file out of the list, for a reason."""

    def act(session: WriteSession, principal: Principal, _key: SampleId) -> Done:
        removed = AttachmentId(UUID(chosen(key, "file")))
        service.remove_attachment(session, principal, attachment_id=removed, reason=why or "")
        return "The attachment is removed"

    return carried_out(presses, which, act, ids.REMOVE_DIALOG, ids.REMOVE_REASON, [""])
