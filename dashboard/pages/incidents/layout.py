"""Incidents: every time that units were out of range, those that are not closed first."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.transaction import reading
from backend.incidents import queries
from backend.incidents.views import IncidentRow
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.components.panel import panel
from dashboard.components.status import look_of, status
from dashboard.laboratory import lab_zone
from dashboard.pages.incidents import ids, words
from dashboard.session import current_principal

PATH = "/incidents"
CLOSED = "closed"
_HEADS = (
    "Incident",
    "State",
    "Units",
    "Began",
    "Lasted",
    "Peak",
    "Samples",
    "Undecided",
    "Acknowledged by",
    "Looks after it",
)
_FIGURES = frozenset({"Lasted", "Peak", "Samples", "Undecided"})


def layout(**query: str) -> Page:
    """Draw the incidents that are not closed, or those that are."""
    show, offset = query.get("show", ""), words.whole(query.get("from", ""))
    with reading() as session:
        principal = current_principal()
        standing = queries.count_incidents(session, principal, standing=True)
        closed = queries.count_incidents(session, principal, standing=False)
    return page(
        title="Incidents",
        breadcrumb=[Crumb("Storage", "/storage")],
        tabs=[
            Tab("Not closed", PATH, count=standing, selected=show != CLOSED),
            Tab("Closed", f"{PATH}?show={CLOSED}", count=closed, selected=show == CLOSED),
        ],
        children=[
            dcc.Store(id=ids.SHOW, data=show),
            dcc.Store(id=ids.SHOW_FROM, data=offset),
            html.Div(body(show, offset), id=ids.LIST),
        ],
    )


def body(show: str, offset: int) -> list[Component]:
    """Draw the list as the rows say now."""
    principal, now, zone = current_principal(), clock.utc_now(), lab_zone()
    with reading() as session:
        rows = queries.list_incidents(session, principal, standing=show != CLOSED, offset=offset)
        total = queries.count_incidents(session, principal, standing=show != CLOSED)
    if not rows:
        return [_nothing(show)]
    table = html.Table(
        [
            html.Thead(
                html.Tr(
                    [
                        html.Th(word, scope="col", className="n" if word in _FIGURES else "")
                        for word in _HEADS
                    ]
                )
            ),
            html.Tbody([_row(each, now, zone) for each in rows]),
        ],
        className="tbl flush plain",
    )
    return [
        panel(
            "Closed incidents" if show == CLOSED else "Incidents that are not closed",
            html.Div(table, className="tbl-x", tabIndex="0", role="region", **_LABEL),
            *_steps(show, offset, len(rows), total),
            class_name="in-list",
        )
    ]


_LABEL = aria(label="Incidents")


def _nothing(show: str) -> Component:
    if show == CLOSED:
        return empty_state("No incident has been closed", "Closed incidents stay here for good.")
    return empty_state(
        "No incident is open",
        "An alarm of a freezer opens one by itself, with every sample that stood in it.",
        icon="check-circle",
    )


def _row(row: IncidentRow, now: datetime, zone: ZoneInfo) -> html.Tr:
    return html.Tr(
        [
            html.Th(
                html.A(row.code, href=words.address(row.code), className="mono in-a"),
                scope="row",
            ),
            html.Td(status(look_of(words.STATES, row.state.value))),
            html.Td(words.units(row.units, row.kind), className="said"),
            html.Td(fmt.moment(row.began_at, zone), className="num"),
            html.Td(words.length(row.began_at, row.ended_at, now), className="n"),
            html.Td(fmt.temperature(row.peak_c) or "not known", className="n"),
            html.Td(_items(row), className="n"),
            html.Td(fmt.count(row.undecided) if row.undecided else "", className="n"),
            html.Td(", ".join(row.acknowledged_by) or "Nobody yet", className="t2"),
            html.Td(row.owner_name or "Nobody yet", className="t2"),
        ]
    )


def _items(row: IncidentRow) -> Sequence[Component | str]:
    others = words.others(row.others)
    return [fmt.count(row.items), *([html.Div(others, className="t3 sm")] if others else [])]


def _steps(show: str, offset: int, shown: int, total: int) -> list[Component]:
    def address(start: int) -> str:
        return words.with_query(PATH, show=show, start=start)

    steps: list[Component] = []
    if offset:
        steps.append(button("Newer", href=address(max(offset - queries.MOST, 0)), size="sm"))
    if offset + shown < total:
        steps.append(button("Older", href=address(offset + shown), size="sm"))
    return [html.Div(steps, className="row-x")] if steps else []
