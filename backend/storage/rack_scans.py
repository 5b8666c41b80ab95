"""Reading a rack scan, comparing it again, discarding it. Exported by service.py."""

from pathlib import PurePath

from backend.core import clock
from backend.core.blobs import FileStore, key_of
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.documents import service as documents_service
from backend.events import service as events_service
from backend.storage import scan_judging, scan_queries
from backend.storage.errors import ScanNotFound, ScanNotOpen, ScanRefused
from backend.storage.events import RackScanClosed, RackScanned
from backend.storage.ids import NodeId, RackScanId, ScanState
from backend.storage.scan_models import RackScan
from backend.storage.scan_views import RackScanView
from backend.storage.scanning.leaving import can_be_left_out, leave_out
from backend.storage.scanning.reading import read_scan

_NOT_OPEN = {
    ScanState.DRAFT: "The scan has not been committed.",
    ScanState.COMMITTED: "The scan has been committed already.",
    ScanState.UNDONE: "The scan was committed and taken back. Read the file again.",
    ScanState.DISCARDED: "The scan was discarded. Read the file again.",
}


def read_rack(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
    box: str | None = None,
) -> RackScanView:
    """Keep a scanner's file and what it means for its box; nothing moves yet.

    The same bytes for the same box, while the first scan waits, lead there again, compared anew.

    Raises:
        ScanRefused: it cannot be read, or does not say of which box it is.
        NodeNotFound, NotABox, BoxNotAllSeen: no such box, or not all of it is visible.
    """
    principal.require(Permission.STORAGE_PLACE)
    file = read_scan(content)
    view = scan_judging.box_of(session, principal, file, box)
    waiting = session.scalars(
        scan_queries.visible_scans(principal)
        .where(
            RackScan.sha256 == key_of(content),
            RackScan.box_id == view.id,
            RackScan.created_by == principal.user_id,
            RackScan.state == ScanState.DRAFT,
        )
        .limit(1)
    ).one_or_none()
    if waiting is not None:
        return recheck_rack(session, principal, scan_id=RackScanId(waiting.id))
    lines = scan_judging.judge_box(session, principal, view.id, file)
    name = PurePath(file_name).name or "scan.csv"
    file_id = documents_service.keep_file(
        session, principal, file_name=name, content=content, files=files
    )
    scan = RackScan(
        box_id=view.id,
        file_id=file_id,
        file_name=name[-255:],
        sha256=key_of(content),
        reads=scan_judging.file_as_json(file),
        lines=scan_judging.lines_as_json(lines),
        created_by=principal.user_id,
        created_by_name=principal.name,
    )
    session.add(scan)
    session.flush()
    read = RackScanned(
        aggregate_id=scan.id,
        box_id=view.id,
        path=view.path,
        file_name=scan.file_name,
        sha256=scan.sha256,
    )
    events_service.record(session, principal, read)
    return scan_queries.get_scan(session, principal, RackScanId(scan.id))


def recheck_rack(
    session: WriteSession, principal: Principal, *, scan_id: RackScanId
) -> RackScanView:
    """Compare a waiting scan with its box as it is now.

    Raises:
        ScanNotFound, ScanNotOpen: not visible, or not waiting any more.
    """
    scan = lock_scan(session, principal, scan_id, ScanState.DRAFT)
    file = scan_judging.file_from_json(scan.reads)
    lines = scan_judging.judge_box(session, principal, NodeId(scan.box_id), file)
    scan.lines = scan_judging.lines_as_json(lines)
    session.flush()
    return scan_queries.get_scan(session, principal, scan_id)


def turn_line(
    session: WriteSession, principal: Principal, *, scan_id: RackScanId, position: str
) -> RackScanView:
    """Leave a line out of the commit of a waiting scan, or take it in again if it was left out.

    Raises:
        ScanNotFound, ScanNotOpen: not visible, or not waiting any more.
        ScanRefused: the scan has no such line, or committing it changes nothing.
    """
    principal.require(Permission.STORAGE_PLACE)
    scan = lock_scan(session, principal, scan_id, ScanState.DRAFT)
    lines = leave_out(scan_judging.lines_from_json(scan.lines), scan.left_out)
    line = next((each for each in lines if each.position == position), None)
    if position not in scan.left_out and (line is None or not can_be_left_out(line)):
        raise ScanRefused(f"Nothing would be done at {position}, so it cannot be left out.")
    kept = [each for each in scan.left_out if each != position]
    scan.left_out = kept if position in scan.left_out else [*kept, position]
    session.flush()
    return scan_queries.get_scan(session, principal, scan_id)


def discard_rack(session: WriteSession, principal: Principal, *, scan_id: RackScanId) -> None:
    """Close a waiting scan without moving anything. Same errors as `recheck_rack`."""
    scan = lock_scan(session, principal, scan_id, ScanState.DRAFT)
    close_scan(session, principal, scan, ScanState.DISCARDED)


def lock_scan(
    session: WriteSession, principal: Principal, scan_id: RackScanId, state: ScanState
) -> RackScan:
    """Lock a scan that must be in a state: before samples and boxes, by everybody.

    Raises:
        ScanNotFound, ScanNotOpen: not visible, or in another state.
    """
    scan = session.scalars(
        scan_queries.visible_scans(principal)
        .where(RackScan.id == scan_id)
        .with_for_update(of=RackScan)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if scan is None:
        raise ScanNotFound("There is no such rack scan, or it is somebody else's.")
    if scan.state is not state:
        raise ScanNotOpen(_NOT_OPEN[scan.state])
    return scan


def close_scan(
    session: WriteSession, principal: Principal, scan: RackScan, state: ScanState
) -> None:
    """Say that a held scan has ended without moving anything, or was taken back."""
    scan.state, scan.closed_at, scan.closed_by_name = state, clock.utc_now(), principal.name
    session.flush()
    closed = RackScanClosed(aggregate_id=scan.id, box_id=scan.box_id, state=state.value)
    events_service.record(session, principal, closed)
