"""Reading rack scans, kept or not, and what is left of a spilled box."""

from sqlalchemy import Select, func, select

from backend.core.blobs import key_of
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.storage import box_queries, scan_judging
from backend.storage.errors import ScanNotFound
from backend.storage.ids import Doubt, NodeId, RackScanId, ScanState
from backend.storage.models import Placement, StorageNode
from backend.storage.scan_models import RackScan
from backend.storage.scan_views import Examined, RackScanSummary, RackScanView, SpilledTube
from backend.storage.scanning.leaving import leave_out
from backend.storage.scanning.reading import read_scan
from backend.storage.views import BoxView

_NOT_FOUND = "There is no such rack scan, or it is somebody else's."


def visible_scans(principal: Principal) -> Select[RackScan]:
    """Select the scans that a person read; all of them for who sees every project."""
    principal.require(Permission.STORAGE_PLACE)
    scans = select(RackScan)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return scans
    return scans.where(RackScan.created_by == principal.user_id)


def examine(
    session: ReadSession, principal: Principal, *, content: bytes, box: str | None = None
) -> Examined:
    """Compare a scanner's file with its box and keep nothing.

    Where neither the file nor the caller names a box, the one in which most of its tubes are
    recorded is taken; where there is none either, the file is judged by itself.

    Raises:
        ScanRefused: it cannot be read, or names a position twice.
        NodeNotFound, NotABox, BoxNotAllSeen: no such box, or not all of it is visible.
    """
    principal.require(Permission.STORAGE_PLACE)
    file = read_scan(content)
    is_named = bool((box or "").strip() or file.rack)
    if is_named:
        view: BoxView | None = scan_judging.box_of(session, principal, file, box)
    else:
        view = scan_judging.box_by_tubes(session, principal, file)
    if view is None:
        shape, lines = scan_judging.judge_without_box(session, principal, file)
    else:
        shape = view.shape
        lines = scan_judging.judge_box(session, principal, view.id, file)
    sha256 = key_of(content)
    return Examined(
        box_id=None if view is None else view.id,
        path="" if view is None else view.path,
        shape=shape,
        sha256=sha256,
        lines=lines,
        same_as=said_before(session, principal, sha256=sha256),
        by_tubes=view is not None and not is_named,
    )


def get_scan(session: ReadSession, principal: Principal, scan_id: RackScanId) -> RackScanView:
    """Return a scan with its verdicts.

    Raises:
        ScanNotFound: no such scan, or not visible.
    """
    scan = session.scalars(visible_scans(principal).where(RackScan.id == scan_id)).one_or_none()
    if scan is None:
        raise ScanNotFound(_NOT_FOUND)
    box = box_queries.get_box(session, principal, NodeId(scan.box_id))
    return RackScanView(
        id=RackScanId(scan.id),
        box_id=box.id,
        path=box.path,
        shape=box.shape,
        file_name=scan.file_name,
        sha256=scan.sha256,
        state=scan.state,
        created_at=scan.created_at,
        created_by_name=scan.created_by_name,
        closed_at=scan.closed_at,
        closed_by_name=scan.closed_by_name,
        lines=leave_out(scan_judging.lines_from_json(scan.lines), scan.left_out),
        left_out=frozenset(scan.left_out),
        same_as=said_before(session, principal, sha256=scan.sha256, before=scan),
    )


def list_scans(
    session: ReadSession, principal: Principal, limit: int = 20
) -> list[RackScanSummary]:
    """Return the latest scans that a person may see, newest first."""
    rows = session.execute(
        visible_scans(principal)
        .join(StorageNode, StorageNode.id == RackScan.box_id)
        .add_columns(StorageNode.path)
        .order_by(RackScan.created_at.desc(), RackScan.id.desc())
        .limit(limit)
    ).all()
    return [
        RackScanSummary(
            id=RackScanId(scan.id),
            path=path,
            file_name=scan.file_name,
            state=scan.state,
            created_at=scan.created_at,
            created_by_name=scan.created_by_name,
        )
        for scan, path in rows
    ]


def said_before(
    session: ReadSession, principal: Principal, *, sha256: str, before: RackScan | None = None
) -> str:
    """Return the sentence about an earlier scan of the same bytes; empty when there is none."""
    earlier = (
        visible_scans(principal)
        .where(RackScan.sha256 == sha256, RackScan.state != ScanState.DISCARDED)
        .join(StorageNode, StorageNode.id == RackScan.box_id)
        .add_columns(StorageNode.path)
        .order_by(RackScan.created_at.desc(), RackScan.id.desc())
        .limit(1)
    )
    if before is not None:
        earlier = earlier.where(RackScan.id != before.id, RackScan.created_at <= before.created_at)
    row = session.execute(earlier).one_or_none()
    if row is None:
        return ""
    scan, path = row
    became = {
        ScanState.DRAFT: "and waits to be committed",
        ScanState.COMMITTED: "and committed",
        ScanState.UNDONE: "and taken back",
        ScanState.DISCARDED: "and discarded",
    }[scan.state]
    return (
        f"This file was read before, by {scan.created_by_name} on {scan.created_at:%Y-%m-%d} "
        f"for {path}, {became}."
    )


def spilled(session: ReadSession, principal: Principal, box_id: NodeId) -> tuple[SpilledTube, ...]:
    """Return the tubes of a spilled box that are not back yet, in fill order."""
    contents = box_queries.box_contents(session, principal, box_id)
    return tuple(
        SpilledTube(position=tube.position.label, barcode=tube.barcode)
        for tube in contents.tubes
        if tube.doubt is Doubt.SPILLED
    )


def spilled_count(session: ReadSession, box_id: NodeId) -> int:
    """Return how many tubes of a spilled box are not back yet."""
    return session.execute(
        select(func.count())
        .select_from(Placement)
        .where(
            Placement.box_id == box_id,
            Placement.removed_at.is_(None),
            Placement.doubt == Doubt.SPILLED,
        )
    ).scalar_one()
