"""Memory holds a part of a long list, not the list."""

import gc
import tempfile
import tracemalloc
from collections.abc import Callable

import pytest

from backend.core.blobs import MemoryStore
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates import results
from backend.templates.errors import NothingToRegister
from backend.templates.reading import column
from backend.templates.reading.headings import KEEP
from backend.templates.service import editing, imports, registering
from backend.templates.service import rows as row_store
from tests.factories.imports import make_draft
from tests.support.sample_files import manifest

_FEW, _MANY = 1_500, 15_000
# Ten times the rows: packed texts and a state of each, and nothing else. One object a row, be it a
# text, a list of cells, a model or what is sent to the database, makes it 3 and more.
_MOST = 2.0


@pytest.fixture(autouse=True)
def parts_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts as small beside these lists as they are beside a hundred thousand rows."""
    monkeypatch.setattr(row_store, "PART_ROWS", _FEW // 2)
    monkeypatch.setattr(column, "STRETCH", _FEW // 2)
    monkeypatch.setattr(results, "_ROWS_AT_ONCE", _FEW // 2)


@pytest.mark.slow
def test_importing_ten_times_the_rows_takes_little_more_memory(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    few = _peak_of_import(session, registrar, project, _FEW)
    many = _peak_of_import(session, registrar, project, _MANY)

    assert many < few * _MOST


@pytest.mark.slow
def test_registering_a_draft_of_ten_times_the_rows_takes_little_more_memory(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    few = _peak_of_draft(session, registrar, project, _FEW)
    many = _peak_of_draft(session, registrar, project, _MANY)

    assert many < few * _MOST


@pytest.mark.slow
def test_a_result_of_ten_times_the_rows_takes_no_more_memory(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    few = _peak_of_result(session, registrar, project, _FEW)
    many = _peak_of_result(session, registrar, project, _MANY)

    assert many < few * _MOST


@pytest.mark.slow
def test_reading_a_column_anew_in_ten_times_the_rows_takes_little_more_memory(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    few = _peak_of_mapping(session, registrar, project, _FEW)
    many = _peak_of_mapping(session, registrar, project, _MANY)

    assert many < few * _MOST


@pytest.mark.slow
@pytest.mark.parametrize("heading", ["Storage_Temp", "Volume_mL"])
def test_ten_times_the_rows_with_something_wrong_in_each_take_little_more_memory(
    heading: str, session: WriteSession, registrar: Principal, project: str
) -> None:
    few = _peak_of_wrong(session, registrar, project, heading, _FEW)
    many = _peak_of_wrong(session, registrar, project, heading, _MANY)

    assert many < few * _MOST


def _peak_of_wrong(
    session: WriteSession, registrar: Principal, project: str, heading: str, rows: int
) -> int:
    """Look at a list, make a draft of it, judge it anew, and hand its problems out."""
    wrong = {row: {heading: f"nowhere {10_000 + row}"} for row in range(rows)}
    content, savepoint = manifest(rows, wrong), session.begin_nested()
    del wrong
    _start()
    told = imports.examine_file(
        session, registrar, file_name="long.csv", content=content, project_code=project
    ).every_finding()
    assert sum(finding.row is not None for finding in told) >= rows
    del told
    head = imports.start_import(
        session,
        registrar,
        file_name="long.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
    )
    with pytest.raises(NothingToRegister):
        registering.register_ready_rows(session, registrar, import_id=head.id)
    results.problem_file(session, registrar, head.id)[1].close()
    return _stop_and(savepoint.rollback)


def _peak_of_import(session: WriteSession, registrar: Principal, project: str, rows: int) -> int:
    content, files, savepoint = manifest(rows), MemoryStore(), session.begin_nested()
    _start()
    imports.import_file(
        session,
        registrar,
        file_name="long.csv",
        content=content,
        project_code=project,
        files=files,
    )
    return _stop_and(savepoint.rollback)


def _peak_of_draft(session: WriteSession, registrar: Principal, project: str, rows: int) -> int:
    savepoint = session.begin_nested()
    key = make_draft(session, registrar, project, manifest(rows)).id
    session.expunge_all()
    _start()
    registering.register_ready_rows(session, registrar, import_id=key)
    return _stop_and(savepoint.rollback)


def _peak_of_mapping(session: WriteSession, registrar: Principal, project: str, rows: int) -> int:
    savepoint = session.begin_nested()
    draft = make_draft(session, registrar, project, manifest(rows))
    notes = next(m.column for m in draft.columns if m.field and m.field.value == "notes")
    key = draft.id
    del draft
    session.expunge_all()
    _start()
    editing.map_column(session, registrar, import_id=key, column=notes, field=KEEP)
    return _stop_and(savepoint.rollback)


def _peak_of_result(session: WriteSession, registrar: Principal, project: str, rows: int) -> int:
    savepoint = session.begin_nested()
    key = make_draft(session, registrar, project, manifest(rows)).id
    session.expunge_all()
    _start()
    with tempfile.TemporaryFile() as file:
        results.write_result(session, registrar, key, file)
    return _stop_and(savepoint.rollback)


def _start() -> None:
    gc.collect()
    tracemalloc.start()


def _stop_and(roll_back: Callable[[], None]) -> int:
    """Return the peak in bytes."""
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    roll_back()
    return peak
