"""What is told of a run that was read."""

import pytest

from backend.notifications import unit_words
from backend.notifications.ids import Severity


@pytest.mark.parametrize(
    ("state", "verdict", "title", "severity"),
    [
        ("read", "pass", "Run NX-0042 passes", Severity.OK),
        ("read", "warn", "Run NX-0042 has warnings", Severity.WARNING),
        ("read", "fail", "Run NX-0042 has failed lanes", Severity.CRITICAL),
        ("read", "unknown", "Run NX-0042 cannot be judged", Severity.INFO),
        ("failed", "pass", "Run NX-0042 ended badly", Severity.CRITICAL),
    ],
)
def test_a_run_is_told_by_its_verdict(
    state: str, verdict: str, title: str, severity: Severity
) -> None:
    notice = unit_words.run_read(
        code="NX-0042", state=state, verdict=verdict, sentence="Lane 1: too few."
    )

    assert (notice.title, notice.severity) == (title, severity)
    assert notice.body.startswith("Lane 1: too few. Nothing is final")


def test_a_folder_of_any_name_has_an_address() -> None:
    notice = unit_words.run_read(code="a folder/x", state="read", verdict="pass", sentence="")

    assert notice.href == "/sequencing/runs/a%20folder%2Fx"
