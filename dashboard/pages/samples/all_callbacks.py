"""Everything that matches the view, selected as one stored query, and what became of an act."""

from typing import Any
from uuid import UUID

from dash import MATCH, Input, Output, State, html, no_update
from dash.development.base_component import Component

from backend.auth.views import Locked, Refused
from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import bulk_acts, service, stored_queries
from backend.samples.ids import DisposalId, SampleId
from backend.samples.schemas import BulkInput, DisposalWitness
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.job_progress import job_progress, tick_id
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.samples import ids
from dashboard.pages.samples.address import filters_of, parse_search
from dashboard.pages.samples.outcomes import act_outcome
from dashboard.session import current_principal

Query = dict[str, Any] | None


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.QUERY, "data", allow_duplicate=True),
    Output(ids.BULK_COUNT, "children", allow_duplicate=True),
    Output(ids.SELECTED_TOTAL, "children", allow_duplicate=True),
    Output(ids.BULK, "className", allow_duplicate=True),
    Input(ids.BULK_ALL, "n_clicks"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def select_all(presses: int | None, search: str | None) -> tuple[Any, ...]:
    """Select everything that matches the view now, whether the grid has read it or not."""
    if not presses:
        return (no_update,) * 4
    address = parse_search(search)
    filters = filters_of(address.pairs, lab_zone())
    try:
        with writing() as session:
            kept = service.store_query(
                session, current_principal(), filters=filters, order=address.order
            )
    except InvalidInput as refusal:
        toast(refusal.message, tone=Tone.WARN)
        return (no_update,) * 4
    said = f"All {fmt.count(kept.total)} matching selected"
    return {"id": str(kept.id), "total": kept.total}, said, "", "bulk is-all"


# Drawn once its job's bar has said that the job is over: its ticker is switched off then.
@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.act_outcome(MATCH), "children"),
    Input(tick_id(MATCH), "disabled"),
    State(ids.act_outcome(MATCH), "id"),
    prevent_initial_call=True,
)
def show_act(is_over: bool | None, place: dict[str, str]) -> Any:  # noqa: FBT001 -- Dash's own
    """Say what became of every sample of an act once its worker is done or was stopped."""
    if not is_over:
        return no_update
    with reading() as session:
        view = bulk_acts.get_act(session, current_principal(), job_id=UUID(place["job"]))
    return act_outcome(view)


def act_on_all(
    query: dict[str, Any], act: BulkInput, second: DisposalWitness | None = None
) -> Component | Refused | Locked:
    """Ask a worker for an act with everything that is selected, and draw its progress.

    Where a second person signs, that is done and checked before.
    """
    principal, query_id = current_principal(), UUID(query["id"])
    with writing() as session:
        signed = None if second is None else _signed(session, query_id, act.reason, second)
        if isinstance(signed, (Refused, Locked)):
            return signed
        job_id = service.request_act(
            session, principal, query_id=query_id, act=act, disposal_id=signed
        )
    return html.Div([job_progress(job_id), html.Div(id=ids.act_outcome(str(job_id)))])


def all_of(session: WriteSession, query: dict[str, Any], *, most: int) -> list[SampleId]:
    """Return the keys of everything that is selected, up to ``most``."""
    return stored_queries.samples_of(session, current_principal(), UUID(query["id"]), most=most)


def _signed(
    session: WriteSession, query_id: UUID, reason: str, second: DisposalWitness
) -> DisposalId | Refused | Locked:
    principal = current_principal()
    named = stored_queries.named_by(session, principal, query_id)
    return service.sign_disposal(
        session, principal, sample_ids=named, reason=reason, witness=second
    )
