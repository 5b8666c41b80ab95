"""What people are told of alarms that nobody acknowledges, that come together, or are a test."""

import pytest

from backend.notifications import unit_words
from backend.notifications.ids import Severity


@pytest.mark.parametrize(
    ("was_undelivered", "why"),
    [
        (False, "nobody has acknowledged it (Backup)"),
        (True, "those before could not be reached (Backup)"),
    ],
)
def test_who_is_told_next_is_told_why(*, was_undelivered: bool, why: str) -> None:
    notice = unit_words.alarm_escalated(
        unit="ULT-03", kind="door", step="Backup", was_undelivered=was_undelivered
    )

    assert notice.title == "Door open, not acknowledged: ULT-03"
    assert notice.body == f"Its door has been open too long. Close it. You are told because {why}."
    assert (notice.severity, notice.href) == (Severity.CRITICAL, "/alarms")


def test_units_that_are_in_alarm_together_are_named_in_one_notice() -> None:
    units = [f"ULT-{number:02}" for number in range(1, 33)]

    notice = unit_words.alarm_storm(units, within_min=2)

    assert notice.title == "Site power or network: 32 units in alarm together"
    assert notice.body.startswith("They were alarmed within 2 minutes")
    assert "ULT-30 and 2 more." in notice.body


def test_a_test_says_that_it_is_one() -> None:
    notice = unit_words.alarm_test(step="Manager", by="Ada")

    assert notice.title == "Test of the alarm ladder: Manager"
    assert "No unit is in alarm; do nothing." in notice.body
    assert notice.severity is Severity.INFO
