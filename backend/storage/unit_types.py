"""Types of units, and whole units made from one. Exported by service.py."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage import unit_type_rules
from backend.storage.errors import LabelTaken, UnitTypeNotFound, UnitTypeRefused
from backend.storage.ids import NodeId, NodeKind, PlaceLabels, UnitTypeId
from backend.storage.models import StorageNode
from backend.storage.place_events import UnitMade
from backend.storage.places import add_node
from backend.storage.rules import BoxShape, loose_shape
from backend.storage.unit_type_models import UnitType
from backend.storage.unit_type_rules import Level, PlannedPlace, UnitGeometry
from backend.storage.unit_type_schemas import UnitTypeIn
from backend.storage.unit_type_views import UnitTypeView

_ONE_OF_A_NAME = "uq_unit_type_lower_name"


def list_unit_types(session: ReadSession, principal: Principal) -> list[UnitTypeView]:
    """Return the newest version of every type, by name; closed ones too."""
    principal.require(Permission.STORAGE_VIEW)
    newest = (
        select(UnitType.name, func.max(UnitType.version).label("version"))
        .group_by(UnitType.name)
        .subquery()
    )
    rows = session.scalars(
        select(UnitType)
        .join(newest, (newest.c.name == UnitType.name) & (newest.c.version == UnitType.version))
        .order_by(UnitType.name)
    )
    return [_view(row) for row in rows]


def get_unit_type(session: ReadSession, principal: Principal, name: str) -> UnitTypeView:
    """Return the newest version of the type with this name, however it is typed.

    Raises:
        UnitTypeNotFound: no such type; the sentence names those there are.
    """
    every = list_unit_types(session, principal)
    for each in every:
        if each.name.casefold() == name.strip().casefold():
            return each
    known = ", ".join(f"“{each.name}”" for each in every) or "none yet"
    raise UnitTypeNotFound(f"There is no unit type “{name.strip()}”. Known are {known}.")


def put_unit_type(session: WriteSession, principal: Principal, *, given: UnitTypeIn) -> int:
    """Keep a type, or the next version of one with its name; return the version.

    Units that stand already stay as they are.

    Raises:
        UnitTypeRefused: it cannot be built, a sentence for each field; or somebody kept a type of
            that new name at the same moment.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    faults = unit_type_rules.faults(given.geometry)
    if faults:
        raise UnitTypeRefused(" ".join(faults.values()), fields=faults)
    before = _newest(session, given.name)
    name = before.name if before else given.name
    made = UnitType(
        **given.model_dump(exclude={"name", "levels"}),
        levels=[each.model_dump(mode="json") for each in given.levels],
        name=name,
        version=before.version + 1 if before else 1,
        made_by_name=principal.name,
    )
    _keep(session, made)
    events_service.audit(
        session,
        principal,
        action="storage.unit_type_kept",
        entity="unit_type",
        entity_id=made.id,
        new={**given.model_dump(mode="json"), "name": name, "version": made.version},
    )
    return made.version


def close_unit_type(
    session: WriteSession, principal: Principal, *, name: str, is_closed: bool
) -> None:
    """Make no further unit from a type, or do so again; units of it stay.

    Raises:
        UnitTypeNotFound: no such type.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    newest = _newest(session, name)
    if newest is None:
        raise UnitTypeNotFound(f"There is no unit type “{name}”. Choose one of the list.")
    before, newest.is_closed = newest.is_closed, is_closed
    session.flush()
    events_service.audit(
        session,
        principal,
        action="storage.unit_type_closed" if is_closed else "storage.unit_type_opened",
        entity="unit_type",
        entity_id=newest.id,
        old={"is_closed": before},
        new={"is_closed": is_closed},
    )


def create_unit_from_type(
    session: WriteSession,
    principal: Principal,
    *,
    type_name: str,
    label: str,
    parent_id: NodeId,
    barcode: str | None = None,
) -> NodeId:
    """Make a unit with all its shelves, racks and boxes: one transaction, one event.

    Raises:
        UnitTypeNotFound: no such type, or it is closed.
        NodeNotFound, NodeMisplaced, LabelTaken: as `create_node` says of the unit.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    kind = get_unit_type(session, principal, type_name)
    if kind.is_closed:
        raise UnitTypeNotFound(f"“{kind.name}” is closed. Open it again, or choose another type.")
    unit = add_node(
        session,
        principal,
        kind=NodeKind.UNIT,
        label=label,
        parent_id=parent_id,
        barcode=barcode,
        temperature_class=kind.temperature_class,
        setpoint_c=kind.setpoint_c,
        biosafety_level=kind.biosafety_level,
    )
    _fill(session, unit, kind.geometry)
    made = kind.counts
    event = UnitMade(
        aggregate_id=unit.id,
        path=unit.path,
        unit_type=kind.name,
        version=kind.version,
        places={kind.value: number for kind, number in made.by_kind.items()},
        positions=made.positions,
    )
    events_service.record(session, principal, event)
    return NodeId(unit.id)


