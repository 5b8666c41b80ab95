"""Run plans: the list of runs to come, and one run with its lanes, indexes and checks."""

from dataclasses import replace
from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.ids import RunState
from backend.sequencing.released import checks, queries, reindexing
from backend.sequencing.released.unpooled import unpooled_for
from backend.sequencing.released.views import PlanLine, RunPlan
from backend.sequencing.released.ways_out import ways_out
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.figures.sequencing import WEEK
from dashboard.laboratory import lab_zone
from dashboard.pages.run_calendar.week import NARROW, read_week, week_panel
from dashboard.pages.run_plans import (
    dialogs,
    ids,
    parts,
    proposals,
    reindex_view,
    sheet_view,
    words,
)
from dashboard.pages.run_plans.lane_plan import lane_plan
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_HEADS = (
    ("Run", ""),
    ("Instrument", ""),
    ("Start", ""),
    ("State", ""),
    ("Pools", "n"),
    ("Libraries", "n"),
    ("Lanes", "n"),
)
_UP = [Crumb("Sequencing", "/sequencing")]


def layout() -> Page:
    """Draw the runs that are planned or running."""
    principal = current_principal()
    actions = []
    if principal.may(Permission.SEQUENCING_PLAN):
        actions.append(
            button("Plan run", href="/sequencing?view=plan", icon="calendar-plus", kind="primary")
        )
    return page(
        title="Run plans",
        breadcrumb=_UP,
        tabs=tabs(words.PATH),
        actions=actions,
        children=[html.Div(listed(), id=ids.LIST)],
    )


def listed() -> Component:
    """Return the list as the rows say now."""
    with reading() as session:
        found = queries.list_plans(session, current_principal())
    if not found:
        why = "Put pools on the lanes of an instrument, and their run stands here."
        return empty_state("No run is planned", why, icon="calendar-plus")
    heads = [html.Th(word, scope="col", className=kind) for word, kind in _HEADS]
    rows = [_row(each, clock.utc_now()) for each in found]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="tbl")
    return html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Runs"))


def _row(line: PlanLine, now: datetime) -> html.Tr:
    return html.Tr(
        [
            html.Td(html.A(line.code, href=f"{words.PATH}/{line.code}", className="mono")),
            html.Td(f"{line.instrument}, {line.model}"),
            html.Td(fmt.moment(line.start, lab_zone(), now=now), className="num"),
            html.Td(status(words.line_look(line))),
            html.Td(fmt.count(line.pools), className="n"),
            html.Td(fmt.count(line.libraries), className="n"),
            html.Td(f"{line.lanes_used} of {line.lanes}", className="n"),
        ]
    )


def plan_layout(*, run: str, lane: str = "", show: str = "", **query: str) -> Page:
    """Draw one run; ``lane`` is the one whose indexes are drawn.

    ``show=sheet`` is its sheet, ``show=reindex`` other indexes for the lane.
    """
    principal = current_principal()
    if show == "sheet":
        return sheet_view.sheet_page(
            run, wanted=query.get("as", ""), compared=query.get("diff", "")
        )
    if show == "reindex":
        return reindex_view.reindex_page(run, lane)
    with reading() as session:
        plan = queries.get_plan(session, principal, run)
        drawn = body(session, principal, plan, lane, can_undo=False)
    stores = (ids.LAST, ids.PREVIEW, ids.MOVED, ids.CHANGED, ids.CLOSE, ids.CLOSE_SINK)
    return page(
        title=plan.code,
        breadcrumb=[*_UP, Crumb("Run plans", words.PATH)],
        tabs=tabs(words.PATH),
        children=[
            dcc.Store(id=ids.WHICH, data={"code": plan.code, "lane": lane}),
            *(dcc.Store(id=each) for each in stores),
            html.Div(drawn, id=ids.BODY),
            *([dialogs.release(plan)] if principal.may(Permission.SEQUENCING_PLAN) else []),
        ],
    )


