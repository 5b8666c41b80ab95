"""Changing a rule of alarms from its row."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_overrides, alarm_rules, rule_making
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms, RuleVersion
from backend.telemetry.ids import AlarmSeverity, SensorId
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, ids, rules, words
from dashboard.pages.alarms.rule_numbers import numbers
from dashboard.session import current_principal

_FIELDS = {
    "limit": ids.RULE_LIMIT,
    "delay": ids.RULE_DELAY,
    "deadband": ids.RULE_DEADBAND,
    "window": ids.RULE_WINDOW,
    "severity": ids.RULE_SEVERITY,
    "kind": ids.RULE_LIMIT,
    "reason": ids.RULE_REASON,
}


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_change(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def ask(_presses: list[int | None]) -> None:
    """Fill the dialog from the rule whose button was pressed, as it stands now, and open it."""
    if not ctx.triggered[0]["value"]:
        return
    key = ctx.triggered_id["rule"]
    with reading() as session:
        version = alarm_rules.list_versions(session, current_principal(), key)[0]
    fill(version, {"key": key, "version": version.terms.version}, rules.what(version))


def fill(version: RuleVersion, which: dict[str, Any], what: str) -> None:
    """Fill the dialog from a rule as it stands and open it; ``which`` is what it will change."""
    terms = version.terms
    set_props(ids.RULE_WHICH, {"data": which})
    set_props(ids.RULE_WHAT, {"children": what})
    set_props(ids.RULE_LIMIT, {"value": words.typed(terms.limit)})
    set_props(ids.RULE_DELAY, {"value": words.typed(terms.delay / timedelta(minutes=1))})
    set_props(ids.RULE_DEADBAND, {"value": words.typed(terms.deadband)})
    over = "" if terms.window is None else words.typed(terms.window / timedelta(minutes=1))
    set_props(ids.RULE_WINDOW, {"value": over})
    set_props(ids.RULE_SEVERITY, {"value": terms.severity.value})
    set_props(ids.RULE_ACTIVE, {"value": terms.is_active})
    set_props(ids.RULE_REASON, {"value": ""})
    set_props(ids.RULE_PROBLEMS, {"children": []})
    acting.open_dialog(ids.RULE_DIALOG)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.RULE_PROBLEMS, "children"),
    Input(ids.RULE_SEND, "n_clicks"),
    State(ids.RULE_WHICH, "data"),
    State(ids.RULE_LIMIT, "value"),
    State(ids.RULE_DELAY, "value"),
    State(ids.RULE_DEADBAND, "value"),
    State(ids.RULE_WINDOW, "value"),
    State(ids.RULE_SEVERITY, "value"),
    State(ids.RULE_ACTIVE, "value"),
    State(ids.RULE_REASON, "value"),
    prevent_initial_call=True,
)
def change(presses: int | None, which: dict[str, Any], *typed: Any) -> Any:
    """Make the next version of the rule, or say in the dialog by field why not."""
    *written, severity, is_active, reason = typed

    def act(session: WriteSession, principal: Principal) -> str:
        given = numbers(*written)
        terms = NewTerms(
            limit=given.limit,
            delay=given.delay,
            deadband=given.deadband,
            window=given.window,
            severity=AlarmSeverity(severity),
            is_active=bool(is_active),
        )
        made = _make(session, principal, which, terms, reason or "")
        return f"Version {made} of the rule is in force"

    return acting.done(presses, act, ids.RULE_DIALOG, _FIELDS)


def _make(
    session: WriteSession,
    principal: Principal,
    which: dict[str, Any],
    terms: NewTerms,
    reason: str,
) -> int:
    if "sensor" not in which:
        return rule_making.change_rule(
            session,
            principal,
            key=which["key"],
            version=which["version"],
            terms=terms,
            reason=reason,
        )
    return alarm_overrides.set_own_rule(
        session,
        principal,
        sensor_id=SensorId(UUID(which["sensor"])),
        scope=Origin(which["scope"]),
        key=which["key"],
        version=which["version"],
        terms=terms,
        reason=reason,
    )
