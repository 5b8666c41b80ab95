"""Places: what stands in one, made, renamed, restricted, removed; and the file of places."""

from zoneinfo import ZoneInfo

from backend.api.idempotency import once
from backend.api.routing import Answer, Call, Route, file_answer
from backend.api.v1.place_schemas import (
    ChildrenOut,
    ChildrenQuery,
    FileFormat,
    FileQuery,
    ImportQuery,
    PlaceChange,
    PlaceIn,
    PlacesMadeOut,
    RemovalQuery,
    RemovedOut,
    RowRefusedOut,
    StatusIn,
    StoredPlaceOut,
    UnitIn,
)
from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import reading, writing
from backend.labels.adapters import place_sheet
from backend.storage import (
    place_contents,
    place_files,
    place_listing,
    place_queries,
    service,
)
from backend.storage.describing import Written
from backend.storage.ids import NodeId, NodeKind
from backend.storage.place_kinds import shape_fault
from backend.storage.place_views import PlaceView
from backend.storage.rules import BoxShape
from backend.templates.adapters.sheets import read_sheets


def list_children(call: Call) -> ChildrenOut:
    """Return what stands directly in a place."""
    asked = call.asked(ChildrenQuery)
    with reading() as session:
        of = place_listing.find_place(session, call.caller, asked.of).id if asked.of else None
        page = place_listing.list_children(
            session,
            call.caller,
            of=of,
            limit=asked.limit,
            cursor=asked.cursor,
            with_closed=asked.closed,
        )
    return ChildrenOut(
        items=[StoredPlaceOut.of(each) for each in page.items], next_cursor=page.next_cursor
    )


def get_place(call: Call) -> StoredPlaceOut:
    """Return one place with how full it is."""
    with reading() as session:
        return _told(session, call, _key(call))


def make_unit(call: Call) -> object:
    """Make a whole unit from a type."""
    sent = call.sent(UnitIn)
    with writing() as session:

        def make() -> StoredPlaceOut:
            made = service.create_unit_from_type(
                session,
                call.caller,
                type_name=sent.type,
                label=sent.label,
                parent_id=place_listing.find_place(session, call.caller, sent.parent).id,
                barcode=sent.barcode,
            )
            return _told(session, call, made)

        return once(session, call, make)


def make_place(call: Call) -> object:
    """Add one place to the tree."""
    sent = call.sent(PlaceIn)
    with writing() as session:

        def make() -> StoredPlaceOut:
            parent = sent.parent and place_listing.find_place(session, call.caller, sent.parent)
            made = service.create_node(
                session,
                call.caller,
                kind=sent.kind,
                label=sent.label,
                parent_id=parent.id if parent else None,
                barcode=sent.barcode,
                temperature_class=sent.temperature_class,
                setpoint_c=sent.setpoint_c,
                biosafety_level=sent.biosafety_level,
                shape=_shape(sent),
                capacity=sent.capacity,
                box_slots=sent.box_slots,
            )
            return _told(session, call, made)

        return once(session, call, make)


def change_place(call: Call) -> StoredPlaceOut:
    """Change what was sent of a place, all of it or nothing."""
    sent = call.sent(PlaceChange)
    with writing() as session:
        _change(session, call, _key(call), sent)
        return _told(session, call, _key(call))


def remove_place(call: Call) -> RemovedOut:
    """Delete a place in which never anything stood; close one that has a history."""
    reason = call.asked(RemovalQuery).reason
    with writing() as session:
        gone = service.remove_place(session, call.caller, node_id=_key(call), reason=reason)
    return RemovedOut(
        path=gone.path, places=gone.places, was_closed=gone.was_closed, sentence=gone.sentence
    )


def get_file(call: Call) -> Answer:
    """Return a place with all in it as a file."""
    asked = call.asked(FileQuery)
    with reading() as session:
        top = place_listing.find_place(session, call.caller, asked.of)
        places = place_queries.list_inside(session, call.caller, top.id)
        content, media_type, ending = _file(session, call, places, asked.format)
    return file_answer(content, media_type, f"{top.path.replace('/', '-')} {ending}")


