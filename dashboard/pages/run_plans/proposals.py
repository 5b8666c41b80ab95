"""What the program proposes for a run: pools that fit, and lanes that are more even."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.sequencing.released.rebalancing import Placed, Rebalanced, rebalance
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.released.views import RunPlan
from backend.sequencing.views import PoolLine
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.pages.run_plans import ids, words

_MOST_SUGGESTED = 6


def suggestion(plan: RunPlan, suggested: Sequence[tuple[PoolLine, int]]) -> html.Section | None:
    """Draw which waiting pools fit, and how full the run is then; None where none fits."""
    chosen = suggested[:_MOST_SUGGESTED]
    if not chosen:
        return None
    planned = sum(float(each.reads_millions) for each in plan.loads)
    coming = sum(float(pool.reads_millions) for pool, _ in chosen)
    yields = plan.lane_millions * plan.lanes
    adds = words.listed([f"{pool.code} to lane {lane}" for pool, lane in chosen])
    before, after = (fmt.percent(each / yields, 0) for each in (planned, planned + coming))
    moves = [LaneMoveIn(pool_id=pool.id, from_lane=None, to_lane=lane) for pool, lane in chosen]
    return html.Section(
        [
            html.P(
                [
                    html.I(className="fan"),
                    " ",
                    html.B("Suggested: "),
                    f"add {adds}. Fill rises from {before} to {after}.",
                ]
            ),
            button(
                "Apply suggestion", id=ids.suggest(words.written(moves)), size="sm", icon="check2"
            ),
        ],
        className="rp-sug bt",
        **aria(label="Suggestion"),
    )


def rebalanced(plan: RunPlan) -> Rebalanced:
    """Return the best arrangement of what is on the lanes now."""
    return rebalance(
        [Placed(each.pool_code, each.lane, float(each.reads_millions)) for each in plan.loads],
        plan.libraries,
        plan.orientation,
        lanes=plan.lanes,
        usable_millions=plan.usable_millions,
    )


def preview(plan: RunPlan, found: Rebalanced) -> html.Section:
    """Draw a better arrangement with its figures before anybody accepts it."""
    dismiss = button("Keep as it is", id=ids.DISMISS, size="sm", kind="ghost")
    label = aria(label="Rebalance")
    if not found.moves:
        said = "No arrangement of these pools is more even or has fewer collisions."
        if not found.is_proven:
            said = "No better arrangement was found. Not every one was tried: there are too many."
        return html.Section([html.P(said), dismiss], className="rp-pre", **label)
    keys = {each.code: each.id for each in plan.pools}
    moves = [
        LaneMoveIn(pool_id=keys[code], from_lane=at, to_lane=to) for code, at, to in found.moves
    ]
    lines: list[Component] = [
        html.Li(f"{code} from lane {at} to lane {to}") for code, at, to in found.moves
    ]
    proof = "Every arrangement was considered: none is better."
    if not found.is_proven:
        proof = "Not every arrangement was tried; a better one may exist."
    return html.Section(
        [
            html.P(html.B(f"{fmt.plural(len(moves), 'move', 'moves')} proposed")),
            html.Ul(lines),
            html.P(
                _figures(found),
                className="num",
            ),
            html.P(proof, className="t2 sm"),
            html.Div(
                [
                    button(
                        "Accept", id=ids.accept(words.written(moves)), size="sm", kind="primary"
                    ),
                    dismiss,
                ],
                className="row-x g6",
            ),
        ],
        className="rp-pre",
        **label,
    )


def _figures(found: Rebalanced) -> str:
    before, after = found.before, found.after
    fullest, emptiest = (
        f"{fmt.percent(one, 0)} to {fmt.percent(other, 0)}"
        for one, other in ((before.fullest, after.fullest), (before.emptiest, after.emptiest))
    )
    return (
        f"Colliding pairs of pools {before.collisions} to {after.collisions}. "
        f"Fullest lane {fullest}, emptiest in use {emptiest}."
    )
