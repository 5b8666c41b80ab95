"""Physical audits: started, how far each is, looking at a box, ended."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.units import unit_of
from backend.core.paging import MAX_PAGE_SIZE
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.storage import inventory_queries, service
from backend.storage.ids import (
    CheckMethod,
    CheckState,
    InventoryAuditId,
    InventoryCheckId,
    InventoryLevel,
    InventoryPurpose,
    InventoryState,
    NodeId,
)
from backend.storage.inventory_views import CheckView
from backend.storage.scanning.reading import ReadState
from backend.storage.scanning.verdicts import Verdict


class ChecksQuery(ApiInput):
    """Which boxes of the audit, and where the page starts."""

    state: CheckState | None = None
    with_errors: bool = False
    offset: int = Field(default=0, ge=0, description="next_offset of the page before.")
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)


class TallyOut(ApiOutput):
    """Tubes that were looked at; what could not be read is neither right nor wrong."""

    checked: int
    correct: int
    unread: int


class AuditRowOut(ApiOutput):
    """One line of the list of audits; ``done`` of ``boxes`` have been looked at."""

    id: UUID
    title: str
    purpose: InventoryPurpose
    state: InventoryState
    created_at: datetime
    started_by_name: str
    boxes: int
    done: int
    tally: TallyOut


class AuditsOut(ApiOutput):
    """The latest audits, newest first."""

    items: list[AuditRowOut]


class EscalationOut(ApiOutput):
    """Why more was looked at than had been drawn; ``added`` boxes came in."""

    level: InventoryLevel
    path: str
    why: str
    added: int
    at: datetime


class AuditOut(AuditRowOut):
    """An audit with its sums. ``share`` of each unit's boxes was drawn with ``seed``."""

    share: float
    seed: int
    tubes_per_box: int | None
    closed_at: datetime | None
    closed_by_name: str | None
    closing_note: str | None
    escalations: list[EscalationOut]
    by_unit: dict[str, TallyOut]


class CheckLineOut(ApiOutput):
    """The verdict of a position."""

    position: str
    verdict: Verdict
    expected: str
    found: str
    sentence: str


class CheckOut(ApiOutput):
    """A box of an audit; ``lines`` are empty for who may not see every tube of it."""

    id: UUID
    box_id: UUID
    path: str
    level: InventoryLevel
    state: CheckState
    method: CheckMethod | None
    is_part: bool
    tally: TallyOut
    lines: list[CheckLineOut]
    scan_id: UUID | None
    checked_at: datetime | None
    checked_by_name: str | None


class AuditWithChecksOut(ApiOutput):
    """An audit and a page of its boxes in the order of the walk."""

    audit: AuditOut
    checks: list[CheckOut]
    next_offset: int | None


class TubeIn(ApiInput):
    """What stands in a position: a code that was read, or why there is none."""

    position: str = Field(min_length=1, max_length=8, description="D7, for example.")
    barcode: str = Field(default="", max_length=64)
    state: ReadState = ReadState.CODE


class NotedOut(ApiOutput):
    """What reading a position did; ``also_at``: the same code was read there before."""

    position: str
    next_position: str
    left: int
    also_at: str


class AuditIn(ApiInput):
    """What is looked at: a ``share`` of each unit's boxes, the purpose's own unless one is given.

    With ``tubes_per_box`` so many tubes of each box; ``seed`` repeats an earlier sample.
    """

    title: str = Field(min_length=1, max_length=120)
    units: list[str] = Field(min_length=1, max_length=500, description="Paths or barcodes.")
    purpose: InventoryPurpose = InventoryPurpose.PERIODIC
    share: float | None = Field(default=None, gt=0, le=1)
    tubes_per_box: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=0, lt=2**31)


class AuditEndIn(ApiInput):
    """Why the audit ends although boxes are left, if any are."""

    note: str = Field(default="", max_length=500)


def start(call: Call) -> object:
    """Draw boxes of units to be looked at."""
    sent = call.sent(AuditIn)
    with writing() as session:

        def draw() -> AuditOut:
            units = [unit_of(session, call.caller, code).id for code in sent.units]
            key = service.start_audit(
                session,
                call.caller,
                title=sent.title,
                unit_ids=[NodeId(unit) for unit in units],
                purpose=sent.purpose,
                share=sent.share,
                tubes_per_box=sent.tubes_per_box,
                seed=sent.seed,
            )
            return AuditOut.model_validate(inventory_queries.get_audit(session, call.caller, key))

        return once(session, call, draw)


def close(call: Call) -> object:
    """End an audit; boxes that were not looked at stay told as such."""
    note = call.sent(AuditEndIn).note
    key = InventoryAuditId(call.key("audit_id"))
    with writing() as session:

        def end() -> AuditOut:
            service.close_audit(session, call.caller, audit_id=key, note=note)
            return AuditOut.model_validate(inventory_queries.get_audit(session, call.caller, key))

        return once(session, call, end)


