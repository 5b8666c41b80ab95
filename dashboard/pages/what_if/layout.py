"""What if a unit's cooling stops, its set point is another, it is lost, a project arrives."""

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.predictions import queries as prediction_queries
from backend.samples.ids import TemperatureClass
from backend.storage import queries as storage_queries
from backend.storage import scenario_queries
from backend.storage.ids import UnitStatus
from backend.storage.planning.drill import rehearse
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.planning.problem import Weights
from backend.storage.views import UnitOccupancy
from backend.telemetry import door_queries, thermal_queries
from dashboard.components.banner import banner
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.what_if import (
    doors,
    drilling,
    ids,
    panels,
    scenario_panels,
    scenario_words,
    setpoint,
    setpoint_words,
    words,
)
from dashboard.session import current_principal
from dashboard.zone_names import ZONE_NAMES

_LONGEST_NUMBER = 6


def layout(*, unit: str = "") -> Page:
    """Draw the page for the unit that the address names by its label.

    Otherwise for the first of −80 °C, for which the limit asked for at first makes sense.
    """
    principal = current_principal()
    with reading() as session:
        units = _units(session, principal)
        chosen = _chosen(units, unit)
        drawn = (
            [empty_state("There is no unit yet", "Add a freezer to storage first.", icon="snow2")]
            if chosen is None
            else [
                _asked(units, chosen),
                html.Div(
                    body(session, principal, chosen, words.read_limit(words.DEFAULT_LIMIT)),
                    id=ids.BODY,
                    className="fc",
                ),
                html.Div(
                    setpoint.body(session, principal, chosen, float(setpoint_words.DEFAULT_SHIFT)),
                    id=ids.SET_POINT,
                ),
                *_places(session, principal),
            ]
        )
    return page(
        title="What if",
        breadcrumb=[Crumb("Predictions", "/predictions")],
        children=drawn,
        class_name="is-scrolling",
    )


def _chosen(units: Sequence[UnitOccupancy], label: str) -> UnitOccupancy | None:
    named = [each for each in units if each.label == label]
    frozen = [each for each in units if each.temperature_class is TemperatureClass.MINUS_80]
    return next(iter([*named, *frozen, *units]), None)


def find_unit(session: ReadSession, principal: Principal, unit_id: str) -> UnitOccupancy | None:
    """Return the unit that was chosen; None when it has gone since."""
    return next((each for each in _units(session, principal) if str(each.unit_id) == unit_id), None)


def body(
    session: ReadSession, principal: Principal, unit: UnitOccupancy, limit_c: float | None
) -> list[Component]:
    """Return what is known of the unit; without a limit the answer is left out."""
    drawn = _without_cooling(session, principal, unit, limit_c)
    opened = door_queries.find_doors(session, principal, unit.unit_id)
    if opened is not None:
        drawn.append(doors.drawn(unit.label, opened))
    if unit.temperature_class is not None:
        lost = scenario_queries.lose_unit(session, principal, unit.unit_id)
        drawn.append(scenario_panels.unit_lost(lost))
        may_plan = principal.may(Permission.STORAGE_PLAN)
        drawn.append(drilling.before(unit.label, may_plan=may_plan))
    return drawn


def arrival(
    session: ReadSession, principal: Principal, zone: str, typed: Mapping[str, str]
) -> tuple[list[Component], Mapping[str, str]]:
    """Return the answer to a project, and a sentence for each field that is no number of such.

    ``typed`` holds boxes, rows and columns.
    """
    numbers = {name: int(text) if _is_number(text) else 0 for name, text in typed.items()}
    chosen = TemperatureClass(zone)
    try:
        scenario = scenario_queries.arrive(session, principal, zone=chosen, **numbers)
    except InvalidInput as refusal:
        return [], refusal.fields
    forecasts = prediction_queries.latest_capacity(session, principal)
    forecast = next((each for each in forecasts if each.temperature_class is chosen), None)
    said = scenario_words.arrival(scenario, **numbers)
    later = scenario_words.later(scenario, forecast)
    return scenario_panels.arrival(scenario, said, later), {}


def drill_of(principal: Principal, unit_id: str, limit_c: float | None) -> list[Component]:
    """Rehearse an evacuation and draw it beside the model's time; nothing is changed by it."""
    try:
        with reading() as session:
            unit = find_unit(session, principal, unit_id)
            if unit is None:
                return []
            asked, labels = scenario_queries.plan_drill(session, principal, unit.unit_id)
            said = (
                None
                if limit_c is None
                else thermal_queries.find_crossing(session, principal, unit.unit_id, limit_c)
            )
    except AppError as refusal:
        return [banner(refusal.message)]
    # Thinking takes a moment, and nobody waits for a connection meanwhile.
    found = rehearse(asked, plan_evacuation(asked), labels, Weights())
    return drilling.after(unit.label, found, said)


def _without_cooling(
    session: ReadSession, principal: Principal, unit: UnitOccupancy, limit_c: float | None
) -> list[Component]:
    lab = lab_zone()
    model = thermal_queries.find_model(session, principal, unit.unit_id)
    if model is None or model.rmse_k is None:
        return [panels.without_model(unit.label, model)]
    said = (
        None
        if limit_c is None
        else thermal_queries.find_crossing(session, principal, unit.unit_id, limit_c)
    )
    return [
        html.Div([panels.warm_up(model, lab), panels.answer(model, said, lab)], className="fc-1"),
        panels.model_card(model, lab),
    ]


def _places(session: ReadSession, principal: Principal) -> list[Component]:
    spares = scenario_queries.spares(session, principal)
    if not spares:
        return []
    zones = [each.temperature_class for each in spares]
    typed = {
        "boxes": scenario_panels.BOXES,
        "rows": scenario_panels.ROWS,
        "columns": scenario_panels.COLUMNS,
    }
    drawn, _ = arrival(session, principal, zones[0].value, typed)
    return [scenario_panels.spares(spares), scenario_panels.project(zones, *drawn)]


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _units(session: ReadSession, principal: Principal) -> list[UnitOccupancy]:
    every = storage_queries.occupancy_by_unit(session, principal)
    return [each for each in every if each.status is not UnitStatus.RETIRED]


def _asked(units: list[UnitOccupancy], chosen: UnitOccupancy) -> html.Div:
    options = [{"label": _named(each), "value": str(each.unit_id)} for each in units]
    return html.Div(
        [
            form_field("Unit", dbc.Select(id=ids.UNIT, options=options, value=str(chosen.unit_id))),
            form_field(
                "When does it cross",
                dbc.Input(id=ids.LIMIT, value=words.DEFAULT_LIMIT, debounce=True, maxLength=12),
                unit="°C",
            ),
            form_field(
                "Set point warmer by",
                dbc.Input(
                    id=ids.SHIFT, value=setpoint_words.DEFAULT_SHIFT, debounce=True, maxLength=8
                ),
                unit="K",
            ),
        ],
        className="panel wi-asked",
    )


def _named(unit: UnitOccupancy) -> str:
    zone = unit.temperature_class
    return unit.label if zone is None else f"{unit.label}, {ZONE_NAMES[zone]}"
