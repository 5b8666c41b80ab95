"""Labels of boxes and racks: read back from the sheet, they lead to the place."""

import pytest

from backend.core.errors import InvalidInput
from backend.core.sessions import WriteSession
from backend.labels import place_labels, sizes
from backend.labels.ids import Field
from backend.storage import place_queries, queries
from backend.storage.models import StorageNode
from backend.storage.place_views import PlaceView
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_freezer
from tests.support.label_reading import decoded, pdf_pages


def _places(session: WriteSession) -> list[PlaceView]:
    freezer = make_freezer(session, boxes=2, label="ULT-77")
    session.get_one(StorageNode, freezer.box_ids[0]).barcode = "BOX-0418"
    session.flush()
    return place_queries.list_inside(session, EVERYBODY, freezer.unit_id)


def test_each_place_has_a_label_whose_code_leads_to_it(session: WriteSession) -> None:
    places = _places(session)
    paper = sizes.sheet_of(place_labels.SHEET)

    file = place_labels.draw(places[0], places)

    [page] = pdf_pages(file, paper.width_mm, paper.height_mm, 200 / 25.4)
    codes = [text for _, text in decoded(page)]
    found = [queries.find_node(session, EVERYBODY, code) for code in codes]
    assert len(codes) == len(places) == 5
    assert {node.path for node in found if node} == {place.path for place in places}
    assert "BOX-0418" in codes


def test_a_label_of_a_box_says_its_name_size_address_and_zone(session: WriteSession) -> None:
    box = next(place for place in _places(session) if place.barcode)

    label = place_labels.of_place(box)

    assert label.words == {
        Field.SERIAL: "B-1",
        Field.BARCODE: "BOX-0418",
        Field.NAME: "Box 9 × 9",
        Field.SUBJECT: "ULT-77/1/A",
        Field.KEPT_AT: "−80 °C",
    }


def test_too_many_places_are_refused_with_the_way_out(session: WriteSession) -> None:
    places = _places(session)

    with pytest.raises(InvalidInput, match=r"ULT-77 holds 2,005 places, .* Open one of the places"):
        place_labels.draw(places[0], places * 401)
