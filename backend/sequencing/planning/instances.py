"""Queue instances in the JSON of the seqpool-synth set, as problems; and more of the same kind.

``{"instance": {libs, instruments, horizon, fill_overhead}, "best": {objective}, "greedy": […]}``;
times in days, reads in millions. An instrument can start every ``days`` days.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.core.errors import InvalidInput
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.planning.problem import Library, Problem, Slot

_CHEMISTRIES = {2: Chemistry.TWO_CHANNEL_RED_GREEN, 4: Chemistry.FOUR_CHANNEL}
_CONFIGURATIONS = ("PE150", "PE100", "SE75")
_HORIZON_DAYS = 28


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem and, where the file has them, the objectives known to who made the file."""

    problem: Problem
    best_known: float | None
    greedy_known: float | None


def read_instance(name: str, text: str) -> Instance:
    """Return what a file says.

    Raises:
        InvalidInput: the text is no such instance; the sentence names the file.
    """
    try:
        content = json.loads(text)
        said = content["instance"]
        best, greedy = content.get("best"), content.get("greedy")
        return Instance(
            problem=_problem(said),
            best_known=None if best is None else float(best["objective"]),
            greedy_known=None if greedy is None else float(greedy[0]),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput(
            f"{name} is no queue instance ({error!r}). Give files of the seqpool-synth form."
        ) from error


def generate(libraries: int, seed: int) -> Problem:
    """Return a problem like those of the set: its sizes, dates, weights and instruments.

    Reads are log-normal (median 24 M, 5 to 250 M), ready on day 0–7, due on day 2–21; 90 unique
    pairs of indexes at least three bases apart, so that libraries collide where one is used again.
    """
    rng = np.random.default_rng(seed)
    pairs = index_pairs(rng, 90)
    made = [
        Library(
            key=str(number),
            configuration=str(rng.choice(_CONFIGURATIONS, p=(0.59, 0.25, 0.16))),
            reads_millions=round(float(np.clip(np.exp(rng.normal(3.18, 0.78)), 5.0, 250.0)), 1),
            ready=float(rng.integers(0, 8)),
            due=float(rng.integers(2, 22)),
            weight=float(rng.choice((1, 2, 5, 10), p=(0.51, 0.33, 0.11, 0.05))),
            i7=i7,
            i5=i5,
        )
        for number in range(libraries)
        for i7, i5 in [pairs[int(rng.integers(len(pairs)))]]
    ]
    return Problem(
        libraries=tuple(made),
        slots=(
            *_slots("NovaSeq-like", 2, (2, 0.95 * 800, 40, 30), Chemistry.TWO_CHANNEL_RED_GREEN),
            *_slots("NextSeq-like", 1, (1, 0.95 * 400, 18, 0), Chemistry.TWO_CHANNEL_RED_GREEN),
            *_slots("MiSeq-like", 1, (1, 0.95 * 25, 6, 0), Chemistry.FOUR_CHANNEL),
        ),
    )


def index_pairs(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Return index pairs of 8 and 8 bases that all differ by three or more on both sides."""
    sides: list[list[str]] = []
    for _ in range(2):
        side: list[str] = []
        while len(side) < count:
            index = "".join(rng.choice(list("ACGT"), size=8))
            if all(sum(a != b for a, b in zip(index, one, strict=True)) > 2 for one in side):  # noqa: PLR2004
                side.append(index)
        sides.append(side)
    return list(zip(*sides, strict=True))


def _slots(
    name: str, days: int, figures: tuple[int, float, float, float], chemistry: Chemistry
) -> list[Slot]:
    lanes, reads, run_cost, lane_cost = figures
    return [
        Slot(
            key=f"{name} {start}",
            instrument=name,
            start=float(start),
            end=float(start + days),
            lanes=lanes,
            lane_reads_millions=reads,
            run_cost=run_cost,
            lane_cost=lane_cost,
            chemistry=chemistry,
        )
        for start in range(0, _HORIZON_DAYS - days + 1, days)
    ]


def _problem(said: Mapping[str, Any]) -> Problem:
    share = 1 - float(said["fill_overhead"])
    return Problem(
        libraries=tuple(_library(each) for each in said["libs"]),
        slots=tuple(
            Slot(
                key=f"{each['name']} {start}",
                instrument=str(each["name"]),
                start=float(start),
                end=float(start + each["days"]),
                lanes=each["lanes"],
                lane_reads_millions=share * float(each["cap"]),
                run_cost=float(each["run"]),
                lane_cost=float(each["lane"]),
                chemistry=_CHEMISTRIES[each["ch"]],
            )
            for each in said["instruments"]
            for start in range(0, said["horizon"] - each["days"] + 1, each["days"])
        ),
    )


def _library(said: Mapping[str, Any]) -> Library:
    return Library(
        key=str(said["id"]),
        configuration=str(said["cfg"]),
        reads_millions=float(said["reads"]),
        ready=float(said["ready"]),
        due=float(said["due"]),
        weight=float(said["w"]),
        i7=str(said["i7"]),
        i5=str(said["i5"]),
    )
