"""The lanes of a run as bars: a pool can be dragged to another lane, or moved by its choice."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.sequencing.released.views import Load, RunPlan
from dashboard import format as fmt
from dashboard.components.attributes import aria, data, optional
from dashboard.pages.run_plans.words import PATH, reads

_COLOURS = 6
_FITS_CODE, _FITS_READS = 18, 34
"""Share of a lane, percent, from which a bar has room for the pool's code and for its reads."""


def colours(plan: RunPlan) -> dict[str, int]:
    """Return a number from 1 to 6 for the colour of each pool, in the order of their codes."""
    return {each.code: place % _COLOURS + 1 for place, each in enumerate(plan.pools)}


def lane_plan(plan: RunPlan, *, chosen: int, colliding: Sequence[int], may_move: bool) -> html.Div:
    """Draw every lane; the track is what a lane yields, the line what may be planned on it."""
    target = plan.usable_millions / plan.lane_millions * 100
    number = colours(plan)
    rows = [
        _lane(plan, lane, chosen=chosen, colliding=colliding, number=number, may_move=may_move)
        for lane in range(1, plan.lanes + 1)
    ]
    scale = html.Div(
        [
            html.Span("0"),
            html.Span(f"may be planned {fmt.percent(target / 100, 0)}", className="rp-target-word"),
            html.Span(f"{reads(plan.lane_millions)} reads", className="rp-most"),
        ],
        className="rp-scale mi t3",
        style={"--target": round(target, 1)},
        **aria(hidden=True),
    )
    return html.Div([scale, html.Ul(rows, className="rp-lanes")], className="rp-plan")


def _lane(
    plan: RunPlan,
    lane: int,
    *,
    chosen: int,
    colliding: Sequence[int],
    number: dict[str, int],
    may_move: bool,
) -> html.Li:
    loads = [each for each in plan.loads if each.lane == lane]
    total = sum(float(each.reads_millions) for each in loads)
    classes = "rp-lane"
    classes += " is-on" if lane == chosen else ""
    classes += " is-bad" if lane in colliding else ""
    track = html.Div(
        [
            *(_segment(plan, each, number[each.pool_code], may_move=may_move) for each in loads),
            *_beside(plan, loads, number),
            html.U(style={"--target": round(plan.usable_millions / plan.lane_millions * 100, 1)}),
        ],
        className="rp-track",
        **(data(track=lane) if may_move else {}),
    )
    return html.Li(
        [
            html.A(
                f"Lane {lane}",
                href=f"{PATH}/{plan.code}?lane={lane}",
                className="rp-n",
                **aria(current="true" if lane == chosen else None),
            ),
            track,
            html.Span(_fill(total, plan, collides=lane in colliding), className="rp-fill num"),
        ],
        className=classes,
    )


def _segment(plan: RunPlan, load: Load, colour: int, *, may_move: bool) -> Component:
    share = _share(plan, load)
    words = f"{load.pool_code}, {reads(load.reads_millions)} reads"
    told: list[Component] = [html.B(load.pool_code)] if share >= _FITS_CODE else []
    if share >= _FITS_READS:
        told.append(html.Span(reads(load.reads_millions), className="t2 num"))
    return html.Div(
        told,
        className=f"rp-seg is-{colour}",
        title=words,
        style={"--share": round(share, 2)},
        **optional(draggable="true" if may_move else None),
        **(data(seg=str(load.pool_id), lane=load.lane) if may_move else {}),
    )


def _beside(plan: RunPlan, loads: Sequence[Load], number: dict[str, int]) -> list[Component]:
    """Draw the names of bars that are too short for them, behind the last one."""
    return [
        html.Span(
            [
                html.I(className=f"rp-key is-{number[each.pool_code]}", **aria(hidden=True)),
                html.B(each.pool_code),
                html.Span(reads(each.reads_millions), className="t2 num"),
            ],
            className="rp-beside",
        )
        for each in loads
        if _share(plan, each) < _FITS_CODE
    ]


def _share(plan: RunPlan, load: Load) -> float:
    """Return how much of a lane's yield a pool is to have, percent."""
    return min(float(load.reads_millions) / plan.lane_millions * 100, 100)


def _fill(total: float, plan: RunPlan, *, collides: bool) -> list[Component | str]:
    if not total:
        return [html.Span("empty", className="t3")]
    share = total / plan.usable_millions
    parts: list[Component | str] = [html.B(fmt.percent(share, 0))]
    if share > 1:
        parts.append(html.Span("too much", className="c-crit"))
    if collides:
        parts.append(html.Span("collides", className="c-crit"))
    return parts
