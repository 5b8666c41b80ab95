"""What happened to a sample, from three records into one list. Pure.

Steps tell the life, stays tell the places, the audit trail tells the rest (holds, verdicts, what
was taken back). Where two speak of one act, the one with the place or the reason is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backend.auth.views import SignatureView
from backend.events.views import AuditView
from backend.samples import arrival_rules
from backend.samples.attachment_views import KIND_NAME
from backend.samples.ids import ArrivalCondition, AttachmentKind
from backend.samples.rules import BY_ACTION
from backend.samples.views import TransitionView
from backend.samples.volume_rules import shown
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
    "send": ("truck", "On its way"),
    "reopen": ("arrow-counterclockwise", "Used again"),
    "give_back": ("box-arrow-right", "Returned to the submitter"),
    "destroy": ("x-octagon", "Destroyed"),
    "aliquot": ("droplet-half", "Made as an aliquot"),
    "derivative": ("droplet-half", "Made as an extract"),
    "pool": ("droplet-half", "Made as a pool"),
}


def timeline(
    steps: Sequence[TransitionView],
    stays: Sequence[PlacementView],
    entries: Sequence[AuditView],
    signatures: Sequence[SignatureView] = (),
    *,
    registered_at: datetime,
) -> list[Happening]:
    """Return everything that happened, newest first.

    A signature says what became of it, and what voided it is told once more at its own time.
    A sample from before steps were kept was registered at ``registered_at`` all the same.
    """
    found = [_of_step(step) for step in steps if step.action not in _TOLD_ELSEWHERE]
    if not any(step.action == "register" for step in steps):
        icon, title = _DONE["register"]
        found.append(Happening(at=registered_at, icon=icon, title=title, detail="", by=""))
    for stay in stays:
        found.extend(_of_stay(stay))
    for signature in signatures:
        found.extend(_of_signature(signature))
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


def _of_signature(signature: SignatureView) -> list[Happening]:
    signed = Happening(
        at=signature.signed_at,
        icon="pen",
        title="Signed",
        detail=f"{signature.meaning}, {state_of(signature)}",
        by=signature.signer_name,
    )
    if signature.voided_at is None:
        return [signed]
    voided = Happening(
        at=signature.voided_at,
        icon="x-circle",
        title="Signature voided",
        detail=f"{signature.signer_name}’s {signature.meaning}: {signature.void_reason}",
        by=signature.voided_by_name or "",
    )
    return [signed, voided]


def state_of(signature: SignatureView) -> str:
    """Say whether a signature stands; who voided it and by what, where it does not."""
    if signature.voided_at is None:
        return "valid"
    return f"voided by {signature.voided_by_name}: {signature.void_reason}"


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


def _of_volume(entry: AuditView) -> Happening:
    new = entry.new_values or {}
    moved = _amount(new.get("delta_ul"))
    did = f"{_words(str(new.get('cause', '')))} {moved}".strip()
    left = _amount(new.get("volume_ul")) or "an unknown volume"
    return _of_entry(entry, "droplet-half", "Volume", f"{did}, {left} left")


def _amount(kept: object) -> str:
    """Return µL as the trail keeps them (text, exact) the way people read them."""
    return "" if kept is None else f"{shown(Decimal(str(kept)))} µL".replace("-", "−")


def _of_thaw(entry: AuditView) -> Happening:
    count = str((entry.new_values or {}).get("freeze_thaw_count", ""))
    return _of_entry(entry, "thermometer-half", "Thawed", f"cycle {count}")


def _of_expiry(entry: AuditView) -> Happening:
    day = str((entry.new_values or {}).get("expires_on") or "no date")
    return _of_entry(entry, "calendar-event", "Good until", day)


def _of_consent(entry: AuditView) -> Happening:
    reference = str((entry.new_values or {}).get("reference", ""))
    return _of_entry(entry, "file-earmark-check", "Consent tied", reference)


def _of_arrival(title: str) -> Callable[[AuditView], Happening]:
    def draw(entry: AuditView) -> Happening:
        return _of_entry(entry, "clipboard-check", title, _arrived_as(entry))

    return draw


def _arrived_as(entry: AuditView) -> str:
    new = entry.new_values or {}
    found = new.get("conditions")
    conditions = [ArrivalCondition(str(each)) for each in found] if isinstance(found, list) else []
    celsius = new.get("temperature_c")
    return arrival_rules.told(conditions, None if celsius is None else Decimal(str(celsius)))


def _of_preanalytics(entry: AuditView) -> Happening:
    sprec = str((entry.new_values or {}).get("sprec", ""))
    return _of_entry(entry, "clock-history", "Pre-analytical", sprec)


def _of_file(title: str) -> Callable[[AuditView], Happening]:
    def draw(entry: AuditView) -> Happening:
        new = entry.new_values or {}
        kind = KIND_NAME[AttachmentKind(str(new["kind"]))]
        return _of_entry(entry, "file-earmark-text", title, f"{kind}: {new['file_name']}")

    return draw


def _of_measuring(entry: AuditView) -> Happening:
    told = ", ".join(f"{_words(name)} {value}" for name, value in (entry.new_values or {}).items())
    return _of_entry(entry, "rulers", "Measured", told)


def _of_amending(entry: AuditView) -> Happening:
    told = ", ".join(
        f"{_words(name)} {value}"
        for name, value in (entry.new_values or {}).items()
        if name != "attributes"
    )
    return _of_entry(entry, "pencil", "Changed by a list", told or "What its sender wrote")


def _of_handing_over(entry: AuditView) -> Happening:
    new = entry.new_values or {}
    detail = f"{new.get('from', '')} to {new.get('to', '')}"
    return _of_entry(entry, "people", "Handed over", detail)


def _of_checkout(entry: AuditView) -> Happening:
    due = str((entry.new_values or {}).get("due_on", ""))
    return _of_entry(entry, "box-arrow-up", "Checked out", f"due back {due}")


def _of_return(entry: AuditView) -> Happening:
    place = str((entry.new_values or {}).get("place", ""))
    return _of_entry(entry, "box-arrow-in-down", "Returned", place)


_OF_ENTRY: Mapping[str, Callable[[AuditView], Happening]] = {
    "samples.hold_set": _of_hold("Put on hold", "pause-circle"),
    "samples.hold_released": _of_hold("Hold released", "play-circle"),
    "samples.sample_amended": _of_amending,
    "samples.sample_measured": _of_verdict,
    "samples.volume_changed": _of_volume,
    "samples.thaw_counted": _of_thaw,
    "samples.expiry_set": _of_expiry,
    "samples.consent_tied": _of_consent,
    "samples.arrival_recorded": _of_arrival("Condition on arrival"),
    "samples.arrival_corrected": _of_arrival("Condition on arrival corrected"),
    "samples.preanalytical_recorded": _of_preanalytics,
    "samples.sprec_overridden": _of_preanalytics,
    "samples.file_attached": _of_file("File attached"),
    "samples.attachment_removed": _of_file("Attachment removed"),
    "samples.measurements_recorded": _of_measuring,
    "custody.sample_handed_over": _of_handing_over,
    "custody.sample_checked_out": _of_checkout,
    "custody.sample_returned": _of_return,
    "samples.registration_taken_back": _of_taking_back,
}
