"""``GET /files/places/<name>?at=PATH``: a place with all in it, as a table or on paper."""

from flask import Blueprint, Response, request

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.labels.adapters import place_sheet
from backend.storage import place_contents, place_files, place_queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.place_views import PlaceView
from dashboard import format as fmt
from dashboard.files import handed_out
from dashboard.laboratory import lab_zone
from dashboard.problems import problem
from dashboard.session import current_principal

PLACES_CSV, CONTENTS_CSV, BOOK, SHEET = "places.csv", "contents.csv", "places.xlsx", "places.pdf"


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("places", __name__)

    @made.get("/files/places/<name>")
    def file(name: str) -> Response:
        try:
            with reading() as session:
                principal = current_principal()
                top = place_queries.get_place(session, principal, request.args.get("at", ""))
                places = place_queries.list_inside(session, principal, top.id)
                content, media_type = _content(session, principal, places, name)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, media_type, f"{top.path.replace('/', '-')} {name}")

    return made


def _content(
    session: ReadSession, principal: Principal, places: list[PlaceView], name: str
) -> tuple[bytes, str]:
    if name == PLACES_CSV:
        return place_files.as_csv(_places(places)), place_files.CSV_TYPE
    if name not in {CONTENTS_CSV, BOOK, SHEET}:
        raise NodeNotFound("There is no such file. Choose one on the place's page.")
    if name == SHEET:
        return _sheet(session, principal, places), place_sheet.MEDIA_TYPE
    tubes = place_contents.list_contents(session, principal, _boxes(places))
    contents = place_files.contents_table(tubes, lab_zone())
    if name == CONTENTS_CSV:
        return place_files.as_csv(contents), place_files.CSV_TYPE
    return place_files.as_xlsx([_places(places), contents]), place_files.XLSX_TYPE


def _places(places: list[PlaceView]) -> place_files.Table:
    return place_files.places_table(places, lab_zone())


def _sheet(session: ReadSession, principal: Principal, places: list[PlaceView]) -> bytes:
    by_box = place_contents.by_box(session, principal, places, most=place_sheet.MOST_MAPS)
    return place_sheet.draw(places, by_box, printed=fmt.tooltip_time(clock.utc_now()))


def _boxes(places: list[PlaceView]) -> list[NodeId]:
    return [place.id for place in places if place.shape]
