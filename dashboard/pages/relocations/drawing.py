"""A consolidation or evacuation as it is reviewed: figures, moves with reasons, what stays."""

from collections.abc import Sequence
from dataclasses import replace

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import PlanState, RelocationKind
from backend.storage.relocation_views import (
    RelocationMoveView,
    RelocationPlanView,
    RelocationSummary,
    SortView,
    StayView,
)
from dashboard import format as fmt
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.data_grid import column, data_grid
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.job_progress import job_progress
from dashboard.components.panel import panel
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.components.status import status
from dashboard.components.tones import Tone
from dashboard.pages.relocations import carrying, ids
from dashboard.pages.relocations.carrying import Told
from dashboard.pages.storage import plan_words
from dashboard.pages.storage.place import href_of

PATH = "/storage/relocations"
TITLES = {RelocationKind.CONSOLIDATE: "Consolidation of", RelocationKind.EVACUATE: "Evacuation of"}
NOTHING_TOLD = Told()
_OUTCOMES = {
    "listed": "On the pick list",
    "agreed": "To be carried",
    "moved": "Moved",
    "declined": "Not chosen",
}


def review(
    plan: RelocationPlanView,
    pick_list: str,
    *,
    may_accept: bool,
    problem: str = "",
    told: Told = NOTHING_TOLD,
) -> list[Component]:
    """Draw a plan in whatever state it is; ``problem`` is why the last act was refused."""
    above: list[Component] = []
    if problem:
        above.append(banner(problem, tone=Tone.CRIT, icon="exclamation-octagon-fill"))
    if plan.summary is None:
        return [*above, _unfinished(plan)]
    step = carrying.carrying(plan, told) if may_accept else None
    if step is not None:
        above.append(step)
    parts = [*above, _figures(plan, plan.summary), _moves(plan, pick_list, may_accept=may_accept)]
    if plan.summary.stay:
        parts.append(_stay(plan.summary))
    return [*parts, _allowed(plan, plan.summary)]


def plans(found: Sequence[RelocationPlanView]) -> Component:
    """Draw the latest plans as a list of links."""
    if not found:
        return empty_state("No plan has been made yet", "Open a unit in Storage and ask for one.")
    return html.Ul(
        [
            html.Li(
                [
                    html.A(f"{TITLES[plan.kind]} {plan.unit_label}", href=f"{PATH}?plan={plan.id}"),
                    " ",
                    status(plan_words.LOOKS[plan.state]),
                ]
            )
            for plan in found
        ],
        className="reasons",
    )


def _unfinished(plan: RelocationPlanView) -> Component:
    if plan.state is PlanState.REQUESTED:
        words = "You may leave: the bell tells when it is ready. Nothing moves."
    else:
        words = "Nothing was moved. Ask for a new plan when you need one."
    return panel(
        "Plan in the making" if plan.state is PlanState.REQUESTED else "No plan",
        html.P(words, className="t2"),
        job_progress(plan.job_id),
        meta=f"asked by {plan.requested_by_name}",
        class_name="pl-job",
    )


def _figures(plan: RelocationPlanView, summary: RelocationSummary) -> Component:
    tubes = sum(move.tubes for move in plan.moves)
    tiles = [
        stat_tile("Moves", fmt.count(len(plan.moves)), detail=fmt.plural(tubes, "tube", "tubes")),
        stat_tile(
            "To be opened",
            fmt.plural(summary.doors, "door", "doors"),
            detail=fmt.plural(summary.racks, "rack", "racks"),
        ),
    ]
    if plan.kind is RelocationKind.CONSOLIDATE:
        most = summary.boxes_bound
        tiles.insert(
            0,
            stat_tile(
                "Boxes freed",
                fmt.count(len(summary.freed)),
                detail="" if most is None else f"{fmt.count(most)} at most",
            ),
        )
        bound = plan.bound_moves
        proved = "no plan needs fewer" if len(plan.moves) == bound else "proven minimum"
        tiles.append(
            stat_tile(
                "Proven bound",
                None if bound is None else fmt.plural(bound, "move", "moves"),
                detail=proved,
            )
        )
    else:
        tiles.append(stat_tile("Without a place", fmt.count(summary.without_place)))
    return stat_strip(*tiles, label="The plan in figures")


