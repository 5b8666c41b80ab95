"""``tracseq bench pooling --random-pools``: many small pools planned, and judged by the checker.

Each pool has a number and is made of that alone, so any part of a run can be done again, and a run
of many can be done in parts. Here only the search plans: what its lanes hold is judged by code that
shares nothing with it.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from math import comb

import numpy as np

from backend.core.errors import InvalidInput
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.planted import random_pool

_SEED = 5
_SHORT = Effort(rounds=30, with_proof=False)
_PART = 250
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """How many pools, from which number on, over how many processes."""

    pools: int
    first: int
    cores: int


@dataclass(slots=True)
class Counted:
    """What pools came to, in sum; ``violations`` are sentences that name the pool.

    ``pairs`` are libraries side by side in a lane, each of which the checker has compared.
    """

    pools: int = 0
    lanes: int = 0
    pairs: int = 0
    left_out: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Counted") -> None:
        """Count another part in."""
        self.pools += other.pools
        self.lanes += other.lanes
        self.pairs += other.pairs
        self.left_out += other.left_out
        self.violations += other.violations


def run(asked: Asked, *, as_json: bool) -> int:
    """Plan the pools, write one line or JSON object, return 1 where a rule is broken.

    Interrupted, it tells of the pools that were done.

    Raises:
        InvalidInput: no pools, or a first number below 0.
    """
    if asked.pools < 1 or asked.first < 0:
        raise InvalidInput("Give at least one random pool, and 0 or more as the first.")
    begun, counted, is_whole = time.monotonic(), Counted(), True
    try:
        with _parts(asked) as parts:
            for part in parts:
                counted.add(part)
    except KeyboardInterrupt:
        is_whole = False
    _tell(counted, round(time.monotonic() - begun, 1), is_whole=is_whole, as_json=as_json)
    return int(bool(counted.violations) or not is_whole)


def plan_part(first: int, count: int) -> Counted:
    """Plan ``count`` pools from a number on, and judge each."""
    counted = Counted(pools=count)
    for number in range(first, first + count):
        problem = random_pool(np.random.default_rng((_SEED, number)))
        plan = plan_queue(problem, Control(elapsed_s=lambda: 0.0), _SHORT)
        counted.lanes += len(plan.lanes)
        counted.pairs += sum(comb(len(lane.libraries), 2) for lane in plan.lanes)
        counted.left_out += len(plan.left_out)
        counted.violations += [f"pool {number}: {each}" for each in violations(problem, plan)]
    return counted


@contextmanager
def _parts(asked: Asked) -> Iterator[Iterable[Counted]]:
    """Share the pools out over processes, or do them here; parts come as they were numbered."""
    end = asked.first + asked.pools
    parts = [(at, min(_PART, end - at)) for at in range(asked.first, end, _PART)]
    if asked.cores == 1 or len(parts) == 1:
        yield (plan_part(*part) for part in parts)
        return
    # Processes begun anew share no threads or connections of this one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.cores, mp_context=context) as processes:
        waiting: list[Future[Counted]] = [processes.submit(plan_part, *part) for part in parts]
        try:
            yield (each.result() for each in waiting)
        finally:
            processes.shutdown(wait=False, cancel_futures=True)


def _tell(counted: Counted, seconds: float, *, is_whole: bool, as_json: bool) -> None:
    if as_json:
        json.dump({**asdict(counted), "seconds": seconds, "whole": is_whole}, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    shown = "".join(f"\n{each}" for each in counted.violations[:_SHOWN])
    ended = "" if is_whole else "interrupted after "
    sys.stdout.write(
        f"{ended}{counted.pools} pools, {counted.lanes} lanes, {counted.pairs} pairs side by side, "
        f"{counted.left_out} libraries left out; {len(counted.violations)} break a rule; "
        f"{seconds} s{shown}\n"
    )
