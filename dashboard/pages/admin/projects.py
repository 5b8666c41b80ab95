"""Projects and their members. Views in, components out."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.auth.views import UserView
from backend.samples.views import MemberView, ProjectSummary
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import Look, status, status_pill
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids
from dashboard.pages.admin.parts import LOCKED, table, two_lines

OPEN = Look("Takes samples", "check-circle-fill", Tone.OK)
CLOSED = Look("Closed", "archive", Tone.OFF)
_HEADS = (("Project", ""), ("Members", "n"), ("Samples", "n"), ("State", ""))


def listed(projects: Sequence[ProjectSummary]) -> Component:
    """Draw every project, open ones first."""
    body: Component = (
        table("Projects of the laboratory", _HEADS, [_row(each) for each in projects])
        if projects
        else empty_state(
            "There is no project yet",
            "Samples belong to projects: add the first one.",
            icon="folder",
        )
    )
    return panel("Projects", body, meta=fmt.count(len(projects)), class_name="ad-p")


def _row(project: ProjectSummary) -> list[Component]:
    link = html.A(project.code, href=f"/admin?tab=projects&project={project.code}")
    return [
        html.Td(two_lines(link, project.name)),
        html.Td(fmt.count(project.members), className="n"),
        html.Td(fmt.count(project.samples), className="n"),
        html.Td(status(OPEN if project.is_open else CLOSED)),
    ]


def new_form() -> Component:
    """Draw the form that adds a project."""
    return panel(
        "Add a project",
        error_summary({}, id=ids.PROJECT_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Code",
                    dbc.Input(id=ids.PROJECT_CODE, maxLength=40, className="mono"),
                    help_text="Short, such as CARDIO-7. Files name the project by it.",
                ),
                form_field(
                    "Name",
                    dbc.Input(id=ids.PROJECT_NAME, maxLength=200),
                    help_text="What people call it.",
                ),
            ],
            className="ad-pair",
        ),
        html.Div(button("Add project", id=ids.PROJECT_ADD, kind="primary"), className="row-x"),
        class_name="ad-p bt",
    )


def project_page(
    project: ProjectSummary, members: Sequence[MemberView], people: Sequence[UserView]
) -> list[Component]:
    """Draw one project: its state, its members, and who could join."""
    return [
        dcc.Store(id=ids.PROJECT, data=project.code),
        html.Div(body(project, members, people), id=ids.PROJECT_BODY),
        confirm(
            ids.PROJECT_CLOSE_DIALOG,
            title=f"Close {project.code}?",
            body=f"It takes no more samples. Its {fmt.plural(project.samples, 'sample', 'samples')}"
            ", its members and its history stay, and it can be opened again.",
            act=f"Close {project.code}",
            act_id=ids.PROJECT_CLOSE,
            keep="Keep open",
        ),
    ]


def body(
    project: ProjectSummary, members: Sequence[MemberView], people: Sequence[UserView]
) -> list[Component]:
    """Draw what changes with every act."""
    act = (
        button("Close project", kind="danger-o", icon="archive", opens=ids.PROJECT_CLOSE_DIALOG)
        if project.is_open
        else button("Open again", id=ids.PROJECT_OPEN, icon="folder2-open")
    )
    return [
        panel(
            project.name,
            html.P(
                f"{fmt.plural(project.samples, 'sample', 'samples')}, "
                f"{fmt.plural(len(members), 'member', 'members')}",
                className="t2",
            ),
            html.Div(act, className="row-x ad-acts"),
            aside=status_pill(OPEN if project.is_open else CLOSED),
            class_name="ad-p",
        ),
        _members(project, members, people),
    ]


def _members(
    project: ProjectSummary, members: Sequence[MemberView], people: Sequence[UserView]
) -> Component:
    inside = {each.user_id for each in members}
    others = [each for each in people if each.is_active and each.id not in inside]
    rows = [
        [
            html.Td(two_lines(_person(each), each.email)),
            html.Td(status(LOCKED) if not each.is_active else ""),
            html.Td(
                button(
                    "Remove",
                    id=ids.remove_member(str(each.user_id)),
                    size="sm",
                    **aria(label=f"Remove {each.name} from {project.code}"),
                ),
                className="n",
            ),
        ]
        for each in members
    ]
    listed_members: Component = (
        table(f"Members of {project.code}", (("Name", ""), ("State", ""), ("", "n")), rows)
        if rows
        else html.P(
            "Nobody is a member. People whose role shows them every project see its samples.",
            className="t2",
        )
    )
    return panel("Members", listed_members, _join(others), class_name="ad-p bt")


def _person(member: MemberView) -> html.A:
    return html.A(member.name, href=f"/admin?tab=people&person={member.user_id}")


def _join(others: Sequence[UserView]) -> Component:
    options = [{"value": str(each.id), "label": f"{each.name}, {each.email}"} for each in others]
    return html.Div(
        [
            form_field("Add a member", dbc.Select(id=ids.MEMBER, options=options, value="")),
            button("Add member", id=ids.MEMBER_ADD, kind="primary"),
        ],
        className="ad-join",
        hidden=not others,
    )
