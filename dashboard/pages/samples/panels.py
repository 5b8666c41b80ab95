"""The bar of filters, the counts by status, the foot, and the bar for what is selected."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples.finding_terms import Pair
from backend.samples.ids import Status
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button, icon_button
from dashboard.components.icon import icon
from dashboard.components.kbd import kbd
from dashboard.components.status import SAMPLE_LOOKS
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.samples import ids
from dashboard.pages.samples.address import PATH, ListAddress, href, to_query, toggled
from dashboard.pages.samples.chips import chip

_FACETS = (
    Status.PENDING,
    Status.VALIDATED,
    Status.IN_STORAGE,
    Status.IN_SEQUENCING,
    Status.COMPLETED,
    Status.FAILED,
)


def filter_bar(address: ListAddress) -> html.Div:
    """Draw a chip for each filter with its way out, and the buttons of the list."""
    keys = list(dict.fromkeys(key for key, _ in address.pairs))
    chips: list[Component] = [chip(address, key) for key in keys]
    chips.append(
        html.Button(
            [icon("plus-lg"), "Filter ", kbd("f")],
            type="button",
            className="chip add",
            **data(dialog=ids.FILTER_DIALOG, key="f"),
        )
    )
    if keys:
        chips.append(button("Clear", href=href(address, pairs=()), kind="ghost", size="sm"))
    return html.Div(
        [
            *chips,
            html.Span(className="sp"),
            button(
                "Save as view", size="sm", kind="ghost", icon="bookmark-plus", opens=ids.VIEW_DIALOG
            ),
            button("Columns", size="sm", icon="layout-three-columns", opens=ids.COLUMNS_DIALOG),
            button("Export", size="sm", icon="download", opens=ids.EXPORT_DIALOG, **data(key="e")),
        ],
        className="fbar",
    )


def count_words(total: int | None, all_total: int) -> list[Component | str]:
    """Return how many the view holds of all."""
    if total is None:
        return [html.Span("Counting", className="t2")]
    if total == all_total:
        return [html.B(fmt.count(total)), html.Span(" samples", className="t2")]
    return [html.B(fmt.count(total)), html.Span(f" of {fmt.count(all_total)}", className="t2")]


def facets(address: ListAddress, counts: Mapping[str, int] | None) -> list[Component]:
    """Draw the counts by status; each is the way to those alone, and back."""
    if counts is None:
        return []
    return [_facet(address, status.value, counts.get(status.value, 0)) for status in _FACETS]


def foot() -> html.Div:
    """Draw the line under the grid; assets/samples.js fills in what the eye is on."""
    return html.Div(
        [
            html.Span("", id="samples-range"),
            html.Span("", id=ids.SELECTED_TOTAL, className="t2"),
            html.Span(className="sp"),
            html.Span([kbd("j"), kbd("k"), " move"], className="row-x g6"),
            html.Span([kbd("x"), " select"], className="row-x g6"),
            html.Span([kbd("Enter"), " open"], className="row-x g6"),
        ],
        className="gfoot num",
    )


def bulk_bar(principal: Principal) -> html.Div:
    """Draw what may be done with the selected samples; hidden while none is."""
    acts: list[Component] = []
    if principal.may(Permission.STORAGE_PLAN):
        acts.append(button("Plan places", id=ids.BULK_PLAN, icon="grid-3x3-gap"))
    if principal.may(Permission.STORAGE_PLACE):
        acts.append(button("Pick list", icon="clipboard-check", opens=ids.PICK_DIALOG))
    if principal.may(Permission.SEQUENCING_REQUEST):
        acts.append(_of_rows(button("Request sequencing", id=ids.BULK_SEQUENCE, icon="diagram-3")))
    if principal.may(Permission.SAMPLES_REGISTER) and principal.may(Permission.SAMPLES_EDIT):
        acts.append(_of_rows(button("Pool", icon="droplet-half", opens=ids.POOL_DIALOG)))
    if principal.may(Permission.SAMPLES_TRANSITION):
        acts.append(button("Change status", icon="pencil-square", opens=ids.STATUS_DIALOG))
    if principal.may(Permission.SAMPLES_HOLD):
        acts.append(button("Hold", icon="pause-circle", opens=ids.HOLD_DIALOG))
    if principal.may(Permission.LABELS_PRINT):
        acts.append(button("Print labels", icon="printer", opens=label_ids.DIALOG))
    acts.append(button("Export", icon="download", opens=ids.EXPORT_DIALOG))
    return html.Div(
        [
            html.Span("", id=ids.BULK_COUNT, className="md num", role="status"),
            _of_rows(button(all_words(None), id=ids.BULK_ALL)),
            html.Span(className="sepv"),
            *acts,
            html.Span(className="sepv"),
            icon_button("x-lg", "Clear selection", **data(clear_selection="")),
        ],
        id=ids.BULK,
        className="bulk",
        role="toolbar",
        hidden=True,
        **aria(label="Actions for the selected samples"),
    )


def all_words(total: int | None) -> str:
    """Return what the button says that selects everything."""
    return "Select all matching" if total is None else f"Select all {fmt.count(total)} matching"


def _of_rows(act: Component) -> html.Span:
    """Mark an act that takes single rows: it goes away while everything is selected."""
    return html.Span(act, className="of-rows")


def _facet(address: ListAddress, status: str, number: int) -> html.A:
    look, pair = SAMPLE_LOOKS[status], ("status", status)
    is_on = pair in address.pairs
    pairs: tuple[Pair, ...] = toggled(address.pairs, pair)
    return html.A(
        [
            html.Span(icon(look.icon), className=f"st-{look.tone}"),
            html.Span(look.word, className="el"),
            html.B(fmt.count(number), className="md num"),
        ],
        href=PATH + to_query(pairs, address.order, address.columns),
        className="on" if is_on else "",
        **aria(current="true" if is_on else None),
    )
