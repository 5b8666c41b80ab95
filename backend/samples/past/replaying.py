"""A sample's record at an instant, folded from what was written down of it. Pure.

What is written down, and what it carries:

* the entry of a registration, at a bench or of a row of a list, names every field that was given;
  a field that it leaves out was empty. The entry of a load under an envelope carries the fields
  that it names and no others;
* every later entry carries the fields that it changed, before and after: amendments, verdicts,
  thaws, dates, consent, SPREC, volumes, a code that was taken back;
* steps carry the status, and by their action the lifecycle;
* lines of the volume ledger carry the balance; measurements carry their values, of which the one
  measured last counts (samples.qc_queries.latest_values);
* entries of storage and custody carry the place and in whose care the tube was.

Where nothing before the instant tells of a field, the first entry after it does that says what
the field was before. Where that one says nothing either, the field is absent from the result: it
was not recorded then. Nothing is ever taken from the row of today.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backend.events.views import AuditView, Json
from backend.samples.ids import Custody, Lifecycle, LineageKind, QcVerdict
from backend.samples.past.views import BalanceThen, MeasuredThen
from backend.samples.rules import BY_ACTION
from backend.samples.views import TransitionView

FIELDS: Final = (
    "barcode",
    "project_code",
    "material_type",
    "parent_barcode",
    "name",
    "external_id",
    "subject_code",
    "status",
    "lifecycle",
    "custody",
    "place",
    "qc_verdict",
    "volume_ul",
    "concentration_ng_per_ul",
    "a260_280",
    "a260_230",
    "rin",
    "din",
    "temperature_class",
    "container_type",
    "biosafety_level",
    "freeze_thaw_count",
    "expires_on",
    "consent",
    "sprec",
    "collected_on",
    "received_at",
    "submitter",
    "analysis",
    "priority",
    "index_i7",
    "index_i5",
    "is_backup",
    "notes",
    "attributes",
)
"""The record, in the order in which it is told."""

_STEPS: Final[Mapping[str, Decimal]] = {
    "volume_ul": Decimal("0.001"),
    "concentration_ng_per_ul": Decimal("0.001"),
    "a260_280": Decimal("0.01"),
    "a260_230": Decimal("0.01"),
    "rin": Decimal("0.1"),
    "din": Decimal("0.1"),
}
"""What the table keeps of a figure (samples/models.py); an entry may carry more."""
_FRESH: Final[Mapping[str, Json]] = {
    "custody": Custody.NOT_PLACED.value,
    "place": None,
    "qc_verdict": QcVerdict.NONE.value,
    "freeze_thaw_count": 0,
    "expires_on": None,
    "consent": None,
    "sprec": None,
    "biosafety_level": 1,
    "priority": "normal",
    "is_backup": False,
    "attributes": {},
}
"""What a sample is that has just been registered, where its registration says nothing else."""
_MADE = frozenset(kind.value for kind in LineageKind)
_INHERITED = ("is_backup", "freeze_thaw_count", "expires_on", "a260_280", "a260_230", "rin", "din")
"""What a child has from its parents; entries of old do not name it."""
_ONE_ACT = timedelta(seconds=1)

Known = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Everything that was written down of one sample. Entries and steps oldest first.

    ``identity`` holds what the database lets nobody change (db/migrations/sql/16_identity.sql).
    """

    registered_at: datetime
    identity: Mapping[str, Json] = field(default_factory=dict)
    entries: Sequence[AuditView] = ()
    steps: Sequence[TransitionView] = ()
    balances: Sequence[BalanceThen] = ()
    measured: Sequence[MeasuredThen] = ()


def replay(written: Written, at: datetime) -> Known:
    """Return the fields as they were at ``at``, everything of that instant included.

    A field that is absent was not recorded then.
    """
    known: Known = dict(written.identity)
    for _, _, happen in sorted(_happenings(written, at), key=lambda each: each[:2]):
        happen(known)
    for name, value in _told_after(written, at).items():
        known.setdefault(name, value)
    if known.get("status") == Custody.IN_STORAGE.value:
        # The database computes a status from the axes; this one says where the tube was.
        known.setdefault("custody", Custody.IN_STORAGE.value)
    return {name: canonical(name, known[name]) for name in FIELDS if name in known}


