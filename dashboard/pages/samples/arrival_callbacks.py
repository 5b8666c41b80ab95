"""Callbacks of the fields that say how a sample arrived, and of the dialog that corrects it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import MATCH, Input, Output, State
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service
from backend.samples.ids import SampleId
from dashboard.callbacks import page_callback
from dashboard.components import witness_fields
from dashboard.pages.samples import detail_ids, ids
from dashboard.pages.samples.arrival_fields import found_arrival, hold_notice, is_taken, settled
from dashboard.pages.samples.detail_acting import Done, carried_out


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("conditions", MATCH), "value"),
    Output(ids.arrival("says", MATCH), "children"),
    Input(ids.arrival("conditions", MATCH), "value"),
    prevent_initial_call=True,
)
def show_holds(ticked: Sequence[str] | None) -> tuple[list[str], list[Component]]:
    """Say which holds follow; Good goes when something else is ticked, and the other way round."""
    left = settled(ticked or [])
    return left, hold_notice(left)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("box", "one"), "hidden"),
    Input(detail_ids.STEP, "value"),
    prevent_initial_call=True,
)
def show_fields(action: str | None) -> bool:
    """Show the fields at the step at which a sample arrives."""
    return not is_taken(action)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("box", "many"), "hidden"),
    Output(witness_fields.box_id(ids.STATUS_DIALOG), "hidden"),
    Input(ids.STATUS_ACTION, "value"),
    prevent_initial_call=True,
)
def show_fields_of_many(action: str | None) -> tuple[bool, bool]:
    """Show the fields at the step at which samples arrive, and at the one that takes a witness."""
    return not is_taken(action), action != "dispose"


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.arrival("conditions", "fix"), "value", allow_duplicate=True),
    Output(ids.arrival("temperature", "fix"), "value"),
    Output(ids.arrival("note", "fix"), "value"),
    Input(detail_ids.ARRIVAL_WRITTEN, "data"),
    prevent_initial_call=True,
)
def start_correction(written: Mapping[str, Any]) -> tuple[Any, ...]:
    """Start from what is written of its arrival now."""
    return written["conditions"], written["temperature"], written["note"]


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(detail_ids.ARRIVAL_PROBLEMS, "children"),
    Output(detail_ids.CLOSE, "data", allow_duplicate=True),
    Output(detail_ids.ARRIVAL_REASON, "value"),
    Input(detail_ids.ARRIVAL_SEND, "n_clicks"),
    State(ids.arrival("conditions", "fix"), "value"),
    State(ids.arrival("temperature", "fix"), "value"),
    State(ids.arrival("note", "fix"), "value"),
    State(detail_ids.ARRIVAL_REASON, "value"),
    State(detail_ids.WHICH, "data"),
    prevent_initial_call=True,
)
def correct_arrival(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Correct or add how it arrived; what was written stays readable beside it."""
    *found, why, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        service.correct_arrival(
            session, principal, sample_id=key, arrival=found_arrival(*found), reason=why or ""
        )
        return f"How {which['barcode']} arrived is written down"

    return carried_out(
        presses, which, act, detail_ids.ARRIVAL_DIALOG, detail_ids.ARRIVAL_REASON, [""]
    )
