"""Who holds what: a sample's chain, hand-overs, checkouts, and the gaps in the record."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission, UserId
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.custody import queries, service
from backend.custody.ids import Cause, GapKind, OfferId
from backend.custody.service import Returned
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId

_MOST = 200
_BARCODES = Field(default=None, min_length=1, max_length=_MOST)


class LinkOut(ApiOutput):
    """One change of hands; seal and document are those of the parcel it travelled in."""

    number: int
    at: datetime
    cause: Cause
    from_label: str
    to_label: str
    condition: str
    temperature_c: float | None
    note: str
    seal: str
    document: str
    actor_name: str


class ChainOut(ApiOutput):
    """Every change of hands of a sample, oldest first."""

    items: list[LinkOut]


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
    barcodes: list[str] = Field(min_length=1, max_length=_MOST)
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


class CheckOutIn(ApiInput):
    """What a sample is taken for, until when, and at which temperature it is kept."""

    purpose: str = Field(min_length=1, max_length=300)
    due_on: date
    temperature_c: float | None = Field(default=None, allow_inf_nan=False)
    condition: str = Field(default="", max_length=300)


class CheckoutOut(ApiOutput):
    """A sample that is out."""

    id: UUID
    barcode: str
    name: str
    holder_id: UUID
    holder_name: str
    purpose: str
    out_at: datetime
    due_on: date
    is_overdue: bool


class CheckoutsOut(ApiOutput):
    """What is out, those due first at the top."""

    items: list[CheckoutOut]


class ReturnIn(ApiInput):
    """What was used, whether it thawed, and the bench if it does not go back to its position."""

    used_ul: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000)
    was_thawed: bool = False
    bench: str = Field(default="", max_length=60)


class ReturnedOut(ApiOutput):
    """Where the sample is now."""

    place: str


class GapOut(ApiOutput):
    """What is wrong with a sample's record, and what to do."""

    barcode: str
    kind: GapKind
    sentence: str
    opened_at: datetime


class GapsOut(ApiOutput):
    """The open gaps, oldest first."""

    items: list[GapOut]


def read_chain(call: Call) -> ChainOut:
    """Return every change of hands of a sample."""
    with reading() as session:
        key = samples_queries.sample_id_of(session, call.caller, call.path["barcode"])
        links = queries.chain_of(session, call.caller, key)
    return ChainOut(items=[LinkOut.model_validate(link) for link in links])


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
                sample_ids=[
                    samples_queries.sample_id_of(session, call.caller, code)
                    for code in sent.barcodes
                ],
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


def list_checkouts(call: Call) -> CheckoutsOut:
    """Return what is out."""
    with reading() as session:
        found = queries.checked_out(session, call.caller)
    return CheckoutsOut(items=[CheckoutOut.model_validate(out) for out in found])


def check_out(call: Call) -> object:
    """Take a sample for a purpose until a day."""
    sent = call.sent(CheckOutIn)
    with writing() as session:

        def make() -> CheckoutOut:
            key = samples_queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.check_out(
                session,
                call.caller,
                sample_id=key,
                purpose=sent.purpose,
                due_on=sent.due_on,
                temperature_c=sent.temperature_c,
                condition=sent.condition,
            )
            return CheckoutOut.model_validate(queries.checkout_of(session, call.caller, key))

        return once(session, call, make)


def return_sample(call: Call) -> object:
    """Bring a sample back and say what was used."""
    sent = call.sent(ReturnIn)
    with writing() as session:

        def make() -> ReturnedOut:
            key = samples_queries.sample_id_of(session, call.caller, call.path["barcode"])
            returned = Returned(used_ul=sent.used_ul, was_thawed=sent.was_thawed, bench=sent.bench)
            place = service.return_sample(session, call.caller, sample_id=key, returned=returned)
            return ReturnedOut(place=place)

        return once(session, call, make)


def list_gaps(call: Call) -> GapsOut:
    """Return the open gaps."""
    with reading() as session:
        found = queries.findings(session, call.caller)
    return GapsOut(items=[GapOut.model_validate(gap) for gap in found])


def _offer_id(call: Call) -> OfferId:
    return OfferId(call.key("offer_id"))


def _chosen(session: ReadSession, call: Call, barcodes: list[str] | None) -> list[SampleId] | None:
    if barcodes is None:
        return None
    return [samples_queries.sample_id_of(session, call.caller, code) for code in barcodes]


_TAG = "Custody"
_ONE = "/api/v1/samples/{barcode}"
_OFFERS = "/api/v1/custody/offers"
_HANDLE = Permission.CUSTODY_HANDLE
ROUTES = (
    Route(
        method="GET",
        path=f"{_ONE}/custody",
        handler=read_chain,
        access=Permission.SAMPLES_VIEW,
        summary="Who held a sample, oldest first, without a hole",
        tag=_TAG,
        answer=ChainOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/checkouts",
        handler=check_out,
        access=_HANDLE,
        summary="Take a sample for a purpose until a day",
        tag=_TAG,
        body=CheckOutIn,
        answer=CheckoutOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/returns",
        handler=return_sample,
        access=_HANDLE,
        summary="Bring a sample back, with what was used and whether it thawed",
        tag=_TAG,
        body=ReturnIn,
        answer=ReturnedOut,
        status=201,
        once=True,
    ),
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
    Route(
        method="GET",
        path="/api/v1/custody/checkouts",
        handler=list_checkouts,
        access=Permission.SAMPLES_VIEW,
        summary="What is out, with whom, what for and until when",
        tag=_TAG,
        answer=CheckoutsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/custody/gaps",
        handler=list_gaps,
        access=Permission.SAMPLES_VIEW,
        summary="Where the record and the rules differ",
        tag=_TAG,
        answer=GapsOut,
    ),
)
