"""How fast a sensor rises, and how far it is from the one beside it: numbers that have limits."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from backend.telemetry.views import ReadingPoint

TOGETHER: Final = timedelta(minutes=10)
"""Two sensors are compared by readings at most so far apart."""


def rises(points: Sequence[ReadingPoint], window: timedelta) -> list[ReadingPoint]:
    """Return by how much each reading is above that of a window before; those without are left out.

    The reading before the window is at most as old again: over a gap nothing is said of a rate.
    """
    instants = [point.at for point in points]
    found = []
    for point in points:
        index = bisect_right(instants, point.at - window) - 1
        if index < 0 or point.at - points[index].at > 2 * window:
            continue
        earlier = points[index]
        rise = (point.temperature_c - earlier.temperature_c) * (window / (point.at - earlier.at))
        found.append(replace(point, temperature_c=rise))
    return found


def differences(
    points: Sequence[ReadingPoint], beside: Sequence[ReadingPoint]
) -> list[ReadingPoint]:
    """Return how far each reading is from the newest one beside it, where there is a recent one."""
    instants = [point.at for point in beside]
    found = []
    for point in points:
        index = bisect_right(instants, point.at) - 1
        if index >= 0 and point.at - instants[index] <= TOGETHER:
            apart = abs(point.temperature_c - beside[index].temperature_c)
            found.append(replace(point, temperature_c=apart))
    return found
