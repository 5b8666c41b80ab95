"""Follow a job on any page that shows its bar (components/job_progress.py)."""

from typing import Any
from uuid import UUID

from dash import MATCH, Input, Output, State, no_update

from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.work import queries, service
from backend.work.ids import JobId
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.job_progress import bar_id, cancel_id, is_over, job_bar, tick_id
from dashboard.session import current_principal


# Everybody may look at jobs of their own; whose a job is, the query decides.
@page_callback(
    Permission.ACCOUNT_SELF,
    Output(bar_id(MATCH), "children"),
    Output(tick_id(MATCH), "disabled"),
    Input(tick_id(MATCH), "n_intervals"),
    Input(shell_ids.live("work"), "data"),
    State(bar_id(MATCH), "id"),
)
def show_job(_tick: int | None, _version: int | None, bar: dict[str, str]) -> tuple[Any, bool]:
    """Draw the job as it is now and stop asking when it is over."""
    with reading() as session:
        job = queries.get_job(session, current_principal(), JobId(UUID(bar["job"])))
    return job_bar(job), is_over(job)


@page_callback(
    Permission.ACCOUNT_SELF,
    Output(cancel_id(MATCH), "disabled"),
    Input(cancel_id(MATCH), "n_clicks"),
    State(cancel_id(MATCH), "id"),
    prevent_initial_call=True,
)
def stop_job(presses: int | None, pressed: dict[str, str]) -> Any:
    """Ask the job to stop; its worker does so when it next looks up."""
    if not presses:
        return no_update
    with writing() as session:
        service.request_cancel(session, current_principal(), job_id=JobId(UUID(pressed["job"])))
    return True
