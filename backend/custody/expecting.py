"""Parcels from outside: announced with what should be in them, received by scan, closed.

Exported by service.py. Whoever acts holds the parcel's row. A registered sample that carries a
scanned code is received and is with whoever scanned it; one not registered yet is only ticked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from backend.core import barcodes, clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.custody import chain, incoming_queries
from backend.custody.errors import IncomingRefused, LinesOpen, NotAtThisStep
from backend.custody.events import IncomingAnnounced, IncomingClosed, IncomingScanned
from backend.custody.ids import Arrival, Cause, IncomingId, IncomingState
from backend.custody.incoming_models import Incoming, IncomingLine, IncomingOver
from backend.custody.incoming_queries import code_of
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.errors import ProjectNotFound
from backend.samples.ids import ArrivalCondition, Custody, Lifecycle, SampleId
from backend.samples.models import Project, Sample
from backend.samples.schemas import ArrivalInput

MOST = 1_000
_LENGTH = 200
_CODE_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is known before a parcel comes. ``codes``: barcodes or names, as the sender wrote."""

    project: str
    sender: str
    expected_on: date | None
    carrier: str = ""
    tracking: str = ""
    seal: str = ""
    document: str = ""
    codes: Sequence[str] = ()


def announce(session: WriteSession, principal: Principal, *, announced: Announcement) -> str:
    """Write down a parcel that is expected, and return its code.

    Raises:
        ProjectNotFound: no such project among the principal's.
        IncomingRefused: no sender, no day, no list, or something in it is too long.
    """
    principal.require(Permission.SHIPMENTS_MANAGE)
    codes = _listed(announced.codes)
    faults = _faults(announced, codes)
    if faults or announced.expected_on is None:
        raise IncomingRefused(" ".join(faults.values()), fields=faults)
    project = session.scalars(
        samples_queries.visible_projects(principal).where(Project.code == announced.project)
    ).one_or_none()
    if project is None:
        raise ProjectNotFound(f"There is no project {announced.project} among yours.")
    parcel = Incoming(
        project_id=project.id,
        sender=announced.sender.strip(),
        carrier=announced.carrier.strip(),
        tracking=announced.tracking.strip(),
        seal=announced.seal.strip(),
        document=announced.document.strip(),
        expected_on=announced.expected_on,
        created_at=clock.utc_now(),
        created_by=principal.user_id,
        created_by_name=principal.name,
    )
    session.add(parcel)
    session.flush()
    session.add_all(
        IncomingLine(incoming_id=parcel.id, number=number, code=code)
        for number, code in enumerate(codes, start=1)
    )
    session.flush()
    event = IncomingAnnounced(
        aggregate_id=parcel.id, code=code_of(parcel), sender=parcel.sender, named=len(codes)
    )
    events_service.record(session, principal, event)
    return code_of(parcel)


def scan_incoming(
    session: WriteSession,
    principal: Principal,
    *,
    incoming_id: IncomingId,
    code: str,
    arrival: Arrival = Arrival.EXPECTED,
    condition: str = "",
) -> bool:
    """Say that a tube arrived and how; return whether the sender had named it.

    A code that the sender did not name is kept as over. A second scan changes nothing.

    Raises:
        IncomingNotFound, NotAtThisStep: the parcel is not there, or closed.
        IncomingRefused: damage without a word about it, or a code too long for a label.
    """
    parcel = _lock(session, principal, incoming_id)
    scanned, said = code.strip(), condition.strip()
    if not 0 < len(scanned) <= _LENGTH:
        raise IncomingRefused("Scan a code, or type the name as the sender wrote it.")
    if arrival is not Arrival.EXPECTED and not said:
        sentence = "Write what is wrong with it."
        raise IncomingRefused(sentence, fields={"condition": sentence})
    line = _line(session, parcel, scanned)
    if line is None:
        _keep_over(session, principal, parcel, scanned)
        return False
    if line.arrival is None:
        line.arrival, line.arrived_at, line.condition = arrival, clock.utc_now(), said
        _take_over(session, principal, parcel, scanned, _found(arrival, said))
        _told(session, principal, parcel, scanned, arrival.value, said)
    return True


def close_incoming(
    session: WriteSession,
    principal: Principal,
    *,
    incoming_id: IncomingId,
    missing_are_short: bool = False,
) -> int:
    """Close a parcel whose every tube has an outcome; return how many are missing.

    Raises:
        IncomingNotFound, NotAtThisStep: as `scan_incoming`.
        LinesOpen: tubes were not scanned, and nobody said that they are missing.
    """
    parcel = _lock(session, principal, incoming_id)
    missing = session.scalars(
        select(IncomingLine)
        .where(IncomingLine.incoming_id == parcel.id, IncomingLine.arrival.is_(None))
        .order_by(IncomingLine.number)
    ).all()
    if missing and not missing_are_short:
        raise LinesOpen(
            f"{len(missing)} of the samples in {code_of(parcel)} were not scanned. Scan them, or "
            "say that they are missing."
        )
    now = clock.utc_now()
    for line in missing:
        line.arrival, line.arrived_at = Arrival.SHORT, now
    parcel.state, parcel.closed_at = IncomingState.RECEIVED, now
    session.flush()
    event = IncomingClosed(aggregate_id=parcel.id, code=code_of(parcel), short=len(missing))
    events_service.record(session, principal, event)
    return len(missing)


