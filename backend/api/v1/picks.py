"""Pick lists: which there are, their lines, scanning off, what could not be picked."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery, page_of
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.errors import NotFound
from backend.core.paging import MAX_PAGE_SIZE
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.storage import pick_queries, service
from backend.storage.ids import PickListId, PickOutcome, PickPurpose, PickState, ShortReason
from backend.storage.pick_views import PickLineView, PickListView, StepKind

_LONGEST_CODE = 300
_DIGITS = 9


class PicksQuery(PageQuery):
    """Which lists, and where the page starts."""

    open: bool = Field(default=True, description="false: also those that are done or closed.")


class LinesQuery(ApiInput):
    """Which lines of the list: those behind a step."""

    after: int = Field(default=0, ge=0, description="next_after of the page before.")
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)


class PickListOut(ApiOutput):
    """A pick list; ``left`` are lines without an answer, tubes in a hand included."""

    id: UUID
    code: str
    title: str
    purpose: PickPurpose
    state: PickState
    lines: int
    left: int
    made_by_name: str
    made_at: datetime
    closed_at: datetime | None
    closed_by_name: str | None


class PickListsOut(ApiOutput):
    """Lists, the newest first."""

    items: list[PickListOut]
    next_cursor: str | None


class PickLineOut(ApiOutput):
    """A tube to fetch; ``outcome`` is null while nobody has answered."""

    step: int
    barcode: str
    name: str
    volume_ul: Decimal | None
    from_path: str
    from_position: str
    to_path: str | None
    to_position: str | None
    reason: str
    outcome: PickOutcome | None
    outcome_reason: str
    by_name: str | None
    at: datetime | None


class PickListWithLinesOut(ApiOutput):
    """A list and a page of its lines, in the order of the walk."""

    picks: PickListOut
    lines: list[PickLineOut]
    next_after: int | None


class ScanIn(ApiInput):
    """What was scanned: a tube, or for tubes that move the box or position that they go to."""

    barcode: str = Field(min_length=1, max_length=_LONGEST_CODE)


class ScannedOut(ApiOutput):
    """What the scan did, to which lines, and how many lines are left."""

    kind: StepKind
    sentence: str
    lines: list[PickLineOut]
    left: int


class ShortIn(ApiInput):
    """Why the tube could not be picked."""

    reason: ShortReason


class SkipIn(ApiInput):
    """Why the tube is left, if it is to be known."""

    reason: str = Field(default="", max_length=300)


def list_lists(call: Call) -> PickListsOut:
    """Return a page of the lists of which the caller may see every sample."""
    asked = call.asked(PicksQuery)
    with reading() as session:
        found = pick_queries.list_lists(
            session,
            call.caller,
            only_open=asked.open,
            before=asked.before,
            limit=asked.limit + 1,
        )
    shown, following = page_of(found, asked.limit, lambda picks: (picks.made_at, picks.id))
    return PickListsOut(items=[picks_out(each) for each in shown], next_cursor=following)


def get_list(call: Call) -> PickListWithLinesOut:
    """Return a list with a page of its lines."""
    asked = call.asked(LinesQuery)
    with reading() as session:
        picks = pick_queries.find_list(session, call.caller, call.path["code"])
        found = pick_queries.list_lines(
            session, call.caller, picks.id, after=asked.after, limit=asked.limit + 1
        )
    shown = found[: asked.limit]
    return PickListWithLinesOut(
        picks=picks_out(picks),
        lines=[_line(each) for each in shown],
        next_after=shown[-1].step if len(found) > asked.limit else None,
    )


def scan(call: Call) -> object:
    """Take the scanned tube out, carry it, or place what is carried."""
    barcode = call.sent(ScanIn).barcode
    with writing() as session:

        def act() -> ScannedOut:
            key = _key(session, call)
            step = service.pick(session, call.caller, list_id=key, barcode=barcode)
            return ScannedOut(
                kind=step.kind,
                sentence=step.sentence,
                lines=[_line(each) for each in step.lines],
                left=step.left,
            )

        return once(session, call, act)


def short(call: Call) -> object:
    """Say why a tube cannot be picked."""
    reason = call.sent(ShortIn).reason
    with writing() as session:

        def act() -> PickLineOut:
            return _line(
                service.short_pick(
                    session,
                    call.caller,
                    list_id=_key(session, call),
                    step=_step(call),
                    reason=reason,
                )
            )

        return once(session, call, act)


def skip(call: Call) -> object:
    """Leave a tube where it is."""
    reason = call.sent(SkipIn).reason
    with writing() as session:

        def act() -> PickLineOut:
            return _line(
                service.skip_pick(
                    session,
                    call.caller,
                    list_id=_key(session, call),
                    step=_step(call),
                    reason=reason,
                )
            )

        return once(session, call, act)


def undo(call: Call) -> object:
    """Take the caller's answer to a line back, within ten minutes."""
    with writing() as session:

        def act() -> PickLineOut:
            key = _key(session, call)
            return _line(service.undo_pick(session, call.caller, list_id=key, step=_step(call)))

        return once(session, call, act)


