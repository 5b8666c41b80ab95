"""Turning the good rows of a draft into samples; the rest stays a draft."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, select

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.ahead import one_ahead
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.amending import Amendment
from backend.samples.batch import PreparedPart
from backend.samples.consenting import hold_consents
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.templates import definition_queries, queries
from backend.templates.errors import (
    CommitNotChosen,
    ImportClosed,
    NotAllRows,
    NothingToRegister,
    ReasonNeeded,
    RowsExist,
)
from backend.templates.events import ImportRegistered
from backend.templates.ids import LONGEST_REASON, CommitMode, ImportId, ImportState, RowMode
from backend.templates.models import ImportStep, SampleImport
from backend.templates.plain import DraftPart, batch_of_parts, column_in
from backend.templates.reading.batch import (
    REGISTRABLE,
    WRITABLE,
    Batch,
    Checked,
    RowState,
    add,
)
from backend.templates.reading.column import Column
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.values import Problem, Severity
from backend.templates.registration import FIELD_OF, registration_columns
from backend.templates.rules import group_by_cause
from backend.templates.service import rows as row_store
from backend.templates.service.checking import check_batch, consents_named, options_for
from backend.templates.service.rows import FreshRows, StoredRows, parts_of
from backend.templates.views import Registered

_CAUSES_NAMED = 3
_THERE = frozenset({"already_registered", "barcode_taken"})


def register_ready_rows(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    commit: CommitMode | None = None,
    reason: str = "",
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> Registered:
    """Register a draft's rows without errors; rows with warnings count as acknowledged.

    The draft's row is locked and every row is checked again, so that what was right when it was
    looked at and is not any more stays in the draft. ``commit`` may be left out only where there
    is nothing to choose: no row has an error, and ``reason`` where no row changes a sample.
    ``tell`` hears how many rows of how many are done; what it raises ends the registration, and
    nothing is registered.

    Raises:
        CommitNotChosen: rows have errors, and what is to become of the others was not said.
        ReasonNeeded: rows change samples, and nobody said why.
        NotAllRows, RowsExist: some rows cannot be registered, so none was.
        ImportNotFound: absent, or of a project the principal is not in.
        ImportClosed: it was discarded or wholly registered meanwhile.
        NothingToRegister: every row has an error or stands for an empty well.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    stored = recheck(session, record)
    stored.hold_back_other_changes()
    allow_commit(record.file_name, record.row_mode, stored.checked, commit)
    why = checked_reason(record.file_name, stored.checked, reason)
    if record.received_at is None:
        record.received_at = clock.utc_now()
    code = session.scalars(select(Project.code).where(Project.id == record.project_id)).one()
    return register_batch_rows(
        session, principal, record, code, stored, commit=commit, reason=why, tell=tell
    )


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


def recheck(session: WriteSession, record: SampleImport) -> StoredRows:
    """Return a draft checked anew, its rows read in parts and not kept."""
    states: list[RowState] = []
    found: Column[str] = Column()
    kept: set[tuple[int, str, str]] = set()

    def remembering() -> Iterator[DraftPart]:
        for part in row_store.stream_rows(session, record.id):
            found.extend(part.findings)
            for number, texts in zip(part.draft.numbers, part.kept, strict=True):
                kept.update((number, field, text) for field, text in texts.items())
            states.extend(part.states)
            yield part.draft

    batch = batch_of_parts(remembering(), [column_in(column) for column in record.columns])
    return StoredRows(batch, _check(session, record, batch, frozenset(kept)), states, found)


def _check(
    session: WriteSession, record: SampleImport, batch: Batch, kept: frozenset[tuple[int, str, str]]
) -> Checked:
    read_as = options_for(record.dialect, record.details, auth_queries.laboratory_day(session))
    version = definition_queries.find_version_by_id(session, record.template_version_id)
    options = replace(
        read_as,
        kept=kept,
        row_mode=record.row_mode,
        definition=version.definition if version else None,
    )
    return check_batch(session, batch, options, project_id=record.project_id)


def register_batch_rows(
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    project_code: str,
    work: FreshRows | StoredRows,
    *,
    commit: CommitMode | None,
    reason: str,
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> Registered:
    """Register the rows of a checked batch that may be, and bring the import's rows up to date.

    Part by part, each next one prepared while the database is busy with the last.
    """
    batch, checked = work.batch, work.checked
    if not checked.count(*WRITABLE):
        raise NothingToRegister(_nothing(record, checked))
    warned, received_at = checked.count(RowState.WARNING), record.received_at
    registrable = tuple(REGISTRABLE)  # in a set each row would be hashed, by Python
    desk = samples_service.open_batch(session, principal, import_id=record.id)
    # Before any sample is held, as whoever withdraws one does.
    hold_consents(session, consents_named(checked))

    def prepare(rows: range) -> tuple[range, PreparedPart, list[Sequence[str]]]:
        columns = registration_columns(
            batch, checked, rows, project_code=project_code, received_at=received_at
        )
        return rows, samples_service.prepare_part(desk, columns), work.prepared(rows)

    barcodes: Column[str] = Column()
    refused: list[int] = []
    updated = 0
    for rows, part, texts in one_ahead(map(prepare, parts_of(len(batch.numbers)))):
        ready = [index for index in rows if checked.states[index] in registrable]
        result = samples_service.register_part(session, principal, desk, part)
        out = _mark_refused(batch, checked, ready, result.refused)
        taken = [index for index in ready if index not in out]
        changed, kept_back = _amend(session, principal, record, work, rows, reason)
        barcodes.extend(result.barcodes)
        updated += len(changed)
        refused += sorted(out | kept_back)
        if refused and commit is not CommitMode.VALID_ROWS:
            raise NotAllRows(_not_all(record.file_name, checked))
        samples: dict[int, UUID] = {**changed, **dict(zip(taken, result.ids, strict=True))}
        work.write(session, record.id, rows, texts, samples)
        tell(rows.stop, len(batch.numbers))
    samples_service.close_batch(session, principal, desk)
    left = len(batch.numbers) - len(barcodes) - updated - checked.count(RowState.SKIPPED)
    record.registered_count += len(barcodes)
    record.updated_count += updated
    record.state = ImportState.PARTLY if left else ImportState.REGISTERED
    record.registered_at = clock.utc_now()
    session.flush()
    # Rows that became samples are changed on the samples' pages, with their history.
    session.execute(delete(ImportStep).where(ImportStep.import_id == record.id))
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
            updated=updated,
            row_mode=record.row_mode.value,
            commit=commit.value if commit else "",
        ),
    )
    return Registered(
        import_id=ImportId(record.id),
        registered=len(barcodes),
        left=left,
        skipped=checked.count(RowState.SKIPPED),
        barcodes=barcodes,
        refused=[finding for index in refused for finding in checked.findings.get(index)],
        updated=updated,
    )


