"""A manifest's way in, checks included, beside raw COPY of the very same rows.

And what it takes: processor time of this process, memory at its peak, and how long a person who
pastes a full grid waits for its problems.
"""

import csv
import gc
import io
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import delete, select, text

from backend.core.blobs import MemoryStore
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import service as samples_service
from backend.samples.models import Project
from backend.templates import draft_queries, queries, results
from backend.templates.ids import ImportId
from backend.templates.models import ImportRow
from backend.templates.service import editing, imports, registering
from bench.laboratory import Laboratory
from bench.measures import Measure

ROWS = 100_000
BAR = 0.5
PASTED_ROWS = 5_000
_SHOWN = 2_000
"""Rows of a page of the grid."""
PASTE_BAR_S = 2.0
MEMORY_ROWS = (10_000, 100_000)
MEMORY_BAR = 1.5
"""Of ten times the rows, against a tenth of them."""
_HEADINGS = (
    "Sample_ID",
    "Patient_ID",
    "Sample_Type",
    "Collection_Date",
    "Submitter",
    "Priority",
    "Analysis_Type",
    "Storage_Temp",
    "Volume_mL",
    "Concentration_ng_uL",
    "Notes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRates:
    """Rows a second of each way in; the same rows, one after the other in one run."""

    rows: int
    copy: float
    """Into an empty table just like that of the samples."""
    copy_among: float
    """Into the table itself, among the laboratory's samples, without its triggers."""
    import_file: float
    register_ready_rows: float
    import_cpu_us: float
    """Processor time of this process for a row, in µs; the database's is not in it."""
    register_cpu_us: float


def measure(laboratory: Laboratory, rows: int = ROWS) -> list[Measure]:
    """Import a manifest as the terminal does, register a reviewed draft, and COPY the same rows."""
    return [*_rates(laboratory, rows), _memory(), _wrong_memory(), _result_memory(), _paste()]


def _rates(laboratory: Laboratory, rows: int) -> list[Measure]:
    rates = import_against_copy(laboratory, rows)
    note = f"{rates.rows:,} rows; COPY {rates.copy:,.0f} rows/s"
    among = f"COPY among the laboratory's samples {rates.copy_among:,.0f} rows/s"
    return [
        Measure(
            name="manifest imported, checks included, against raw COPY",
            figure=rates.import_file / rates.copy,
            unit="×",
            bar=BAR,
            at_least=True,
            note=f"{note}, import {rates.import_file:,.0f} rows/s, "
            f"{rates.import_cpu_us:.0f} µs of Python a row",
        ),
        Measure(
            name="manifest imported, against raw COPY among as many samples",
            figure=rates.import_file / rates.copy_among,
            unit="×",
            bar=None,
            note=f"{among}, import {rates.import_file:,.0f} rows/s",
        ),
        Measure(
            name="reviewed draft registered, checks included, against raw COPY",
            figure=rates.register_ready_rows / rates.copy,
            unit="×",
            bar=BAR,
            at_least=True,
            note=f"{note}, registering {rates.register_ready_rows:,.0f} rows/s, "
            f"{rates.register_cpu_us:.0f} µs of Python a row",
        ),
    ]


def _memory() -> Measure:
    few, many = (_peak_bytes(rows) for rows in MEMORY_ROWS)
    return _flat("memory at the peak of an import, ten times the rows", few, many)


def _wrong_memory() -> Measure:
    few, many = (_peak_bytes(rows, wrong=True) for rows in MEMORY_ROWS)
    return _flat("memory, something wrong in each row, ten times the rows", few, many)


def _result_memory() -> Measure:
    few, many = (_peak_of_result(rows) for rows in MEMORY_ROWS)
    return _flat("memory at the peak of a result workbook, ten times the rows", few, many)


def _flat(name: str, few: int, many: int) -> Measure:
    return Measure(
        name=name,
        figure=many / few,
        unit="×",
        bar=MEMORY_BAR,
        note=f"{MEMORY_ROWS[0]:,} rows {few / 1e6:.0f} MB, {MEMORY_ROWS[1]:,} rows "
        f"{many / 1e6:.0f} MB",
    )


def _peak_bytes(rows: int, *, wrong: bool = False) -> int:
    """Return the most that Python held at once while a manifest came in, its bytes left out."""
    person = machinery("bench", *Permission, request_id="bench")
    content = _manifest(rows, wrong=wrong)
    with _rolled_back() as session:
        code = _project(session, person)
        gc.collect()
        tracemalloc.start()
        imports.import_file(
            session,
            person,
            file_name="bench.csv",
            content=content,
            project_code=code,
            files=MemoryStore(),
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def _peak_of_result(rows: int) -> int:
    """Return the most that Python held at once while an import's result was written to a file."""
    person = machinery("bench", *Permission, request_id="bench")
    with _drafted(person, rows) as import_id, reading() as session, TemporaryFile() as file:
        gc.collect()
        tracemalloc.start()
        results.write_result(session, person, import_id, file)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def _paste() -> Measure:
    """Measure from a paste to the draft with its findings, a tenth of the rows being wrong."""
    person = machinery("bench", *Permission, request_id="bench")
    lines = _manifest(PASTED_ROWS).decode().replace(",", "\t").splitlines()
    block = "\n".join(
        line.replace("gDNA", "gDMA") if number % 10 == 1 else line
        for number, line in enumerate(lines)
    )
    with _rolled_back() as session:
        key = imports.start_empty(session, person, project_code=_project(session, person))
        started = time.perf_counter()
        editing.paste_block(session, person, import_id=key, text=block, fields=())
        draft = draft_queries.get_draft(session, person, key)
        draft_queries.get_window(session, draft, size=_SHOWN)
        taken_s = time.perf_counter() - started
        rows = queries.rows_of(session, key)
    wrong = sum(1 for row in rows if row.findings)
    return Measure(
        name="a pasted grid checked and shown",
        figure=taken_s,
        unit="s",
        bar=PASTE_BAR_S,
        note=f"{len(rows):,} rows, {wrong:,} with findings",
    )


def import_against_copy(laboratory: Laboratory, rows: int) -> ImportRates:
    """Time the four; whatever was registered or copied is rolled back."""
    person = machinery("bench", *Permission, request_id="bench")
    with _rolled_back() as session:
        code = _project(session, person)
        started, cpu = time.perf_counter(), time.process_time()
        done = imports.import_file(
            session,
            person,
            file_name="bench.csv",
            content=_manifest(rows),
            project_code=code,
            files=MemoryStore(),
        )
        imported_s = time.perf_counter() - started
        import_cpu_s = time.process_time() - cpu
        copied = _columns(session), _copied_out(session, done.import_id)
        copied_s = _copy_again(session, *copied)
        project_id = session.scalars(select(Project.id).where(Project.code == code)).one()
    among_s = _copy_among(laboratory, *copied, project_id)
    with _drafted(person, rows) as import_id, _rolled_back() as session:
        started, cpu = time.perf_counter(), time.process_time()
        registering.register_ready_rows(session, person, import_id=import_id)
        registered_s = time.perf_counter() - started
        register_cpu_s = time.process_time() - cpu
    return ImportRates(
        rows=rows,
        copy=rows / copied_s,
        copy_among=rows / among_s,
        import_file=rows / imported_s,
        register_ready_rows=rows / registered_s,
        import_cpu_us=import_cpu_s * 1e6 / rows,
        register_cpu_us=register_cpu_s * 1e6 / rows,
    )


@contextmanager
def _drafted(person: Principal, rows: int) -> Iterator[ImportId]:
    """Keep a draft while it is registered: people review it in transactions of their own.

    A row that the registering transaction had made itself would have its key checked once more.
    """
    with writing() as session:
        draft = imports.start_import(
            session,
            person,
            file_name="bench.csv",
            content=_manifest(rows),
            project_code=_project(session, person),
            files=MemoryStore(),
        )
    try:
        yield draft.id
    finally:
        with writing() as session:
            editing.discard_import(session, person, import_id=draft.id)
            session.execute(delete(ImportRow).where(ImportRow.import_id == draft.id))


class _TakenBack(Exception):
    """Rolls a measurement back."""


@contextmanager
def _rolled_back() -> Iterator[WriteSession]:
    with suppress(_TakenBack), writing() as session:
        yield session
        raise _TakenBack


def _project(session: WriteSession, person: Principal) -> str:
    code = f"BENCH-{str(new_id())[-12:]}"
    samples_service.add_project(session, person, code=code, name="Bench")
    return code


def _manifest(rows: int, *, wrong: bool = False) -> bytes:
    """Return a list; with ``wrong``, each row's priority is another one that is not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for number in range(rows):
        writer.writerow(
            (
                f"BN26{number:08d}",
                f"P{number // 4:07d}",
                "gDNA",
                "2026-01-15",
                "Dr. Okoye",
                f"Soon {number}" if wrong else "High",
                "WGS",
                "-80°C",
                "0.25",
                f"{20 + number % 400}.5",
                "Handle with care",
            )
        )
    return out.getvalue().encode()


def _columns(session: WriteSession) -> str:
    """Return the columns of a sample that are written, as a statement names them."""
    named = session.scalars(
        text(
            "SELECT quote_ident(column_name) FROM information_schema.columns "
            "WHERE table_name = 'sample' AND table_schema = current_schema() "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position"
        )
    ).all()
    return ", ".join(named)


def _copied_out(session: WriteSession, import_id: ImportId) -> bytes:
    """Return an import's samples as COPY writes them."""
    columns = _columns(session)
    out = f"COPY (SELECT {columns} FROM sample WHERE import_id = '{import_id}') TO STDOUT"  # noqa: S608 -- column names of the catalogue, a key of ours
    with _connection(session).cursor() as cursor, cursor.copy(out) as copy:
        return b"".join(copy)


def _copy_again(session: WriteSession, columns: str, rows: bytes) -> float:
    """Return the seconds of COPYing samples into an empty table just like theirs.

    Its indexes, checks and foreign keys are theirs, and it is logged as theirs is: what anybody
    would load who has no questions about the rows.
    """
    session.execute(text("CREATE TABLE sample_again (LIKE sample INCLUDING ALL)"))
    keys = session.scalars(
        text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'sample'::regclass AND contype = 'f'"
        )
    ).all()
    for key in keys:
        session.execute(text(f"ALTER TABLE sample_again ADD {key}"))
    return _copy_in(session, "sample_again", columns, rows)


def _copy_among(laboratory: Laboratory, columns: str, rows: bytes, project_id: UUID) -> float:
    """Return the seconds of COPYing samples into their own table, whose triggers are off.

    The indexes are as large as the import found them: an empty table's are not yet.
    """
    with laboratory.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM sample"))  # of the rows that were rolled back
    with _rolled_back() as session:
        session.add(Project(id=project_id, code="BENCH-AMONG", name="Bench", owner_id=None))
        session.flush()
        session.execute(text("ALTER TABLE sample DISABLE TRIGGER USER"))
        return _copy_in(session, "sample", columns, rows)


def _copy_in(session: WriteSession, table: str, columns: str, rows: bytes) -> float:
    started = time.perf_counter()
    with (
        _connection(session).cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        copy.write(rows)
    return time.perf_counter() - started


def _connection(session: WriteSession) -> "psycopg.Connection[Any]":
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
