"""What verdicts are called, and the mark and the tone that each has on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.storage.ids import ScanState
from backend.storage.scan_views import Effect
from backend.storage.scanning.verdicts import Verdict
from dashboard import format as fmt


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict's name, the letter in its cell, and the suffix of its class."""

    name: str
    mark: str
    tone: str


LOOKS: Mapping[Verdict, VerdictLook] = {
    Verdict.MATCH: VerdictLook("As expected", "=", "ok"),
    Verdict.EMPTY: VerdictLook("Empty", "", "free"),
    Verdict.NEW: VerdictLook("New here", "N", "info"),
    Verdict.MOVED_HERE: VerdictLook("Came from another box", "H", "info"),
    Verdict.MOVED_WITHIN: VerdictLook("Moved within the box", "M", "info"),
    Verdict.SWAPPED: VerdictLook("Changed places", "S", "info"),
    Verdict.MISSING: VerdictLook("Missing", "\N{MINUS SIGN}", "crit"),
    Verdict.NO_READ: VerdictLook("Could not be read", "?", "warn"),
    Verdict.UNKNOWN_BARCODE: VerdictLook("Unknown barcode", "U", "crit"),
    Verdict.DUPLICATE_IN_SCAN: VerdictLook("Read twice", "2", "crit"),
    Verdict.WRONG_RACK: VerdictLook("Another rack", "R", "crit"),
    Verdict.INVALID_POSITION: VerdictLook("No such position", "X", "crit"),
    Verdict.DISCARDED_ITEM_SEEN: VerdictLook("Recorded as gone", "G", "crit"),
}
QUIET = frozenset({Verdict.MATCH, Verdict.EMPTY})
"""Groups that start closed: nothing in them needs a look."""

STATES: Mapping[ScanState, str] = {
    ScanState.DRAFT: "waits to be committed",
    ScanState.COMMITTED: "committed",
    ScanState.UNDONE: "committed and taken back",
    ScanState.DISCARDED: "discarded",
}


def effect_sentence(effect: Effect) -> str:
    """Say what committing does."""
    placed, out = effect.placed, effect.taken_out
    doubted, refused, left = effect.unverified, effect.refused, effect.left_out
    said = [
        (placed, f"{fmt.plural(placed, 'tube is', 'tubes are')} placed here"),
        (out, f"{fmt.plural(out, 'tube is', 'tubes are')} taken out"),
        (doubted, f"{fmt.plural(doubted, 'place is', 'places are')} marked unverified"),
        (refused, f"{fmt.plural(refused, 'tube is', 'tubes are')} kept out by a rule"),
        (left, f"{fmt.plural(left, 'position is', 'positions are')} left out"),
    ]
    words = "; ".join(sentence for count, sentence in said if count)
    return f"{words}." if words else "Nothing moves."
