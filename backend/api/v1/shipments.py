"""Shipments: a packing list, a carrier, and an outcome for every sample."""

from datetime import date
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.custody import service, shipment_queries
from backend.custody.ids import Arrival, ShipmentId, ShipmentState
from backend.custody.service import Dispatch
from backend.samples import queries as samples_queries
from backend.samples.ids import MaterialType


class ShipmentIn(ApiInput):
    """Who it goes to, and in what condition it travels.

    Between two of the laboratory's own sites both are named by their keys (storage/places), and
    the recipient is the site that receives.
    """

    recipient: str = Field(default="", max_length=200)
    condition: str = Field(default="", max_length=300)
    from_site_id: UUID | None = None
    to_site_id: UUID | None = None


class TubeIn(ApiInput):
    """A sample by its barcode."""

    barcode: str = Field(min_length=1, max_length=64)


class DispatchIn(ApiInput):
    """Who carries it, under which numbers, and when it should be there."""

    carrier: str = Field(min_length=1, max_length=200)
    expected_on: date
    tracking: str = Field(default="", max_length=200)
    seal: str = Field(default="", max_length=200)
    document: str = Field(default="", max_length=200)


class ArrivalIn(ApiInput):
    """A sample that arrived, and what is wrong with it."""

    barcode: str = Field(min_length=1, max_length=64)
    arrival: Arrival = Arrival.EXPECTED
    condition: str = Field(default="", max_length=300)


class OverIn(ApiInput):
    """A code that is not on the packing list."""

    code: str = Field(min_length=1, max_length=64)


class FinishIn(ApiInput):
    """Whether what was not scanned is missing."""

    missing_are_short: bool = False


class ShipmentLineOut(ApiOutput):
    """A sample on the packing list; ``arrival`` is null until it has an outcome."""

    barcode: str
    name: str
    material: MaterialType
    volume_ul: float | None
    arrival: Arrival | None
    condition: str


class ShipmentOut(ApiOutput):
    """A shipment; in a list its lines are empty. ``over``: scanned and not on the list."""

    id: UUID
    code: str
    recipient: str
    condition: str
    state: ShipmentState
    carrier: str
    tracking: str
    seal: str
    document: str
    expected_on: date | None
    is_late: bool
    from_site: str | None
    created_by_name: str
    samples: int
    arrived: int
    lines: list[ShipmentLineOut]
    over: list[str]


class ShipmentsOut(ApiOutput):
    """The shipments, newest first."""

    items: list[ShipmentOut]


def list_shipments(call: Call) -> ShipmentsOut:
    """Return the shipments that the caller may see."""
    with reading() as session:
        found = shipment_queries.shipments(session, call.caller)
    return ShipmentsOut(items=[ShipmentOut.model_validate(each) for each in found])


def read_shipment(call: Call) -> ShipmentOut:
    """Return a shipment with its packing list."""
    with reading() as session:
        return _shown(session, call, call.path["code"])


def open_shipment(call: Call) -> object:
    """Begin a packing list."""
    sent = call.sent(ShipmentIn)
    with writing() as session:

        def make() -> ShipmentOut:
            code = service.open_shipment(
                session,
                call.caller,
                recipient=sent.recipient,
                condition=sent.condition,
                from_site_id=sent.from_site_id,
                to_site_id=sent.to_site_id,
            )
            return _shown(session, call, code)

        return once(session, call, make)


