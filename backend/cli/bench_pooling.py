"""``tracseq bench pooling``: the queue planner on fixed instances, how good it is, how sure."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.cli import bench_pools
from backend.core.errors import InvalidInput
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort, Progress
from backend.sequencing.planning.instances import Instance, generate, read_instance
from backend.sequencing.planning.planner import plan_queue
from backend.storage.solver_output import silence_solver

_MANY = 10**9
"""Rounds and nodes: more than any time allows, for here the watch ends the search."""
_LARGE = 384
_LARGE_TIMES = 2
"""An instance of 384 libraries has twice the seconds."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What one instance came to; costs in days late of a library of weight 1."""

    instance: str
    libraries: int
    objective: float
    delay: float
    runs: float
    balance: float
    left_out: int
    greedy: float
    greedy_left_out: int
    best_known: float | None
    bound: float | None
    gap: float | None
    ended: str
    violations: list[str]
    seconds: float
    processor_seconds: float
    trace: list[tuple[float, float, float | None]]
    """Seconds spent, cost of the plan and bound by then."""


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the planner beside the others of ``bench``."""
    parser = acts.add_parser(
        "pooling",
        help="libraries into lanes, flow cells and instrument slots",
        description=(
            "Plan every instance of a folder, and generated ones, and show the plan beside "
            "earliest due date first, the best plan known to the file, and what no plan can be "
            "below. Exit code 1 when a plan breaks a hard rule."
        ),
    )
    parser.add_argument("--instances", type=Path, metavar="DIR", help="folder of .json instances")
    parser.add_argument(
        "--generate",
        action="append",
        default=[],
        metavar="N:SEED",
        help="also a generated instance of N libraries; may be repeated",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        metavar="S",
        help=f"for each instance, twice as many from {_LARGE} libraries on; 60 if not said",
    )
    parser.add_argument(
        "--processor-seconds",
        action="store_true",
        help="count the seconds that the processor works, not those of the clock; on a busy "
        "machine they are fairer, though still more than a free one needs",
    )
    parser.add_argument(
        "--cores",
        type=int,
        choices=(1, 2),
        default=1,
        help="1, if not said; with 2 pools are shared out, and while one core proves the other "
        "betters the plan by dives and large steps",
    )
    parser.add_argument(
        "--random-pools",
        type=int,
        default=0,
        metavar="N",
        help="instead plan N random pools with awkward indexes, and count lanes that break a rule",
    )
    parser.add_argument(
        "--first-pool",
        type=int,
        default=0,
        metavar="M",
        help="number of the first of them, 0 if not said: a long run may be done in parts",
    )
    parser.add_argument("--json", action="store_true", help="a JSON array instead of lines")
    parser.set_defaults(run=_pooling, needs_database=False)


def _pooling(arguments: argparse.Namespace) -> int:
    if arguments.seconds <= 0:
        raise InvalidInput(f"--seconds {arguments.seconds} is no time. Give a number above 0.")
    if arguments.random_pools:
        asked = bench_pools.Asked(arguments.random_pools, arguments.first_pool, arguments.cores)
        return bench_pools.run(asked, as_json=arguments.json)
    instances = _read(arguments.instances) + [_generated(each) for each in arguments.generate]
    if not instances:
        raise InvalidInput("Nothing to plan. Name a folder by --instances, or use --generate.")
    silence_solver()
    results = []
    for name, instance in instances:
        results.append(
            _run(
                name,
                instance,
                arguments.seconds,
                by_processor=arguments.processor_seconds,
                cores=arguments.cores,
            )
        )
        if not arguments.json:
            sys.stdout.write(_line(results[-1]) + "\n")
            sys.stdout.flush()
    if arguments.json:
        json.dump([asdict(result) for result in results], sys.stdout, indent=2)
        sys.stdout.write("\n")
    return int(any(result.violations for result in results))


def _read(folder: Path | None) -> list[tuple[str, Instance]]:
    if folder is None:
        return []
    files = sorted(folder.glob("*.json"))
    if not files:
        raise InvalidInput(f"No .json files in {folder}. Name a folder that has some.")
    return [(file.stem, read_instance(file.name, _text(file))) for file in files]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{file.name} cannot be read as text. Give files of the seqpool-synth form."
        ) from error


def _generated(wish: str) -> tuple[str, Instance]:
    count, _, seed = wish.partition(":")
    if not (count.isdecimal() and seed.isdecimal() and 1 <= int(count) <= 4 * _LARGE):
        raise InvalidInput(
            f"--generate {wish} says no instance. Give libraries, 1 to {4 * _LARGE}, and a seed, "
            f"like {_LARGE}:1."
        )
    problem = generate(int(count), int(seed))
    return f"generated-n{count}-s{seed}", Instance(problem, best_known=None, greedy_known=None)


def _run(
    name: str, instance: Instance, seconds: float, *, by_processor: bool, cores: int
) -> _Result:
    problem = instance.problem
    watch = _own_processor() if by_processor else time.monotonic
    limit_s = seconds * (_LARGE_TIMES if len(problem.libraries) >= _LARGE else 1)
    begun, clock, processor = watch(), time.monotonic(), time.process_time()
    trace = _Trace(lambda: watch() - begun)
    plan = plan_queue(
        problem,
        Control(elapsed_s=lambda: watch() - begun, report=trace.take),
        Effort(limit_s=limit_s, rounds=_MANY, max_nodes=_MANY, cores=cores),
    )
    each = problem.weights.left_out
    return _Result(
        instance=name,
        libraries=len(problem.libraries),
        objective=round(plan.objective.total, 4),
        delay=round(plan.objective.delay, 4),
        runs=round(plan.objective.runs, 4),
        balance=round(plan.objective.balance, 4),
        left_out=len(plan.left_out),
        greedy=round(plan.greedy.total - plan.greedy.left_out, 4),
        greedy_left_out=round(plan.greedy.left_out / each),
        best_known=instance.best_known,
        bound=None if plan.bound is None else round(plan.bound, 4),
        gap=None if plan.gap is None else round(plan.gap, 4),
        ended=plan.ended.value,
        violations=violations(problem, plan),
        seconds=round(time.monotonic() - clock, 1),
        processor_seconds=round(time.process_time() - processor, 1),
        trace=trace.rows,
    )


def _own_processor() -> Callable[[], float]:
    """Return a watch of the processor's seconds of this thread, whichever thread reads it."""
    own = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(own)


class _Trace:
    """The cost and the bound as the work went on: a row for each time that one of them moved."""

    def __init__(self, watch: Callable[[], float]) -> None:
        self._watch = watch
        self.rows: list[tuple[float, float, float | None]] = []

    def take(self, progress: Progress) -> None:
        """Note where the planner is."""
        if progress.left_out and not self.rows:
            return
        bound = None if progress.bound is None else round(progress.bound, 2)
        if not self.rows or self.rows[-1][1:] != (round(progress.cost, 2), bound):
            self.rows.append((round(self._watch(), 1), round(progress.cost, 2), bound))


def _line(result: _Result) -> str:
    stranded = f" and {result.greedy_left_out} left out" if result.greedy_left_out else ""
    known = "" if result.best_known is None else f", best known {result.best_known:g}"
    proof = "no bound proven" if result.gap is None else f"bound {result.bound:g}, {result.gap:.1%}"
    broken = f", BREAKS {'; '.join(result.violations)}" if result.violations else ""
    return (
        f"{result.instance}: {result.objective:g}, by due date {result.greedy:g}{stranded}{known}; "
        f"{proof}; {result.left_out} left out; {result.ended} after {result.seconds} s, "
        f"{result.processor_seconds} s of the processor{broken}"
    )