def body(
    session: ReadSession,
    principal: Principal,
    plan: RunPlan,
    lane: str,
    *,
    can_undo: bool,
    is_previewed: bool = False,
) -> list[Component]:
    """Return the run as its rows say now; ``is_previewed`` shows a better arrangement of it."""
    may_plan = principal.may(Permission.SEQUENCING_PLAN)
    may_move = may_plan and plan.state is RunState.PLANNED
    colliding = list(checks.lane_clashes(plan.libraries, plan.orientation))
    chosen = _chosen(plan, lane, colliding)
    ways = [
        each
        for each in ways_out(
            plan.libraries,
            plan.orientation,
            lanes=plan.lanes,
            usable_millions=plan.usable_millions,
        )
        if each.from_lane == chosen
    ]
    repair = None
    if may_move and chosen in colliding:
        repair = reindexing.get_repair(session, principal, plan.code, chosen)
    now, zone = clock.utc_now(), lab_zone()
    kept = parts.releases(plan, zone)
    left: list[Component] = [parts.pools(plan, may_move=may_move)]
    if may_move:
        waiting = queries.waiting_for(session, principal, plan)
        suggested = proposals.suggestion(plan, waiting.suggested)
        loose = unpooled_for(session, principal, plan)
        may_pool = principal.may(Permission.SEQUENCING_PREPARE)
        left += [
            parts.waiting(waiting.lines, loose, may_pool=may_pool),
            *([suggested] if suggested else []),
        ]
    return [
        parts.head(plan, now=now, zone=zone, may_release=may_plan),
        html.Div(
            [
                html.Div([*left, *([kept] if kept else [])], className="rp-left"),
                html.Div(
                    [
                        _lanes(
                            plan,
                            lane_plan(plan, chosen=chosen, colliding=colliding, may_move=may_move),
                            acts=_lane_acts(can_undo=can_undo) if may_move else None,
                            is_previewed=may_move and is_previewed,
                        ),
                        _week(session, principal, plan, may_move=may_move),
                        parts.balance(plan, chosen),
                    ],
                    className="rp-mid",
                ),
                html.Div(
                    [
                        parts.indexes(plan, chosen, ways, repair),
                        parts.release_checks(plan, may_confirm=may_move),
                    ],
                    className="rp-right",
                ),
            ],
            className="rp",
        ),
    ]


def _lanes(
    plan: RunPlan, drawn: Component, *, acts: Component | None, is_previewed: bool
) -> Component:
    planned = sum(float(each.reads_millions) for each in plan.loads)
    yields = plan.lane_millions * plan.lanes
    share = fmt.percent(planned / yields, 0)
    shown = [proposals.preview(plan, proposals.rebalanced(plan))] if is_previewed else []
    return panel(
        "Lane plan",
        drawn,
        *shown,
        meta=f"{words.reads(planned)} of {words.reads(yields)} reads, {share}",
        aside=acts,
    )


def _lane_acts(*, can_undo: bool) -> Component:
    undo = button(
        "Undo",
        id=ids.UNDO,
        kind="ghost",
        size="sm",
        icon="arrow-counterclockwise",
        disabled=not can_undo,
    )
    even = button("Rebalance", id=ids.REBALANCE, size="sm", icon="magic")
    return html.Div([undo, even], className="row-x g6")


def _week(
    session: ReadSession, principal: Principal, plan: RunPlan, *, may_move: bool
) -> Component:
    """Draw the week from today on, or from the run's day on where it lies outside of it."""
    now, zone = clock.utc_now(), lab_zone()
    today, day = (each.astimezone(zone).date() for each in (now, plan.start))
    first = today if today <= day < today + WEEK else day
    week = read_week(session, principal, first, zone)
    if plan.state is RunState.PLANNED and words.fails(plan):
        # The calendar knows of samples on hold; what else stands against it, this page knows.
        bars = [
            replace(bar, state="blocked") if bar.run_code == plan.code else bar for bar in week.bars
        ]
        week = replace(week, bars=bars)
    return week_panel(
        week, now=now, zone=zone, here=plan.code, may_reschedule=may_move, width=NARROW
    )


def _chosen(plan: RunPlan, lane: str, colliding: list[int]) -> int:
    """Return the lane whose indexes are drawn: the one asked for, else one that needs a look."""
    if lane.isdecimal() and 1 <= int(lane) <= plan.lanes:
        return int(lane)
    used = [each.lane for each in plan.loads]
    return (colliding or sorted(used) or [1])[0]
