"""Every file is read whole or refused with a sentence; what is read is what stands in it."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from backend.core.blobs import MemoryStore
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates.adapters.sheets import read_sheets
from backend.workbooks import queries, service
from backend.workbooks.ids import ReadState
from backend.workbooks.planning.headings import heading_row
from backend.workbooks.views import VersionView
from tests.factories.workbooks import book
from tests.support.old_excel import old_workbook

REAL = Path(__file__).parents[4] / "shared" / "data"
Keep = Callable[[bytes, str], VersionView]

# Anything a cell of a workbook holds: XML has no control characters, and a text that begins with
# an equals sign would be a formula.
_cells = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=0, max_size=12
).filter(lambda text: not text.startswith("=") and "_x" not in text)
_sheets = st.lists(
    st.lists(st.lists(_cells, min_size=1, max_size=5), min_size=1, max_size=6),
    min_size=1,
    max_size=3,
).filter(lambda sheets: any(cell for sheet in sheets for row in sheet for cell in row))


@pytest.fixture
def keep(session: WriteSession, ada: Principal, files: MemoryStore) -> Keep:
    """Return what keeps a file and hands out the version it became."""

    def kept(content: bytes, name: str) -> VersionView:
        added = service.add_workbook(session, ada, file_name=name, content=content, files=files)
        versions = queries.workbook(session, ada, added.workbook_id).versions
        return next(version for version in versions if version.id == added.version_id)

    return kept


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)
@pytest.mark.parametrize("folder", ["manifests", "rack_scans", "submissions", "samplesheets"])
def test_every_real_file_is_read_or_refused_with_a_sentence(folder: str, keep: Keep) -> None:
    paths = sorted((REAL / folder).glob("*.*"))

    assert paths
    for path in paths:
        version = keep(path.read_bytes(), path.name)
        if version.state is ReadState.REFUSED:
            assert version.refusal.endswith("."), path.name
        else:
            assert version.state is ReadState.READ, path.name
            assert sum(sheet.row_count for sheet in version.sheets) > 0, path.name


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)
def test_manifests_and_rack_scans_keep_every_line(
    keep: Keep, session: WriteSession, ada: Principal
) -> None:
    scan = keep((REAL / "rack_scans/limber_tube_rack__tube_rack_scan_valid.csv").read_bytes(), "s")
    manifest = keep((REAL / "manifests/sequencescape_sample_manifest.csv").read_bytes(), "m")

    page = queries.sheet_rows(session, ada, scan.sheets[0].id, limit=1)
    assert (scan.sheets[0].heading_row, page.rows[0].number) == (0, 1)
    assert scan.sheets[0].headings[0] == "Column 1"
    assert manifest.sheets[0].heading_row > 1
    assert manifest.sheets[0].row_count == 96


@trials(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=_sheets)
def test_rows_read_back_are_the_sheet(
    sheets: list[list[list[str]]], session: WriteSession, ada: Principal
) -> None:
    content = book({f"S{place}": rows for place, rows in enumerate(sheets)})
    added = service.add_workbook(
        session, ada, file_name="any.xlsx", content=content, files=MemoryStore()
    )

    version = queries.workbook(session, ada, added.workbook_id).versions[-1]
    assert len(version.sheets) == len(sheets)
    for sheet, given_rows in zip(version.sheets, sheets, strict=True):
        page = queries.sheet_rows(session, ada, sheet.id)
        read = {row.number: _stripped(row.cells) for row in page.rows}
        wanted = {number: _stripped(row) for number, row in enumerate(given_rows, 1)}
        body = {n: row for n, row in wanted.items() if n > sheet.heading_row and row}
        assert read == body
        assert sheet.row_count == len(body)
        assert [column.filled + column.empty for column in sheet.columns] == [len(body)] * len(
            sheet.headings
        )


def _stripped(cells: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    row = list(cells)
    while row and not row[-1].strip():
        row.pop()
    return tuple(row)


def test_an_old_workbook_is_read(keep: Keep) -> None:
    version = keep(old_workbook([["Well", "Said"], ["A1", "cracked"], ["A2", "fine"]]), "old.xls")

    assert [(s.name, s.headings, s.row_count) for s in version.sheets] == [
        ("Samples", ("Well", "Said"), 2)
    ]
    assert "values alone" in version.remarks[0]


def test_figures_dates_and_percent_are_as_a_person_sees_them() -> None:
    reading = read_sheets(book({"A": [["Name", 0.1, True, None, 3.0]]}))

    assert reading.sheets[0].rows == [["Name", "0.1", "yes", "", "3"]]


def test_text_with_tabs_quotes_and_backslashes_comes_back_as_it_was(
    keep: Keep, session: WriteSession, ada: Principal
) -> None:
    said = 'a\\b "c" {d},\n\\N NULL\t'
    version = keep(book({"A": [["Well", "Said"], ["A1", said]]}), "odd.xlsx")

    (row,) = queries.sheet_rows(session, ada, version.sheets[0].id).rows
    assert row.cells == ("A1", said)


def test_a_form_keeps_its_lines(keep: Keep, session: WriteSession, ada: Principal) -> None:
    content = b"Prose, with commas, and more\n\nSecond line of it\n"

    sheet = keep(content, "letter.txt").sheets[0]

    assert queries.search_rows(session, ada, "second LINE").rows[0].row_number == 3
    assert sheet.row_count >= 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b'a,b\n"open,1\n2,3\n', "quotation mark"),
        (",".join(f"c{n}" for n in range(400)).encode(), "400 columns"),
        (b"x" * 20_000_001, "Split it"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    reading = read_sheets(content)

    assert says in reading.refusal
    assert not reading.sheets


def test_a_zip_bomb_and_entities_are_not_opened() -> None:
    bomb = _package({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 9_000_000})
    entities = _package({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><a/>'})

    assert "as no list of samples does" in read_sheets(bomb).refusal
    assert "XML entities" in read_sheets(entities).refusal


def test_a_sheet_that_is_too_wide_is_refused_before_it_is_made() -> None:
    rows: list[list[object]] = [["Well"], [*[None] * 16_000, "far out"]]

    assert "16,001 columns" in read_sheets(book({"Wide": rows})).refusal


def test_macros_are_told_and_not_run() -> None:
    stream = io.BytesIO(book({"A": [["Well", "Said"], ["A1", "x"]]}))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")

    reading = read_sheets(stream.getvalue())

    assert [finding.code for finding in reading.findings] == ["macros_not_run"]
    assert len(reading.sheets) == 1


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([["Study:", "X"], [], ["Well", "Reading"], ["A1", "5"]], 3),
        ([["Plate of May"], ["Well", "Sheen", "Reading"], ["A1", "x", "5"]], 2),
        ([["A1", "5"], ["A2", "6"]], 0),
        ([["FX00001"], ["FX00002"]], 0),
        ([["Sample name", "Type", "Note"], ["S1", "DNA", ""]], 1),
        ([], 0),
    ],
)
def test_the_headings_are_found_whatever_the_sheet_is_about(
    rows: list[list[str]], line: int
) -> None:
    assert heading_row(rows, lambda text: text in {"Sample name", "Type"}) == line


def _package(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()
