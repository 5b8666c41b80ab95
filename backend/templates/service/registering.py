"""Turning the good rows of a draft into samples; the rest stays a draft."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from backend.core import clock
from backend.core.ahead import one_ahead
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.batch import PreparedPart
from backend.samples.models import Project
from backend.templates import queries
from backend.templates.errors import ImportClosed, NothingToRegister
from backend.templates.events import ImportRegistered
from backend.templates.ids import ImportId, ImportState
from backend.templates.models import ImportRow, SampleImport
from backend.templates.plain import batch_of, batch_of_parts, column_in
from backend.templates.reading.batch import (
    REGISTRABLE,
    Batch,
    Checked,
    RowState,
    add,
)
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.values import Problem, Severity
from backend.templates.registration import FIELD_OF, registration_columns
from backend.templates.service import rows as row_store
from backend.templates.service.checking import check_batch, options_for
from backend.templates.service.rows import FreshRows, StoredRow, StoredRows, parts_of
from backend.templates.views import Registered


def register_ready_rows(
    session: WriteSession, principal: Principal, *, import_id: ImportId
) -> Registered:
    """Register a draft's rows without errors; rows with warnings count as acknowledged.

    The draft's row is locked and every row is checked again, so that what was right when it was
    looked at and is not any more stays in the draft.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
        ImportClosed: it was discarded or wholly registered meanwhile.
        NothingToRegister: every row has an error or stands for an empty well.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    stored = _recheck_in_parts(session, record)
    if record.received_at is None:
        record.received_at = clock.utc_now()
    code = session.scalars(select(Project.code).where(Project.id == record.project_id)).one()
    return register_batch_rows(session, principal, record, code, stored)


def open_import(session: WriteSession, principal: Principal, import_id: ImportId) -> SampleImport:
    """Return a draft, locked.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
        ImportClosed: it was discarded or wholly registered.
    """
    record = queries.lock_import(session, principal, import_id)
    if record.state is ImportState.DISCARDED:
        raise ImportClosed(f"The draft of “{record.file_name}” was discarded. Drop the file again.")
    if record.state is ImportState.REGISTERED:
        raise ImportClosed(
            f"“{record.file_name}” was registered by {record.created_by_name}; nothing is left."
        )
    return record


def recheck(
    session: WriteSession, record: SampleImport, rows: Sequence[ImportRow]
) -> tuple[Batch, Checked]:
    """Return a draft's rows as a batch and the outcome of checking all of them anew."""
    batch = batch_of(rows, [column_in(column) for column in record.columns])
    kept = ((row.number, field, text) for row in rows for field, text in row.kept.items())
    return batch, _check(session, record, batch, frozenset(kept))


def _recheck_in_parts(session: WriteSession, record: SampleImport) -> StoredRows:
    """Return a draft checked anew, its rows read in parts and not kept."""
    states: list[RowState] = []
    findings: dict[int, Sequence[Mapping[str, Any]]] = {}
    kept: set[tuple[int, str, str]] = set()

    def remembering() -> Iterator[list[StoredRow]]:
        for rows in row_store.stream_rows(session, record.id):
            for index, row in enumerate(rows, start=len(states)):
                if row.findings:
                    findings[index] = row.findings
                kept.update((row.number, field, text) for field, text in row.kept.items())
            states.extend(row.state for row in rows)
            yield rows

    batch = batch_of_parts(remembering(), [column_in(column) for column in record.columns])
    return StoredRows(batch, _check(session, record, batch, frozenset(kept)), states, findings)


def _check(
    session: WriteSession, record: SampleImport, batch: Batch, kept: frozenset[tuple[int, str, str]]
) -> Checked:
    read_as = options_for(record.dialect, record.details, clock.utc_now().date())
    options = replace(read_as, kept=kept)
    return check_batch(session, batch, options, project_id=record.project_id)


def register_batch_rows(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    project_code: str,
    work: FreshRows | StoredRows,
) -> Registered:
    """Register the rows of a checked batch that may be, and bring the import's rows up to date.

    Part by part, each next one prepared while the database is busy with the last.
    """
    batch, checked = work.batch, work.checked
    if not checked.count(*REGISTRABLE):
        raise NothingToRegister(_nothing(record, checked))
    warned, received_at = checked.count(RowState.WARNING), record.received_at
    desk = samples_service.open_batch(session, principal, import_id=record.id)

    def prepare(rows: range) -> tuple[range, PreparedPart, list[Sequence[str]]]:
        columns = registration_columns(
            batch, checked, rows, project_code=project_code, received_at=received_at
        )
        return rows, samples_service.prepare_part(desk, columns), work.prepared(rows)

    barcodes: list[str] = []
    refused: list[int] = []
    for rows, part, texts in one_ahead(map(prepare, parts_of(len(batch.numbers)))):
        ready = [index for index in rows if checked.states[index] in REGISTRABLE]
        result = samples_service.register_part(session, principal, desk, part)
        out = _mark_refused(batch, checked, ready, result.refused)
        taken = [index for index in ready if index not in out]
        barcodes += result.barcodes
        refused += sorted(out)
        work.write(session, record.id, rows, texts, dict(zip(taken, result.ids, strict=True)))
    samples_service.close_batch(session, principal, desk)
    left = len(batch.numbers) - len(barcodes) - checked.count(RowState.SKIPPED)
    record.registered_count += len(barcodes)
    record.state = ImportState.PARTLY if left else ImportState.REGISTERED
    record.registered_at = clock.utc_now()
    session.flush()
    events_service.record(
        session,
        principal,
        ImportRegistered(
            aggregate_id=record.id,
            file_name=record.file_name,
            project_id=record.project_id,
            registered=len(barcodes),
            left=left,
            warnings_acknowledged=warned,
        ),
    )
    return Registered(
        import_id=ImportId(record.id),
        registered=len(barcodes),
        left=left,
        skipped=checked.count(RowState.SKIPPED),
        barcodes=barcodes,
        refused=[finding for index in refused for finding in checked.findings[index]],
    )


def _mark_refused(
    batch: Batch,
    checked: Checked,
    ready: Sequence[int],
    refusals: Sequence[tuple[int, str, str]],
) -> set[int]:
    """Put what the registration refused at its rows, and return the rows' indexes."""
    refused = set()
    for position, field, message in refusals:
        index = ready[position]
        key = FIELD_OF.get(field, FieldKey.NAME)
        cells = batch.texts.get(key)
        problem = Problem("refused", Severity.ERROR, message)
        add(checked, batch, index, key, problem, cells[index] if cells else None)
        checked.states[index] = RowState.ERROR
        refused.add(index)
    return refused


def _nothing(record: SampleImport, checked: Checked) -> str:
    wrong = checked.count(RowState.ERROR)
    return (
        f"No row of “{record.file_name}” can be registered: {wrong:,} have errors. "
        "Fix a marked cell first."
    )
