"""What else is measured in a unit beside its temperature: doors, humidity, gases, power."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from backend.telemetry.ids import TEMPERATURES, SensorId, SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.standings import Openings, SensorStanding
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chip import tag
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.components.ticks import ticks
from dashboard.pages.sensors import words

OTHERS = tuple(kind for kind in SensorKind if kind not in TEMPERATURES)
_NONE = "none yet"


def of_unit(
    sensors: Sequence[SensorStanding], doors: Mapping[SensorId, Openings], *, now: datetime
) -> html.Section:
    """Draw every sensor of one unit, and the kinds of which it has none."""
    body = [
        html.Tr(
            [
                html.Th(KINDS[each.kind].label, scope="row", className="nm"),
                html.Td(_value(each, doors.get(each.sensor_id))),
                html.Td(status(words.heard(each, now))),
                html.Td(
                    html.Div(
                        [
                            html.A(
                                each.code,
                                href=f"/alarms?show=rules&sensor={each.sensor_id}",
                                className="mono sm",
                            ),
                            *_mark(each),
                        ],
                        className="se-code",
                    )
                ),
            ]
        )
        for each in sensors
    ]
    there = {each.kind for each in sensors}
    body += [
        html.Tr(
            [
                html.Th(KINDS[kind].label, scope="row", className="nm"),
                html.Td(_NONE, colSpan=3, className="t3"),
            ]
        )
        for kind in OTHERS
        if kind not in there
    ]
    return panel(
        "Sensors",
        _scrolling("Sensors of the unit", ("Measures", "Now", "Heard", "Sensor"), body),
        aside=html.A("All sensors", href="/sensors"),
        class_name="bt",
    )


def of_units(
    sensors: Sequence[SensorStanding], doors: Mapping[SensorId, Openings]
) -> html.Section | None:
    """Draw a row for each unit that has more than thermometers; nothing where none has."""
    others = [each for each in sensors if each.kind in OTHERS]
    if not others:
        return None
    units = dict.fromkeys((each.unit_id, each.unit_label) for each in others)
    rows = [
        html.Tr(
            [
                html.Th(html.A(label, href=f"/storage/{label}"), scope="row", className="nm"),
                *[
                    _cell(
                        [each for each in others if each.unit_id == unit and each.kind is kind],
                        doors,
                    )
                    for kind in OTHERS
                ],
            ]
        )
        for unit, label in units
    ]
    marks = [tag("Simulated values")] if all(each.is_simulated for each in others) else []
    return panel(
        "Doors, power and gases",
        _scrolling(
            "Doors, power and gases", ("Unit", *(KINDS[kind].label for kind in OTHERS)), rows
        ),
        meta=fmt.plural(len(others), "sensor", "sensors"),
        aside=html.Span(marks, title="Made up for a demonstration; nothing measures them.")
        if marks
        else None,
        class_name="bt",
    )


def _cell(sensors: Sequence[SensorStanding], doors: Mapping[SensorId, Openings]) -> html.Td:
    if not sensors:
        return html.Td(_NONE, className="t3")
    drawn = [html.Div(_value(each, doors.get(each.sensor_id)), title=each.code) for each in sensors]
    return html.Td(drawn, className="t3" if all(each.is_stale for each in sensors) else "")


def _value(sensor: SensorStanding, openings: Openings | None) -> Component:
    said = words.value(sensor.kind, sensor.value)
    if openings is None:
        return html.Span(said)
    return html.Span([said, ticks(openings.states, label=_in_words(openings))], className="se-code")


def _in_words(openings: Openings) -> str:
    opened = sum(state is True for state in openings.states)
    if not opened:
        return "Shut in the last 24 hours, as far as it was heard."
    return f"Open in {fmt.plural(opened, 'half hour', 'half hours')} of the last 24 hours."


def _mark(sensor: SensorStanding) -> list[Component]:
    return [tag("simulated")] if sensor.is_simulated else []


def _scrolling(caption: str, heads: Sequence[str], rows: Sequence[html.Tr]) -> html.Div:
    table = html.Table(
        [
            html.Caption(caption, className="vh"),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in heads])),
            html.Tbody(list(rows)),
        ],
        className="tbl flush plain",
    )
    return html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label=caption))
