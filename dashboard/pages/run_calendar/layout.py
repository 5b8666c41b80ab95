"""Calendar: seven days or a month of runs and services by instrument, drawn and as a table."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing import queries
from backend.sequencing.ids import RunState
from backend.sequencing.released import queries as released_queries
from backend.sequencing.views import RunBar
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.figures.sequencing import WEEK
from dashboard.laboratory import lab_zone
from dashboard.pages.run_calendar import forms, ids
from dashboard.pages.run_calendar.kept import kept_form
from dashboard.pages.run_calendar.week import PATH, Week, month_of, read_week, week_panel
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_HEADS = ("Instrument", "What", "From", "Until", "State")
_MOVABLE = {RunState.PLANNED.value, "blocked"}
_MONTH = "month"
_DAY = timedelta(days=1)


def layout(*, run: str = "", **query: str) -> Page:
    """Draw the week from the day ``from`` on, today without one, or with ``show=month`` its month.

    ``run`` is to be rescheduled.
    """
    principal, zone = current_principal(), lab_zone()
    first, days = first_day(query.get("from", ""), zone), WEEK.days
    if query.get("show") == _MONTH:
        first, days = month_of(first)
    may_plan = principal.may(Permission.SEQUENCING_PLAN)
    acting: list[Component] = []
    with reading() as session:
        instruments = queries.list_instruments(session, principal)
        if may_plan:
            runs = released_queries.list_plans(session, principal)
            acting = [
                forms.service_form(instruments, zone),
                forms.run_form(runs, chosen=run, zone=zone),
            ]
    if principal.may(Permission.SEQUENCING_CONFIGURE):
        form = kept_form(instruments)
        acting += [form] if form else []
    return page(
        title="Calendar",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs(PATH),
        actions=_ways(first, days),
        children=[
            dcc.Store(id=ids.WHICH, data={"from": first.isoformat(), "days": days}),
            dcc.Store(id=ids.CHANGED),
            html.Div(body(first, days), id=ids.BODY),
            html.Div(acting, className="rc-forms"),
        ],
    )


def _ways(first: date, days: int) -> list[Component]:
    """Draw the ways to the days before and after, and to the other length."""
    is_month = days > WEEK.days
    # A day before a month's first is of the month before, whatever its length.
    before = first - (_DAY if is_month else WEEK)
    after = first + timedelta(days=days)
    word = "Month" if is_month else "Week"
    today = f"{PATH}?show={_MONTH}" if is_month else PATH
    other = PATH if is_month else f"{PATH}?show={_MONTH}&from={first.isoformat()}"
    return [
        button(f"{word} before", href=_from(before, is_month=is_month), icon="arrow-left"),
        button("Today", href=today),
        button(f"{word} after", href=_from(after, is_month=is_month), icon="arrow-right"),
        button("Week" if is_month else "Month", href=other),
    ]


def body(first: date, days: int = WEEK.days) -> list[Component]:
    """Return so many days as the rows say now."""
    principal, zone, now = current_principal(), lab_zone(), clock.utc_now()
    with reading() as session:
        week = read_week(session, principal, first, zone, days=days)
    may_plan = principal.may(Permission.SEQUENCING_PLAN)
    return [
        week_panel(week, now=now, zone=zone),
        panel(
            "Runs and services",
            _table(week, now=now, zone=zone, may_plan=may_plan),
            meta=fmt.count(len(week.bars)),
            class_name="bt",
        ),
    ]


def first_day(given: str, zone: ZoneInfo) -> date:
    """Return the day that was asked for, today where none was or it is none."""
    try:
        # A week and the links around it must stay within what a calendar has.
        return min(max(date.fromisoformat(given), date(2000, 1, 1)), date(2100, 1, 1))
    except ValueError:
        return clock.utc_now().astimezone(zone).date()


def _from(day: date, *, is_month: bool) -> str:
    return f"{PATH}?from={day.isoformat()}" + (f"&show={_MONTH}" if is_month else "")


def _table(week: Week, *, now: datetime, zone: ZoneInfo, may_plan: bool) -> Component:
    if not week.bars:
        return html.P(f"Nothing is booked in these {week.days} days.", className="t2")
    heads = (*_HEADS, "Acts") if may_plan else _HEADS
    head = html.Thead(html.Tr([html.Th(word, scope="col") for word in heads]))
    rows = [_row(bar, week, now=now, zone=zone, may_plan=may_plan) for bar in week.bars]
    table = html.Table([head, html.Tbody(rows)], className="tbl flush plain")
    label = aria(label="Runs and services")
    return html.Div(table, className="tbl-x", tabIndex="0", role="region", **label)


def _row(bar: RunBar, week: Week, *, now: datetime, zone: ZoneInfo, may_plan: bool) -> html.Tr:
    may_open = bar.run_code in week.openable
    what: Component | str = bar.run_code or bar.why
    if may_open:
        what = html.A(bar.run_code, href=f"/sequencing/plans/{bar.run_code}", className="mono")
    cells = [
        html.Td(bar.instrument),
        html.Td(what),
        html.Td(fmt.moment(bar.start, zone, now=now), className="num"),
        html.Td(fmt.moment(bar.end, zone, now=now), className="num"),
        html.Td(bar.state.capitalize()),
    ]
    if may_plan:
        cells.append(html.Td(_acts(bar, week, now=now, may_open=may_open)))
    return html.Tr(cells)


def _acts(bar: RunBar, week: Week, *, now: datetime, may_open: bool) -> Sequence[Component]:
    if bar.service_id is not None and bar.end > now:
        said = f"Remove the service of {bar.instrument}"
        return [button("Remove", id=ids.remove(str(bar.service_id)), size="sm", **aria(label=said))]
    if may_open and bar.state in _MOVABLE:
        href = f"{_from(week.start.date(), is_month=week.is_month)}&run={bar.run_code}"
        said = f"Reschedule {bar.run_code}"
        return [button("Reschedule", href=href, size="sm", **aria(label=said))]
    return []
