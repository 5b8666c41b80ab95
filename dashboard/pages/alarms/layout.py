"""Alarms: what is open now, the rules that raise them, maintenance, and who is told when."""

from uuid import UUID

from dash import dcc, html
from dash.development.base_component import Component

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.telemetry import (
    alarm_common,
    alarm_ladder,
    alarm_overrides,
    alarm_rules,
    maintenance,
    queries,
)
from backend.telemetry.alarm_ladder import Ladder
from backend.telemetry.errors import RuleNotFound, SensorNotFound
from backend.telemetry.ids import SensorId
from dashboard.components.page import Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.alarms import (
    acts,
    common,
    ids,
    ladder,
    ladder_form,
    open_alarms,
    own_rules,
    rule_adding,
    rules,
    windows,
)
from dashboard.pages.alarms.mail import has_mail
from dashboard.session import current_principal

PATH = "/alarms"
RULES, MAINTENANCE, LADDER, COMMON = "rules", "maintenance", "ladder", "common"
TICK_MS = 10_000
"""A snooze and a maintenance end by the clock, and nothing tells a page of it."""


def layout(show: str = "", rule: str = "", sensor: str = "", alarm: str = "", **_: str) -> Page:
    """Draw the view that the address names.

    ``rule`` is the one whose versions are shown, ``sensor`` the one whose rules are, ``alarm`` the
    one that comes first.
    """
    principal = current_principal()
    with reading() as session:
        drawn = body(session, principal, show=show, rule=rule, sensor=sensor, alarm=alarm)
        counted = len(queries.open_alarms(session, principal, with_held=True))
    return page(
        title="Alarms",
        tabs=tabs(counted, show),
        children=[
            html.Div(drawn, id=ids.BODY),
            *_dialogs(principal),
            dcc.Store(
                id=ids.SHOWN, data={"show": show, "rule": rule, "sensor": sensor, "alarm": alarm}
            ),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.OPEN),
            dcc.Store(id=ids.OPEN_SINK),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            dcc.Interval(id=ids.TICK, interval=TICK_MS),
        ],
        class_name="alarms",
    )


def body(
    session: ReadSession, principal: Principal, *, show: str, rule: str, sensor: str, alarm: str
) -> list[Component]:
    """Draw a view as the rows say now."""
    now, zone = clock.utc_now(), lab_zone()
    may_configure = principal.may(Permission.STORAGE_CONFIGURE)
    match show:
        case "rules":
            found = alarm_rules.list_rules(session, principal)
            return [
                *_versions(session, principal, rule),
                *_of_sensor(session, principal, sensor),
                rules.in_force(
                    found,
                    alarm_rules.list_retired(session, principal),
                    zone=zone,
                    may_change=may_configure,
                ),
            ]
        case "maintenance":
            windows_found = maintenance.list_windows(session, principal)
            return windows.drawn(windows_found, now=now, zone=zone, may_set=may_configure)
        case "ladder":
            made = alarm_ladder.list_versions(session, principal)
            tests = alarm_ladder.list_tests(session, principal)
            named = _names(session, made[0])
            return ladder.drawn(
                made,
                tests,
                named,
                now,
                zone,
                may_change=may_configure,
                has_mail=has_mail(),
            )
        case "common":
            versions_made = alarm_common.list_versions(session, principal)
            return common.drawn(versions_made, zone, may_change=may_configure)
        case _:
            alarms = queries.open_alarms(session, principal, with_held=True)
            return open_alarms.drawn(
                sorted(alarms, key=lambda each: str(each.alarm_id) != alarm),
                now=now,
                zone=zone,
                may_act=open_alarms.may_act(principal),
            )


def tabs(counted: int, show: str) -> list[Tab]:
    """Return the views with how many alarms are open now."""
    known = (
        ("Open alarms", "", counted),
        ("Rules", RULES, None),
        ("Maintenance", MAINTENANCE, None),
        ("Ladder", LADDER, None),
        ("Common rule", COMMON, None),
    )
    selected = show if show in {name for _, name, _ in known} else ""
    return [
        Tab(
            label,
            f"{PATH}?show={name}" if name else PATH,
            count=number,
            selected=name == selected,
        )
        for label, name, number in known
    ]


def _dialogs(principal: Principal) -> list[Component]:
    """Draw the dialogs of what a person may do, on every view: a redrawn view leaves them alone."""
    drawn = acts.draw() if open_alarms.may_act(principal) else []
    if principal.may(Permission.STORAGE_CONFIGURE):
        with reading() as session:
            units = maintenance.list_units(session, principal)
            names = auth_queries.active_names(session)
        drawn += [
            *rules.draw(),
            *rule_adding.draw(),
            *own_rules.draw(),
            *windows.draw(units, now=clock.utc_now()),
            *ladder.draw(),
            *common.draw(),
            *ladder_form.draw(names, has_mail=has_mail()),
        ]
    return drawn


def _names(session: ReadSession, standing: Ladder) -> dict[str, str]:
    """Return the names of the people on a ladder, by their keys as text."""
    people = {person for step in standing.steps for person in step.people}
    return {person: auth_queries.load_user(session, UUID(person)).name for person in people}


def _of_sensor(session: ReadSession, principal: Principal, sensor: str) -> list[Component]:
    if not sensor:
        return []
    try:
        found = alarm_overrides.rules_of_sensor(session, principal, SensorId(UUID(sensor)))
    except (ValueError, SensorNotFound):
        return [own_rules.no_sensor()]
    may_change = principal.may(Permission.STORAGE_CONFIGURE)
    return [own_rules.drawn(found, zone=lab_zone(), may_change=may_change)]


def _versions(session: ReadSession, principal: Principal, rule: str) -> list[Component]:
    if not rule:
        return []
    try:
        found = alarm_rules.list_versions(session, principal, rule)
    except RuleNotFound as refusal:
        return [rules.no_versions(refusal.message)]
    return [rules.versions(found, zone=lab_zone())]
