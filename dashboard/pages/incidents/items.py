"""The samples that stood in an incident: how warm each got, and what is proposed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.incidents.ids import HoldState, ItemOrder
from backend.incidents.item_queries import PAGE
from backend.incidents.views import IncidentView, ItemPage, ItemView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.components.status import look_of, status
from dashboard.pages.incidents import ids, words

_FIGURES = (
    "Out of limits, min",
    "Above −60 °C, min",
    "Above −40 °C, min",
    "Above −20 °C, min",
    "Above 0 °C, min",
    "Degree-hours, K·h",
    "Warmest",
    "Measured",
    "Before, min",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which of the items the address asks for."""

    project: str = ""
    order: ItemOrder = ItemOrder.EXPOSURE
    offset: int = 0


def shown_of(project: str, order: str, start: str) -> Shown:
    """Return what an address asks for; what is mistyped asks for nothing."""
    known = ItemOrder(order) if order in set(ItemOrder) else ItemOrder.EXPOSURE
    return Shown(project=project, order=known, offset=words.whole(start))


def items(
    found: IncidentView,
    page: ItemPage,
    shown: Shown,
    *,
    chosen: Collection[str],
    zone: ZoneInfo,
    may_act: bool,
) -> html.Section:
    """Draw the items of a page, with a box to choose each whose hold is undecided."""
    others = words.others(page.others)
    if not page.items:
        why = others or "No sample of yours stood in these units while they were out of range."
        return panel("Samples", empty_state("No sample of yours is concerned", why))
    acts = may_act and page.proposed > 0
    heads = [
        *([html.Th(html.Span("Choose", className="vh"), scope="col")] if acts else []),
        *(html.Th(word, scope="col") for word in ("Sample", "Hold", "Project")),
        *(html.Th(word, scope="col", className="n") for word in _FIGURES),
        *(html.Th(word, scope="col") for word in ("Place", "In the unit")),
    ]
    rows = [
        html.Tr([*([_box(each, chosen)] if acts else []), *_cells(each, zone)])
        for each in page.items
    ]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(rows)], className="tbl flush plain in-items"
    )
    counted = fmt.plural(page.total, "sample", "samples")
    return panel(
        "Samples",
        _filters(found.code, page, shown),
        html.Div(
            table,
            className="tbl-x",
            tabIndex="0",
            role="region",
            **aria(label="Samples that stood there"),
        ),
        _steps(found.code, page, shown),
        meta=f"{counted}{f', {others}' if others else ''}",
        aside=_acts(page.proposed) if acts else None,
        class_name="in-list",
    )


def _acts(proposed: int) -> html.Span:
    undecided = fmt.plural(proposed, "hold is", "holds are")
    return html.Span(
        [
            html.Span(f"{undecided} undecided", className="t2"),
            button("Accept holds", kind="primary", size="sm", opens=ids.ACCEPT_DIALOG),
            button("Decline holds", size="sm", opens=ids.DECLINE_DIALOG),
        ],
        className="row-x",
    )


def _filters(code: str, page: ItemPage, shown: Shown) -> html.Div:
    """Draw the projects and the orders as links: each view has its address."""
    here = words.address(code)

    def link(label: str, *, project: str, order: ItemOrder, is_on: bool) -> html.A:
        named = "" if order is ItemOrder.EXPOSURE else order.value
        return html.A(
            label,
            href=words.with_query(here, project=project, order=named),
            className="in-a on" if is_on else "in-a",
            **aria(current="true" if is_on else None),
        )

    projects = [
        link(project, project=project, order=shown.order, is_on=shown.project == project)
        for project in page.projects
    ]
    every = link("All projects", project="", order=shown.order, is_on=not shown.project)
    orders = [
        link(label, project=shown.project, order=order, is_on=shown.order is order)
        for label, order in (
            ("Worst first", ItemOrder.EXPOSURE),
            ("By place", ItemOrder.PLACE),
        )
    ]
    parts: list[Component] = []
    if len(projects) > 1 or shown.project:
        parts.append(html.Nav([every, *projects], className="in-nav", **aria(label="Project")))
    parts.append(html.Nav(orders, className="in-nav", **aria(label="Order")))
    return html.Div(parts, className="in-filters")


def _steps(code: str, page: ItemPage, shown: Shown) -> html.Div:
    def address(start: int) -> str:
        named = "" if shown.order is ItemOrder.EXPOSURE else shown.order.value
        here = words.address(code)
        return words.with_query(here, project=shown.project, order=named, start=start)

    last = shown.offset + len(page.items)
    said = f"{fmt.count(shown.offset + 1)} to {fmt.count(last)} of {fmt.count(page.total)}"
    parts: list[Component] = [html.Span(said, className="t2 num")]
    if shown.offset:
        before = max(shown.offset - PAGE, 0)
        parts.append(button("Samples before", href=address(before), size="sm"))
    if last < page.total:
        parts.append(button("Samples after", href=address(last), size="sm"))
    return html.Div(parts, className="row-x in-steps")


def _box(item: ItemView, chosen: Collection[str]) -> html.Td:
    if item.hold_state is not HoldState.PROPOSED:
        return html.Td()
    return html.Td(
        dbc.Checkbox(
            id=ids.choose(str(item.id)),
            value=str(item.id) in chosen,
            label=html.Span(f"Choose {item.barcode}", className="vh"),
            class_name="in-box",
        )
    )


def _cells(item: ItemView, zone: ZoneInfo) -> list[html.Td]:
    figures = (
        words.minutes(item.out_of_product_min),
        *(words.minutes(each) for each in item.above_min),
        fmt.decimal(item.degree_hours, 1) if item.degree_hours > 0 else "",
        fmt.temperature(item.highest_c) or "not known",
        fmt.percent(item.coverage, 0),
        words.minutes(item.prior_out_min),
    )
    sample = html.A(
        item.barcode,
        href=f"/samples/{quote(item.barcode, safe='')}",
        className="mono in-a",
        title=item.name,
    )
    return [
        html.Td(sample),
        html.Td(_hold(item), className="said"),
        html.Td(item.project_code),
        *(html.Td(figure, className="n") for figure in figures),
        html.Td(f"{item.place}/{item.position}", className="mono"),
        html.Td(_stay(item.in_from, item.in_until, zone), className="t2 num"),
    ]


def _stay(began: datetime, ended: datetime | None, zone: ZoneInfo) -> str:
    start = fmt.clock_time(began, zone)
    return f"From {start}" if ended is None else f"{start} to {fmt.clock_time(ended, zone)}"


def _hold(item: ItemView) -> list[Component]:
    """Draw the state of the hold, why it is proposed, and who decided for what reason."""
    said = item.hold_reason or ""
    if item.decided_by_name:
        said = f"{item.decided_by_name}. {item.decision_reason}".strip()
    return [
        status(look_of(words.HOLDS, item.hold_state.value)),
        *([html.Div(said, className="t3 sm")] if said else []),
    ]
