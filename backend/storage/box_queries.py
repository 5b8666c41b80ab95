"""Reading boxes: from outside, from inside, and which positions can still be used.

What a tube *is* follows the sample's own visibility: of a sample that the reader may not see, a
box shows only that the position is taken.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, Select, case, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import HoldKind, SampleId
from backend.samples.models import Project, Sample, SampleHold
from backend.storage.errors import NodeNotFound, NotABox
from backend.storage.ids import NodeId, NodeKind, PlacementId
from backend.storage.models import BlockedPosition, Placement, StorageNode
from backend.storage.place_kinds import HOLDERS, INSIDE_UNITS
from backend.storage.rules import BoxShape, Position
from backend.storage.views import BlockedView, BoxContents, BoxView, TubeView

_Types = list[Any] | None
Unit = aliased(StorageNode, name="unit")
Rack = aliased(StorageNode, name="rack")
"""What a box stands in, whatever its kind: a rack, a stack, a drawer; of a bag the unit, too."""
Middle = aliased(StorageNode, name="middle")
"""What that stands in, if not in the unit itself: a shelf, or the rack of a drawer."""
Shelf = aliased(StorageNode, name="shelf")
"""The outermost of three: the shelf of a rack of drawers."""

# What is said of the box itself counts before what is said of the places around it, outwards.
_RESERVED = func.coalesce(
    StorageNode.reserved_for_project_id,
    Rack.reserved_for_project_id,
    Middle.reserved_for_project_id,
    Shelf.reserved_for_project_id,
    Unit.reserved_for_project_id,
)

# The unit itself is joined by its own name, and a room is around units only.
_IS_MIDDLE = (Middle.id == Rack.parent_id) & Middle.kind.in_(INSIDE_UNITS)
_IS_SHELF = (Shelf.id == Middle.parent_id) & Shelf.kind.in_(INSIDE_UNITS)


def boxes_in(session: ReadSession, principal: Principal, parent_id: NodeId) -> list[BoxView]:
    """Return the boxes that stand directly in a place, in their order."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        _boxes()
        .where(StorageNode.parent_id == parent_id, StorageNode.closed_at.is_(None))
        .order_by(StorageNode.sort_order, StorageNode.label)
    ).all()
    return [_box_view(row) for row in rows]


