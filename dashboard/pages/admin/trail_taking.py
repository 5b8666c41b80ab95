"""Taking the trail out as a file: a short one comes at once, a long one is made by a worker."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.events import exporting
from backend.events.audit_files import MEDIA_TYPES, AuditFormat
from backend.reports import audit_exports
from backend.work import queries as work_queries
from backend.work.ids import JobId, JobState
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.button import button
from dashboard.components.job_progress import job_progress
from dashboard.laboratory import lab_zone
from dashboard.pages.admin import ids, trail
from dashboard.session import current_principal


def taking(chosen: Mapping[str, str]) -> Component:
    """Draw the buttons, and how far a file is that was asked for before (``export``)."""
    asked = trail.key_of(chosen.get("export", ""))
    acts = [
        button(
            f"Take out as {kind.value.upper()}",
            id=ids.take_out(kind.value),
            icon="download",
            kind="ghost",
        )
        for kind in AuditFormat
    ]
    return html.Div(
        [
            html.Div(acts, className="row-x"),
            html.Div(None if asked is None else job_progress(asked), id=ids.TAKEN_JOB),
            html.Div(None if asked is None else _finished(asked), id=ids.TAKEN_FILE),
            dcc.Store(id=ids.TAKEN_ID, data=None if asked is None else str(asked)),
            dcc.Download(id=ids.TAKEN_AT_ONCE),
        ],
        className="ad-more",
    )


@page_callback(
    Permission.AUDIT_VIEW,
    Output(ids.TAKEN_AT_ONCE, "data"),
    Output(ids.TAKEN_JOB, "children"),
    Output(ids.TAKEN_FILE, "children"),
    Output(ids.TAKEN_ID, "data"),
    Input(ids.take_out(ALL), "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def take_out(_presses: list[int | None], search: str | None) -> tuple[Any, ...]:
    """Hand out a short file, have a long one made, or say why there is none."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return (no_update,) * 4
    kind = AuditFormat(pressed["kind"])
    filters = trail.filters_of(dict(parse_qsl((search or "").lstrip("?"))), lab_zone())
    principal = current_principal()
    try:
        with writing() as session:
            entries = exporting.count_entries(session, principal, kind=kind, filters=filters)
            if entries > exporting.AT_ONCE[kind]:
                job = audit_exports.request_export(session, principal, kind=kind, filters=filters)
                return no_update, job_progress(job), _being_made(entries), str(job)
            content = exporting.export_audit(session, principal, kind=kind, filters=filters)
    except AppError as refusal:
        return no_update, [], html.P(refusal.message, role="alert"), None
    file = {
        "filename": f"audit.{kind.value}",
        "content": base64.b64encode(content).decode(),
        "base64": True,
        "type": MEDIA_TYPES[kind],
    }
    said = f"{fmt.plural(entries, 'entry', 'entries')} taken out as {kind.value.upper()}."
    return file, [], html.P(said, className="t2", role="status"), None


@page_callback(
    Permission.AUDIT_VIEW,
    Output(ids.TAKEN_FILE, "children", allow_duplicate=True),
    Input(shell_ids.live("work"), "data"),
    # A worker may be done before the page knows which job it is: then nothing more is told.
    Input(ids.TAKEN_ID, "data"),
    prevent_initial_call=True,
)
def offer_file(_version: int | None, job: str | None) -> Any:
    """Offer the file once its worker is done."""
    found = None if not job else _finished(UUID(job))
    return no_update if found is None else found


def _finished(job: UUID) -> Component | None:
    """Return the link to a finished file; None before, and for what is not one's own."""
    principal, key = current_principal(), JobId(job)
    try:
        with reading() as session:
            if work_queries.get_job(session, principal, key).state != JobState.DONE:
                return None
            kind, _, entries = audit_exports.finished_export(session, principal, key)
    except AppError as refusal:
        return html.P(refusal.message, role="alert")
    words = f"Download {kind.value.upper()}, {fmt.plural(entries, 'entry', 'entries')}"
    return button(words, href=f"/files/audit/{job}", icon="download", download="")


def _being_made(entries: int) -> Component:
    return html.P(
        f"{fmt.plural(entries, 'entry', 'entries')} are made into a file in the background. You "
        "may leave; you are notified when it is ready.",
        className="t2",
        role="status",
    )
