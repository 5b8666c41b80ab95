"""What the Health page says of a logger's file."""

from backend.telemetry.importing import Imported
from backend.telemetry.intake_views import Ingested, Outcome
from backend.telemetry.logger_files import Finding
from dashboard.pages.health import logger_file


def text_of(parts: object) -> str:
    """Return the words of drawn parts, in order."""
    if isinstance(parts, str):
        return parts
    if isinstance(parts, list | tuple):
        return " ".join(filter(None, (text_of(each) for each in parts)))
    return text_of(getattr(parts, "children", None) or ())


def imported(*outcomes: Outcome, findings: int = 0) -> Imported:
    return Imported(
        readings=len(outcomes),
        counts=Ingested(outcomes=outcomes).counts(),
        findings=tuple(
            Finding(code="number_unclear", line=line + 2, sensor="T1", message=f"No {line}.")
            for line in range(findings)
        ),
        faults=findings,
    )


def test_what_a_file_holds_is_counted_and_nothing_is_recorded_yet() -> None:
    seen = imported(Outcome.ACCEPTED, Outcome.REPEATED, Outcome.REPEATED)

    said = text_of(logger_file.told("a.csv", seen, kept=False))

    assert said == "“a.csv”: 3 readings, 1 new, 2 there already. Nothing is recorded yet."


def test_a_file_of_nothing_new_says_so() -> None:
    said = text_of(logger_file.told("a.csv", imported(Outcome.REPEATED), kept=True))

    assert said == "“a.csv”: 1 reading, 0 new, 1 there already. Recorded."


def test_lines_that_need_a_look_are_named_and_a_flood_is_cut() -> None:
    said = text_of(logger_file.told("a.csv", imported(findings=14), kept=True))

    assert "Line 2, T1: No 0." in said
    assert "Line 13, T1: No 11." in said
    assert "Line 14, T1" not in said
    assert "And 2 more lines." in said


def test_every_outcome_has_its_words() -> None:
    assert set(logger_file._WORDS) == set(Outcome)


def test_what_is_said_of_a_whole_column_is_said_once() -> None:
    found = [
        Finding(code="unknown_sensor", line=line, sensor="T9", message="No such sensor.")
        for line in range(2, 40)
    ]
    seen = Imported(readings=38, counts={}, findings=tuple(found), faults=38)

    said = text_of(logger_file.told("a.csv", seen, kept=False))

    assert said.endswith("38 lines from 2 to 39, T9: No such sensor.")
