"""Adding a rule of alarms to a class of units, and retiring one from its row."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_rules, rule_making
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, UnitClass
from backend.telemetry.rule_making import NewRule
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, ids, words
from dashboard.pages.alarms.rule_numbers import numbers
from dashboard.session import current_principal

_FIELDS = {
    "limit": ids.NEW_LIMIT,
    "unit_class": ids.NEW_CLASS,
    "measure": ids.NEW_MEASURE,
    "kind": ids.NEW_KIND,
    "severity": ids.NEW_SEVERITY,
    "delay": ids.NEW_DELAY,
    "deadband": ids.NEW_DEADBAND,
    "window": ids.NEW_WINDOW,
    "reason": ids.NEW_REASON,
}


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.NEW_PROBLEMS, "children"),
    Input(ids.NEW_SEND, "n_clicks"),
    State(ids.NEW_CLASS, "value"),
    State(ids.NEW_MEASURE, "value"),
    State(ids.NEW_KIND, "value"),
    State(ids.NEW_SEVERITY, "value"),
    State(ids.NEW_LIMIT, "value"),
    State(ids.NEW_DELAY, "value"),
    State(ids.NEW_DEADBAND, "value"),
    State(ids.NEW_WINDOW, "value"),
    State(ids.NEW_REASON, "value"),
    prevent_initial_call=True,
)
def add(presses: int | None, *typed: Any) -> Any:
    """Add the rule, or say in the dialog by field why not."""
    unit_class, measure, kind, severity, *written, reason = typed

    def act(session: WriteSession, principal: Principal) -> str:
        given = numbers(*written)
        rule_making.add_rule(
            session,
            principal,
            rule=NewRule(
                unit_class=UnitClass(unit_class),
                measure=Measure(measure),
                kind=AlarmKind(kind),
                severity=AlarmSeverity(severity),
                limit=given.limit,
                delay=given.delay,
                deadband=given.deadband,
                window=given.window,
            ),
            reason=reason or "",
        )
        return "The rule is in force"

    return acting.done(presses, act, ids.NEW_DIALOG, _FIELDS)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_retire(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def ask_retire(_presses: list[int | None]) -> None:
    """Fill and open the dialog that retires the rule whose button was pressed."""
    if not ctx.triggered[0]["value"]:
        return
    key = ctx.triggered_id["rule"]
    with reading() as session:
        terms = alarm_rules.list_versions(session, current_principal(), key)[0].terms
    set_props(ids.RETIRE_WHICH, {"data": {"key": key, "version": terms.version}})
    set_props(ids.RETIRE_WHAT, {"children": f"{words.rule_name(terms)}. Its versions stay."})
    set_props(ids.RETIRE_REASON, {"value": ""})
    set_props(ids.RETIRE_PROBLEMS, {"children": []})
    acting.open_dialog(ids.RETIRE_DIALOG)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.RETIRE_PROBLEMS, "children"),
    Input(ids.RETIRE_SEND, "n_clicks"),
    State(ids.RETIRE_WHICH, "data"),
    State(ids.RETIRE_REASON, "value"),
    prevent_initial_call=True,
)
def retire(presses: int | None, which: dict[str, Any], reason: str | None) -> Any:
    """Retire the rule, or say in the dialog why not."""

    def act(session: WriteSession, principal: Principal) -> str:
        rule_making.retire_rule(
            session,
            principal,
            key=which["key"],
            version=which["version"],
            reason=reason or "",
        )
        return "The rule is retired"

    return acting.done(presses, act, ids.RETIRE_DIALOG, {"reason": ids.RETIRE_REASON})
