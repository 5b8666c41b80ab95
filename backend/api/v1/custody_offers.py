"""Hand-overs between people: offered, then accepted, declined or withdrawn."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission, UserId
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.custody import offering, queries, service
from backend.custody.ids import OfferId
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId

_BARCODES = Field(default=None, min_length=1, max_length=offering.MOST)


class PersonOut(ApiOutput):
    """Somebody to whom samples may be offered."""

    id: UUID
    name: str


class PeopleOut(ApiOutput):
    """Who handles samples, by name, without the caller."""

    items: list[PersonOut]


class OfferIn(ApiInput):
    """Samples that the caller holds, and to whom they go."""

    to_id: UUID
    barcodes: list[str] = Field(min_length=1, max_length=offering.MOST)
    condition: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=500)


class OfferMadeOut(ApiOutput):
    """The key of an offer; its samples stay with the giver until they are accepted."""

    id: UUID


class OfferOut(ApiOutput):
    """An open offer from or to the caller; ``barcodes`` are those that wait for an answer."""

    id: UUID
    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    condition: str
    note: str
    offered_at: datetime
    barcodes: list[str]


class OffersOut(ApiOutput):
    """The caller's open offers, oldest first."""

    items: list[OfferOut]


class AcceptIn(ApiInput):
    """Which samples; without any, all that wait."""

    barcodes: list[str] | None = _BARCODES


class DeclineIn(ApiInput):
    """Why, and which samples; without any, all that wait."""

    reason: str = Field(min_length=1, max_length=300)
    barcodes: list[str] | None = _BARCODES


class AnsweredOut(ApiOutput):
    """How many samples the answer was about."""

    samples: int


def list_receivers(call: Call) -> PeopleOut:
    """Return to whom samples may be offered."""
    with reading() as session:
        people = queries.receivers(session, call.caller)
    return PeopleOut(items=[PersonOut.model_validate(person) for person in people])


def list_offers(call: Call) -> OffersOut:
    """Return the open offers from and to the caller."""
    with reading() as session:
        found = queries.offers(session, call.caller)
    return OffersOut(items=[OfferOut.model_validate(offer) for offer in found])


def offer(call: Call) -> object:
    """Offer samples to somebody."""
    sent = call.sent(OfferIn)
    with writing() as session:

        def make() -> OfferMadeOut:
            key = service.offer_samples(
                session,
                call.caller,
                sample_ids=samples_queries.sample_ids_of(session, call.caller, sent.barcodes),
                to_id=UserId(sent.to_id),
                condition=sent.condition,
                note=sent.note,
            )
            return OfferMadeOut(id=key)

        return once(session, call, make)


def accept(call: Call) -> object:
    """Take over what is offered."""
    sent = call.sent(AcceptIn)
    with writing() as session:

        def make() -> AnsweredOut:
            chosen = _chosen(session, call, sent.barcodes)
            count = service.accept_offer(
                session, call.caller, offer_id=_offer_id(call), sample_ids=chosen
            )
            return AnsweredOut(samples=count)

        return once(session, call, make)


def decline(call: Call) -> object:
    """Leave what is offered with the giver."""
    sent = call.sent(DeclineIn)
    with writing() as session:

        def make() -> AnsweredOut:
            chosen = _chosen(session, call, sent.barcodes)
            count = service.decline_offer(
                session,
                call.caller,
                offer_id=_offer_id(call),
                reason=sent.reason,
                sample_ids=chosen,
            )
            return AnsweredOut(samples=count)

        return once(session, call, make)


def withdraw(call: Call) -> object:
    """Take back what nobody has answered."""
    with writing() as session:

        def make() -> AnsweredOut:
            count = service.withdraw_offer(session, call.caller, offer_id=_offer_id(call))
            return AnsweredOut(samples=count)

        return once(session, call, make)


def _offer_id(call: Call) -> OfferId:
    return OfferId(call.key("offer_id"))


def _chosen(session: ReadSession, call: Call, barcodes: list[str] | None) -> list[SampleId] | None:
    if barcodes is None:
        return None
    return samples_queries.sample_ids_of(session, call.caller, barcodes)


_TAG = "Custody"
_OFFERS = "/api/v1/custody/offers"
_HANDLE = Permission.CUSTODY_HANDLE
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/custody/receivers",
        handler=list_receivers,
        access=_HANDLE,
        summary="To whom samples may be offered",
        tag=_TAG,
        answer=PeopleOut,
    ),
    Route(
        method="GET",
        path=_OFFERS,
        handler=list_offers,
        access=Permission.SAMPLES_VIEW,
        summary="The caller's own open offers, given and received",
        tag=_TAG,
        answer=OffersOut,
    ),
    Route(
        method="POST",
        path=_OFFERS,
        handler=offer,
        access=_HANDLE,
        summary="Offer samples to somebody; they stay with the giver until accepted",
        tag=_TAG,
        body=OfferIn,
        answer=OfferMadeOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_OFFERS}/{{offer_id}}/accept",
        handler=accept,
        access=_HANDLE,
        summary="Take over what is offered: all of it, or the chosen samples",
        tag=_TAG,
        body=AcceptIn,
        answer=AnsweredOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_OFFERS}/{{offer_id}}/decline",
        handler=decline,
        access=_HANDLE,
        summary="Leave what is offered with the giver, with the reason",
        tag=_TAG,
        body=DeclineIn,
        answer=AnsweredOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_OFFERS}/{{offer_id}}/withdraw",
        handler=withdraw,
        access=_HANDLE,
        summary="Take back what nobody has answered",
        tag=_TAG,
        answer=AnsweredOut,
        status=201,
        once=True,
    ),
)
