"""Why a place cannot go: what stands in it, is planned for it, or hangs on it; all at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, distinct, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from backend.core import clock
from backend.core.sessions import ReadSession
from backend.samples.models import Project, SampleHold
from backend.storage.hand_models import HandTrayItem
from backend.storage.ids import CheckState, NodeKind, PickOutcome, PickState, PlanState, ScanState
from backend.storage.inventory_models import InventoryCheck
from backend.storage.models import (
    BlockedPosition,
    Placement,
    PlacementPlan,
    PlannedPlacement,
    StorageNode,
)
from backend.storage.pick_models import PickLine, PickList
from backend.storage.relocation_models import RelocationMove, RelocationPlan
from backend.storage.scan_models import RackScan
from backend.telemetry import unit_naming

_AGREED = ("listed", "agreed")
"""Outcomes of a relocation's lines that somebody is still to carry (`RelocationMove`)."""


def reasons_to_stay(session: ReadSession, nodes: Sequence[StorageNode]) -> tuple[str, ...]:
    """Return every reason, a sentence each, why these places have to stay; empty: they may go."""
    keys = [node.id for node in nodes]
    units = [node.id for node in nodes if node.kind is NodeKind.UNIT]
    found = (
        _samples(session, keys),
        _hands(session, keys),
        _checkouts(session, keys),
        _placement_plans(session, keys),
        _relocations(session, keys),
        _picks(session, keys),
        _scans(session, keys),
        _checks(session, keys),
        _reserved_positions(session, keys),
        _projects(session, nodes),
        *(unit_naming.reasons_to_stay(session, units) if units else ()),
    )
    return tuple(sentence for sentence in found if sentence)


def _samples(session: ReadSession, keys: list[UUID]) -> str:
    here = (Placement.box_id.in_(keys), Placement.removed_at.is_(None))
    count = _count(session, select(func.count()).select_from(Placement).where(*here))
    if not count:
        return ""
    held = _count(
        session,
        select(func.count(distinct(Placement.sample_id)))
        .join(SampleHold, SampleHold.sample_id == Placement.sample_id)
        .where(*here, SampleHold.released_at.is_(None)),
    )
    on_hold = f", {held:,} of them on hold" if held else ""
    return f"{_many(count, 'sample stands', 'samples stand')} in it{on_hold}. Move them first."


def _hands(session: ReadSession, keys: list[UUID]) -> str:
    rows = select(func.count()).select_from(HandTrayItem).where(HandTrayItem.from_box_id.in_(keys))
    count = _count(session, rows)
    said = _many(count, "tube of it is", "tubes of it are")
    return f"{said} in somebody's hand. Put them back or elsewhere first." if count else ""


def _checkouts(session: ReadSession, keys: list[UUID]) -> str:
    # Custody stands above storage; it answers by a function of the database (21_custody.sql).
    boxes = literal(keys, ARRAY(Uuid))
    count = _count(session, select(func.checkouts_from(boxes)))
    said = _many(count, "tube is", "tubes are")
    return f"{said} checked out of it and to come back there. Return them first." if count else ""


def _placement_plans(session: ReadSession, keys: list[UUID]) -> str:
    rows = (
        select(func.count())
        .select_from(PlannedPlacement)
        .join(PlacementPlan, PlacementPlan.id == PlannedPlacement.plan_id)
        .where(
            PlannedPlacement.box_id.in_(keys),
            PlannedPlacement.outcome.is_(None),
            PlacementPlan.state == PlanState.READY,
        )
    )
    count = _count(session, rows)
    said = _many(count, "sample", "samples")
    return f"A plan puts {said} there. Accept it or put it aside first." if count else ""


def _relocations(session: ReadSession, keys: list[UUID]) -> str:
    waiting = (PlanState.REQUESTED, PlanState.READY)
    is_open = RelocationPlan.state.in_(waiting) | RelocationMove.outcome.in_(_AGREED)
    rows = (
        select(func.count(distinct(RelocationPlan.id)))
        .select_from(RelocationPlan)
        .outerjoin(RelocationMove, RelocationMove.plan_id == RelocationPlan.id)
        .where(
            is_open,
            or_(
                RelocationPlan.unit_id.in_(keys),
                RelocationMove.from_box_id.in_(keys),
                RelocationMove.to_box_id.in_(keys),
                RelocationMove.to_rack_id.in_(keys),
            ),
        )
    )
    count = _count(session, rows)
    said = _many(count, "plan", "plans")
    verb = "moves" if count == 1 else "move"
    return f"{said} of consolidation or evacuation {verb} tubes to or from it." if count else ""


def _picks(session: ReadSession, keys: list[UUID]) -> str:
    is_open = PickLine.outcome.is_(None) | (PickLine.outcome == PickOutcome.PICKED)
    rows = (
        select(func.count(distinct(PickList.id)))
        .join(PickLine, PickLine.list_id == PickList.id)
        .where(PickList.state == PickState.OPEN, is_open, _either(PickLine, keys))
    )
    count = _count(session, rows)
    said = _many(count, "open pick list names", "open pick lists name")
    return f"{said} it. Finish or close them first." if count else ""


def _either(table: type[PickLine], keys: list[UUID]) -> ColumnElement[bool]:
    return table.from_box_id.in_(keys) | table.to_box_id.in_(keys)


def _scans(session: ReadSession, keys: list[UUID]) -> str:
    rows = (
        select(func.count())
        .select_from(RackScan)
        .where(RackScan.box_id.in_(keys), RackScan.state == ScanState.DRAFT)
    )
    count = _count(session, rows)
    said = _many(count, "rack scan of it waits", "rack scans of it wait")
    return f"{said}. Commit or discard them first." if count else ""


def _checks(session: ReadSession, keys: list[UUID]) -> str:
    rows = (
        select(func.count())
        .select_from(InventoryCheck)
        .where(InventoryCheck.box_id.in_(keys), InventoryCheck.state == CheckState.OPEN)
    )
    count = _count(session, rows)
    said = _many(count, "box", "boxes")
    return f"A physical audit is still to look at {said} of it." if count else ""


def _reserved_positions(session: ReadSession, keys: list[UUID]) -> str:
    rows = (
        select(func.count())
        .select_from(BlockedPosition)
        .where(BlockedPosition.box_id.in_(keys), BlockedPosition.reserved_until > clock.utc_now())
    )
    count = _count(session, rows)
    said = _many(count, "position is", "positions are")
    return f"{said} reserved in it. Free them first." if count else ""


def _projects(session: ReadSession, nodes: Sequence[StorageNode]) -> str:
    keys = {node.reserved_for_project_id for node in nodes} - {None}
    codes = session.scalars(
        select(Project.code).where(Project.id.in_(keys)).order_by(Project.code)
    ).all()
    return f"It is reserved for {', '.join(codes)}. Lift that first." if codes else ""


def _count(session: ReadSession, rows: Select[int]) -> int:
    return session.scalars(rows).one()


def _many(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
