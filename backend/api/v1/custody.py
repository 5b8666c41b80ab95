"""Who holds what: a sample's chain, checkouts, and the gaps in the record."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.custody import queries, service
from backend.custody.ids import Cause, GapKind
from backend.custody.service import Returned
from backend.samples import queries as samples_queries


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


_TAG = "Custody"
_ONE = "/api/v1/samples/{barcode}"
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
