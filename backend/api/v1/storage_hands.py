"""Tubes in hands, blocks of tubes and whole boxes that move. Single steps: storage_acts.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.storage import StayOut, StaysOut, stay_out
from backend.api.v1.storage_acts import box_and_spot
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.storage import box_undoing, hand_queries, queries, service
from backend.storage.block_rules import MOST_TOGETHER
from backend.storage.errors import NodeNotFound
from backend.storage.hand_views import HandTray, TrayItem
from backend.storage.ids import BlockId, Conflict, NodeId, PlacementSource
from backend.storage.views import BoxView


class InHandOut(ApiOutput):
    """A tube in a hand and where it came from; null where it stood nowhere."""

    sample_id: UUID
    barcode: str
    taken_at: datetime
    from_path: str | None
    from_position: str | None


class HandOut(ApiOutput):
    """What one person has in hand, the longest first."""

    items: list[InHandOut]


class PersonsHandOut(HandOut):
    """A hand with whose it is."""

    user_id: UUID
    user_name: str


class HandsOut(ApiOutput):
    """Whose hands hold what."""

    items: list[PersonsHandOut]


class TubesIn(ApiInput):
    """Some tubes, each by its barcode."""

    barcodes: list[str] = Field(min_length=1, max_length=MOST_TOGETHER)


class BlockIn(TubesIn):
    """Tubes for one box, and what becomes of those that stand where they are to go."""

    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    position: str | None = Field(
        default=None,
        max_length=8,
        description="Where the first one goes, D7 for example; without it the free positions.",
    )
    conflict: Conflict = Conflict.REFUSE


class BlockOut(ApiOutput):
    """What moving a block did; ``block_id`` takes it back."""

    block_id: UUID
    moved: list[StayOut]
    swapped: list[StayOut]
    in_hand: list[InHandOut]


class BlockUndoneOut(ApiOutput):
    """How many tubes are where they were before."""

    tubes: int


class BoxMoveIn(ApiInput):
    """A box and the rack that it goes to."""

    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    rack: str = Field(min_length=1, max_length=300, description="Path or barcode of the rack.")


class BoxMovedOut(ApiOutput):
    """Where a box stands now; ``move_id`` takes it back."""

    move_id: UUID | None
    path: str


def hand(call: Call) -> HandOut:
    """Tell what the caller has in hand."""
    with reading() as session:
        return HandOut(items=_items(hand_queries.get_tray(session, call.caller)))


def hands(call: Call) -> HandsOut:
    """Tell whose hands hold what."""
    with reading() as session:
        trays = hand_queries.trays(session, call.caller)
    return HandsOut(
        items=[
            PersonsHandOut(user_id=tray.user_id, user_name=tray.user_name, items=_items(tray))
            for tray in trays
        ]
    )


def take(call: Call) -> object:
    """Take tubes in hand: all of them, or none."""
    sent = call.sent(TubesIn)
    with writing() as session:

        def lift() -> HandOut:
            samples = _samples(session, call.caller, sent.barcodes)
            tray = service.take_in_hand(session, call.caller, sample_ids=samples)
            return HandOut(items=_items(tray))

        return once(session, call, lift)


def put_back(call: Call) -> object:
    """Put tubes of the caller's hand back to where they came from: all of them, or none."""
    sent = call.sent(TubesIn)
    with writing() as session:

        def back() -> StaysOut:
            samples = _samples(session, call.caller, sent.barcodes)
            stays = service.put_hand_back(session, call.caller, sample_ids=samples)
            return StaysOut(items=[stay_out(stay) for stay in stays])

        return once(session, call, back)


def move_block(call: Call) -> object:
    """Move tubes into a box in one step: all of them, or none."""
    sent = call.sent(BlockIn)
    with writing() as session:

        def carry() -> BlockOut:
            box, spot = box_and_spot(session, call.caller, sent.box, sent.position)
            done = service.move_block(
                session,
                call.caller,
                sample_ids=_samples(session, call.caller, sent.barcodes),
                box_id=box.id,
                start=spot,
                conflict=sent.conflict,
                source=PlacementSource.API,
            )
            return BlockOut(
                block_id=done.block_id,
                moved=[stay_out(stay) for stay in done.moved],
                swapped=[stay_out(stay) for stay in done.swapped],
                in_hand=[_in_hand(item) for item in done.in_hand],
            )

        return once(session, call, carry)


