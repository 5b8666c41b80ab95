"""When an instrument could run, around what it is booked for."""

from collections.abc import Sequence


def free_starts(
    booked: Sequence[tuple[float, float]], *, begins: float, ends: float, run_days: float
) -> list[float]:
    """Return starts of runs of ``run_days`` back to back in the free time, earliest first.

    Times are days; ``booked`` are (start, end) in any order and may overlap. Slots of one answer
    do not overlap each other nor what is booked, and all end by ``ends``.
    """
    starts: list[float] = []
    free_from = begins
    for start, end in [*sorted(booked), (ends, ends)]:
        while free_from + run_days <= min(start, ends):
            starts.append(free_from)
            free_from += run_days
        free_from = max(free_from, end)
    return starts
