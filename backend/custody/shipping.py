"""Shipments: a packing list by scan, packed, with the carrier, received by scan, closed.

Exported by service.py. Whoever acts holds the shipment's row. A tube on the list is promised to the
shipment (`custody_block`), so that nobody puts it anywhere else meanwhile.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.custody import between_sites, chain, holding, shipment_queries
from backend.custody.chain import Party
from backend.custody.errors import (
    LinesOpen,
    NotAtThisStep,
    ShipmentRefused,
    TubeNotPacked,
)
from backend.custody.events import (
    CodeOver,
    SampleArrived,
    SamplePacked,
    ShipmentMoved,
    ShipmentOpened,
)
from backend.custody.ids import Arrival, Cause, PartyKind, ShipmentId, ShipmentState
from backend.custody.models import Shipment, ShipmentLine, ShipmentOver
from backend.custody.shipment_queries import code_of
from backend.events import service as events_service
from backend.samples import rules as sample_rules
from backend.samples import service as samples_service
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import Custody, Lifecycle, SampleId
from backend.samples.models import Sample
from backend.samples.rules import Act
from backend.samples.standing import standing_of
from backend.storage import service as storage_service

_LENGTH = 200
_CODE_LENGTH = 64
PACK = Act(
    action="pack",
    label="Pack for a shipment",
    before=frozenset(
        {Lifecycle.RECEIVED, Lifecycle.ACCEPTED, Lifecycle.COMPLETED, Lifecycle.ARCHIVED}
    ),
    permission=Permission.SHIPMENTS_MANAGE,
    guards=("no_hold", "consent_valid", "not_expired"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Who carries a shipment, under which numbers, and when it should be there."""

    carrier: str
    tracking: str = ""
    seal: str = ""
    document: str = ""
    expected_on: date | None = None


def open_shipment(
    session: WriteSession,
    principal: Principal,
    *,
    recipient: str = "",
    condition: str = "",
    from_site_id: UUID | None = None,
    to_site_id: UUID | None = None,
) -> str:
    """Begin a packing list and return its code: to ``recipient``, or to a site of our own.

    Raises:
        ShipmentRefused: nobody to send it to, or not two different sites.
    """
    principal.require(Permission.SHIPMENTS_MANAGE)
    site = between_sites.checked_pair(session, from_site_id, to_site_id)
    name = site or recipient.strip()
    if not 0 < len(name) <= _LENGTH:
        sentence = "Write who it goes to, in at most 200 characters."
        raise ShipmentRefused(sentence, fields={"recipient": sentence})
    shipment = Shipment(
        recipient=name,
        condition=condition.strip(),
        created_at=clock.utc_now(),
        created_by=principal.user_id,
        created_by_name=principal.name,
        from_site_id=from_site_id,
        to_site_id=to_site_id,
    )
    session.add(shipment)
    session.flush()
    event = ShipmentOpened(aggregate_id=shipment.id, code=code_of(shipment), recipient=name)
    events_service.record(session, principal, event)
    return code_of(shipment)


def pack_sample(
    session: WriteSession, principal: Principal, *, shipment_id: ShipmentId, sample_id: SampleId
) -> None:
    """Lay a tube into a draft. One that stands in storage leaves its position.

    Raises:
        ShipmentNotFound, SampleNotFound: not there, or not visible.
        NotAtThisStep: the shipment is packed already.
        SamplePromised, HeldByAnother: it is not to be had.
        TubeNotPacked: it is on hold, expired, without consent or at another site than the one
            that sends; every reason is named.
    """
    shipment = _lock(session, principal, shipment_id, ShipmentState.DRAFT)
    sample = holding.lock_tubes(session, principal, [sample_id])[0]
    reasons = sample_rules.failing_guards(PACK, standing_of(session, sample), None)
    if reasons:
        raise TubeNotPacked(sample.barcode, reasons)
    between_sites.require_at_sender(session, shipment, sample)
    code = code_of(shipment)
    if sample.custody is Custody.IN_STORAGE:
        storage_service.take_out(
            session, principal, sample_id=sample_id, reason=f"Packed for {code}"
        )
    else:
        holding.take_in_hand(session, principal, sample)
    box = Party(PartyKind.PLACE, shipment.id, f"Shipment {code}")
    chain.add_link(session, principal, sample_id, cause=Cause.PACKED, to=box)
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=Custody.HAND_TRAY)
    session.add(ShipmentLine(shipment_id=shipment.id, sample_id=sample_id))
    _promise(session, sample_id, f"{sample.barcode} is in shipment {code}.")
    event = SamplePacked(aggregate_id=sample_id, shipment=code, is_packed=True)
    events_service.record(session, principal, event)


