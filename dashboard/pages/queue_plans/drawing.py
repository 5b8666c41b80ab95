"""A plan of the queue as it is reviewed: figures, runs, what is late, what was left out."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.sequencing.queue_plans import words as plan_words
from backend.sequencing.queue_plans.ids import QueuePlanState
from backend.sequencing.queue_plans.views import PlannedLibrary, QueuePlanView
from dashboard import format as fmt
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.job_progress import job_progress
from dashboard.components.panel import panel
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.components.status import status
from dashboard.components.tones import Tone
from dashboard.pages.queue_plans import ids, runs, settings, words

_NOTHING = 1e-6
_LEAST, _LEAST_DAYS = 0.001, 0.01
"""The last digit that is shown; less would be written as nothing."""
_LATE = ("Library", "Request", "Reads", "Due", "Late by")
_OUT = ("Library", "Request", "Reads", "Due", "Why no lane takes it")


def review(plan: QueuePlanView, problem: str = "") -> list[Component]:
    """Draw a plan in whatever state it is; ``problem`` is why the last act was refused."""
    told: list[Component] = []
    if problem:
        told.append(banner(problem, tone=Tone.CRIT, icon="exclamation-octagon-fill"))
    if plan.made_at is None:
        return [*told, _unfinished(plan)]
    is_open = plan.state is QueuePlanState.READY
    parts = [*told, _figures(plan), _answers(plan)]
    if plan.unkept:
        parts.append(_unkept(plan))
    if not plan.runs:
        parts.append(
            empty_state(
                "No run is proposed", "Below is why each library is left out.", icon="calendar-plus"
            )
        )
    parts += [runs.run_panel(run, is_open=is_open) for run in plan.runs]
    if plan.late:
        parts.append(_late(plan.late))
    if plan.left_out:
        parts.append(_left_out(plan.left_out))
    if plan.settings:
        parts.append(settings.made_by(plan.settings))
    return parts


def latest(found: Sequence[QueuePlanView]) -> Component:
    """Draw the latest plans as a list of links."""
    if not found:
        return empty_state("No plan has been made yet", "Ask for one above.")
    return html.Ul(
        [
            html.Li(
                [
                    html.A(
                        f"Asked {words.when(plan.created_at)} by {plan.asked_by_name}",
                        href=f"{words.PATH}?plan={plan.id}",
                    ),
                    " ",
                    status(words.LOOKS[plan.state]),
                ]
            )
            for plan in found
        ],
        className="reasons",
    )


def _unfinished(plan: QueuePlanView) -> Component:
    is_asked = plan.state is QueuePlanState.ASKED
    said = "Nothing was booked. Ask for a new plan when you need one."
    if is_asked:
        said = (
            "You may leave: the bell tells when it is ready. Nothing is booked before you accept."
        )
    return panel(
        "Plan in the making" if is_asked else "No plan",
        html.P(said, className="t2"),
        job_progress(plan.job_id),
        meta=f"asked by {plan.asked_by_name}, at most {fmt.decimal(plan.limit_s)} s of computing",
        class_name="pl-job",
    )


def _figures(plan: QueuePlanView) -> Component:
    planned = sum(run.libraries for run in plan.runs)
    every = planned + len(plan.left_out)
    lanes = sum(len(run.lanes) for run in plan.runs)
    booked = sum(run.is_top_up for run in plan.runs)
    runs_told = fmt.plural(lanes, "lane", "lanes")
    if booked:
        runs_told += f", {fmt.count(booked)} booked already"
    objective, greedy = plan.objective or 0.0, plan.greedy_objective or 0.0
    late = plan.late
    latest_late = words.late(late[0].late_days) if late else "all in time"
    return stat_strip(
        stat_tile(
            "Libraries planned",
            fmt.count(planned),
            detail=f"of {fmt.count(every)}, {fmt.count(len(plan.left_out))} left out",
        ),
        stat_tile("Runs", fmt.count(len(plan.runs)), detail=runs_told),
        stat_tile(
            "Late libraries",
            fmt.count(len(late)),
            detail=f"at most {latest_late}" if late else latest_late,
        ),
        stat_tile(
            "Cost of the plan",
            fmt.decimal(objective, 2),
            unit=" days",
            detail=f"{fmt.decimal(greedy, 2)} by due date alone",
        ),
        stat_tile(
            "Distance from the best",
            None if plan.bound is None else _distance(objective - plan.bound, plan.bound),
            no_value="no bound proven",
            detail="" if plan.bound is None else f"proven bound {fmt.decimal(plan.bound, 2)}",
        ),
        label="The plan in figures",
    )


def _distance(above: float, bound: float) -> str:
    if above <= _NOTHING:
        return "none"
    if bound <= _NOTHING:
        return f"≤ {fmt.decimal(max(above, _LEAST_DAYS), 2)} days"
    return f"≤ {fmt.percent(max(above / (above + bound), _LEAST), 1)}"


def _answers(plan: QueuePlanView) -> Component:
    inside: list[Component] = []
    if plan.state is QueuePlanState.READY and plan.runs:
        every = fmt.plural(len(plan.runs), "run", "runs")
        inside = [
            button(f"Accept all {every}", id=ids.act(ids.ACCEPT), kind="primary", icon="check2"),
            button("Accept the chosen runs", id=ids.act(ids.ACCEPT_CHOSEN)),
        ]
    if plan.state is QueuePlanState.READY:
        inside.append(button("Dismiss plan", id=ids.act(ids.DISMISS), kind="ghost"))
    inside.append(button("Plan again", id=ids.act(ids.AGAIN), icon="arrow-repeat"))
    made = f"made {words.when(plan.made_at)}" if plan.made_at else ""
    told = [
        made,
        f"asked by {plan.asked_by_name}",
        f"{fmt.decimal(plan.seconds, 1)} s of computing",
    ]
    if plan.closed_by_name:
        told.append(f"answered by {plan.closed_by_name}")
    if plan.hidden:
        told.append(
            f"{fmt.plural(plan.hidden, 'library', 'libraries')} of other projects not shown"
        )
    reckoned: list[Component] = [html.P("No library that waits can be put on a lane.")]
    if plan.runs:
        reckoned = [html.P(_quality(plan)), html.P(_costs(plan), className="t2")]
    return panel(
        "Answer",
        *reckoned,
        html.Div(inside, className="row-x pl-acts"),
        meta=", ".join(each for each in told if each),
        aside=status(words.LOOKS[plan.state]),
        class_name="bt",
    )


def _quality(plan: QueuePlanView) -> str:
    objective, greedy = plan.objective or 0.0, plan.greedy_objective or 0.0
    proven = plan_words.proven(objective, plan.bound)
    compared = plan_words.against_greedy(objective, greedy)
    return f"{proven[0].upper()}{proven[1:]}; {compared}."


def _costs(plan: QueuePlanView) -> str:
    parts = plan.parts
    said = (
        "Costs are counted in days that one library is late: "
        f"{fmt.decimal(parts.get('delay', 0.0), 2)} for delay, "
        f"{fmt.decimal(parts.get('runs', 0.0), 2)} for runs and lanes, "
        f"{fmt.decimal(parts.get('balance', 0.0), 2)} for the balance of colours"
    )
    if parts.get("uneven"):
        said += f", {fmt.decimal(parts['uneven'], 2)} for uneven lanes"
    if parts.get("left_out"):
        said += f", {fmt.decimal(parts['left_out'])} for what was left out"
    return f"{said}. Pools are made and instruments booked when you accept."


def _unkept(plan: QueuePlanView) -> Component:
    return panel(
        "Pins that could not be kept",
        html.Ul([html.Li(each) for each in plan.unkept], className="reasons"),
        meta=fmt.plural(len(plan.unkept), "pin", "pins"),
        class_name="bt",
    )


def _late(libraries: Sequence[PlannedLibrary]) -> Component:
    rows = [
        html.Tr([*runs.library_cells(each), html.Td(words.late(each.late_days), className="num")])
        for each in libraries
    ]
    return panel(
        "Late libraries",
        runs.table(_LATE, rows, label="Late libraries"),
        meta=fmt.plural(len(rows), "library", "libraries"),
        class_name="bt",
    )


def _left_out(libraries: Sequence[PlannedLibrary]) -> Component:
    rows = [
        html.Tr([*runs.library_cells(each), html.Td(" ".join(each.left_out), className="qp-why")])
        for each in libraries
    ]
    return panel(
        "Left out",
        runs.table(_OUT, rows, label="Libraries that were left out"),
        meta=fmt.plural(len(rows), "library", "libraries"),
        class_name="bt",
    )
