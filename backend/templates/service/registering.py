"""Turning the good rows of a draft into samples; the rest stays a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.templates import queries
from backend.templates.errors import ImportClosed, NothingToRegister
from backend.templates.events import ImportRegistered
from backend.templates.ids import ImportId, ImportState
from backend.templates.models import ImportRow, SampleImport
from backend.templates.plain import batch_of, column_in
from backend.templates.reading.batch import (
    REGISTRABLE,
    Batch,
    Checked,
    RowState,
    add,
)
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.values import Problem, Severity
from backend.templates.registration import registrations
from backend.templates.service import rows as row_store
from backend.templates.service.checking import check_batch, options_for
from backend.templates.views import Registered

# Fields of a registration, by the name a refusal gives them, and ours.
_FIELD_OF = {
    "barcode": FieldKey.BARCODE,
    "external_id": FieldKey.EXTERNAL_ID,
    "name": FieldKey.NAME,
    "subject_code": FieldKey.SUBJECT,
    "material_type": FieldKey.SAMPLE_TYPE,
    "temperature_class": FieldKey.ZONE,
    "volume_ul": FieldKey.VOLUME,
    "concentration_ng_per_ul": FieldKey.CONCENTRATION,
    "collected_on": FieldKey.COLLECTED_ON,
    "index_i7": FieldKey.INDEX_I7,
    "index_i5": FieldKey.INDEX_I5,
}


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A batch and what checking it found."""

    batch: Batch
    checked: Checked


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch: the sample of each registered row's index, and the summary."""

    samples: Mapping[int, SampleId]
    registered: Registered


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
    rows = row_store.load_rows(session, record.id)
    batch, checked = recheck(session, record, rows)
    if record.received_at is None:
        record.received_at = clock.utc_now()
    code = session.scalars(select(Project.code).where(Project.id == record.project_id)).one()
    outcome = register_batch_rows(session, principal, record, code, CheckedBatch(batch, checked))
    row_store.take_outcome(rows, checked)
    session.flush()
    row_store.mark_registered(session, record.id, rows, outcome.samples)
    return outcome.registered


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
    read_as = options_for(record.dialect, record.details, clock.utc_now().date())
    kept = frozenset((row.number, field, text) for row in rows for field, text in row.kept.items())
    options = replace(read_as, kept=kept)
    return batch, check_batch(session, batch, options, project_id=record.project_id)


def register_batch_rows(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    project_code: str,
    work: CheckedBatch,
) -> BatchOutcome:
    """Register the rows of a checked batch that may be, and bring the import's row up to date."""
    batch, checked = work.batch, work.checked
    ready = [i for i, state in enumerate(checked.states) if state in REGISTRABLE]
    warned = checked.count(RowState.WARNING)
    if not ready:
        raise NothingToRegister(_nothing(record, checked))
    wanted = registrations(
        batch, checked, ready, project_code=project_code, received_at=record.received_at
    )
    result = samples_service.register_batch(
        session, principal, registrations=wanted, import_id=record.id
    )
    refused = _mark_refused(batch, checked, ready, result.refused)
    taken = [i for i in ready if i not in refused]
    samples = dict(zip(taken, result.ids, strict=True))
    left = len(batch.numbers) - len(samples) - checked.count(RowState.SKIPPED)
    record.registered_count += len(samples)
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
            registered=len(samples),
            left=left,
            warnings_acknowledged=warned,
        ),
    )
    summary = Registered(
        import_id=ImportId(record.id),
        registered=len(samples),
        left=left,
        skipped=checked.count(RowState.SKIPPED),
        barcodes=result.barcodes,
        refused=[finding for i in sorted(refused) for finding in checked.findings[i]],
    )
    return BatchOutcome(samples, summary)


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
        key = _FIELD_OF.get(field, FieldKey.NAME)
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
