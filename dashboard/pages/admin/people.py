"""People: the list, one person, and the form that adds one. Views in, components out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.auth.views import UserView
from backend.core.principal import Permission
from backend.samples.views import ProjectSummary
from dashboard import format as fmt
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import status, status_pill
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids
from dashboard.pages.admin.parts import (
    ACTIVE,
    LOCKED,
    choices,
    role_choices,
    table,
    two_lines,
)
from dashboard.pages.admin.words import ROLE_NAMES, right

BY_LINK, BY_PASSWORD = "link", "password"
_HEADS = (
    ("Name", ""),
    ("Roles", ""),
    ("Projects", "ad-wide"),
    ("Last signed in", "ad-wide"),
    ("State", ""),
)


def listed(
    people: Sequence[UserView],
    projects: Mapping[UUID, Sequence[str]],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Component:
    """Draw everybody, active people first."""
    active = sum(person.is_active for person in people)
    return panel(
        "People",
        table(
            "People of the laboratory",
            _HEADS,
            [_row(each, projects.get(each.id, ()), now=now, zone=zone) for each in people],
        ),
        meta=f"{fmt.count(active)} active, {fmt.count(len(people) - active)} locked",
        class_name="ad-p",
    )


def _row(
    person: UserView, projects: Sequence[str], *, now: datetime, zone: ZoneInfo
) -> list[Component]:
    name = html.A(person.name, href=f"/admin?tab=people&person={person.id}")
    seen = person.last_signed_in_at
    every = any(
        Permission.SAMPLES_VIEW_ALL_PROJECTS in PERMISSIONS_OF[role] for role in person.roles
    )
    return [
        html.Td(two_lines(name, person.email)),
        html.Td(roles(person.roles), className="ad-wrap"),
        html.Td("All" if every else ", ".join(projects) or "None", className="ad-wide ad-wrap"),
        html.Td(fmt.moment(seen, zone, now=now) if seen else "Never", className="ad-wide num"),
        html.Td(status(ACTIVE if person.is_active else LOCKED)),
    ]


def roles(held: Sequence[Role]) -> str:
    """Write roles by their names."""
    return ", ".join(ROLE_NAMES[role] for role in held) or "None"


def person_page(
    person: UserView,
    member_of: Sequence[str],
    projects: Sequence[ProjectSummary],
    *,
    is_self: bool,
    now: datetime,
    zone: ZoneInfo,
) -> list[Component]:
    """Draw one person: their state with what can be done, their roles, their projects."""
    parts: list[Component] = [dcc.Store(id=ids.PERSON, data=str(person.id))]
    if is_self:
        parts.append(
            banner(
                "This is you. Another administrator changes your roles, locks or resets you.",
                tone=Tone.INFO,
                icon="person-circle",
            )
        )
    return [
        *parts,
        html.Div(state(person, is_self=is_self, now=now, zone=zone), id=ids.PERSON_STATE),
        html.Div(id=ids.LINK),
        html.Div(
            [
                _roles_panel(person, is_self=is_self),
                _projects_panel(person, member_of, projects),
            ],
            className="grid2 bt",
        ),
        *_dialogs(person),
    ]


def state(person: UserView, *, is_self: bool, now: datetime, zone: ZoneInfo) -> Component:
    """Draw who the person is and what can be done about their signing in."""
    seen = person.last_signed_in_at
    facts = [
        ("Email", person.email),
        ("Added", fmt.day(person.created_at, zone, now=now)),
        ("Last signed in", fmt.moment(seen, zone, now=now) if seen else "Never"),
    ]
    return panel(
        "Account",
        html.Dl(
            [part for name, value in facts for part in (html.Dt(name), html.Dd(value))],
            className="kv ad-kv",
        ),
        html.Div([] if is_self else _acts(person), className="row-x ad-acts"),
        aside=status_pill(ACTIVE if person.is_active else LOCKED),
        class_name="ad-p",
    )


def _acts(person: UserView) -> list[Component]:
    if not person.is_active:
        return [button("Unlock", id=ids.UNLOCK, icon="unlock")]
    return [
        button("Reset password", icon="key", opens=ids.RESET_DIALOG),
        button("Sign out everywhere", icon="box-arrow-right", opens=ids.SIGN_OUT_DIALOG),
        button("Lock", kind="danger-o", icon="lock", opens=ids.LOCK_DIALOG),
    ]


def _roles_panel(person: UserView, *, is_self: bool) -> Component:
    inside: list[Component] = [role_choices(ids.PERSON_ROLES, person.roles)]
    if not is_self:
        save = button("Save roles", id=ids.PERSON_ROLES_SAVE, kind="primary")
        inside.append(html.Div(save, className="row-x"))
    return panel("Roles", *inside, class_name="ad-p")


def _projects_panel(
    person: UserView, member_of: Sequence[str], projects: Sequence[ProjectSummary]
) -> Component:
    if not projects:
        return panel(
            "Projects",
            html.P(["There is no project yet. ", html.A("Add one", href="/admin?tab=projects")]),
            class_name="ad-p bl",
        )
    every = any(
        Permission.SAMPLES_VIEW_ALL_PROJECTS in PERMISSIONS_OF[role] for role in person.roles
    )
    said = (
        "Their roles show them every project; membership counts when that role is taken away."
        if every
        else "They see the samples of these projects and of no others."
    )
    return panel(
        "Projects",
        choices(
            "Member of",
            ids.PERSON_PROJECTS,
            [(each.code, each.code, each.name) for each in projects],
            member_of,
            help_text=said,
        ),
        html.Div(
            button("Save projects", id=ids.PERSON_PROJECTS_SAVE, kind="primary"),
            className="row-x",
        ),
        class_name="ad-p bl",
    )


def _dialogs(person: UserView) -> list[Component]:
    return [
        confirm(
            ids.LOCK_DIALOG,
            title=f"Lock {person.name}?",
            body="They are signed out at once and cannot sign in until unlocked. Their samples, "
            "requests and entries in the trail stay.",
            act=f"Lock {person.name}",
            act_id=ids.LOCK,
            keep="Keep active",
        ),
        confirm(
            ids.SIGN_OUT_DIALOG,
            title=f"Sign {person.name} out everywhere?",
            body="Every browser and API client of theirs has to sign in again. What they have not "
            "saved is lost.",
            act="Sign out everywhere",
            act_id=ids.SIGN_OUT,
            keep="Keep signed in",
        ),
        confirm(
            ids.RESET_DIALOG,
            title=f"Reset the password of {person.name}?",
            body="Their password stops working and they are signed out at once. You get a one-time "
            "link to hand over, with which they choose a new one.",
            act="Reset password",
            act_id=ids.RESET,
            keep="Keep password",
        ),
    ]


def new_form(projects: Sequence[ProjectSummary]) -> Component:
    """Draw the form that adds a person."""
    return html.Div(
        [
            html.Div(id=ids.NEW_DONE),
            error_summary({}, id=ids.NEW_PROBLEMS),
            form_field("Name", dbc.Input(id=ids.NEW_NAME, maxLength=200, autoComplete="off")),
            form_field(
                "Email",
                dbc.Input(id=ids.NEW_EMAIL, type="email", maxLength=254, autoComplete="off"),
                help_text="They sign in with it. Two spellings of one address are one person.",
            ),
            role_choices(ids.NEW_ROLES, []),
            choices(
                "Projects",
                ids.NEW_PROJECTS,
                [(each.code, each.code, each.name) for each in projects if each.is_open],
                [],
                help_text="Whose samples they see, unless a role shows them every project.",
            ),
            html.Fieldset(
                [
                    html.Legend("How they get in"),
                    dbc.RadioItems(
                        id=ids.NEW_WAY,
                        options=[
                            {"value": BY_LINK, "label": "With a one-time link that you hand over"},
                            {"value": BY_PASSWORD, "label": "With a password that you choose now"},
                        ],
                        value=BY_LINK,
                        className="ad-choices",
                    ),
                ],
                className="fld ad-set",
            ),
            html.Div(
                form_field(
                    "Password",
                    dbc.Input(
                        id=ids.NEW_PASSWORD,
                        type="password",
                        maxLength=128,
                        autoComplete="new-password",
                    ),
                    help_text="At least 12 characters; several unrelated words are best.",
                ),
                id=ids.NEW_PASSWORD_BOX,
                hidden=True,
            ),
            html.Div(
                [
                    button("Add person", id=ids.NEW_SEND, kind="primary"),
                    button("Back to people", href="/admin?tab=people", kind="ghost"),
                ],
                className="row-x",
            ),
        ],
        className="bd-form ad-form",
    )


def rights_matrix() -> Component:
    """Draw what each role may do, in plain words."""
    heads = [("Right", ""), *((ROLE_NAMES[role], "ad-c") for role in Role)]
    rows = [
        [
            html.Th(right(each), scope="row", className="ad-right"),
            *(_has(role, each) for role in Role),
        ]
        for each in Permission
    ]
    return panel(
        "Roles and rights",
        html.P(
            "Roles are sets of rights, not a ladder: an administrator runs the system and edits no "
            "sample. They are part of the program; a person may hold several.",
            className="t2",
        ),
        table("What each role may do", heads, rows),
        class_name="ad-p",
    )


def _has(role: Role, permission: Permission) -> html.Td:
    held = permission in PERMISSIONS_OF[role]
    mark: list[Component] = (
        [icon("check-lg"), html.Span("Yes", className="vh")]
        if held
        else [html.Span("No", className="vh")]
    )
    return html.Td(mark, className="ad-c")