def allow_commit(
    file_name: str, mode: RowMode, checked: Checked, commit: CommitMode | None
) -> None:
    """Refuse what may not be registered as a whole, before anything is written.

    Raises:
        CommitNotChosen, NotAllRows, RowsExist: see `register_ready_rows`.
    """
    wrong = checked.count(RowState.ERROR)
    if mode is RowMode.FAIL_IF_EXISTS:
        _refuse_existing(file_name, checked)
    if wrong and commit is None and checked.count(*WRITABLE):
        raise CommitNotChosen(
            f"{wrong:,} rows of “{file_name}” have errors. Say whether the others are registered "
            "without them (valid-rows), or nothing until all are right (all-or-nothing).",
            fields={"commit": "Choose all-or-nothing or valid-rows."},
        )
    if wrong and commit is CommitMode.ALL_OR_NOTHING:
        raise NotAllRows(_not_all(file_name, checked))


def checked_reason(file_name: str, checked: Checked, reason: str) -> str:
    """Return what the audit trail says of each sample that the list changes: why, by which list.

    Raises:
        ReasonNeeded: rows change samples, and the reason is missing or too long.
    """
    why, changes = reason.strip(), checked.count(RowState.UPDATE)
    if not changes:
        return ""
    if not why:
        sentence = "Write why the recorded values change, such as “Volumes measured again”."
        raise ReasonNeeded(
            f"{changes:,} rows of “{file_name}” change samples that are registered. {sentence}",
            fields={"reason": sentence},
        )
    if len(why) > LONGEST_REASON:
        sentence = f"Write the reason in {LONGEST_REASON} characters or fewer; it has {len(why)}."
        raise ReasonNeeded(sentence, fields={"reason": sentence})
    return f"{why} (“{file_name}”)"


def _refuse_existing(file_name: str, checked: Checked) -> None:
    """Refuse rows whose sample is there. Raises RowsExist."""
    rows, first = 0, None
    for _, findings in checked.findings.rows():
        there = [f for f in findings if f.code in _THERE and f.severity is Severity.ERROR]
        rows += bool(there)
        first = first or next(iter(there), None)
    if first is not None:
        raise RowsExist(
            f"{rows:,} rows of “{file_name}” are registered already, and the list must be of new "
            f"samples only. Nothing was saved. First: row {first.row}, {first.message}"
        )


def _not_all(file_name: str, checked: Checked) -> str:
    wrong = checked.count(RowState.ERROR)
    causes = group_by_cause(checked.findings.every())
    first = [
        f"{cause.title} (row {cause.rows[0]}{' and others' if cause.count > 1 else ''})"
        for cause in causes
        if cause.severity is Severity.ERROR
    ][:_CAUSES_NAMED]
    return (
        f"{wrong:,} rows of “{file_name}” cannot be registered, and you asked for all or nothing. "
        f"Nothing was saved. {'; '.join(first)}."
    )


def _amend(  # noqa: PLR0917 one call, beside the part that is registered
    session: WriteSession,
    principal: Principal,
    record: SampleImport,
    work: FreshRows | StoredRows,
    rows: range,
    reason: str,
) -> tuple[dict[int, UUID], set[int]]:
    """Change the samples that rows of a part name; return theirs, and the rows refused."""
    batch, checked = work.batch, work.checked
    updates = {
        index: update
        for index in rows
        if checked.states[index] is RowState.UPDATE
        for update in checked.updates.get(index)
    }
    if not updates:
        return {}, set()
    refusals = samples_service.amend_samples(
        session,
        principal,
        amendments=[
            Amendment(
                SampleId(each.sample_id), each.version, each.changes, each.volume_ul, each.consent
            )
            for each in updates.values()
        ],
        reason=reason,
        import_id=record.id,
    )
    changed, refused = {}, set()
    for index, each in updates.items():
        message = refusals.get(SampleId(each.sample_id))
        if message is None:
            changed[index] = each.sample_id
            continue
        add(checked, batch, index, FieldKey.NAME, Problem("refused", Severity.ERROR, message), None)
        checked.states[index] = RowState.ERROR
        refused.add(index)
    return changed, refused


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