def import_file(call: Call) -> object:
    """Make the places of a file that are missing, all of it or nothing."""
    asked = call.asked(ImportQuery)
    found = read_sheets(call.content)
    if found.refusal or not found.sheets:
        raise InvalidInput(found.refusal or "The file has no sheet.")
    with writing() as session:

        def make() -> PlacesMadeOut:
            done = service.import_places(
                session,
                call.caller,
                grid=found.sheets[0].rows,
                file_name=asked.file_name,
                zone=_zone(session, call),
                only_look=asked.dry_run,
            )
            return PlacesMadeOut(
                made=dict(done.made),
                already=done.already,
                ignored=list(done.ignored),
                refusals=[RowRefusedOut.model_validate(each) for each in done.refusals],
                dry_run=asked.dry_run,
            )

        return once(session, call, make)


def _file(
    session: ReadSession, call: Call, places: list[PlaceView], wanted: FileFormat
) -> tuple[bytes, str, str]:
    """Return a file of places with its media type and the end of its name."""
    zone = _zone(session, call)
    match wanted:
        case FileFormat.SHEET:
            standing = place_contents.by_box(
                session, call.caller, places, most=place_sheet.MOST_MAPS
            )
            printed = f"{clock.utc_now().astimezone(zone):%Y-%m-%d %H:%M}"
            sheet = place_sheet.draw(places, standing, printed=printed)
            return sheet, place_sheet.MEDIA_TYPE, "places.pdf"
        case FileFormat.CSV:
            table = place_files.places_table(places, zone)
            return place_files.as_csv(table), place_files.CSV_TYPE, "places.csv"
    boxes = [place.id for place in places if place.shape]
    tubes = place_contents.list_contents(session, call.caller, boxes)
    contents = place_files.contents_table(tubes, zone)
    if wanted is FileFormat.CONTENTS:
        return place_files.as_csv(contents), place_files.CSV_TYPE, "contents.csv"
    book = place_files.as_xlsx([place_files.places_table(places, zone), contents])
    return book, place_files.XLSX_TYPE, "places.xlsx"


def _key(call: Call) -> NodeId:
    return NodeId(call.key("place_id"))


def _told(session: ReadSession, call: Call, key: NodeId) -> StoredPlaceOut:
    place = place_queries.place_of(session, call.caller, key)
    return StoredPlaceOut.of(place_listing.fill_of(session, call.caller, place))


def _shape(sent: PlaceIn) -> BoxShape | None:
    if bool(sent.rows) != bool(sent.columns):
        said = "Rows and columns belong together. Give both, or neither."
        raise InvalidInput(said, fields={"rows": said})
    shape = None
    if sent.rows and sent.columns:
        shape = BoxShape(sent.rows, sent.columns, sent.numbering)
    is_bag = sent.kind is NodeKind.BAG and shape is None
    if not is_bag and (fault := shape_fault(sent.kind, shape)):
        raise InvalidInput(fault, fields={"rows": fault})
    return shape


def _change(session: WriteSession, call: Call, key: NodeId, sent: PlaceChange) -> None:
    if sent.is_closed:
        said = "A place is closed by DELETE, which names what is in the way."
        raise InvalidInput(said, fields={"is_closed": said})
    if sent.is_closed is False:
        service.reopen_place(session, call.caller, node_id=key)
    if sent.label is not None:
        service.rename_place(session, call.caller, node_id=key, label=sent.label)
    if _DESCRIBED & sent.model_fields_set:
        _describe(session, call, key, sent)
    if sent.status is not None:
        _set_status(session, call, key, sent.status)
    if sent.restrictions is not None:
        service.set_restrictions(
            session,
            call.caller,
            node_id=key,
            project_code=sent.restrictions.project,
            material_types=sent.restrictions.material_types,
            biosafety_level=sent.restrictions.biosafety_level,
        )
    _set_room(session, call, key, sent)