def _listed(codes: Sequence[str]) -> list[str]:
    """Return what was named, without empty lines and repeats, however they are spelled."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(barcodes.tidy(code), code.strip())
    return [code for code in found.values() if code]


def _faults(announced: Announcement, codes: Sequence[str]) -> dict[str, str]:
    faults = {}
    if not announced.sender.strip():
        faults["sender"] = "Write who sends it."
    if not announced.project:
        faults["project"] = "Choose the project that it is for."
    if announced.expected_on is None:
        faults["expected_on"] = "Choose the day on which it should be here."
    if not 0 < len(codes) <= MOST:
        faults["codes"] = f"Name 1 to {MOST:,} samples, a barcode or a name to a line."
    if any(len(code) > _LENGTH for code in codes):
        faults["codes"] = f"Write each barcode or name in at most {_LENGTH} characters."
    for field in ("sender", "carrier", "tracking", "seal", "document"):
        if len(getattr(announced, field).strip()) > _LENGTH:
            faults[field] = f"Write at most {_LENGTH} characters."
    return faults


def _lock(session: WriteSession, principal: Principal, incoming_id: IncomingId) -> Incoming:
    principal.require(Permission.SHIPMENTS_MANAGE)
    parcel = session.scalars(
        incoming_queries.visible(principal)
        .where(Incoming.id == incoming_id)
        .with_for_update(of=Incoming)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if parcel is None:
        raise incoming_queries.absent()
    if parcel.state is not IncomingState.EXPECTED:
        raise NotAtThisStep(f"{code_of(parcel)} is received already.")
    return parcel


def _line(session: WriteSession, parcel: Incoming, scanned: str) -> IncomingLine | None:
    lines = session.scalars(
        select(IncomingLine)
        .where(IncomingLine.incoming_id == parcel.id)
        .order_by(IncomingLine.number)
    )
    tidy = barcodes.tidy(scanned)
    return next((line for line in lines if barcodes.tidy(line.code) == tidy), None)


def _keep_over(session: WriteSession, principal: Principal, parcel: Incoming, scanned: str) -> None:
    code = scanned[:_CODE_LENGTH]
    if session.get(IncomingOver, (parcel.id, code)) is not None:
        return
    session.add(IncomingOver(incoming_id=parcel.id, code=code, scanned_at=clock.utc_now()))
    _told(session, principal, parcel, code, "over", "")


def _found(arrival: Arrival, said: str) -> ArrivalInput:
    """Return how a scanned tube arrived, in the words of the samples."""
    match arrival:
        case Arrival.WRONG_LABEL:
            condition = ArrivalCondition.LABEL_MISMATCH
        case Arrival.DAMAGED | Arrival.SHORT:
            condition = ArrivalCondition.OTHER  # what was damaged, only the words beside it say
        case Arrival.EXPECTED:
            condition = ArrivalCondition.GOOD
    return ArrivalInput(conditions=(condition,), note=said)


def _take_over(
    session: WriteSession, principal: Principal, parcel: Incoming, scanned: str, found: ArrivalInput
) -> None:
    """Receive the registered sample that carries the code, if there is one that waits for it."""
    sample = session.scalars(
        samples_queries.visible_samples(principal)
        .where(
            Sample.barcode == barcodes.tidy(scanned),
            Sample.project_id == parcel.project_id,
            Sample.lifecycle.in_((Lifecycle.REGISTERED, Lifecycle.IN_TRANSIT)),
            Sample.custody == Custody.NOT_PLACED,
        )
        .with_for_update(of=Sample, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sample is None:
        return
    key = SampleId(sample.id)
    if principal.may(Permission.SAMPLES_TRANSITION):
        samples_service.change_status(
            session, principal, sample_id=key, action="receive", arrival=found
        )
    chain.add_link(
        session,
        principal,
        key,
        cause=Cause.RECEIVED,
        to=chain.person(principal.user_id, principal.name),
        condition=found.note,
        note=f"{code_of(parcel)} from {parcel.sender}",
        seal=parcel.seal,
        document=parcel.document,
    )
    samples_service.set_custody(session, principal, sample_id=key, custody=Custody.HAND_TRAY)


def _told(  # noqa: PLR0917 -- one fact in parts
    session: WriteSession,
    principal: Principal,
    parcel: Incoming,
    scanned: str,
    arrival: str,
    condition: str,
) -> None:
    session.flush()
    event = IncomingScanned(
        aggregate_id=parcel.id,
        code=code_of(parcel),
        scanned=scanned,
        arrival=arrival,
        condition=condition,
    )
    events_service.record(session, principal, event)
