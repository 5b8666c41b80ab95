"""Starting and closing physical audits. Exported by service.py."""

import secrets
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage import inventory_drawing, inventory_queries, inventory_rules
from backend.storage.errors import InventoryNotFound, InventoryNotOpen, InventoryRefused
from backend.storage.events import InventoryClosed, InventoryStarted
from backend.storage.ids import (
    InventoryAuditId,
    InventoryLevel,
    InventoryPurpose,
    InventoryState,
    NodeId,
)
from backend.storage.inventory_models import InventoryAudit
from backend.storage.models import StorageNode

_SEEDS = 2**31
_LONGEST_NOTE = 500


def start_audit(
    session: WriteSession,
    principal: Principal,
    *,
    title: str,
    unit_ids: Collection[NodeId],
    purpose: InventoryPurpose = InventoryPurpose.PERIODIC,
    share: float | None = None,
    tubes_per_box: int | None = None,
    seed: int | None = None,
) -> InventoryAuditId:
    """Draw boxes of each unit and, with ``tubes_per_box``, tubes in them, to be looked at.

    Boxes that are empty by the records are not drawn. ``seed`` repeats an earlier sample; without
    one it is chosen here, and kept.

    Raises:
        InventoryRefused: no title or unit, a share that is none, or nothing stands there.
    """
    principal.require(Permission.STORAGE_PLAN)
    named = title.strip()
    wanted = inventory_rules.SHARES[purpose] if share is None else share
    _require_sense(named, unit_ids, wanted, tubes_per_box)
    boxes = inventory_drawing.boxes_where(session, StorageNode.unit_id.in_(list(unit_ids)))
    if not boxes:
        raise InventoryRefused("Nothing stands in these units. Choose others.")
    strata: dict[str, list[UUID]] = {}
    for box in boxes:
        strata.setdefault(box.unit_label, []).append(box.id)
    sown = secrets.randbelow(_SEEDS) if seed is None else seed
    drawn = inventory_rules.draw_boxes(strata, share=wanted, seed=sown)
    audit = InventoryAudit(
        title=named[:120],
        purpose=purpose,
        share=wanted,
        seed=sown,
        tubes_per_box=tubes_per_box,
        strata={
            label: {"boxes": len(strata[label]), "drawn": len(found)}
            for label, found in drawn.items()
        },
        started_by=principal.user_id,
        started_by_name=principal.name,
    )
    session.add(audit)
    session.flush()
    keys = {key for found in drawn.values() for key in found}
    chosen = [box for box in boxes if box.id in keys]
    inventory_drawing.add_checks(session, audit, chosen, InventoryLevel.BOX)
    started = InventoryStarted(
        aggregate_id=audit.id,
        title=audit.title,
        purpose=purpose.value,
        share=wanted,
        seed=sown,
        boxes=len(chosen),
    )
    events_service.record(session, principal, started)
    return InventoryAuditId(audit.id)


def close_audit(
    session: WriteSession, principal: Principal, *, audit_id: InventoryAuditId, note: str = ""
) -> None:
    """End an audit; boxes that were not looked at stay told as such.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such audit, or closed already.
        InventoryRefused: boxes are left and nobody says why.
    """
    principal.require(Permission.STORAGE_PLAN)
    audit = lock_audit(session, audit_id)
    view = inventory_queries.get_audit(session, principal, audit_id)
    left, said = view.boxes - view.done, note.strip()[:_LONGEST_NOTE]
    if left and not said:
        raise InventoryRefused(
            f"{left} of {view.boxes} boxes have not been looked at. Say why the audit ends now.",
            fields={"note": "Say why the audit ends now."},
        )
    audit.state, audit.closed_at = InventoryState.CLOSED, clock.utc_now()
    audit.closed_by_name, audit.closing_note = principal.name, said or None
    session.flush()
    closed = InventoryClosed(
        aggregate_id=audit.id,
        checked=view.tally.checked,
        correct=view.tally.correct,
        boxes=view.done,
        left=left,
    )
    events_service.record(session, principal, closed, reason=said or None)


def lock_audit(session: WriteSession, audit_id: InventoryAuditId) -> InventoryAudit:
    """Lock an audit that goes on: before its boxes, by everybody.

    Raises:
        InventoryNotFound, InventoryNotOpen: no such audit, or closed.
    """
    audit = session.scalars(
        select(InventoryAudit)
        .where(InventoryAudit.id == audit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if audit is None:
        raise InventoryNotFound("There is no such audit. Choose one in the list.")
    if audit.state is not InventoryState.OPEN:
        raise InventoryNotOpen(f"The audit “{audit.title}” is closed. Start another one.")
    return audit


def _require_sense(
    title: str, unit_ids: Collection[NodeId], share: float, tubes_per_box: int | None
) -> None:
    if not title:
        raise InventoryRefused("Name the audit.", fields={"title": "Name the audit."})
    if not unit_ids:
        raise InventoryRefused("Choose a unit at least.", fields={"units": "Choose a unit."})
    if not 0 < share <= 1:
        raise InventoryRefused(
            "The share of boxes is more than 0 % and at most 100 %.",
            fields={"share": "Give a share from 1 % to 100 %."},
        )
    if tubes_per_box is not None and tubes_per_box < 1:
        raise InventoryRefused(
            "Look at one tube of a box at least.",
            fields={"tubes": "Give a number from 1, or leave it empty for every tube."},
        )
