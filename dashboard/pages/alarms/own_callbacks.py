"""Rules of one sensor or unit: the dialog is filled from what holds there, and taking one back."""

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_overrides
from backend.telemetry.alarm_overrides import Origin, SensorRules
from backend.telemetry.errors import RuleNotFound
from backend.telemetry.ids import AlarmKind, SensorId
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, ids, own_rules, rule_callbacks, words
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_own(ALL, ALL), "n_clicks"),
    State(ids.SHOWN, "data"),
    prevent_initial_call=True,
)
def ask(_presses: list[int | None], shown: dict[str, str]) -> None:
    """Fill the dialog of a rule from what holds for the sensor now, and open it."""
    if not ctx.triggered[0]["value"]:
        return
    pressed = ctx.triggered_id
    found, scope = _rules(shown), Origin(pressed["scope"])
    rule = next((each for each in found.rules if each.version.terms.key == pressed["rule"]), None)
    if rule is None:
        raise RuleNotFound("This rule does not hold any more. Load the page again.")
    which = {
        "key": pressed["rule"],
        "version": rule.version.terms.version,
        "sensor": str(found.sensor_id),
        "scope": scope.value,
    }
    rule_callbacks.fill(rule.version, which, own_rules.what(rule, scope, found))


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_back(ALL, ALL), "n_clicks"),
    State(ids.SHOWN, "data"),
    prevent_initial_call=True,
)
def ask_back(_presses: list[int | None], shown: dict[str, str]) -> None:
    """Fill and open the dialog that takes back the rules of a kind."""
    if not ctx.triggered[0]["value"]:
        return
    pressed, found = ctx.triggered_id, _rules(shown)
    kind, scope = AlarmKind(pressed["kind"].partition(".")[0]), Origin(pressed["scope"])
    whose = found.code if scope is Origin.SENSOR else found.unit_label
    which = {"sensor": str(found.sensor_id), "kind": kind.value, "scope": scope.value}
    said = f"All rules “{words.KIND_NAMES[kind].lower()}” of {whose} go; their versions stay."
    set_props(ids.OWN_WHICH, {"data": which})
    set_props(ids.OWN_WHAT, {"children": said})
    set_props(ids.OWN_REASON, {"value": ""})
    set_props(ids.OWN_PROBLEMS, {"children": []})
    acting.open_dialog(ids.OWN_DIALOG)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.OWN_PROBLEMS, "children"),
    Input(ids.OWN_SEND, "n_clicks"),
    State(ids.OWN_WHICH, "data"),
    State(ids.OWN_REASON, "value"),
    prevent_initial_call=True,
)
def take_back(presses: int | None, which: dict[str, str], reason: str | None) -> Any:
    """Take back the rules of a kind, or say in the dialog why not."""

    def act(session: WriteSession, principal: Principal) -> str:
        alarm_overrides.take_back(
            session,
            principal,
            sensor_id=SensorId(UUID(which["sensor"])),
            scope=Origin(which["scope"]),
            kind=AlarmKind(which["kind"]),
            reason=reason or "",
        )
        return "The wider rule holds again"

    return acting.done(presses, act, ids.OWN_DIALOG, {"reason": ids.OWN_REASON})


def _rules(shown: dict[str, str]) -> SensorRules:
    with reading() as session:
        return alarm_overrides.rules_of_sensor(
            session, current_principal(), SensorId(UUID(shown["sensor"]))
        )
