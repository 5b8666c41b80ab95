"""Register: the bulk grid, which is also where every imported file is reviewed; the import page."""

from datetime import datetime

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.templates import definition_queries, queries
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.templates.ids import UPDATING, ImportState, RowMode
from backend.templates.views import ImportSummary
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button, icon_button
from dashboard.components.data_grid import data_grid
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.page import Page, Tab, page
from dashboard.components.scan_target import scan_target
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.labels.dialog import print_dialog
from dashboard.pages.register import ids
from dashboard.pages.register.grid import column_defs
from dashboard.session import current_principal

_EMPTY_GRID = "Paste rows here with Ctrl+V, or drop a file on Import file."
MODES = {
    RowMode.CREATE: "is an error in its row",
    RowMode.UPSERT: "is changed, new ones registered",
    RowMode.UPDATE_ONLY: "is changed, new ones are errors",
    RowMode.SKIP_EXISTING: "is left out",
    RowMode.FAIL_IF_EXISTS: "refuses the whole list",
}
_STATES = {
    ImportState.DRAFT: "Draft",
    ImportState.PARTLY: "Partly registered",
    ImportState.REGISTERED: "Registered",
    ImportState.DISCARDED: "Discarded",
}


def tabs(selected: str) -> list[Tab]:
    """Return the ways to register; ``selected`` is the address of the one that is open."""
    ways = (
        ("Single sample", "/register/single"),
        ("Bulk grid", "/register"),
        ("Import file", "/register/import"),
        ("Templates", "/register/templates"),
        ("Label queue", "/register/labels"),
    )
    return [Tab(label, href, selected=href == selected) for label, href in ways]


def layout() -> Page:
    """Draw the bulk grid; the draft it shows is named in the address (``?draft=…``)."""
    return page(
        title="Register samples",
        tabs=tabs("/register"),
        class_name="register",
        children=[
            *_stores(),
            scan_target(),
            html.Div(id=ids.DONE),
            _context(),
            html.Div(id=ids.UNDERSTOOD),
            html.Div(
                [
                    html.Div([_bar(), _grid(), _popover()], className="gl-l"),
                    html.Aside(id=ids.PROBLEMS, className="rside", **aria(label="Problems")),
                ],
                className="wrap",
            ),
            html.Div(id=ids.FOOTER, className="foot"),
            *_printing(),
        ],
    )


def _printing() -> list[Component]:
    if not current_principal().may(Permission.LABELS_PRINT):
        return []
    return [dcc.Store(id=label_ids.WHAT), print_dialog(only_new=True)]


def import_layout(**_: str) -> Page:
    """Draw the place to drop a file, and the files that were dropped before."""
    return page(
        title="Import file",
        tabs=tabs("/register/import"),
        class_name="register",
        children=[
            dcc.Store(id=ids.GO),
            dcc.Store(id=ids.OFFERED),
            dcc.Store(id=ids.READING),
            html.Div(
                [
                    html.Div(id=ids.REFUSED, **aria(live="assertive")),
                    html.Div([_project_field(), _template_field()], className="ctx"),
                    _drop_zone(),
                    _recent(),
                ],
                className="pad importx",
            ),
        ],
    )


def _stores() -> list[Component]:
    return [
        dcc.Store(id=ids.ACTION),
        dcc.Store(id=ids.CHANGED),
        dcc.Store(id=ids.DRAFT),
        dcc.Store(id=ids.GO),
        dcc.Store(id=ids.OFFERED),
        dcc.Store(id=ids.READING),
        dcc.Store(id=ids.WINDOW),
    ]


def _context() -> html.Div:
    return html.Div(
        [
            _project_field(),
            _template_field(),
            form_field(
                "Received",
                dbc.Input(id=ids.RECEIVED, type="datetime-local", className="sm", debounce=True),
            ),
            form_field(
                "Registered already",
                dbc.Select(id=ids.MODE, options=_modes(), value=RowMode.CREATE, className="sm"),
            ),
            html.P(id=ids.SAID, className="t2 sm said", **aria(live="polite")),
        ],
        className="ctx",
        id=ids.CONTEXT,
    )


def _modes() -> list[dict[str, str]]:
    may_change = current_principal().may(Permission.SAMPLES_EDIT)
    return [
        {"label": label, "value": mode.value}
        for mode, label in MODES.items()
        if may_change or mode not in UPDATING
    ]


def _project_field() -> html.Div:
    with reading() as session:
        choices = queries.list_projects(session, current_principal())
    options = [
        {"label": f"{choice.code} · {choice.name}", "value": choice.code} for choice in choices
    ]
    value = choices[0].code if len(choices) == 1 else None
    control = dbc.Select(
        id=ids.PROJECT,
        options=options,
        value=value,
        placeholder="Choose a project",
        className="sm",
        # The laboratory's people work in one project for days: typed once, offered again.
        persistence=True,
        persistence_type="local",
    )
    return form_field("Project", control)


