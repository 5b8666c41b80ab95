"""Positions of a box that stay empty: blocked, reserved until an instant, freed again."""

from datetime import datetime

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import writing
from backend.storage import box_queries, service
from backend.storage.ids import NodeId
from backend.storage.rules import Position, parse_position


class BlockIn(ApiInput):
    """Which position stays empty and why; without ``until`` for as long as nobody frees it."""

    position: str = Field(min_length=1, max_length=8, description="D7, for example.")
    reason: str = Field(min_length=1, max_length=200)
    until: datetime | None = None


class BlockedPositionOut(ApiOutput):
    """A position that is kept empty, and how many positions of its box may be used now."""

    path: str
    position: str
    reason: str
    until: datetime | None
    capacity: int


def block(call: Call) -> object:
    """Keep a position empty."""
    sent = call.sent(BlockIn)
    with writing() as session:

        def keep() -> BlockedPositionOut:
            key = NodeId(call.key("box_id"))
            position = _position(session, call, key, sent.position)
            service.block_position(
                session,
                call.caller,
                box_id=key,
                position=position,
                reason=sent.reason,
                until=_instant(sent.until),
            )
            box = box_queries.get_box(session, call.caller, key)
            return BlockedPositionOut(
                path=box.path,
                position=position.label,
                reason=sent.reason,
                until=sent.until,
                capacity=box.capacity,
            )

        return once(session, call, keep)


def unblock(call: Call) -> Answer:
    """Let samples stand in a position again."""
    key = NodeId(call.key("box_id"))
    with writing() as session:
        position = _position(session, call, key, call.path["position"])
        service.unblock_position(session, call.caller, box_id=key, position=position)
    return Answer(status=204)


def _position(session: ReadSession, call: Call, key: NodeId, written: str) -> Position:
    box = box_queries.get_box(session, call.caller, key)
    position = parse_position(written, box.shape)
    if position is None:
        said = f"{box.path} is {box.shape.words} and has no position {written[:8]}."
        raise InvalidInput(said, fields={"position": "Give a position of the box, such as A1."})
    return position


def _instant(until: datetime | None) -> datetime | None:
    if until is not None and until.tzinfo is None:
        said = "An instant needs its offset, as in 2026-12-31T12:00:00Z."
        raise InvalidInput(said, fields={"until": said})
    return until


_TAG = "Storage"
_ALL = "/api/v1/storage/boxes/{box_id}/blocked-positions"
ROUTES = (
    Route(
        method="POST",
        path=_ALL,
        handler=block,
        access=Permission.STORAGE_CONFIGURE,
        summary="Keep a position of a box empty, for good or until an instant",
        tag=_TAG,
        body=BlockIn,
        answer=BlockedPositionOut,
        status=201,
        once=True,
    ),
    Route(
        method="DELETE",
        path=f"{_ALL}/{{position}}",
        handler=unblock,
        access=Permission.STORAGE_CONFIGURE,
        summary="Let samples stand in a blocked position again",
        tag=_TAG,
        answer=None,
        status=204,
    ),
)
