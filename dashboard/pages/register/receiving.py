"""A dropped file: its bytes out of the browser's envelope, and what to say when it is no draft."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dash import html
from dash.development.base_component import Component
from flask import current_app

from backend.core.blobs import DiskStore
from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates.errors import AlreadyImported, FileRefused
from backend.templates.reading.values import Severity
from backend.templates.service import choosing, imports, large
from backend.work.ids import JobId
from dashboard.components.icon import icon
from dashboard.components.job_progress import job_progress
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone


@dataclass(frozen=True, slots=True)
class Received:
    """Where to go now, or what to say instead."""

    go: str | None
    said: Sequence[Component] = ()
    job: str | None = None


def receive_file(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    contents: str,
    project_code: str | None,
    template: str | None = None,
) -> Received:
    """Start the import of what ``dcc.Upload`` holds. A refused file writes nothing."""
    if not project_code:
        return Received(None, [_problem("Choose a project", ["The samples belong to a project."])])
    content, files = decoded(contents), DiskStore(current_app.config["FILES_DIR"])
    if large.is_large(content):
        job = large.request_reading(
            session,
            principal,
            file_name=file_name,
            content=content,
            project_code=project_code,
            files=files,
            template=template,
        )
        return Received(None, [_being_read(file_name, job)], str(job))
    try:
        view = imports.start_import(
            session,
            principal,
            file_name=file_name,
            content=content,
            project_code=project_code,
            files=files,
            template=template,
        )
        choosing.remember_template(session, principal, project_id=view.project_id, key=template)
    except FileRefused as refusal:
        wrong = [f.message for f in refusal.findings if f.severity is Severity.ERROR]
        return Received(None, [_problem(f"“{file_name}” was not read", wrong)])
    except AlreadyImported as refusal:
        href = f"/register?draft={refusal.import_id}"
        return Received(None, [_already(refusal.message, href)])
    return Received(f"/register?draft={view.id}")


def _being_read(file_name: str, job: JobId) -> Component:
    return html.Div(
        [
            html.H2(f"“{file_name}” is long: it is read in the background"),
            html.P("The draft opens here by itself. You may leave; it is listed below then."),
            job_progress(job),
        ],
        className="sum",
        role="status",
    )


def decoded(contents: str) -> bytes:
    """Return the bytes of a data URL.

    Raises:
        InvalidInput: it is none.
    """
    _, _, encoded = contents.partition(";base64,")
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise InvalidInput("The file did not arrive whole. Drop it again.") from error


def local_instant(text: str | None) -> datetime | None:
    """Return what a ``datetime-local`` field says in the laboratory's zone, as an instant."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=lab_zone()).astimezone(UTC)
    except ValueError as error:
        raise InvalidInput("Write when the samples arrived as date and time.") from error


def shown_locally(at: datetime | None) -> str:
    """Return an instant as a ``datetime-local`` field shows it; empty when there is none."""
    return "" if at is None else f"{at.astimezone(lab_zone()):%Y-%m-%dT%H:%M}"


def _problem(title: str, sentences: Sequence[str]) -> Component:
    return html.Div(
        [html.H2(title), html.Ul([html.Li(sentence) for sentence in sentences])],
        className="sum",
        role="alert",
        tabIndex="-1",
    )


def _already(message: str, href: str) -> Component:
    return html.Div(
        [
            icon("info-circle", Tone.INFO),
            html.Span(message),
            html.Span(className="sp"),
            html.A("Open that import", href=href, className="md"),
        ],
        className="done",
        role="alert",
    )
