"""The list of sensors, and the forms that add one and keep its calibration. Views in."""

from collections.abc import Sequence
from datetime import date, datetime

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.storage.views import UnitOccupancy
from backend.telemetry.ids import SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.sensors import LONGEST_CODE
from backend.telemetry.standings import SensorStanding
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.chip import tag
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.pages.admin.parts import table
from dashboard.pages.sensors import ids, words

PATH = "/sensors"
_HEADS = (
    ("Sensor", ""),
    ("Unit", ""),
    ("Now", "n"),
    ("Heard", ""),
    ("Calibration", ""),
    ("Logger", "ad-wide"),
    ("", "n"),
)


def listed(
    sensors: Sequence[SensorStanding], *, now: datetime, today: date, may_configure: bool
) -> Component:
    """Draw every sensor with its newest value and its calibration."""
    if not sensors:
        why = "Add one below, and make a token for its logger." if may_configure else ""
        return panel("Sensors", empty_state("No sensor yet", why, icon="activity"))
    overdue = sum(each.is_overdue(today) for each in sensors)
    meta = fmt.plural(len(sensors), "sensor", "sensors")
    if overdue:
        meta += f", {fmt.plural(overdue, 'calibration', 'calibrations')} overdue"
    rows = [_row(each, now=now, today=today, may_configure=may_configure) for each in sensors]
    return panel("Sensors", table("Sensors", _HEADS, rows), meta=meta, class_name="ad-p")


def add_form(units: Sequence[UnitOccupancy], *, chosen: str = "") -> html.Section:
    """Draw the form that connects a sensor to a unit, with the unit of the label ``chosen``.

    Limits are asked of temperatures.
    """
    kinds = [{"value": kind.value, "label": KINDS[kind].label} for kind in SensorKind]
    places = [{"value": str(each.unit_id), "label": each.label} for each in units]
    limits = (
        ("Set point", ids.NEW_SETPOINT, ""),
        ("Warning above", ids.NEW_WARNING, ""),
        (
            "Alarm above",
            ids.NEW_ALARM,
            "Empty: the house rules of its class hold, too cold included.",
        ),
    )
    return panel(
        "Add a sensor",
        error_summary({}, id=ids.NEW_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Code",
                    dbc.Input(id=ids.NEW_CODE, maxLength=LONGEST_CODE, className="mono"),
                    help_text="As its logger sends it, without a space.",
                ),
                form_field(
                    "Unit",
                    dbc.Select(
                        id=ids.NEW_UNIT,
                        options=places,
                        value=next((str(u.unit_id) for u in units if u.label == chosen), None),
                        placeholder="Choose a unit",
                    ),
                ),
                form_field(
                    "Measures",
                    dbc.Select(id=ids.NEW_KIND, options=kinds, value=kinds[0]["value"]),
                    help_text="Only a temperature has limits.",
                ),
                *[
                    form_field(label, number(field), unit="°C", optional=True, help_text=text)
                    for label, field, text in limits
                ],
            ],
            className="rl-pair",
        ),
        html.Div(button("Add sensor", id=ids.NEW_ADD, kind="primary"), className="row-x"),
        class_name="ad-p bt",
    )


def calibrate_form(sensor: SensorStanding, *, today: date) -> html.Section:
    """Draw the form that keeps a calibration, filled with the one that holds."""
    unit = KINDS[sensor.kind].unit
    return panel(
        f"Calibrate {sensor.code}",
        dcc.Store(id=ids.CALIBRATED, data=str(sensor.sensor_id)),
        error_summary({}, id=ids.CALIBRATE_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Correction",
                    number(ids.CORRECTION, f"{sensor.correction:g}"),
                    unit=unit,
                    help_text="Added to whatever it sends from now on.",
                ),
                form_field(
                    "Calibrated on",
                    dbc.Input(id=ids.CALIBRATED_ON, type="date", value=today.isoformat()),
                ),
                form_field(
                    "Next due on", dbc.Input(id=ids.DUE_ON, type="date", value=""), optional=True
                ),
                form_field(
                    "Certificate",
                    dbc.Input(id=ids.CERTIFICATE, maxLength=120, value=""),
                    optional=True,
                ),
                form_field(
                    "How it was done",
                    dbc.Input(id=ids.CALIBRATE_REASON, maxLength=500, value=""),
                    help_text="It stands in the audit trail with your name.",
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            [
                button("Keep calibration", id=ids.CALIBRATE, kind="primary"),
                button("Not now", href=PATH),
                html.Span("Readings that are there stay as they were recorded.", className="sm t2"),
            ],
            className="row-x",
        ),
        meta=f"{sensor.unit_label}, {KINDS[sensor.kind].label.lower()}",
        class_name="ad-p",
    )


def number(field: str, value: str = "") -> dbc.Input:
    """Draw the field for a number."""
    return dbc.Input(id=field, type="text", inputMode="decimal", value=value)


def _row(
    sensor: SensorStanding, *, now: datetime, today: date, may_configure: bool
) -> list[Component]:
    look = words.due(sensor, today)
    acts: list[Component] = [
        button(
            "Rules",
            href=f"/alarms?show=rules&sensor={sensor.sensor_id}",
            size="sm",
            kind="ghost",
            **aria(label=f"Alarm rules of {sensor.code}"),
        )
    ]
    if may_configure:
        acts.append(
            button(
                "Move",
                href=f"{PATH}?move={sensor.code}",
                size="sm",
                kind="ghost",
                **aria(label=f"Move {sensor.code} or take it out"),
            )
        )
    if may_configure and KINDS[sensor.kind].correctable:
        acts.append(
            button(
                "Calibrate",
                href=f"{PATH}?sensor={sensor.sensor_id}",
                size="sm",
                **aria(label=f"Calibrate {sensor.code}"),
            )
        )
    code: list[Component] = [html.B(sensor.code, className="md mono")]
    if sensor.is_simulated:
        code.append(tag("simulated"))
    return [
        html.Td(
            html.Div(
                [
                    html.Div(code, className="se-code"),
                    html.Div(KINDS[sensor.kind].label, className="sm t3"),
                ],
                className="ad-2",
            )
        ),
        html.Td(html.A(sensor.unit_label, href=f"/storage/{sensor.unit_label}")),
        html.Td(
            words.value(sensor.kind, sensor.value), className="n t3" if sensor.is_stale else "n md"
        ),
        html.Td(status(words.heard(sensor, now))),
        html.Td(
            html.Div(
                [
                    html.Div(words.calibrated(sensor)),
                    html.Div(status(look), className="sm") if look else None,
                ],
                className="ad-2",
            )
        ),
        html.Td(", ".join(sensor.tokens) or "–", className="ad-wide"),
        html.Td(html.Div(acts, className="row-x"), className="n al-a"),
    ]
