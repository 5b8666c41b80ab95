"""``tracseq queue plan``: which libraries that wait could go on which lane of which run.

The plan is made here and now and shown; nothing is stored and nothing is booked. A plan to be
accepted is asked for on the Sequencing page or over the API.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.cli.operator import operator
from backend.core import clock, transaction
from backend.core.errors import InvalidInput
from backend.core.sessions import ReadSession
from backend.samples.models import Sample
from backend.sequencing import queue_booked
from backend.sequencing.codes import request_code
from backend.sequencing.models import Instrument, SequencingRequest
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control
from backend.sequencing.planning.plan import Plan
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.problem import Problem
from backend.sequencing.queue_plans import loading, words
from backend.sequencing.queue_plans.computing import ProcessorWatch, effort_for
from backend.storage.solver_output import silence_solver
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_LONGEST_S = 600.0
_LEFT_OUT_OR_BREAKS = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A plan; costs are in days that one library is late, no bound where none is proven."""

    objective: float
    greedy_objective: float
    bound: float | None
    gap: float | None
    proven: str
    runs: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    unkept_pins: list[dict[str, str]]
    violations: list[str]
    seconds: float
    problem_digest: str
    settings: dict[str, Any]


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    queue = commands.add_parser("queue", help="plan the libraries that wait to be sequenced")
    acts = queue.add_subparsers(title="acts", required=True, metavar="ACT")
    plan = acts.add_parser("plan", help="libraries on lanes of runs, with a proven bound")
    plan.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="of each core at work"
    )
    plan.add_argument("--json", action="store_true", help="print JSON instead of lines")
    plan.set_defaults(run=run_plan)


def run_plan(arguments: argparse.Namespace) -> int:
    """Plan: 0 everything has a lane, 1 some is left out or a rule is broken."""
    if not 0 < arguments.seconds <= _LONGEST_S:
        raise InvalidInput(
            f"--seconds {arguments.seconds:g} is no time to plan in. Give more than 0, "
            f"{_LONGEST_S:g} at most."
        )
    silence_solver()
    watch = ProcessorWatch()
    terms = loading.Terms(
        request_ids=None, begins_at=clock.utc_now(), limit_s=float(arguments.seconds)
    )
    with transaction.reading() as session:
        queue = loading.load_queue(session, operator(), terms)
        names, instruments = _names(session, queue.problem)
    effort = effort_for(len(queue.problem.libraries), terms.limit_s)
    watch.cores = effort.cores
    plan = plan_queue(queue.problem, Control(elapsed_s=watch.spent_s), effort)
    told = _Told(
        objective=plan.objective.total,
        greedy_objective=plan.greedy.total,
        bound=plan.bound,
        gap=plan.gap,
        proven=words.proven(plan.objective.total, plan.bound),
        runs=_runs(queue, plan, terms, names, instruments),
        left_out=[
            {"library": names[each.library], "why": words.why_left_out(each, names)}
            for each in plan.left_out
        ]
        + [
            {
                "library": f"{request_code(each.number)} {each.barcode}",
                "why": list(each.why),
            }
            for each in queue.not_planned
        ],
        unkept_pins=[{"library": names[each.library], "why": each.why} for each in queue.unkept],
        violations=violations(queue.problem, plan),
        seconds=round(watch.spent_s(), 3),
        problem_digest=queue.digest,
        settings=queue.settings,
    )
    _say(told, as_json=arguments.json)
    return _LEFT_OUT_OR_BREAKS if told.violations or told.left_out else 0


def _names(session: ReadSession, problem: Problem) -> tuple[dict[str, str], dict[str, str]]:
    keys = [loading.keys_of(each.key) for each in problem.libraries]
    requests = dict(
        session.execute(
            select(SequencingRequest.id, SequencingRequest.number).where(
                SequencingRequest.id.in_({request for request, _ in keys})
            )
        ).all()
    )
    samples = dict(
        session.execute(
            select(Sample.id, Sample.barcode).where(Sample.id.in_({sample for _, sample in keys}))
        ).all()
    )
    instruments = session.execute(select(Instrument.id, Instrument.name))
    return (
        {
            each.key: f"{request_code(requests[request])} {samples[sample]}"
            for each, (request, sample) in zip(problem.libraries, keys, strict=True)
        },
        {str(key): name for key, name in instruments},
    )


def _runs(
    queue: loading.Queue,
    plan: Plan,
    terms: loading.Terms,
    names: Mapping[str, str],
    instruments: Mapping[str, str],
) -> list[dict[str, Any]]:
    problem = queue.problem
    cells = {each.key: queue.flow_cells.get(each.flow_cell, "") for each in problem.slots}
    new = {each.key for each in problem.libraries if not each.is_aboard}
    used = {lane.slot for lane in plan.lanes if new & set(lane.libraries)}
    slots = sorted((each for each in problem.slots if each.key in used), key=lambda s: s.start)
    return [
        {
            "instrument": instruments[slot.instrument],
            "flow_cell": cells[slot.key],
            "sizes": words.why_size(
                [each for each in plan.sizes if each.slot == slot.key],
                sum(len(lane.libraries) for lane in plan.lanes if lane.slot == slot.key),
                cells,
            ),
            "start": (terms.begins_at + timedelta(days=slot.start)).isoformat(timespec="seconds"),
            "is_booked": queue_booked.run_of(slot.key) is not None,
            "end": (terms.begins_at + timedelta(days=slot.end)).isoformat(timespec="seconds"),
            "lanes": [
                {
                    "lane": lane.lane,
                    "read_length": int(lane.configuration),
                    "reads_millions": lane.reads_millions,
                    "usable_millions": lane.usable_millions,
                    "late_days": lane.delay,
                    "libraries": [names[key] for key in lane.libraries if key in new],
                }
                for lane in plan.lanes
                if lane.slot == slot.key and new & set(lane.libraries)
            ],
        }
        for slot in slots
    ]


def _say(told: _Told, *, as_json: bool) -> None:
    text = (
        json.dumps(dataclasses.asdict(told), ensure_ascii=False, indent=2)
        if as_json
        else "\n".join(_lines(told))
    )
    sys.stdout.write(f"{text}\n")


def _lines(told: _Told) -> list[str]:
    greedy = words.against_greedy(told.objective, told.greedy_objective)
    runs = "1 run" if len(told.runs) == 1 else f"{len(told.runs):,} runs"
    found = f"{told.objective:.2f} days ({told.proven}; {greedy})"
    lines = [f"{runs}, {found}, {told.seconds:g} s"]
    for run in told.runs:
        booked = ", booked already" if run["is_booked"] else ""
        loaded = f", {run['flow_cell']}" if run["flow_cell"] else ""
        lines.append(f"{run['instrument']}{loaded}  {run['start']} to {run['end']}{booked}")
        lines += [f"  not {each}" for each in run["sizes"]]
        lines += [
            f"  lane {lane['lane']}: {len(lane['libraries'])} libraries, "
            f"{lane['reads_millions']:,.0f} of {lane['usable_millions']:,.0f} M reads"
            for lane in run["lanes"]
        ]
    lines += [f"left out: {each['library']}: {' '.join(each['why'])}" for each in told.left_out]
    lines += [f"pin not kept: {each['library']}: {each['why']}" for each in told.unkept_pins]
    return [*lines, *(f"BREAKS {each}" for each in told.violations)]