def pack(call: Call) -> object:
    """Lay a sample into a shipment."""
    sent = call.sent(TubeIn)
    with writing() as session:

        def make() -> ShipmentOut:
            key = samples_queries.sample_id_of(session, call.caller, sent.barcode)
            service.pack_sample(
                session, call.caller, shipment_id=_key(session, call), sample_id=key
            )
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def unpack(call: Call) -> object:
    """Take a sample out of a shipment again."""
    sent = call.sent(TubeIn)
    with writing() as session:

        def make() -> ShipmentOut:
            key = samples_queries.sample_id_of(session, call.caller, sent.barcode)
            service.unpack_sample(
                session, call.caller, shipment_id=_key(session, call), sample_id=key
            )
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def close(call: Call) -> object:
    """Say that everything is packed."""
    with writing() as session:

        def make() -> ShipmentOut:
            service.close_box(session, call.caller, shipment_id=_key(session, call))
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def dispatch(call: Call) -> object:
    """Give a shipment to its carrier."""
    sent = call.sent(DispatchIn)
    with writing() as session:

        def make() -> ShipmentOut:
            given = Dispatch(
                carrier=sent.carrier,
                tracking=sent.tracking,
                seal=sent.seal,
                document=sent.document,
                expected_on=sent.expected_on,
            )
            service.ship(session, call.caller, shipment_id=_key(session, call), dispatch=given)
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def arrive(call: Call) -> object:
    """Say that a sample arrived, and how."""
    sent = call.sent(ArrivalIn)
    with writing() as session:

        def make() -> ShipmentOut:
            service.receive_sample(
                session,
                call.caller,
                shipment_id=_key(session, call),
                sample_id=samples_queries.sample_id_of(session, call.caller, sent.barcode),
                arrival=sent.arrival,
                condition=sent.condition,
            )
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def note_over(call: Call) -> object:
    """Keep a code that is not on the packing list."""
    sent = call.sent(OverIn)
    with writing() as session:

        def make() -> ShipmentOut:
            service.note_over(session, call.caller, shipment_id=_key(session, call), code=sent.code)
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def finish(call: Call) -> object:
    """Close a shipment whose every sample has an outcome."""
    sent = call.sent(FinishIn)
    with writing() as session:

        def make() -> ShipmentOut:
            service.finish(
                session,
                call.caller,
                shipment_id=_key(session, call),
                missing_are_short=sent.missing_are_short,
            )
            return _shown(session, call, call.path["code"])

        return once(session, call, make)


def _shown(session: ReadSession, call: Call, code: str) -> ShipmentOut:
    found = shipment_queries.get_shipment(session, call.caller, code)
    return ShipmentOut.model_validate(found)


def _key(session: ReadSession, call: Call) -> ShipmentId:
    return shipment_queries.get_shipment(session, call.caller, call.path["code"]).id


_TAG = "Custody"
_MANAGE = Permission.SHIPMENTS_MANAGE
_ALL = "/api/v1/shipments"
_ONE = f"{_ALL}/{{code}}"


def _acts() -> tuple[Route, ...]:
    return tuple(
        Route(
            method="POST",
            path=f"{_ONE}/{act}",
            handler=handler,
            access=_MANAGE,
            summary=summary,
            tag=_TAG,
            body=body,
            answer=ShipmentOut,
            status=201,
            once=True,
        )
        for act, handler, body, summary in (
            ("pack", pack, TubeIn, "Lay a sample into the box"),
            ("unpack", unpack, TubeIn, "Take a sample out of the box again"),
            ("close", close, None, "Say that everything is packed; the list is fixed"),
            ("dispatch", dispatch, DispatchIn, "Give the shipment to its carrier"),
            ("arrivals", arrive, ArrivalIn, "Say that a sample arrived, and how"),
            ("over", note_over, OverIn, "Keep a code that is not on the packing list"),
            ("finish", finish, FinishIn, "Close a shipment; every sample has an outcome"),
        )
    )


ROUTES = (
    Route(
        method="GET",
        path=_ALL,
        handler=list_shipments,
        access=Permission.SAMPLES_VIEW,
        summary="Shipments and where they stand, newest first",
        tag=_TAG,
        answer=ShipmentsOut,
    ),
    Route(
        method="POST",
        path=_ALL,
        handler=open_shipment,
        access=_MANAGE,
        summary="Begin a packing list",
        tag=_TAG,
        body=ShipmentIn,
        answer=ShipmentOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=read_shipment,
        access=Permission.SAMPLES_VIEW,
        summary="One shipment with its packing list",
        tag=_TAG,
        answer=ShipmentOut,
    ),
    *_acts(),
)
