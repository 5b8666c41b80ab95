"""Changing the common rule: a dialog, filled from the version that stands, makes the next."""

from datetime import timedelta
from typing import Any

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_common
from backend.telemetry.common_rules import Numbers
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, common, ids

_FIELDS = {
    "storm_units": ids.COMMON_UNITS,
    "storm_within_min": ids.COMMON_WITHIN,
    "stable_min": ids.COMMON_STABLE,
    "longest_snooze_min": ids.COMMON_SNOOZE,
    "reason": ids.COMMON_REASON,
}


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_common(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def ask(_presses: list[int | None]) -> None:
    """Fill the dialog from the rule as it stands now and open it."""
    if not ctx.triggered[0]["value"]:
        return
    with reading() as session:
        standing = alarm_common.common_rule(session)
    set_props(ids.COMMON_WHICH, {"data": standing.version})
    for field, props in common.filled(standing.numbers).items():
        set_props(field, props)
    acting.open_dialog(ids.COMMON_DIALOG)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.COMMON_PROBLEMS, "children"),
    Input(ids.COMMON_SEND, "n_clicks"),
    State(ids.COMMON_WHICH, "data"),
    State(ids.COMMON_UNITS, "value"),
    State(ids.COMMON_WITHIN, "value"),
    State(ids.COMMON_STABLE, "value"),
    State(ids.COMMON_SNOOZE, "value"),
    State(ids.COMMON_REASON, "value"),
    prevent_initial_call=True,
)
def change(  # noqa: PLR0917 -- the fields of the dialog
    presses: int | None,
    version: int,
    units: str | None,
    within: str | None,
    stable: str | None,
    snooze: str | None,
    reason: str | None,
) -> Any:
    """Make the next version of the common rule, or say in the dialog why not."""
    numbers = Numbers(
        storm_units=acting.whole(units),
        storm_within=timedelta(minutes=acting.whole(within)),
        stable_for=timedelta(minutes=acting.whole(stable)),
        longest_snooze=timedelta(minutes=acting.whole(snooze)),
    )

    def act(session: WriteSession, principal: Principal) -> str:
        made = alarm_common.change_common_rule(
            session, principal, version=version, numbers=numbers, reason=reason or ""
        )
        return f"Version {made} of the common rule is in force"

    return acting.done(presses, act, ids.COMMON_DIALOG, _FIELDS)
