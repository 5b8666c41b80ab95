"""Admin: people. Adding, roles, projects, locking, resetting, signing out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dash import ClientsideFunction, Input, Output, State, clientside_callback, no_update
from dash.development.base_component import Component
from flask import request

from backend.auth import service
from backend.auth.ids import Role
from backend.auth.views import Invitation, UserView
from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission, UserId
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples import project_queries
from backend.samples import service as samples_service
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, field_error
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.admin import ids
from dashboard.pages.admin.forms import PERSON_FIELDS, by_field, shown
from dashboard.pages.admin.layout import people_list, person_state
from dashboard.pages.admin.parts import link_shown
from dashboard.pages.admin.people import BY_PASSWORD, roles
from dashboard.session import current_principal
from dashboard.shell_ids import live

_MANAGE = Permission.USERS_MANAGE
_TYPED = ("name", "email", "chosen", "projects", "way", "password")

clientside_callback(
    ClientsideFunction("admin", "showPassword"),
    Output(ids.NEW_PASSWORD_BOX, "hidden"),
    Input(ids.NEW_WAY, "value"),
)


@page_callback(
    _MANAGE,
    Output(ids.PEOPLE, "children"),
    Input(live("auth"), "data"),
    Input(live("samples"), "data"),
    prevent_initial_call=True,
)
def show_newest(_auth: int | None, _samples: int | None) -> Component:
    """Draw the list as the rows say now; who belongs to which project is a fact of samples."""
    return people_list()


@page_callback(
    _MANAGE,
    Output(ids.NEW_DONE, "children"),
    Output(ids.NEW_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in PERSON_FIELDS.values()],
    Input(ids.NEW_SEND, "n_clicks"),
    State(ids.NEW_NAME, "value"),
    State(ids.NEW_EMAIL, "value"),
    State(ids.NEW_ROLES, "value"),
    State(ids.NEW_PROJECTS, "value"),
    State(ids.NEW_WAY, "value"),
    State(ids.NEW_PASSWORD, "value"),
    prevent_initial_call=True,
)
def add_person(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Add the person and show their link, or say at each field what to correct."""
    if not presses:
        return (no_update,) * (len(PERSON_FIELDS) + 2)
    try:
        done = _add(**dict(zip(_TYPED, typed, strict=True)))
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, PERSON_FIELDS), PERSON_FIELDS))
    return (done, *shown({}, PERSON_FIELDS))


@page_callback(
    _MANAGE,
    Output(error_id(ids.PERSON_ROLES), "children"),
    Input(ids.PERSON_ROLES_SAVE, "n_clicks"),
    State(ids.PERSON, "data"),
    State(ids.PERSON_ROLES, "value"),
    prevent_initial_call=True,
)
def save_roles(presses: int | None, person: str, chosen: list[str] | None) -> Any:
    """Give the person exactly the chosen roles."""
    if not presses:
        return no_update
    try:
        with writing() as session:
            after = service.set_roles(
                session,
                current_principal(),
                user_id=UUID(person),
                roles=[Role(role) for role in chosen or []],
            )
    except AppError as refusal:
        return field_error(refusal.message)
    toast(f"{after.name} now is {roles(after.roles)}")
    return None


@page_callback(
    _MANAGE,
    Output(error_id(ids.PERSON_PROJECTS), "children"),
    Input(ids.PERSON_PROJECTS_SAVE, "n_clicks"),
    State(ids.PERSON, "data"),
    State(ids.PERSON_PROJECTS, "value"),
    prevent_initial_call=True,
)
def save_projects(presses: int | None, person: str, chosen: list[str] | None) -> Any:
    """Make the person a member of exactly the chosen projects."""
    if not presses:
        return no_update
    try:
        with writing() as session:
            _set_projects(session, UserId(UUID(person)), set(chosen or []))
    except AppError as refusal:
        return field_error(refusal.message)
    toast("Projects saved")
    return None


@page_callback(
    _MANAGE,
    Output(ids.PERSON_STATE, "children"),
    Input(ids.LOCK, "n_clicks"),
    State(ids.PERSON, "data"),
    prevent_initial_call=True,
)
def lock(presses: int | None, person: str) -> Any:
    """Lock the person; the dialog has asked."""
    return _act(presses, person, service.deactivate, "is locked and signed out")


@page_callback(
    _MANAGE,
    Output(ids.PERSON_STATE, "children", allow_duplicate=True),
    Input(ids.UNLOCK, "n_clicks"),
    State(ids.PERSON, "data"),
    prevent_initial_call=True,
)
def unlock(presses: int | None, person: str) -> Any:
    """Let the person sign in again."""
    return _act(presses, person, service.reactivate, "may sign in again")


@page_callback(
    _MANAGE,
    Input(ids.SIGN_OUT, "n_clicks"),
    State(ids.PERSON, "data"),
    prevent_initial_call=True,
)
def sign_out(presses: int | None, person: str) -> None:
    """End every sign-in of the person."""
    if not presses:
        return
    with writing() as session:
        service.sign_out_everywhere(session, current_principal(), user_id=UUID(person))
    toast("Signed out everywhere")


@page_callback(
    _MANAGE,
    Output(ids.LINK, "children"),
    Input(ids.RESET, "n_clicks"),
    State(ids.PERSON, "data"),
    prevent_initial_call=True,
)
def reset(presses: int | None, person: str) -> Any:
    """End the person's password and show the link to a new one."""
    if not presses:
        return no_update
    with writing() as session:
        link = service.reset_password(session, current_principal(), user_id=UUID(person))
    toast(f"The password of {link.user.name} is reset")
    return _link(link)


def _add(
    *,
    name: str | None,
    email: str | None,
    chosen: list[str] | None,
    projects: list[str] | None,
    way: str,
    password: str | None,
) -> Component | None:
    principal = current_principal()
    held = [Role(role) for role in chosen or []]
    link: Invitation | None = None
    with writing() as session:
        if way == BY_PASSWORD:
            made = service.create_user(
                session,
                principal,
                email=email or "",
                name=name or "",
                password=password or "",
                roles=held,
            )
        else:
            link = service.invite(
                session, principal, email=email or "", name=name or "", roles=held
            )
            made = link.user
        _set_projects(session, made.id, set(projects or []))
    toast(f"{made.name} is added", link=("Open", f"/admin?tab=people&person={made.id}"))
    return None if link is None else _link(link)


def _set_projects(session: WriteSession, user_id: UserId, chosen: set[str]) -> None:
    """Join and leave projects until the person is a member of exactly the chosen ones."""
    principal = current_principal()
    known = {each.code: each.id for each in project_queries.list_projects(session, principal)}
    if unknown := chosen - known.keys():
        raise InvalidInput(
            f"There is no project {', '.join(sorted(unknown))}. Load the page again."
        )
    now = set(project_queries.codes_by_person(session, principal).get(user_id, ()))
    for code in sorted(chosen - now):
        samples_service.add_member(session, principal, project_id=known[code], user_id=user_id)
    for code in sorted(now - chosen):
        samples_service.remove_member(session, principal, project_id=known[code], user_id=user_id)


def _act(presses: int | None, person: str, act: Callable[..., UserView], what: str) -> Any:
    if not presses:
        return no_update
    user_id = UserId(UUID(person))
    with writing() as session:
        after = act(session, current_principal(), user_id=user_id)
    toast(f"{after.name} {what}")
    return person_state(user_id)


def _link(link: Invitation) -> Component:
    until = fmt.moment(link.expires_at, lab_zone())
    return link_shown(link, site=request.host_url, until=until)
