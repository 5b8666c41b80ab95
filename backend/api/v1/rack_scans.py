"""Rack scans: what a scanner's file means for a box, committing it, spilled boxes."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.storage import scan_queries, service
from backend.storage.ids import NodeId, RackScanId, ScanState
from backend.storage.scan_views import Examined, RackScanView, effect_of, grouped
from backend.storage.scanning.verdicts import Verdict

_BOX = "Path or barcode of the box; without it the rack's code in the file says which it is."


class ScanQuery(ApiInput):
    """The file's name and the box that it is of."""

    file_name: str = Field(default="scan.csv", min_length=1, max_length=200)
    box: str | None = Field(default=None, min_length=1, max_length=300, description=_BOX)


class LineOut(ApiOutput):
    """The verdict of a position; ``refused`` and ``left_out`` say why nothing is done about it."""

    position: str
    line: int | None
    verdict: Verdict
    expected: str
    found: str
    sentence: str
    takes_out: str
    came_from: str
    refused: str
    left_out: str


class EffectOut(ApiOutput):
    """What committing does, in tubes."""

    placed: int
    taken_out: int
    unverified: int
    refused: int


class ExaminedOut(ApiOutput):
    """A scan compared with its box, or judged by itself; nothing was kept."""

    box_id: UUID | None
    path: str
    sha256: str
    same_as: str
    counts: dict[str, int]
    effect: EffectOut
    lines: list[LineOut]


class ScanOut(ExaminedOut):
    """A scan that is kept."""

    id: UUID
    file_name: str
    state: ScanState
    created_at: datetime
    created_by_name: str
    closed_at: datetime | None


class SummaryOut(ApiOutput):
    """One line of the list of scans."""

    id: UUID
    path: str
    file_name: str
    state: ScanState
    created_at: datetime
    created_by_name: str


class ScansOut(ApiOutput):
    """The latest scans, newest first."""

    items: list[SummaryOut]


class SpillIn(ApiInput):
    """What happened, if it is to be known."""

    reason: str = Field(default="", max_length=300)


class PutBackIn(ApiInput):
    """The tube that was scanned."""

    barcode: str = Field(min_length=1, max_length=64)


class PutBackOut(ApiOutput):
    """Where the tube belongs, and how many are still outside."""

    barcode: str
    path: str
    position: str
    was_back: bool
    left: int


class SpilledTubeOut(ApiOutput):
    """A tube that is to be put back."""

    position: str
    barcode: str | None


class SpilledOut(ApiOutput):
    """The tubes of a spilled box that are not back yet."""

    items: list[SpilledTubeOut]


class CountOut(ApiOutput):
    """How many tubes it was about."""

    tubes: int


def dry_run(call: Call) -> ExaminedOut:
    """Compare the file that is the body with its box."""
    asked = call.asked(ScanQuery)
    with reading() as session:
        seen = scan_queries.examine(session, call.caller, content=call.content, box=asked.box)
    return ExaminedOut.model_validate(_common(seen))


def read(call: Call) -> object:
    """Keep the file that is the body and what it means."""
    asked = call.asked(ScanQuery)
    with writing() as session:
        return once(
            session,
            call,
            lambda: scan_out(
                service.read_rack(
                    session,
                    call.caller,
                    file_name=asked.file_name,
                    content=call.content,
                    files=DiskStore(call.settings.files_dir),
                    box=asked.box,
                )
            ),
        )


def list_scans(call: Call) -> ScansOut:
    """Return the latest scans that the caller may see."""
    with reading() as session:
        found = scan_queries.list_scans(session, call.caller)
    return ScansOut(items=[SummaryOut.model_validate(each) for each in found])


def get_scan(call: Call) -> ScanOut:
    """Return a scan with its verdicts."""
    with reading() as session:
        return scan_out(scan_queries.get_scan(session, call.caller, _key(call)))


def recheck(call: Call) -> object:
    """Compare a waiting scan with its box as it is now."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: scan_out(service.recheck_rack(session, call.caller, scan_id=_key(call))),
        )


def commit(call: Call) -> object:
    """Let locations follow a scan."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: scan_out(service.commit_rack(session, call.caller, scan_id=_key(call))),
        )


