"""Looking at the boxes of a physical audit. Exported by service.py.

The records stay as they are: an audit says what is wrong, a rack scan or a move puts it right.
"""

from sqlalchemy import select

from backend.core import clock
from backend.core.barcodes import tidy
from backend.core.blobs import FileStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage import (
    box_queries,
    inventory,
    inventory_escalating,
    inventory_queries,
    inventory_rules,
    rack_scans,
    scan_judging,
)
from backend.storage.errors import (
    InventoryNotFound,
    InventoryNotOpen,
    InventoryRefused,
    PositionOutside,
)
from backend.storage.events import InventoryBoxChecked
from backend.storage.ids import (
    CheckMethod,
    CheckState,
    InventoryAuditId,
    InventoryCheckId,
    InventoryPurpose,
    NodeId,
    RackScanId,
)
from backend.storage.inventory_models import InventoryAudit, InventoryCheck
from backend.storage.inventory_views import Noted
from backend.storage.rules import Position, first_free, parse_position
from backend.storage.scanning.reading import RackFile, ReadState, TubeRead
from backend.storage.scanning.verdicts import ScanLine, Verdict
from backend.storage.views import BoxView

_SHOWN = 6
_UNUSABLE = {Verdict.WRONG_RACK, Verdict.INVALID_POSITION}
Held = tuple[InventoryAudit, InventoryCheck, BoxView]


def note_tube(
    session: WriteSession,
    principal: Principal,
    *,
    check_id: InventoryCheckId,
    position: str,
    barcode: str = "",
    state: ReadState = ReadState.CODE,
) -> Noted:
    """Write down what stands in a position; a second reading of it replaces the first.

    The tubes of a loose place have no positions that could be found: they are read in any order,
    and each is noted under its own number.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such box, or it has been looked at.
        PositionOutside: the box has no such position.
        InventoryRefused: a code was read, and it is empty.
    """
    _, check, box = _hold(session, principal, check_id)
    spot = parse_position(position, box.shape)
    if spot is None:
        raise PositionOutside(f"{box.path} has no position {position}. Read it again.")
    code = tidy(barcode) if state is ReadState.CODE else ""
    if state is ReadState.CODE and not code:
        raise InventoryRefused(f"Scan the tube in {spot.label}.")
    if box.is_loose and code:
        spot = _number_of(session, principal, check, box, code) or spot
    others = [each for each in check.reads if each["position"] != spot.label]
    also = next((each["position"] for each in others if code and each["barcode"] == code), "")
    read = {"position": spot.label, "state": state.value, "barcode": code}
    check.reads = [*others, read]
    session.flush()
    done = {each["position"] for each in check.reads}
    asked = inventory_queries.asked_of(session, principal, check)
    left = [each for each in asked if each not in done]
    return Noted(
        position=spot.label,
        next_position=left[0] if left else "",
        left=len(left),
        also_at=also,
    )


def finish_check(
    session: WriteSession, principal: Principal, *, check_id: InventoryCheckId
) -> None:
    """Judge what was read tube by tube; errors may add the rest of the box, its rack, its unit.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such box, or it has been looked at.
        InventoryRefused: positions have not been read.
        BoxNotAllSeen: the box holds tubes that the principal may not see.
    """
    audit, check, box = _hold(session, principal, check_id)
    read = {each["position"] for each in check.reads}
    asked = inventory_queries.asked_of(session, principal, check)
    left = [each for each in asked if each not in read]
    if left:
        shown = ", ".join(left[:_SHOWN]) + (" and others" if len(left) > _SHOWN else "")
        raise InventoryRefused(f"{len(left)} positions have not been looked at: {shown}.")
    reads = [
        TubeRead(
            line=number,
            position=each["position"],
            state=ReadState(each["state"]),
            barcode=each["barcode"],
        )
        for number, each in enumerate(check.reads, start=1)
    ]
    file = RackFile(rack=None, reads=tuple(reads))
    lines = scan_judging.judge_box(session, principal, NodeId(box.id), file)
    # Of positions that nobody looked at the verdict would be that nobody looked.
    judged = tuple(line for line in lines if line.line is not None)
    _end(session, principal, (audit, check, box), CheckMethod.TUBES, judged)


