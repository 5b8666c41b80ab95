"""``tracseq storage plan``: look at a placement plan, accept it, take that back.

A worker does both; the command waits and says how many samples of how many are done.
"""

import argparse
import sys
from collections.abc import Collection
from uuid import UUID

from backend.cli.operator import operator
from backend.cli.waiting import wait_for_job
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.storage import plan_queries, service
from backend.storage.ids import PlanId
from backend.storage.views import PlannedPlacementView, PlanView

_SOME_REFUSED = 1
_NOT_REFUSED = frozenset({None, "placed", "declined", "taken back"})


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands below ``tracseq storage``."""
    parser = acts.add_parser("plan", help="a placement plan: look at it, accept it, take it back")
    answers = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    for name, about, run in (
        ("show", "what it proposes, and what became of it", run_show),
        ("accept", "place its samples, and wait for that", run_accept),
        ("undo", "take them out again within ten minutes, and wait for that", run_undo),
    ):
        act = answers.add_parser(name, help=about)
        act.add_argument("plan", metavar="PLAN", help="its key, as its page's address has it")
        act.set_defaults(run=run)
        if name == "accept":
            act.add_argument(
                "--step", type=int, action="append", metavar="N", help="only this line; repeatable"
            )


def run_show(arguments: argparse.Namespace) -> int:
    """Print the plan's state and its lines."""
    plan = _plan(_key(arguments.plan))
    sys.stdout.write(f"{plan.state}, {len(plan.placements):,} lines\n")
    for line in plan.placements:
        became = f"  {line.outcome}" if line.outcome else ""
        sys.stdout.write(f"{line.step:>6}  {_line(line)}{became}\n")
    return 0


def run_accept(arguments: argparse.Namespace) -> int:
    """Accept: 0 every chosen line is placed, 1 some had become impossible, 2 none is placed."""
    plan_id, steps = _key(arguments.plan), _steps(arguments.step)
    principal = operator()
    with transaction.writing() as session:
        job_id = service.request_acceptance(session, principal, plan_id=plan_id, steps=steps)
    done = wait_for_job(principal, job_id).result or {}
    sys.stdout.write(f"{done['placed']:,} samples placed, {done['refused']:,} not.\n")
    for line in _plan(plan_id).placements:
        if line.outcome not in _NOT_REFUSED:
            sys.stdout.write(f"  {_line(line)}: {line.outcome}\n")
    return _SOME_REFUSED if done["refused"] else 0


def run_undo(arguments: argparse.Namespace) -> int:
    """Take back: 0 every sample waits again, 1 some have moved on and stay, 2 all stay."""
    principal = operator()
    with transaction.writing() as session:
        job_id = service.request_taking_back(session, principal, plan_id=_key(arguments.plan))
    done = wait_for_job(principal, job_id).result or {}
    sys.stdout.write(
        f"{done['taken_back']:,} samples wait for a place again, {done['kept']:,} moved on since.\n"
    )
    return _SOME_REFUSED if done["kept"] else 0


def _plan(plan_id: PlanId) -> PlanView:
    with transaction.reading() as session:
        return plan_queries.get_plan(session, operator(), plan_id)


def _line(line: PlannedPlacementView) -> str:
    return f"{line.barcode}  {line.path}/{line.position.label}"


def _steps(given: Collection[int] | None) -> Collection[int] | None:
    if given and min(given) < 1:
        raise InvalidInput(f"--step {min(given)} is no line of a plan. They are numbered from 1.")
    return given


def _key(text: str) -> PlanId:
    try:
        return PlanId(UUID(text))
    except ValueError as error:
        raise InvalidInput(
            f"“{text}” is not a plan's key. Copy it from the address of its page."
        ) from error
