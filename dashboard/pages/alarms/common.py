"""The common rule: what holds for every alarm, its versions, and the dialog that changes it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry import common_rules
from backend.telemetry.alarm_common import Common
from backend.telemetry.alarm_rules import BY_DEFAULT
from backend.telemetry.common_rules import A_MINUTE, Numbers
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table
from dashboard.pages.alarms import ids
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.custody.acting import answers

_HEADS = (("What", ""), ("As it stands", ""))
_OLDER = (
    ("Version", ""),
    ("A storm", ""),
    ("Over after", "n"),
    ("Longest snooze", "n"),
    ("Set by", ""),
    ("From", ""),
    ("Why", ""),
)


def drawn(versions: Sequence[Common], zone: ZoneInfo, *, may_change: bool) -> list[Component]:
    """Draw the numbers that stand, and the versions before; newest first."""
    parts = [_standing(versions[0], may_change=may_change)]
    return [*parts, _versions(versions, zone)] if len(versions) > 1 else parts


def draw() -> list[Component]:
    """Draw the dialog that changes the rule; a press fills and opens it."""
    return [
        dcc.Store(id=ids.COMMON_WHICH),
        dialog(
            ids.COMMON_DIALOG,
            "Change the common rule",
            error_summary({}, id=ids.COMMON_PROBLEMS),
            html.Div(
                [
                    _field(
                        "Units of a storm",
                        ids.COMMON_UNITS,
                        "units",
                        f"{common_rules.FEWEST_UNITS} to {common_rules.MOST_UNITS}, of one room or "
                        "power circuit.",
                    ),
                    _field(
                        "Alarmed within",
                        ids.COMMON_WITHIN,
                        "min",
                        _up_to(common_rules.LONGEST_WITHIN),
                    ),
                ],
                className="al-two",
            ),
            html.Div(
                [
                    _field(
                        "Over after",
                        ids.COMMON_STABLE,
                        "min",
                        f"{_up_to(common_rules.LONGEST_STABLE)} In range by the deadband so long.",
                    ),
                    _field(
                        "Longest snooze",
                        ids.COMMON_SNOOZE,
                        "min",
                        f"{_up_to(common_rules.LONGEST_SNOOZE)} For more, set up a maintenance.",
                    ),
                ],
                className="al-two",
            ),
            reason_field(
                ids.COMMON_REASON,
                "Why it changes",
                "Kept with your name beside this version. It holds from the next check on, for "
                "open alarms too.",
            ),
            answers("Leave it as it is", "Change the rule", ids.COMMON_SEND),
        ),
    ]


def filled(numbers: Numbers) -> dict[str, dict[str, Any]]:
    """Return what the fields show for a rule, by their ids."""
    return {
        ids.COMMON_UNITS: {"value": str(numbers.storm_units)},
        ids.COMMON_WITHIN: {"value": _whole(numbers.storm_within)},
        ids.COMMON_STABLE: {"value": _whole(numbers.stable_for)},
        ids.COMMON_SNOOZE: {"value": _whole(numbers.longest_snooze)},
        ids.COMMON_REASON: {"value": ""},
        ids.COMMON_PROBLEMS: {"children": []},
    }


def _standing(common: Common, *, may_change: bool) -> Component:
    numbers = common.numbers
    facts = (
        ("Alarms are one matter", f"{_storm(numbers)}: told of once, and one incident"),
        (
            "An alarm is over",
            f"after {_minutes(numbers.stable_for)} in range by the deadband, once acknowledged",
        ),
        ("A snooze lasts", f"at most {_minutes(numbers.longest_snooze)}"),
    )
    rows: list[list[Component]] = [
        [html.Td(name), html.Td(said, className="ad-wrap")] for name, said in facts
    ]
    why = [html.P(common.reason, className="t2 rl-said")] if common.reason else []
    change = button("Change the rule", id=ids.ask_common(common.version), icon="pencil")
    set_by = f", set by {common.set_by_name}" if common.set_by_name else ", the default"
    return panel(
        "What holds for every alarm",
        *why,
        table("Common rule", _HEADS, rows),
        *([html.Div([change], className="row-x ad-acts")] if may_change else []),
        meta=f"version {common.version}{set_by}",
        class_name="ad-p",
    )


def _versions(versions: Sequence[Common], zone: ZoneInfo) -> Component:
    rows: list[list[Component]] = [
        [
            html.Td(fmt.count(each.version), className="num"),
            html.Td(_storm(each.numbers)),
            html.Td(_minutes(each.numbers.stable_for), className="n"),
            html.Td(_minutes(each.numbers.longest_snooze), className="n"),
            html.Td(each.set_by_name or BY_DEFAULT),
            html.Td("the beginning" if each.set_at is None else fmt.moment(each.set_at, zone)),
            html.Td(each.reason or "–", className="ad-wrap t2"),
        ]
        for each in versions
    ]
    return panel(
        "Versions of the common rule",
        table("Versions of the common rule", _OLDER, rows),
        meta=fmt.count(len(versions)),
        class_name="ad-p",
    )


def _storm(numbers: Numbers) -> str:
    return (
        f"{fmt.plural(numbers.storm_units, 'unit', 'units')} of a room or a power circuit within "
        f"{_minutes(numbers.storm_within)}"
    )


def _minutes(span: timedelta) -> str:
    return fmt.with_unit(span // A_MINUTE, "min")


def _whole(span: timedelta) -> str:
    return str(span // A_MINUTE)


def _up_to(most: timedelta) -> str:
    return f"1 to {most // A_MINUTE}."


def _field(label: str, field: str, unit: str, help_text: str) -> html.Div:
    number = dbc.Input(id=field, value="", inputMode="numeric", maxLength=4)
    return form_field(label, number, unit=unit, help_text=help_text)