def close(call: Call) -> object:
    """End a list; lines without an answer stay without one."""
    with writing() as session:

        def act() -> PickListOut:
            return picks_out(service.close_list(session, call.caller, list_id=_key(session, call)))

        return once(session, call, act)


def _key(session: ReadSession, call: Call) -> PickListId:
    return pick_queries.find_list(session, call.caller, call.path["code"]).id


def _step(call: Call) -> int:
    typed = call.path["step"]
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS):
        raise NotFound(f"{call.path['code']} has no line {typed[:_DIGITS]}.")
    return int(typed)


def picks_out(picks: PickListView) -> PickListOut:
    return PickListOut(
        id=picks.id,
        code=picks.label,
        title=picks.title,
        purpose=picks.purpose,
        state=picks.state,
        lines=picks.lines,
        left=picks.left,
        made_by_name=picks.made_by_name,
        made_at=picks.made_at,
        closed_at=picks.closed_at,
        closed_by_name=picks.closed_by_name,
    )


def _line(line: PickLineView) -> PickLineOut:
    return PickLineOut(
        step=line.step,
        barcode=line.barcode,
        name=line.name,
        volume_ul=line.volume_ul,
        from_path=line.from_path,
        from_position=line.from_position.label,
        to_path=line.to_path,
        to_position=line.to_position.label if line.to_position else None,
        reason=line.reason,
        outcome=line.outcome,
        outcome_reason=line.outcome_reason,
        by_name=line.by_name,
        at=line.at,
    )


_TAG = "Picking"
_PLACE = Permission.STORAGE_PLACE
_LISTS = "/api/v1/storage/picks"
_LINE = f"{_LISTS}/{{code}}/lines/{{step}}"
ROUTES = (
    Route(
        method="GET",
        path=_LISTS,
        handler=list_lists,
        access=_PLACE,
        summary="Pick lists of which the caller may see every sample, the newest first",
        tag=_TAG,
        query=PicksQuery,
        answer=PickListsOut,
    ),
    Route(
        method="GET",
        path=f"{_LISTS}/{{code}}",
        handler=get_list,
        access=_PLACE,
        summary="A pick list with its lines in the order of the walk",
        tag=_TAG,
        query=LinesQuery,
        answer=PickListWithLinesOut,
    ),
    Route(
        method="POST",
        path=f"{_LISTS}/{{code}}/scans",
        handler=scan,
        access=_PLACE,
        summary="Confirm a line by scanning its tube; of a move, then the place that it goes to",
        tag=_TAG,
        body=ScanIn,
        answer=ScannedOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_LINE}/short",
        handler=short,
        access=_PLACE,
        summary="Say why a tube cannot be picked; its place becomes unverified",
        tag=_TAG,
        body=ShortIn,
        answer=PickLineOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_LINE}/skip",
        handler=skip,
        access=_PLACE,
        summary="Leave a tube of the list where it is",
        tag=_TAG,
        body=SkipIn,
        answer=PickLineOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_LINE}/undo",
        handler=undo,
        access=_PLACE,
        summary="Take the caller's own answer to a line back, within ten minutes",
        tag=_TAG,
        answer=PickLineOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_LISTS}/{{code}}/close",
        handler=close,
        access=_PLACE,
        summary="End a pick list; lines without an answer stay without one",
        tag=_TAG,
        answer=PickListOut,
        status=201,
        once=True,
    ),
)
