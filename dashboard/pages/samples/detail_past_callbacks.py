"""Going to a sample's record at a past time."""

from typing import Any

from dash import Input, Output, State, no_update, set_props

from backend.core import clock
from backend.core.principal import Permission
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.laboratory import lab_zone
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.past_address import (
    end_of_minute,
    parse_asof,
    past_search,
    sample_href,
)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.PAST_PROBLEM, "children"),
    Input(ids.PAST_SHOW, "n_clicks"),
    State(ids.PAST_WHEN, "value"),
    State(ids.PAST_WHICH, "data"),
    prevent_initial_call=True,
)
def show_past(presses: int | None, typed: str | None, barcode: str) -> Any:
    """Go to the address of the record then: it can be sent to a colleague."""
    if not presses:
        return no_update
    zone, now = lab_zone(), clock.utc_now()
    at = parse_asof(typed or "", zone)
    if at is None:
        return "Choose date and time."
    if at > now:
        return "This time is still to come. Choose one that has passed."
    search = past_search(end_of_minute(at, now), zone)
    set_props(shell_ids.URL, {"pathname": sample_href(barcode), "search": search})
    return ""
