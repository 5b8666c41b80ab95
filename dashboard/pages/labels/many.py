"""Labels of everything that is selected: how many, and the worker's progress with them."""

from uuid import UUID

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import many, service
from backend.labels.schemas import MOST_LABELS, ManyInput
from backend.labels.views import ManyLabels
from dashboard import format as fmt
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
