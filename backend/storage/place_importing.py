"""Places from a file: what is missing is made, all of it or nothing. Exported by service.py."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.core import clock
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Project
from backend.storage import blocking, describing, place_rows
from backend.storage.errors import NodeMisplaced, PlacesRefused
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import StorageNode
from backend.storage.place_events import PlacesImported
from backend.storage.place_kinds import with_article
from backend.storage.place_rows import PlaceRow, Refusal
from backend.storage.places import add_node
from backend.storage.rules import NUMBERING_NAMES, parse_position
from backend.storage.status_rules import status_faults

MOST_ROWS = 5_000
"""Places of one file: those of a dozen full freezers, made in about half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPlaces:
    """What became of a file. With refusals nothing was made of it."""

    made: Mapping[NodeKind, int]
    already: int
    """Rows whose place was there; it is left as it is."""
    ignored: tuple[str, ...]
    """Columns that are not read."""
    refusals: tuple[Refusal, ...]

    @property
    def total(self) -> int:
        """How many places are made, or would be."""
        return sum(self.made.values())


def import_places(
    session: WriteSession,
    principal: Principal,
    *,
    grid: Sequence[Sequence[str]],
    file_name: str,
    zone: ZoneInfo,
    only_look: bool = False,
) -> ImportedPlaces:
    """Make the places of a sheet that are missing, and leave those that are there as they are.

    One refused row, and nothing is made; every refused row is told. ``only_look`` makes nothing
    in any case and tells what would become of the file. ``zone`` is the laboratory's: a day until
    which a position is reserved is one of its days.

    Raises:
        PlacesRefused: more rows than are taken at once.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    found = place_rows.read_rows(grid)
    if len(found.rows) > MOST_ROWS:
        raise PlacesRefused(
            f"The file has {len(found.rows):,} places. Split it into files of {MOST_ROWS:,}."
        )
    projects = dict(session.execute(select(Project.code, Project.id)).all())
    made: Counter[NodeKind] = Counter()
    refusals = list(found.refusals)
    already = 0
    keep = session.begin_nested()
    for row in found.rows:
        try:
            is_new = _make(session, principal, row, projects, zone)
        except AppError as refusal:
            refusals.append(Refusal(number=row.number, sentence=refusal.message))
            continue
        already += not is_new
        made[row.kind] += is_new
    if refusals or only_look:
        keep.rollback()
        session.expire_all()
    else:
        keep.commit()
        _tell(session, principal, made, file_name)
    return ImportedPlaces(
        made={kind: made[kind] for kind in NodeKind if made[kind]},
        already=already,
        ignored=found.ignored,
        refusals=tuple(sorted(refusals, key=lambda each: each.number)),
    )


def _make(
    session: WriteSession,
    principal: Principal,
    row: PlaceRow,
    projects: Mapping[str, UUID],
    zone: ZoneInfo,
) -> bool:
    """Make a row's place; False where it is there. Raises an AppError: it cannot be."""
    parent = _named(session, row.parent) if row.parent else None
    if row.parent and parent is None:
        raise NodeMisplaced(f"There is no place “{row.parent}” to put it in.")
    label = " ".join(row.label.split())
    path = label if parent is None or parent.unit_id is None else f"{parent.path}/{label}"
    there = _named(session, path)
    if there is not None:
        _require_same(there, row)
        return False
    if row.project and row.project not in projects:
        raise NodeMisplaced(f"There is no project {row.project}.")
    node = add_node(
        session,
        principal,
        kind=row.kind,
        label=label,
        parent_id=NodeId(parent.id) if parent else None,
        barcode=row.barcode,
        temperature_class=row.zone if row.kind is NodeKind.UNIT else None,
        setpoint_c=row.setpoint_c if row.kind is NodeKind.UNIT else None,
        biosafety_level=row.biosafety_level or 2,
        shape=row.shape,
        capacity=row.capacity,
        reserved_for_project_id=projects[row.project] if row.project else None,
        allowed_material_types=row.material_types,
        box_slots=row.box_slots,
    )
    _set_level(node, parent, row)
    _set_status(node, row)
    describing.set_circuit(node, row.power_circuit)
    session.flush()
    _block(session, principal, node, row, zone)
    return True


