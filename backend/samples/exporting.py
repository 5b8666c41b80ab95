"""Taking a list of samples out as a file: asked for here, written by a worker in small pieces."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy import ARRAY, Uuid, any_, func, literal, select, tuple_

from backend.core.errors import InvalidInput, NotFound
from backend.core.formulas import never_run
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import listed, queries, sprec_codes, stored_queries
from backend.samples.arrival_models import SampleArrival
from backend.samples.arrival_rules import told
from backend.samples.events import SamplesExported
from backend.samples.ids import ArrivalCondition, SampleId
from backend.samples.models import Sample
from backend.samples.schemas import SampleFilters
from backend.samples.views import SampleRow
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId
from backend.work.models import Job

JOB_KIND = "samples.export"
PIECE_ROWS = 2_000
MOST_XLSX_ROWS = 200_000
"""A workbook of more takes a spreadsheet minutes to open; CSV has no such bound."""


class ExportFormat(StrEnum):
    """What a list may be taken out as."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Cell = str | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRow(SampleRow):
    """A sample as files show it; None where nobody wrote down how it arrived."""

    arrived_as: Sequence[str] | None
    arrived_at_c: Decimal | None
    arrival_note: str | None


_COLUMNS: tuple[tuple[str, Callable[[ExportedRow, ZoneInfo], Cell]], ...] = (
    ("Barcode", lambda row, _: row.barcode),
    ("Sample name", lambda row, _: row.name),
    ("Project", lambda row, _: row.project_code),
    ("Type", lambda row, _: row.material_type),
    ("Status", lambda row, _: row.status),
    ("Subject", lambda row, _: row.subject_code),
    ("Volume µL", lambda row, _: row.volume_ul),
    ("Concentration ng/µL", lambda row, _: row.concentration_ng_per_ul),
    ("RIN", lambda row, _: row.rin),
    ("DIN", lambda row, _: row.din),
    ("Storage temperature", lambda row, _: row.temperature_class),
    ("QC verdict", lambda row, _: row.qc_verdict),
    ("Priority", lambda row, _: row.priority),
    ("Received", lambda row, zone: _time(row.received_at, zone)),
    ("Arrived", lambda row, _: _arrived(row)),
    ("Arrived at °C", lambda row, _: row.arrived_at_c),
    ("Arrival note", lambda row, _: row.arrival_note),
    ("Registered", lambda row, zone: _time(row.created_at, zone)),
)
_SPREC = "SPREC"
"""The last column: the code that counts, which no row of a list carries."""
_HEADS = (*(name for name, _ in _COLUMNS), _SPREC)


def request_export(
    session: WriteSession,
    principal: Principal,
    *,
    kind: ExportFormat,
    filters: SampleFilters,
    sample_ids: Sequence[SampleId] | None = None,
    query_id: UUID | None = None,
) -> JobId:
    """Ask for a file of a list, with ``sample_ids`` of those samples of it.

    With ``query_id`` it holds what matched that stored query, as each is when it is written.

    Raises:
        QueryNotFound: no such stored query of the principal's.
    """
    principal.require(Permission.SAMPLES_VIEW)
    if query_id is not None:
        stored_queries.load_query(session, principal, query_id)
        filters = SampleFilters()
    return work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(new_id()),
        arguments={
            "format": kind.value,
            "filters": filters.model_dump(mode="json", exclude_defaults=True),
            "sample_ids": None if sample_ids is None else [str(key) for key in sample_ids],
            "query_id": query_id,
        },
        queue="long",
    )


def export_pieces(
    session: ReadSession,
    principal: Principal,
    *,
    filters: SampleFilters,
    sample_ids: Sequence[UUID] | None,
    query_id: UUID | None = None,
) -> Iterator[list[ExportedRow]]:
    """Yield the visible samples of a list in the order they were registered, piece by piece."""
    principal.require(Permission.SAMPLES_VIEW)
    scope = listed.scope_of(session, principal, filters)
    found = (
        queries.visible_rows(principal)
        .add_columns(
            SampleArrival.conditions.label("arrived_as"),
            SampleArrival.temperature_c.label("arrived_at_c"),
            SampleArrival.note.label("arrival_note"),
        )
        .outerjoin(SampleArrival, SampleArrival.sample_id == Sample.id)
        .where(*listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal)))
    )
    if sample_ids is not None:
        found = found.where(Sample.id == any_(literal(list(sample_ids), ARRAY(Uuid()))))
    if query_id is not None:
        found = found.where(Sample.id.in_(stored_queries.matched(query_id)))
    found = found.order_by(Sample.created_at, Sample.id).limit(PIECE_ROWS)
    after: ExportedRow | None = None
    while True:
        piece = found
        if after is not None:
            key = tuple_(literal(after.created_at), literal(after.id, Uuid()))
            piece = found.where(tuple_(Sample.created_at, Sample.id) > key)
        rows = [ExportedRow(**row._asdict()) for row in session.execute(piece)]
        if rows:
            yield rows
        if len(rows) < PIECE_ROWS:
            return
        after = rows[-1]


