"""The dialogs of the workbook pages: adding one, adding a version, a name, sending rows."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import ProjectId
from backend.templates import queries as templates_queries
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.templates.queries import ProjectChoice
from backend.work.ids import JobId
from backend.workbooks.views import SheetView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.job_progress import job_progress
from dashboard.pages.workbooks import ids

TICKED, ALL = "ticked", "all"
NOBODY = "-"
"""The choice of no project; no project's code is a hyphen alone."""


def new_dialog(projects: Sequence[ProjectChoice]) -> html.Dialog:
    """Draw the form that adds a workbook."""
    nobody = {"value": NOBODY, "label": "No project: whoever may see documents"}
    return dialog(
        ids.NEW_DIALOG,
        "Add a workbook",
        error_summary({}, id=ids.NEW_PROBLEMS),
        _file(),
        form_field(
            "Project",
            dbc.Select(id=ids.NEW_PROJECT, options=[nobody, *options(projects)], value=NOBODY),
            help_text="Only its people see the workbook",
            optional=True,
        ),
        _note("Where it comes from, what it is for"),
        _answers("Add none", "Add workbook", ids.NEW_SEND),
    )


def version_dialog(name: str) -> html.Dialog:
    """Draw the form that adds a version; those before it stay."""
    return dialog(
        ids.VERSION_DIALOG,
        f"Add a version of {name}",
        error_summary({}, id=ids.VERSION_PROBLEMS),
        html.P("The versions before it stay as they are.", className="t2 wb-p"),
        _file(),
        _note("What has changed, and why"),
        _answers("Add none", "Add version", ids.VERSION_SEND),
    )


def name_dialog(name: str) -> html.Dialog:
    """Draw the form that renames a workbook."""
    return dialog(
        ids.NAME_DIALOG,
        "Rename the workbook",
        error_summary({}, id=ids.NAME_PROBLEMS),
        form_field(
            "Name",
            dbc.Input(id=ids.NAME, value=name, maxlength=200, autocomplete="off"),
            help_text="The files keep the names they came with",
        ),
        _answers("Keep its name", "Rename", ids.NAME_SEND),
    )


def send_dialog(
    sheet: SheetView, projects: Sequence[ProjectChoice], project_code: str
) -> html.Dialog:
    """Draw the form that makes a draft of rows; the workbook's own project is chosen already."""
    value = project_code or (projects[0].code if len(projects) == 1 else None)
    return dialog(
        ids.SEND_DIALOG,
        "Send rows to registration",
        error_summary({}, id=ids.SEND_PROBLEMS),
        html.P(
            "A draft is made of them. Nothing is registered yet: you see what was understood "
            "and decide then.",
            className="t2 wb-p",
        ),
        form_field(
            "Rows",
            dbc.RadioItems(
                id=ids.SEND_WHICH,
                name=ids.SEND_WHICH,
                options=which_options(sheet.row_count),
                value=ALL,
                className="wb-checks",
            ),
        ),
        form_field(
            "Project",
            dbc.Select(
                id=ids.SEND_PROJECT,
                options=options(projects),
                value=value,
                placeholder="Choose a project",
            ),
            help_text="The samples belong to it",
        ),
        html.Div(id=ids.SEND_GOING, **aria(live="polite")),
        _answers("Send none", "Make the draft", ids.SEND),
    )


def going(job_id: JobId) -> list[Component]:
    """Draw how far a worker is with a draft of very many rows."""
    return [
        html.P("They are many: a worker makes the draft. You may leave.", className="t2 wb-p"),
        job_progress(job_id),
        html.Div(id=ids.sent(str(job_id))),
    ]


def which_options(all_rows: int) -> list[dict[str, object]]:
    """Return which rows can be sent: those ticked, or all of the sheet."""
    every = f"The whole sheet: {fmt.plural(all_rows, 'row', 'rows')}"
    return [ticked_option(0), {"value": ALL, "label": every}]


def ticked_option(ticked: int) -> dict[str, object]:
    """Return the choice of the ticked rows, which waits for a tick."""
    said = fmt.plural(ticked, "row", "rows") if ticked else "none yet"
    return {"value": TICKED, "label": f"What is ticked: {said}", "disabled": not ticked}


def chosen_project(session: ReadSession, principal: Principal, code: str | None) -> ProjectId:
    """Return the key of the chosen project.

    Raises:
        InvalidInput: none is chosen.
        ProjectNotFound: it is not one of the principal's.
    """
    if not code:
        raise InvalidInput("Choose a project: the samples belong to it.")
    return templates_queries.get_project(session, principal, code).id


def workbook_project(
    session: ReadSession, principal: Principal, code: str | None
) -> ProjectId | None:
    """Return the key of the project that a workbook is added to; None for no project."""
    if not code or code == NOBODY:
        return None
    return templates_queries.get_project(session, principal, code).id


def options(projects: Sequence[ProjectChoice]) -> list[dict[str, str]]:
    """Return projects to choose from."""
    return [{"value": each.code, "label": f"{each.code} · {each.name}"} for each in projects]


def chosen(file_name: str | None) -> list[Component | str]:
    """Say which file is in the form."""
    if not file_name:
        return [html.Span("No file is chosen yet.", className="t3")]
    return [icon("file-earmark-spreadsheet"), f"“{file_name}” is chosen."]


def _file() -> html.Div:
    limit = f"{LARGEST_FILE_BYTES // 1_000_000} MB"
    return html.Div(
        [
            dcc.Upload(
                [
                    html.P([html.B("Drop a workbook here"), " or press to choose one"]),
                    html.P(f".xlsx, .xls, .csv or .tsv, up to {limit}", className="t3 sm"),
                ],
                id=ids.UPLOAD,
                className="drop wb-drop",
                className_active="drop wb-drop is-over",
                max_size=LARGEST_FILE_BYTES,
                multiple=False,
            ),
            html.P(chosen(None), id=ids.CHOSEN, className="wb-chosen", **aria(live="polite")),
        ],
        **data(drop_zone=""),
    )


def _note(what: str) -> html.Div:
    control = dbc.Input(id=ids.NOTE, value="", maxlength=500, autocomplete="off")
    return form_field("Note", control, help_text=what, optional=True)


def _answers(keep: str, act: str, act_id: str) -> html.Div:
    return html.Div(
        [button(keep, **data(close="")), button(act, id=act_id, kind="primary")],
        className="row-x",
    )
