"""Committing a rack scan: all of it in one transaction, or nothing. Exported by service.py."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import custody_blocks
from backend.samples import service as samples_service
from backend.samples.ids import Custody, SampleId
from backend.storage import locking, placing, rack_scans, scan_judging, scan_queries
from backend.storage.errors import ScanOutdated
from backend.storage.events import RackScanCommitted
from backend.storage.ids import Doubt, NodeId, PlacementSource, RackScanId, ScanState
from backend.storage.locking import HeldSample
from backend.storage.models import Placement
from backend.storage.rules import parse_position
from backend.storage.scan_models import RackScan
from backend.storage.scan_views import RackScanView
from backend.storage.scanning.leaving import leave_out
from backend.storage.scanning.verdicts import ScanLine, Step
from backend.storage.views import BoxView

_NOT_FOUND = "not found in the rack scan"
_OUTDATED = "The box has changed since the scan was read. Compare it again, and look once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A sample whose place changed: the stay that ended, the one that began, and its custody."""

    sample: str
    closed: str | None
    opened: str | None
    custody: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A stay whose mark of doubt changed, and the mark that it had."""

    placement: str
    sample: str
    doubt: str | None
    doubted_at: str | None


@dataclass(slots=True)
class Done:
    """What a commit changed, in the order in which it did."""

    moved: list[Moved] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it for the scan's row."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True)
class _Commit:
    session: WriteSession
    principal: Principal
    box: BoxView
    unit: frozenset[NodeId]
    """The box and those others of its unit that tubes come from."""
    held: dict[str, HeldSample]
    """By barcode."""
    now: datetime
    done: Done


def commit_rack(
    session: WriteSession, principal: Principal, *, scan_id: RackScanId
) -> RackScanView:
    """Let locations follow a scan, as its verdicts say.

    The scan, every sample that it may touch, and the boxes are held, in this order; then the
    verdicts are made again and must be those that the person looked at. Tubes that rules keep out,
    and those of lines that the person left out, stay where they are recorded; their lines say so.

    Raises:
        ScanNotFound, ScanNotOpen: not visible, or not waiting any more.
        ScanOutdated: something in the box has changed; nothing is written.
        SamplePromised: a tube that would move is offered to somebody who has not answered.
    """
    principal.require(Permission.STORAGE_PLACE)
    scan = rack_scans.lock_scan(session, principal, scan_id, ScanState.DRAFT)
    box_id, file = NodeId(scan.box_id), scan_judging.file_from_json(scan.reads)
    wanted = scan_judging.samples_of(session, principal, box_id, file)
    held = locking.hold_visible_samples(session, principal, wanted)
    others = {NodeId(each.standing.box_id) for each in held.values() if each.standing is not None}
    boxes = locking.hold_boxes(session, principal, sorted(others | {box_id}))
    box = boxes[box_id]
    lines = scan_judging.judge_box(session, principal, box_id, file)
    if scan_judging.lines_as_json(lines) != scan.lines:
        raise ScanOutdated(_OUTDATED)
    lines = leave_out(lines, scan.left_out)
    by_barcode = {each.needs.barcode: each for each in held.values()}
    unit = frozenset(key for key, each in boxes.items() if each.unit_id == box.unit_id)
    commit = _Commit(session, principal, box, unit, by_barcode, clock.utc_now(), Done())
    _require_unpromised(commit, lines)
    arrived = _move(commit, lines)
    verified = _mark(commit, lines)
    if arrived:
        placing.note_fullness(session, principal, box, arrived)
    _close(commit, scan, lines, verified)
    return scan_queries.get_scan(session, principal, scan_id)


def _require_unpromised(commit: _Commit, lines: tuple[ScanLine, ...]) -> None:
    moving = {line.found for line in lines if line.step is Step.PLACE}
    leaving = {line.takes_out for line in lines if line.takes_out}
    keys = [SampleId(commit.held[code].sample.id) for code in sorted(moving | leaving)]
    custody_blocks.require_unpromised(commit.session, keys)


def _move(commit: _Commit, lines: tuple[ScanLine, ...]) -> int:
    """End every stay that a line ends, then begin the new ones; return what its unit gained."""
    placed = [line for line in lines if line.step is Step.PLACE]
    leaving = [line.takes_out for line in lines if line.takes_out]
    from_paths = {
        line.found: placing.where_it_stands(commit.session, stay)
        for line in placed
        if (stay := commit.held[line.found].standing) is not None
    }
    for code in leaving:
        _take_out(commit, code)
    # All ends before all beginnings: tubes that changed places would collide one by one.
    for code in from_paths:
        stay = commit.held[code].standing
        if stay is not None:
            placing.close(commit.session, commit.principal, stay, "moved", commit.now)
    for line in placed:
        _place(commit, line, from_paths.get(line.found, ""))
    stays = [commit.held[line.found].standing for line in placed]
    came_in = sum(stay is None or NodeId(stay.box_id) not in commit.unit for stay in stays)
    return max(0, came_in - len(leaving))


def _take_out(commit: _Commit, code: str) -> None:
    held = commit.held[code]
    stay = held.standing
    if stay is None:
        raise ScanOutdated(_OUTDATED)
    _note_move(commit, held, opened=None)
    placing.close(commit.session, commit.principal, stay, _NOT_FOUND, commit.now)
    _audit(
        commit,
        held,
        "storage.sample_taken_out",
        old=None,
        position=commit.box.shape.at(stay.row, stay.column).label,
        reason=_NOT_FOUND,
    )
    _set_custody(commit, held, Custody.CHECKED_OUT)


def _place(commit: _Commit, line: ScanLine, from_path: str) -> None:
    held, position = commit.held[line.found], parse_position(line.position, commit.box.shape)
    if position is None:
        raise ScanOutdated(_OUTDATED)
    new = placing.put(
        commit.session,
        commit.principal,
        sample_id=SampleId(held.sample.id),
        box=commit.box,
        position=position,
        source=PlacementSource.RACKSCAN,
        now=commit.now,
    )
    _note_move(commit, held, opened=new)
    action = "storage.sample_placed"
    old: dict[str, object] | None = None
    if from_path:
        path, _, spot = from_path.rpartition("/")
        action, old = "storage.sample_moved", {"path": path, "position": spot}
    _audit(commit, held, action, old=old, position=position.label)
    _set_custody(commit, held, Custody.IN_STORAGE)


def _note_move(commit: _Commit, held: HeldSample, *, opened: Placement | None) -> None:
    commit.done.moved.append(
        Moved(
            sample=str(held.sample.id),
            closed=None if held.standing is None else str(held.standing.id),
            opened=None if opened is None else str(opened.id),
            custody=held.sample.custody.value,
        )
    )


def _audit(
    commit: _Commit,
    held: HeldSample,
    action: str,
    *,
    old: dict[str, object] | None,
    position: str,
    reason: str | None = None,
) -> None:
    events_service.audit(
        commit.session,
        commit.principal,
        action=action,
        entity="sample",
        entity_id=held.sample.id,
        old=old,
        new={"path": commit.box.path, "position": position, "source": "rackscan"},
        reason=reason,
    )


def _set_custody(commit: _Commit, held: HeldSample, custody: Custody) -> None:
    samples_service.set_custody(
        commit.session, commit.principal, sample_id=SampleId(held.sample.id), custody=custody
    )


def _mark(commit: _Commit, lines: tuple[ScanLine, ...]) -> int:
    """Mark stays that were not verified, take marks off others; return how many were taken off."""
    verified = 0
    for line in lines:
        stay = commit.held[line.expected].standing if line.expected else None
        if stay is None or line.step not in {Step.CONFIRM, Step.DOUBT}:
            continue
        doubt = Doubt.NO_READ if line.step is Step.DOUBT else None
        if (stay.doubt is None) == (doubt is None):
            continue
        commit.done.marked.append(
            Marked(
                placement=str(stay.id),
                sample=str(stay.sample_id),
                doubt=None if stay.doubt is None else stay.doubt.value,
                doubted_at=None if stay.doubted_at is None else stay.doubted_at.isoformat(),
            )
        )
        stay.doubt, stay.doubted_at = doubt, commit.now if doubt else None
        verified += doubt is None
    commit.session.flush()
    return verified


def _close(commit: _Commit, scan: RackScan, lines: tuple[ScanLine, ...], verified: int) -> None:
    scan.state, scan.closed_at = ScanState.COMMITTED, commit.now
    scan.closed_by_name, scan.done = commit.principal.name, commit.done.as_json()
    commit.session.flush()
    committed = RackScanCommitted(
        aggregate_id=scan.id,
        box_id=commit.box.id,
        path=commit.box.path,
        sha256=scan.sha256,
        placed=sum(line.step is Step.PLACE for line in lines),
        taken_out=sum(bool(line.takes_out) for line in lines),
        unverified=len(commit.done.marked) - verified,
        verified=verified,
        left_out=sum(bool(line.left_out) for line in lines),
    )
    events_service.record(commit.session, commit.principal, committed)
