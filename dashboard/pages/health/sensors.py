"""Freezer sensors: how cold each unit is, and the form that acknowledges an alarm."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.kinds import back_words
from backend.telemetry.views import SensorDay, SensorNow, UnitAlarm
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.chip import tag
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.sparkline import sparkline
from dashboard.components.status import status
from dashboard.components.tones import Tone
from dashboard.pages.health import ids, words

SIMULATED = "Simulated temperatures of a demonstration; no probe measures them."


def sensors(
    found: Sequence[SensorNow],
    days: Mapping[SensorId, SensorDay],
    incidents: Mapping[str, str],
    *,
    now: datetime,
    may_acknowledge: bool,
) -> html.Section:
    """Draw a row for each sensor, alarms first, then silence, then by unit.

    ``incidents`` has the codes of those that are not closed, by the label of their units.
    """
    if not found:
        return panel(
            "Freezer sensors",
            html.P("No sensor is connected to a storage unit yet.", className="t2"),
        )
    ordered = sorted(found, key=lambda each: (each.alarm_since is None, not each.is_stale))
    all_made_up = _simulated_note(found)
    rows = [
        _row(
            each,
            days.get(each.sensor_id),
            _act(each) if may_acknowledge else None,
            marks=_simulated_tag(each, told_above=all_made_up is not None),
            incident=incidents.get(each.unit_label),
            now=now,
        )
        for each in ordered
    ]
    heard = sum(not each.is_stale for each in found)
    return panel(
        "Freezer sensors",
        html.Div(html.Table([_heads(), html.Tbody(rows)], className="tbl flush plain sn")),
        meta=f"{heard} of {fmt.plural(len(found), 'sensor', 'sensors')} heard",
        aside=all_made_up,
        class_name="bt sn-p",
    )


def acknowledge_form(
    alarm: UnitAlarm | None, incident: str | None, *, now: datetime, may_acknowledge: bool
) -> Component:
    """Draw the form for one alarm, or why there is nothing to acknowledge.

    ``incident`` is the code of the incident that the alarm belongs to.
    """
    if alarm is None or alarm.acknowledged_at is not None:
        return _said("check-circle-fill", Tone.OK, _nothing_to_do(alarm))
    facts = html.P(
        [
            html.B(_where(alarm)),
            _facts(alarm, now),
            *_incident(incident),
        ],
        className="ak-t",
    )
    if not may_acknowledge:
        why = "Your role may look and not acknowledge. Call a technician to the unit."
        return html.Section(
            [icon("exclamation-octagon-fill", Tone.CRIT), html.Div([facts, html.P(why)])],
            className="ak",
        )
    field = form_field(
        f"What you found at {alarm.unit_label}, or what you do about it",
        dbc.Input(id=ids.REASON, type="text", maxLength=500, autoFocus=True),
        help_text="It stands in the audit trail with your name. The alarm stays while it lasts.",
    )
    acts = html.Div(
        [
            button("Acknowledge", id=ids.ACKNOWLEDGE, kind="primary"),
            button("Not now", href="/health"),
        ],
        className="row-x",
    )
    return html.Section(
        [
            icon("exclamation-octagon-fill", Tone.CRIT),
            html.Div([facts, field, acts]),
            dcc.Store(id=ids.ALARM, data=str(alarm.sensor_id)),
        ],
        className="ak",
    )


_OTHERS = {
    AlarmKind.RATE: "Warming fast",
    AlarmKind.DOOR: "Door open",
    AlarmKind.NO_DATA: "Nothing heard",
    AlarmKind.CUMULATIVE: "Too warm too often",
    AlarmKind.DISAGREE: "Air and probe disagree",
}


def _where(alarm: UnitAlarm) -> str:
    if alarm.temperature_c is None:
        return f"How warm {alarm.unit_label} is, is not known. "
    return f"{alarm.unit_label} is at {fmt.temperature(alarm.temperature_c)}. "


def _facts(alarm: UnitAlarm, now: datetime) -> str:
    side = "Below" if alarm.is_cold else "Above"
    lasting = f"{side} {fmt.temperature(alarm.limit_c)} for {fmt.age(now - alarm.since)}"
    if alarm.kind in _OTHERS:
        lasting = f"{_OTHERS[alarm.kind]} for {fmt.age(now - alarm.since)}"
    back = ""
    if alarm.back_since is not None:
        back = f", {back_words(alarm.kind).lower()} for {fmt.age(now - alarm.back_since)}"
    heard = " Nothing newer has been heard." if alarm.is_stale else ""
    if alarm.connected_at is not None:
        heard = f" Its sensor {alarm.code} has not been heard since it was connected."
    made_up = f" {SIMULATED}" if alarm.is_simulated else ""
    return f"{lasting}{back}.{heard}{made_up}"


def _nothing_to_do(alarm: UnitAlarm | None) -> str:
    if alarm is None:
        return "This alarm is over. There is nothing to acknowledge."
    return f"{alarm.acknowledged_by_name} has acknowledged the alarm of {alarm.unit_label}."


def _said(name: str, tone: Tone, text: str) -> html.Section:
    return html.Section([icon(name, tone), html.P(text)], className="ak is-over")


def _simulated_note(found: Sequence[SensorNow]) -> Component | None:
    if not all(each.is_simulated for each in found):
        return None
    return html.Span(tag("Simulated temperatures"), title=SIMULATED)


def _simulated_tag(sensor: SensorNow, *, told_above: bool) -> list[Component]:
    return [tag("simulated")] if sensor.is_simulated and not told_above else []


def _heads() -> html.Thead:
    return html.Thead(
        html.Tr(
            [
                html.Th("Unit", scope="col"),
                html.Th("Now", scope="col", className="n"),
                html.Th("24 h, warmest", scope="col", className="n"),
                html.Th("Low to high", scope="col", className="n"),
                html.Th("Alarm", scope="col", className="n"),
                html.Th("State", scope="col"),
                html.Th(html.Span("Act", className="vh"), scope="col"),
            ]
        )
    )


def _row(
    sensor: SensorNow,
    day: SensorDay | None,
    act: Component | None,
    *,
    marks: list[Component],
    incident: str | None,
    now: datetime,
) -> html.Tr:
    return html.Tr(
        [
            html.Th(
                [
                    html.A(sensor.unit_label, href=f"/storage/{sensor.unit_label}"),
                    html.Span(f" {sensor.code}", className="vh"),
                    *marks,
                ],
                scope="row",
                className="nm",
            ),
            html.Td(
                fmt.temperature(sensor.temperature_c) or "–",
                className="n t3" if sensor.is_stale else "n md",
            ),
            html.Td(sparkline(day.warmest_c) if day else None, className="n"),
            html.Td(_extremes(day), className="n t2"),
            html.Td(words.alarm_limits(sensor), className="n t2"),
            html.Td(
                [
                    status(words.sensor_look(sensor, now)),
                    *check_logger(sensor),
                    html.Div(_incident(incident)),
                ]
            ),
            html.Td(act, className="n"),
        ],
        className="is-down" if sensor.alarm_since is not None else "",
    )


def check_logger(sensor: SensorNow | None) -> list[Component]:
    """Return the way to what a sensor that was never heard speaks through, else nothing."""
    if sensor is None or sensor.read_at is not None:
        return []
    return [html.Div(html.A("Check its logger", href="/sensors?tab=loggers"), className="sm")]


def _incident(code: str | None) -> list[Component | str]:
    return [" ", html.A(code, href=f"/incidents/{code}", className="mono nw")] if code else []


def _extremes(day: SensorDay | None) -> str:
    if day is None:
        return "no data"
    return fmt.between(fmt.decimal(day.low_c, 1), fmt.temperature(day.high_c))


def _act(sensor: SensorNow) -> Component | None:
    if sensor.alarm_since is None or sensor.acknowledged_at is not None:
        return None
    return button("Acknowledge", href=f"/health?alarm={sensor.sensor_id}", size="sm")
