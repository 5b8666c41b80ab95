"""Labels of boxes and racks: read back they lead to the place; they go through the one queue."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.labels import fonts, place_labels, service, sizes
from backend.labels import queries as label_queries
from backend.labels.errors import ReasonNeeded
from backend.labels.ids import Field, PrintState
from backend.labels.layout import lay_out
from backend.labels.schemas import LabelsInput, SheetsInput
from backend.labels.views import LabelContent
from backend.storage import place_queries, queries
from backend.storage.ids import Numbering
from backend.storage.models import StorageNode
from backend.storage.place_views import PlaceView
from backend.storage.rules import BoxShape, loose_shape
from backend.work.models import Job
from tests.factories.labels import make_printer
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_freezer
from tests.support.label_reading import decoded, pdf_pages


def _places(session: WriteSession) -> list[PlaceView]:
    freezer = make_freezer(session, boxes=2, label="ULT-77")
    session.get_one(StorageNode, freezer.box_ids[0]).barcode = "BOX-0418"
    session.flush()
    return place_queries.list_inside(session, EVERYBODY, freezer.unit_id)


def _sheet(**asked: object) -> SheetsInput:
    given = {"template": place_labels.TEMPLATE, "sheet": place_labels.SHEET, **asked}
    return SheetsInput.model_validate(given)


def test_each_place_has_a_label_whose_code_leads_to_it(session: WriteSession) -> None:
    places = _places(session)
    paper = sizes.sheet_of(place_labels.SHEET)
    labels = service.labels_of_place(session, EVERYBODY, places[0].id)

    _, file = service.make_place_sheets(session, EVERYBODY, asked=_sheet(), labels=labels)

    [page] = pdf_pages(file, paper.width_mm, paper.height_mm, 200 / 25.4)
    codes = [text for _, text in decoded(page)]
    found = [queries.find_node(session, EVERYBODY, code) for code in codes]
    assert len(codes) == len(places) == 5
    assert {node.path for node in found if node} == {place.path for place in places}
    assert "BOX-0418" in codes


@pytest.mark.parametrize(
    ("numbering", "said"),
    [
        (Numbering.LETTERS, "A1–I9, rows A–I"),
        (Numbering.ROWS, "1–81, rows of 9"),
        (Numbering.COLUMNS, "1–81, columns of 9"),
    ],
)
def test_the_label_of_a_box_says_how_its_lid_counts(
    session: WriteSession, numbering: Numbering, said: str
) -> None:
    places = _places(session)
    session.scalars(
        select(StorageNode).where(StorageNode.barcode == "BOX-0418")
    ).one().numbering = numbering
    session.flush()

    layout = service.preview_label(session, EVERYBODY, "BOX-0418", template=None, dpi=203)
    unit = service.preview_label(session, EVERYBODY, places[0].path, template=None, dpi=203)

    assert [each.text for each in layout.texts if each.field is Field.NUMBERING] == [said]
    assert Field.NUMBERING not in {each.field for each in unit.texts}


@pytest.mark.parametrize("template", ["box", "tube"])
@pytest.mark.parametrize("numbering", Numbering)
@pytest.mark.parametrize(("rows", "columns"), [(9, 9), (10, 10), (8, 12), (16, 24)])
def test_no_box_has_a_numbering_too_long_for_its_label(
    template: str, numbering: Numbering, rows: int, columns: int
) -> None:
    said = BoxShape(rows, columns, numbering).counted
    layout = lay_out(
        sizes.template_of(template),
        LabelContent(barcode="BOX-0418", words={Field.NUMBERING: said}),
        dpi=203,
        typefaces=fonts.typefaces(),
    )

    [text] = layout.texts
    assert (text.text, text.was_cut, text.lost) == (said, False, "")


def test_a_loose_place_counts_nothing(session: WriteSession) -> None:
    [box] = [each for each in _places(session) if each.barcode == "BOX-0418"]

    label = place_labels.of_place(replace(box, shape=loose_shape(40)))

    assert Field.NUMBERING not in label.words


def test_a_place_alone_or_only_those_without_a_label(session: WriteSession) -> None:
    places = _places(session)
    alone = service.labels_of_place(session, EVERYBODY, places[0].id, is_alone=True)
    service.make_place_sheets(session, EVERYBODY, asked=_sheet(), labels=alone)

    left = service.labels_of_place(session, EVERYBODY, places[0].id, only_new=True)

    assert [label.barcode for label in alone] == ["ULT-77"]
    assert [label.barcode for label in left] == [p.barcode or p.path for p in places[1:]]


def test_labels_of_places_stand_in_the_printers_queue(session: WriteSession) -> None:
    places = _places(session)
    printer = make_printer(session)
    labels = service.labels_of_place(session, EVERYBODY, places[0].id)

    [key] = service.request_place_prints(
        session,
        EVERYBODY,
        printer_id=printer,
        asked=LabelsInput(template="box", copies=2),
        labels=labels,
    )

    found = label_queries.get_print(session, EVERYBODY, key)
    assert (found.state, found.labels, found.copies) == (PrintState.QUEUED, 5, 2)
    order = label_queries.find_order(session, key)
    assert order is not None
    assert order.template.key == "box"
    assert [each.barcode for each in order.contents] == [label.barcode for label in labels]
    assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_label_that_was_printed_needs_a_reason_and_the_trail_keeps_it(
    session: WriteSession,
) -> None:
    places = _places(session)
    printer = make_printer(session)
    alone = service.labels_of_place(session, EVERYBODY, places[0].id, is_alone=True)
    service.make_place_sheets(session, EVERYBODY, asked=_sheet(), labels=alone)
    everything = service.labels_of_place(session, EVERYBODY, places[0].id)

    with pytest.raises(ReasonNeeded, match="ULT-77"):
        service.request_place_prints(
            session,
            EVERYBODY,
            printer_id=printer,
            asked=LabelsInput(template="box"),
            labels=everything,
        )
    asked = LabelsInput(template="box", reason="Frost took them off")
    service.request_place_prints(
        session, EVERYBODY, printer_id=printer, asked=asked, labels=everything
    )

    reasons = session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "labels.print_requested")
    )
    assert list(reasons) == [None, "Frost took them off"]


def test_whoever_may_not_print_prints_no_labels_of_places(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    places = _places(session)
    reader = principal_of(Permission.STORAGE_VIEW)

    with pytest.raises(PermissionDenied):
        service.labels_of_place(session, reader, places[0].id)


def test_a_long_address_is_a_code_too(session: WriteSession) -> None:
    freezer = make_freezer(session, label="Cold store of the annex, second floor, left of the door")
    labels = service.labels_of_place(session, EVERYBODY, freezer.box_id, is_alone=True)

    key, _ = service.make_place_sheets(session, EVERYBODY, asked=_sheet(), labels=labels)

    assert label_queries.contents_of(session, key)[0].barcode == labels[0].barcode
    assert labels[0].barcode.startswith("Cold store of the annex, second floor")


def test_a_label_of_a_box_says_its_name_size_address_and_zone(session: WriteSession) -> None:
    box = next(place for place in _places(session) if place.barcode)

    label = place_labels.of_place(box)

    assert label.words == {
        Field.SERIAL: "B-1",
        Field.BARCODE: "BOX-0418",
        Field.NAME: "Box 9 × 9",
        Field.SUBJECT: "ULT-77/1/A",
        Field.KEPT_AT: "−80 °C",
        Field.NUMBERING: "A1–I9, rows A–I",
    }


def test_too_many_places_are_refused_with_the_way_out(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_labels, "MOST_PLACES", 4)
    places = _places(session)

    with pytest.raises(InvalidInput, match=r"ULT-77 holds 5 places, .* Open one of the places"):
        service.labels_of_place(session, EVERYBODY, places[0].id)
