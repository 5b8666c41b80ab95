"""When a chain of custody has a gap, and what a checkout may say. No I/O.

ISO 20387:2018 asks for traceability from acquisition to disposal and names no hours. The limits
below are this product's own defaults, not a standard's.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from backend.custody.ids import GapKind

ANSWER_WITHIN: Final = timedelta(hours=24)
ON_BENCH_AT_MOST: Final = timedelta(hours=24)
OUT_WITHOUT_DATE_AT_MOST: Final = timedelta(hours=24)
UNHELD_AT_MOST: Final = timedelta(hours=24)
LONGEST_CHECKOUT: Final = timedelta(days=366)
COLDEST_C, HOTTEST_C = -200.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is on record of a sample that is somewhere in the laboratory."""

    sample_id: UUID
    barcode: str
    custody: str
    stands: bool
    """It has an open placement."""
    holder: str | None
    """Of the chain's last link; None where there is no link."""
    since: datetime
    """Of the last link, or of its present state where there is none."""
    due_on: date | None
    """Of the open checkout; None where nobody has checked it out."""
    offered_at: datetime | None
    """Of the open offer."""
    expected_on: date | None = None
    """Of the shipment that it is under way in, or was when it went missing."""
    arrived_damaged: bool = False
    """Its newest shipment says so, and nobody has put it on hold since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is wrong with a sample's custody, as a sentence with what to do."""

    sample_id: UUID
    kind: GapKind
    sentence: str


def gaps_of(seen: Observed, *, now: datetime, today: date) -> tuple[Gap, ...]:
    """Return every gap of a sample, in the order of their kinds."""
    age = now - seen.since
    says_storage = seen.custody == "in_storage"
    name, holder = seen.barcode, seen.holder or "nobody"
    due = f"{seen.due_on:%Y-%m-%d}" if seen.due_on else ""
    found = {
        GapKind.NO_HOLDER: (
            seen.holder is None and not says_storage and age > UNHELD_AT_MOST,
            f"Nobody is on record as holding {name}. Find it, then place it or check it out.",
        ),
        GapKind.NOT_WHERE_IT_STANDS: (
            says_storage is not seen.stands,
            f"{name} counts as in storage but has no position. Find it and place it."
            if says_storage
            else f"{name} has a position but does not count as in storage. Look at the position.",
        ),
        GapKind.OVERDUE: (
            seen.due_on is not None and seen.due_on < today,
            f"{name} was due back on {due}; {holder} has it. Return it, or ask them.",
        ),
        GapKind.UNANSWERED: (
            seen.offered_at is not None and now - seen.offered_at > ANSWER_WITHIN,
            f"{name} has been offered for more than a day without an answer; {holder} has it.",
        ),
        GapKind.LONG_ON_BENCH: (
            seen.custody == "on_bench" and age > ON_BENCH_AT_MOST,
            f"{name} has been on the bench for more than a day ({holder}). Put it away.",
        ),
        GapKind.NO_DUE_DATE: (
            seen.custody in {"checked_out", "hand_tray"}
            and seen.due_on is None
            and seen.holder is not None
            and age > OUT_WITHOUT_DATE_AT_MOST,
            f"{holder} has had {name} for over a day without a date. Check it out or place it.",
        ),
        GapKind.NEVER_ARRIVED: (
            seen.custody == "shipped" and seen.expected_on is not None and seen.expected_on < today,
            f"{name} was sent and never arrived; {holder} had it last. Ask, or report it lost.",
        ),
        GapKind.ARRIVED_DAMAGED: (
            seen.arrived_damaged,
            f"{name} arrived damaged or with a wrong label. Put it on hold until it is judged.",
        ),
    }
    return tuple(
        Gap(sample_id=seen.sample_id, kind=kind, sentence=sentence)
        for kind, (is_so, sentence) in found.items()
        if is_so
    )


def checkout_faults(
    *, purpose: str, due_on: date | None, today: date, temperature_c: float | None
) -> dict[str, str]:
    """Return what stops a checkout, by field."""
    faults = {}
    if not purpose.strip():
        faults["purpose"] = "Write what it is taken for."
    if due_on is None:
        faults["due_on"] = "Choose the day by which it is back."
    elif due_on < today:
        faults["due_on"] = "The day has passed. Choose today or a later one."
    elif due_on > today + LONGEST_CHECKOUT:
        faults["due_on"] = "Choose a day within a year; hand it over for longer."
    if temperature_c is not None and not COLDEST_C <= temperature_c <= HOTTEST_C:
        faults["temperature_c"] = "Write a temperature between −200 and 100 °C."
    return faults
