"""Seven days of every instrument, as the calendar and the run plan show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.sequencing import queries
from backend.sequencing.booking import queries as booking_queries
from backend.sequencing.views import RunBar
from dashboard.components.panel import panel
from dashboard.figures.sequencing import WEEK, WIDTH, run_calendar

PATH = "/sequencing/calendar"
NARROW = 560.0
"""Width of the drawing beside a run's pools, px."""
_STATES = ("running", "planned", "blocked", "service")


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of the laboratory, with the runs among them that the reader may open."""

    start: datetime
    instruments: Sequence[str]
    bars: Sequence[RunBar]
    openable: Collection[str]


def read_week(session: ReadSession, principal: Principal, first: date, zone: ZoneInfo) -> Week:
    """Return seven days from the first one's local midnight on."""
    start = datetime.combine(first, time(), tzinfo=zone)
    bars = queries.runs_between(session, principal, start, start + WEEK)
    names = [each.name for each in queries.list_instruments(session, principal)]
    # An instrument that was taken out of service keeps the line of what it still has to do.
    names += sorted({bar.instrument for bar in bars} - set(names))
    return Week(start, names, bars, booking_queries.openable(session, principal, bars))


def week_panel(
    week: Week,
    *,
    now: datetime,
    zone: ZoneInfo,
    here: str = "",
    may_reschedule: bool = False,
    width: float = WIDTH,
) -> html.Section:
    """Draw the week; the run ``here`` is marked, with ``may_reschedule`` a link moves it."""
    body: Component = html.P("No instrument is in service yet.", className="t2")
    if week.instruments:
        drawn = run_calendar(
            week.instruments,
            week.bars,
            start=week.start,
            window=WEEK,
            now=now,
            zone=zone,
            openable=week.openable,
            here=here,
            width=width,
        )
        body = html.Div(drawn, className="bd-cal", tabIndex="0")
    aside: list[Component] = [key(*_STATES)]
    if may_reschedule:
        aside.append(html.A("Reschedule", href=f"{PATH}?run={here}"))
    return panel(
        "Run calendar",
        body,
        meta="7 days",
        aside=html.Span(aside, className="row-x g12"),
        class_name="bt",
    )


def key(*states: str) -> html.Span:
    """Draw what the looks of bars mean."""
    return html.Span(
        [
            html.Span([html.I(className=f"bd-key is-{name}"), name.capitalize()], className="lg")
            for name in states
        ],
        className="row-x g12",
    )
