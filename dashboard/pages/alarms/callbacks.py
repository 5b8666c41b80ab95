"""Alarms: redrawn by what is told and by the clock; acknowledged and snoozed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, set_props
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_common, queries, service
from backend.telemetry.common_rules import A_MINUTE
from backend.telemetry.errors import NoOpenAlarm
from backend.telemetry.ids import AlarmId, SensorId
from backend.telemetry.views import UnitAlarm
from dashboard.callbacks import page_callback
from dashboard.components.form_field import help_id
from dashboard.components.tabs import tab_links
from dashboard.pages.alarms import acting, ids, layout, open_alarms
from dashboard.session import current_principal
from dashboard.shell_ids import PAGE_TABS, live

dash.clientside_callback(
    dash.ClientsideFunction("sample", "open"),
    Output(ids.OPEN_SINK, "data"),
    Input(ids.OPEN, "data"),
    prevent_initial_call=True,
)
dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.BODY, "children"),
    Input(live("telemetry"), "data"),
    Input(ids.TICK, "n_intervals"),
    Input(ids.CHANGED, "data"),
    State(ids.SHOWN, "data"),
    prevent_initial_call=True,
)
def show_newest(*moved: Any) -> list[Component]:
    """Draw the view of the address, and how many alarms are open, as the rows say now."""
    principal, shown = current_principal(), moved[-1]
    with reading() as session:
        drawn = layout.body(session, principal, **shown)
        counted = len(queries.open_alarms(session, principal, with_held=True))
    set_props(PAGE_TABS, {"children": tab_links(layout.tabs(counted, shown["show"]))})
    return drawn


@page_callback(
    Permission.STORAGE_VIEW,
    Input(ids.ask_acknowledge(ALL), "n_clicks"),
    Input(ids.ask_snooze(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def ask(_acknowledges: list[int | None], _snoozes: list[int | None]) -> None:
    """Fill the dialog of the button that was pressed and open it."""
    if not ctx.triggered[0]["value"]:
        return
    pressed = ctx.triggered_id
    alarm = _alarm(pressed["alarm"])
    which = {"sensor": str(alarm.sensor_id), "alarm": str(alarm.alarm_id)}
    facts = open_alarms.facts(alarm, clock.utc_now())
    if pressed["type"] == ids.ask_acknowledge("")["type"]:
        set_props(ids.ACK_WHICH, {"data": which})
        set_props(ids.ACK_WHAT, {"children": facts})
        set_props(ids.ACK_PROBLEMS, {"children": []})
        set_props(ids.ACK_REASON, {"value": ""})
        acting.open_dialog(ids.ACK_DIALOG)
        return
    set_props(ids.SNOOZE_WHICH, {"data": which})
    set_props(ids.SNOOZE_WHAT, {"children": facts})
    set_props(help_id(ids.SNOOZE_MINUTES), {"children": _how_long()})
    set_props(ids.SNOOZE_PROBLEMS, {"children": []})
    set_props(ids.SNOOZE_REASON, {"value": ""})
    acting.open_dialog(ids.SNOOZE_DIALOG)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.ACK_PROBLEMS, "children"),
    Input(ids.ACK_SEND, "n_clicks"),
    State(ids.ACK_WHICH, "data"),
    State(ids.ACK_REASON, "value"),
    prevent_initial_call=True,
)
def acknowledge(presses: int | None, which: dict[str, str], reason: str | None) -> Any:
    """Acknowledge one alarm, or say in the dialog why not."""

    def act(session: WriteSession, principal: Principal) -> str:
        service.acknowledge(
            session,
            principal,
            sensor_id=SensorId(UUID(which["sensor"])),
            alarm_id=AlarmId(UUID(which["alarm"])),
            reason=reason or "",
        )
        return "The alarm is acknowledged."

    return acting.done(presses, act, ids.ACK_DIALOG, {"reason": ids.ACK_REASON})


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.SNOOZE_PROBLEMS, "children"),
    Input(ids.SNOOZE_SEND, "n_clicks"),
    State(ids.SNOOZE_WHICH, "data"),
    State(ids.SNOOZE_MINUTES, "value"),
    State(ids.SNOOZE_REASON, "value"),
    prevent_initial_call=True,
)
def snooze(
    presses: int | None, which: dict[str, str], minutes: str | None, reason: str | None
) -> Any:
    """Let the ladder of one alarm wait, or say in the dialog why not."""

    def act(session: WriteSession, principal: Principal) -> str:
        asked = acting.whole(minutes)
        service.snooze(
            session,
            principal,
            sensor_id=SensorId(UUID(which["sensor"])),
            alarm_id=AlarmId(UUID(which["alarm"])),
            lasting=timedelta(minutes=asked),
            reason=reason or "",
        )
        return f"Nobody further is told for {asked} min."

    fields = {"minutes": ids.SNOOZE_MINUTES, "reason": ids.SNOOZE_REASON}
    return acting.done(presses, act, ids.SNOOZE_DIALOG, fields)


def _how_long() -> str:
    with reading() as session:
        longest = alarm_common.common_rule(session).numbers.longest_snooze
    return f"1 to {longest // A_MINUTE}. Then the next people are told where the ladder stood."


def _alarm(which: str) -> UnitAlarm:
    with reading() as session:
        found = queries.open_alarms(session, current_principal(), with_held=True)
    alarm = next((each for each in found if str(each.alarm_id) == which), None)
    if alarm is None:
        raise NoOpenAlarm("This alarm is over. There is nothing to do.")
    return alarm
