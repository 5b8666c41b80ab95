"""The table of all units. Views in, components out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.ids import made_at
from backend.incidents import rules
from backend.incidents.fleet_views import FleetUnit, Need, WorstExcursion
from backend.storage.ids import UnitStatus
from backend.storage.views import UnitOccupancy
from backend.telemetry.energy_views import UnitEnergy
from backend.telemetry.views import SensorDay, SensorNow
from dashboard import energy_words
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chip import tag
from dashboard.components.empty_state import empty_state
from dashboard.components.meter import meter
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.fleet.strip import strip
from dashboard.pages.health.sensors import check_logger
from dashboard.pages.health.words import sensor_look
from dashboard.pages.incidents.words import address
from dashboard.zone_names import ZONE_NAMES

STATUS_WORDS = {
    UnitStatus.ACTIVE: "In use",
    UnitStatus.DEFROSTING: "Defrosting",
    UnitStatus.BACKUP: "Kept as backup",
    UnitStatus.RETIRED: "Retired",
}
_QUIET = (Need.CALIBRATION_OVERDUE, Need.FULL, Need.NOTHING, Need.RETIRED)
_HEADS = (
    ("Unit", ""),
    ("State", ""),
    ("Class", ""),
    ("Now", "n"),
    ("Low to high, 24 h", "n"),
    ("From set point, 24 h", ""),
    ("Full", ""),
    ("Energy a day", "n"),
    ("Worst of 30 days", ""),
    ("Calibration due", ""),
    ("Last heard", ""),
)


def units(
    found: Sequence[FleetUnit],
    energy: Mapping[UUID, UnitEnergy],
    *,
    now: datetime,
    zone: ZoneInfo,
    may_connect: bool,
) -> html.Section:
    """Draw a row for each unit, in the order given; ``energy`` by unit, of those with a meter.

    Who ``may_connect`` sensors is led to where one is connected to a unit without a thermometer.
    """
    if not found:
        return panel(
            "All units",
            empty_state(
                "No unit is set up yet",
                "Units come with the laboratory's places.",
                icon="thermometer-half",
            ),
        )
    table = html.Table(
        [
            html.Caption("Storage units, those to look at first", className="vh"),
            html.Thead(
                html.Tr([html.Th(name, scope="col", className=kind) for name, kind in _HEADS])
            ),
            html.Tbody(
                [
                    _row(
                        unit,
                        energy.get(unit.occupancy.unit_id),
                        now=now,
                        zone=zone,
                        may_connect=may_connect,
                    )
                    for unit in found
                ]
            ),
        ],
        className="tbl flush plain fl",
    )
    urgent = sum(unit.need not in _QUIET for unit in found)
    meta = fmt.plural(len(found), "unit", "units")
    return panel(
        "All units",
        html.Div(
            table, className="tbl-x", tabIndex="0", role="region", **aria(label="All units, table")
        ),
        meta=f"{meta}, {urgent} to look at" if urgent else f"{meta}, none to look at",
    )


def _row(
    unit: FleetUnit,
    energy: UnitEnergy | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    may_connect: bool,
) -> html.Tr:
    place, sensor = unit.occupancy, unit.sensor
    simulated = [tag("simulated")] if sensor is not None and sensor.is_simulated else []
    zone_name = ZONE_NAMES[place.temperature_class] if place.temperature_class else ""
    return html.Tr(
        [
            html.Th(
                [html.A(place.label, href=f"/storage/{place.label}"), *simulated],
                scope="row",
                className="nm",
            ),
            html.Td(
                [
                    _state(unit, now),
                    *check_logger(sensor),
                    *(_connect(unit) if may_connect else []),
                ],
                className="fl-state",
            ),
            html.Td([zone_name, html.Div(_status(place), className="sm t3 fl-st")]),
            html.Td(_now(unit), className="n"),
            html.Td([_extremes(unit.day), *_setpoint(sensor)], className="n t2"),
            html.Td(_strip(sensor, unit.day)),
            html.Td(_full(unit)),
            html.Td(_energy(energy), className="n fl-e"),
            html.Td(_worst(unit.worst, now=now, zone=zone)),
            html.Td(_calibration(unit)),
            html.Td(_heard(sensor, now=now, zone=zone), className="num"),
        ],
        className="is-down" if unit.alarmed is not None else "",
    )


def _status(place: UnitOccupancy) -> str:
    """Say a unit's status, why it has it, and by when a backup unit is to be empty again."""
    words = STATUS_WORDS[place.status]
    if place.status is UnitStatus.ACTIVE:
        return words
    day = f", back by {fmt.calendar_day(place.move_back_on)}" if place.move_back_on else ""
    return f"{words}{day}" + (f": {place.status_reason}" if place.status_reason else "")


