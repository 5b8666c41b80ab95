"""Workbooks are kept, searched, compared, and their rows sent to registration."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text

from backend.core.blobs import key_of
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.samples.models import Project
from backend.work.models import Job
from backend.workbooks import listed, queries, service
from backend.workbooks.errors import (
    KeyRefused,
    SheetNotFound,
    VersionNotFound,
    WorkbookNotFound,
    WorkbookRefused,
)
from backend.workbooks.ids import ReadState, SheetId, VersionId, WorkbookId
from backend.workbooks.models import WorkbookRow, WorkbookVersion
from backend.workbooks.planning.difference import CellChange
from tests.backend.workbooks.conftest import Desk
from tests.factories.workbooks import book, text_file
from tests.support.sample_files import manifest

PLATE = [["Well", "Barcode", "Reading"], ["A1", "TUBE-001", 2.5], ["A2", "TUBE-002", 7]]
TWO_SHEETS = book({"Plate": PLATE, "Notes": [["Room", "Said"], ["Cold room", "Tube 2 cracked"]]})


def test_every_sheet_is_read_and_counted(desk: Desk) -> None:
    added = desk.add(TWO_SHEETS)

    version = desk.newest(added.workbook_id)
    assert (version.state, version.number, version.file_name) == (ReadState.READ, 1, "plates.xlsx")
    assert [(s.name, s.heading_row, s.row_count) for s in version.sheets] == [
        ("Plate", 1, 2),
        ("Notes", 1, 1),
    ]
    assert version.sheets[0].headings == ("Well", "Barcode", "Reading")
    reading = version.sheets[0].columns[2]
    assert (str(reading.smallest_number), str(reading.largest_number)) == ("2.5", "7")
    assert reading.is_key
    assert desk.events() == ["workbooks.added", "workbooks.read"]


def test_a_hidden_sheet_is_read_too(desk: Desk) -> None:
    content = book({"Plate": PLATE, "Old": [["Well", "Said"], ["B1", "secret"]]}, hidden="Old")

    desk.add(content)

    assert desk.find("SECRET") == [("Old", 2, "Said", "secret")]


def test_the_list_tells_of_the_latest_version(desk: Desk, project: Project) -> None:
    first = desk.add(TWO_SHEETS, project=project.id)
    desk.add_version(first.workbook_id, book({"Plate": PLATE}))

    (line,) = listed.list_workbooks(desk.session, desk.principal).items

    assert (line.name, line.project_code, line.latest_number) == ("plates", project.code, 2)
    assert (line.state, line.sheet_count, line.row_count) == (ReadState.READ, 1, 2)


def test_search_finds_a_part_of_a_cell_in_any_sheet_whatever_its_capitals(desk: Desk) -> None:
    desk.add(TWO_SHEETS)

    assert desk.find("tube") == [
        ("Plate", 2, "Barcode", "TUBE-001"),
        ("Plate", 3, "Barcode", "TUBE-002"),
        ("Notes", 2, "Said", "Tube 2 cracked"),
    ]
    assert desk.find("a2") == [("Plate", 3, "Well", "A2")]
    assert desk.find("001A") == []
    assert desk.find("%") == []
    assert desk.find(" ") == []


def test_search_finds_only_rows_of_visible_projects(
    desk: Desk, other_desk: Desk, project: Project
) -> None:
    added = desk.add(TWO_SHEETS, project=project.id)
    sheet = desk.newest(added.workbook_id).sheets[0]

    assert len(desk.find("TUBE-00")) == 2
    assert other_desk.find("TUBE-00") == []
    assert listed.list_workbooks(other_desk.session, other_desk.principal).items == []
    for look in (
        lambda: queries.workbook(other_desk.session, other_desk.principal, added.workbook_id),
        lambda: queries.sheet_rows(other_desk.session, other_desk.principal, sheet.id),
        lambda: other_desk.add_version(added.workbook_id, manifest()),
    ):
        with pytest.raises((WorkbookNotFound, SheetNotFound)):
            look()
    with pytest.raises(VersionNotFound):
        service.read_version(
            other_desk.session, other_desk.principal, added.version_id, files=desk.files
        )


def test_without_the_right_to_documents_nothing_is_seen(
    desk: Desk, principal_of: Callable[..., Principal]
) -> None:
    desk.add(TWO_SHEETS)
    nobody = principal_of(Permission.SAMPLES_REGISTER)

    with pytest.raises(PermissionDenied):
        queries.search_rows(desk.session, nobody, "tube")
    with pytest.raises(PermissionDenied):
        listed.list_workbooks(desk.session, nobody)


def test_without_the_right_to_register_nothing_is_added(
    desk: Desk, principal_of: Callable[..., Principal]
) -> None:
    reader = Desk(desk.session, principal_of(Permission.DOCUMENTS_VIEW), desk.files)

    with pytest.raises(PermissionDenied):
        reader.add(TWO_SHEETS)

    assert desk.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_the_index_answers_a_search(desk: Desk) -> None:
    desk.add(TWO_SHEETS)
    desk.session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = desk.session.scalars(
        text(
            "EXPLAIN SELECT number FROM workbook_row "
            "WHERE workbook_grams(search) @> workbook_grams('tube')"
        )
    ).all()

    assert any("ix_workbook_row_search" in line for line in plan), plan


def test_two_versions_differ_in_a_cell_and_a_row(desk: Desk) -> None:
    first = desk.add(book({"Plate": PLATE}))
    changed = [PLATE[0], ["A1", "TUBE-001", 2.75], PLATE[2], ["A3", "TUBE-003", 1]]
    second = desk.add_version(first.workbook_id, book({"Plate": changed}))

    new, old = queries.workbook(desk.session, desk.principal, first.workbook_id).versions
    found = queries.difference(
        desk.session, desk.principal, old=old.sheets[0].id, new=new.sheets[0].id, key="Well"
    )

    assert second.version_id == new.id
    assert (new.number, new.note) == (2, "Measured again")
    assert [pair.cells for pair in found.changed] == [(CellChange("Reading", "2.5", "2.75"),)]
    assert found.added_rows == ((2, ("A3", "TUBE-003", "1")),)
    assert desk.find("TUBE-001") == [("Plate", 2, "Barcode", "TUBE-001")]
    assert len(desk.find("TUBE-001", all_versions=True)) == 2


def test_a_key_that_repeats_is_refused_with_a_sentence(desk: Desk) -> None:
    rows = [["Well", "Plate"], ["A1", "P1"], ["A2", "P1"]]
    sheet = desk.newest(desk.add(book({"One": rows})).workbook_id).sheets[0]

    with pytest.raises(KeyRefused, match="not filled and unique"):
        queries.difference(desk.session, desk.principal, old=sheet.id, new=sheet.id, key="Plate")


def test_reading_twice_leaves_the_same_rows(desk: Desk) -> None:
    added = desk.add(TWO_SHEETS)
    rows = select(WorkbookRow.sheet_id, WorkbookRow.number, WorkbookRow.cells).order_by(
        WorkbookRow.sheet_id, WorkbookRow.number
    )
    before = [tuple(row) for row in desk.session.execute(rows)]

    service.read_version(desk.session, desk.principal, added.version_id, files=desk.files)

    assert [tuple(row) for row in desk.session.execute(rows)] == before
    assert len(before) == 5


def test_the_same_bytes_lead_to_the_version_that_is_there(desk: Desk) -> None:
    first = desk.add(TWO_SHEETS)

    again, once_more = (
        desk.add(TWO_SHEETS, "other.xlsx"),
        desk.add_version(first.workbook_id, TWO_SHEETS),
    )

    assert (again.version_id, once_more.version_id) == (first.version_id, first.version_id)
    assert "version 1 of “plates” already" in (again.same_as or "")
    assert len(listed.list_workbooks(desk.session, desk.principal).items) == 1


def test_the_same_bytes_of_a_hidden_workbook_are_a_workbook_of_ones_own(
    desk: Desk, other_desk: Desk, project: Project
) -> None:
    desk.add(TWO_SHEETS, project=project.id)

    assert other_desk.add(TWO_SHEETS).same_as is None


def test_a_file_that_cannot_be_read_is_kept_and_says_why(desk: Desk) -> None:
    version = desk.newest(desk.add(b"%PDF-1.7 nothing", "scan.pdf").workbook_id)

    assert version.state is ReadState.REFUSED
    assert "is a PDF" in version.refusal
    assert version.sheets == ()
    assert desk.events() == ["workbooks.added", "workbooks.refused"]


def test_a_long_file_waits_for_a_worker(desk: Desk) -> None:
    content = text_file([["Well", "Said"], *[["A1", str(n)] for n in range(2_100)]])
    added = desk.add(content)

    asked = desk.session.scalars(select(Job)).one()
    assert (asked.kind, asked.arguments) == (
        service.READ_KIND,
        {"version_id": str(added.version_id), "sha256": key_of(content)},
    )
    assert desk.newest(added.workbook_id).state is ReadState.WAITING

    service.read_version(desk.session, desk.principal, added.version_id, files=desk.files)
    assert desk.newest(added.workbook_id).sheets[0].row_count == 2_100


def test_a_workbook_is_renamed_and_an_empty_name_is_refused(desk: Desk) -> None:
    key = desk.add(TWO_SHEETS).workbook_id

    service.rename(desk.session, desk.principal, key, "  Plates of May ")

    assert queries.workbook(desk.session, desk.principal, key).name == "Plates of May"
    with pytest.raises(WorkbookRefused):
        service.rename(desk.session, desk.principal, key, " ")
    with pytest.raises(WorkbookNotFound):
        service.rename(desk.session, desk.principal, WorkbookId(new_id()), "Other")


def test_a_file_is_handed_out_as_it_was_sent_to_those_who_see_its_workbook(
    desk: Desk, other_desk: Desk, project: Project
) -> None:
    file_id = desk.newest(desk.add(TWO_SHEETS, project=project.id).workbook_id).file_id

    view, content = service.download_file(
        desk.session, desk.principal, file_id=file_id, files=desk.files
    )

    assert (view.file_name, content) == ("plates.xlsx", TWO_SHEETS)
    with pytest.raises(FileNotFound):
        service.download_file(
            desk.session, other_desk.principal, file_id=FileId(file_id), files=desk.files
        )


def test_what_stands_above_the_headings_is_found_and_is_no_row(desk: Desk) -> None:
    rows = [["Study:", "ABC_123"], [], *PLATE]
    sheet = desk.newest(desk.add(book({"Plate": rows})).workbook_id).sheets[0]

    page = queries.sheet_rows(desk.session, desk.principal, sheet.id)

    assert (sheet.heading_row, [row.number for row in page.rows]) == (3, [4, 5])
    assert desk.find("abc_123") == [("Plate", 1, "Barcode", "ABC_123")]


def test_rows_come_in_pages_and_by_a_text(desk: Desk) -> None:
    rows = [["Well", "Said"], *[[f"A{n}", "odd" if n % 2 else "even"] for n in range(1, 11)]]
    sheet = desk.newest(desk.add(book({"Plate": rows})).workbook_id).sheets[0]

    page = queries.sheet_rows(
        desk.session, desk.principal, sheet.id, start=2, limit=2, containing="ODD"
    )

    assert (page.matching, page.start) == (5, 2)
    assert [row.cells for row in page.rows] == [("A5", "odd"), ("A7", "odd")]
    with pytest.raises(SheetNotFound):
        queries.sheet_rows(desk.session, desk.principal, SheetId(new_id()))


def test_a_version_says_why_exactly_when_it_is_refused(desk: Desk) -> None:
    added = desk.add(TWO_SHEETS)

    version = desk.session.get_one(WorkbookVersion, VersionId(added.version_id))

    assert (version.refusal, version.read_at is not None) == ("", True)
