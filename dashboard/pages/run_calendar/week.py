"""Seven days or a month of every instrument, as the calendar and the run plan show them."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
_STATES = ("running", "planned", "blocked", "finished", "failed", "service")


@dataclass(frozen=True, slots=True)
class Week:
    """Days of the laboratory, seven or a month, with the runs among them that one may open."""

    start: datetime
    instruments: Sequence[str]
    bars: Sequence[RunBar]
    openable: Collection[str]
    days: int = WEEK.days

    @property
    def is_month(self) -> bool:
        """Say whether it is a month."""
        return self.days > WEEK.days

    @property
    def said(self) -> str:
        """Say how long it is: ``7 days``, ``November 2026``."""
        return f"{self.start:%B %Y}" if self.is_month else f"{self.days} days"


def month_of(day: date) -> tuple[date, int]:
    """Return the first day of a day's month, and how many days it has."""
    return day.replace(day=1), monthrange(day.year, day.month)[1]


def read_week(
    session: ReadSession,
    principal: Principal,
    first: date,
    zone: ZoneInfo,
    *,
    days: int = WEEK.days,
) -> Week:
    """Return so many days from the first one's local midnight on."""
    start = datetime.combine(first, time(), tzinfo=zone)
    bars = queries.runs_between(session, principal, start, start + timedelta(days=days))
    names = [each.name for each in queries.list_instruments(session, principal)]
    # An instrument that was taken out of service keeps the line of what it still has to do.
    names += sorted({bar.instrument for bar in bars} - set(names))
    return Week(start, names, bars, booking_queries.openable(session, principal, bars), days)


def week_panel(
    week: Week,
    *,
    now: datetime,
    zone: ZoneInfo,
    here: str = "",
    may_reschedule: bool = False,
    width: float = WIDTH,
) -> html.Section:
    """Draw the days; the run ``here`` is marked, with ``may_reschedule`` a link moves it."""
    body: Component = html.P("No instrument is in service yet.", className="t2")
    if week.instruments:
        drawn = run_calendar(
            week.instruments,
            week.bars,
            start=week.start,
            window=timedelta(days=week.days),
            now=now,
            zone=zone,
            openable=week.openable,
            here=here,
            width=width,
        )
        body = html.Div(drawn, className="bd-cal", tabIndex="0")
    there = {bar.state for bar in week.bars}
    aside: list[Component] = [key(*(each for each in _STATES if each in there))]
    if may_reschedule:
        aside.append(html.A("Reschedule", href=f"{PATH}?run={here}"))
    return panel(
        "Run calendar",
        body,
        meta=week.said,
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