def undo_block(call: Call) -> object:
    """Take the move of a block back, within ten minutes."""
    with writing() as session:

        def back() -> BlockUndoneOut:
            undone = service.undo_block(session, call.caller, BlockId(call.key("block_id")))
            return BlockUndoneOut(tubes=undone.tubes)

        return once(session, call, back)


def move_box(call: Call) -> object:
    """Move a whole box to another rack."""
    sent = call.sent(BoxMoveIn)
    with writing() as session:

        def carry() -> BoxMovedOut:
            box, _ = box_and_spot(session, call.caller, sent.box, None)
            rack = queries.find_node(session, call.caller, sent.rack)
            if rack is None:
                raise NodeNotFound(f"There is no rack “{sent.rack}”. Give its path or its barcode.")
            moved = service.move_box(session, call.caller, box_id=box.id, rack_id=NodeId(rack.id))
            return _moved(session, call.caller, moved)

        return once(session, call, carry)


def undo_box(call: Call) -> object:
    """Take the move of a whole box back, within ten minutes."""
    with writing() as session:

        def back() -> BoxMovedOut:
            box = service.undo_box_move(session, call.caller, move_id=call.key("move_id"))
            return _moved(session, call.caller, box)

        return once(session, call, back)


def _samples(session: ReadSession, caller: Principal, codes: Sequence[str]) -> list[SampleId]:
    return samples_queries.sample_ids_of(session, caller, codes)


def _items(tray: HandTray) -> list[InHandOut]:
    return [_in_hand(item) for item in tray.items]


def _in_hand(item: TrayItem) -> InHandOut:
    return InHandOut(
        sample_id=item.sample_id,
        barcode=item.barcode,
        taken_at=item.taken_at,
        from_path=item.from_path,
        from_position=item.from_position,
    )


def _moved(session: ReadSession, caller: Principal, box: BoxView) -> BoxMovedOut:
    move_id = box_undoing.last_move_of(session, caller, box.id)
    return BoxMovedOut(move_id=move_id, path=box.path)


_TAG = "Storage"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/hand",
        handler=hand,
        access=Permission.STORAGE_VIEW,
        summary="What you have in hand",
        tag=_TAG,
        answer=HandOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/hands",
        handler=hands,
        access=Permission.STORAGE_CONFIGURE,
        summary="Whose hands hold what",
        tag=_TAG,
        answer=HandsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/hand",
        handler=take,
        access=Permission.STORAGE_PLACE,
        summary="Take tubes in hand, all or none",
        tag=_TAG,
        body=TubesIn,
        answer=HandOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/hand/put-back",
        handler=put_back,
        access=Permission.STORAGE_PLACE,
        summary="Put tubes in your hand back, all or none",
        tag=_TAG,
        body=TubesIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/blocks",
        handler=move_block,
        access=Permission.STORAGE_PLACE,
        summary="Move tubes into a box in one step, with what stands in their way",
        tag=_TAG,
        body=BlockIn,
        answer=BlockOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/blocks/{block_id}/undo",
        handler=undo_block,
        access=Permission.STORAGE_PLACE,
        summary="Take the move of a block back",
        tag=_TAG,
        answer=BlockUndoneOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/box-moves",
        handler=move_box,
        access=Permission.STORAGE_PLACE,
        summary="Move a whole box to another rack",
        tag=_TAG,
        body=BoxMoveIn,
        answer=BoxMovedOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/box-moves/{move_id}/undo",
        handler=undo_box,
        access=Permission.STORAGE_PLACE,
        summary="Take the move of a whole box back",
        tag=_TAG,
        answer=BoxMovedOut,
        status=201,
        once=True,
    ),
)