def _moves(plan: RelocationPlanView, pick_list: str, *, may_accept: bool) -> Component:
    if not plan.moves:
        return empty_state("Nothing can be moved", "Below is what kept the tubes where they are.")
    is_open = plan.state is PlanState.READY
    acts = _acts(plan, pick_list) if may_accept else None
    columns = [
        column("step", "Step", width=76, numeric=True, pinned=True),
        column("what", "Tube or box", width=170, mono=True),
        column("from", "From", width=200, mono=True),
        column("to", "To", width=200, mono=True, renderer="placeLink"),
        column(
            "reasons", "Reasons", width=420, minWidth=280, flex=1, wrapText=True, autoHeight=True
        ),
    ]
    if not is_open:
        columns.insert(2, column("outcome", "Outcome", width=200, tooltipField="outcome"))
    grid = data_grid(
        ids.LINES,
        columns,
        label="Moves of the plan",
        rows=[_row(move) for move in plan.moves],
        row_key="step",
        selectable=is_open and may_accept,
    )
    return panel(
        "Moves",
        *([acts] if acts is not None else []),
        html.Div(grid, className="pl-grid"),
        meta=fmt.plural(len(plan.moves), "move", "moves"),
        aside=status(plan_words.LOOKS[plan.state]),
        class_name="bt pl-lines",
    )


def _acts(plan: RelocationPlanView, pick_list: str) -> Component | None:
    if plan.state is PlanState.READY:
        return html.Div(
            [
                button(
                    f"Accept all {fmt.count(len(plan.moves))}",
                    id=ids.act(ids.ACCEPT),
                    kind="primary",
                    icon="check2",
                ),
                button("Accept the chosen lines", id=ids.act(ids.ACCEPT_CHOSEN)),
                button("Discard plan", id=ids.act(ids.DISCARD), kind="ghost"),
            ],
            className="row-x pl-acts",
        )
    inside: list[Component] = []
    if pick_list:
        inside.append(button(f"Open {pick_list}", href=f"/storage/picks/{pick_list}"))
    if any(move.outcome == "agreed" for move in plan.moves):
        code = dbc.Input(id=ids.BOX_CODE, maxLength=300, autocomplete="off", n_submit=0)
        help_text = "Without a scanner: type either code, and Enter."
        inside.append(form_field("Box, then its new rack", code, help_text=help_text))
    return html.Div(inside, className="row-x pl-acts") if inside else None


def _row(move: RelocationMoveView) -> dict[str, object]:
    start, end = move.from_position, move.to_position
    tubes = f" ({fmt.plural(move.tubes, 'tube', 'tubes')})" if move.is_box else ""
    return {
        "href": href_of(move.to_path, end.label if end else ""),
        "step": move.step,
        "what": f"{'Box ' if move.is_box else ''}{move.barcode}{tubes}",
        "from": f"{move.from_path}/{start.label}" if start else move.from_path,
        "to": f"{move.to_path}/{end.label}" if end else move.to_path,
        "reasons": ", ".join(move.reasons),
        "outcome": _OUTCOMES.get(move.outcome or "", move.outcome or ""),
    }


def _stay(summary: RelocationSummary) -> Component:
    return panel(
        "Without a place",
        html.Ul([html.Li(_stays(each)) for each in summary.stay], className="reasons"),
        meta=fmt.plural(summary.without_place, "tube", "tubes"),
        class_name="bt",
    )


def _stays(stay: StayView) -> list[Component]:
    rules = "; ".join(plan_words.rule_words(stay.filters))
    said: list[Component] = [
        html.P([html.B(fmt.plural(stay.tubes, "tube", "tubes")), f": {stay.why}"]),
        html.P(rules, className="t2"),
    ]
    if stay.barcodes:
        inside = html.P(", ".join(stay.barcodes), className="mono sm")
        said.append(html.Details([html.Summary("Their barcodes", className="sm t2"), inside]))
    return said


def _alike(considered: Sequence[SortView]) -> list[SortView]:
    """Gather sorts that read the same: projects and safety levels that lost the same places."""
    tubes: dict[SortView, int] = {}
    for sort in considered:
        read = replace(sort, tubes=0)
        tubes[read] = tubes.get(read, 0) + sort.tubes
    return [replace(read, tubes=count) for read, count in tubes.items()]


def _allowed(plan: RelocationPlanView, summary: RelocationSummary) -> Component:
    rows = [
        html.Li(
            [
                html.B(f"{MATERIAL_NAME[MaterialType(each.material_type)]}"),
                f": {fmt.plural(each.tubes, 'tube', 'tubes')}; ",
                f"{fmt.plural(each.boxes_allowed, 'box', 'boxes')} allowed. ",
                html.Span("; ".join(plan_words.rule_words(each.filters)), className="t3"),
            ]
        )
        for each in _alike(summary.considered)
    ]
    pinned = ", ".join(summary.pinned_boxes)
    kept = html.P(f"Not to be emptied, for a tube in them may not move: {pinned}.")
    freed = html.P(f"Becomes free: {', '.join(summary.freed)}.")
    return panel(
        "What the rules allowed",
        *([freed] if summary.freed else []),
        *([kept] if pinned else []),
        html.Ul(rows, className="reasons sm"),
        meta=f"found in {fmt.latency(summary.elapsed_s)}, asked by {plan.requested_by_name}",
        class_name="bt",
    )
