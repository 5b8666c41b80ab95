"""Rows of a sheet become a draft of the Register page."""

import pytest

from backend.samples.models import Project
from backend.templates import queries as templates_queries
from backend.workbooks import sending
from backend.workbooks.errors import RowsRefused, WorkbookRefused
from tests.backend.workbooks.conftest import Desk
from tests.factories.workbooks import book
from tests.support.sample_files import manifest, manifest_rows

TWO_SHEETS = book({"Plate": [["Well", "Reading"], ["A1", 2.5]], "Notes": [["Room", "Said"]]})


def test_rows_that_are_sent_are_the_draft(desk: Desk, project: Project) -> None:
    sheet = desk.newest(desk.add(manifest(4), "list.csv").workbook_id).sheets[0]

    draft = sending.send_rows(
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

    draft = sending.send_rows(
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
        sending.send_rows(
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
        sending.send_rows(
            other_desk.session,
            other_desk.principal,
            sheet_id=sheet.id,
            rows=None,
            project_id=project.id,
            files=other_desk.files,
        )