def _template_field() -> html.Div:
    with reading() as session:
        found = definition_queries.list_templates(session, current_principal())
    offered = [
        {"label": f"{each.name}, version {each.published.number}", "value": each.key}
        for each in found
        if each.published
    ]
    control = dbc.Select(
        id=ids.TEMPLATE,
        options=[{"label": "Recognised by itself", "value": ids.BY_ITSELF}, *offered],
        value=ids.BY_ITSELF,
        className="sm",
    )
    return form_field("Template", control)


def _bar() -> html.Div:
    return html.Div(
        [
            html.Div(id=ids.SEGMENTS, className="seg num", role="group", **aria(label="Show rows")),
            html.Span(className="sp"),
            icon_button("arrow-counterclockwise", "Undo", **data(act="undo")),
            icon_button("arrow-clockwise", "Redo", **data(act="redo")),
            button("Add rows", kind="ghost", size="sm", icon="plus-lg", **data(act="add")),
            button("Fill down", kind="ghost", size="sm", icon="magic", **data(act="fill")),
            button("Count up", kind="ghost", size="sm", icon="123", **data(act="series")),
            button(
                "Next problem",
                size="sm",
                icon="arrow-down",
                key="F8",
                **data(act="next", key="F8"),
            ),
            html.Button(
                "Previous problem",
                type="button",
                className="vh",
                tabIndex="-1",
                **data(act="previous", key="Shift+F8"),
            ),
        ],
        className="gbar",
    )


# The script of the grid knows what each of them does.
_BAR_ACTS = (
    ("Undo", "arrow-counterclockwise", "undo"),
    ("Redo", "arrow-clockwise", "redo"),
    ("Add rows", "plus-lg", "add"),
    ("Fill down", "magic", "fill"),
    ("Count up", "123", "series"),
)


def _grid() -> Component:
    drawn: Component = data_grid(
        ids.GRID,
        column_defs(None),
        label="Samples to register",
        rows=[],
        class_name="ag-host review-grid",
        options={
            "stopEditingWhenCellsLoseFocus": True,
            "enterNavigatesVertically": True,
            "enterNavigatesVerticallyAfterEdit": True,
            "rowHeight": 29,
            "suppressMovableColumns": True,
            "localeText": {"noRowsToShow": _EMPTY_GRID},
        },
    )
    return drawn


def _popover() -> html.Div:
    return html.Div(
        id="review-popover",
        className="pop epop",
        hidden=True,
        role="dialog",
        **aria(label="Problem in the cell"),
    )


def _drop_zone() -> html.Div:
    limit = f"{LARGEST_FILE_BYTES // 1_000_000} MB"
    return html.Div(
        [
            dcc.Upload(
                [
                    icon("file-earmark-arrow-up"),
                    html.P([html.B("Drop a file here"), " or press to choose one"]),
                    html.P(
                        "Sample list as .xlsx, .xls, .csv or .tsv; submission form as .txt. "
                        f"Up to {limit}.",
                        className="t3 sm",
                    ),
                ],
                id=ids.UPLOAD,
                className="drop",
                className_active="drop is-over",
                max_size=LARGEST_FILE_BYTES,
                multiple=False,
            ),
            html.P(
                "Nothing is registered yet: you see what was understood, what is doubtful and "
                "what is wrong, and decide then.",
                className="t2",
            ),
        ],
        **data(drop_zone=""),
    )


def _recent() -> html.Section:
    with reading() as session:
        found = queries.list_imports(session, current_principal(), limit=12)
    rows = [_recent_row(summary) for summary in found.items]
    head = html.Thead(
        html.Tr(
            [
                html.Th(word, scope="col")
                for word in ("File", "Project", "State", "Rows", "By", "On")
            ]
        )
    )
    body: Component = (
        html.Table([head, html.Tbody(rows)], className="tbl")
        if rows
        else html.P("No file has been imported yet.", className="t3")
    )
    return html.Section(
        [html.H2("Imported before"), body], className="recent", **aria(label="Imported before")
    )


def _recent_row(summary: ImportSummary) -> html.Tr:
    counted = f"{fmt.count(summary.registered)} of {fmt.count(summary.rows)}"
    return html.Tr(
        [
            html.Td(html.A(summary.file_name, href=f"/register?draft={summary.id}")),
            html.Td(summary.project_code),
            html.Td(_STATES[summary.state]),
            html.Td(counted, className="n"),
            html.Td(summary.created_by_name),
            html.Td(_moment(summary.created_at)),
        ]
    )


def _moment(at: datetime) -> str:
    return fmt.moment(at, lab_zone())
