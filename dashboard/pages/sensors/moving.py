"""The form that moves a sensor to another unit or takes it out; where it has stood. Views in."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.storage.views import UnitOccupancy
from backend.telemetry.ids import TEMPERATURES
from backend.telemetry.kinds import KINDS
from backend.telemetry.sensor_moving import StayView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table
from dashboard.pages.sensors import ids
from dashboard.pages.sensors.listing import PATH, number

_HEADS = (("Unit", ""), ("From", ""), ("Until", ""))
_OUT_HEADS = (("Sensor", ""), ("Stood last in", ""), ("Until", ""), ("", "n"))


def move_form(stays: Sequence[StayView], units: Sequence[UnitOccupancy]) -> html.Section:
    """Draw the form for a sensor; of its stays the newest is first."""
    now = stays[0]
    stands = now.until is None
    places = [
        {"value": str(each.unit_id), "label": each.label}
        for each in units
        if not stands or each.unit_id != now.unit_id
    ]
    return panel(
        f"Move {now.code}",
        dcc.Store(id=ids.MOVED, data=str(now.sensor_id)),
        error_summary({}, id=ids.MOVE_PROBLEMS),
        html.P(
            "What it has measured stays with the unit in which it stood then. Its calibration and "
            "its logger go with it; rules of its own are taken back. Of a move that is dated back, "
            "an acknowledged alarm that began since ends.",
            className="t2 rl-said",
        ),
        html.Div(_where_and_why(places), className="rl-pair"),
        # Kept, hidden, where there are none: one callback reads every kind's form.
        html.Div(_limits(), hidden=now.kind not in TEMPERATURES, className="rl-pair"),
        html.Div(_acts(stands=stands), className="row-x"),
        meta=f"{now.unit_label if stands else 'in no unit'}, {KINDS[now.kind].label.lower()}",
        class_name="ad-p",
    )


def history(stays: Sequence[StayView], *, zone: ZoneInfo) -> html.Section:
    """Draw the units in which a sensor has stood."""
    name = f"Where {stays[0].code} has stood"
    return panel(
        name,
        table(name, _HEADS, [_stay(each, zone) for each in stays]),
        class_name="ad-p bt",
    )


def disconnected(gone: Sequence[StayView], *, zone: ZoneInfo, may_configure: bool) -> Component:
    """Draw the sensors that stand in no unit."""
    rows = []
    for each in gone:
        act = button("Connect", href=f"{PATH}?move={each.code}", size="sm")
        rows.append(
            [
                html.Td(html.B(each.code, className="md mono")),
                html.Td(html.A(each.unit_label, href=f"/storage/{each.unit_label}")),
                html.Td(_until(each, zone)),
                html.Td(act if may_configure else None, className="n"),
            ]
        )
    return panel(
        "In no unit",
        table("Sensors in no unit", _OUT_HEADS, rows),
        meta=fmt.plural(len(gone), "sensor", "sensors"),
        class_name="ad-p bt",
    )


def _where_and_why(places: Sequence[dict[str, str]]) -> list[Component]:
    return [
        form_field(
            "To",
            # No unit is chosen beforehand: a probe sent to a wrong one alarms there.
            dbc.Select(id=ids.MOVE_UNIT, options=places, placeholder="Choose a unit"),
        ),
        form_field(
            "Why",
            dbc.Input(id=ids.MOVE_REASON, maxLength=500, value=""),
            help_text="It stands in the audit trail with your name.",
        ),
        form_field(
            "Moved at",
            dbc.Input(id=ids.MOVE_AT, type="datetime-local", value=""),
            help_text="Empty: now. What it has measured since goes with it.",
            optional=True,
        ),
    ]


def _limits() -> list[Component]:
    limits = (
        ("Set point", ids.MOVE_SETPOINT, "All three empty: as the unit's other thermometers are."),
        ("Warning above", ids.MOVE_WARNING, "Goes with a set point."),
        ("Alarm above", ids.MOVE_ALARM, "Empty: the house rules of its class hold."),
    )
    return [
        form_field(label, number(field), unit="°C", optional=True, help_text=text)
        for label, field, text in limits
    ]


def _acts(*, stands: bool) -> list[Component]:
    acts = [button("Move it" if stands else "Connect it", id=ids.MOVE, kind="primary")]
    # Kept, hidden, where it stands in none: the callback's input is there.
    out = html.Div(button("Take it out", id=ids.TAKE_OUT), hidden=not stands, className="row-x")
    return [*acts, out, button("Not now", href=PATH)]


def _stay(stay: StayView, zone: ZoneInfo) -> list[Component]:
    since = "its first reading" if stay.since is None else fmt.moment(stay.since, zone)
    return [
        html.Td(html.A(stay.unit_label, href=f"/storage/{stay.unit_label}")),
        html.Td(since),
        html.Td(_until(stay, zone)),
    ]


def _until(stay: StayView, zone: ZoneInfo) -> str:
    return "stands there" if stay.until is None else fmt.moment(stay.until, zone)
