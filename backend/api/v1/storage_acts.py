"""Steps in storage: placing, moving, taking out, taking back. Plans: storage_plans.py."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.storage import StayOut, StaysOut, stay_out
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import writing
from backend.samples import queries as samples_queries
from backend.storage import box_queries, queries, service
from backend.storage.block_rules import MOST_TOGETHER
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, PlacementId, PlacementSource
from backend.storage.rules import Position, parse_position
from backend.storage.views import BoxView


class UndoneOut(ApiOutput):
    """Where the sample stands after the step was taken back; null when nowhere."""

    stands: StayOut | None


class PlaceIn(ApiInput):
    """A sample, a box, and the position in it; without one the first free position."""

    barcode: str = Field(min_length=1, max_length=64)
    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    position: str | None = Field(default=None, max_length=8, description="D7, for example.")


class MoveIn(ApiInput):
    """Samples for one box: from the position on, or from the first free one, in this order."""

    barcodes: list[str] = Field(min_length=1, max_length=MOST_TOGETHER)
    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    position: str | None = Field(default=None, max_length=8, description="D7, for example.")


class TakeOutIn(ApiInput):
    """A sample and why it leaves its position."""

    barcode: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=300)


def place(call: Call) -> object:
    """Put a sample that stands nowhere into a position."""
    sent = call.sent(PlaceIn)
    with writing() as session:

        def put() -> StayOut:
            box, spot = box_and_spot(session, call.caller, sent.box, sent.position)
            stay = service.place_sample(
                session,
                call.caller,
                sample_id=samples_queries.sample_id_of(session, call.caller, sent.barcode),
                box_id=box.id,
                row=spot.row if spot else None,
                column=spot.column if spot else None,
                source=PlacementSource.API,
            )
            return stay_out(stay)

        return once(session, call, put)


def move(call: Call) -> object:
    """Move samples into a box: all of them, or none."""
    sent = call.sent(MoveIn)
    with writing() as session:

        def carry() -> StaysOut:
            box, spot = box_and_spot(session, call.caller, sent.box, sent.position)
            stays = service.move_samples(
                session,
                call.caller,
                sample_ids=samples_queries.sample_ids_of(session, call.caller, sent.barcodes),
                box_id=box.id,
                row=spot.row if spot else None,
                column=spot.column if spot else None,
                source=PlacementSource.API,
            )
            return StaysOut(items=[stay_out(stay) for stay in stays])

        return once(session, call, carry)


def take_out(call: Call) -> object:
    """Take a sample out of its position."""
    sent = call.sent(TakeOutIn)
    with writing() as session:

        def take() -> StayOut:
            key = samples_queries.sample_id_of(session, call.caller, sent.barcode)
            stay = service.take_out(session, call.caller, sample_id=key, reason=sent.reason)
            return stay_out(stay)

        return once(session, call, take)


def undo(call: Call) -> object:
    """Take back the step that opened or closed a stay, within ten minutes."""
    with writing() as session:

        def back() -> UndoneOut:
            key = PlacementId(call.key("placement_id"))
            stay = service.undo_placement(session, call.caller, placement_id=key)
            return UndoneOut(stands=stay_out(stay) if stay else None)

        return once(session, call, back)


def box_and_spot(
    session: ReadSession, caller: Principal, code: str, position: str | None
) -> tuple[BoxView, Position | None]:
    """Return the box that a path or barcode names, and the position in it where one is named.

    Raises:
        NodeNotFound, NotABox: no such box.
        InvalidInput: the box has no such position.
    """
    node = queries.find_node(session, caller, code)
    if node is None:
        raise NodeNotFound(f"There is no box “{code}”. Give its path or its barcode.")
    box = box_queries.get_box(session, caller, NodeId(node.id))
    if position is None:
        return box, None
    spot = parse_position(position, box.shape)
    if spot is None:
        raise InvalidInput(
            f"{box.path} is {box.shape.words} and has no position {position}.",
            fields={"position": "Give a position of the box, such as A1."},
        )
    return box, spot


_TAG = "Storage"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/placements",
        handler=place,
        access=Permission.STORAGE_PLACE,
        summary="Put a sample that stands nowhere into a box",
        tag=_TAG,
        body=PlaceIn,
        answer=StayOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/placements/{placement_id}/undo",
        handler=undo,
        access=Permission.STORAGE_PLACE,
        summary="Take the step back that opened or closed a stay",
        tag=_TAG,
        answer=UndoneOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/moves",
        handler=move,
        access=Permission.STORAGE_PLACE,
        summary="Move samples into a box, all or none",
        tag=_TAG,
        body=MoveIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/take-outs",
        handler=take_out,
        access=Permission.STORAGE_PLACE,
        summary="Take a sample out of its position, with the reason",
        tag=_TAG,
        body=TakeOutIn,
        answer=StayOut,
        status=201,
        once=True,
    ),
)
