"""Pick lists: the open ones with the form that makes one, and one list at the freezer."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.storage import pick_queries
from backend.storage.ids import PickPurpose, PickState
from backend.storage.pick_views import PickListView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.laboratory import lab_zone
from dashboard.pages.picks import bench, ids, worklist_form
from dashboard.pages.picks.words import PATH, PURPOSES, STATES, href_of
from dashboard.session import current_principal

ALL = "all"
_UP = Crumb("Storage", "/storage")


def layout(*, show: str = "") -> Page:
    """Draw the open lists, or with ``show=all`` also those that are over."""
    principal = current_principal()
    with reading() as session:
        found = pick_queries.list_lists(session, principal, only_open=show != ALL)
    return page(
        title="Pick lists",
        breadcrumb=[_UP],
        class_name="picks",
        tabs=[
            Tab("Open", PATH, selected=show != ALL),
            Tab("All", f"{PATH}?show={ALL}", selected=show == ALL),
        ],
        children=[
            html.Div(lists(found, is_all=show == ALL), id=ids.LISTS),
            panel("Make a pick list", *_form()),
        ],
    )


def list_layout(*, code: str) -> Page:
    """Draw one list. Raises PickListNotFound."""
    with reading() as session:
        picks = pick_queries.find_list(session, current_principal(), code)
        drawn = bench.body(session, current_principal(), code)
    is_open = picks.state is PickState.OPEN
    close = button("Close the list", opens=ids.CLOSE_DIALOG, kind="ghost")
    field = dbc.Input(id=ids.CODE, value="", autocomplete="off", maxlength=300)
    return page(
        title=picks.label,
        breadcrumb=[_UP, Crumb("Pick lists", PATH)],
        class_name="picks is-bench",
        actions=[close] if is_open else [],
        children=[
            scan_target(),
            dcc.Store(id=ids.WHICH, data=picks.label),
            html.P(
                [html.B(picks.title), html.Span(_facts(picks), className="t2")],
                className="pk-title",
            ),
            html.Div(id=ids.SAID, className="pk-answer", **aria(live="polite")),
            html.Div(drawn, id=ids.BODY, className="pk"),
            html.Div(
                form_field("Code", field, help_text=bench.purpose_words(picks.purpose)),
                className="panel pk-type",
                hidden=not is_open,
            ),
            *worklist_form.draw(picks),
            _papers(picks),
            confirm(
                ids.CLOSE_DIALOG,
                title=f"Close {picks.label}?",
                body="What has no answer stays listed without one. Nothing moves.",
                act="Close the list",
                act_id=ids.answer(ids.CLOSE, 0),
                keep="Keep it open",
            ),
        ],
    )


def lists(found: Sequence[PickListView], *, is_all: bool) -> list[Component]:
    """Draw lists as a table of links."""
    if not found:
        why = "Select samples in the list of samples, or paste their codes below."
        return [empty_state("There is no open pick list", why, icon="clipboard-check")]
    heads = ("List", "For", "Purpose", *(("State",) if is_all else ()), "Picked", "Made")
    rows = [
        html.Tr(
            [
                html.Td(html.A(each.label, href=href_of(each), className="mono pk-a")),
                html.Td(each.title, className="said"),
                html.Td(PURPOSES[each.purpose]),
                *([html.Td(STATES[each.state])] if is_all else []),
                html.Td(f"{fmt.count(each.answered)} of {fmt.count(each.lines)}", className="num"),
                html.Td(f"{each.made_by_name}, {fmt.moment(each.made_at, lab_zone())}"),
            ]
        )
        for each in found
    ]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])), html.Tbody(rows)],
        className="tbl flush plain",
    )
    shown = html.Div(
        table, className="tbl-x", tabIndex="0", role="region", **aria(label="Pick lists")
    )
    return [panel("Pick lists", shown, class_name="sd-history")]


def newest(session: ReadSession, *, is_all: bool) -> list[Component]:
    """Draw the lists as they are now."""
    found = pick_queries.list_lists(session, current_principal(), only_open=not is_all)
    return lists(found, is_all=is_all)


def _facts(picks: PickListView) -> str:
    made = f"{picks.made_by_name} {fmt.moment(picks.made_at, lab_zone())}"
    return f"{PURPOSES[picks.purpose]}, {STATES[picks.state].lower()}. Made by {made}"


def _papers(picks: PickListView) -> html.Section:
    files = (("PDF", "pdf", "printer"), ("CSV", "csv", "download"), ("XLSX", "xlsx", "download"))
    links = [
        button(f"List as {name}", href=f"/files/picks/{picks.label}.{kind}", icon=icon, download="")
        for name, kind, icon in files
    ]
    return panel("On paper", html.Div(links, className="row-x g6 pk-files"))


def _form() -> list[Component]:
    purposes = [
        {"value": purpose.value, "label": PURPOSES[purpose]}
        for purpose in PickPurpose
        if purpose is not PickPurpose.EVACUATE
    ]
    return [
        error_summary({}, id=ids.PROBLEMS),
        form_field("Title", dbc.Input(id=ids.TITLE, value="", maxlength=200), class_name="pk-f"),
        form_field(
            "Purpose",
            dbc.Select(id=ids.PURPOSE, options=purposes, value=PickPurpose.TAKE_OUT.value),
            class_name="pk-f",
        ),
        form_field(
            "Codes",
            dcc.Textarea(id=ids.CODES, value="", rows=6, className="form-control"),
            help_text="Barcodes of samples, one on each line or with commas between.",
            class_name="pk-f",
        ),
        form_field(
            "Destination box",
            dbc.Input(id=ids.GOAL, value="", maxlength=300, autocomplete="off"),
            help_text="For a move: path or barcode. Left empty, each goes where you scan it to.",
            optional=True,
            class_name="pk-f",
        ),
        html.Div(
            button("Make the list", id=ids.MAKE, kind="primary", icon="plus-lg"),
            className="row-x",
        ),
    ]
