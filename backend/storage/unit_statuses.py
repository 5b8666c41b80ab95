"""Whether a unit takes samples, why, and until when. Exported by service.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage.errors import NodeNotFound, StatusRefused, UnitNotEmpty
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import MoveBackTold, StorageNode
from backend.storage.place_events import MoveBackDue, UnitStatusChanged
from backend.storage.place_kinds import HOLDERS
from backend.storage.status_rules import status_faults
from backend.telemetry.storm_rules import NOWHERE


def set_unit_status(
    session: WriteSession,
    principal: Principal,
    *,
    unit_id: NodeId,
    status: UnitStatus,
    reason: str,
    move_back_on: date | None = None,
    today: date | None = None,
) -> None:
    """Open or close a unit for samples; what stands in it stays.

    ``today`` is the laboratory's; without it a day that has passed is not noticed.

    Raises:
        NodeNotFound: no such unit.
        StatusRefused: no reason, or a backup unit without a day for moving back.
        UnitNotEmpty: samples stand in the unit that is to be retired; the sentence counts them.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    kept = " ".join(reason.split())
    faults = status_faults(status, kept, move_back_on, today)
    if faults:
        raise StatusRefused(" ".join(faults.values()), fields=faults)
    if status is UnitStatus.RETIRED:
        _require_empty(session, unit_id)
    unit = session.scalars(
        select(StorageNode)
        .where(StorageNode.id == unit_id, StorageNode.kind == NodeKind.UNIT)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if unit is None:
        raise NodeNotFound("There is no such unit. Choose one in the tree.")
    old = {"status": unit.status.value, "move_back_on": _iso(unit.move_back_on)}
    unit.status, unit.status_reason, unit.move_back_on = status, kept or None, move_back_on
    session.flush()
    changed = UnitStatusChanged(
        aggregate_id=unit.id,
        label=unit.label,
        status=status.value,
        reason=kept,
        move_back_on=_iso(move_back_on),
    )
    new = {"status": status.value, "move_back_on": _iso(move_back_on)}
    events_service.record(session, principal, changed, old=old, new=new, reason=kept or None)


def tell_move_backs(session: WriteSession, principal: Principal, *, today: date) -> int:
    """Tell of each backup unit whose day of moving back has come; return how many.

    ``today`` is the laboratory's. Each unit and day is told of once, a unit with a later day again.
    """
    principal.require(Permission.HEALTH_OPERATE)
    due = session.scalars(
        select(StorageNode)
        .where(
            StorageNode.status == UnitStatus.BACKUP,
            StorageNode.move_back_on <= today,
            StorageNode.closed_at.is_(None),
        )
        .order_by(StorageNode.move_back_on, StorageNode.label)
    ).all()
    if not due:
        return 0
    rows = session.execute(
        insert(MoveBackTold).on_conflict_do_nothing().returning(MoveBackTold.unit_id),
        [{"unit_id": unit.id, "due_on": unit.move_back_on} for unit in due],
    )
    told = {row.unit_id for row in rows}
    for unit in due:
        if unit.id in told:
            event = MoveBackDue(
                aggregate_id=unit.id,
                label=unit.label,
                due_on=_iso(unit.move_back_on) or "",
                samples=samples_in(session, NodeId(unit.id)),
                reason=unit.status_reason or "",
            )
            events_service.record(session, principal, event)
    return len(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsWatched:
    """What alarms need to know of units: which nothing can be harmed in, and what units share."""

    at_rest: frozenset[UUID]
    shared: Mapping[UUID, frozenset[str]]


def units_watched(session: ReadSession) -> UnitsWatched:
    """Return what alarms need to know of all units. One query.

    At rest is what is retired, or defrosting and empty; a unit that is defrosted with samples in it
    is watched as any other (DOMAIN 2h: a rule is active by its unit's status). Shared are the room,
    or the site where it stands in none, and the power circuit that somebody has written down.
    """
    box = aliased(StorageNode)
    holds = exists().where(box.unit_id == StorageNode.id, box.kind.in_(HOLDERS), box.used > 0)
    is_at_rest = or_(
        StorageNode.status == UnitStatus.RETIRED,
        and_(StorageNode.status == UnitStatus.DEFROSTING, ~holds),
    )
    rows = session.execute(
        select(StorageNode.id, StorageNode.parent_id, StorageNode.power_circuit, is_at_rest).where(
            StorageNode.kind == NodeKind.UNIT
        )
    ).all()
    return UnitsWatched(
        at_rest=frozenset(unit_id for unit_id, _, _, rests in rows if rests),
        shared={unit_id: _shares(room, circuit) for unit_id, room, circuit, _ in rows},
    )


def _shares(room_id: UUID | None, circuit: str | None) -> frozenset[str]:
    circuits = set() if circuit is None else {f"circuit:{circuit.casefold()}"}
    rooms = NOWHERE if room_id is None else {f"room:{room_id}"}
    return frozenset({*rooms, *circuits})


def samples_in(session: ReadSession, unit_id: NodeId) -> int:
    """Return how many samples stand in a unit."""
    return session.scalars(
        select(cast(func.coalesce(func.sum(StorageNode.used), 0), BigInteger)).where(
            StorageNode.unit_id == unit_id, StorageNode.kind.in_(HOLDERS)
        )
    ).one()


def _require_empty(session: WriteSession, unit_id: NodeId) -> None:
    # Whoever places holds the box until the end; so what is counted here is all there is, and who
    # comes after waits and then finds the unit closed. Boxes before the unit, as placing does.
    session.execute(
        select(StorageNode.id)
        .where(StorageNode.unit_id == unit_id, StorageNode.kind.in_(HOLDERS))
        .order_by(StorageNode.id)
        .with_for_update()
    )
    count = samples_in(session, unit_id)
    if count:
        stand = "1 sample stands" if count == 1 else f"{count:,} samples stand"
        sentence = f"{stand} in it. Move them first; “Evacuate” makes a plan for it."
        raise UnitNotEmpty(sentence, fields={"status": sentence})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