def unpack_sample(
    session: WriteSession, principal: Principal, *, shipment_id: ShipmentId, sample_id: SampleId
) -> None:
    """Take a tube out of a draft again; it is with the principal. Errors as `pack_sample`."""
    shipment = _lock(session, principal, shipment_id, ShipmentState.DRAFT)
    line = _line(session, shipment, sample_id)
    if line is None:
        raise NotAtThisStep("This sample is not in the shipment.")
    session.delete(line)
    _free(session, sample_id)
    to = chain.person(principal.user_id, principal.name)
    chain.add_link(session, principal, sample_id, cause=Cause.UNPACKED, to=to)
    event = SamplePacked(aggregate_id=sample_id, shipment=code_of(shipment), is_packed=False)
    events_service.record(session, principal, event)


def close_box(session: WriteSession, principal: Principal, *, shipment_id: ShipmentId) -> None:
    """Say that everything is packed; the list is fixed from now on.

    Raises:
        ShipmentNotFound, NotAtThisStep: as `pack_sample`.
        ShipmentRefused: nothing is in it.
    """
    shipment = _lock(session, principal, shipment_id, ShipmentState.DRAFT)
    if not _lines(session, shipment):
        raise ShipmentRefused(f"Nothing is in {code_of(shipment)}. Scan a sample first.")
    shipment.state = ShipmentState.PACKED
    _record(session, principal, shipment)


def ship(
    session: WriteSession, principal: Principal, *, shipment_id: ShipmentId, dispatch: Dispatch
) -> None:
    """Give a packed shipment to its carrier, who holds its tubes from now on.

    Raises:
        ShipmentNotFound, NotAtThisStep: as `pack_sample`.
        ShipmentRefused: no carrier, a day that has passed, or a number that is too long.
    """
    shipment = _lock(session, principal, shipment_id, ShipmentState.PACKED)
    carrier, now = dispatch.carrier.strip(), clock.utc_now()
    if not 0 < len(carrier) <= _LENGTH:
        raise ShipmentRefused("Write who carries it.", fields={"carrier": "Write who carries it."})
    if dispatch.expected_on is None or dispatch.expected_on < now.date():
        sentence = "Choose the day on which it should be there, today or later."
        raise ShipmentRefused(sentence, fields={"expected_on": sentence})
    shipment.carrier, shipment.expected_on = carrier, dispatch.expected_on
    _number(shipment, dispatch)
    shipment.state, shipment.shipped_at = ShipmentState.SHIPPED, now
    for line in _lines(session, shipment):
        sample_id = SampleId(line.sample_id)
        reason = _free(session, sample_id)
        chain.add_link(
            session,
            principal,
            sample_id,
            cause=Cause.SHIPPED,
            to=Party(PartyKind.CARRIER, None, carrier),
            condition=shipment.condition,
            note=shipment.tracking,
            seal=shipment.seal,
            document=shipment.document,
        )
        samples_service.set_custody(
            session, principal, sample_id=sample_id, custody=Custody.SHIPPED
        )
        events_service.audit(
            session,
            principal,
            action="custody.sample_shipped",
            entity="sample",
            entity_id=sample_id,
            new={
                "shipment": code_of(shipment),
                "carrier": carrier,
                "custody": Custody.SHIPPED.value,
            },
        )
        _promise(session, sample_id, reason)
    _record(session, principal, shipment)


def receive_sample(
    session: WriteSession,
    principal: Principal,
    *,
    shipment_id: ShipmentId,
    sample_id: SampleId,
    arrival: Arrival = Arrival.EXPECTED,
    condition: str = "",
) -> bool:
    """Say that a tube arrived and how; return whether it was not scanned before.

    Raises:
        ShipmentNotFound, NotAtThisStep: the shipment is not under way, or the tube not in it.
        ShipmentRefused: damage without a word about it.
    """
    shipment = _lock(session, principal, shipment_id, ShipmentState.SHIPPED)
    if arrival is not Arrival.EXPECTED and not condition.strip():
        sentence = "Write what is wrong with it."
        raise ShipmentRefused(sentence, fields={"condition": sentence})
    line = _line(session, shipment, sample_id)
    if line is None:
        raise NotAtThisStep("This sample is not on the packing list.")
    if line.arrival is not None:
        return False
    _arrive(session, principal, shipment, line, arrival, condition.strip())
    return True


def note_over(
    session: WriteSession, principal: Principal, *, shipment_id: ShipmentId, code: str
) -> None:
    """Keep a code that was scanned on arrival and is not on the list. Twice does nothing more."""
    shipment = _lock(session, principal, shipment_id, ShipmentState.SHIPPED)
    scanned = code.strip()[:_CODE_LENGTH]
    if session.get(ShipmentOver, (shipment.id, scanned)) is not None:
        return
    session.add(ShipmentOver(shipment_id=shipment.id, code=scanned, scanned_at=clock.utc_now()))
    event = CodeOver(aggregate_id=shipment.id, shipment=code_of(shipment), scanned=scanned)
    events_service.record(session, principal, event)