def canonical(name: str, value: Json) -> Json:
    """Return a field's value in the one form in which values are compared.

    Figures are text at the table's precision without trailing noughts, instants are in UTC.
    """
    if value is None or value == "":
        return None
    if name in _STEPS:
        figure = Decimal(str(value)).quantize(_STEPS[name], ROUND_HALF_UP).normalize()
        return f"{figure:f}"
    if name == "received_at":
        return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat()
    return value


def settled(entries: Sequence[AuditView], at: datetime) -> datetime:
    """Return the instant at which all that one act wrote at about ``at`` had been written.

    ``entries`` are oldest first. The rows of an act carry instants a few milliseconds apart; they
    became visible together, and have one request.
    """
    later = [entry for entry in entries if entry.at >= at]
    if not later or later[0].at - at > _ONE_ACT:
        return at
    end, request = at, later[0].request_id
    for entry in later:
        if entry.request_id != request or entry.at - end > _ONE_ACT:
            break
        end = entry.at
    return end


_Happening = tuple[datetime, int, Callable[[Known], None]]


def _happenings(written: Written, at: datetime) -> Iterator[_Happening]:
    for number, entry in enumerate(written.entries):
        began = _began(written, entry)
        if began <= at:
            yield began, number, _applying(written, entry)
    for step in written.steps:
        # The first step is written a moment after the row that it belongs to.
        began = step.at if step.from_status else min(written.registered_at, step.at)
        if began <= at:
            yield began, -1, _stepping(step)
    for line in written.balances:
        if line.at <= at:
            yield line.at, -1, _balancing(line)


def _began(written: Written, entry: AuditView) -> datetime:
    """Return since when an entry holds: what was registered held from the registration on."""
    if entry.action == "samples.sample_registered":
        return min(written.registered_at, entry.at)
    return entry.at


def _applying(written: Written, entry: AuditView) -> Callable[[Known], None]:
    def apply(known: Known) -> None:
        special = _SPECIAL.get(entry.action)
        if special is not None:
            special(known, entry, written)
            return
        known.update(_fields(entry.new_values))

    return apply


def _stepping(step: TransitionView) -> Callable[[Known], None]:
    def apply(known: Known) -> None:
        known["status"] = step.to_status
        transition = BY_ACTION.get(step.action)
        if transition is not None:
            known["lifecycle"] = transition.after.value
        elif step.action in _MADE:
            known["lifecycle"] = Lifecycle.ACCEPTED.value

    return apply


def _balancing(line: BalanceThen) -> Callable[[Known], None]:
    def apply(known: Known) -> None:
        known["volume_ul"] = None if line.balance_ul is None else str(line.balance_ul)

    return apply


def _told_after(written: Written, at: datetime) -> Known:
    """Return what the first later entry that speaks of a field says it was before."""
    told: Known = {}
    spoken: set[str] = set()
    for entry in written.entries:
        if _began(written, entry) <= at:
            continue
        before = _before(entry)
        told.update({name: value for name, value in before.items() if name not in spoken})
        spoken |= before.keys() | _fields(entry.new_values).keys()
    return told


def _before(entry: AuditView) -> Known:
    old, new = entry.old_values or {}, entry.new_values or {}
    match entry.action:
        case "storage.sample_moved":
            return {"place": _place(old), "custody": Custody.IN_STORAGE.value}
        case "storage.sample_taken_in_hand":
            place = _place(new)
            return {} if place is None else {"place": place, "custody": Custody.IN_STORAGE.value}
        case "storage.sample_taken_out":
            return {"place": _place(new), "custody": Custody.IN_STORAGE.value}
        case _:
            return _fields(old)


def _fields(values: Mapping[str, Json] | None) -> Known:
    return {name: value for name, value in (values or {}).items() if name in FIELDS}


