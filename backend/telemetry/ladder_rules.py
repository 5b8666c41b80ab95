"""Who is told of an alarm that nobody acknowledges, and when: steps by minutes (DOMAIN 2h)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from backend.auth.ids import Role

MOST_STEPS: Final = 8
LONGEST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``roles`` are told ``after`` an alarm, and ``people`` by their keys as text.

    The first step is that of the alarm itself: whoever works at the storage hears of it.
    """

    label: str
    after: timedelta
    roles: tuple[Role, ...] = ()
    people: tuple[str, ...] = ()


DEFAULT: Final[Sequence[Step]] = (
    Step(label="On call", after=timedelta(0)),
    Step(label="Backup", after=timedelta(minutes=10), roles=(Role.TECHNICIAN, Role.SCIENTIST)),
    Step(label="Manager", after=timedelta(minutes=20), roles=(Role.PRINCIPAL_INVESTIGATOR,)),
    Step(
        label="All",
        after=timedelta(minutes=30),
        roles=(
            Role.TECHNICIAN,
            Role.SCIENTIST,
            Role.PRINCIPAL_INVESTIGATOR,
            Role.ADMINISTRATOR,
        ),
    ),
)


def steps_due(steps: Sequence[Step], waited: timedelta, told: int, *, undelivered: bool) -> int:
    """Return how many steps are to have been told after ``waited``.

    Where the last message reached nobody, the next step is due at once. A step is never untold.
    """
    by_time = sum(step.after <= waited for step in steps)
    at_once = told + 1 if undelivered else told
    return min(max(by_time, at_once, told), len(steps))


def moved_on(steps: Sequence[Step], told: int) -> timedelta:
    """Return what has been waited when ``told`` steps have been told: where a snooze goes on."""
    return steps[min(max(told, 1), len(steps)) - 1].after


def faults(steps: Sequence[Step]) -> str:
    """Say what is wrong with a ladder, nothing when it can be climbed."""
    if not 1 <= len(steps) <= MOST_STEPS:
        return f"A ladder has 1 to {MOST_STEPS} steps."
    if steps[0].after != timedelta(0):
        return "The first step comes with the alarm, after 0 minutes."
    for before, step in pairwise(steps):
        if step.after <= before.after:
            return f"“{step.label}” comes after “{before.label}”. Give it more minutes."
        if not step.roles and not step.people:
            return f"Nobody is told by “{step.label}”. Name a role or a person."
    if steps[-1].after > LONGEST:
        return "The last step comes within a day."
    return ""