def finish(
    session: WriteSession,
    principal: Principal,
    *,
    shipment_id: ShipmentId,
    missing_are_short: bool = False,
) -> None:
    """Close a shipment whose every tube has an outcome.

    A tube that is short stays with the carrier on record; the gap detector names it.

    Raises:
        ShipmentNotFound, NotAtThisStep: as `receive_sample`.
        LinesOpen: tubes were not scanned, and nobody said that they are missing.
    """
    shipment = _lock(session, principal, shipment_id, ShipmentState.SHIPPED)
    missing = [line for line in _lines(session, shipment) if line.arrival is None]
    if missing and not missing_are_short:
        raise LinesOpen(
            f"{len(missing)} of the samples in {code_of(shipment)} were not scanned. Scan them, or "
            "say that they are missing."
        )
    for line in missing:
        _arrive(session, principal, shipment, line, Arrival.SHORT, "")
    shipment.state, shipment.closed_at = ShipmentState.RECEIVED, clock.utc_now()
    _record(session, principal, shipment)


def _number(shipment: Shipment, dispatch: Dispatch) -> None:
    """Write down the numbers that a shipment travels under."""
    for field in ("tracking", "seal", "document"):
        number = getattr(dispatch, field).strip()
        if len(number) > _LENGTH:
            sentence = f"Write the {field} number in at most {_LENGTH} characters."
            raise ShipmentRefused(sentence, fields={field: sentence})
        setattr(shipment, field, number)


def _lock(
    session: WriteSession, principal: Principal, shipment_id: ShipmentId, state: ShipmentState
) -> Shipment:
    principal.require(Permission.SHIPMENTS_MANAGE)
    shipment = session.scalars(
        shipment_queries.visible_shipments(principal)
        .where(Shipment.id == shipment_id)
        .with_for_update(of=Shipment)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if shipment is None:
        raise shipment_queries.absent()
    if shipment.state is not state:
        raise NotAtThisStep(
            f"{code_of(shipment)} is {shipment.state.value}; this needs one that is {state.value}."
        )
    return shipment


def _lines(session: WriteSession, shipment: Shipment) -> list[ShipmentLine]:
    """Return the lines in the samples' key order, with the samples locked."""
    statement = select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)
    lines = list(session.scalars(statement.order_by(ShipmentLine.sample_id)))
    keys = [line.sample_id for line in lines]
    session.execute(
        select(Sample.id)
        .where(Sample.id.in_(keys))
        .order_by(Sample.id)
        .with_for_update(key_share=True)
    )
    return lines


def _line(session: WriteSession, shipment: Shipment, sample_id: SampleId) -> ShipmentLine | None:
    session.execute(select(Sample.id).where(Sample.id == sample_id).with_for_update(key_share=True))
    return session.get(ShipmentLine, (shipment.id, sample_id), populate_existing=True)


def _arrive(  # noqa: PLR0917 -- one act in parts
    session: WriteSession,
    principal: Principal,
    shipment: Shipment,
    line: ShipmentLine,
    arrival: Arrival,
    condition: str,
) -> None:
    line.arrival, line.arrived_at, line.condition = arrival, clock.utc_now(), condition
    sample_id = SampleId(line.sample_id)
    _free(session, sample_id)
    if arrival is not Arrival.SHORT:
        to = chain.person(principal.user_id, principal.name)
        chain.add_link(
            session,
            principal,
            sample_id,
            cause=Cause.RECEIVED,
            to=to,
            condition=condition,
            note=f"At {shipment.recipient}" if shipment.to_site_id else "",
            seal=shipment.seal,
            document=shipment.document,
        )
        samples_service.set_custody(
            session, principal, sample_id=sample_id, custody=Custody.HAND_TRAY
        )
    event = SampleArrived(
        aggregate_id=sample_id,
        shipment=code_of(shipment),
        arrival=arrival.value,
        condition=condition,
    )
    events_service.record(session, principal, event)


def _promise(session: WriteSession, sample_id: SampleId, reason: str) -> None:
    session.add(CustodyBlock(sample_id=sample_id, reason=reason))
    session.flush()


def _free(session: WriteSession, sample_id: SampleId) -> str:
    """Lift the promise to the shipment and return its sentence."""
    return session.scalars(
        delete(CustodyBlock)
        .where(CustodyBlock.sample_id == sample_id)
        .returning(CustodyBlock.reason)
        .execution_options(synchronize_session="fetch")
    ).one()


def _record(session: WriteSession, principal: Principal, shipment: Shipment) -> None:
    session.flush()
    event = ShipmentMoved(
        aggregate_id=shipment.id,
        code=code_of(shipment),
        state=shipment.state.value,
        samples=len(_lines(session, shipment)),
    )
    events_service.record(session, principal, event)
