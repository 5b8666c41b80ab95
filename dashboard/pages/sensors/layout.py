"""Sensors and loggers: which there are, what they say, their calibration, and who records."""

from uuid import UUID

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.errors import NotFound
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import queries as storage_queries
from backend.telemetry import device_tokens, messages, sensor_moving, standings
from backend.telemetry.ids import SensorId
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.sensors import ids, listing, loggers, moving
from dashboard.session import current_principal

LOGGERS = "loggers"
TICK_MS = 30_000
"""A sensor that falls silent tells nobody, so the page looks by itself."""


def layout(
    *, tab: str = "", sensor: str = "", move: str = "", revoke: str = "", unit: str = ""
) -> Page:
    """Draw the sensors, or the loggers' tokens for those who set up storage.

    ``sensor`` is the one to be calibrated, ``move`` the code of the one to be moved, ``revoke`` the
    name of the token to be taken back, ``unit`` the label of the one that a sensor is to watch.
    """
    may_configure = current_principal().may(Permission.STORAGE_CONFIGURE)
    shows_loggers = may_configure and tab == LOGGERS
    tabs = [
        Tab("Sensors", listing.PATH, selected=not shows_loggers),
        Tab("Loggers", loggers.PATH, selected=shows_loggers),
    ]
    children = (
        _loggers(revoke)
        if shows_loggers
        else _sensors(sensor, move, unit, may_configure=may_configure)
    )
    return page(
        title="Sensors",
        breadcrumb=[Crumb("System health", "/health")],
        tabs=tabs if may_configure else [],
        children=children,
    )


def sensor_list() -> list[Component]:
    """Draw the sensors as their rows say now, and those that stand in no unit."""
    principal, now = current_principal(), clock.utc_now()
    with reading() as session:
        found = standings.list_standings(session, principal)
        gone = sensor_moving.list_disconnected(session, principal)
    may_configure = principal.may(Permission.STORAGE_CONFIGURE)
    today = now.astimezone(lab_zone()).date()
    drawn = [listing.listed(found, now=now, today=today, may_configure=may_configure)]
    if gone:
        drawn.append(moving.disconnected(gone, zone=lab_zone(), may_configure=may_configure))
    return drawn


def token_list() -> Component:
    """Draw the tokens that hold now."""
    with reading() as session:
        found = device_tokens.list_device_tokens(session, current_principal())
    return loggers.listed(found, now=clock.utc_now(), zone=lab_zone())


def _sensors(sensor: str, move: str, unit: str, *, may_configure: bool) -> list[Component]:
    drawn: list[Component] = _calibrating(sensor) if may_configure and sensor else []
    drawn += _moving(move) if may_configure and move else []
    listed: list[Component] = [
        html.Div(sensor_list(), id=ids.LIST),
        dcc.Interval(id=ids.TICK, interval=TICK_MS),
    ]
    if not may_configure:
        return [*drawn, *listed]
    with reading() as session:
        units = storage_queries.occupancy_by_unit(session, current_principal())
    adding = listing.add_form(sorted(units, key=lambda each: each.label), chosen=unit)
    # Who comes to watch a unit finds the form first; who comes to look finds the list.
    return [*drawn, adding, *listed] if unit else [*drawn, *listed, adding]


def _calibrating(sensor: str) -> list[Component]:
    try:
        sensor_id = SensorId(UUID(sensor))
        with reading() as session:
            found = standings.get_standing(session, current_principal(), sensor_id)
    except (ValueError, NotFound):
        return []
    form = listing.calibrate_form(found, today=clock.utc_now().astimezone(lab_zone()).date())
    return [html.Div(form, id=ids.CALIBRATE_FORM)]


def _moving(code: str) -> list[Component]:
    principal = current_principal()
    try:
        with reading() as session:
            stays = sensor_moving.list_stays(session, principal, code)
            units = storage_queries.occupancy_by_unit(session, principal)
    except NotFound:
        return []
    form = moving.move_form(stays, sorted(units, key=lambda each: each.label))
    return [html.Div([form, moving.history(stays, zone=lab_zone())], id=ids.MOVE_FORM)]


def _loggers(revoke: str) -> list[Component]:
    principal, now = current_principal(), clock.utc_now()
    with reading() as session:
        units = storage_queries.occupancy_by_unit(session, principal)
        sensors = standings.list_standings(session, principal)
        names = {each.name for each in device_tokens.list_device_tokens(session, principal)}
        refused = loggers.refused(messages.list_refused(session, principal), now=now)
    asked = [html.Div(loggers.revoke_form(revoke), id=ids.REVOKE_FORM)] if revoke in names else []
    return [
        *asked,
        html.Div(token_list(), id=ids.TOKENS),
        loggers.make_form(sorted(units, key=lambda each: each.label), sensors),
        *([refused] if refused is not None else []),
    ]