def loose_in(session: ReadSession, principal: Principal, unit_id: NodeId) -> list[BoxView]:
    """Return the loose places of a unit that stand in none of its racks, by their addresses."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        _boxes()
        .where(
            StorageNode.unit_id == unit_id,
            StorageNode.box_rows == 0,
            StorageNode.closed_at.is_(None),
            Rack.kind.in_((NodeKind.UNIT, NodeKind.SHELF)),
        )
        .order_by(StorageNode.path)
    ).all()
    return [_box_view(row) for row in rows]


def get_box(session: ReadSession, principal: Principal, box_id: NodeId) -> BoxView:
    """Return a box from outside.

    Raises:
        NodeNotFound: no such place.
        NotABox: a shelf or rack.
    """
    principal.require(Permission.STORAGE_VIEW)
    row = session.execute(
        _boxes(any_kind=True)
        .where(StorageNode.id == box_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NodeNotFound("There is no such box. Choose one in the tree, or scan its barcode.")
    if row[0].kind not in HOLDERS:
        raise NotABox(f"{row[0].path} is not a box. Choose a box inside it.")
    return _box_view(row)


def box_contents(session: ReadSession, principal: Principal, box_id: NodeId) -> BoxContents:
    """Return a box with its tubes and blocked positions. Same errors as `get_box`."""
    box = get_box(session, principal, box_id)
    visible = samples_queries.visible_samples(principal)
    shown = aliased(Sample, visible.subquery())
    parent = visible.with_only_columns(Sample.id, Sample.barcode).subquery()
    holds = (
        select(func.array_agg(aggregate_order_by(SampleHold.kind, SampleHold.kind)))
        .where(SampleHold.sample_id == shown.id, SampleHold.released_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Placement, shown, Project.code, parent.c.barcode, holds)
        .outerjoin(shown, shown.id == Placement.sample_id)
        .outerjoin(Project, Project.id == shown.project_id)
        .outerjoin(parent, parent.c.id == shown.parent_id)
        .where(Placement.box_id == box_id, Placement.removed_at.is_(None))
        .order_by(Placement.row, Placement.column)
    ).all()
    return BoxContents(
        box=box,
        tubes=tuple(_tube_view(box.shape, *row) for row in rows),
        blocked=blocked_in(session, [box_id]).get(box_id, ()),
    )


def blocked_in(
    session: ReadSession, box_ids: Collection[NodeId]
) -> dict[NodeId, tuple[BlockedView, ...]]:
    """Return the positions of boxes that stay empty, in fill order; boxes of none are absent."""
    spots = session.execute(
        select(
            BlockedPosition,
            StorageNode.box_rows,
            StorageNode.box_columns,
            StorageNode.numbering,
        )
        .join(StorageNode, StorageNode.id == BlockedPosition.box_id)
        .where(BlockedPosition.box_id.in_(list(box_ids)), _holds())
        .order_by(BlockedPosition.row, BlockedPosition.column)
    )
    found: dict[NodeId, list[BlockedView]] = {}
    for spot, rows, columns, numbering in spots:
        view = BlockedView(
            position=BoxShape(rows, columns, numbering).at(spot.row, spot.column),
            reason=spot.reason,
            reserved_until=spot.reserved_until,
        )
        found.setdefault(NodeId(spot.box_id), []).append(view)
    return {box_id: tuple(views) for box_id, views in found.items()}


def taken_positions(session: ReadSession, box_id: NodeId) -> frozenset[Position]:
    """Return the positions of a box where nothing can be put: occupied or blocked."""
    return taken_in(session, [box_id]).get(box_id, frozenset())


def taken_in(
    session: ReadSession, box_ids: Collection[NodeId]
) -> dict[NodeId, frozenset[Position]]:
    """Return the taken positions of many boxes; boxes with none are absent."""
    occupied = select(Placement.box_id, Placement.row, Placement.column).where(
        Placement.box_id.in_(list(box_ids)), Placement.removed_at.is_(None)
    )
    blocked = select(BlockedPosition.box_id, BlockedPosition.row, BlockedPosition.column).where(
        BlockedPosition.box_id.in_(list(box_ids)), _holds()
    )
    taken: dict[NodeId, set[Position]] = {}
    for box_id, row, column in session.execute(occupied.union_all(blocked)):
        taken.setdefault(NodeId(box_id), set()).add(Position(row, column))
    return {box_id: frozenset(positions) for box_id, positions in taken.items()}


def _holds() -> ColumnElement[bool]:
    """Say that a blocked position is blocked still: without a day, or before it."""
    until = BlockedPosition.reserved_until
    return until.is_(None) | (until > clock.utc_now())


def boxes_with_shelves(
    *, with_loose: bool = False
) -> Select[StorageNode, StorageNode, str, float, float, _Types, _Types, _Types]:
    """Select every box in working order with its unit, its shelf's order and the middle shelf's.

    Planners may put something into any of them, so loose places are left out unless asked for:
    those stand in units and on shelves, too, and their shelf's order means nothing.

    Columns: StorageNode, unit, reserved_for (project code), shelf_order, middle_shelf, and what
    the places around it take: rack_types, middle_types, shelf_types (see `allowed_types`).
    """
    shelves = (
        select(StorageNode.unit_id, func.avg(StorageNode.sort_order).label("middle"))
        .where(StorageNode.kind == NodeKind.SHELF)
        .group_by(StorageNode.unit_id)
        .subquery()
    )
    middle = cast(func.coalesce(shelves.c.middle, 0), Float)
    # What stands on no shelf is reached as easily as from the middle one.
    on_shelf = case(
        *(
            (around.kind == NodeKind.SHELF, cast(around.sort_order, Float))
            for around in (Shelf, Middle, Rack)
        ),
        else_=middle,
    )
    outermost = func.coalesce(Shelf.sort_order, Middle.sort_order, Rack.sort_order)
    return (
        select(
            StorageNode,
            Unit,
            Project.code.label("reserved_for"),
            on_shelf.label("shelf_order"),
            middle.label("middle_shelf"),
            Rack.allowed_material_types.label("rack_types"),
            Middle.allowed_material_types.label("middle_types"),
            Shelf.allowed_material_types.label("shelf_types"),
        )
        .join(Unit, Unit.id == StorageNode.unit_id)
        .join(Rack, Rack.id == StorageNode.parent_id)
        .outerjoin(Middle, _IS_MIDDLE)
        .outerjoin(Shelf, _IS_SHELF)
        .outerjoin(shelves, shelves.c.unit_id == StorageNode.unit_id)
        .outerjoin(Project, Project.id == _RESERVED)
        .where(
            StorageNode.kind.in_(HOLDERS),
            StorageNode.closed_at.is_(None),
            true() if with_loose else StorageNode.box_rows > 0,
        )
        .order_by(
            *(Unit.label, outermost, Middle.sort_order),
            *(Rack.sort_order, StorageNode.sort_order),
        )
    )


def allowed_types(*said: Sequence[str] | None) -> frozenset[str]:
    """Return the first that is said of a box and what is around it, outwards; empty: any."""
    return frozenset(next((types for types in said if types), ()))


def _boxes(
    *, any_kind: bool = False
) -> Select[StorageNode, StorageNode, str, _Types, _Types, _Types]:
    """Select boxes with their unit, whom they are for, and what the places around them take."""
    boxes = (
        select(
            StorageNode,
            Unit,
            Project.code,
            Rack.allowed_material_types,
            Middle.allowed_material_types,
            Shelf.allowed_material_types,
        )
        .outerjoin(Unit, Unit.id == StorageNode.unit_id)
        .outerjoin(Rack, Rack.id == StorageNode.parent_id)
        .outerjoin(Middle, _IS_MIDDLE)
        .outerjoin(Shelf, _IS_SHELF)
        .outerjoin(Project, Project.id == _RESERVED)
    )
    return boxes if any_kind else boxes.where(StorageNode.kind.in_(HOLDERS))


def _box_view(row: Row[StorageNode, StorageNode, str, _Types, _Types, _Types]) -> BoxView:
    box, unit, reserved_for, *types = row
    return BoxView(
        id=NodeId(box.id),
        unit_id=NodeId(unit.id),
        unit_label=unit.label,
        rack_id=None if box.parent_id is None else NodeId(box.parent_id),
        kind=box.kind,
        label=box.label,
        path=box.path,
        barcode=box.barcode,
        shape=box.shape,
        used=box.used,
        capacity=box.capacity,
        temperature_class=box.temperature_class,
        biosafety_level=box.biosafety_level,
        status=unit.status,
        is_closed=box.closed_at is not None,
        reserved_for=reserved_for,
        allowed_types=allowed_types(
            box.allowed_material_types, *types, unit.allowed_material_types
        ),
    )


def _tube_view(  # noqa: PLR0917 -- the columns of one row
    shape: BoxShape,
    placement: Placement,
    sample: Sample | None,
    project_code: str | None,
    parent_barcode: str | None,
    holds: Sequence[str] | None,
) -> TubeView:
    position = shape.at(placement.row, placement.column)
    if sample is None:
        return TubeView(
            position=position,
            placement_id=PlacementId(placement.id),
            placed_at=placement.placed_at,
            sample_id=None,
            barcode=None,
            name=None,
            project_code=None,
            material_type=None,
            volume_ul=None,
            qc_verdict=None,
            created_at=None,
            subject_code=None,
            thaws=None,
            doubt=placement.doubt,
        )
    return TubeView(
        position=position,
        placement_id=PlacementId(placement.id),
        placed_at=placement.placed_at,
        sample_id=SampleId(sample.id),
        barcode=sample.barcode,
        name=sample.name,
        project_code=project_code,
        material_type=sample.material_type,
        volume_ul=_number(sample.volume_ul),
        qc_verdict=sample.qc_verdict,
        created_at=sample.created_at,
        subject_code=sample.subject_code,
        thaws=sample.freeze_thaw_count,
        doubt=placement.doubt,
        placed_by=placement.placed_by_name,
        concentration_ng_per_ul=_number(sample.concentration_ng_per_ul),
        parent_barcode=parent_barcode,
        holds=tuple(HoldKind(kind) for kind in holds or ()),
        expires_on=sample.expires_on,
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
