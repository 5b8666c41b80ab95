"""Labels of very many samples: how many, the worker's progress with them, and the file it made."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dash import html, no_update
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import many, service, sheet_files
from backend.labels.schemas import MOST_LABELS, ManyInput, SheetsInput
from backend.labels.views import ManyLabels
from backend.work import queries as work_queries
from backend.work.ids import JobId, JobState
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.job_progress import job_progress


def look_at(
    session: ReadSession, principal: Principal, query: str, *, only_new: bool
) -> ManyLabels:
    """Return how many labels a stored query comes to, and the first of them."""
    return many.look_at(session, principal, query_id=UUID(query), only_new=only_new)


def amount(count: int) -> str:
    """Return how many labels there are, and how they are printed, in words."""
    parts = -(-count // MOST_LABELS)
    said = f"The first of {fmt.count(count)} labels. "
    said += f"A worker queues them in {fmt.plural(parts, 'part', 'parts')} of {MOST_LABELS}. "
    return f"{said}One job prints at most {fmt.count(many.MOST_OF_A_JOB)} labels, copies counted."


def queue(session: WriteSession, principal: Principal, query: str, asked: ManyInput) -> Component:
    """Ask a worker for the labels and draw how far it is."""
    job_id = service.request_many(session, principal, query_id=UUID(query), asked=asked)
    return html.Div(
        [
            html.P(
                [
                    "The labels go to the printer's queue in parts; you may close this. ",
                    html.A("Label queue", href="/register/labels"),
                ],
                className="t2",
            ),
            job_progress(job_id),
        ]
    )


def make_sheets(
    session: WriteSession,
    principal: Principal,
    what: Mapping[str, Any],
    keys: Sequence[UUID],
    asked: SheetsInput,
) -> tuple[Component, Any, str]:
    """Ask a worker for a file of sheets; return how far it is, no file yet, and the job."""
    query = what.get("query")
    job_id = service.request_sheets(
        session,
        principal,
        asked=asked,
        query_id=UUID(query) if query else None,
        sample_ids=() if query else keys,
    )
    said = html.P(
        "A worker makes the file; it can be taken out here as soon as it is ready. Print it at "
        "100 %, not fitted to the page.",
        className="t2",
    )
    return html.Div([said, job_progress(job_id)]), no_update, str(job_id)


def file_link(session: ReadSession, principal: Principal, job: str) -> list[Component]:
    """Draw where the file of a finished job is; nothing before."""
    job_id = JobId(UUID(job))
    if work_queries.get_job(session, principal, job_id).state != JobState.DONE:
        return []
    _, labels = sheet_files.finished_sheets(session, principal, job_id)
    words = f"Download PDF, {fmt.plural(labels, 'label', 'labels')}"
    return [button(words, href=f"/files/labels/{job}", icon="download", download="")]
