"""The kinds at the left, and the entries of one as a table."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import KINDS
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.chip import tag
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.reference_data.address import address
from dashboard.pages.reference_data.words import summary


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
    """Draw the entries of a kind with the version in force."""
    words = KINDS[kind]
    heads = (("Name", ""), ("In short", ""), ("Version", "n"), ("Changed", ""), ("Source", ""))
    body: Component = (
        table(words.many, heads, [_row(each, zone=zone) for each in found])
        if found
        else empty_state(f"There is no {words.one} yet", f"{words.about}.")
    )
    return panel(words.many, body, meta=words.about, class_name="ad-p rd-wide")


def _row(each: ReferenceView, *, zone: ZoneInfo) -> list[Component]:
    name = html.A(each.name, href=address(each.kind, each.key))
    shown: Component = html.Span([name, " ", tag("Retired")]) if not each.is_active else name
    return [
        html.Td(two_lines(shown, each.key)),
        html.Td(summary(each.content), className="ad-wrap"),
        html.Td(fmt.count(each.number), className="n"),
        html.Td(two_lines(fmt.moment(each.made_at, zone), each.made_by_name)),
        html.Td(each.source, className="ad-wrap rd-source"),
    ]
