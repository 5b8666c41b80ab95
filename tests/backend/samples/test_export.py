"""A file of a list holds those samples and nothing that a spreadsheet would run."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import exporting, service
from backend.samples.exporting import ExportFormat
from backend.samples.ids import MaterialType
from backend.samples.preanalytical_schemas import FluidFacts
from backend.samples.schemas import SampleFilters
from tests.factories.samples import EVERYBODY, make_project, make_sample

UTC = ZoneInfo("UTC")


def _file(
    session: WriteSession, kind: ExportFormat, filters: SampleFilters, principal: Principal
) -> bytes:
    file = exporting.new_file(kind, UTC, rows=9)
    for piece in exporting.export_pieces(session, principal, filters=filters, sample_ids=None):
        file.add(piece, exporting.sprec_codes_of(session, principal, piece))
    return file.close()


def _csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_rows_are_those_of_the_view_in_pieces(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PIECE_ROWS", 2)
    code = make_project(session).code
    wanted = [make_sample(session, code, material_type=MaterialType.GDNA).barcode for _ in range(5)]
    make_sample(session, code, material_type=MaterialType.LIBRARY)
    filters = SampleFilters(project_codes=(code,), material_types=(MaterialType.GDNA,))

    lines = _csv(_file(session, ExportFormat.CSV, filters, EVERYBODY))

    assert sorted(line[0] for line in lines[1:]) == sorted(wanted)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_is_never_a_formula(session: WriteSession, name: str) -> None:
    code = make_project(session).code
    made = make_sample(session, code, name="x")
    row = next(
        exporting.export_pieces(
            session,
            EVERYBODY,
            filters=SampleFilters(project_codes=(code,)),
            sample_ids=[made.id],
        )
    )[0]
    spiked = replace(row, name=name)

    as_csv, as_xlsx = (
        exporting.new_file(ExportFormat.CSV, UTC, rows=1),
        exporting.new_file(ExportFormat.XLSX, UTC, rows=1),
    )
    as_csv.add([spiked], {})
    as_xlsx.add([spiked], {})

    assert _csv(as_csv.close())[1][1] == f"'{name}"
    cell = load_workbook(io.BytesIO(as_xlsx.close())).active["B2"]
    assert (cell.value, cell.data_type) == (f"'{name}", "s")


def test_numbers_are_numbers_in_a_workbook(session: WriteSession) -> None:
    code = make_project(session).code
    make_sample(session, code, volume_ul=Decimal("12.5"))

    content = _file(session, ExportFormat.XLSX, SampleFilters(project_codes=(code,)), EVERYBODY)

    sheet = load_workbook(io.BytesIO(content)).active
    heads = [cell.value for cell in sheet[1]]
    assert sheet[2][heads.index("Volume µL")].value == 12.5


def test_the_last_column_is_the_sprec_code_that_counts(session: WriteSession) -> None:
    code = make_project(session).code
    coded, bare = (make_sample(session, code).id for _ in range(2))
    facts = FluidFacts(specimen="URN")
    view = service.record_preanalytical(session, EVERYBODY, sample_id=coded, facts=facts)
    filters = SampleFilters(project_codes=(code,))

    lines = _csv(_file(session, ExportFormat.CSV, filters, EVERYBODY))
    sheet = load_workbook(io.BytesIO(_file(session, ExportFormat.XLSX, filters, EVERYBODY))).active

    assert [line[-1] for line in lines] == ["SPREC", view.code, ""]
    assert [row[-1].value for row in sheet] == ["SPREC", view.code, None]
    assert coded != bare


def test_too_long_a_workbook_is_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidInput, match="Choose CSV"):
        exporting.new_file(ExportFormat.XLSX, UTC, rows=exporting.MOST_XLSX_ROWS + 1)


def test_csv_has_no_bound() -> None:
    file = exporting.new_file(ExportFormat.CSV, UTC, rows=exporting.MOST_XLSX_ROWS + 1)

    assert file.close().decode("utf-8-sig").startswith("Barcode,")


def test_an_export_holds_nothing_of_other_projects(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    code = make_project(session).code
    make_sample(session, code)
    stranger = principal_of(Permission.SAMPLES_VIEW)

    lines = _csv(_file(session, ExportFormat.CSV, SampleFilters(project_codes=(code,)), stranger))

    assert len(lines) == 1
