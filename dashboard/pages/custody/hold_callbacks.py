"""Putting on hold what came damaged or not at all: from a shipment and from a parcel alike."""

from typing import Any

import dash
from dash import Input, Output, State, no_update, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.ids import HoldKind
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.pages.custody import parcel_ids as ids
from dashboard.pages.custody.acting import done

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.HOLD_CLOSE_SINK, "data"),
    Input(ids.HOLD_CLOSE, "data"),
    prevent_initial_call=True,
)
dash.clientside_callback(
    dash.ClientsideFunction("sample", "open"),
    Output(ids.HOLD_OPEN_SINK, "data"),
    Input(ids.HOLD_OPEN, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.HOLD_PROBLEMS, "children"),
    Output(ids.HOLD_CLOSE, "data"),
    Input(ids.HOLD_SEND, "n_clicks"),
    State(ids.HOLD_WHICH, "data"),
    State(ids.HOLD_KIND, "value"),
    State(ids.HOLD_REASON, "value"),
    State(ids.HOLD_TELLS, "data"),
    prevent_initial_call=True,
)
def put_on_hold(
    presses: int | None, which: list[str], kind: str, *given: str | None
) -> tuple[Any, ...]:
    """Put the samples on hold; those on it already stay as they are and are named."""
    reason, tells = given

    def act(session: WriteSession, principal: Principal) -> str:
        keys = [samples_queries.sample_id_of(session, principal, code) for code in which]
        outcomes = samples_service.hold_samples(
            session, principal, sample_ids=keys, kind=HoldKind(kind), reason=reason or ""
        )
        refused = [" ".join(each.reasons) for each in outcomes if each.reasons]
        return " ".join(refused) or f"{fmt.plural(len(keys), 'sample is', 'samples are')} on hold"

    problems, closed, changed = done(presses, act, ids.HOLD_DIALOG, ids.HOLD_REASON)
    if changed is not no_update and tells:
        set_props(tells, {"data": changed})
    return problems, closed
