"""``tracseq bench``: run a planner on fixed instances and show how good it is, and how sure."""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.cli import bench_pooling
from backend.core.errors import InvalidInput
from backend.storage.planning.checking import violations
from backend.storage.planning.control import Control, Effort
from backend.storage.planning.cost import Cost, evaluate
from backend.storage.planning.instances import Instance, read_instance
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.positions import side_by_side
from backend.storage.planning.problem import Allocation, Problem, Weights
from backend.storage.solver_output import silence_solver

_SEARCH_SHARE = 0.8
"""Of the seconds; the relaxation is solved beside the search, and has the rest too."""
_ROUNDS = 1_000_000
"""More than any time allows: here the clock ends the search."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What one instance came to; seconds of handling, but for ``seconds`` of the clock."""

    instance: str
    lots: int
    samples: int
    boxes: int
    objective: float
    unplaced: int
    first_fit: float
    below_first_fit: float | None
    weights: dict[str, float]
    terms: dict[str, float]
    first_fit_terms: dict[str, float]
    best_known: float | None
    bound: float | None
    gap: float | None
    ended: str
    violations: list[str]
    seconds: float


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    parser = commands.add_parser("bench", help="run a planner on instances from files")
    acts = parser.add_subparsers(title="planners", required=True, metavar="PLANNER")
    placement = acts.add_parser(
        "placement",
        help="placement of lots into boxes",
        description=(
            "Plan every instance of a folder and show the plan beside first-fit, the best plan "
            "known to the file, and what no plan can be below. Exit code 1 when a plan breaks a "
            "hard rule."
        ),
    )
    placement.add_argument(
        "--instances", type=Path, required=True, metavar="DIR", help="folder of .json instances"
    )
    placement.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="for each instance; 60 if not said"
    )
    placement.add_argument("--json", action="store_true", help="a JSON array instead of lines")
    placement.set_defaults(run=_placement, needs_database=False)
    bench_pooling.register(acts)


def _placement(arguments: argparse.Namespace) -> int:
    if arguments.seconds <= 0:
        raise InvalidInput(f"--seconds {arguments.seconds} is no time. Give a number above 0.")
    files = sorted(arguments.instances.glob("*.json"))
    if not files:
        raise InvalidInput(f"No .json files in {arguments.instances}. Name a folder that has some.")
    silence_solver()
    instances = [(file.stem, read_instance(file.name, file.read_text("utf-8"))) for file in files]
    results = []
    for name, instance in instances:
        results.append(_run(name, instance, arguments.seconds))
        if not arguments.json:
            sys.stdout.write(_line(results[-1]) + "\n")
            sys.stdout.flush()
    if arguments.json:
        json.dump([asdict(result) for result in results], sys.stdout, indent=2)
        sys.stdout.write("\n")
    return int(any(result.violations for result in results))


def _run(name: str, instance: Instance, seconds: float) -> _Result:
    problem, started = instance.problem, time.monotonic()
    effort = Effort(
        search_limit_s=_SEARCH_SHARE * seconds,
        proof_limit_s=(1 - _SEARCH_SHARE) * seconds,
        rounds=_ROUNDS,
    )
    plan = plan_placement(problem, Control(elapsed_s=lambda: time.monotonic() - started), effort)
    objective, first_fit = plan.cost.handling_s, plan.first_fit.handling_s
    best = instance.best_known
    return _Result(
        instance=name,
        lots=len(problem.lots),
        samples=sum(lot.size for lot in problem.lots),
        boxes=len(problem.boxes),
        objective=round(objective, 2),
        unplaced=plan.cost.unplaced,
        first_fit=round(first_fit, 2),
        below_first_fit=round(1 - objective / first_fit, 4) if first_fit else None,
        weights=problem.weights.by_term,
        terms=_terms(plan.cost, problem.weights),
        first_fit_terms=_terms(plan.first_fit, problem.weights),
        best_known=round(_cost_s(problem, best), 2) if best else None,
        bound=None if plan.bound is None else round(plan.bound.handling_s, 2),
        gap=None if plan.bound is None else round(plan.bound.gap_fraction(plan.cost), 4),
        ended=plan.ended.value,
        violations=violations(problem, plan),
        seconds=round(plan.elapsed_s, 1),
    )


def _terms(cost: Cost, weights: Weights) -> dict[str, float]:
    return {term: round(each, 2) for term, each in cost.by_term(weights).items()}


def _cost_s(problem: Problem, allocation: Allocation) -> float:
    return evaluate(problem, allocation, side_by_side(problem, allocation)).handling_s


def _line(result: _Result) -> str:
    below = "" if result.below_first_fit is None else f", {result.below_first_fit:.1%} below it"
    proof = "no bound" if result.gap is None else f"bound {result.bound:,.0f} s, {result.gap:.1%}"
    known = "" if result.best_known is None else f", best known {result.best_known:,.0f} s"
    broken = f", BREAKS {'; '.join(result.violations)}" if result.violations else ""
    return (
        f"{result.instance}: {result.objective:,.0f} s, first-fit {result.first_fit:,.0f} s{below}"
        f"{known}; {proof}; {result.unplaced} unplaced; {result.ended} after {result.seconds} s"
        f"{broken}"
    )
