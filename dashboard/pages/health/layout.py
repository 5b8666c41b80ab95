"""System health: the program's own parts, the work behind them, and the freezers' sensors."""

from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.gateway import breakers as gateway_breakers
from backend.gateway import queries
from backend.gateway import requests as gateway_requests
from backend.gateway.queries import Range
from backend.incidents import queries as incident_queries
from backend.sequencing.runs import queries as run_queries
from backend.telemetry import queries as telemetry_queries
from backend.telemetry import sensors as telemetry_sensors
from backend.telemetry import standings
from backend.transactions import queries as saga_queries
from backend.work import queries as work_queries
from dashboard.components.button import button
from dashboard.components.page import Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.health import (
    aside,
    breakers,
    ids,
    logger_file,
    parts,
    requests,
    run_folders,
    sensors,
)
from dashboard.pages.sensors import beside
from dashboard.session import current_principal

TICK_MS = 10_000
"""Nothing tells a page that nothing is measured any more, so it looks by itself."""
_INCIDENTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The parts of the page that are redrawn."""

    head: list[Component]
    parts: list[Component]
    sensors: list[Component]
    aside: list[Component]


def layout(**query: str) -> Page:
    """Draw the page for a range; ``alarm`` names the sensor whose alarm is to be acknowledged."""
    span = span_of(query.get("range"))
    drawn = regions(span)
    return page(
        title="System health",
        actions=_actions(),
        children=[
            html.Div(drawn.head, id=ids.HEAD, className="hs"),
            *_acknowledging(query.get("alarm")),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(drawn.parts, id=ids.PARTS, className="hg-p"),
                            html.Div(drawn.sensors, id=ids.SENSORS),
                            *_logger_file(),
                        ],
                        className="hg-m",
                    ),
                    html.Aside(drawn.aside, id=ids.ASIDE, className="bl"),
                ],
                className="hg",
            ),
            dcc.Store(id=ids.SPAN, data=span.value),
            dcc.Interval(id=ids.TICK, interval=TICK_MS),
        ],
        class_name="health",
    )


def span_of(name: str | None) -> Range:
    """Return the range that an address names, a day when it names none."""
    return Range(name) if name in set(Range) else Range.DAY


def may_acknowledge(principal: Principal) -> bool:
    """Say whether a person may acknowledge alarms; the service has the last word."""
    return principal.may(Permission.STORAGE_PLACE) or principal.may(Permission.HEALTH_OPERATE)


def regions(span: Range) -> Regions:
    """Return the page's parts as the rows say now, in one snapshot."""
    principal, now, zone = current_principal(), clock.utc_now(), lab_zone()
    with reading() as session:
        states = queries.component_states(session, span)
        leases = queries.leases(session)
        traffic = gateway_requests.traffic(session, principal)
        return Regions(
            head=parts.head(
                states, traffic, span, now, zone, alarms=_alarms_waiting(session, principal)
            ),
            parts=parts.table(states, span, now, zone),
            sensors=_sensors(session, principal),
            aside=[
                aside.queues(work_queries.queue_states(session), leases),
                requests.requests(traffic, zone),
                breakers.breakers(gateway_breakers.list_breakers(session, principal), now, zone),
                aside.events(work_queries.outbox_lag(session), saga_queries.saga_counts(session)),
                aside.incidents(queries.changes(session, limit=_INCIDENTS), now, zone),
                aside.processes(leases, now, zone),
                aside.schedules(work_queries.schedule_states(session), now, zone),
                *run_folders.watched(run_queries.list_roots(session, principal), now, zone),
            ],
        )


def _alarms_waiting(session: ReadSession, principal: Principal) -> int:
    if not principal.may(Permission.STORAGE_VIEW):
        return 0
    alarms = telemetry_queries.open_alarms(session, principal)
    return sum(each.acknowledged_at is None for each in alarms)


def _sensors(session: ReadSession, principal: Principal) -> list[Component]:
    if not principal.may(Permission.STORAGE_VIEW):
        return []
    drawn: list[Component] = [
        sensors.sensors(
            telemetry_queries.sensors_now(session, principal),
            telemetry_queries.last_day(session, principal),
            _incidents(session, principal),
            now=clock.utc_now(),
            may_acknowledge=may_acknowledge(principal),
        )
    ]
    others = beside.of_units(
        standings.list_standings(session, principal), standings.openings(session, principal)
    )
    return [*drawn, others] if others is not None else drawn


def _actions() -> list[Component]:
    if not current_principal().may(Permission.STORAGE_VIEW):
        return []
    return [
        button("Alarms and their rules", href="/alarms", icon="thermometer-half"),
        button("Incidents", href="/incidents", icon="exclamation-triangle"),
    ]


def _logger_file() -> list[Component]:
    principal = current_principal()
    if not principal.may(Permission.STORAGE_VIEW):
        return []
    if not principal.may(Permission.TELEMETRY_RECORD):
        return [logger_file.opener(may_record=False)]
    with reading() as session:
        sensors_there = telemetry_sensors.list_sensors(session, principal)
    return [logger_file.opener(may_record=True), logger_file.file_dialog(sensors_there)]


def _acknowledging(sensor: str | None) -> list[Component]:
    principal = current_principal()
    if not sensor or not principal.may(Permission.STORAGE_VIEW):
        return []
    with reading() as session:
        alarms = telemetry_queries.open_alarms(session, principal)
        incidents = _incidents(session, principal)
    alarm = next((each for each in alarms if str(each.sensor_id) == sensor), None)
    return [
        sensors.acknowledge_form(
            alarm,
            incidents.get(alarm.unit_label) if alarm else None,
            now=clock.utc_now(),
            may_acknowledge=may_acknowledge(principal),
        )
    ]


def _incidents(session: ReadSession, principal: Principal) -> dict[str, str]:
    """Return the codes of the incidents that are not closed, by the label of their units."""
    standing = incident_queries.list_incidents(session, principal, standing=True)
    return {label: each.code for each in standing for label in each.units}
