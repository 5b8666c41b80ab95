"""Rules of handling per material: thaws, shelf life, how long it is kept, who witnesses."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from backend.samples.views import HandlingView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.admin.rules import ids

_HEADS = (
    ("Material", ""),
    ("Thaws", "n"),
    ("Good for", "n"),
    ("Kept for", "n"),
    ("Disposal", ""),
    ("Set", ""),
)


def address(material: MaterialType) -> str:
    """Return where the rules of a material are changed."""
    return f"/admin/rules?tab=handling&material={material.value}"


def listed(policies: Sequence[HandlingView], *, zone: ZoneInfo) -> Component:
    """Draw every material, with its rules where it has some."""
    known = {each.material_type: each for each in policies}
    rows = [_row(material, known.get(material), zone=zone) for material in MaterialType]
    said = f"{fmt.count(len(known))} of {fmt.count(len(MaterialType))} with rules"
    return panel(
        "Handling by material", table("Handling", _HEADS, rows), meta=said, class_name="ad-p"
    )


def form(material: MaterialType, rules: HandlingRules) -> Component:
    """Draw the form of a material's next rules, filled from those in force."""
    return panel(
        f"Change {MATERIAL_NAME[material]}",
        dcc.Store(id=ids.HANDLING_WHICH, data=material.value),
        error_summary({}, id=ids.HANDLING_PROBLEMS),
        html.Div(
            [
                _number("Thaws until a warning", ids.THAWS, rules.thaw_limit, "thaws"),
                _number(
                    "Good for",
                    ids.GOOD_FOR,
                    rules.good_for_days,
                    "days",
                    "Of what is extracted or pooled here, from that day on.",
                ),
                _number(
                    "Kept for",
                    ids.KEEP_FOR,
                    rules.keep_for_days,
                    "days",
                    "From its arrival; to discard it earlier takes an approval.",
                ),
                html.Div(
                    dbc.Checklist(
                        id=ids.WITNESSED,
                        options=[{"value": "yes", "label": "A second person signs each disposal"}],
                        value=["yes"] if rules.disposal_witnessed else [],
                    ),
                    className="fld",
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            [
                button("Save as next version", id=ids.HANDLING_SAVE, kind="primary"),
                button("Change nothing", href="/admin/rules?tab=handling", kind="ghost"),
            ],
            className="row-x",
        ),
        class_name="ad-p bt",
    )


def _number(label: str, field: str, value: int | None, unit: str, said: str = "") -> html.Div:
    return form_field(
        label,
        dbc.Input(
            id=field, value="" if value is None else str(value), inputMode="numeric", maxLength=7
        ),
        unit=unit,
        help_text=said,
        optional=True,
    )


def _row(material: MaterialType, rules: HandlingView | None, *, zone: ZoneInfo) -> list[Component]:
    name = html.Td(html.A(MATERIAL_NAME[material], href=address(material)))
    if rules is None:
        nothing = html.Td("No rule: nothing is asked.", colSpan=5, className="t3")
        return [name, nothing]
    return [
        name,
        html.Td("" if rules.thaw_limit is None else fmt.count(rules.thaw_limit), className="n"),
        html.Td(_days(rules.good_for_days), className="n"),
        html.Td(_days(rules.keep_for_days), className="n"),
        html.Td("Witnessed" if rules.disposal_witnessed else "One person"),
        html.Td(
            two_lines(
                rules.set_by_name, f"version {rules.version}, {fmt.moment(rules.set_at, zone)}"
            )
        ),
    ]


def _days(number: int | None) -> str:
    return "" if number is None else fmt.plural(number, "day", "days")
