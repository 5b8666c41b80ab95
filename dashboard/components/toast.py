"""Short messages at the bottom: 8 s, one at a time, with Undo where the act can be taken back.

    toast("3 samples moved to ULT-08/B-0439", undo=Undo("storage", {"move_id": str(move.id)}))

Problems do not expire. Undo sets ``dcc.Store(id=undo_id("storage"))`` in the shell, so it works
after the person has gone to another page; the domain's callback module listens to it:

    @page_callback(Permission.STORAGE_PLACE, Input(undo_id("storage"), "data"))
    def undo_move(data: dict[str, str] | None) -> None: …
"""

from dataclasses import dataclass

from dash import set_props

from backend.core.ids import new_id
from dashboard.components.tones import Tone

TOAST = "toast"
UNDO_KINDS = ("samples", "storage", "register", "sequencing", "notifications", "reports")


@dataclass(frozen=True, slots=True)
class Undo:
    """What would take the act back: one of UNDO_KINDS and what its callback needs."""

    kind: str
    data: dict[str, str]


def undo_id(kind: str) -> str:
    """Return the id of the shell's store that an Undo of this kind sets."""
    if kind not in UNDO_KINDS:
        raise ValueError(f"Unknown undo kind “{kind}”. Add it to UNDO_KINDS.")
    return f"undo-{kind}"


def toast(
    message: str,
    *,
    tone: Tone = Tone.OK,
    undo: Undo | None = None,
    link: tuple[str, str] | None = None,
    reference: str = "",
) -> None:
    """Show a message from inside a callback. ``link`` is (words, address)."""
    set_props(
        TOAST,
        {
            "data": {
                # The same words twice are two messages.
                "id": str(new_id()),
                "message": message,
                "tone": tone.value,
                "undo": {"store": undo_id(undo.kind), "data": undo.data} if undo else None,
                "link": list(link) if link else None,
                "reference": reference,
            }
        },
    )
