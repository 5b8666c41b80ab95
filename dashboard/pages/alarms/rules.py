"""The rules of alarms by temperature class, their versions, and the dialog that changes one."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry import alarm_rules
from backend.telemetry.alarm_rules import RuleVersion
from backend.telemetry.alarm_terms import Terms
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import SEVERITY_LOOKS, Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.alarms import ids, words
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.custody.acting import answers

_ON = Look("On", "check2", Tone.OK)
_OFF = Look("Off", "slash-circle", Tone.OFF)
_BACK = Look("Taken back", "slash-circle", Tone.OFF)
_HEADS = (
    ("Holds for", ""),
    ("Alarm", ""),
    ("Severity", ""),
    ("Limit", "n"),
    ("Delay", "n"),
    ("Deadband", "n"),
    ("State", ""),
    ("Version", ""),
)
_OLDER = (
    ("Version", ""),
    ("Limit", "n"),
    ("Delay", "n"),
    ("Deadband", "n"),
    ("State", ""),
    ("Set by", ""),
    ("From", ""),
    ("Why", ""),
)


def in_force(found: Sequence[RuleVersion], *, zone: ZoneInfo, may_change: bool) -> Component:
    """Draw the rules in force, by class."""
    heads = (*_HEADS, ("Act", "n")) if may_change else _HEADS
    return panel(
        "Rules in force",
        html.P(
            "Beyond its limit for the whole delay a unit is in alarm; inside by the deadband the "
            "alarm is over. Minutes above the mildest high limit add up over a day: they alarm by "
            "themselves, and make a warning critical that lasts as long. A sensor connected with "
            "limits of its own is judged by those. No rule holds for a unit that is retired, or "
            "defrosted and empty.",
            className="t2 rl-said",
        ),
        table("Rules in force", heads, [_row(each, zone, may_change=may_change) for each in found]),
        meta=fmt.count(len(found)),
        class_name="ad-p al-p",
    )


def versions(found: Sequence[RuleVersion], *, zone: ZoneInfo) -> Component:
    """Draw all versions of a rule, the newest first."""
    name = words.rule_name(found[0].terms)
    return panel(
        name,
        table(f"Versions of {name}", _OLDER, [_older(each, zone) for each in found]),
        meta=fmt.plural(len(found), "version", "versions"),
        aside=html.A("Close", href="/alarms?show=rules"),
        class_name="ad-p al-p",
    )


def no_versions(message: str) -> Component:
    """Say that the address names no rule."""
    return empty_state("No such rule", message, icon="search")


def draw() -> list[Component]:
    """Draw the dialog that changes a rule; a press in a row fills and opens it."""
    return [
        dcc.Store(id=ids.RULE_WHICH),
        dialog(
            ids.RULE_DIALOG,
            "Change the rule",
            error_summary({}, id=ids.RULE_PROBLEMS),
            html.P("", id=ids.RULE_WHAT, className="t2 said"),
            html.Div(
                [
                    form_field("Limit", _number(ids.RULE_LIMIT)),
                    form_field("Delay", _number(ids.RULE_DELAY), unit="min"),
                    form_field("Deadband", _number(ids.RULE_DEADBAND)),
                ],
                className="al-three",
            ),
            dbc.Checkbox(id=ids.RULE_ACTIVE, label="The rule is on", value=True),
            reason_field(
                ids.RULE_REASON,
                "Why it changes",
                "Kept with your name beside this version. It holds from the next check on, for "
                "open alarms too.",
            ),
            answers("Leave it as it is", "Change the rule", ids.RULE_SEND),
        ),
    ]


def state(terms: Terms) -> Look:
    """Return whether a rule is on."""
    return _ON if terms.is_active else _OFF


def what(version: RuleVersion) -> str:
    """Say which rule the dialog changes, and in which unit."""
    unit = alarm_rules.unit_of(version.terms)
    measured = f" The limit is in {unit}." if unit else ""
    return f"{words.rule_name(version.terms)}, version {version.terms.version}.{measured}"


def _row(version: RuleVersion, zone: ZoneInfo, *, may_change: bool) -> list[Component]:
    terms = version.terms
    unit = alarm_rules.unit_of(terms)
    when = "default" if version.set_at is None else fmt.day(version.set_at, zone)
    cells: list[Component] = [
        html.Td(two_lines(words.scope(terms), words.MEASURE_NAMES[terms.measure])),
        html.Td(words.KIND_NAMES[terms.kind]),
        html.Td(status(SEVERITY_LOOKS[terms.severity.value])),
        html.Td(words.rule_limit(terms, unit), className="n md"),
        html.Td(words.minutes(terms.delay), className="n"),
        html.Td(words.rule_deadband(terms, unit), className="n"),
        html.Td(status(state(terms))),
        html.Td(
            two_lines(
                html.A(
                    f"Version {terms.version}",
                    href=f"/alarms?show=rules&rule={terms.key}",
                ),
                when,
            )
        ),
    ]
    if may_change:
        act = button("Change", id=ids.ask_change(terms.key), size="sm")
        cells.append(html.Td(act, className="n al-a"))
    return cells


def _older(version: RuleVersion, zone: ZoneInfo) -> list[Component]:
    terms = version.terms
    unit = alarm_rules.unit_of(terms)
    since = "the beginning" if version.set_at is None else fmt.moment(version.set_at, zone)
    until = "" if version.replaced_at is None else f"until {fmt.moment(version.replaced_at, zone)}"
    return [
        html.Td(fmt.count(terms.version), className="num"),
        html.Td(words.rule_limit(terms, unit), className="n md"),
        html.Td(words.minutes(terms.delay), className="n"),
        html.Td(words.rule_deadband(terms, unit), className="n"),
        html.Td(status(_BACK if version.is_withdrawn else state(terms))),
        html.Td(version.set_by_name),
        html.Td(two_lines(since, until or "in force")),
        html.Td(version.reason or "–", className="ad-wrap t2"),
    ]


def _number(field: str) -> dbc.Input:
    return dbc.Input(id=field, value="", inputMode="decimal", maxLength=12)
