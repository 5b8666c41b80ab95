"""Hand-over between two people: offered, then accepted, declined or withdrawn.

Exported by service.py. Whoever answers holds the offer's row, so of two who accept at once the
second finds the tubes answered.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.custody import chain, holding
from backend.custody.errors import NotOffered, OfferClosed, OfferNotFound, OfferRefused
from backend.custody.events import (
    OfferDeclined,
    OfferWithdrawn,
    SampleHandedOver,
    SamplesOffered,
)
from backend.custody.ids import Answer, Cause, OfferId, OfferState
from backend.custody.models import CustodyCheckout, CustodyOffer, CustodyOfferLine
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Sample

MOST = 200
_REASON_LENGTH = 300


def offer_samples(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    to_id: UserId,
    condition: str = "",
    note: str = "",
) -> OfferId:
    """Offer tubes that the principal holds to somebody; they go nowhere until that one answers.

    Raises:
        SampleNotFound, SamplePromised, HeldByAnother: a tube is not the principal's to give.
        OfferRefused: no tubes, or the receiver is oneself, may not handle or see them.
    """
    giver = _acting(principal)
    wanted = list(dict.fromkeys(sample_ids))
    if not 0 < len(wanted) <= MOST:
        raise OfferRefused(f"Offer 1 to {MOST} samples at a time; this names {len(wanted)}.")
    if to_id == giver:
        raise OfferRefused("You have them already.", fields={"to_id": "Choose somebody else."})
    samples = holding.lock_tubes(session, principal, wanted)
    receiver = _receiver(session, principal, to_id, wanted)
    for sample in samples:
        holding.take_in_hand(session, principal, sample)
    offer = CustodyOffer(
        from_id=giver,
        from_name=principal.name,
        to_id=to_id,
        to_name=receiver.name,
        condition=condition.strip(),
        note=note.strip(),
        offered_at=clock.utc_now(),
    )
    session.add(offer)
    session.flush()
    for sample in samples:
        session.add(CustodyOfferLine(offer_id=offer.id, sample_id=sample.id))
        reason = f"{sample.barcode} is offered to {receiver.name}, who has not answered."
        session.add(CustodyBlock(sample_id=sample.id, reason=reason[:_REASON_LENGTH]))
    session.flush()
    event = SamplesOffered(
        aggregate_id=offer.id,
        from_name=principal.name,
        to_id=to_id,
        to_name=receiver.name,
        samples=len(samples),
        note=offer.note,
    )
    events_service.record(session, principal, event)
    return OfferId(offer.id)


def accept_offer(
    session: WriteSession,
    principal: Principal,
    *,
    offer_id: OfferId,
    sample_ids: Collection[SampleId] | None = None,
) -> int:
    """Take over the tubes named, or all that wait; return how many. The rest goes on waiting.

    A checkout goes with its tube: who has it brings it back.

    Raises:
        OfferNotFound: no such offer to the principal.
        OfferClosed, NotOffered: answered meanwhile.
    """
    _acting(principal)
    offer = _lock_offer(session, principal, offer_id, as_receiver=True)
    lines = _answer(session, offer, sample_ids, Answer.ACCEPTED)
    for line in lines:
        sample_id = SampleId(line.sample_id)
        chain.add_link(
            session,
            principal,
            sample_id,
            cause=Cause.HANDED_OVER,
            to=chain.person(offer.to_id, offer.to_name),
            condition=offer.condition,
            note=offer.note,
        )
        session.execute(
            update(CustodyCheckout)
            .where(CustodyCheckout.sample_id == sample_id, CustodyCheckout.returned_at.is_(None))
            .values(holder_id=offer.to_id, holder_name=offer.to_name)
            .execution_options(synchronize_session=False)
        )
        samples_service.set_custody(
            session, principal, sample_id=sample_id, custody=Custody.HAND_TRAY
        )
        event = SampleHandedOver(
            aggregate_id=sample_id,
            offer_id=offer.id,
            from_name=offer.from_name,
            to_name=offer.to_name,
        )
        parties = {"from": offer.from_name, "to": offer.to_name}
        events_service.record(session, principal, event, new=parties, reason=offer.note or None)
    return len(lines)


def decline_offer(
    session: WriteSession,
    principal: Principal,
    *,
    offer_id: OfferId,
    reason: str,
    sample_ids: Collection[SampleId] | None = None,
) -> int:
    """Leave tubes with the giver and say why; return how many. Same errors as `accept_offer`.

    Raises:
        OfferRefused: no reason.
    """
    _acting(principal)
    why = reason.strip()
    if not 0 < len(why) <= _REASON_LENGTH:
        sentence = f"Write why, in at most {_REASON_LENGTH} characters."
        raise OfferRefused(sentence, fields={"reason": sentence})
    offer = _lock_offer(session, principal, offer_id, as_receiver=True)
    lines = _answer(session, offer, sample_ids, Answer.DECLINED, why)
    event = OfferDeclined(
        aggregate_id=offer.id,
        from_id=offer.from_id,
        to_name=offer.to_name,
        samples=len(lines),
        reason=why,
    )
    events_service.record(session, principal, event, reason=why)
    return len(lines)


def withdraw_offer(session: WriteSession, principal: Principal, *, offer_id: OfferId) -> int:
    """Take back what has not been answered; return how many tubes.

    Raises:
        OfferNotFound: no such offer by the principal.
        OfferClosed: everything has been answered.
    """
    _acting(principal)
    offer = _lock_offer(session, principal, offer_id, as_receiver=False)
    lines = _answer(session, offer, None, Answer.WITHDRAWN)
    event = OfferWithdrawn(aggregate_id=offer.id, samples=len(lines))
    events_service.record(session, principal, event)
    return len(lines)


def _acting(principal: Principal) -> UserId:
    principal.require(Permission.CUSTODY_HANDLE)
    if principal.user_id is None:
        raise PermissionDenied("Tubes pass between people. Sign in as the one who has them.")
    return principal.user_id


def _receiver(
    session: ReadSession, principal: Principal, to_id: UserId, sample_ids: Collection[SampleId]
) -> Principal:
    receiver = auth_service.principal_of_user(
        session, to_id, origin=principal.origin, request_id=principal.request_id
    )
    if receiver is None or not receiver.may(Permission.CUSTODY_HANDLE):
        sentence = "Choose somebody who handles samples."
        raise OfferRefused(sentence, fields={"to_id": sentence})
    seen = session.scalars(
        samples_queries.visible_samples(receiver)
        .with_only_columns(Sample.id)
        .where(Sample.id.in_(list(sample_ids)))
    ).all()
    if len(seen) < len(sample_ids):
        sentence = f"{receiver.name} does not see all of these samples' projects."
        raise OfferRefused(sentence, fields={"to_id": sentence})
    return receiver


def _lock_offer(
    session: WriteSession, principal: Principal, offer_id: OfferId, *, as_receiver: bool
) -> CustodyOffer:
    offer = session.scalars(
        select(CustodyOffer)
        .where(CustodyOffer.id == offer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if offer is None or principal.user_id != (offer.to_id if as_receiver else offer.from_id):
        raise OfferNotFound("There is no such offer of yours to answer.")
    if offer.state is OfferState.CLOSED:
        raise OfferClosed("Everything in this offer has been answered. Look at your list again.")
    return offer


def _answer(
    session: WriteSession,
    offer: CustodyOffer,
    sample_ids: Collection[SampleId] | None,
    answer: Answer,
    reason: str = "",
) -> list[CustodyOfferLine]:
    """Answer lines of a locked offer, free their tubes, and close the offer after the last."""
    open_lines = session.scalars(
        select(CustodyOfferLine)
        .where(CustodyOfferLine.offer_id == offer.id, CustodyOfferLine.answer.is_(None))
        .order_by(CustodyOfferLine.sample_id)
        .execution_options(populate_existing=True)
    ).all()
    wanted: set[UUID] = {line.sample_id for line in open_lines}
    if sample_ids is not None:
        strange = set(sample_ids) - wanted
        if strange or not sample_ids:
            raise NotOffered("Not all of these samples wait in this offer. Look at it again.")
        wanted = set(sample_ids)
    # Whoever moves a tube holds its row; so does the answer that frees it.
    session.execute(
        select(Sample.id)
        .where(Sample.id.in_(wanted))
        .order_by(Sample.id)
        .with_for_update(key_share=True)
    )
    now = clock.utc_now()
    answered = [line for line in open_lines if line.sample_id in wanted]
    for line in answered:
        line.answer, line.answered_at, line.reason = answer, now, reason
    if len(answered) == len(open_lines):
        offer.state, offer.closed_at = OfferState.CLOSED, now
    session.execute(delete(CustodyBlock).where(CustodyBlock.sample_id.in_(wanted)))
    session.flush()
    return answered
