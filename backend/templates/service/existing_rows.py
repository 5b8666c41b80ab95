"""Rows whose sample is registered already: which change it, which are left out, which are wrong."""

from uuid import UUID

from backend.core.sessions import ReadSession
from backend.templates import queries
from backend.templates.existing import (
    Register,
    not_there,
    refusal_of,
    says_existing,
    says_update,
    update_of,
)
from backend.templates.ids import UPDATING, RowMode
from backend.templates.reading.batch import Batch, Checked, Options, RowState, add
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import ID_HEADING, STATUS_HEADING
from backend.templates.reading.values import Problem, Severity
from backend.templates.registration import barcodes_of
from backend.templates.views import Standing

DONE_WORDS = frozenset({"registered", "updated", "exists"})
"""What a result workbook says of rows whose sample is there."""


def leave_out_done(  # noqa: PLR0917 called beside `judge`, with the same things
    session: ReadSession,
    batch: Batch,
    checked: Checked,
    project_id: UUID,
    rows: range,
    options: Options,
) -> None:
    """Leave out the rows of a result workbook whose sample it names, and is there.

    Where samples are changed, such a row is compared like any other.
    """
    codes, words = batch.extras.get(ID_HEADING), batch.extras.get(STATUS_HEADING)
    if codes is None or words is None or options.row_mode in UPDATING:
        return
    done = [i for i in rows if codes[i] and words[i].split(":")[0].lower() in DONE_WORDS]
    wanted = [codes[index].upper() for index in done]
    there = {
        sample.barcode: sample
        for sample in queries.find_standing(session, project_id, barcodes=wanted, folded_ids=())
        if sample.project_id == project_id
    }
    for index in done:
        sample = there.get(codes[index].upper())
        if sample is not None and _names(batch, index, sample):
            _leave_out(batch, checked, index, f"Registered as {says_existing(sample)} already.")


def judge(  # noqa: PLR0917 what is checked, of whom, in which part and how
    session: ReadSession,
    batch: Batch,
    checked: Checked,
    project_id: UUID,
    rows: range,
    mode: RowMode,
) -> None:
    """Say of each row whether its sample is new, changed, left out, or not to be changed."""
    codes = barcodes_of(batch, checked, rows)
    ids = [_id_of(checked, index) for index in rows]
    found = queries.find_standing(
        session,
        project_id,
        barcodes=[code for code in codes if code is not None],
        folded_ids=[each.lower() for each in ids if each],
    )
    register = Register(found, project_id)
    written = batch.column_of(FieldKey.BARCODE) is not None
    for index, code, external_id in zip(rows, codes, ids, strict=True):
        if checked.states[index] is RowState.SKIPPED:
            continue
        meant = register.meant(code, external_id, is_written=written)
        if meant.problem is not None:
            _error(batch, checked, index, meant.key, meant.problem)
        elif meant.sample is not None:
            _judge_existing(batch, checked, index, meant.sample, mode)
        elif mode is RowMode.UPDATE_ONLY:
            _error(batch, checked, index, FieldKey.EXTERNAL_ID, not_there(mode))


def _judge_existing(
    batch: Batch, checked: Checked, index: int, sample: Standing, mode: RowMode
) -> None:
    if mode is RowMode.SKIP_EXISTING:
        _leave_out(batch, checked, index, f"Left out: registered as {says_existing(sample)}.")
        return
    # An empty cell of a sample that is there says nothing; only of a new one it lacks.
    left = [f for f in checked.findings.get(index) if f.code != "required_empty"]
    checked.findings.replace(index, left)
    update = update_of(batch, checked, index, sample)
    materials = checked.values.get(FieldKey.SAMPLE_TYPE)
    refusal = refusal_of(update, sample, materials[index] if materials else None)
    if refusal is not None:
        _error(batch, checked, index, FieldKey.SAMPLE_TYPE, refusal)
    elif _has_error(checked, index):
        checked.states[index] = RowState.ERROR
    elif not update.says_something:
        said = f"Nothing to change: {says_existing(sample)} says the same."
        _leave_out(batch, checked, index, said)
    else:
        problem = Problem("updates", Severity.INFO, says_update(update, sample))
        add(checked, batch, index, FieldKey.NAME, problem, None)
        checked.states[index] = RowState.UPDATE
        checked.updates.add(index, update)


def _names(batch: Batch, index: int, sample: Standing) -> bool:
    """Tell whether a row is still of the sample its result named: its own codes do not object."""
    ids = batch.texts.get(FieldKey.EXTERNAL_ID)
    own = str(sample.values["external_id"] or "")
    return ids is None or not own or ids[index].lower() == own.lower()


def _id_of(checked: Checked, index: int) -> str:
    values = checked.values.get(FieldKey.EXTERNAL_ID)
    return str(values[index]) if values and values[index] else ""


def _has_error(checked: Checked, index: int) -> bool:
    return any(f.severity is Severity.ERROR for f in checked.findings.get(index))


def _leave_out(batch: Batch, checked: Checked, index: int, said: str) -> None:
    checked.findings.replace(index, [])
    add(checked, batch, index, FieldKey.NAME, Problem("exists", Severity.INFO, said), None)
    checked.states[index] = RowState.SKIPPED


def _error(batch: Batch, checked: Checked, index: int, key: FieldKey, problem: Problem) -> None:
    cells = batch.texts.get(key)
    add(checked, batch, index, key, problem, cells[index] if cells else None)
    checked.states[index] = RowState.ERROR
