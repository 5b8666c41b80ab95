"""What holds for every alarm alike: what is a storm, when one is over, how long a snooze may be."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

A_MINUTE: Final = timedelta(minutes=1)
FEWEST_UNITS, MOST_UNITS = 2, 20
LONGEST_WITHIN: Final = timedelta(minutes=30)
LONGEST_STABLE: Final = timedelta(minutes=60)
LONGEST_SNOOZE: Final = timedelta(hours=4)
"""Whoever needs more sets up a maintenance, which says beforehand which units it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Whole minutes and units.

    ``storm_units`` of a room or a circuit that are alarmed ``storm_within`` are one matter. An
    alarm is over after ``stable_for`` inside its limit by the deadband.
    """

    storm_units: int
    storm_within: timedelta
    stable_for: timedelta
    longest_snooze: timedelta


DEFAULT: Final = Numbers(
    storm_units=3,
    storm_within=timedelta(minutes=2),
    stable_for=timedelta(minutes=5),
    longest_snooze=timedelta(minutes=60),
)
"""DOMAIN 2h."""


def faults(numbers: Numbers) -> dict[str, str]:
    """Return what is wrong with the numbers by field; empty where they can be."""
    found = {}
    if not FEWEST_UNITS <= numbers.storm_units <= MOST_UNITS:
        found["storm_units"] = (
            f"A storm is of {FEWEST_UNITS} to {MOST_UNITS} units: one by itself is no storm, and "
            "more than that stand in few rooms."
        )
    spans = (
        ("storm_within_min", "The units of a storm are alarmed", numbers.storm_within),
        ("stable_min", "An alarm is over after", numbers.stable_for),
        ("longest_snooze_min", "The longest snooze is", numbers.longest_snooze),
    )
    for field, words, span in spans:
        most = _LONGEST[field]
        if not A_MINUTE <= span <= most or span % A_MINUTE:
            within = "within " if field == "storm_within_min" else ""
            found[field] = f"{words} {within}1 to {most // A_MINUTE} whole minutes."
    return found


_LONGEST: Final = {
    "storm_within_min": LONGEST_WITHIN,
    "stable_min": LONGEST_STABLE,
    "longest_snooze_min": LONGEST_SNOOZE,
}