def sprec_codes_of(
    session: ReadSession, principal: Principal, rows: Sequence[SampleRow]
) -> dict[UUID, str]:
    """Return the SPREC code that counts for each of a piece's samples, inherited ones too."""
    principal.require(Permission.SAMPLES_VIEW)
    return sprec_codes.codes_of(session, listed.seen_by(principal), [row.id for row in rows])


def count_samples(
    session: ReadSession,
    principal: Principal,
    filters: SampleFilters,
    sample_ids: Sequence[UUID] | None,
    query_id: UUID | None = None,
) -> int:
    """Return how many samples an export will hold."""
    if query_id is not None:
        return stored_queries.load_query(session, principal, query_id).total
    if sample_ids is not None:
        return len(sample_ids)
    scope = listed.scope_of(session, principal, filters)
    found = queries.visible_samples(principal).with_only_columns(Sample.id)
    narrowed = found.where(
        *listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal))
    ).subquery()
    return session.execute(select(func.count()).select_from(narrowed)).scalar_one()


def record_export(
    session: WriteSession, principal: Principal, *, job_id: JobId, kind: ExportFormat, rows: int
) -> None:
    """Note in the audit trail that samples were taken out, by whom and how many."""
    exported = SamplesExported(aggregate_id=job_id, format=kind.value, rows=rows)
    events_service.record(session, principal, exported)


def finished_export(
    session: ReadSession, principal: Principal, job_id: JobId
) -> tuple[ExportFormat, str, int]:
    """Return format, file-store key and number of rows of one's own finished export.

    Raises:
        NotFound: no such export, somebody else's, or not finished.
    """
    job = work_queries.get_job(session, principal, job_id)
    owner = session.scalar(select(Job.requested_by).where(Job.id == job_id))
    made: Mapping[str, Any] = job.result or {}
    if job.kind != JOB_KIND or owner != principal.user_id or "sha256" not in made:
        raise NotFound("There is no such finished export of yours. Ask for it again.")
    return ExportFormat(made["format"]), str(made["sha256"]), int(made["rows"])


class CsvFile:
    """Rows as comma-separated text with a byte-order mark, so that spreadsheets read µ right."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone, self._file = zone, io.StringIO(newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(_HEADS)

    def add(self, rows: Sequence[ExportedRow], codes: Mapping[UUID, str]) -> None:
        """Write rows below those before, each with its SPREC code where it has one."""
        self._writer.writerows(
            [_text(cell) for cell in _cells(row, self._zone, codes)] for row in rows
        )

    def close(self) -> bytes:
        """Return the file."""
        return self._file.getvalue().encode("utf-8-sig")


class XlsxFile:
    """Rows as a workbook of one sheet: numbers as numbers, nothing that calculates."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone, self._file, self._rows = zone, io.BytesIO(), 0
        self._book = xlsxwriter.Workbook(
            self._file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheet = self._book.add_worksheet("Samples")
        head = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_column(0, len(_HEADS) - 1, 18)
        for column, name in enumerate(_HEADS):
            self._sheet.write_string(0, column, name, head)

    def add(self, rows: Sequence[ExportedRow], codes: Mapping[UUID, str]) -> None:
        """Write rows below those before, each with its SPREC code where it has one."""
        for row in rows:
            self._rows += 1
            for column, cell in enumerate(_cells(row, self._zone, codes)):
                if isinstance(cell, Decimal):
                    self._sheet.write_number(self._rows, column, float(cell))
                elif cell:
                    self._sheet.write_string(self._rows, column, _text(cell))

    def close(self) -> bytes:
        """Return the file."""
        self._book.close()
        return self._file.getvalue()


def new_file(kind: ExportFormat, zone: ZoneInfo, *, rows: int) -> CsvFile | XlsxFile:
    """Return an empty file for so many rows, its heads written.

    Raises:
        InvalidInput: more than MOST_XLSX_ROWS in a workbook.
    """
    if kind is ExportFormat.CSV:
        return CsvFile(zone)
    if rows > MOST_XLSX_ROWS:
        raise InvalidInput(
            f"A workbook holds at most {MOST_XLSX_ROWS:,} samples here, and these are {rows:,}. "
            "Choose CSV, or narrow the list."
        )
    return XlsxFile(zone)


def _arrived(row: ExportedRow) -> str | None:
    if row.arrived_as is None:
        return None
    return told(map(ArrivalCondition, row.arrived_as), None)


def _cells(row: ExportedRow, zone: ZoneInfo, codes: Mapping[UUID, str]) -> list[Cell]:
    return [*(value(row, zone) for _, value in _COLUMNS), codes.get(row.id)]


def _time(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def _text(cell: Cell) -> str:
    """Return a cell that no spreadsheet takes for a formula, however it is saved again."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return never_run(cell)
