"""Other indexes for a lane: the smallest change, what of it can be done at once, and why."""

from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.ids import RunState
from backend.sequencing.released import queries, reindexing
from backend.sequencing.released.views import LaneRepair, Reindexing, RunPlan
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.pages.library_kits import words as kit_words
from dashboard.pages.run_plans import ids, words
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_HEADS = ("Library", "Request", "Carries", "Gets", "What is to be done")
_MOST_REASON = 300
_ANEW = (
    "A prepared library carries its pair in the tube. Make it anew with the pair that it gets, and "
    "put the new library into the pool."
)


def href(plan: RunPlan, lane: int) -> str:
    """Return the address at which the change of a lane is proposed."""
    return f"{words.PATH}/{plan.code}?show=reindex&lane={lane}"


def reindex_page(run: str, lane: str) -> Page:
    """Draw the smallest change of indexes that mends a lane, 1 where no other is asked for."""
    principal = current_principal()
    number = int(lane) if lane.isdecimal() and len(lane) < 3 else 1  # noqa: PLR2004 up to 96
    with reading() as session:
        plan = queries.get_plan(session, principal, run)
        repair = reindexing.get_repair(session, principal, plan.code, number)
    may_plan = principal.may(Permission.SEQUENCING_PLAN) and plan.state is RunState.PLANNED
    back = f"{words.PATH}/{plan.code}?lane={number}"
    return page(
        title=f"Re-index lane {number}",
        breadcrumb=[
            Crumb("Sequencing", "/sequencing"),
            Crumb("Run plans", words.PATH),
            Crumb(plan.code, back),
        ],
        tabs=tabs(words.PATH),
        children=drawn(plan, repair, may_plan=may_plan, back=back),
    )


def drawn(plan: RunPlan, repair: LaneRepair, *, may_plan: bool, back: str) -> list[Component]:
    """Draw the change, and the form that confirms what can be done at once."""
    if not repair.swaps:
        return [
            empty_state(
                "No other index is proposed",
                repair.why_not,
                button("Back to the lane", href=back),
                icon="arrow-repeat",
            )
        ]
    head = html.Thead(html.Tr([html.Th(word, scope="col") for word in _HEADS]))
    table = html.Table(
        [head, html.Tbody([_row(each) for each in repair.swaps])], className="tbl flush plain"
    )
    ready = repair.open_swaps
    has_form = may_plan and bool(ready)
    libraries = fmt.plural(len(repair.swaps), "library", "libraries")
    known_by = kit_words.SOURCES[repair.kit_source].word
    parts: list[Component] = [
        panel(
            "Smallest change",
            html.Div(
                table, className="tbl-x", tabIndex="0", role="region", **aria(label="New indexes")
            ),
            *([html.P(_ANEW, className="t2 rp-anew")] if len(ready) < len(repair.swaps) else []),
            *([] if has_form else [html.Div(button("Back to the lane", href=back))]),
            meta=f"{libraries}, free pairs of {repair.kit} ({known_by.lower()})",
        )
    ]
    if has_form:
        parts.append(_form(plan, repair, back))
    return parts


def _form(plan: RunPlan, repair: LaneRepair, back: str) -> html.Section:
    wish = {
        "code": plan.code,
        "lane": repair.lane,
        "swaps": [
            {"barcode": each.barcode, "index_i7": each.index.i7, "index_i5": each.index.i5}
            for each in repair.open_swaps
        ],
    }
    count = fmt.plural(len(repair.open_swaps), "library", "libraries")
    said = f"The request of {count} gets the new pair. A release of the run becomes void."
    return panel(
        "Confirm",
        dcc.Store(id=ids.REINDEX_WISH, data=wish),
        html.P(said, className="t2"),
        form_field(
            "Why",
            dbc.Input(id=ids.REINDEX_REASON, value="", maxlength=_MOST_REASON, autocomplete="off"),
            help_text="Kept with the request.",
        ),
        html.P("", id=ids.REINDEX_TOLD, className="c-crit", role="alert"),
        html.Div(
            [
                button(f"Re-index {count}", id=ids.REINDEX_SEND, kind="primary"),
                button("Leave as it is", href=back, kind="ghost"),
            ],
            className="row-x g6",
        ),
        class_name="bt",
    )


def _row(swap: Reindexing) -> html.Tr:
    after = swap.index.i7 + (f"+{swap.index.i5}" if swap.index.i5 else "")
    return html.Tr(
        [
            html.Td(
                html.A(swap.barcode, href=f"/samples/{quote(swap.barcode, safe='')}"),
                className="mono",
            ),
            html.Td(swap.request_code),
            html.Td(swap.before, className="mono"),
            html.Td([html.B(swap.index.name), " ", html.Span(after, className="mono")]),
            html.Td(_to_do(swap)),
        ]
    )


def _to_do(swap: Reindexing) -> list[Component | str]:
    if not swap.is_prepared:
        return ["Not prepared yet: its request gets the pair."]
    if not swap.source:
        return ["Prepared: to be made anew."]
    at = f"/sequencing/libraries?show=new&samples={quote(swap.source, safe='')}"
    return [
        f"Prepared: to be made anew of {swap.source}. ",
        button("Prepare again", href=at, size="sm", **aria(label=f"Prepare again: {swap.source}")),
    ]
