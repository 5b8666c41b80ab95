"""Who is told of an alarm that nobody acknowledges, and when: steps by minutes (DOMAIN 2h)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from backend.auth.ids import Role
from backend.notifications.ids import Channel

MOST_STEPS: Final = 8
LONGEST: Final = timedelta(hours=24)
LONGEST_LABEL: Final = 60
TEST_EVERY: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``roles`` are told ``after`` an alarm, and ``people`` by their keys as text.

    The first step is that of the alarm itself: whoever works at the storage hears of it. In the
    program everybody is told; ``channels`` says by what else, if the person has not switched it
    off.
    """

    label: str
    after: timedelta
    roles: tuple[Role, ...] = ()
    people: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = tuple(Channel)


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


def without_people(reached: Sequence[int]) -> frozenset[int]:
    """Return the steps, from 1 on, that reach nobody any more while a later one does.

    ``reached`` is how many people each step tells: some may have left since the ladder was made.
    """
    return frozenset(
        place for place, people in enumerate(reached, 1) if not people and any(reached[place:])
    )


def moved_on(steps: Sequence[Step], told: int) -> timedelta:
    """Return what has been waited when ``told`` steps have been told: where a snooze goes on."""
    return steps[min(max(told, 1), len(steps)) - 1].after


def is_test_due(tested_at: datetime | None, now: datetime) -> bool:
    """Say whether the ladder is to be tried out; None: nobody ever has (DOMAIN 2h: monthly)."""
    return tested_at is None or now - tested_at > TEST_EVERY


def faults(
    steps: Sequence[Step], reached: Sequence[int], channels: Collection[Channel] = tuple(Channel)
) -> str:
    """Say what is wrong with a ladder, nothing when it can be climbed.

    ``reached`` is how many people who may sign in each step tells, ``channels`` are those that are
    set up.
    """
    if not 1 <= len(steps) <= MOST_STEPS:
        return f"A ladder has 1 to {MOST_STEPS} steps."
    if steps[0].after != timedelta(0):
        return "The first step comes with the alarm, after 0 minutes."
    found = [_order_fault(before, step) for before, step in pairwise(steps)]
    found += [_name_fault(place, step) for place, step in enumerate(steps, 1)]
    found += [_reach_fault(step, people) for step, people in zip(steps, reached, strict=True)]
    # The first step is told as everybody has chosen for alarms.
    found += [_channel_fault(step, channels) for step in steps[1:]]
    if steps[-1].after > LONGEST:
        found.append("The last step comes within a day.")
    return next((fault for fault in found if fault), "")


def _order_fault(before: Step, step: Step) -> str:
    if step.after <= before.after:
        return f"“{step.label}” comes after “{before.label}”. Give it more minutes."
    if not step.roles and not step.people:
        return f"Nobody is told by “{step.label}”. Name a role or a person."
    return ""


def _name_fault(place: int, step: Step) -> str:
    if not step.label.strip():
        return f"Step {place} has no name. Say who it is, such as “Backup”."
    if len(step.label) > LONGEST_LABEL:
        return f"The name of step {place} has at most {LONGEST_LABEL} characters."
    return ""


def _reach_fault(step: Step, people: int) -> str:
    if not people:
        return (
            f"“{step.label}” reaches nobody: no one of those named may sign in. Name others, or "
            "let somebody in first."
        )
    return ""


def _channel_fault(step: Step, channels: Collection[Channel]) -> str:
    if any(each not in channels for each in step.channels):
        return (
            f"“{step.label}” cannot go by mail: no mail server is set up. Take mail out of this "
            "step, or set TRACSEQ_SMTP_URL."
        )
    return ""
