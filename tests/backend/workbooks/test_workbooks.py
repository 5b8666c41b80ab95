"""Workbooks are kept, searched, compared, and their rows sent to registration."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from backend.core.blobs import MemoryStore, key_of
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.events.models import OutboxEvent
from backend.samples.models import Project
from backend.templates import queries as templates_queries
from backend.work.models import Job
from backend.workbooks import queries, service
from backend.workbooks.errors import (
    KeyRefused,
    RowsRefused,
    SheetNotFound,
    VersionNotFound,
    WorkbookNotFound,
    WorkbookRefused,
)
from backend.workbooks.ids import ReadState, SheetId, VersionId, WorkbookId
from backend.workbooks.models import WorkbookRow, WorkbookVersion
from backend.workbooks.planning.difference import CellChange
from backend.workbooks.views import Added, VersionView
from tests.factories.workbooks import book, text_file
from tests.support.sample_files import manifest, manifest_rows

PLATE = [["Well", "Barcode", "Reading"], ["A1", "TUBE-001", 2.5], ["A2", "TUBE-002", 7]]
TWO_SHEETS = book({"Plate": PLATE, "Notes": [["Room", "Said"], ["Cold room", "Tube 2 cracked"]]})


class Desk:
    """One person's work with workbooks."""

    def __init__(self, session: WriteSession, principal: Principal, files: MemoryStore) -> None:
        self.session, self.principal, self.files = session, principal, files

    def add(self, content: bytes, name: str = "plates.xlsx", project: UUID | None = None) -> Added:
        return service.add_workbook(
            self.session,
            self.principal,
            file_name=name,
            content=content,
            files=self.files,
            project_id=project,
        )

    def add_version(self, key: WorkbookId, content: bytes) -> Added:
        return service.add_version(
            self.session,
            self.principal,
            key,
            file_name="plates again.xlsx",
            content=content,
            files=self.files,
            note="Measured again",
        )

    def newest(self, key: WorkbookId) -> VersionView:
        return queries.workbook(self.session, self.principal, key).versions[0]

    def find(self, words: str, *, all_versions: bool = False) -> list[tuple[str, int, str, str]]:
        found = queries.search_rows(self.session, self.principal, words, all_versions=all_versions)
        return [(row.sheet_name, row.row_number, row.heading, row.cell) for row in found.rows]

    def events(self) -> list[str]:
        types = self.session.scalars(
            select(OutboxEvent.type)
            .where(OutboxEvent.type.startswith("workbooks."))
            .order_by(OutboxEvent.id)
        )
        return list(types)


@pytest.fixture
def desk(session: WriteSession, ada: Principal, files: MemoryStore) -> Desk:
    return Desk(session, ada, files)


@pytest.fixture
def other_desk(session: WriteSession, ben: Principal, files: MemoryStore) -> Desk:
    return Desk(session, ben, files)


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

    (line,) = queries.list_workbooks(desk.session, desk.principal)

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
    assert queries.list_workbooks(other_desk.session, other_desk.principal) == ()
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
        queries.list_workbooks(desk.session, nobody)


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
    assert len(queries.list_workbooks(desk.session, desk.principal)) == 1


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


def test_rows_that_are_sent_are_the_draft(desk: Desk, project: Project) -> None:
    sheet = desk.newest(desk.add(manifest(4), "list.csv").workbook_id).sheets[0]

    draft = service.send_rows(
        desk.session,
        desk.principal,
        sheet_id=sheet.id,
        rows=[3, 5],
        project_id=project.id,
        files=desk.files,
    )

    view = templates_queries.get_import(desk.session, desk.principal, draft)
    names = [row.cells["external_id"] for row in view.rows]
    wanted = manifest_rows(4)
    assert names == [wanted[2][0], wanted[4][0]]
    assert view.file_name == "list version 1 Text.csv"
    assert desk.events()[-1] == "workbooks.rows_sent"


def test_all_rows_are_sent_and_decimal_commas_stay_what_they_mean(
    desk: Desk, project: Project
) -> None:
    rows = manifest_rows(3, {0: {"Volume_mL": "2,5"}})
    content = "\n".join(";".join(row) for row in rows).encode()
    sheet = desk.newest(desk.add(content, "list.csv").workbook_id).sheets[0]

    draft = service.send_rows(
        desk.session,
        desk.principal,
        sheet_id=sheet.id,
        rows=None,
        project_id=project.id,
        files=desk.files,
    )

    view = templates_queries.get_import(desk.session, desk.principal, draft)
    assert len(view.rows) == 3
    assert [row.cells["volume_ul"] for row in view.rows] == ["2,5", "2.5", "2.5"]
    assert {row.state.value for row in view.rows} <= {"ready", "warning"}


@pytest.mark.parametrize("rows", [[], [1], [2, 99]])
def test_rows_that_are_not_there_are_not_sent(
    desk: Desk, project: Project, rows: list[int]
) -> None:
    sheet = desk.newest(desk.add(manifest(2), "list.csv").workbook_id).sheets[0]

    with pytest.raises(RowsRefused):
        service.send_rows(
            desk.session,
            desk.principal,
            sheet_id=sheet.id,
            rows=rows,
            project_id=project.id,
            files=desk.files,
        )


def test_a_project_of_others_takes_neither_workbook_nor_rows(
    other_desk: Desk, project: Project
) -> None:
    with pytest.raises(WorkbookRefused, match="no such project"):
        other_desk.add(TWO_SHEETS, project=project.id)

    sheet = other_desk.newest(other_desk.add(manifest(2)).workbook_id).sheets[0]
    with pytest.raises(WorkbookRefused, match="no such project"):
        service.send_rows(
            other_desk.session,
            other_desk.principal,
            sheet_id=sheet.id,
            rows=None,
            project_id=project.id,
            files=other_desk.files,
        )


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
