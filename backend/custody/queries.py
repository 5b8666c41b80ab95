"""Reading custody: a sample's chain, one's own tubes and offers, what is out, what is wrong."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from backend.auth import queries as auth_queries
from backend.auth.ids import Role
from backend.auth.models import User
from backend.auth.rules import PERMISSIONS_OF
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession
from backend.custody import incoming_queries, shipment_queries
from backend.custody.ids import Arrival, CheckoutId, OfferId, OfferState, PartyKind, ShipmentState
from backend.custody.incoming_models import Incoming
from backend.custody.models import (
    CustodyCheckout,
    CustodyEvent,
    CustodyFinding,
    CustodyOffer,
    CustodyOfferLine,
    Shipment,
    ShipmentLine,
)
from backend.custody.rules import Observed
from backend.custody.views import (
    ChainLink,
    CheckoutView,
    CustodyCounts,
    FindingView,
    HeldTube,
    OfferView,
    Receiver,
)
from backend.samples import queries as samples_queries
from backend.samples.custody_models import CustodyBlock
from backend.samples.errors import SampleNotFound
from backend.samples.ids import Custody, Lifecycle, SampleId
from backend.samples.models import Sample, SampleHold
from backend.storage.models import Placement

MOST = 500
_HERE = (Lifecycle.RECEIVED, Lifecycle.ACCEPTED, Lifecycle.IN_PROCESS, Lifecycle.COMPLETED)
_OUT = (Custody.CHECKED_OUT, Custody.ON_BENCH, Custody.HAND_TRAY)
Later = aliased(CustodyEvent, name="later")


def chain_of(session: ReadSession, principal: Principal, sample_id: SampleId) -> list[ChainLink]:
    """Return every change of hands of a sample, oldest first.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    seen = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    if session.scalar(seen.where(Sample.id == sample_id)) is None:
        raise SampleNotFound("There is no such sample among yours.")
    links = session.scalars(
        select(CustodyEvent)
        .where(CustodyEvent.sample_id == sample_id)
        .order_by(CustodyEvent.number)
    )
    return [
        ChainLink(
            number=link.number,
            at=link.at,
            cause=link.cause,
            from_label=link.from_label,
            to_label=link.to_label,
            condition=link.condition,
            temperature_c=link.temperature_c,
            note=link.note,
            seal=link.seal,
            document=link.document,
            actor_name=link.actor_name,
        )
        for link in links
    ]


def held(session: ReadSession, principal: Principal) -> list[HeldTube]:
    """Return the tubes in the principal's hands, longest held first, at most MOST."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.execute(
        _held(principal)
        .with_only_columns(
            Sample.id, Sample.barcode, Sample.name, CustodyEvent.at, CustodyEvent.cause, _promised()
        )
        .order_by(CustodyEvent.at, Sample.id)
        .limit(MOST)
    )
    return [
        HeldTube(sample_id=key, barcode=code, name=name, since=at, cause=cause, is_offered=offered)
        for key, code, name, at, cause, offered in rows
    ]


def offers(session: ReadSession, principal: Principal) -> list[OfferView]:
    """Return open offers from and to the principal, oldest first."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.scalars(
        select(CustodyOffer)
        .where(
            CustodyOffer.state == OfferState.OPEN,
            or_(CustodyOffer.to_id == principal.user_id, CustodyOffer.from_id == principal.user_id),
        )
        .order_by(CustodyOffer.offered_at, CustodyOffer.id)
        .limit(MOST)
    ).all()
    barcodes = _barcodes(session, [row.id for row in rows])
    return [
        OfferView(
            id=OfferId(row.id),
            from_id=UserId(row.from_id),
            from_name=row.from_name,
            to_id=UserId(row.to_id),
            to_name=row.to_name,
            condition=row.condition,
            note=row.note,
            offered_at=row.offered_at,
            barcodes=tuple(barcodes[row.id]),
        )
        for row in rows
    ]


