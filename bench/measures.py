"""What a benchmark says: a figure against the bar that was set, in one run."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the table. ``bar`` is met by a figure up to it, with ``at_least`` from it on."""

    name: str
    figure: float
    unit: str
    bar: float | None
    at_least: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Say whether the bar is met."""
        if self.bar is None:
            return ""
        met = self.figure >= self.bar if self.at_least else self.figure <= self.bar
        return "met" if met else "MISSED"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that ``share`` (0–1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _nothing() -> None:
    """Do nothing."""


def timed_ms(
    action: Callable[[], object],
    *,
    repeat: int,
    warm_up: int = 3,
    before_each: Callable[[], object] = _nothing,
) -> list[float]:
    """Return how long each of ``repeat`` calls took, in ms, after some that do not count.

    What happens ``before_each`` does not count either.
    """
    for _ in range(warm_up):
        action()
    durations = []
    for _ in range(repeat):
        before_each()
        start = time.perf_counter()
        action()
        durations.append((time.perf_counter() - start) * 1000)
    return durations


def timed_in_turn_ms(
    *actions: Callable[[], object], repeat: int, warm_up: int = 5
) -> list[list[float]]:
    """Return how long each action took, in ms; they take turns, so the machine's moods hit all."""
    for _ in range(warm_up):
        for action in actions:
            action()
    durations: list[list[float]] = [[] for _ in actions]
    for _ in range(repeat):
        for action, taken in zip(actions, durations, strict=True):
            start = time.perf_counter()
            action()
            taken.append((time.perf_counter() - start) * 1000)
    return durations


@dataclass(slots=True)
class Statements:
    """How long each statement took, in ms, by its text."""

    durations_ms: dict[str, list[float]] = field(default_factory=dict)

    def slowest_ms(self) -> tuple[float, str]:
        """Return the highest 95th percentile of one statement, and the statement."""
        return max((percentile(taken, 0.95), text) for text, taken in self.durations_ms.items())


@contextmanager
def watched(engine: Engine) -> Iterator[Statements]:
    """Time every statement on the engine, from sending to having the result."""
    seen = Statements()
    started: list[float] = []

    def before(*_: Any) -> None:
        started.append(time.perf_counter())

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        taken = (time.perf_counter() - started.pop()) * 1000
        seen.durations_ms.setdefault(" ".join(statement.split()), []).append(taken)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield seen
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def table(measures: Sequence[Measure]) -> str:
    """Return the measures as lines under one another."""
    lines = [f"{'measure':<58} {'figure':>12} {'bar':>12}  verdict"]
    for one in measures:
        sign = "≥" if one.at_least else "≤"
        bar = f"{sign} {one.bar:g}" if one.bar is not None else ""
        figure = f"{one.figure:.3g} {one.unit}".strip()
        lines.append(f"{one.name:<58} {figure:>12} {bar:>12}  {one.verdict}")
        if one.note:
            lines.append(f"    {one.note}")
    return "\n".join(lines)
