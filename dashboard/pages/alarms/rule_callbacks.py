"""Changing a rule of alarms from its row."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.telemetry import alarm_overrides, alarm_rules
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms, RuleVersion
from backend.telemetry.errors import RuleRefused
from backend.telemetry.ids import SensorId
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, ids, rules, words
from dashboard.session import current_principal

_FIELDS = {
    "limit": ids.RULE_LIMIT,
    "delay": ids.RULE_DELAY,
    "deadband": ids.RULE_DEADBAND,
    "reason": ids.RULE_REASON,
}
_FARTHEST = 1_000_000
_NUMBERS = {"limit": "Limit", "delay": "Delay", "deadband": "Deadband"}


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
    State(ids.RULE_ACTIVE, "value"),
    State(ids.RULE_REASON, "value"),
    prevent_initial_call=True,
)
def change(presses: int | None, which: dict[str, Any], *typed: Any) -> Any:
    """Make the next version of the rule, or say in the dialog by field why not."""
    *numbers, is_active, reason = typed

    def act(session: WriteSession, principal: Principal) -> str:
        given = _numbers(dict(zip(_NUMBERS, numbers, strict=True)))
        terms = NewTerms(
            limit=given["limit"],
            delay=timedelta(minutes=given["delay"]),
            deadband=given["deadband"],
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
        return alarm_rules.change_rule(
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


def _numbers(typed: dict[str, str | None]) -> dict[str, float]:
    """Return what was typed as numbers, with a comma or a true minus too."""
    found, faults = dict[str, float](), dict[str, str]()
    for name, text in typed.items():
        number = _number(text)
        if number is None:
            faults[name] = f"{_NUMBERS[name]} must be a number, such as 15 or −65.5."
        else:
            found[name] = number
    if faults:
        raise RuleRefused("The rule cannot be changed like this yet.", fields=faults)
    return found


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip().replace(",", ".").replace(fmt.MINUS, "-"))
    except ValueError:
        return None
    # Beyond it no length of time can be counted.
    return number if abs(number) <= _FARTHEST else None
