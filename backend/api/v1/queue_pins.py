"""Pins of the sequencing queue: where a library has to go in every plan to come."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.queue_plans import queries, service
from backend.sequencing.queue_plans.ids import QueuePinId


class QueuePinIn(ApiInput):
    """A request, or one library of it, and a run; ``is_away`` keeps it off that run."""

    request: UUID
    library: str = Field(default="", max_length=64, description="barcode; empty is all of it")
    instrument: UUID
    start_at: AwareDatetime
    lane: int | None = Field(default=None, ge=1, le=96)
    flow_cell: str = Field(default="", max_length=60, description="key; empty is any size")
    is_away: bool = False


class QueuePinOut(ApiOutput):
    """A pin, kept for every plan to come."""

    id: UUID
    request_code: str
    barcode: str
    instrument: str
    start_at: datetime
    lane: int | None
    flow_cell: str
    is_away: bool
    made_by_name: str


class QueuePinsOut(ApiOutput):
    """The oldest first."""

    items: list[QueuePinOut]


def list_pins(call: Call) -> QueuePinsOut:
    """Return the pins of requests that wait."""
    with reading() as session:
        found = queries.list_pins(session, call.caller)
    return QueuePinsOut(items=[QueuePinOut.model_validate(each) for each in found])


def pin(call: Call) -> object:
    """Pin a request or a library of it for every plan to come."""
    sent = call.sent(QueuePinIn)
    with writing() as session:

        def do() -> QueuePinOut:
            library = None
            if sent.library:
                library = queries.find_library(session, call.caller, sent.request, sent.library)
            key = service.pin(
                session,
                call.caller,
                request_id=sent.request,
                instrument_id=sent.instrument,
                start_at=sent.start_at,
                sample_id=library,
                lane=sent.lane,
                flow_cell=sent.flow_cell,
                is_away=sent.is_away,
            )
            (made,) = [e for e in queries.list_pins(session, call.caller) if e.id == key]
            return QueuePinOut.model_validate(made)

        return once(session, call, do)


def unpin(call: Call) -> object:
    """Take a pin away."""
    with writing() as session:
        service.unpin(session, call.caller, pin_id=QueuePinId(call.key("pin_id")))
    return Answer(status=204)


_TAG = "Sequencing"

_PLAN = Permission.SEQUENCING_PLAN

_PINS = "/api/v1/sequencing/queue-pins"


ROUTES = (
    Route(
        method="GET",
        path=_PINS,
        handler=list_pins,
        access=_PLAN,
        summary="What is pinned for every plan to come",
        tag=_TAG,
        answer=QueuePinsOut,
    ),
    Route(
        method="POST",
        path=_PINS,
        handler=pin,
        access=_PLAN,
        summary="Pin a request or a library to a run or a lane, or away from a run",
        tag=_TAG,
        body=QueuePinIn,
        answer=QueuePinOut,
        status=201,
        once=True,
    ),
    Route(
        method="DELETE",
        path=f"{_PINS}/{{pin_id}}",
        handler=unpin,
        access=_PLAN,
        summary="Take a pin away",
        tag=_TAG,
        answer=None,
        status=204,
    ),
)
