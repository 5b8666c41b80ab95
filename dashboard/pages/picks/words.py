"""What the states, purposes and answers of pick lists are called."""

from collections.abc import Mapping
from urllib.parse import quote

from backend.storage.ids import PickOutcome, PickPurpose, PickState, ShortReason
from backend.storage.pick_views import PickLineView, PickListView
from dashboard.components.tones import Tone

PATH = "/storage/picks"

PURPOSES: Mapping[PickPurpose, str] = {
    PickPurpose.TAKE_OUT: "Take out",
    PickPurpose.MOVE: "Move",
    PickPurpose.EVACUATE: "Evacuate",
    PickPurpose.WORKLIST: "For a robot",
}
STATES: Mapping[PickState, str] = {
    PickState.OPEN: "Open",
    PickState.DONE: "Done",
    PickState.CLOSED: "Closed",
}
SHORTS: Mapping[ShortReason, str] = {
    ShortReason.NOT_FOUND: "Not found",
    ShortReason.EMPTY: "Position is empty",
    ShortReason.DAMAGED: "Damaged",
    ShortReason.WRONG_TUBE: "Another tube there",
}
OUTCOMES: Mapping[PickOutcome, tuple[str, Tone, str]] = {
    PickOutcome.PICKED: ("check-circle-fill", Tone.OK, "Picked"),
    PickOutcome.PLACED: ("check-circle-fill", Tone.OK, "Placed"),
    PickOutcome.SHORT: ("exclamation-triangle-fill", Tone.WARN, "Short"),
    PickOutcome.SKIPPED: ("dash-lg", Tone.OFF, "Skipped"),
}


def href_of(picks: PickListView) -> str:
    """Return the address of a list."""
    return f"{PATH}/{quote(picks.label)}"


def unit_and_way(path: str) -> tuple[str, str]:
    """Return the unit of a box, and the way inside it, as people say it."""
    unit, *way = path.split("/")
    *above, box = way or [unit]
    _, rack = unit_and_rack("/".join([unit, *above]))
    return unit, ", ".join([*([rack] if rack else []), f"box {box}"])


def unit_and_rack(path: str) -> tuple[str, str]:
    """Return the unit of a rack, and the way inside it, as people say it."""
    unit, *way = path.split("/")
    spoken = [f"{name} {label}" for name, label in zip(("Shelf", "rack"), way, strict=False)]
    return unit, ", ".join(spoken)


def outcome_words(line: PickLineView) -> str:
    """Say what became of a line, and who did it."""
    if line.outcome is None:
        return "Waits"
    said = OUTCOMES[line.outcome][2]
    why = f": {line.outcome_reason}" if line.outcome_reason else ""
    return f"{said}{why}, {line.by_name}"