def read_box(
    session: WriteSession,
    principal: Principal,
    *,
    check_id: InventoryCheckId,
    file_name: str,
    content: bytes,
    files: FileStore,
) -> RackScanId:
    """Judge a box by its rack scan; the scan waits on its page to put right what is wrong.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such box, or it has been looked at.
        ScanRefused: the file cannot be read.
        InventoryRefused: it is of another rack or of a box of another size.
        BoxNotAllSeen: the box holds tubes that the principal may not see.
    """
    audit, check, box = _hold(session, principal, check_id)
    scan = rack_scans.read_rack(
        session, principal, file_name=file_name, content=content, files=files, box=box.path
    )
    unusable = next((line for line in scan.lines if line.verdict in _UNUSABLE), None)
    if unusable is not None:
        raise InventoryRefused(f"{unusable.sentence} Scan {box.path} again.")
    check.scan_id, check.positions, check.reads = scan.id, None, []
    _end(session, principal, (audit, check, box), CheckMethod.RACK_SCAN, scan.lines)
    return scan.id


def report_absent(
    session: WriteSession, principal: Principal, *, check_id: InventoryCheckId
) -> None:
    """Say that a box is not where it is recorded: each of its tubes counts as missing.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such box, or it has been looked at.
        BoxNotAllSeen: the box holds tubes that the principal may not see.
    """
    audit, check, box = _hold(session, principal, check_id)
    asked = inventory_queries.asked_of(session, principal, check)
    reads = [
        TubeRead(line=number, position=position, state=ReadState.EMPTY)
        for number, position in enumerate(asked, start=1)
    ]
    file = RackFile(rack=None, reads=tuple(reads))
    lines = scan_judging.judge_box(session, principal, NodeId(box.id), file)
    judged = tuple(line for line in lines if line.line is not None)
    _end(session, principal, (audit, check, box), CheckMethod.ABSENT, judged)


def confirm_seal(
    session: WriteSession, principal: Principal, *, check_id: InventoryCheckId
) -> None:
    """Say that a sealed box's seal is whole, so that nobody has to open it.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such box, or it has been looked at.
        InventoryRefused: the audit is not of sealed boxes, or tubes of the box were read.
    """
    audit, check, box = _hold(session, principal, check_id)
    if audit.purpose is not InventoryPurpose.MOVED_SEALED:
        raise InventoryRefused("Seals count after a move of sealed boxes only. Read its tubes.")
    if check.reads:
        raise InventoryRefused(f"Tubes of {box.path} were read, so it was opened. Read the rest.")
    _end(session, principal, (audit, check, box), CheckMethod.SEAL, ())


def _number_of(
    session: WriteSession, principal: Principal, check: InventoryCheck, box: BoxView, code: str
) -> Position | None:
    """Return the number of a tube in a loose place; of a strange one the first that nobody has."""
    contents = box_queries.box_contents(session, principal, NodeId(box.id))
    noted = {parse_position(each["position"], box.shape): each["barcode"] for each in check.reads}
    known = {tube.barcode: tube.position for tube in contents.tubes}
    own = known.get(code) or next((spot for spot, read in noted.items() if read == code), None)
    if own is not None:
        return own
    taken = contents.taken() | {spot for spot in noted if spot is not None}
    return first_free(box.shape, taken=taken)


def _hold(session: WriteSession, principal: Principal, check_id: InventoryCheckId) -> Held:
    """Lock the audit and then the check, and return them with the box from outside."""
    principal.require(Permission.STORAGE_PLACE)
    found = session.scalars(
        select(InventoryCheck.audit_id).where(InventoryCheck.id == check_id)
    ).one_or_none()
    if found is None:
        raise InventoryNotFound("The audit has no such box. Choose one in its list.")
    audit = inventory.lock_audit(session, InventoryAuditId(found))
    check = session.scalars(
        select(InventoryCheck)
        .where(InventoryCheck.id == check_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    box = box_queries.get_box(session, principal, NodeId(check.box_id))
    if check.state is not CheckState.OPEN:
        raise InventoryNotOpen(f"{box.path} has been looked at by {check.checked_by_name} already.")
    return audit, check, box


def _end(
    session: WriteSession,
    principal: Principal,
    held: Held,
    method: CheckMethod,
    lines: tuple[ScanLine, ...],
) -> None:
    audit, check, box = held
    told = [line for line in lines if line.verdict is not Verdict.EMPTY]
    counted = inventory_rules.tally(told)
    check.lines = scan_judging.lines_as_json(told)
    check.checked, check.correct = counted.checked, counted.correct
    check.unread, check.method, check.state = counted.unread, method, CheckState.DONE
    check.checked_at, check.checked_by = clock.utc_now(), principal.user_id
    check.checked_by_name = principal.name
    session.flush()
    done = InventoryBoxChecked(
        aggregate_id=audit.id,
        box_id=box.id,
        path=box.path,
        method=method.value,
        checked=counted.checked,
        correct=counted.correct,
        unread=counted.unread,
    )
    events_service.record(session, principal, done)
    inventory_escalating.escalate(session, principal, audit, check)
