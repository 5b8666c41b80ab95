"""Maintenance started and ended, and the ladder tried out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.telemetry import alarm_ladder, maintenance
from backend.telemetry.errors import WindowRefused
from backend.telemetry.ids import WindowId
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.alarms import acting, ids
from dashboard.pages.register.receiving import local_instant
from dashboard.session import current_principal

_FIELDS = {
    "units": ids.WINDOW_UNITS,
    "starts_at": ids.WINDOW_FROM,
    "ends_at": ids.WINDOW_UNTIL,
    "reason": ids.WINDOW_REASON,
}


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.WINDOW_PROBLEMS, "children"),
    Input(ids.WINDOW_SEND, "n_clicks"),
    State(ids.WINDOW_UNITS, "value"),
    State(ids.WINDOW_FROM, "value"),
    State(ids.WINDOW_UNTIL, "value"),
    State(ids.WINDOW_REASON, "value"),
    prevent_initial_call=True,
)
def start(presses: int | None, units: list[str] | None, *typed: str | None) -> Any:
    """Start a maintenance, or say in the dialog by field why not."""
    begin, end, reason = typed

    def act(session: WriteSession, principal: Principal) -> str:
        starts_at, ends_at = _instants(begin, end)
        maintenance.start_window(
            session,
            principal,
            unit_ids=[UUID(each) for each in units or []],
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason or "",
        )
        counted = fmt.plural(len(units or []), "unit is", "units are")
        when = "in maintenance" if starts_at <= clock.utc_now() else "planned for maintenance"
        return f"{counted} {when}"

    return acting.done(presses, act, ids.WINDOW_DIALOG, _FIELDS)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.end_window(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def end(_presses: list[int | None]) -> None:
    """End the maintenance whose button was pressed."""
    if not ctx.triggered[0]["value"]:
        return
    key = WindowId(UUID(ctx.triggered_id["window"]))
    with writing() as session:
        maintenance.end_window(session, current_principal(), key)
    toast("The maintenance has ended. What is out of range is told by the next check.")
    set_props(ids.CHANGED, {"data": str(new_id())})


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.TEST_SEND, "n_clicks"),
    prevent_initial_call=True,
)
def send_test(presses: int | None) -> None:
    """Send a test down the ladder."""
    if not presses:
        return
    with writing() as session:
        steps = alarm_ladder.send_test(session, current_principal())
    toast(f"A test was sent to {fmt.plural(steps, 'step', 'steps')} of the ladder.")
    set_props(ids.CHANGED, {"data": str(new_id())})


def _instants(begin: str | None, end: str | None) -> tuple[datetime, datetime]:
    starts_at, ends_at = _instant(begin), _instant(end)
    if starts_at is not None and ends_at is not None:
        return starts_at, ends_at
    faults = {}
    if starts_at is None:
        faults["starts_at"] = "Write the start as date and time."
    if ends_at is None:
        faults["ends_at"] = "Write the end as date and time."
    raise WindowRefused("The maintenance cannot be set like this yet.", fields=faults)


def _instant(text: str | None) -> datetime | None:
    try:
        return local_instant(text)
    except InvalidInput:
        return None