def list_audits(call: Call) -> AuditsOut:
    """Return the latest audits."""
    with reading() as session:
        found = inventory_queries.list_audits(session, call.caller)
    return AuditsOut(items=[AuditRowOut.model_validate(each) for each in found])


def get_audit(call: Call) -> AuditWithChecksOut:
    """Return an audit with a page of its boxes."""
    asked, key = call.asked(ChecksQuery), InventoryAuditId(call.key("audit_id"))
    with reading() as session:
        audit = inventory_queries.get_audit(session, call.caller, key)
        found = inventory_queries.checks(
            session,
            call.caller,
            key,
            state=asked.state,
            with_errors=asked.with_errors,
            offset=asked.offset,
            limit=asked.limit + 1,
        )
    return AuditWithChecksOut(
        audit=AuditOut.model_validate(audit),
        checks=[_check(each) for each in found[: asked.limit]],
        next_offset=asked.offset + asked.limit if len(found) > asked.limit else None,
    )


def note_tube(call: Call) -> object:
    """Write down what stands in a position of a box that is looked at."""
    sent = call.sent(TubeIn)
    with writing() as session:

        def note() -> NotedOut:
            return NotedOut.model_validate(
                service.note_tube(
                    session,
                    call.caller,
                    check_id=_key(call),
                    position=sent.position,
                    barcode=sent.barcode,
                    state=sent.state,
                )
            )

        return once(session, call, note)


def finish(call: Call) -> object:
    """Judge what was read in a box."""
    with writing() as session:

        def end() -> CheckOut:
            service.finish_check(session, call.caller, check_id=_key(call))
            return ended(session, call.caller, _key(call))

        return once(session, call, end)


def absent(call: Call) -> object:
    """Say that a box is not where it is recorded."""
    with writing() as session:

        def end() -> CheckOut:
            service.report_absent(session, call.caller, check_id=_key(call))
            return ended(session, call.caller, _key(call))

        return once(session, call, end)


def seal(call: Call) -> object:
    """Say that a sealed box's seal is whole."""
    with writing() as session:

        def end() -> CheckOut:
            service.confirm_seal(session, call.caller, check_id=_key(call))
            return ended(session, call.caller, _key(call))

        return once(session, call, end)


def _key(call: Call) -> InventoryCheckId:
    return InventoryCheckId(call.key("check_id"))


def ended(session: ReadSession, caller: Principal, check_id: InventoryCheckId) -> CheckOut:
    return _check(inventory_queries.get_check(session, caller, check_id))


def _check(check: CheckView) -> CheckOut:
    return CheckOut.model_validate(check)


_TAG = "Storage"
_PLACE = Permission.STORAGE_PLACE
_AUDITS = "/api/v1/storage/audits"
_CHECK = "/api/v1/storage/audit-checks/{check_id}"
ROUTES = (
    Route(
        method="GET",
        path=_AUDITS,
        handler=list_audits,
        access=_PLACE,
        summary="The latest physical audits, newest first",
        tag=_TAG,
        answer=AuditsOut,
    ),
    Route(
        method="GET",
        path=f"{_AUDITS}/{{audit_id}}",
        handler=get_audit,
        access=_PLACE,
        summary="A physical audit with its boxes in the order of the walk",
        tag=_TAG,
        query=ChecksQuery,
        answer=AuditWithChecksOut,
    ),
    Route(
        method="POST",
        path=_AUDITS,
        handler=start,
        access=Permission.STORAGE_PLAN,
        summary="Start a physical audit: boxes of units are drawn to be looked at",
        tag=_TAG,
        body=AuditIn,
        answer=AuditOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_AUDITS}/{{audit_id}}/close",
        handler=close,
        access=Permission.STORAGE_PLAN,
        summary="End a physical audit, with the reason where boxes are left",
        tag=_TAG,
        body=AuditEndIn,
        answer=AuditOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_CHECK}/tubes",
        handler=note_tube,
        access=_PLACE,
        summary="Write down what stands in a position of a box that is looked at",
        tag=_TAG,
        body=TubeIn,
        answer=NotedOut,
        status=201,
        once=True,
    ),
    *(
        Route(
            method="POST",
            path=f"{_CHECK}/{act}",
            handler=handler,
            access=_PLACE,
            summary=summary,
            tag=_TAG,
            answer=CheckOut,
            status=201,
            once=True,
        )
        for act, handler, summary in (
            ("finish", finish, "Judge what was read in a box; errors may add more boxes"),
            ("absent", absent, "Say that a box is not where it is recorded"),
            ("seal", seal, "Say that the seal of a box is whole, so that nobody has to open it"),
        )
    ),
)