def _state(unit: FleetUnit, now: datetime) -> Component:
    told = unit.alarmed or unit.sensor
    return status(_unwatched(unit, now) if told is None else sensor_look(told, now))


def _unwatched(unit: FleetUnit, now: datetime) -> Look:
    """Say since when no thermometer stands in a unit: as long as it is there, or one taken out."""
    if unit.unwatched_since is not None:
        said = f"taken out {fmt.age(now - unit.unwatched_since)} ago"
    else:
        said = f"set up {fmt.age(now - made_at(unit.occupancy.unit_id))} ago"
    return Look(f"No thermometer, {said}", "question-circle", Tone.OFF)


def _connect(unit: FleetUnit) -> list[Component]:
    """Return the way to where a sensor is connected to a unit without one, else nothing."""
    if unit.need is not Need.NO_SENSOR:
        return []
    label = unit.occupancy.label
    link = html.A(
        "Connect one", href=f"/sensors?unit={quote(label)}", **aria(label=f"Connect one to {label}")
    )
    return [html.Div(link, className="sm")]


def _now(unit: FleetUnit) -> list[Component] | str:
    sensor = unit.sensor
    if sensor is None or sensor.temperature_c is None:
        return "–"
    words = fmt.temperature(sensor.temperature_c)
    if sensor.is_stale:
        return [html.Span(words, className="t3"), html.Div("old", className="sm t3")]
    return [html.Span(words, className="md"), html.Div(_away(unit), className="sm t3")]


def _away(unit: FleetUnit) -> str:
    away = round(unit.deviation_c or 0.0, 1)
    return f"{'+' if away > 0 else ''}{fmt.with_unit(away, 'K', 1)}"


def _extremes(day: SensorDay | None) -> str:
    if day is None:
        return "no data"
    return fmt.between(fmt.decimal(day.low_c, 1), fmt.temperature(day.high_c))


def _setpoint(sensor: SensorNow | None) -> list[Component]:
    if sensor is None:
        return []
    return [html.Div(f"set to {fmt.temperature(sensor.setpoint_c)}", className="sm t3")]


def _strip(sensor: SensorNow | None, day: SensorDay | None) -> Component | None:
    if sensor is None or day is None:
        return None
    return strip([value - sensor.setpoint_c for value in day.warmest_c])


def _full(unit: FleetUnit) -> list[Component] | str:
    place = unit.occupancy
    if not place.capacity:
        return "no boxes"
    return [
        html.Span(fmt.percent(place.used_fraction), className="num"),
        meter(place.used_fraction, label=place.label, thin=True),
    ]


def _energy(energy: UnitEnergy | None) -> list[Component]:
    if energy is None:
        return [html.Span(energy_words.NO_SENSOR, className="sm t3")]
    period = energy.period
    return [
        html.Span(energy_words.rate(period.kwh_a_day), className="num"),
        html.Div(energy_words.counted(period), className="sm t3"),
    ]


def _worst(worst: WorstExcursion | None, *, now: datetime, zone: ZoneInfo) -> list[Component] | str:
    if worst is None:
        return "none"
    peak = fmt.temperature(worst.peak_c) or "not measured"
    lasted = f", out for {rules.minutes_words(worst.out_min)}" if worst.out_min else ""
    more = f", {fmt.count(worst.others)} more" if worst.others else ""
    when = fmt.day(worst.began_at, zone, now=now)
    return [
        html.Span(f"{peak}{lasted}", className="num"),
        html.Div(
            [html.A(worst.code, href=address(worst.code)), f", {when}{more}"], className="sm t3"
        ),
    ]


def _calibration(unit: FleetUnit) -> Component | str:
    if unit.sensor is None:
        return ""
    if unit.calibration_due_on is None:
        return "not noted"
    day = fmt.calendar_day(unit.calibration_due_on, with_year=True)
    if unit.is_calibration_overdue:
        return status(Look(f"Overdue since {day}", "exclamation-triangle-fill", Tone.WARN))
    return html.Span(day, className="num")


def _heard(sensor: SensorNow | None, *, now: datetime, zone: ZoneInfo) -> str:
    if sensor is None:
        return ""
    return "never" if sensor.read_at is None else fmt.moment(sensor.read_at, zone, now=now)
