"""The result workbook says what became of each row, and sent again it registers nothing new."""

import io
from collections.abc import Callable
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.errors import NothingToRegister
from backend.templates.formulas import as_written, harmless
from backend.templates.ids import CommitMode
from backend.templates.reading.batch import RowState
from backend.templates.results import result_file
from backend.templates.service import registering
from backend.templates.views import ImportView
from tests.factories.imports import make_draft, make_project_of, make_registrar
from tests.support.sample_files import HEADINGS, as_csv, manifest, manifest_rows


def _registered(
    session: WriteSession, principal: Principal, project: str, content: bytes
) -> ImportView:
    draft = make_draft(session, principal, project, content)
    with suppress(NothingToRegister):
        registering.register_ready_rows(
            session, principal, import_id=draft.id, commit=CommitMode.VALID_ROWS
        )
    return queries.get_import(session, principal, draft.id)


def _result(session: WriteSession, principal: Principal, view: ImportView) -> bytes:
    _, file = result_file(session, principal, view.id)
    with file:
        return file.read()


def _rows(content: bytes) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[str(v or "") for v in row] for row in sheet.iter_rows(values_only=True)]


def test_a_result_has_the_columns_as_sent_and_three_of_ours(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    view = _registered(session, registrar, project, manifest(2, {1: {"Storage_Temp": "warm"}}))

    heading, first, second = _rows(_result(session, registrar, view))

    assert heading == [*HEADINGS, "_status", "_id", "_errors"]
    assert first[-3:] == ["registered", "GEN260001", ""]
    assert (second[-3], second[-2]) == ("error", "")
    assert second[-1].startswith("Zone: ")
    assert first[:-3] == manifest_rows(1)[1]


def test_a_result_sent_again_registers_nothing_and_keeps_its_errors_in_their_rows(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    view = _registered(session, registrar, project, manifest(4, {2: {"Storage_Temp": "warm"}}))

    again = make_draft(
        session, registrar, project, _result(session, registrar, view), "result.xlsx"
    )

    assert [row.state.value for row in again.rows] == ["skipped", "skipped", "error", "skipped"]
    assert again.rows[2].cells["zone"] == "warm"
    assert again.writable == 0


def test_a_result_whose_error_is_put_right_registers_that_row_alone(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    view = _registered(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))
    book = load_workbook(io.BytesIO(_result(session, registrar, view)))
    sheet = book.active
    assert sheet is not None
    sheet.cell(3, HEADINGS.index("Storage_Temp") + 1, "-80 °C")
    stream = io.BytesIO()
    book.save(stream)

    again = make_draft(session, registrar, project, stream.getvalue(), "result.xlsx")
    done = registering.register_ready_rows(session, registrar, import_id=again.id)

    assert (done.registered, done.barcodes) == (1, ["GEN260002"])
    sample = session.scalars(select(Sample).where(Sample.barcode == "GEN260002")).one()
    assert not {name for name in sample.attributes if name.startswith("_")}


def test_commas_of_a_semicolon_list_mean_the_same_when_its_result_comes_back(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    rows = manifest_rows(2, {0: {"Volume_mL": "2,5"}, 1: {"Storage_Temp": "warm"}})
    rows[2][HEADINGS.index("Volume_mL")] = "2,5"
    view = _registered(session, registrar, project, as_csv(rows, separator=";"))

    again = make_draft(
        session, registrar, project, _result(session, registrar, view), "result.xlsx"
    )

    assert [f.code for f in again.rows[1].findings if f.field == "volume_ul"] == []


def test_a_formula_goes_out_as_text_and_comes_back_as_it_was(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    sent = '=HYPERLINK("http://x.example")'
    rows = manifest_rows(1, {0: {"Notes": sent, "Storage_Temp": "warm"}})
    view = _registered(session, registrar, project, as_csv(rows))
    result = _result(session, registrar, view)

    again = make_draft(session, registrar, project, result, "result.xlsx")

    assert _rows(result)[1][HEADINGS.index("Notes")] == f"'{sent}"
    assert again.rows[0].cells["notes"] == view.rows[0].cells["notes"] == sent


@given(st.text(max_size=12) | st.text(alphabet="'=+-@\t0a", max_size=6))
def test_what_is_made_harmless_is_read_back_exactly(text: str) -> None:
    assert as_written(harmless(text)) == text
    assert not harmless(text).startswith(("=", "@", "\t"))


_CELLS = st.fixed_dictionaries(
    {},
    optional={
        "Storage_Temp": st.sampled_from(["warm", "", "-20°C"]),
        "Volume_mL": st.sampled_from(["x", "1.5", "", "2 mL"]),
        "Notes": st.sampled_from(["=1+1", "'=1", "-5", "@a", "plain", ""]),
        "Collection_Date": st.sampled_from(["01/02/2026", "2026-01-03", "46000"]),
    },
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(_CELLS, min_size=1, max_size=5))
def test_a_result_sent_again_is_the_same_list_with_nothing_to_do(
    session: WriteSession,
    principal_of: Callable[..., Principal],
    frozen_clock: object,
    rows: list[dict[str, str]],
) -> None:
    outer = session.begin_nested()
    person = make_registrar(session, principal_of)
    project = make_project_of(session, person)
    view = _registered(session, person, project, manifest(len(rows), dict(enumerate(rows))))
    samples = session.scalar(select(func.count()).select_from(Sample))

    again = _registered(session, person, project, _result(session, person, view))

    assert session.scalar(select(func.count()).select_from(Sample)) == samples
    assert [row.cells for row in again.rows] == [row.cells for row in view.rows]
    for before, after in zip(view.rows, again.rows, strict=True):
        expected = RowState.SKIPPED if before.state is RowState.REGISTERED else before.state
        assert after.state is expected
        codes = sorted(f.code for f in before.findings if before.state is RowState.ERROR)
        assert codes == sorted(f.code for f in after.findings if after.state is RowState.ERROR)
    outer.rollback()
