"""Admin: people, roles, projects, sign-ins, the audit trail and the laboratory itself."""

from dash import html
from dash.development.base_component import Component
from flask import current_app

from backend.auth import queries as auth_queries
from backend.auth.errors import LaboratoryMissing, UserNotFound
from backend.core import clock
from backend.core.principal import UserId
from backend.core.transaction import reading
from backend.events import checking
from backend.events import queries as events_queries
from backend.labels import queries as label_queries
from backend.samples import project_queries
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.admin import (
    ids,
    laboratory,
    people,
    printers,
    projects,
    sign_ins,
    trail,
    trail_taking,
)
from dashboard.session import current_principal

_TABS = (
    ("people", "People"),
    ("roles", "Roles"),
    ("projects", "Projects"),
    ("sign-ins", "Signed in"),
    ("printers", "Printers"),
    ("audit", "Audit trail"),
    ("laboratory", "Laboratory"),
)
_ENTRIES = 100


def layout(tab: str = "people", person: str = "", project: str = "", **asked: str) -> Page:
    """Draw the tab that the address names; an unknown one is the first."""
    if tab == "projects":
        return _project_page(project) if project else _projects_page()
    children = _plain_tab(tab, asked)
    if children is not None:
        return _tabbed(tab, children)
    return _person_page(person) if person else _people_page()


def _plain_tab(tab: str, asked: dict[str, str]) -> list[Component] | None:
    match tab:
        case "roles":
            return [people.rights_matrix()]
        case "sign-ins":
            return [html.Div(sign_in_list(), id=ids.SIGN_INS)]
        case "printers":
            return [html.Div(printer_list(), id=ids.PRINTERS), printers.form()]
        case "audit":
            return _trail(asked)
        case "laboratory":
            return [_laboratory()]
        case _:
            return None


def people_list() -> Component:
    """Return everybody as the rows say now."""
    principal = current_principal()
    with reading() as session:
        found = auth_queries.people(session, principal)
        codes = project_queries.codes_by_person(session, principal)
    return people.listed(found, codes, now=clock.utc_now(), zone=lab_zone())


def person_state(user_id: UserId) -> Component:
    """Return what can be done about one person now."""
    principal = current_principal()
    with reading() as session:
        found = auth_queries.get_person(session, principal, user_id)
    return people.state(
        found, is_self=user_id == principal.user_id, now=clock.utc_now(), zone=lab_zone()
    )


def sign_in_list() -> Component:
    """Return who is signed in now."""
    idle_minutes = current_app.config["IDLE_SECONDS"] // 60
    with reading() as session:
        found = auth_queries.open_sign_ins(session, current_principal(), idle_minutes=idle_minutes)
    return sign_ins.listed(found, now=clock.utc_now(), zone=lab_zone())


def project_list() -> Component:
    """Return the projects as the rows say now."""
    with reading() as session:
        return projects.listed(project_queries.list_projects(session, current_principal()))


def project_body(code: str) -> list[Component]:
    """Return one project with its members as the rows say now."""
    principal = current_principal()
    with reading() as session:
        found = project_queries.get_project(session, principal, code)
        members = project_queries.list_members(session, principal, found.id)
        everybody = auth_queries.people(session, principal)
    return projects.body(found, members, everybody)


def printer_list() -> Component:
    """Return the printers as the rows say now."""
    with reading() as session:
        return printers.listed(label_queries.list_printers(session, current_principal()))


def _people_page() -> Page:
    add = button("Add person", href="/admin?tab=people&person=new", kind="primary", icon="plus-lg")
    return _tabbed("people", [html.Div(people_list(), id=ids.PEOPLE)], add)


def _person_page(key: str) -> Page:
    principal = current_principal()
    up = [Crumb("Admin", "/admin"), Crumb("People", "/admin?tab=people")]
    if key == "new":
        with reading() as session:
            open_to = project_queries.list_projects(session, principal)
        return page(title="Add person", breadcrumb=up, children=[people.new_form(open_to)])
    user_id = _user_id(key)
    with reading() as session:
        person = auth_queries.get_person(session, principal, user_id)
        member_of = project_queries.codes_by_person(session, principal).get(user_id, [])
        choosable = project_queries.list_projects(session, principal)
    return page(
        title=person.name,
        breadcrumb=up,
        children=people.person_page(
            person,
            member_of,
            choosable,
            is_self=user_id == principal.user_id,
            now=clock.utc_now(),
            zone=lab_zone(),
        ),
    )


def _projects_page() -> Page:
    return _tabbed("projects", [html.Div(project_list(), id=ids.PROJECTS), projects.new_form()])


def _project_page(code: str) -> Page:
    principal = current_principal()
    with reading() as session:
        found = project_queries.get_project(session, principal, code)
        members = project_queries.list_members(session, principal, found.id)
        everybody = auth_queries.people(session, principal)
    return page(
        title=found.code,
        breadcrumb=[Crumb("Admin", "/admin"), Crumb("Projects", "/admin?tab=projects")],
        children=projects.project_page(found, members, everybody),
    )


def _trail(asked: dict[str, str]) -> list[Component]:
    principal, zone = current_principal(), lab_zone()
    filters = trail.filters_of(asked, zone)
    before = asked.get("before", "")
    with reading() as session:
        found = events_queries.audit_window(
            session,
            principal,
            before_id=int(before) if before.isdecimal() else None,
            limit=_ENTRIES + 1,
            action=filters.action,
            actor=filters.actor,
            entity=filters.entity,
            entity_id=filters.entity_id,
            since=filters.since,
            until=filters.until,
        )
        kinds = events_queries.audited_entities(session, principal)
        checks = checking.chain_checks(session)
    return trail.page_parts(
        found[:_ENTRIES],
        kinds,
        asked,
        checks,
        more=len(found) > _ENTRIES,
        zone=zone,
        taking=trail_taking.taking(asked),
    )


def _laboratory() -> Component:
    with reading() as session:
        found = auth_queries.get_laboratory(session)
    if found is None:
        raise LaboratoryMissing
    return laboratory.form(found)


def _tabbed(selected: str, children: list[Component], *actions: Component) -> Page:
    tabs = [Tab(label, f"/admin?tab={key}", selected=key == selected) for key, label in _TABS]
    return page(title="Admin", tabs=tabs, actions=actions, children=children)


def _user_id(key: str) -> UserId:
    found = trail.key_of(key)
    if found is None:
        raise UserNotFound
    return UserId(found)
