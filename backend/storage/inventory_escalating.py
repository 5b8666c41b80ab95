"""What the errors of a box add to a physical audit: the rest of it, its rack or its unit."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage import inventory_drawing, inventory_queries, inventory_rules
from backend.storage.events import InventoryEscalated
from backend.storage.ids import CheckState, InventoryAuditId, InventoryLevel, NodeId
from backend.storage.inventory_models import InventoryAudit, InventoryCheck
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked at in full because of errors, and the sentence that says why."""

    level: InventoryLevel
    node_id: UUID
    why: str


def escalate(
    session: WriteSession, principal: Principal, audit: InventoryAudit, check: InventoryCheck
) -> None:
    """Let a box's errors add what the rules ask for. The caller holds audit and check."""
    unit_id = NodeId(check.unit_id)
    rack_id = None if check.rack_id is None else NodeId(check.rack_id)
    before = inventory_queries.erred_before(session, audit, unit_id)
    errors = check.checked - check.correct
    level = inventory_rules.escalation(
        errors,
        is_part=check.positions is not None,
        rack_errors=inventory_queries.rack_errors(session, InventoryAuditId(audit.id), rack_id),
        boxes_in_rack=_count_in_rack(session, rack_id),
        erred_before=before is not None,
    )
    if level is None:
        return
    why = f"{errors} {'error' if errors == 1 else 'errors'} in {_path(session, check.box_id)}"
    if before is not None:
        why += f"; the audit before, “{before[0]}”, found errors in this unit too"
    match level:
        case InventoryLevel.BOX | InventoryLevel.TUBES:
            _open_again(session, check)
            _note(session, principal, audit, _Asked(level, check.box_id, why))
        case InventoryLevel.RACK:
            _add(session, principal, audit, _Asked(level, rack_id or unit_id, why))
        case InventoryLevel.UNIT:
            _add(session, principal, audit, _Asked(level, unit_id, why))


def _add(session: WriteSession, principal: Principal, audit: InventoryAudit, asked: _Asked) -> None:
    """Add those boxes that the audit does not have yet; nothing is said where it has them all."""
    column = StorageNode.unit_id if asked.level is InventoryLevel.UNIT else StorageNode.parent_id
    known = set(
        session.scalars(select(InventoryCheck.box_id).where(InventoryCheck.audit_id == audit.id))
    )
    found = inventory_drawing.boxes_where(session, column == asked.node_id)
    new = [box for box in found if box.id not in known]
    if new:
        inventory_drawing.add_checks(session, audit, new, asked.level)
        _note(session, principal, audit, asked, added=len(new))


def _open_again(session: WriteSession, check: InventoryCheck) -> None:
    """Ask for the rest of a box; what was read in it stays read."""
    check.state, check.level, check.positions = CheckState.OPEN, InventoryLevel.BOX, None
    check.method = check.checked_at = check.checked_by = check.checked_by_name = None
    check.checked = check.correct = check.unread = 0
    check.lines = []
    session.flush()


def _note(
    session: WriteSession,
    principal: Principal,
    audit: InventoryAudit,
    asked: _Asked,
    *,
    added: int = 0,
) -> None:
    path, level = _path(session, asked.node_id), asked.level.value
    at = clock.utc_now().isoformat()
    said = {"level": level, "path": path, "why": asked.why, "added": added, "at": at}
    audit.escalations = [*audit.escalations, said]
    session.flush()
    escalated = InventoryEscalated(
        aggregate_id=audit.id, level=level, path=path, added=added, why=asked.why
    )
    events_service.record(session, principal, escalated)


def _count_in_rack(session: ReadSession, rack_id: NodeId | None) -> int:
    return session.scalars(
        select(func.count())
        .select_from(StorageNode)
        .where(
            StorageNode.parent_id == rack_id,
            StorageNode.kind.in_(HOLDERS),
            StorageNode.used > 0,
        )
    ).one()


def _path(session: ReadSession, node_id: UUID) -> str:
    return session.scalars(select(StorageNode.path).where(StorageNode.id == node_id)).one()
