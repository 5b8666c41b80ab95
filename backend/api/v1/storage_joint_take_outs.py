"""Tubes that leave their positions together, and come back together. One tube: storage_acts.py."""

from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, Call, Route
from backend.api.v1.storage import StaysOut, stay_out
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.samples import queries as samples_queries
from backend.storage import service
from backend.storage.block_rules import MOST_TOGETHER
from backend.storage.ids import PlacementId


class JointTakeOutIn(ApiInput):
    """Samples of any boxes, and why they leave their positions."""

    barcodes: list[str] = Field(min_length=1, max_length=MOST_TOGETHER)
    reason: str = Field(min_length=1, max_length=300)


class JointUndoIn(ApiInput):
    """The stays that one step ended, by their keys."""

    placements: list[UUID] = Field(
        min_length=1, max_length=MOST_TOGETHER, description="The ids that taking out answered."
    )


def take_out(call: Call) -> object:
    """Take samples out of their positions: all of them, or none."""
    sent = call.sent(JointTakeOutIn)
    with writing() as session:

        def take() -> StaysOut:
            ended = service.take_out_together(
                session,
                call.caller,
                sample_ids=samples_queries.sample_ids_of(session, call.caller, sent.barcodes),
                reason=sent.reason,
            )
            return StaysOut(items=[stay_out(stay) for stay in ended])

        return once(session, call, take)


def undo(call: Call) -> object:
    """Let them stand where they stood, within ten minutes: all of them, or none."""
    sent = call.sent(JointUndoIn)
    with writing() as session:

        def back() -> StaysOut:
            keys = [PlacementId(key) for key in dict.fromkeys(sent.placements)]
            stays = service.undo_together(session, call.caller, placement_ids=keys)
            return StaysOut(items=[stay_out(stay) for stay in stays])

        return once(session, call, back)


_TAG = "Storage"
_PATH = "/api/v1/storage/joint-take-outs"
ROUTES = (
    Route(
        method="POST",
        path=_PATH,
        handler=take_out,
        access=Permission.STORAGE_PLACE,
        summary="Take samples out of their positions in one step, all or none",
        tag=_TAG,
        body=JointTakeOutIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/undo",
        handler=undo,
        access=Permission.STORAGE_PLACE,
        summary="Take the step back that took samples out together",
        tag=_TAG,
        body=JointUndoIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
)
