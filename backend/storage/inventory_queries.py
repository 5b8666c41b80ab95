"""Reading physical audits: the list, one with how far it is, its boxes, and the one at hand."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.storage import box_queries, inventory_rules, scan_judging
from backend.storage.errors import InventoryNotFound
from backend.storage.ids import (
    CheckState,
    InventoryAuditId,
    InventoryCheckId,
    InventoryLevel,
    InventoryState,
    NodeId,
    RackScanId,
)
from backend.storage.inventory_models import InventoryAudit, InventoryCheck
from backend.storage.inventory_rules import Tally
from backend.storage.inventory_views import (
    AtHand,
    CheckView,
    Escalation,
    InventorySummary,
    InventoryView,
)
from backend.storage.models import StorageNode

_NOT_FOUND = "There is no such audit. Choose one in the list."
Unit = aliased(StorageNode, name="unit")


def _sums() -> tuple[Any, ...]:
    columns = (InventoryCheck.checked, InventoryCheck.correct, InventoryCheck.unread)
    return tuple(cast(func.coalesce(func.sum(column), 0), BigInteger) for column in columns)


def list_audits(
    session: ReadSession, principal: Principal, limit: int = 30
) -> list[InventorySummary]:
    """Return the latest audits, newest first."""
    principal.require(Permission.STORAGE_PLACE)
    rows = session.execute(
        select(
            InventoryAudit,
            func.count(InventoryCheck.id),
            func.count(InventoryCheck.checked_at),
            *_sums(),
        )
        .outerjoin(InventoryCheck, InventoryCheck.audit_id == InventoryAudit.id)
        .group_by(InventoryAudit.id)
        .order_by(InventoryAudit.created_at.desc(), InventoryAudit.id.desc())
        .limit(limit)
    ).all()
    return [
        InventorySummary(
            id=InventoryAuditId(audit.id),
            title=audit.title,
            purpose=audit.purpose,
            state=audit.state,
            created_at=audit.created_at,
            started_by_name=audit.started_by_name,
            boxes=boxes,
            done=done,
            tally=Tally(checked=checked, correct=correct, unread=unread),
        )
        for audit, boxes, done, checked, correct, unread in rows
    ]


def get_audit(
    session: ReadSession, principal: Principal, audit_id: InventoryAuditId
) -> InventoryView:
    """Return an audit with its sums.

    Raises:
        InventoryNotFound: no such audit.
    """
    principal.require(Permission.STORAGE_PLACE)
    audit = session.get(InventoryAudit, audit_id, populate_existing=True)
    if audit is None:
        raise InventoryNotFound(_NOT_FOUND)
    rows = session.execute(
        select(
            Unit.label,
            func.count(InventoryCheck.id),
            func.count(InventoryCheck.checked_at),
            *_sums(),
        )
        .join(Unit, Unit.id == InventoryCheck.unit_id)
        .where(InventoryCheck.audit_id == audit_id)
        .group_by(Unit.label)
        .order_by(Unit.label)
    ).all()
    by_unit = {
        label: Tally(checked=checked, correct=correct, unread=unread)
        for label, _, _, checked, correct, unread in rows
    }
    return InventoryView(
        id=audit_id,
        title=audit.title,
        purpose=audit.purpose,
        state=audit.state,
        share=audit.share,
        seed=audit.seed,
        tubes_per_box=audit.tubes_per_box,
        strata={label: (each["boxes"], each["drawn"]) for label, each in audit.strata.items()},
        created_at=audit.created_at,
        started_by_name=audit.started_by_name,
        closed_at=audit.closed_at,
        closed_by_name=audit.closed_by_name,
        closing_note=audit.closing_note,
        escalations=tuple(_escalation(each) for each in audit.escalations),
        boxes=sum(row[1] for row in rows),
        done=sum(row[2] for row in rows),
        tally=inventory_rules.total(by_unit.values()),
        by_unit=by_unit,
    )


def checks(
    session: ReadSession,
    principal: Principal,
    audit_id: InventoryAuditId,
    *,
    state: CheckState | None = None,
    with_errors: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[CheckView]:
    """Return boxes of an audit in the order of the walk, from an offset on."""
    principal.require(Permission.STORAGE_PLACE)
    wanted = _checks().where(InventoryCheck.audit_id == audit_id).order_by(InventoryCheck.step)
    if state is not None:
        wanted = wanted.where(InventoryCheck.state == state)
    if with_errors:
        wanted = wanted.where(InventoryCheck.correct < InventoryCheck.checked)
    rows = session.execute(wanted.offset(offset).limit(limit)).all()
    return [_view(principal, *row) for row in rows]


def get_check(session: ReadSession, principal: Principal, check_id: InventoryCheckId) -> CheckView:
    """Return a box of an audit.

    Raises:
        InventoryNotFound: no audit has such a box.
    """
    principal.require(Permission.STORAGE_PLACE)
    row = session.execute(_checks().where(InventoryCheck.id == check_id)).one_or_none()
    if row is None:
        raise InventoryNotFound("The audit has no such box. Choose one in its list.")
    return _view(principal, *row)


def at_hand(
    session: ReadSession,
    principal: Principal,
    audit_id: InventoryAuditId,
    check_id: InventoryCheckId | None = None,
) -> AtHand | None:
    """Return the box that was chosen, else the next one of the walk; None when none is left.

    Raises:
        InventoryNotFound: the audit has no such box.
        BoxNotAllSeen: it holds tubes of projects that the principal is not in.
    """
    principal.require(Permission.STORAGE_PLACE)
    wanted = _checks().where(InventoryCheck.audit_id == audit_id)
    if check_id is not None:
        row = session.execute(wanted.where(InventoryCheck.id == check_id)).one_or_none()
        if row is None:
            raise InventoryNotFound("The audit has no such box. Choose one in its list.")
    else:
        opened = wanted.where(InventoryCheck.state == CheckState.OPEN)
        row = session.execute(opened.order_by(InventoryCheck.step).limit(1)).one_or_none()
        if row is None:
            return None
    check, path = row
    box = box_queries.get_box(session, principal, NodeId(check.box_id))
    return AtHand(
        check=_view(principal, check, path),
        is_loose=box.is_loose,
        asked=asked_of(session, principal, check),
        read={each["position"]: each["barcode"] for each in check.reads},
    )


def asked_of(session: ReadSession, principal: Principal, check: InventoryCheck) -> tuple[str, ...]:
    """Return the positions that must be read: those drawn, or all that are taken by the records."""
    if check.positions is not None:
        return tuple(check.positions)
    contents = box_queries.box_contents(session, principal, NodeId(check.box_id))
    return tuple(tube.position.label for tube in contents.tubes)


def erred_before(
    session: ReadSession, audit: InventoryAudit, unit_id: NodeId
) -> tuple[str, datetime] | None:
    """Return title and day of the audit before of a unit if it found errors there, else None."""
    earlier = session.execute(
        select(
            InventoryAudit.title,
            InventoryAudit.closed_at,
            func.sum(InventoryCheck.checked - InventoryCheck.correct),
        )
        .join(InventoryCheck, InventoryCheck.audit_id == InventoryAudit.id)
        .where(
            InventoryAudit.id != audit.id,
            InventoryAudit.state == InventoryState.CLOSED,
            InventoryAudit.closed_at <= audit.created_at,
            InventoryCheck.unit_id == unit_id,
            InventoryCheck.state == CheckState.DONE,
        )
        .group_by(InventoryAudit.id)
        .order_by(InventoryAudit.closed_at.desc())
        .limit(1)
    ).one_or_none()
    if earlier is None or earlier[1] is None or not earlier[2]:
        return None
    return earlier[0], earlier[1]


def rack_errors(
    session: ReadSession, audit_id: InventoryAuditId, rack_id: NodeId | None
) -> list[int]:
    """Return the errors of each box of a rack that an audit has looked at."""
    return list(
        session.scalars(
            select(InventoryCheck.checked - InventoryCheck.correct).where(
                InventoryCheck.audit_id == audit_id,
                InventoryCheck.rack_id == rack_id,
                InventoryCheck.state == CheckState.DONE,
            )
        )
    )


def _checks() -> Select[InventoryCheck, str]:
    return (
        select(InventoryCheck, StorageNode.path)
        .join(StorageNode, StorageNode.id == InventoryCheck.box_id)
        .execution_options(populate_existing=True)
    )


def _view(principal: Principal, check: InventoryCheck, path: str) -> CheckView:
    # Whoever looked saw every tube; of the others only those who see every project do.
    sees = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    lines: Collection[Mapping[str, Any]] = (
        check.lines if sees or check.checked_by == principal.user_id else ()
    )
    return CheckView(
        id=InventoryCheckId(check.id),
        box_id=NodeId(check.box_id),
        path=path,
        level=check.level,
        state=check.state,
        method=check.method,
        positions=None if check.positions is None else tuple(check.positions),
        tally=Tally(checked=check.checked, correct=check.correct, unread=check.unread),
        lines=scan_judging.lines_from_json(lines),
        scan_id=None if check.scan_id is None else RackScanId(check.scan_id),
        checked_at=check.checked_at,
        checked_by_name=check.checked_by_name,
    )


def _escalation(stored: Mapping[str, Any]) -> Escalation:
    return Escalation(
        level=InventoryLevel(stored["level"]),
        path=stored["path"],
        why=stored["why"],
        added=stored["added"],
        at=datetime.fromisoformat(stored["at"]),
    )
