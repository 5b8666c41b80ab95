"""The rules of alarms by temperature class, their versions, and the dialog that changes one."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry import alarm_rules
from backend.telemetry.alarm_rules import RuleVersion
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmSeverity
from dashboard import format as fmt
from dashboard.components.attributes import aria
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
_RETIRED = Look("Retired", "slash-circle", Tone.OFF)
SEVERITIES = [{"label": each.value.capitalize(), "value": each.value} for each in AlarmSeverity]
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
    ("Severity", ""),
    ("Limit", "n"),
    ("Delay", "n"),
    ("Deadband", "n"),
    ("State", ""),
    ("Set by", ""),
    ("From", ""),
    ("Why", ""),
)


def in_force(
    found: Sequence[RuleVersion],
    retired: Sequence[RuleVersion],
    *,
    zone: ZoneInfo,
    may_change: bool,
) -> Component:
    """Draw the rules in force, by class, and name those that the house does without."""
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
        *_without(retired),
        table("Rules in force", heads, [_row(each, zone, may_change=may_change) for each in found]),
        meta=fmt.count(len(found)),
        aside=button("Add a rule", opens=ids.NEW_DIALOG, icon="plus-lg") if may_change else None,
        class_name="ad-p al-p al-rules",
    )


def versions(found: Sequence[RuleVersion], *, zone: ZoneInfo) -> Component:
    """Draw all versions of a rule, the newest first; it is named as it was at first."""
    name = words.rule_name(found[-1].terms)
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
                    form_field("Limit", number(ids.RULE_LIMIT)),
                    form_field("Delay", number(ids.RULE_DELAY), unit="min"),
                    form_field("Deadband", number(ids.RULE_DEADBAND)),
                ],
                className="al-three",
            ),
            html.Div(
                [
                    form_field(
                        "Severity",
                        dbc.Select(id=ids.RULE_SEVERITY, options=SEVERITIES, value="critical"),
                    ),
                    window_field(ids.RULE_WINDOW),
                ],
                className="al-two",
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


def number(field: str) -> dbc.Input:
    """Draw the field for a number of a rule."""
    return dbc.Input(id=field, value="", inputMode="decimal", maxLength=12)


def window_field(field: str) -> html.Div:
    """Draw the field for a rule's window, which a rise and a sum of minutes have."""
    return form_field(
        "Looked at over",
        number(field),
        unit="min",
        optional=True,
        help_text="Of a rise and of a sum of minutes only.",
    )


def _without(retired: Sequence[RuleVersion]) -> list[Component]:
    if not retired:
        return []
    links: list[Component | str] = ["The house does without: "]
    for each in retired:
        name = words.rule_name(each.terms)
        links += [html.A(name, href=f"/alarms?show=rules&rule={each.terms.key}"), ". "]
    return [html.P(links, className="t2 rl-said")]


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
        cells.append(html.Td(html.Div(_acts(terms), className="row-x"), className="n al-a"))
    return cells


def _acts(terms: Terms) -> list[Component]:
    name = words.rule_name(terms)
    acts = [
        button("Change", id=ids.ask_change(terms.key), size="sm", **aria(label=f"Change “{name}”"))
    ]
    # One of a unit or a sensor is taken back where it is set: at the sensor.
    if terms.scope_label is None:
        acts.append(
            button(
                "Retire",
                id=ids.ask_retire(terms.key),
                size="sm",
                kind="ghost",
                **aria(label=f"Retire “{name}”"),
            )
        )
    return acts


def _older(version: RuleVersion, zone: ZoneInfo) -> list[Component]:
    terms = version.terms
    unit = alarm_rules.unit_of(terms)
    since = "the beginning" if version.set_at is None else fmt.moment(version.set_at, zone)
    until = "" if version.replaced_at is None else f"until {fmt.moment(version.replaced_at, zone)}"
    return [
        html.Td(fmt.count(terms.version), className="num"),
        html.Td(status(SEVERITY_LOOKS[terms.severity.value])),
        html.Td(words.rule_limit(terms, unit), className="n md"),
        html.Td(words.minutes(terms.delay), className="n"),
        html.Td(words.rule_deadband(terms, unit), className="n"),
        html.Td(status(_gone(terms) if version.is_withdrawn else state(terms))),
        html.Td(version.set_by_name),
        html.Td(two_lines(since, until or "in force")),
        html.Td(version.reason or "–", className="ad-wrap t2"),
    ]


def _gone(terms: Terms) -> Look:
    return _RETIRED if terms.scope_label is None else _BACK
