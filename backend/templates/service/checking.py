"""Checking a draft's cells, then asking the database what the file cannot know."""

from datetime import date
from uuid import UUID

from backend.core.sessions import ReadSession
from backend.samples.consenting import find_consents
from backend.templates import queries
from backend.templates.ids import RowMode
from backend.templates.reading.batch import Batch, Checked, Options, RowState, add
from backend.templates.reading.check import check
from backend.templates.reading.column import Column
from backend.templates.reading.dates import show
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import FORM, Problem, Severity
from backend.templates.registration import NEW_BARCODE, barcodes_of
from backend.templates.service import existing_rows
from backend.templates.service.rows import parts_of
from backend.templates.service.stamped import check_definition

BY_CODE = frozenset({RowMode.UPSERT, RowMode.UPDATE_ONLY, RowMode.SKIP_EXISTING})
"""Modes in which a row may mean a sample that is registered."""


def check_batch(
    session: ReadSession | None, batch: Batch, options: Options, *, project_id: UUID | None
) -> Checked:
    """Return the outcome of every check. Without a session, those of the database are left out."""
    checked = check(batch, options)
    check_definition(batch, checked, options.definition)
    if session is None:
        return checked
    by_code = project_id is not None and options.row_mode in BY_CODE
    for rows in parts_of(len(batch.numbers)):
        if project_id is not None:
            existing_rows.leave_out_done(session, batch, checked, project_id, rows, options)
        if by_code and project_id is not None:
            existing_rows.judge(session, batch, checked, project_id, rows, options.row_mode)
            continue
        if project_id is not None:
            _ids_taken(session, batch, checked, project_id, rows)
        _barcodes_taken(session, batch, checked, rows)
    _consents_named(session, batch, checked)
    return checked


def consents_named(checked: Checked) -> set[str]:
    """Return the references of the consents that a list names."""
    return {str(each) for each in checked.values.get(FieldKey.CONSENT, ()) if each}


def _consents_named(session: ReadSession, batch: Batch, checked: Checked) -> None:
    """Refuse rows whose consent cannot be tied; write the others' as it is on record."""
    key = FieldKey.CONSENT
    wanted = consents_named(checked)
    if not wanted:
        return
    named, values = find_consents(session, wanted), checked.values[key]
    on_record = {text: named.of(text) for text in wanted if named.refusal(text) is None}
    checked.values[key] = Column(
        known.reference if (known := on_record.get(str(value))) else value for value in values
    )
    for index, value in enumerate(values):
        if not value:
            continue
        refusal, consent = named.refusal(str(value)), named.of(str(value))
        if refusal is not None:
            code = "consent_unknown" if consent is None else "consent_withdrawn"
            problem = Problem(code, Severity.ERROR, refusal)
            _add_error(batch, checked, index, key, problem)


def options_for(dialect: str, details: dict[str, str], today: date) -> Options:
    """Return how the texts of a file are to be read; forms write units into their cells."""
    return Options(
        today=today,
        decimal_comma=details.get("separator") in {"semicolon", "tab"},
        convert_units=dialect == FORM,
    )


def _barcodes_taken(session: ReadSession, batch: Batch, checked: Checked, rows: range) -> None:
    codes = barcodes_of(batch, checked, rows)
    taken = queries.owners_of_barcodes(session, [code for code in codes if code is not None])
    if not taken:
        return
    for index, code in zip(rows, codes, strict=True):
        if code is None or code not in taken or _is_registered(checked, index):
            continue
        problem = Problem(
            "barcode_taken",
            Severity.ERROR,
            f"Barcode {code} already belongs to {taken[code].name}. "
            f"Write “{NEW_BARCODE}” for a new barcode.",
            suggestion="New barcode",
            fix=NEW_BARCODE,
        )
        _add_error(batch, checked, index, FieldKey.BARCODE, problem)


def _is_registered(checked: Checked, index: int) -> bool:
    return any(f.code == "already_registered" for f in checked.findings.get(index))


def _ids_taken(
    session: ReadSession, batch: Batch, checked: Checked, project_id: UUID, rows: range
) -> None:
    key = FieldKey.EXTERNAL_ID
    values = checked.values.get(key, ())[rows.start : rows.stop]
    ids = [str(value).lower() if value else "" for value in values]
    taken = queries.owners_of_ids(session, project_id, [code for code in ids if code])
    for index, folded in zip(rows, ids if taken else (), strict=False):
        owner = taken.get(folded)
        if owner is None or checked.states[index] is RowState.SKIPPED:
            continue
        problem = Problem(
            "already_registered",
            Severity.ERROR,
            f"{BY_KEY[key].label} {batch.texts[key][index]} is already registered as "
            f"{owner.barcode} ({show(owner.created_at.date())}).",
        )
        _add_error(batch, checked, index, key, problem)


def _add_error(batch: Batch, checked: Checked, index: int, key: FieldKey, problem: Problem) -> None:
    if checked.states[index] is RowState.SKIPPED:
        return
    cells = batch.texts.get(key)
    add(checked, batch, index, key, problem, cells[index] if cells else None)
    checked.states[index] = RowState.ERROR
