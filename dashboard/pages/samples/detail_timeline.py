"""What happened to a sample, from three records into one list. Pure.

Steps tell the life, stays tell the places, the audit trail tells the rest (holds, verdicts, what
was taken back). Where two speak of one act, the one with the place or the reason is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.events.views import AuditView
from backend.samples.rules import BY_ACTION
from backend.samples.views import TransitionView
from backend.storage.views import PlacementView


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the timeline; ``reason`` is empty where none was asked or given."""

    at: datetime
    icon: str
    title: str
    detail: str
    by: str
    reason: str = ""


# Told by the stays and by the audit trail, with the place and the verdict.
_TOLD_ELSEWHERE = frozenset({"place", "take_out", "judge"})
_DONE: Mapping[str, tuple[str, str]] = {
    "register": ("plus-square", "Registered"),
    "receive": ("box-arrow-in-down", "Received"),
    "accept": ("check-circle", "Accepted"),
    "reject": ("slash-circle", "Rejected"),
    "start": ("play-circle", "Sequencing started"),
    "complete": ("check-circle-fill", "Completed"),
    "archive": ("archive", "Archived"),
    "deplete": ("droplet", "Used up"),
    "dispose": ("trash3", "Discarded"),
    "withdraw": ("arrow-counterclockwise", "Registration withdrawn"),
    "lose": ("question-circle", "Reported as lost"),
}


def timeline(
    steps: Sequence[TransitionView],
    stays: Sequence[PlacementView],
    entries: Sequence[AuditView],
    *,
    registered_at: datetime,
) -> list[Happening]:
    """Return everything that happened, newest first.

    A sample from before steps were kept was registered at ``registered_at`` all the same.
    """
    found = [_of_step(step) for step in steps if step.action not in _TOLD_ELSEWHERE]
    if not any(step.action == "register" for step in steps):
        icon, title = _DONE["register"]
        found.append(Happening(at=registered_at, icon=icon, title=title, detail="", by=""))
    for stay in stays:
        found.extend(_of_stay(stay))
    found.extend(_OF_ENTRY[entry.action](entry) for entry in entries if entry.action in _OF_ENTRY)
    return sorted(found, key=lambda happening: happening.at, reverse=True)


def _of_step(step: TransitionView) -> Happening:
    known = BY_ACTION.get(step.action)
    fallback = known.label if known else step.action.replace("_", " ").capitalize()
    icon, title = _DONE.get(step.action, ("dot", fallback))
    detail = "" if step.from_status in {None, step.to_status} else f"now {_words(step.to_status)}"
    return Happening(
        at=step.at,
        icon=icon,
        title=title,
        detail=detail,
        by=step.actor_name,
        reason=step.reason or "",
    )


def _of_stay(stay: PlacementView) -> list[Happening]:
    place = f"{stay.path}/{stay.position}"
    began = Happening(
        at=stay.placed_at, icon="box-seam", title="Stored", detail=place, by=stay.placed_by
    )
    if stay.removed_at is None or stay.removal_reason == "moved":
        return [began]
    ended = Happening(
        at=stay.removed_at,
        icon="box-arrow-up",
        title="Taken out",
        detail=place,
        by=stay.removed_by or "",
        reason=stay.removal_reason or "",
    )
    return [began, ended]


def _of_hold(title: str, icon: str) -> Callable[[AuditView], Happening]:
    def draw(entry: AuditView) -> Happening:
        kind = _words(str((entry.new_values or {}).get("kind", "")))
        return _of_entry(entry, icon, title, kind)

    return draw


def _of_verdict(entry: AuditView) -> Happening:
    verdict = _words(str((entry.new_values or {}).get("qc_verdict", "")))
    return _of_entry(entry, "clipboard-check", "Quality control", verdict)


def _of_taking_back(entry: AuditView) -> Happening:
    code = str((entry.old_values or {}).get("barcode", ""))
    return _of_entry(entry, "arrow-counterclockwise", "Registration taken back", f"{code} is free")


def _of_entry(entry: AuditView, icon: str, title: str, detail: str) -> Happening:
    return Happening(
        at=entry.at,
        icon=icon,
        title=title,
        detail=detail,
        by=entry.actor_name,
        reason=entry.reason or "",
    )


def _words(value: str) -> str:
    return value.replace("_", " ")


_OF_ENTRY: Mapping[str, Callable[[AuditView], Happening]] = {
    "samples.hold_set": _of_hold("Put on hold", "pause-circle"),
    "samples.hold_released": _of_hold("Hold released", "play-circle"),
    "samples.sample_measured": _of_verdict,
    "samples.registration_taken_back": _of_taking_back,
}
