"""Admin: projects, sign-ins, the audit trail and the laboratory's settings."""

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.auth import service
from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.events import queries as events_queries
from backend.samples import project_queries
from backend.samples import service as samples_service
from dashboard import format as fmt
from dashboard import laboratory as shown_laboratory
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.admin import ids, trail
from dashboard.pages.admin.forms import LABORATORY_FIELDS, PROJECT_FIELDS, by_field, shown
from dashboard.pages.admin.layout import project_body, project_list, sign_in_list
from dashboard.session import current_principal

_MANAGE = Permission.USERS_MANAGE


@page_callback(
    Permission.PROJECTS_MANAGE,
    Output(ids.PROJECTS, "children"),
    Output(ids.PROJECT_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in PROJECT_FIELDS.values()],
    Input(ids.PROJECT_ADD, "n_clicks"),
    State(ids.PROJECT_CODE, "value"),
    State(ids.PROJECT_NAME, "value"),
    prevent_initial_call=True,
)
def add_project(presses: int | None, code: str | None, name: str | None) -> tuple[Any, ...]:
    """Add the project, or say at each field what to correct."""
    if not presses:
        return (no_update,) * (len(PROJECT_FIELDS) + 2)
    try:
        with writing() as session:
            made = samples_service.add_project(
                session, current_principal(), code=code or "", name=name or ""
            )
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, PROJECT_FIELDS), PROJECT_FIELDS))
    toast(f"{made.code} is added", link=("Open", f"/admin?tab=projects&project={made.code}"))
    return (project_list(), *shown({}, PROJECT_FIELDS))


@page_callback(
    Permission.PROJECTS_MANAGE,
    Output(ids.PROJECT_BODY, "children"),
    Input(ids.MEMBER_ADD, "n_clicks"),
    Input(ids.remove_member(ALL), "n_clicks"),
    Input(ids.PROJECT_CLOSE, "n_clicks"),
    State(ids.PROJECT, "data"),
    State(ids.MEMBER, "value"),
    prevent_initial_call=True,
)
def change_project(
    _add: int | None, _remove: list[int | None], _close: int | None, code: str, member: str
) -> Any:
    """Add or take off the member, or close the project, whichever button was pressed."""
    pressed = ctx.triggered_id
    if not ctx.triggered[0]["value"] or (pressed == ids.MEMBER_ADD and not member):
        return no_update
    if pressed == ids.PROJECT_CLOSE:
        return _set_open(code, is_open=False)
    user_id = UUID(member if pressed == ids.MEMBER_ADD else pressed["user"])
    act = samples_service.add_member if pressed == ids.MEMBER_ADD else samples_service.remove_member
    with writing() as session:
        project = project_queries.get_project(session, current_principal(), code)
        act(session, current_principal(), project_id=project.id, user_id=user_id)
    toast(f"Members of {code} saved")
    return project_body(code)


@page_callback(
    Permission.PROJECTS_MANAGE,
    Output(ids.PROJECT_BODY, "children", allow_duplicate=True),
    Input(ids.PROJECT_OPEN, "n_clicks"),
    State(ids.PROJECT, "data"),
    prevent_initial_call=True,
)
def open_project(presses: int | None, code: str) -> Any:
    """Let the project take samples again."""
    return _set_open(code, is_open=True) if presses else no_update


@page_callback(
    _MANAGE,
    Output(ids.SIGN_INS, "children"),
    Input(ids.end(ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def end_sign_in(_presses: list[int | None]) -> Any:
    """End the sign-in whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    with writing() as session:
        service.end_sign_in(
            session, current_principal(), door=pressed["door"], key=UUID(pressed["key"])
        )
    toast("The sign-in is ended")
    return sign_in_list()


@page_callback(
    Permission.AUDIT_VIEW,
    Input(ids.TRAIL_SHOW, "n_clicks"),
    State(ids.TRAIL_ENTITY, "value"),
    State(ids.TRAIL_ACTOR, "value"),
    State(ids.TRAIL_ACTION, "value"),
    State(ids.TRAIL_SINCE, "value"),
    State(ids.TRAIL_UNTIL, "value"),
    prevent_initial_call=True,
)
def show_entries(presses: int | None, *typed: str | None) -> None:
    """Go to the address of the chosen filters: it can be sent to a colleague."""
    if not presses:
        return
    names = ("entity", "actor", "action", "since", "until")
    chosen = {name: (text or "").strip() for name, text in zip(names, typed, strict=True)}
    path, _, search = trail.address(chosen).partition("?")
    set_props(shell_ids.URL, {"pathname": path, "search": f"?{search}"})


@page_callback(
    Permission.AUDIT_VIEW,
    Output(ids.VERIFIED, "children"),
    Input(ids.VERIFY, "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(ids.VERIFY, "disabled"), True, False)],
)
def verify(presses: int | None) -> Any:
    """Walk the whole chain and say what was found."""
    if not presses:
        return no_update
    with reading() as session:
        chain = events_queries.verify_chain(session, current_principal())
    return trail.verdict(chain, at=fmt.clock_time(clock.utc_now(), lab_zone()))


@page_callback(
    _MANAGE,
    Output(ids.LAB_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in LABORATORY_FIELDS.values()],
    Input(ids.LAB_SAVE, "n_clicks"),
    State(ids.LAB_NAME, "value"),
    State(ids.LAB_ZONE, "value"),
    prevent_initial_call=True,
)
def save_laboratory(presses: int | None, name: str | None, zone: str | None) -> tuple[Any, ...]:
    """Rename the laboratory or move its clock."""
    if not presses:
        return (no_update,) * (len(LABORATORY_FIELDS) + 1)
    try:
        with writing() as session:
            service.change_laboratory(
                session, current_principal(), name=name or "", time_zone=zone or ""
            )
    except AppError as refusal:
        return shown(by_field(refusal, LABORATORY_FIELDS), LABORATORY_FIELDS)
    shown_laboratory.forget()
    toast("Saved. Every page shows it within half a minute.")
    return shown({}, LABORATORY_FIELDS)


def _set_open(code: str, *, is_open: bool) -> list[Component]:
    principal = current_principal()
    with writing() as session:
        project = project_queries.get_project(session, principal, code)
        samples_service.set_project_open(session, principal, project_id=project.id, is_open=is_open)
    toast(f"{code} takes samples again" if is_open else f"{code} is closed")
    return project_body(code)