def undo(call: Call) -> object:
    """Take a committed scan back, within ten minutes."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: scan_out(service.undo_rack(session, call.caller, scan_id=_key(call))),
        )


def discard(call: Call) -> object:
    """Close a waiting scan; nothing moves."""
    with writing() as session:

        def close() -> ScanOut:
            service.discard_rack(session, call.caller, scan_id=_key(call))
            return scan_out(scan_queries.get_scan(session, call.caller, _key(call)))

        return once(session, call, close)


def spill(call: Call) -> object:
    """Say that the tubes of a box fell out."""
    sent = call.sent(SpillIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: CountOut(
                tubes=service.spill_box(session, call.caller, box_id=_box(call), reason=sent.reason)
            ),
        )


def spilled(call: Call) -> SpilledOut:
    """Return what is not back yet."""
    with reading() as session:
        left = scan_queries.spilled(session, call.caller, _box(call))
    return SpilledOut(items=[SpilledTubeOut.model_validate(each) for each in left])


def put_back(call: Call) -> object:
    """Say where a scanned tube belongs, and count it as back."""
    sent = call.sent(PutBackIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: PutBackOut.model_validate(
                service.put_back(session, call.caller, box_id=_box(call), barcode=sent.barcode)
            ),
        )


def end_spill(call: Call) -> object:
    """Call a spill off."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: CountOut(tubes=service.end_spill(session, call.caller, box_id=_box(call))),
        )


def _key(call: Call) -> RackScanId:
    return RackScanId(call.key("scan_id"))


def _box(call: Call) -> NodeId:
    return NodeId(call.key("box_id"))


def _common(seen: Examined | RackScanView) -> dict[str, object]:
    return {
        "box_id": seen.box_id,
        "path": seen.path,
        "sha256": seen.sha256,
        "same_as": seen.same_as,
        "counts": {verdict.value: len(lines) for verdict, lines in grouped(seen.lines).items()},
        "effect": EffectOut.model_validate(effect_of(seen.lines)),
        "lines": [LineOut.model_validate(line) for line in seen.lines],
    }


def scan_out(scan: RackScanView) -> ScanOut:
    own = {
        "id": scan.id,
        "file_name": scan.file_name,
        "state": scan.state,
        "created_at": scan.created_at,
        "created_by_name": scan.created_by_name,
        "closed_at": scan.closed_at,
    }
    return ScanOut.model_validate(_common(scan) | own)


_TAG = "Storage"
_PLACE = Permission.STORAGE_PLACE
_SCANS = "/api/v1/storage/rack-scans"
_SPILL = "/api/v1/storage/boxes/{box_id}/spill"
ROUTES = (
    Route(
        method="GET",
        path=_SCANS,
        handler=list_scans,
        access=_PLACE,
        summary="The latest rack scans, newest first",
        tag=_TAG,
        answer=ScansOut,
    ),
    Route(
        method="POST",
        path=f"{_SCANS}/dry-run",
        handler=dry_run,
        access=_PLACE,
        summary="What a rack scanner's file means for its box; nothing is kept",
        tag=_TAG,
        query=ScanQuery,
        answer=ExaminedOut,
        takes_file=True,
    ),
    Route(
        method="POST",
        path=_SCANS,
        handler=read,
        access=_PLACE,
        summary="Keep a rack scanner's file with its verdicts; nothing moves",
        tag=_TAG,
        query=ScanQuery,
        answer=ScanOut,
        status=201,
        takes_file=True,
        once=True,
    ),
    Route(
        method="GET",
        path=f"{_SCANS}/{{scan_id}}",
        handler=get_scan,
        access=_PLACE,
        summary="A rack scan with the verdict of each position",
        tag=_TAG,
        answer=ScanOut,
    ),
    *(
        Route(
            method="POST",
            path=f"{_SCANS}/{{scan_id}}/{act}",
            handler=handler,
            access=_PLACE,
            summary=summary,
            tag=_TAG,
            answer=ScanOut,
            status=201,
            once=True,
        )
        for act, handler, summary in (
            ("recheck", recheck, "Compare a waiting rack scan with its box as it is now"),
            ("commit", commit, "Let locations follow a rack scan, all of it or nothing"),
            ("undo", undo, "Take a committed rack scan back, within ten minutes"),
            ("discard", discard, "Close a waiting rack scan; nothing moves"),
        )
    ),
    Route(
        method="POST",
        path=_SPILL,
        handler=spill,
        access=_PLACE,
        summary="Say that the tubes of a box fell out; each is unverified until put back",
        tag=_TAG,
        body=SpillIn,
        answer=CountOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_SPILL,
        handler=spilled,
        access=Permission.STORAGE_VIEW,
        summary="The tubes of a spilled box that are not back yet",
        tag=_TAG,
        answer=SpilledOut,
    ),
    Route(
        method="POST",
        path=f"{_SPILL}/tubes",
        handler=put_back,
        access=_PLACE,
        summary="Where a scanned tube of a spilled box belongs; it counts as back",
        tag=_TAG,
        body=PutBackIn,
        answer=PutBackOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_SPILL}/end",
        handler=end_spill,
        access=_PLACE,
        summary="Call a spill off",
        tag=_TAG,
        answer=CountOut,
        status=201,
        once=True,
    ),
)
