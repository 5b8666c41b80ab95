"""Storage: how full it is, what stands where, and where a sample was. Steps: storage_acts.py."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.samples.ids import MaterialType, QcVerdict, TemperatureClass
from backend.storage import box_queries, queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, NodeKind, Numbering, PlacementSource, UnitStatus
from backend.storage.views import BoxContents, BoxView, PlacementView, TubeView


class OccupancyOut(ApiOutput):
    """Positions in use and positions that may be used; the fraction is 0–1."""

    used: int
    capacity: int
    free: int
    used_fraction: float


class ZoneOut(OccupancyOut):
    """All boxes of one temperature class."""

    temperature_class: TemperatureClass
    units: int


class ZonesOut(ApiOutput):
    """Zones, coldest first."""

    items: list[ZoneOut]


class UnitOut(OccupancyOut):
    """A freezer, fridge or cabinet with the sum of its boxes.

    ``loose`` counts the samples in loose places of no capacity, which are in no share.
    """

    unit_id: UUID
    label: str
    temperature_class: TemperatureClass | None
    status: UnitStatus
    loose: int


class UnitsOut(ApiOutput):
    """Units by label."""

    items: list[UnitOut]


class NodeOut(OccupancyOut):
    """A place with what stands below it, down to the racks."""

    id: UUID
    kind: NodeKind
    label: str
    path: str
    temperature_class: TemperatureClass | None
    status: UnitStatus
    in_alarm: bool
    children: list["NodeOut"]


class TreeOut(ApiOutput):
    """Sites with everything below."""

    items: list[NodeOut]


class PlaceQuery(ApiInput):
    """The barcode or the path of a place."""

    code: str = Field(min_length=1, max_length=300, description="ULT-03/2/C/B-0418, or a barcode.")


class BoxOut(ApiOutput):
    """A box from outside; a loose place has no rows, and without a capacity no share in use."""

    id: UUID
    label: str
    path: str
    barcode: str | None
    is_loose: bool
    rows: int | None
    columns: int | None
    numbering: Numbering | None
    """What the lid calls positions: ``letters`` A1, ``rows`` or ``columns`` running numbers."""
    used: int
    capacity: int
    free: int
    used_fraction: float | None
    unit_label: str
    temperature_class: TemperatureClass | None
    reserved_for: str | None


class PlaceOut(ApiOutput):
    """A place and the boxes that stand directly in it."""

    id: UUID
    kind: NodeKind
    label: str
    path: str
    boxes: list[BoxOut]


class TubeOut(ApiOutput):
    """What stands in a position; of a sample that is not visible only the position is told."""

    position: str
    placed_at: datetime
    sample_id: UUID | None
    barcode: str | None
    project_code: str | None
    material_type: MaterialType | None
    volume_ul: float | None
    qc_verdict: QcVerdict | None


class BlockedOut(ApiOutput):
    """A position that must stay empty."""

    position: str
    reason: str
    reserved_until: datetime | None


class BoxContentsOut(ApiOutput):
    """A box from inside, tubes in fill order."""

    box: BoxOut
    tubes: list[TubeOut]
    blocked: list[BlockedOut]


class StayOut(ApiOutput):
    """A stay of a sample in a position; ``removed_at`` is null while it lasts."""

    id: UUID
    sample_id: UUID
    box_id: UUID
    path: str
    position: str
    source: PlacementSource
    placed_at: datetime
    placed_by: str
    removed_at: datetime | None
    removed_by: str | None
    removal_reason: str | None


class StaysOut(ApiOutput):
    """Stays, the latest first."""

    items: list[StayOut]


def zones(call: Call) -> ZonesOut:
    """Return how full every zone is."""
    with reading() as session:
        found = queries.occupancy_by_zone(session, call.caller)
    return ZonesOut(items=[ZoneOut.model_validate(zone) for zone in found])


def units(call: Call) -> UnitsOut:
    """Return how full every unit is."""
    with reading() as session:
        found = queries.occupancy_by_unit(session, call.caller)
    return UnitsOut(items=[UnitOut.model_validate(unit) for unit in found])


def tree(call: Call) -> TreeOut:
    """Return every place down to the racks."""
    with reading() as session:
        found = queries.tree(session, call.caller)
    return TreeOut(items=[NodeOut.model_validate(site) for site in found])


def get_place(call: Call) -> PlaceOut:
    """Return the place with a barcode or path."""
    with reading() as session:
        code = call.asked(PlaceQuery).code
        node = queries.find_node(session, call.caller, code)
        if node is None:
            raise NodeNotFound(f"There is no place “{code}”. Give a path or a barcode.")
        boxes = box_queries.boxes_in(session, call.caller, NodeId(node.id))
        return PlaceOut(
            id=node.id,
            kind=node.kind,
            label=node.label,
            path=node.path,
            boxes=[_box(box) for box in boxes],
        )


def get_box(call: Call) -> BoxContentsOut:
    """Return a box from inside."""
    with reading() as session:
        found = box_queries.box_contents(session, call.caller, NodeId(call.key("box_id")))
    return _contents(found)


def custody(call: Call) -> StaysOut:
    """Return where a sample stands and stood."""
    with reading() as session:
        key = samples_queries.sample_id_of(session, call.caller, call.path["barcode"])
        stays = queries.custody_history(session, call.caller, key)
    return StaysOut(items=[stay_out(stay) for stay in stays])


def stay_out(stay: PlacementView) -> StayOut:
    """Return a stay as the API tells it."""
    return StayOut.model_validate(stay)


def _box(box: BoxView) -> BoxOut:
    return BoxOut(
        id=box.id,
        label=box.label,
        path=box.path,
        barcode=box.barcode,
        is_loose=box.is_loose,
        rows=None if box.is_loose else box.shape.rows,
        columns=None if box.is_loose else box.shape.columns,
        numbering=None if box.is_loose else box.shape.numbering,
        unit_label=box.unit_label,
        temperature_class=box.temperature_class,
        reserved_for=box.reserved_for,
        used=box.used,
        capacity=box.capacity,
        free=box.free,
        used_fraction=box.used_fraction if box.has_share else None,
    )


def _contents(found: BoxContents) -> BoxContentsOut:
    return BoxContentsOut(
        box=_box(found.box),
        tubes=[_tube(tube) for tube in found.tubes],
        blocked=[
            BlockedOut(
                position=spot.position.label,
                reason=spot.reason,
                reserved_until=spot.reserved_until,
            )
            for spot in found.blocked
        ],
    )


def _tube(tube: TubeView) -> TubeOut:
    return TubeOut(
        position=tube.position.label,
        placed_at=tube.placed_at,
        sample_id=tube.sample_id,
        barcode=tube.barcode,
        project_code=tube.project_code,
        material_type=tube.material_type,
        volume_ul=tube.volume_ul,
        qc_verdict=tube.qc_verdict,
    )


_TAG = "Storage"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/zones",
        handler=zones,
        access=Permission.STORAGE_VIEW,
        summary="How full every temperature zone is, coldest first",
        tag=_TAG,
        answer=ZonesOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/units",
        handler=units,
        access=Permission.STORAGE_VIEW,
        summary="How full every unit is",
        tag=_TAG,
        answer=UnitsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/tree",
        handler=tree,
        access=Permission.STORAGE_VIEW,
        summary="Sites with rooms, units, shelves and racks",
        tag=_TAG,
        answer=TreeOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/places",
        handler=get_place,
        access=Permission.STORAGE_VIEW,
        summary="The place with a path or barcode, and the boxes in it",
        tag=_TAG,
        query=PlaceQuery,
        answer=PlaceOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/boxes/{box_id}",
        handler=get_box,
        access=Permission.STORAGE_VIEW,
        summary="A box with its tubes and blocked positions",
        tag=_TAG,
        answer=BoxContentsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/custody/{barcode}",
        handler=custody,
        access=Permission.SAMPLES_VIEW,
        summary="Where a sample stands and stood, the latest first",
        tag=_TAG,
        answer=StaysOut,
    ),
)
