"""Parts of the What-if page that count places: a unit lost, N−1 and a project that arrives."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.ids import TemperatureClass
from backend.storage.planning.scenarios import Arrival, ClassRoom, Spare, UnitLost
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chart import data_table
from dashboard.components.form_field import form_field
from dashboard.components.panel import panel
from dashboard.pages.what_if import ids, scenario_words
from dashboard.zone_names import ZONE_NAMES

BOXES, ROWS, COLUMNS = "20", "9", "9"
"""What stands in the form at first."""
_MOST_TAKERS = 8


def unit_lost(scenario: UnitLost) -> html.Section:
    """Draw what becomes of a unit's samples, beside today."""
    label, zone = scenario.unit.label, ZONE_NAMES[scenario.unit.temperature_class]
    parts: list[Component] = [
        html.P(scenario_words.lost(scenario)),
        _beside(zone, scenario.before, scenario.after, f"Without {label}"),
    ]
    if scenario.takers:
        rows = [[each.label, fmt.count(each.free)] for each in scenario.takers[:_MOST_TAKERS]]
        parts.append(_table(["Unit with room", "Free places"], rows, f"Room outside {label}"))
    if len(scenario.takers) > _MOST_TAKERS:
        more = fmt.plural(len(scenario.takers) - _MOST_TAKERS, "unit has", "units have")
        parts.append(html.P(f"{more} less room.", className="sm t3"))
    parts.append(html.P(scenario_words.COUNTED, className="sm t3"))
    return panel(f"{label} retired or failing", *parts, class_name="bt")


def spares(scenarios: Sequence[Spare]) -> html.Section:
    """Draw for each class whether it can do without its fullest unit."""
    rows = [
        [
            ZONE_NAMES[each.temperature_class],
            each.unit.label,
            fmt.count(each.unit.samples),
            fmt.count(each.free_elsewhere),
            scenario_words.spare(each),
        ]
        for each in scenarios
    ]
    head = ["Class", "Fullest unit", "Its samples", "Free elsewhere", "Without it"]
    return panel(
        "Without the fullest unit of a class",
        _table(head, rows, "Whether each class can do without its fullest unit"),
        meta="N−1, today",
        class_name="bt",
    )


def project(zones: Sequence[TemperatureClass], *drawn: Component) -> html.Section:
    """Draw the form of a project that arrives; ``drawn`` is its answer."""
    options = [{"label": ZONE_NAMES[zone], "value": zone.value} for zone in zones]
    form = html.Div(
        [
            form_field(
                "Class", dbc.Select(id=ids.ZONE, options=options, value=options[0]["value"])
            ),
            form_field("Boxes", _number(ids.BOXES, BOXES)),
            form_field("Rows of a box", _number(ids.ROWS, ROWS)),
            form_field("Columns of a box", _number(ids.COLUMNS, COLUMNS)),
        ],
        className="wi-project",
    )
    return panel("A project arrives", form, html.Div(list(drawn), id=ids.ARRIVAL), class_name="bt")


def arrival(scenario: Arrival, said: str, later: str) -> list[Component]:
    """Draw whether the project fits, beside today."""
    before = scenario.before
    fitting = min(scenario.needed, before.free)
    after = ClassRoom(
        temperature_class=before.temperature_class,
        used=before.used + fitting,
        capacity=before.capacity,
        free=before.free - fitting,
    )
    zone = ZONE_NAMES[before.temperature_class]
    parts: list[Component] = [html.P(said), _beside(zone, before, after, "With the project")]
    if later:
        parts.append(html.P(later, className="t2"))
    return parts


def _beside(zone: str, before: ClassRoom, after: ClassRoom, then: str) -> html.Div:
    rows = [
        ["Positions", fmt.count(before.capacity), fmt.count(after.capacity)],
        ["Taken", fmt.count(before.used), fmt.count(after.used)],
        ["Free where samples may go", fmt.count(before.free), fmt.count(after.free)],
    ]
    return _table([zone, "Today", then], rows, f"{zone}: today, and {then.lower()}")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> html.Div:
    return html.Div(
        data_table(head, rows, caption=name),
        className="tbl-x wi-table",
        tabIndex="0",
        role="region",
        **aria(label=name),
    )


def _number(field: str, value: str) -> dbc.Input:
    return dbc.Input(id=field, value=value, debounce=True, maxLength=6, inputMode="numeric")