def _set_room(session: WriteSession, call: Call, key: NodeId, sent: PlaceChange) -> None:
    """Say how much a place takes, where that was sent."""
    if "capacity" in sent.model_fields_set:
        service.set_loose_capacity(session, call.caller, node_id=key, capacity=sent.capacity)
    if "box_slots" in sent.model_fields_set:
        service.set_box_slots(session, call.caller, rack_id=key, box_slots=sent.box_slots)


def _set_status(session: WriteSession, call: Call, key: NodeId, sent: StatusIn) -> None:
    service.set_unit_status(
        session,
        call.caller,
        unit_id=key,
        status=sent.status,
        reason=sent.reason,
        move_back_on=sent.move_back_on,
        today=clock.utc_now().astimezone(_zone(session, call)).date(),
    )


def _describe(session: WriteSession, call: Call, key: NodeId, sent: PlaceChange) -> None:
    """Write on a place what was sent; what was not stays."""
    written: Written = {}
    if "barcode" in sent.model_fields_set:
        written["barcode"] = sent.barcode
    if "setpoint_c" in sent.model_fields_set:
        written["setpoint_c"] = sent.setpoint_c
    if "power_circuit" in sent.model_fields_set:
        written["power_circuit"] = sent.power_circuit
    service.redescribe_place(
        session, call.caller, node_id=key, written=written, numbering=sent.numbering
    )


def _zone(session: ReadSession, call: Call) -> ZoneInfo:
    laboratory = auth_queries.get_laboratory(session)
    return ZoneInfo(laboratory.time_zone if laboratory else call.settings.time_zone)


_TAG = "Storage"
_DESCRIBED = frozenset({"barcode", "setpoint_c", "power_circuit", "numbering"})
_ONE = "/api/v1/storage/places/{place_id}"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/storage/children",
        handler=list_children,
        access=Permission.STORAGE_VIEW,
        summary="What stands directly in a place, in its order, with how full it is",
        tag=_TAG,
        query=ChildrenQuery,
        answer=ChildrenOut,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_place,
        access=Permission.STORAGE_VIEW,
        summary="One place with how full it is and whom it is for",
        tag=_TAG,
        answer=StoredPlaceOut,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/units",
        handler=make_unit,
        access=Permission.STORAGE_CONFIGURE,
        summary="Make a whole unit from a type, with its shelves, racks and boxes",
        tag=_TAG,
        body=UnitIn,
        answer=StoredPlaceOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/places",
        handler=make_place,
        access=Permission.STORAGE_CONFIGURE,
        summary="Add one place to another: a shelf, a stack, a box, a plate, a bag",
        tag=_TAG,
        body=PlaceIn,
        answer=StoredPlaceOut,
        status=201,
        once=True,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=change_place,
        access=Permission.STORAGE_CONFIGURE,
        summary="Rename or describe a place, set its status, whom it is for or its room; open it",
        tag=_TAG,
        body=PlaceChange,
        answer=StoredPlaceOut,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=remove_place,
        access=Permission.STORAGE_CONFIGURE,
        summary="Remove a place that never held anything; close one that has a history",
        tag=_TAG,
        query=RemovalQuery,
        answer=RemovedOut,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/place-files",
        handler=get_file,
        access=Permission.STORAGE_VIEW,
        summary="A place with all in it: tables of places and contents, or a sheet to print",
        tag=_TAG,
        query=FileQuery,
        answer=None,
        files=(place_files.CSV_TYPE, place_files.XLSX_TYPE, place_sheet.MEDIA_TYPE),
    ),
    Route(
        method="POST",
        path="/api/v1/storage/place-files",
        handler=import_file,
        access=Permission.STORAGE_CONFIGURE,
        summary="Make the places of a file that are missing; one refused row, and nothing is made",
        tag=_TAG,
        query=ImportQuery,
        answer=PlacesMadeOut,
        status=201,
        takes_file=True,
        once=True,
    ),
)
