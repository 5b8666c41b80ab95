"""Pools: the list with the form that drafts one, and one pool with its recipe."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing import queries as board_queries
from backend.sequencing.ids import PoolState
from backend.sequencing.pooling import queries
from backend.sequencing.pooling.views import PoolView
from backend.sequencing.reference import queries as reference_queries
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import confirm, dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.pages.pools import drawing, ids, light, settings_form, top_ups, words
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_SHOWN = 100


def layout(*, libraries: str = "", pools: str = "") -> Page:
    """Draw the newest pools and the form, with ``libraries`` or ``pools`` named there already."""
    may_change = current_principal().may(Permission.SEQUENCING_PREPARE)
    codes = "\n".join(code for given in (libraries, pools) for code in given.split(",") if code)
    form = panel("Draft a pool", *_draft_form(codes), meta="nothing is pipetted yet")
    return page(
        title="Pools",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs(words.PATH),
        class_name="pools",
        children=[
            html.Div(newest(), id=ids.LIST),
            html.Div(form, hidden=not may_change),
        ],
    )


def pool_layout(*, code: str, on: str = "") -> Page:
    """Draw one pool, its light judged for the make ``on``. Raises PoolNotFound."""
    with reading() as session:
        view = queries.get_pool(session, current_principal(), code)
        make = on or _usual_make(session)
        drawn = body(session, view, on=make)
    return page(
        title=view.code,
        breadcrumb=[Crumb("Sequencing", "/sequencing"), Crumb("Pools", words.PATH)],
        tabs=tabs(words.PATH),
        class_name="pools",
        children=[
            dcc.Store(id=ids.WHICH, data={"code": view.code, "on": make}),
            error_summary({}, id=ids.PROBLEMS),
            html.Div(drawn, id=ids.BODY),
            _make_dialog(view),
            _cancel_dialog(view),
        ],
    )


def newest() -> list[Component]:
    """Draw the newest pools as they are now."""
    with reading() as session:
        found = queries.list_pools(session, current_principal(), limit=_SHOWN)
    return [panel("Pools", drawing.pools(found.items))]


def drawn_now(code: str, on: str) -> list[Component]:
    """Draw a pool as it is now. Raises PoolNotFound."""
    with reading() as session:
        return body(session, queries.get_pool(session, current_principal(), code), on=on)


def body(session: ReadSession, view: PoolView, *, on: str) -> list[Component]:
    """Draw everything of a pool that changes with it."""
    may_change = current_principal().may(Permission.SEQUENCING_PREPARE)
    makes = reference_queries.makes(session)
    kits = reference_queries.kit_indexes(session)
    left = [
        settings_form.form(view, reference_queries.pooling(session), may_change=may_change),
        drawing.tubes(view, may_change=may_change),
        drawing.findings(view, may_change=may_change),
        *drawing.worksheets(view),
        top_ups.section(session, view),
    ]
    return [
        _head(view, may_change=may_change),
        html.Div(
            [
                html.Div(left, className="pl-main"),
                html.Div(light.panels(view, makes, kits, on=on), className="pl-side"),
            ],
            className="pl",
        ),
    ]


def _head(view: PoolView, *, may_change: bool) -> html.Div:
    facts: list[Component | str] = [
        drawing.standing(
            view.state, is_mixed=view.tube is not None, is_sequenced=view.is_sequenced
        ),
        html.B(view.name),
        html.Span(f"{words.MODES[view.mode]}, {', '.join(view.project_codes)}", className="t2"),
    ]
    if view.tube is not None:
        facts.append(html.Span(["in ", html.A(view.tube, href=f"/samples/{view.tube}")]))
    if view.runs:
        on: list[Component | str] = ["on "]
        for place, run in enumerate(view.runs):
            on += [*([", "] if place else []), html.A(run, href=f"/sequencing/plans/{run}")]
        facts.append(html.Span(on, className="t2"))
    acts: list[Component] = []
    if may_change and view.state is not PoolState.CANCELLED and not view.runs:
        acts.append(button("Cancel pool", kind="ghost", opens=ids.CANCEL_DIALOG))
    if may_change and view.is_open:
        is_ready = view.recipe is not None and not any(each.is_error for each in view.findings)
        if not is_ready:
            acts.append(html.Span("Fix the errors to make it", className="btn-why"))
        acts.append(
            button(
                "Make pool",
                kind="primary",
                icon="check2",
                opens=ids.MAKE_DIALOG,
                disabled=not is_ready,
            )
        )
    return html.Div(
        [html.P(facts, className="pl-facts"), html.Div(acts, className="row-x g6")],
        className="pl-head",
    )


def _draft_form(codes: str) -> list[Component]:
    return [
        error_summary({}, id=ids.DRAFT_PROBLEMS),
        form_field(
            "Libraries, requests or pools",
            dcc.Textarea(id=ids.CODES, value=codes, rows=4, className="form-control"),
            help_text="Barcodes of libraries, requests as SQ-0012, mixed pools as P-0417; one on "
            "each line or with commas between.",
            class_name="pl-codes",
        ),
        form_field(
            "Name",
            dbc.Input(id=ids.NAME, value="", maxlength=60, autocomplete="off"),
            optional=True,
            class_name="pl-codes",
        ),
        html.Div(button("Draft pool", id=ids.DRAFT, kind="primary"), className="row-x"),
    ]


def _make_dialog(view: PoolView) -> html.Dialog:
    projects = [{"value": code, "label": code} for code in view.project_codes]
    first = view.project_codes[0] if view.project_codes else ""
    project = form_field(
        "Project of the tube", dbc.Select(id=ids.PROJECT, options=projects, value=first)
    )
    return dialog(
        ids.MAKE_DIALOG,
        f"Make {view.code}?",
        html.P(
            "Each tube's volume is drawn in the ledger and the pool's tube is registered. This "
            "cannot be taken back.",
            className="t2",
        ),
        form_field(
            "Barcode of the tube",
            dbc.Input(id=ids.TUBE, value="", maxlength=64, autocomplete="off"),
            help_text="Scan an empty tube, or leave it empty for a new code.",
            optional=True,
        ),
        form_field(
            "Kept at",
            dbc.Select(id=ids.ZONE, options=words.zone_options(), value=words.ZONES[0].value),
        ),
        html.Div(project, hidden=len(projects) < 2),  # noqa: PLR2004 nothing to choose from
        html.Div(
            [
                button("Not yet", **data(close="")),
                button("Make pool", id=ids.MAKE, kind="primary", **data(close="")),
            ],
            className="row-x",
        ),
    )


def _cancel_dialog(view: PoolView) -> html.Dialog:
    return confirm(
        ids.CANCEL_DIALOG,
        title=f"Cancel {view.code}?",
        body="Its libraries may be pooled again. What is mixed stays in its tube and the ledger.",
        act="Cancel pool",
        act_id=ids.CANCEL,
        keep="Keep pool",
        extra=form_field(
            "Reason", dbc.Input(id=ids.CANCEL_REASON, value="", maxlength=500, autocomplete="off")
        ),
    )


def _usual_make(session: ReadSession) -> str:
    """Return the flow cell of the first sequencer in service; "" where there is none."""
    in_service = board_queries.list_instruments(session, current_principal())
    return next((each.make for each in in_service), "")
