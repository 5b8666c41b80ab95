"""The review of a placement plan: its lines with their reasons, how good it is, what it leaves."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import PlanId, PlanState
from backend.storage.views import (
    ConsideredView,
    PlannedPlacementView,
    PlanSummary,
    PlanView,
    UnitOccupancy,
)
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.data_grid import column, data_grid
from dashboard.components.dialog import confirm
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.job_progress import job_progress
from dashboard.components.meter import PLAN_SPACE
from dashboard.components.panel import panel
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.components.status import status
from dashboard.pages.storage import ids, plan_answering, plan_words
from dashboard.pages.storage.place import href_of


def review(
    plan: PlanView,
    units: Sequence[UnitOccupancy],
    *,
    may_accept: bool,
    may_discard: bool,
    now: datetime,
) -> list[Component]:
    """Draw a plan in whatever state it is."""
    match plan.state:
        case PlanState.REQUESTED:
            return [_making(plan)]
        case PlanState.ACCEPTING | PlanState.TAKING_BACK:
            return [plan_answering.at_work(plan)]
        case PlanState.READY | PlanState.ACCEPTED | PlanState.DISMISSED:
            acts = (
                _acts(plan, may_accept=may_accept, may_discard=may_discard)
                if plan.state is PlanState.READY
                else (plan_answering.way_back(plan, now) if may_accept else None)
            )
            return [
                *plan_answering.how_it_ended(plan),
                *_finished(plan, units, acts, may_accept=may_accept, may_discard=may_discard),
            ]
        case _:
            return [_ended(plan)]


def _making(plan: PlanView) -> Component:
    return panel(
        "Plan in the making",
        html.P("You may leave: the bell tells when it is ready. Nothing moves.", className="t2"),
        job_progress(plan.job_id),
        meta=f"asked by {plan.requested_by_name}",
        class_name="pl-job",
    )


def _ended(plan: PlanView) -> Component:
    return panel(
        "Placement plan",
        html.Div(status(plan_words.LOOKS[plan.state])),
        job_progress(plan.job_id),
        html.P("Nothing was moved. Ask for a new plan when you need one.", className="t2"),
        class_name="pl-job",
    )


def _finished(
    plan: PlanView,
    units: Sequence[UnitOccupancy],
    acts: Component | None,
    *,
    may_accept: bool,
    may_discard: bool,
) -> list[Component]:
    summary = plan.summary
    if summary is None:
        return [_ended(plan)]
    is_open = plan.state is PlanState.READY
    parts: list[Component] = [_figures(plan, summary)]
    if (left := plan_answering.not_placed(plan.placements)) is not None:
        parts.append(left)
    if plan.placements:
        lines = _lines(plan.placements, plan.id, selectable=is_open and may_accept)
        parts.append(
            panel(
                "Proposed places",
                *([acts] if acts is not None else []),
                lines,
                meta=fmt.plural(len(plan.placements), "sample", "samples"),
                aside=status(plan_words.LOOKS[plan.state]),
                class_name="bt pl-lines",
            )
        )
    else:
        parts.append(
            empty_state(
                "No sample found a place", "Below is what kept each of them out.", icon="snow2"
            )
        )
        if is_open and may_discard:
            parts.append(html.Div(_discard(), className="row-x pl-acts"))
    if summary.left_over:
        parts.append(_left_over(summary))
    parts.append(_how_good(plan, summary))
    if plan.placements and is_open:
        parts.append(_before_and_after(plan.placements, units))
    return parts


def _figures(plan: PlanView, summary: PlanSummary) -> Component:
    gap = plan.gap_fraction
    return stat_strip(
        stat_tile(
            "Found a place",
            f"{fmt.count(summary.placed)} of {fmt.count(summary.samples)}",
            detail=f"{fmt.count(summary.without_place)} without"
            if summary.without_place
            else "none left over",
        ),
        stat_tile(
            "Handling",
            plan_words.minutes(plan.objective_s) or None,
            detail=plan_words.against_first_fit(plan),
        ),
        stat_tile(
            "First-fit would need",
            plan_words.minutes(plan.first_fit_s) or None,
            detail="the first boxes that fit",
        ),
        stat_tile(
            "Proven bound",
            plan_words.minutes(plan.bound_s) or None,
            detail=f"gap at most {fmt.percent(gap)}" if gap is not None else "",
            no_value="none proven",
        ),
        label="How good the plan is",
    )


def _acts(plan: PlanView, *, may_accept: bool, may_discard: bool) -> Component | None:
    made: list[Component] = []
    if may_accept:
        every = f"Accept all {fmt.count(len(plan.placements))}"
        made.append(button(every, id=ids.ACCEPT, kind="primary", icon="check2"))
        made.append(button("Accept the chosen lines", id=ids.ACCEPT_CHOSEN))
    if may_discard:
        made.extend(_discard())
    return html.Div(made, className="row-x pl-acts") if made else None


def _discard() -> list[Component]:
    reason = form_field(
        "Reason",
        dbc.Input(id=ids.DISCARD_REASON, maxLength=300, autocomplete="off"),
        optional=True,
    )
    return [
        button("Discard plan", kind="ghost", opens=ids.DISCARD_DIALOG),
        confirm(
            ids.DISCARD_DIALOG,
            title="Discard this plan?",
            body="Nothing moves. The samples go on waiting, and the plan stays in the history.",
            act="Discard plan",
            act_id=ids.DISCARD,
            keep="Keep plan",
            extra=reason,
        ),
    ]


def _lines(
    lines: Sequence[PlannedPlacementView], plan_id: PlanId, *, selectable: bool
) -> Component:
    columns = [
        column("step", "Step", width=76, numeric=True, pinned=True),
        column("barcode", "Barcode", width=170, mono=True),
        column("type", "Type", width=90),
        column("place", "Place", width=170, mono=True, renderer="placeLink"),
        column("position", "Position", width=90),
        column(
            "reasons", "Reasons", width=420, minWidth=280, flex=1, wrapText=True, autoHeight=True
        ),
    ]
    if any(line.outcome for line in lines):
        columns.insert(2, column("outcome", "Outcome", width=220, tooltipField="outcome"))
    return html.Div(
        data_grid(
            ids.PLAN_LINES,
            columns,
            label="Lines of the plan",
            rows=[_line(line, plan_id) for line in lines],
            row_key="step",
            selectable=selectable,
        ),
        className="pl-grid",
    )


def _line(line: PlannedPlacementView, plan_id: PlanId) -> dict[str, object]:
    address = f"{href_of(line.path, line.position.label)}&plan={plan_id}"
    return {
        "href": address,
        "step": line.step,
        "barcode": line.barcode,
        "type": MATERIAL_NAME[line.material_type],
        "place": line.path,
        "position": line.position.label,
        "reasons": ", ".join(line.reasons),
        "outcome": plan_words.OUTCOMES.get(line.outcome or "", line.outcome or ""),
    }


def _left_over(summary: PlanSummary) -> Component:
    rows = [
        html.Li(
            [
                html.P(
                    [
                        html.B(fmt.plural(len(left.barcodes), "sample", "samples")),
                        f", {plan_words.sort_name(left.material_type, left.temperature_class)}",
                    ]
                ),
                html.P(plan_words.why_left_over(left), className="t2"),
                html.Details(
                    [
                        html.Summary("Their barcodes", className="sm t2"),
                        html.P(", ".join(left.barcodes), className="mono sm"),
                    ]
                ),
            ]
        )
        for left in summary.left_over
    ]
    return panel(
        "Without a place",
        html.Ul(rows, className="reasons"),
        meta=fmt.plural(summary.without_place, "sample", "samples"),
        class_name="bt",
    )


def _how_good(plan: PlanView, summary: PlanSummary) -> Component:
    rows = [
        html.Tr(
            [
                html.Th(words, scope="row"),
                html.Td(weight, className="t3"),
                *[html.Td(text, className="n") for text in spent],
            ]
        )
        for words, weight, spent in plan_words.by_cause(summary)
    ]
    table = html.Table(
        [
            html.Caption("Handling time by cause", className="vh"),
            html.Thead(
                html.Tr(
                    [
                        html.Th("Cause", scope="col"),
                        html.Th("Counts", scope="col"),
                        html.Th("This plan", scope="col", className="n"),
                        html.Th("First-fit", scope="col", className="n"),
                    ]
                )
            ),
            html.Tbody(rows),
        ],
        className="tbl plain flush pl-terms",
    )
    return panel(
        "How good it is",
        html.P(plan_words.proof(plan), className="t2"),
        table,
        _considered(summary),
        meta=f"found in {fmt.latency(summary.elapsed_s)}",
        class_name="bt",
    )


def _considered(summary: PlanSummary) -> Component:
    rows = [html.Li(_sort(sort)) for sort in plan_words.alike(summary.considered)]
    return html.Details(
        [
            html.Summary("What the rules allowed", className="sm t2"),
            html.Ul(rows, className="reasons sm"),
        ],
        open=True,
    )


def _sort(sort: ConsideredView) -> list[Component | str]:
    positions = fmt.plural(sort.positions_allowed, "position", "positions")
    boxes = fmt.plural(sort.boxes_allowed, "box", "boxes")
    samples = fmt.plural(sort.samples, "sample", "samples")
    return [
        html.B(plan_words.sort_name(sort.material_type, sort.temperature_class)),
        f": {samples}; {positions} in {boxes} allowed. ",
        html.Span("; ".join(plan_words.rule_words(sort.filters)), className="t3"),
    ]


def _before_and_after(
    lines: Sequence[PlannedPlacementView], units: Sequence[UnitOccupancy]
) -> Component:
    arriving = Counter(line.path.partition("/")[0] for line in lines)
    rows = [html.Li(_bar(unit, arriving[unit.label])) for unit in units if unit.label in arriving]
    return panel(
        "Units before and after",
        html.Ul(rows),
        html.P(f"Dashed arrives, tick is {fmt.percent(PLAN_SPACE, 0)}.", className="sm t3 ba-k"),
        class_name="bt",
    )


def _bar(unit: UnitOccupancy, arriving: int) -> html.Div:
    after = (unit.used + arriving) / unit.capacity if unit.capacity else 0.0
    before = unit.used_fraction
    bar = html.Span(
        [html.I(), html.S(), html.U()],
        className="tk",
        style={"--before": round(before * 100, 1), "--more": round((after - before) * 100, 1)},
        **aria(hidden=True),
    )
    return html.Div(
        [
            html.A(unit.label, href=href_of(unit.label), className="md"),
            bar,
            html.Span(
                [
                    html.Span(fmt.percent(before), className="t3"),
                    " to ",
                    html.B(fmt.percent(after), className="md"),
                ],
                className="n sm",
            ),
            html.Span(f"+{fmt.count(arriving)}", className="n sm t3"),
        ],
        className="ba",
        **data(unit=unit.label),
    )
