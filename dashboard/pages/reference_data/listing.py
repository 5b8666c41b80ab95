"""The kinds at the left, and the entries of one as a table."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import KINDS
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chip import tag
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.reference_data import ids
from dashboard.pages.reference_data.address import address
from dashboard.pages.reference_data.words import summary

FILTERED_FROM = 8
"""Entries from which a list has a filter."""


def kinds(selected: ReferenceKind, counts: Mapping[ReferenceKind, int]) -> html.Nav:
    """Draw the kinds as links with how many entries each offers."""
    return html.Nav(
        [
            html.A(
                [KINDS[kind].many, html.Span(fmt.count(counts[kind]), className="c")],
                href=address(kind),
                className="on" if kind is selected else "",
                **aria(current="page" if kind is selected else None),
            )
            for kind in ReferenceKind
        ],
        className="rd-kinds",
        **aria(label="Kinds of reference data"),
    )


def entries(kind: ReferenceKind, found: Sequence[ReferenceView], *, zone: ZoneInfo) -> Component:
    """Draw the entries of a kind with the version in force, and a filter where they are many."""
    words = KINDS[kind]
    body: Component = (
        html.Div(rows(kind, found, zone=zone), id=ids.LIST)
        if found
        else empty_state(f"There is no {words.one} yet", f"{words.about}.")
    )
    parts = [body] if len(found) < FILTERED_FROM else [_filter(words.many), body]
    return panel(
        words.many,
        dcc.Store(id=ids.KIND, data=kind.value),
        *parts,
        meta=words.about,
        class_name="ad-p rd-wide",
    )


def rows(kind: ReferenceKind, found: Sequence[ReferenceView], *, zone: ZoneInfo) -> Component:
    """Draw entries as a table; none is what a filter has left."""
    if not found:
        return html.P("Nothing fits these words. Take one away.", className="t2")
    heads = (
        ("Name", ""),
        ("In short", ""),
        ("Version", "n"),
        ("Changed", ""),
        ("Source", "ad-wide"),
    )
    return table(KINDS[kind].many, heads, [_row(each, zone=zone) for each in found])


def fitting(found: Sequence[ReferenceView], text: str) -> list[ReferenceView]:
    """Return the entries that have every word of a text in name, key, figures or source."""
    wanted = text.casefold().split()
    return [each for each in found if all(word in _said(each) for word in wanted)]


def _said(each: ReferenceView) -> str:
    return f"{each.name} {each.key} {summary(each.content)} {each.source}".casefold()


def _filter(what: str) -> html.Div:
    words = f"Filter {what.casefold()}"
    return html.Div(
        [
            icon("funnel"),
            html.Label(words, htmlFor=ids.FIND, className="vh"),
            dbc.Input(id=ids.FIND, placeholder=words, debounce=0.2, autocomplete="off"),
        ],
        className="scan rd-find",
    )


def _row(each: ReferenceView, *, zone: ZoneInfo) -> list[Component]:
    name = html.A(each.name, href=address(each.kind, each.key))
    shown: Component = html.Span([name, " ", tag("Retired")]) if not each.is_active else name
    return [
        html.Td(two_lines(shown, each.key)),
        html.Td(summary(each.content), className="ad-wrap"),
        html.Td(fmt.count(each.number), className="n"),
        html.Td(two_lines(fmt.moment(each.made_at, zone), each.made_by_name)),
        html.Td(each.source, className="ad-wrap ad-wide rd-source"),
    ]