def _fill(session: WriteSession, unit: StorageNode, geometry: UnitGeometry) -> None:
    known: dict[str, UUID] = {unit.path: unit.id}
    planned = list(unit_type_rules.lay_out(geometry, unit.path))
    taken = session.scalars(
        select(StorageNode.path).where(StorageNode.path.in_([each.path for each in planned]))
    ).first()
    if taken is not None:
        raise LabelTaken(f"There is a place {taken} already. Choose another label for the unit.")
    for each in planned:
        shape = _shape(each, geometry)
        node = StorageNode(
            parent_id=known[each.parent],
            unit_id=unit.id,
            kind=each.kind,
            label=each.label,
            path=each.path,
            sort_order=each.sort_order,
            temperature_class=unit.temperature_class,
            biosafety_level=unit.biosafety_level,
            box_rows=shape.rows,
            box_columns=shape.columns,
            numbering=shape.numbering,
            # How many tubes a loose place takes is said of each one later.
            capacity=0 if shape.is_loose else shape.capacity,
            box_slots=geometry.box_slots if each.takes_boxes else None,
        )
        known[each.path] = node.id
        session.add(node)
    session.flush()


def _shape(place: PlannedPlace, geometry: UnitGeometry) -> BoxShape:
    if place.kind is NodeKind.BAG:
        return loose_shape(None)
    return geometry.box if place.kind is geometry.box_kind and geometry.box else BoxShape(0, 0)


def _keep(session: WriteSession, made: UnitType) -> None:
    """Write a version down. Of a new name there is no row yet to hold, so two may come to here."""
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        if _ONE_OF_A_NAME not in str(error.orig):
            raise
        sentence = (
            f"Somebody kept a type “{made.name}” at this moment. Look at it in the list; keep "
            "yours as its next version, or give it another name."
        )
        raise UnitTypeRefused(sentence, fields={"name": sentence}) from error


def _newest(session: WriteSession, name: str) -> UnitType | None:
    """Return the newest version with its name held, so that two never make the same next one."""
    return session.scalars(
        select(UnitType)
        .where(func.lower(UnitType.name) == name.strip().lower())
        .order_by(UnitType.version.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _view(row: UnitType) -> UnitTypeView:
    return UnitTypeView(
        id=UnitTypeId(row.id),
        name=row.name,
        version=row.version,
        temperature_class=row.temperature_class,
        setpoint_c=row.setpoint_c,
        biosafety_level=row.biosafety_level,
        geometry=UnitGeometry(
            levels=tuple(
                Level(
                    kind=NodeKind(each["kind"]),
                    number=each["number"],
                    labels=PlaceLabels(each["labels"]),
                )
                for each in row.levels
            ),
            box_slots=row.box_slots,
            box_kind=row.box_kind,
            box=(
                BoxShape(row.box_rows, row.box_columns, row.box_numbering) if row.box_rows else None
            ),
            loose=row.loose,
        ),
        note=row.note,
        is_closed=row.is_closed,
        made_by_name=row.made_by_name,
        made_at=row.made_at,
    )
