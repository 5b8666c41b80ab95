"""Runs as their folders tell them: the list, and one run."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.runs import queries
from backend.sequencing.runs.views import RootLine, RunLine, RunView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import look_of, status
from dashboard.laboratory import lab_zone
from dashboard.pages.custody.acting import answers
from dashboard.pages.runs import ids, limits_page, parts, words
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_UP = Crumb("Sequencing", "/sequencing")
_HEADS = (
    ("Run", False),
    ("State", False),
    ("Verdict", False),
    ("Instrument", False),
    ("Passing filter", True),
    ("Yield", True),
    ("Q30", True),
    ("Error rate", True),
    ("Undetermined", True),
    ("To decide", True),
    ("Read", False),
)


def layout(view: str = "", limit: str = "") -> Page:
    """Draw the runs whose folders were read last, or with ``view=limits`` what they are held to."""
    if view == "limits":
        return limits_page.draw(limit)
    return page(
        title="Run QC",
        breadcrumb=[_UP],
        tabs=tabs(words.PATH),
        actions=[button("Limits", href=words.LIMITS, icon="sliders")],
        children=[html.Div(runs(), id=ids.LIST)],
    )


def runs() -> list[Component]:
    """Return the list and the roots as the rows say now."""
    principal = current_principal()
    with reading() as session:
        found = queries.list_runs(session, principal)
        roots = queries.list_roots(session, principal)
    if found:
        body: Component = parts.table(_HEADS, [_row(each) for each in found], "Runs")
    else:
        body = empty_state(
            "No run has been read",
            "The folders of your sequencers are watched once TRACSEQ_RUN_FOLDERS names them.",
            icon="folder",
        )
    return [panel("Runs", body, meta="the last read first"), _roots(roots)]


def run_layout(*, folder: str, **_: str) -> Page:
    """Draw one run.

    Raises:
        RunFolderNotFound: no such run.
    """
    principal = current_principal()
    view = look(folder)
    may_plan = principal.may(Permission.SEQUENCING_PLAN)
    return page(
        title=view.line.code,
        breadcrumb=[_UP, Crumb("Run QC", words.PATH)],
        children=[
            dcc.Store(id=ids.WHICH, data=str(view.line.id)),
            dcc.Store(id=ids.SEEN, data=view.version),
            dcc.Store(id=ids.CHANGED),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            html.Div(body(view), id=ids.BODY),
            *([_confirming(view), _matching()] if may_plan else []),
        ],
    )


def look(code: str) -> RunView:
    """Return a run as the rows say now. Raises RunFolderNotFound."""
    with reading() as session:
        return queries.get_run(session, current_principal(), code)


def body(view: RunView) -> list[Component]:
    """Draw everything that is known of a run."""
    may_plan = current_principal().may(Permission.SEQUENCING_PLAN)
    return [
        *parts.head(view, may_plan=may_plan),
        *parts.proposals(view, may_plan=may_plan),
        parts.lanes(view),
        parts.libraries(view),
        parts.unknown(view),
        parts.findings(view),
        parts.facts(view),
    ]


def _row(line: RunLine) -> html.Tr:
    return html.Tr(
        [
            html.Th(html.A(line.code, href=_address(line), className="mono"), scope="row"),
            html.Td(status(look_of(words.STATES, line.state.value))),
            html.Td(status(look_of(words.VERDICTS, line.verdict.value))),
            html.Td(line.instrument or words.NOT_KNOWN, className="t2"),
            *(
                html.Td(text or html.Span(words.NOT_KNOWN, className="t3"), className="n")
                for text in (
                    words.millions(line.clusters_pf),
                    words.bases(line.yield_bases),
                    words.share(line.q30_percent),
                    words.share(line.error_percent, 2),
                    words.share(line.undetermined_percent),
                )
            ),
            html.Td(fmt.count(line.proposals) if line.proposals else "", className="n"),
            html.Td(fmt.moment(line.read_at, lab_zone()), className="num t2"),
        ]
    )


def _address(line: RunLine) -> str:
    """Return a run's address: by its code, but for a folder that has its own name only."""
    return words.address(str(line.id) if line.code == line.name else line.code)


def _roots(roots: Sequence[RootLine]) -> Component:
    if not roots:
        return panel(
            "Watched folders",
            html.P("No folder is watched: TRACSEQ_RUN_FOLDERS names none.", className="t2"),
            class_name="bt",
        )
    heads = (("Folder", False), ("Last pass", False), ("Runs", True), ("Findings", False))
    rows = [
        html.Tr(
            [
                html.Th(each.root, scope="row", className="mono"),
                html.Td(fmt.moment(each.passed_at, lab_zone()), className="num"),
                html.Td(fmt.count(each.folders), className="n"),
                html.Td(
                    [html.Div([html.B(name), f" {told}"]) for name, told in each.findings]
                    or "none",
                    className="said t2",
                ),
            ]
        )
        for each in roots
    ]
    return panel("Watched folders", parts.table(heads, rows, "Watched folders"), class_name="bt")


def _confirming(view: RunView) -> html.Dialog:
    return dialog(
        ids.CONFIRM_DIALOG,
        f"Confirm {view.line.code}",
        error_summary({}, id=ids.CONFIRM_PROBLEMS),
        html.P(
            "The run ends, its figures stand for good, its cards go on, and proposals are made for "
            "libraries that got too little. Later changes of the folder are told, not taken over.",
            className="t2",
        ),
        form_field(
            "Note",
            dbc.Input(id=ids.CONFIRM_NOTE, value="", maxlength=500, autocomplete="off"),
            help_text="Stands with the run.",
            optional=True,
        ),
        answers("Look again", "Confirm the run", ids.CONFIRM_SEND),
    )


def _matching() -> html.Dialog:
    with reading() as session:
        found = queries.list_candidates(session, current_principal())
    options = [
        {"value": str(each.id), "label": f"{each.code}, {each.instrument}, {each.state.value}"}
        for each in found
    ]
    return dialog(
        ids.MATCH_DIALOG,
        "Which booked run is it?",
        error_summary({}, id=ids.MATCH_PROBLEMS),
        html.P("Its libraries are judged by what that run wants of them.", className="t2"),
        form_field(
            "Booked run", dbc.Select(id=ids.MATCH_RUN, options=options, placeholder="Choose")
        ),
        answers("Leave it", "This run", ids.MATCH_SEND),
    )