def _registered(known: Known, entry: AuditView, _: Written) -> None:
    new = entry.new_values or {}
    if "project_code" in new and "envelope" not in new:
        known.update({name: None for name in FIELDS if name not in known and name != "status"})
        known.update(_FRESH)
        is_here = new.get("received_at") is not None
        known["lifecycle"] = (Lifecycle.RECEIVED if is_here else Lifecycle.REGISTERED).value
    known.update(_fields(new))


def _moved_on(known: Known, entry: AuditView, _: Written) -> None:
    new = _fields(entry.new_values)
    arrived = new.get("lifecycle") == Lifecycle.RECEIVED.value
    if arrived and "received_at" not in new and known.get("received_at") is None:
        known.pop("received_at", None)  # it was set, and entries of old do not say to what
    known.update(new)


def _made(known: Known, entry: AuditView, _: Written) -> None:
    new = _fields(entry.new_values)
    for name in _INHERITED:
        if name not in new:
            known.pop(name, None)
    known.update(new)


def _measured(known: Known, entry: AuditView, written: Written) -> None:
    found = [each for each in written.measured if each.recorded_at <= entry.at]
    for each in sorted(found, key=lambda value: (value.measured_at, value.key)):
        if each.metric.value in FIELDS and each.metric.value != "volume_ul":
            known[each.metric.value] = str(each.value)


def _tied(known: Known, entry: AuditView, _: Written) -> None:
    known["consent"] = (entry.new_values or {}).get("reference")


def _stood(known: Known, entry: AuditView, _: Written) -> None:
    known["place"] = _place(entry.new_values or {})
    known["custody"] = Custody.IN_STORAGE.value


def _taken_out(known: Known, _entry: AuditView, _: Written) -> None:
    known.update(place=None, custody=Custody.CHECKED_OUT.value)


def _taken_in_hand(known: Known, _entry: AuditView, _: Written) -> None:
    known.update(place=None, custody=Custody.HAND_TRAY.value)


def _put_down(known: Known, _entry: AuditView, _: Written) -> None:
    known.update(place=None, custody=Custody.NOT_PLACED.value)


def _undone(known: Known, entry: AuditView, _: Written) -> None:
    known["place"] = _place(entry.new_values or {})
    stands = known["place"] is not None
    known["custody"] = (Custody.IN_STORAGE if stands else Custody.NOT_PLACED).value


def _checked_out(known: Known, _entry: AuditView, _: Written) -> None:
    known["custody"] = Custody.CHECKED_OUT.value


def _returned(known: Known, _entry: AuditView, _: Written) -> None:
    # Put back into a position it has an entry of storage, just before this one.
    if known.get("custody") != Custody.IN_STORAGE.value:
        known["custody"] = Custody.ON_BENCH.value


def _in_hand(known: Known, _entry: AuditView, _: Written) -> None:
    known["custody"] = Custody.HAND_TRAY.value


def _packed(known: Known, entry: AuditView, written: Written) -> None:
    if (entry.new_values or {}).get("is_packed"):
        _in_hand(known, entry, written)


def _arrived(known: Known, entry: AuditView, written: Written) -> None:
    if (entry.new_values or {}).get("arrival") != "short":
        _in_hand(known, entry, written)


def _place(values: Mapping[str, Json]) -> Json:
    path, position = values.get("path"), values.get("position")
    return None if path is None or position is None else f"{path}/{position}"


_SPECIAL: Final[Mapping[str, Callable[[Known, AuditView, Written], None]]] = {
    "samples.sample_registered": _registered,
    "samples.status_changed": _moved_on,
    "samples.sample_made": _made,
    "samples.measurements_recorded": _measured,
    "samples.consent_tied": _tied,
    "storage.sample_placed": _stood,
    "storage.sample_moved": _stood,
    "storage.sample_taken_out": _taken_out,
    "storage.sample_taken_in_hand": _taken_in_hand,
    "storage.sample_put_down": _put_down,
    "storage.step_undone": _undone,
    "custody.sample_checked_out": _checked_out,
    "custody.sample_returned": _returned,
    "custody.sample_handed_over": _in_hand,
    "custody.sample_packed": _packed,
    "custody.sample_arrived": _arrived,
}
