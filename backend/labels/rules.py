"""Decisions about prints, without I/O."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from backend.labels.ids import PrintState

STALE_AFTER = timedelta(minutes=10)
"""A print that is being sent for longer has lost its worker: nobody knows what came out."""

COUNTS_AS_PRINTED = (PrintState.QUEUED, PrintState.SENDING, PrintState.SENT, PrintState.UNSURE)
"""States in which a label exists, will exist or may exist; another one then needs a reason."""

OPEN = (PrintState.QUEUED, PrintState.SENDING, PrintState.UNSURE, PrintState.FAILED)
"""States that somebody may still have to do something about."""

STATE_NAME: Mapping[PrintState, str] = MappingProxyType(
    {
        PrintState.QUEUED: "Waiting",
        PrintState.SENDING: "Sending",
        PrintState.SENT: "Sent",
        PrintState.UNSURE: "Sent? Look at the printer",
        PrintState.FAILED: "Failed",
        PrintState.CANCELLED: "Called off",
    }
)


def is_stale(state: PrintState, moved_at: datetime, now: datetime) -> bool:
    """Say whether a print has been sending for longer than any print takes."""
    return state is PrintState.SENDING and now - moved_at > STALE_AFTER


def refusal_to_cancel(state: PrintState) -> str | None:
    """Return why a print cannot be called off, None when it can."""
    if state in {PrintState.QUEUED, PrintState.FAILED}:
        return None
    return f"This print is “{STATE_NAME[state]}”. Only one that waits or failed can be called off."


def refusal_to_retry(state: PrintState) -> str | None:
    """Return why a print cannot be tried again, None when it can."""
    if state is PrintState.FAILED:
        return None
    if state is PrintState.UNSURE:
        return "Labels may have come out. Look at the printer and say so first."
    return f"This print is “{STATE_NAME[state]}”. Only a failed one is tried again."


def refusal_to_settle(state: PrintState, moved_at: datetime, now: datetime) -> str | None:
    """Return why a person need not say what came out, None when they have to."""
    if state is PrintState.UNSURE or is_stale(state, moved_at, now):
        return None
    return f"This print is “{STATE_NAME[state]}”: there is nothing to be settled."


def refusal_to_reprint(state: PrintState) -> str | None:
    """Return why a print cannot be repeated, None when it can."""
    if state is PrintState.SENT:
        return None
    return f"This print is “{STATE_NAME[state]}”. Only labels that came out are printed again."


def words_of_sheets(labels: int, *, of: int, too_long: int) -> str:
    """Return how far a file of labels is, and how many were left out, in words."""
    said = f"{labels:,} of {of:,} samples drawn"
    return f"{said}, {too_long:,} left out whose code is too long" if too_long else said


def words_of_many(labels: int, *, had_one: int, too_long: int) -> str:
    """Return how far the queueing of many labels is, and who was left out, in words."""
    parts = [f"{labels:,} queued"]
    if had_one:
        parts.append(f"{had_one:,} left out that had a label")
    if too_long:
        parts.append(f"{too_long:,} left out whose code is too long for the label")
    return ", ".join(parts)


def needs_reason(printed_before: list[str], reason: str) -> str | None:
    """Return the sentence that asks for a reason, None when none is needed or one is given."""
    if not printed_before or reason.strip():
        return None
    first, others = printed_before[0], len(printed_before) - 1
    if others:
        return (
            f"Labels of {first} and {others} more were printed before. Write why they are needed "
            "again, such as “Label came off”."
        )
    return (
        f"A label of {first} was printed before. Write why it is needed again, such as “Label "
        "came off”."
    )
