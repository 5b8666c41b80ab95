"""The rules that hold for one sensor, from where each comes, and the dialog that takes one back."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry import alarm_rules
from backend.telemetry.alarm_overrides import Origin, RuleInForce, SensorRules
from backend.telemetry.kinds import KINDS
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary
from dashboard.components.panel import panel
from dashboard.components.status import SEVERITY_LOOKS, status
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.alarms import ids, words
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.alarms.rules import state
from dashboard.pages.custody.acting import answers

_HEADS = (
    ("Alarm", ""),
    ("Severity", ""),
    ("Limit", "n"),
    ("Delay", "n"),
    ("Deadband", "n"),
    ("State", ""),
    ("In force from", ""),
)
_ACTS: Final[Mapping[Origin, tuple[tuple[Origin, str], ...]]] = {
    Origin.SENSOR: ((Origin.SENSOR, "Change"),),
    Origin.UNIT: ((Origin.UNIT, "Change"), (Origin.SENSOR, "Own for the sensor")),
    Origin.CONNECTED: ((Origin.SENSOR, "Own for the sensor"), (Origin.UNIT, "Own for the unit")),
    Origin.HOUSE: ((Origin.SENSOR, "Own for the sensor"), (Origin.UNIT, "Own for the unit")),
}


def drawn(found: SensorRules, *, zone: ZoneInfo, may_change: bool) -> Component:
    """Draw the rules of a sensor as they hold now, each with from where it comes."""
    name = f"Rules of {found.code}"
    heads = (*_HEADS, ("Act", "n")) if may_change else _HEADS
    rows = [_row(each, zone, may_change=may_change) for each in found.rules]
    said = (
        "A rule of the sensor goes before one of its unit, that before the limits with which it "
        "was connected, and those before the house rule. Whoever sets one keeps the others of its "
        "kind as they are."
    )
    return panel(
        name,
        html.P(said, className="t2 rl-said"),
        table(name, heads, rows),
        meta=f"{found.unit_label}, {KINDS[found.kind].label.lower()}",
        aside=html.A("Close", href="/alarms?show=rules"),
        class_name="ad-p al-p al-own",
    )


def no_sensor() -> Component:
    """Say that the address names no sensor."""
    return empty_state("No such sensor", "Choose one in the list of sensors.", icon="search")


def draw() -> list[Component]:
    """Draw the dialog that takes back the rules of a kind; a press in a row fills and opens it."""
    return [
        dcc.Store(id=ids.OWN_WHICH),
        dialog(
            ids.OWN_DIALOG,
            "Take back the rule",
            error_summary({}, id=ids.OWN_PROBLEMS),
            html.P("", id=ids.OWN_WHAT, className="t2 said"),
            reason_field(
                ids.OWN_REASON,
                "Why it is taken back",
                "Kept with your name beside its versions. The wider rule holds from the next "
                "check on.",
            ),
            answers("Keep it", "Take it back", ids.OWN_SEND),
        ),
    ]


def what(rule: RuleInForce, scope: Origin, found: SensorRules) -> str:
    """Say what the dialog for a rule makes, from what holds now."""
    terms = rule.version.terms
    unit = alarm_rules.unit_of(terms)
    whose = found.code if scope is Origin.SENSOR else f"every sensor of {found.unit_label}"
    measured = f" The limit is in {unit}." if unit else ""
    kind = words.KIND_NAMES[terms.kind].lower()
    return f"For {whose}: {kind}, {terms.severity.value}.{measured} {words.origin(rule)} until now."


def _row(rule: RuleInForce, zone: ZoneInfo, *, may_change: bool) -> list[Component]:
    terms = rule.version.terms
    unit = alarm_rules.unit_of(terms)
    from_where: Component | str = words.origin(rule)
    if rule.origin is not Origin.CONNECTED:
        from_where = html.A(from_where, href=f"/alarms?show=rules&rule={terms.key}")
    since = ""
    if rule.version.set_at is not None:
        when = fmt.moment(rule.version.set_at, zone)
        since = f"since {when}, by {rule.version.set_by_name}"
    cells: list[Component] = [
        html.Td(words.KIND_NAMES[terms.kind]),
        html.Td(status(SEVERITY_LOOKS[terms.severity.value])),
        html.Td(words.rule_limit(terms, unit), className="n md"),
        html.Td(words.minutes(terms.delay), className="n"),
        html.Td(words.rule_deadband(terms, unit), className="n"),
        html.Td(status(state(terms))),
        html.Td(two_lines(from_where, since)),
    ]
    if may_change:
        cells.append(html.Td(html.Div(_acts(rule), className="row-x"), className="n al-a"))
    return cells


def _acts(rule: RuleInForce) -> list[Component]:
    terms = rule.version.terms
    kind = words.KIND_NAMES[terms.kind].lower()
    acts: list[Component] = [
        button(
            name,
            id=ids.ask_own(terms.key, scope.value),
            size="sm",
            **aria(label=f"{name}: {kind}, {terms.severity.value}"),
        )
        for scope, name in _ACTS[rule.origin]
    ]
    if rule.origin in {Origin.SENSOR, Origin.UNIT}:
        acts.append(
            button(
                "Take back",
                id=ids.ask_back(f"{terms.kind.value}.{terms.severity.value}", rule.origin.value),
                size="sm",
                kind="ghost",
                **aria(label=f"Take back: {kind}"),
            )
        )
    return acts
