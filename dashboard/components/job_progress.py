"""A job's bar with its count and a way to stop it; it follows the job by itself.

    html.Div(job_progress(job_id))        # job_id from work.service.request_job

The callbacks are in dashboard/job_callbacks.py: the live topic ``work`` and, while the job runs, a
tick a second. What the finished job made is the page's to show, from its own live topic.
"""

from dash import dcc, html
from dash.development.base_component import Component

from backend.work.ids import JobState
from backend.work.views import JobView
from dashboard import format as fmt
from dashboard.components.attributes import aria, optional
from dashboard.components.button import button
from dashboard.components.empty_state import skeleton
from dashboard.components.icon import icon
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone

TICK_MS = 1000

LOOKS: dict[str, Look] = {
    JobState.QUEUED: Look("Waiting for a worker", "hourglass", Tone.OFF),
    JobState.RUNNING: Look("Running", "play-circle", Tone.INFO),
    JobState.DONE: Look("Done", "check-circle-fill", Tone.OK),
    JobState.FAILED: Look("Failed", "x-octagon-fill", Tone.CRIT),
    JobState.CANCELLED: Look("Stopped", "slash-circle", Tone.OFF),
}


def bar_id(job: object) -> dict[str, object]:
    """Return the id of a job's bar; MATCH and ALL fit too."""
    return {"type": "job-bar", "job": job}


def tick_id(job: object) -> dict[str, object]:
    """Return the id of a job's ticker."""
    return {"type": "job-tick", "job": job}


def cancel_id(job: object) -> dict[str, object]:
    """Return the id of a job's stop button."""
    return {"type": "job-cancel", "job": job}


def job_progress(job_id: object) -> html.Div:
    """Draw the place of a job's bar; the callback fills it at once."""
    return html.Div(
        [
            html.Div(skeleton(1, label="Loading the job"), id=bar_id(str(job_id)), className="job"),
            dcc.Interval(id=tick_id(str(job_id)), interval=TICK_MS),
        ]
    )


def is_over(job: JobView) -> bool:
    """Say whether nothing more will happen to a job."""
    return job.state not in {JobState.QUEUED, JobState.RUNNING}


def job_bar(job: JobView) -> list[Component]:
    """Draw a job: state, what it is at, bar, and the stop button while it can be stopped."""
    head: list[Component] = [status(LOOKS[job.state])]
    if job.progress_note:
        head.append(html.Span(job.progress_note, className="t2 el"))
    head.append(html.Span(className="sp"))
    if not is_over(job):
        head.append(html.Span(fmt.percent(job.progress, 0), className="num t2"))
        head.append(_stop(job))
    drawn: list[Component] = [html.Div(head, className="row-x")]
    if not is_over(job):
        drawn.append(_bar(job))
    if job.error:
        drawn.append(
            html.P([icon("x-octagon-fill", Tone.CRIT), " ", job.error], className="c-crit sm")
        )
    return drawn


def _bar(job: JobView) -> Component:
    # Without a share yet the browser shows that something goes on, not how far it is.
    share = optional(value=str(job.progress) if job.progress else None)
    return html.Progress(max="1", **share, **aria(label=job.progress_note or "Progress"))


def _stop(job: JobView) -> Component:
    if job.cancel_requested:
        return html.Span("Stopping", className="t2 sm")
    return button("Stop", id=cancel_id(str(job.id)), kind="ghost", size="sm", icon="stop-circle")
