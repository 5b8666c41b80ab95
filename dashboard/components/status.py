"""Status as icon, word and colour, in that order of weight (DESIGN 3).

In tables and lists a status is icon and word; the tinted pill is for object headers only.
"""

from dataclasses import dataclass

from dash import html

from dashboard.components.icon import icon
from dashboard.components.tones import Tone


@dataclass(frozen=True, slots=True)
class Look:
    """How one state is shown everywhere."""

    word: str
    icon: str
    tone: Tone


SAMPLE_LOOKS: dict[str, Look] = {
    "pending": Look("Pending", "dash-circle-dotted", Tone.OFF),
    "validated": Look("Validated", "check-circle", Tone.INFO),
    "in_storage": Look("In storage", "box-seam", Tone.INK),
    "in_sequencing": Look("In sequencing", "play-circle", Tone.INFO),
    "completed": Look("Completed", "check-circle-fill", Tone.OK),
    "failed": Look("Failed", "x-octagon-fill", Tone.CRIT),
    "rejected": Look("Rejected", "slash-circle", Tone.WARN),
    "archived": Look("Archived", "archive", Tone.OFF),
    "discarded": Look("Discarded", "trash3", Tone.OFF),
}

SERVICE_LOOKS: dict[str, Look] = {
    "operational": Look("Operational", "check-circle-fill", Tone.OK),
    "degraded": Look("Degraded", "exclamation-triangle-fill", Tone.WARN),
    "down": Look("Down", "x-octagon-fill", Tone.CRIT),
    "maintenance": Look("Maintenance", "wrench-adjustable", Tone.INFO),
    "unknown": Look("Unknown", "question-circle", Tone.OFF),
    "off": Look("Not set up", "dash-circle-dotted", Tone.OFF),
}

SEVERITY_LOOKS: dict[str, Look] = {
    "critical": Look("Critical", "exclamation-octagon-fill", Tone.CRIT),
    "warning": Look("Warning", "exclamation-triangle-fill", Tone.WARN),
    "info": Look("Information", "info-circle", Tone.INFO),
    "ok": Look("Fine", "check-circle-fill", Tone.OK),
}

BREAKER_LOOKS: dict[str, Look] = {
    "closed": Look("Closed", "check2", Tone.OK),
    "half_open": Look("Half-open", "circle-half", Tone.WARN),
    "open": Look("Open, fails fast", "slash-circle", Tone.CRIT),
}


def look_of(looks: dict[str, Look], state: str) -> Look:
    """Return a state's look; a state without one is shown in words with the unknown mark."""
    return looks.get(state) or Look(
        state.replace("_", " ").capitalize(), "question-circle", Tone.OFF
    )


def status(look: Look, *, word: str | None = None) -> html.Span:
    """Draw icon and word, as in tables. ``word`` replaces the state's own word."""
    return html.Span([icon(look.icon), word or look.word], className=f"st st-{look.tone}")


def status_pill(look: Look, *, word: str | None = None) -> html.Span:
    """Draw the tinted pill of an object's header."""
    tone = Tone.OFF if look.tone is Tone.INK else look.tone
    return html.Span([icon(look.icon), word or look.word], className=f"pill p-{tone}")
