"""A template goes out as a workbook and comes back as a list that is read by its rules."""

import io

import pytest
from openpyxl import load_workbook

from backend.core.blobs import MemoryStore
from backend.core.sessions import WriteSession
from backend.templates import definition_queries, queries
from backend.templates.adapters.template_file import (
    EXAMPLE_MARK,
    STAMP_SHEET,
    find_stamp,
    write_template,
)
from backend.templates.definition import ColumnKind, Definition, RequiredIf, TemplateColumn
from backend.templates.definition_views import VersionView
from backend.templates.ids import TemplateKind
from backend.templates.models import SampleImport
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import FieldKey
from backend.templates.service import defining, editing, imports
from backend.templates.views import CellEdit, ImportView
from tests.factories.imports import make_project_of
from tests.factories.samples import EVERYBODY

WARDS = tuple(f"Ward {number}" for number in range(40))
COLUMNS = (
    TemplateColumn(
        heading="Their ID",
        field=FieldKey.EXTERNAL_ID,
        required=True,
        pattern="B-99+",
        help="As on the tube.",
        example="B-12",
    ),
    TemplateColumn(heading="Material", field=FieldKey.SAMPLE_TYPE, default="gDNA"),
    TemplateColumn(heading="Kept at", field=FieldKey.ZONE, default="-20"),
    TemplateColumn(
        heading="Amount", field=FieldKey.VOLUME, kind=ColumnKind.NUMBER, unit="mL", maximum=5
    ),
    TemplateColumn(heading="Ward", kind=ColumnKind.CHOICE, choices=WARDS),
    TemplateColumn(heading="Nurse"),
)
INTAKE = Definition(
    columns=COLUMNS, rules=(RequiredIf(column="Ward", values=("Ward 1",), then="Nurse"),)
)
Row = tuple[str, ...]


@pytest.fixture
def version(session: WriteSession) -> VersionView:
    defining.create_template(
        session,
        EVERYBODY,
        key="blood-intake",
        name="Blood intake",
        kind=TemplateKind.SAMPLE_INTAKE,
        definition=INTAKE,
    )
    return defining.publish(session, EVERYBODY, key="blood-intake", note="The first.")


def filled(version: VersionView, *rows: Row, without_properties: bool = False) -> bytes:
    book = load_workbook(io.BytesIO(write_template(version)))
    for at, row in enumerate(rows, start=3):
        for column, text in enumerate(row, start=1):
            book["Samples"].cell(at, column, text or None)
    if without_properties:
        book.custom_doc_props.props.clear()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def draft_of(session: WriteSession, content: bytes) -> ImportView:
    head = imports.start_import(
        session,
        EVERYBODY,
        file_name="filled.xlsx",
        content=content,
        project_code=make_project_of(session),
        files=MemoryStore(),
    )
    return queries.get_import(session, EVERYBODY, head.id)


def codes_of(view: ImportView, row: int) -> list[tuple[str | None, str]]:
    return [(f.field or f.header, f.code) for f in view.rows[row].findings if f.severity == "error"]


def test_the_workbook_has_headings_lists_prompts_and_locks(version: VersionView) -> None:
    book = load_workbook(io.BytesIO(write_template(version)))
    sheet = book["Samples"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}

    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert str(sheet["A2"].value).startswith(EXAMPLE_MARK)
    assert sheet.freeze_panes == "B2"
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    below = sheet.column_dimensions["A"]  # empty cells have their column's form
    assert (below.protection.locked, below.number_format) == (False, "@")
    assert (rules["D2:D2001"].type, rules["D2:D2001"].formula1) == ("decimal", "5.0")
    assert rules["E2:E2001"].type == "list"
    assert (rules["A2:A2001"].promptTitle, rules["A2:A2001"].prompt) == (
        "Their ID",
        "As on the tube.",
    )
    assert len(book["Lists"]["E"]) == len(WARDS)
    assert book["Lists"].sheet_state == "hidden"
    assert book[STAMP_SHEET].sheet_state == "veryHidden"


@pytest.mark.parametrize("without_properties", [False, True])
def test_the_stamp_is_found_again(version: VersionView, without_properties: bool) -> None:  # noqa: FBT001
    stamp = find_stamp(filled(version, without_properties=without_properties))

    assert stamp is not None
    assert (stamp.key, stamp.number, stamp.schema_hash) == (
        "blood-intake",
        1,
        version.schema_hash,
    )


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken"])
def test_other_files_carry_no_stamp(content: bytes) -> None:
    assert find_stamp(content) is None


def test_a_filled_template_is_read_by_its_own_headings_and_defaults(
    session: WriteSession, version: VersionView
) -> None:
    view = draft_of(session, filled(version, ("B-12", "", "", "1.5", "Ward 2", "")))

    (row,) = view.rows
    assert row.cells["external_id"] == "B-12"
    assert (row.cells["sample_type"], row.cells["zone"]) == ("gDNA", "-20")
    assert row.extras["Ward"] == "Ward 2"
    assert row.state is RowState.READY
    assert any(f.code == "template_known" for f in view.findings)
    record = session.get_one(SampleImport, view.id)
    assert record.template_version_id == version.id


def test_its_rules_are_checked_with_ours_and_again_after_an_edit(
    session: WriteSession, version: VersionView
) -> None:
    rows = (("B-1X", "", "", "9", "Ward 99", ""), ("B-13", "", "", "", "Ward 1", ""))
    view = draft_of(session, filled(version, *rows))

    wrong = [codes_of(view, at) for at in (0, 1)]
    edit = CellEdit(number=view.rows[0].number, field="external_id", text="B-14")
    editing.edit_cells(session, EVERYBODY, import_id=view.id, edits=[edit])
    after = imports.queries.get_import(session, EVERYBODY, view.id)

    assert wrong == [
        [
            ("external_id", "pattern_missed"),
            ("volume_ul", "above_maximum"),
            ("Ward", "not_in_list"),
        ],
        [("Nurse", "required_empty")],
    ]
    assert codes_of(after, 0) == [("volume_ul", "above_maximum"), ("Ward", "not_in_list")]


def test_an_older_version_still_imports_and_says_what_is_new(
    session: WriteSession, version: VersionView
) -> None:
    content = filled(version, ("B-12", "", "", "", "", ""))
    defining.open_draft(session, EVERYBODY, key="blood-intake")
    newer = Definition(columns=(*COLUMNS[:5], TemplateColumn(heading="Physician")))
    defining.save_draft(session, EVERYBODY, key="blood-intake", definition=newer)
    defining.publish(session, EVERYBODY, key="blood-intake", note="Physicians.")

    view = draft_of(session, content)

    said = next(f.message for f in view.findings if f.code == "template_older")
    assert "Version 2 is in use now, with Physician and without Nurse." in said
    assert view.rows[0].state is RowState.READY


def test_a_stamp_of_another_laboratory_is_said_and_the_list_read_as_any(
    session: WriteSession, version: VersionView
) -> None:
    strange = VersionView(
        id=version.id,
        template_key="not-ours",
        template_name="",
        kind=version.kind,
        number=4,
        state=version.state,
        definition=version.definition,
        schema_hash=version.schema_hash,
        note="",
    )

    view = draft_of(session, filled(strange, ("B-12", "", "", "", "", "")))

    assert any(f.code == "template_unknown" for f in view.findings)
    assert session.get_one(SampleImport, view.id).template_version_id is None


def test_imports_of_a_version_are_counted(session: WriteSession, version: VersionView) -> None:
    draft_of(session, filled(version, ("B-12", "", "", "", "", "")))

    (template,) = definition_queries.list_templates(session, EVERYBODY)

    assert template.imports == 1