def _set_level(node: StorageNode, parent: StorageNode | None, row: PlaceRow) -> None:
    if row.biosafety_level is None:
        return
    most = parent.biosafety_level if parent is not None and parent.unit_id else 4
    if row.biosafety_level > most:
        raise NodeMisplaced(
            f"Biosafety level {row.biosafety_level} is more than the place around it has: {most}."
        )
    node.biosafety_level = row.biosafety_level


def _set_status(node: StorageNode, row: PlaceRow) -> None:
    if row.status is UnitStatus.ACTIVE and not row.reason and row.move_back_on is None:
        return
    if row.kind is not NodeKind.UNIT:
        # An export says of every place what its unit's status is not: active.
        raise NodeMisplaced("Only a unit has a status. Leave it empty.")
    faults = status_faults(row.status, row.reason, row.move_back_on, None)
    if faults:
        raise NodeMisplaced(" ".join(faults.values()))
    node.status, node.status_reason = row.status, row.reason or None
    node.move_back_on = row.move_back_on


def _block(
    session: WriteSession, principal: Principal, node: StorageNode, row: PlaceRow, zone: ZoneInfo
) -> None:
    """Block what the row names in a new box. A reservation whose day has come holds no longer."""
    if row.blocked and row.shape is None:
        raise NodeMisplaced(f"{place_rows.BLOCKED}: only a box has positions. Leave it empty.")
    for spot in row.blocked:
        until = datetime.combine(spot.until, time.min, tzinfo=zone) if spot.until else None
        if until is not None and until <= clock.utc_now():
            continue
        position = parse_position(spot.position, row.shape) if row.shape else None
        if position is None:
            size = row.shape.words if row.shape else ""
            raise NodeMisplaced(f"{node.path} is {size} and has no position {spot.position}.")
        blocking.block_position(
            session,
            principal,
            box_id=NodeId(node.id),
            position=position,
            reason=spot.reason,
            until=until,
        )


def _require_same(there: StorageNode, row: PlaceRow) -> None:
    if there.kind is not row.kind:
        raise NodeMisplaced(f"{there.path} is there and is {with_article(there.kind)}.")
    if there.closed_at is not None:
        raise NodeMisplaced(f"{there.path} is there and closed. Open it again, or leave it out.")
    shape = row.shape
    if shape and shape.is_loose:
        _require_same_room(there, row.capacity)
    elif shape and (there.box_rows, there.box_columns) != (shape.rows, shape.columns):
        raise NodeMisplaced(
            f"{there.path} is there with {there.box_rows} rows and {there.box_columns} columns; "
            f"the file says {shape.rows} and {shape.columns}."
        )
    elif shape and row.numbering not in {None, there.numbering}:
        raise NodeMisplaced(
            f"{there.path} is there with {NUMBERING_NAMES[there.numbering]}; the file says "
            f"{NUMBERING_NAMES[shape.numbering]}. Change it on its set-up page, or in the file."
        )


def _require_same_room(there: StorageNode, capacity: int | None) -> None:
    if there.capacity != (capacity or 0):
        has, says = (f"{each:,}" if each else "no number of" for each in (there.capacity, capacity))
        raise NodeMisplaced(
            f"{there.path} is there and takes {has} tubes; the file says {says} tubes."
        )


def _named(session: WriteSession, path: str) -> StorageNode | None:
    return session.scalars(select(StorageNode).where(StorageNode.path == path)).one_or_none()


def _tell(
    session: WriteSession, principal: Principal, made: Mapping[NodeKind, int], file_name: str
) -> None:
    if not sum(made.values()):
        return
    counts = {kind.value: made[kind] for kind in NodeKind if made[kind]}
    event = PlacesImported(aggregate_id=new_id(), file_name=file_name, places=counts)
    events_service.record(session, principal, event)