def checked_out(session: ReadSession, principal: Principal) -> list[CheckoutView]:
    """Return visible tubes that are out, those due first at the top, at most MOST."""
    principal.require(Permission.SAMPLES_VIEW)
    today = auth_queries.laboratory_day(session)
    rows = session.execute(
        _out(principal).order_by(CustodyCheckout.due_on, CustodyCheckout.id).limit(MOST)
    )
    return [
        CheckoutView(
            id=CheckoutId(out.id),
            barcode=barcode,
            name=name,
            holder_id=UserId(out.holder_id),
            holder_name=out.holder_name,
            purpose=out.purpose,
            out_at=out.out_at,
            due_on=out.due_on,
            is_overdue=out.due_on < today,
        )
        for out, barcode, name in rows
    ]


def checkout_of(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> CheckoutView | None:
    """Return the open checkout of a visible sample."""
    principal.require(Permission.SAMPLES_VIEW)
    row = session.execute(_out(principal).where(Sample.id == sample_id)).one_or_none()
    if row is None:
        return None
    out, barcode, name = row
    return CheckoutView(
        id=CheckoutId(out.id),
        barcode=barcode,
        name=name,
        holder_id=UserId(out.holder_id),
        holder_name=out.holder_name,
        purpose=out.purpose,
        out_at=out.out_at,
        due_on=out.due_on,
        is_overdue=out.due_on < auth_queries.laboratory_day(session),
    )


def findings(session: ReadSession, principal: Principal) -> list[FindingView]:
    """Return the open gaps of visible samples, oldest first, at most MOST."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.execute(
        _gaps(principal).order_by(CustodyFinding.opened_at, CustodyFinding.id).limit(MOST)
    )
    return [
        FindingView(barcode=barcode, kind=row.kind, sentence=row.sentence, opened_at=row.opened_at)
        for row, barcode in rows
    ]


def counts(session: ReadSession, principal: Principal) -> CustodyCounts:
    """Return how much each view holds."""
    principal.require(Permission.SAMPLES_VIEW)
    out, today = _out(principal), auth_queries.laboratory_day(session)
    waiting = select(CustodyOffer.id).where(
        CustodyOffer.state == OfferState.OPEN, CustodyOffer.to_id == principal.user_id
    )
    return CustodyCounts(
        held=_count(session, _held(principal).with_only_columns(Sample.id)),
        waiting=_count(session, waiting),
        out=_count(session, out.with_only_columns(Sample.id)),
        overdue=_count(
            session, out.with_only_columns(Sample.id).where(CustodyCheckout.due_on < today)
        ),
        gaps=_count(session, _gaps(principal).with_only_columns(CustodyFinding.id)),
        shipments=_count(
            session,
            shipment_queries.visible_shipments(principal)
            .with_only_columns(Shipment.id)
            .where(Shipment.closed_at.is_(None)),
        ),
        incoming=incoming_queries.how_many(session, principal)
        + _count(session, _between_sites(principal)),
        late_shipments=_count(
            session, shipment_queries.late(principal, today).with_only_columns(Shipment.id)
        ),
        late_incoming=_count(
            session, incoming_queries.late(principal, today).with_only_columns(Incoming.id)
        ),
    )


def receivers(session: ReadSession, principal: Principal) -> list[Receiver]:
    """Return the active people other than the principal who handle samples, by name."""
    principal.require(Permission.CUSTODY_HANDLE)
    roles = [role for role in Role if Permission.CUSTODY_HANDLE in PERMISSIONS_OF[role]]
    people = auth_queries.users_with_permission(session, roles)
    rows = session.execute(
        select(User.id, User.name)
        .where(User.id.in_(people), User.id != principal.user_id)
        .order_by(User.name, User.id)
    )
    return [Receiver(id=UserId(key), name=name) for key, name in rows]


def observed(session: ReadSession) -> Sequence[Observed]:
    """Return what is on record of every tube that the detector's rules could find fault with."""
    last = (
        select(CustodyEvent.sample_id, CustodyEvent.to_label, CustodyEvent.at)
        .ext(distinct_on(CustodyEvent.sample_id))
        .order_by(CustodyEvent.sample_id, CustodyEvent.number.desc())
        .subquery("last")
    )
    offered = (
        select(CustodyOfferLine.sample_id, CustodyOffer.offered_at)
        .join(CustodyOffer, CustodyOffer.id == CustodyOfferLine.offer_id)
        .where(CustodyOfferLine.answer.is_(None))
        .subquery("offered")
    )
    stands = exists().where(Placement.sample_id == Sample.id, Placement.removed_at.is_(None))
    rows = session.execute(
        select(
            Sample.id,
            Sample.barcode,
            Sample.custody,
            stands,
            last.c.to_label,
            func.coalesce(last.c.at, Sample.state_since),
            CustodyCheckout.due_on,
            offered.c.offered_at,
            _expected_on(),
            _arrived_damaged(),
        )
        .outerjoin(last, last.c.sample_id == Sample.id)
        .outerjoin(offered, offered.c.sample_id == Sample.id)
        .outerjoin(
            CustodyCheckout,
            and_(CustodyCheckout.sample_id == Sample.id, CustodyCheckout.returned_at.is_(None)),
        )
        .where(
            Sample.lifecycle.in_(_HERE),
            or_(
                Sample.custody.in_(_OUT),
                (Sample.custody == Custody.IN_STORAGE) != stands,
                offered.c.sample_id.is_not(None),
                Sample.custody == Custody.SHIPPED,
                _arrived_damaged(),
                and_(Sample.custody == Custody.NOT_PLACED, last.c.sample_id.is_(None)),
            ),
        )
    )
    return [
        Observed(
            sample_id=key,
            barcode=barcode,
            custody=custody.value,
            stands=is_standing,
            holder=holder,
            since=since,
            due_on=due_on,
            offered_at=offered_at,
            expected_on=expected_on,
            arrived_damaged=is_damaged,
        )
        for (
            key,
            barcode,
            custody,
            is_standing,
            holder,
            since,
            due_on,
            offered_at,
            expected_on,
            is_damaged,
        ) in rows
    ]


def _between_sites(principal: Principal) -> Select[UUID]:
    return (
        shipment_queries.visible_shipments(principal)
        .with_only_columns(Shipment.id)
        .where(Shipment.state == ShipmentState.SHIPPED, Shipment.to_site_id.is_not(None))
    )


def _held(principal: Principal) -> Select[Sample]:
    newer = exists().where(
        Later.sample_id == CustodyEvent.sample_id, Later.number > CustodyEvent.number
    )
    return (
        samples_queries.visible_samples(principal)
        .join(CustodyEvent, CustodyEvent.sample_id == Sample.id)
        .where(
            CustodyEvent.to_id == principal.user_id,
            CustodyEvent.to_kind == PartyKind.PERSON,
            ~newer,
        )
    )


def _promised() -> ColumnElement[bool]:
    return exists().where(CustodyBlock.sample_id == Sample.id)


def _out(principal: Principal) -> Select[CustodyCheckout, str, str]:
    return samples_queries.only_visible(
        select(CustodyCheckout, Sample.barcode, Sample.name)
        .join(Sample, Sample.id == CustodyCheckout.sample_id)
        .where(CustodyCheckout.returned_at.is_(None)),
        principal,
        Sample.project_id,
    )


def _gaps(principal: Principal) -> Select[CustodyFinding, str]:
    return samples_queries.only_visible(
        select(CustodyFinding, Sample.barcode)
        .join(Sample, Sample.id == CustodyFinding.sample_id)
        .where(CustodyFinding.closed_at.is_(None)),
        principal,
        Sample.project_id,
    )


def _expected_on() -> ScalarSelect[date | None]:
    return (
        select(Shipment.expected_on)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(ShipmentLine.sample_id == Sample.id)
        .order_by(Shipment.number.desc())
        .limit(1)
        .correlate(Sample)
        .scalar_subquery()
    )


def _arrived_damaged() -> ColumnElement[bool]:
    wrong = (Arrival.DAMAGED, Arrival.WRONG_LABEL)
    held = exists().where(
        SampleHold.sample_id == Sample.id, SampleHold.set_at >= ShipmentLine.arrived_at
    )
    return exists().where(
        ShipmentLine.sample_id == Sample.id, ShipmentLine.arrival.in_(wrong), ~held
    )


def _count(session: ReadSession, rows: Select[UUID]) -> int:
    return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0


def _barcodes(session: ReadSession, offer_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(CustodyOfferLine.offer_id, Sample.barcode)
        .join(Sample, Sample.id == CustodyOfferLine.sample_id)
        .where(CustodyOfferLine.offer_id.in_(offer_ids), CustodyOfferLine.answer.is_(None))
        .order_by(Sample.barcode)
    )
    for offer_id, barcode in rows:
        found[offer_id].append(barcode)
    return found
