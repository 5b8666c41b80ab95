"""How prints are shown: a mark, a word, and what can be done."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.labels import rules
from backend.labels.ids import PrintKind, PrintState
from backend.labels.views import PrintView
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

_MARKS: Mapping[PrintState, tuple[str, Tone]] = MappingProxyType(
    {
        PrintState.QUEUED: ("hourglass-split", Tone.OFF),
        PrintState.SENDING: ("play-circle", Tone.INFO),
        PrintState.SENT: ("check-circle-fill", Tone.OK),
        PrintState.UNSURE: ("question-circle", Tone.WARN),
        PrintState.FAILED: ("x-octagon-fill", Tone.CRIT),
        PrintState.CANCELLED: ("slash-circle", Tone.OFF),
    }
)

ACTS: Mapping[PrintState, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        PrintState.QUEUED: (("cancel", "Call off"),),
        PrintState.SENDING: (),
        PrintState.SENT: (("reprint", "Print again"),),
        PrintState.UNSURE: (("came_out", "They came out"), ("missing", "They did not, send again")),
        PrintState.FAILED: (("retry", "Try again"), ("cancel", "Call off")),
        PrintState.CANCELLED: (),
    }
)
"""What a person may do with a print, most likely first."""


def look(state: PrintState) -> Look:
    """Return a state's mark and word."""
    mark, tone = _MARKS[state]
    return Look(rules.STATE_NAME[state], mark, tone)


def what(found: PrintView) -> str:
    """Return what is printed, in words: ``48 labels × 2``."""
    if found.kind is PrintKind.TEST:
        return "Test print"
    amount = fmt.plural(found.labels, "label", "labels")
    return amount if found.copies == 1 else f"{amount} × {found.copies}"


def remark(found: PrintView) -> str:
    """Return what there is to say of a print beside its state."""
    said = [found.detail]
    if found.reprint_of is not None:
        said.append(f"Printed again: {found.reason}")
    elif found.reason:
        said.append(f"Reason: {found.reason}")
    if found.settled_by_name and found.settled_by_name not in found.detail:
        said.append(f"Settled by {found.settled_by_name}")
    return ". ".join(part.removesuffix(".") for part in said if part)
