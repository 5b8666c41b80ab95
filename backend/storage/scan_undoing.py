"""Taking a committed rack scan back. Exported by service.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import box_queries, locking, placing, rack_scans, rules, scan_queries
from backend.storage.errors import NothingToUndo, PositionTaken, UndoTooLate
from backend.storage.ids import Doubt, NodeId, PlacementSource, RackScanId, ScanState
from backend.storage.models import Placement
from backend.storage.scan_views import RackScanView
from backend.storage.views import BoxView


@dataclass(frozen=True, slots=True)
class _Back:
    """The stays of the commit, the held boxes, and the instant of the way back."""

    stays: Mapping[str, Placement]
    boxes: Mapping[NodeId, BoxView]
    now: datetime


def undo_rack(session: WriteSession, principal: Principal, *, scan_id: RackScanId) -> RackScanView:
    """Put every tube of a committed scan back to where it was recorded, within ten minutes.

    All go back or none does: tubes that changed places could not go back one without the other.

    Raises:
        ScanNotFound, ScanNotOpen: not visible, or not committed.
        UndoTooLate: more than ten minutes ago.
        NothingToUndo: a sample has moved on since, or is not visible any more.
        PositionTaken: another tube stands in one of the positions by now.
        SamplePromised: one of the tubes is offered to somebody who has not answered.
    """
    principal.require(Permission.STORAGE_PLACE)
    scan = rack_scans.lock_scan(session, principal, scan_id, ScanState.COMMITTED)
    now = clock.utc_now()
    if scan.closed_at is None or now - scan.closed_at > rules.UNDO_WITHIN:
        raise UndoTooLate("The scan was committed more than ten minutes ago. Scan the rack again.")
    done: Mapping[str, Any] = scan.done or {"moved": [], "marked": []}
    moved: Sequence[Mapping[str, Any]] = done["moved"]
    samples = {SampleId(UUID(each["sample"])) for each in [*moved, *done["marked"]]}
    locking.hold_samples(session, principal, sorted(samples))
    stays = _stays(session, [*moved, *done["marked"]])
    _require_unmoved(session, moved, stays)
    boxes = locking.hold_boxes(
        session, principal, sorted({NodeId(s.box_id) for s in stays.values()})
    )
    for each in moved:
        if each["opened"]:
            placing.close(session, principal, stays[each["opened"]], "undone", now)
    _require_free(session, moved, stays, boxes)
    for each in moved:
        _put_back(session, principal, each, _Back(stays, boxes, now))
    for each in done["marked"]:
        stay = stays[each["placement"]]
        if stay.removed_at is None:
            stay.doubt = None if each["doubt"] is None else Doubt(each["doubt"])
            at = each["doubted_at"]
            stay.doubted_at = None if at is None else datetime.fromisoformat(at)
    rack_scans.close_scan(session, principal, scan, ScanState.UNDONE)
    return scan_queries.get_scan(session, principal, scan_id)


def _stays(session: WriteSession, done: Sequence[Mapping[str, Any]]) -> dict[str, Placement]:
    names = ("closed", "opened", "placement")
    keys = {UUID(each[name]) for each in done for name in names if each.get(name)}
    rows = session.scalars(
        select(Placement).where(Placement.id.in_(keys)).execution_options(populate_existing=True)
    )
    return {str(stay.id): stay for stay in rows}


def _require_unmoved(
    session: WriteSession, moved: Sequence[Mapping[str, Any]], stays: Mapping[str, Placement]
) -> None:
    """Refuse when a sample has a later stay, or the one that the scan began has ended."""
    latest = dict(
        session.execute(
            select(Placement.sample_id, Placement.id)
            .where(Placement.sample_id.in_({UUID(each["sample"]) for each in moved}))
            .order_by(Placement.placed_at, Placement.id)
        ).all()
    )
    gone = 0
    for each in moved:
        last = each["opened"] or each["closed"]
        ended = bool(each["opened"]) and stays[last].removed_at is not None
        gone += ended or str(latest[UUID(each["sample"])]) != last
    if gone:
        raise NothingToUndo(f"{gone} of the tubes have moved on since. Scan the rack again.")


def _require_free(
    session: WriteSession,
    moved: Sequence[Mapping[str, Any]],
    stays: Mapping[str, Placement],
    boxes: Mapping[NodeId, BoxView],
) -> None:
    taken = box_queries.taken_in(session, list(boxes))
    for each in moved:
        if not each["closed"]:
            continue
        goal = stays[each["closed"]]
        box = boxes[NodeId(goal.box_id)]
        position = box.shape.at(goal.row, goal.column)
        if position in taken.get(box.id, frozenset()):
            raise PositionTaken(f"{position.label} of {box.path} has been filled since.")


def _put_back(
    session: WriteSession, principal: Principal, each: Mapping[str, Any], back: _Back
) -> None:
    sample_id = SampleId(UUID(each["sample"]))
    goal = back.stays[each["closed"]] if each["closed"] else None
    path = position = None
    if goal is not None:
        box = back.boxes[NodeId(goal.box_id)]
        spot = box.shape.at(goal.row, goal.column)
        path, position = box.path, spot.label
        stay = placing.put(
            session,
            principal,
            sample_id=sample_id,
            box=box,
            position=spot,
            source=PlacementSource.MANUAL,
            now=back.now,
        )
        stay.doubt, stay.doubted_at = goal.doubt, goal.doubted_at
    custody = Custody(each["custody"])
    samples_service.set_custody(session, principal, sample_id=sample_id, custody=custody)
    undone = UUID(each["opened"] or each["closed"])
    events_service.audit(
        session,
        principal,
        action="storage.step_undone",
        entity="sample",
        entity_id=sample_id,
        new={"undone_placement_id": undone, "path": path, "position": position},
    )
