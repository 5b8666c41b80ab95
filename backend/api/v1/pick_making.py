"""Pick lists made over the API, and their worklists for pipetting robots."""

from decimal import Decimal

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, Call, Route, file_answer
from backend.api.v1.picks import PickListOut, picks_out
from backend.api.v1.storage_acts import box_and_spot
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.storage import pick_files, pick_queries, pick_worklists, service, worklists
from backend.storage.ids import PickPurpose
from backend.storage.picking import PickWish
from backend.storage.worklists import CherryPick, PlateFormat, Robot

_MOST_LINES = 5_000
_TEXT_TYPE = "text/plain; charset=utf-8"


class WishIn(ApiInput):
    """A tube to fetch; only one that moves has a box, and the box alone means its first free."""

    barcode: str = Field(min_length=1, max_length=64)
    to_box: str | None = Field(default=None, max_length=300, description="Path or barcode.")
    to_position: str | None = Field(default=None, max_length=8, description="D7, for example.")
    reason: str = Field(default="", max_length=300)


class PickListIn(ApiInput):
    """What the list is for, and its tubes in any order; an evacuation keeps the order given."""

    title: str = Field(min_length=1, max_length=200)
    purpose: PickPurpose
    lines: list[WishIn] = Field(min_length=1, max_length=_MOST_LINES)


class WorklistQuery(ApiInput):
    """How much of each tube goes into how many wells of which plate, and for whose robot."""

    robot: Robot
    plate: str = Field(min_length=1, max_length=32)
    format: PlateFormat = PlateFormat.WELLS_96
    volume_ul: Decimal
    wells_each: int = Field(default=1, ge=1, le=worklists.MOST_EACH)


def make(call: Call) -> object:
    """Write down tubes to fetch; nothing moves."""
    sent = call.sent(PickListIn)
    with writing() as session:

        def write() -> PickListOut:
            key = service.make_list(
                session,
                call.caller,
                title=sent.title,
                purpose=sent.purpose,
                lines=[_wish(session, call, each) for each in sent.lines],
            )
            return picks_out(pick_queries.get_list(session, call.caller, key))

        return once(session, call, write)


def worklist(call: Call) -> Answer:
    """Return what a robot is to do with the tubes of a list, short and skipped ones left out."""
    asked = call.asked(WorklistQuery)
    wanted = CherryPick(
        plate=asked.plate,
        format=asked.format,
        volume_ul=asked.volume_ul,
        wells_each=asked.wells_each,
    )
    with reading() as session:
        picks = pick_queries.find_list(session, call.caller, call.path["code"])
        transfers = pick_worklists.transfers_of(session, call.caller, picks.id, wanted)
    text = worklists.written(asked.robot, transfers)
    media_type = _TEXT_TYPE if asked.robot is Robot.TECAN else pick_files.CSV_TYPE
    return file_answer(text.encode(), media_type, f"{picks.label}.{asked.robot.ending}")


def _wish(session: WriteSession, call: Call, sent: WishIn) -> PickWish:
    key = samples_queries.sample_id_of(session, call.caller, sent.barcode)
    if sent.to_box is None:
        return PickWish(sample_id=key, reason=sent.reason)
    box, spot = box_and_spot(session, call.caller, sent.to_box, sent.to_position)
    return PickWish(
        sample_id=key,
        to_box_id=box.id,
        to_row=spot.row if spot else None,
        to_column=spot.column if spot else None,
        reason=sent.reason,
    )


_TAG = "Picking"
_PLACE = Permission.STORAGE_PLACE
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/picks",
        handler=make,
        access=_PLACE,
        summary="Make a pick list; its lines come in the order of the walk",
        tag=_TAG,
        body=PickListIn,
        answer=PickListOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/picks/{code}/worklist",
        handler=worklist,
        access=_PLACE,
        summary="A pick list as the worklist of a Tecan, Hamilton or Beckman robot",
        tag=_TAG,
        query=WorklistQuery,
        answer=None,
        files=(_TEXT_TYPE, pick_files.CSV_TYPE),
    ),
)
