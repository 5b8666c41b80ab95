"""How long a run takes, from what the laboratory knows best."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timed:
    """A recipe of which the hours are known; ``cycles`` of the shorter of its reads."""

    name: str
    version: int
    cycles: int
    hours: float


@dataclass(frozen=True, slots=True)
class RunLength:
    """Hours that a run is planned to take, and who says so."""

    hours: float
    source: str


def run_length(
    recipes: Sequence[Timed],
    lengths: Collection[int],
    *,
    flow_cell_hours: float | None,
    booked_hours: float | None,
    usual_hours: float,
) -> RunLength:
    """Return the length of a run that may be for any of ``lengths``, cycles of each read.

    A slot is given before it is known what runs in it, so the longest counts. For each length the
    shortest recipe that reads it speaks, else the flow cell, the latest booking, the usual hours.
    """
    if flow_cell_hours is not None:
        otherwise = RunLength(flow_cell_hours, "the flow cell")
    elif booked_hours is not None:
        otherwise = RunLength(booked_hours, "its latest booking")
    else:
        otherwise = RunLength(usual_hours, "the usual length")
    known = [_of_recipe(recipes, each) or otherwise for each in lengths]
    return max(known, key=lambda each: (each.hours, each.source), default=otherwise)


def _of_recipe(recipes: Sequence[Timed], length: int) -> RunLength | None:
    fits = [each for each in recipes if each.cycles >= length]
    if not fits:
        return None
    best = min(fits, key=lambda each: (each.cycles, -each.hours, each.name))
    return RunLength(best.hours, f"{best.name}, version {best.version}")
