"""Parcels that are expected from outside: announced, received by scan, closed."""

from datetime import date
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.custody import expecting, incoming_queries, service
from backend.custody.ids import Arrival, IncomingId, IncomingState
from backend.custody.service import Announcement


class AnnouncementIn(ApiInput):
    """What is known before a parcel comes; ``codes`` are barcodes or names."""

    project: str = Field(min_length=1, max_length=40)
    sender: str = Field(min_length=1, max_length=200)
    expected_on: date
    codes: list[str] = Field(min_length=1, max_length=expecting.MOST)
    carrier: str = Field(default="", max_length=200)
    tracking: str = Field(default="", max_length=200)
    seal: str = Field(default="", max_length=200)
    document: str = Field(default="", max_length=200)


class ScanIn(ApiInput):
    """A code that was scanned, or a name that was ticked, and what is wrong with the tube."""

    code: str = Field(min_length=1, max_length=200)
    arrival: Arrival = Arrival.EXPECTED
    condition: str = Field(default="", max_length=300)


class ClosingIn(ApiInput):
    """Whether what was not scanned is missing."""

    missing_are_short: bool = False


class IncomingLineOut(ApiOutput):
    """A tube that the sender named; ``barcode`` is that of the sample that carries its code."""

    code: str
    barcode: str | None
    arrival: Arrival | None
    condition: str


class IncomingOut(ApiOutput):
    """A parcel; in a list its lines are empty. ``over``: scanned and not named by the sender."""

    id: UUID
    code: str
    project: str
    sender: str
    carrier: str
    tracking: str
    seal: str
    document: str
    expected_on: date
    is_late: bool
    state: IncomingState
    created_by_name: str
    named: int
    arrived: int
    lines: list[IncomingLineOut]
    over: list[str]


class IncomingsOut(ApiOutput):
    """The parcels, those that are expected first."""

    items: list[IncomingOut]


def list_incoming(call: Call) -> IncomingsOut:
    """Return the parcels that the caller may see."""
    with reading() as session:
        found = incoming_queries.expected(session, call.caller)
    return IncomingsOut(items=[IncomingOut.model_validate(each) for each in found])


def read_incoming(call: Call) -> IncomingOut:
    """Return a parcel with what its sender named."""
    with reading() as session:
        return _shown(session, call, call.path["parcel"])


def announce(call: Call) -> object:
    """Write down a parcel that is expected."""
    sent = call.sent(AnnouncementIn)
    with writing() as session:

        def make() -> IncomingOut:
            announced = Announcement(**sent.model_dump())
            code = service.announce(session, call.caller, announced=announced)
            return _shown(session, call, code)

        return once(session, call, make)


def scan(call: Call) -> object:
    """Say that a tube arrived; one that nobody named is kept as over."""
    sent = call.sent(ScanIn)
    with writing() as session:

        def make() -> IncomingOut:
            service.scan_incoming(
                session,
                call.caller,
                incoming_id=_key(session, call),
                code=sent.code,
                arrival=sent.arrival,
                condition=sent.condition,
            )
            return _shown(session, call, call.path["parcel"])

        return once(session, call, make)


def close(call: Call) -> object:
    """Close a parcel whose every tube has an outcome."""
    sent = call.sent(ClosingIn)
    with writing() as session:

        def make() -> IncomingOut:
            service.close_incoming(
                session,
                call.caller,
                incoming_id=_key(session, call),
                missing_are_short=sent.missing_are_short,
            )
            return _shown(session, call, call.path["parcel"])

        return once(session, call, make)


def _shown(session: ReadSession, call: Call, code: str) -> IncomingOut:
    return IncomingOut.model_validate(incoming_queries.get_incoming(session, call.caller, code))


def _key(session: ReadSession, call: Call) -> IncomingId:
    return incoming_queries.get_incoming(session, call.caller, call.path["parcel"]).id


_TAG = "Custody"
_ALL = "/api/v1/incoming"
_ONE = f"{_ALL}/{{parcel}}"
ROUTES = (
    Route(
        method="GET",
        path=_ALL,
        handler=list_incoming,
        access=Permission.SAMPLES_VIEW,
        summary="Parcels from outside, those that are expected first",
        tag=_TAG,
        answer=IncomingsOut,
    ),
    Route(
        method="POST",
        path=_ALL,
        handler=announce,
        access=Permission.SHIPMENTS_MANAGE,
        summary="Announce a parcel with what should be in it",
        tag=_TAG,
        body=AnnouncementIn,
        answer=IncomingOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=read_incoming,
        access=Permission.SAMPLES_VIEW,
        summary="One parcel with what its sender named and what came besides",
        tag=_TAG,
        answer=IncomingOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/scans",
        handler=scan,
        access=Permission.SHIPMENTS_MANAGE,
        summary="Say that a tube arrived, and how; a strange one is kept as over",
        tag=_TAG,
        body=ScanIn,
        answer=IncomingOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/close",
        handler=close,
        access=Permission.SHIPMENTS_MANAGE,
        summary="Close a parcel; every tube has an outcome",
        tag=_TAG,
        body=ClosingIn,
        answer=IncomingOut,
        status=201,
        once=True,
    ),
)
