"""Reading and writing a draft's rows: all of them in parts, or those that a change has touched."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, ColumnElement, Integer, Text, any_, cast, literal, select, text
from sqlalchemy.orm import Session

from backend.core.copying import copy_columns, each_once, escaped, json_objects, written
from backend.core.sessions import WriteSession
from backend.templates.models import ImportRow
from backend.templates.plain import DraftPart, finding_out
from backend.templates.reading.batch import Batch, Checked, RowState
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Finding, Severity

PART_ROWS = 5_000
"""Rows that are checked with the laboratory, registered and written together; memory holds one
such part of what is made of the rows."""

_COPY = (
    "COPY import_row (import_id, number, state, cells, extras, lines, sent, kept, findings, "
    "sample_id) FROM STDIN"
)
# The bounds keep a part's statement from reading the rows of all others, which the planner takes
# for few as long as nobody has counted them.
_REGISTERED = text("""
UPDATE import_row SET state = 'registered', sample_id = done.sample_id
FROM unnest(CAST(:numbers AS int[]), CAST(:samples AS uuid[])) AS done (number, sample_id)
WHERE import_row.import_id = :import_id AND import_row.number = done.number
    AND import_row.number BETWEEN :first AND :last
""")
_JUDGED = text("""
UPDATE import_row SET state = new.state, findings = CAST(new.findings AS jsonb)
FROM unnest(CAST(:numbers AS int[]), CAST(:states AS text[]), CAST(:findings AS text[]))
    AS new (number, state, findings)
WHERE import_row.import_id = :import_id AND import_row.number = new.number
    AND import_row.number BETWEEN :first AND :last
""")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """Rows of a draft that follow each other, as they are stored."""

    draft: DraftPart
    states: Sequence[RowState]
    kept: Sequence[Mapping[str, str]]
    findings: Sequence[str]
    """As JSON."""


def parts_of(count: int) -> Iterator[range]:
    """Yield the indexes of ``count`` rows, PART_ROWS at a time."""
    for start in range(0, count, PART_ROWS):
        yield range(start, min(start + PART_ROWS, count))


@dataclass(frozen=True, slots=True)
class FreshRows:
    """The rows of a file, checked, none of them written yet."""

    batch: Batch
    checked: Checked

    def prepared(self, rows: range) -> list[Sequence[str]]:
        """Return a part's texts as JSON, written for COPY."""
        part, count = slice(rows.start, rows.stop), len(rows)
        return [
            json_objects([(name, cells[part]) for name, cells in columns.items()], count)
            for columns in (self.batch.texts, self.batch.extras, self.batch.lines)
        ]

    def write(
        self,
        session: WriteSession,
        import_id: UUID,
        rows: range,
        prepared: Sequence[Sequence[str]],
        samples: Mapping[int, UUID],
    ) -> None:
        """Write a part; ``samples`` maps the index of a registered row to its sample."""
        session.flush()
        findings, states = self.checked.findings, self.checked.states
        after = [RowState.REGISTERED if index in samples else states[index] for index in rows]
        columns = [
            [import_id.hex] * len(rows),
            map(str, self.batch.numbers[rows.start : rows.stop]),
            each_once(after, written),
            *prepared,
            ["{}"] * len(rows),
            ["{}"] * len(rows),
            [escaped(findings_json(findings.get(index))) for index in rows],
            [written(samples.get(index)) for index in rows],
        ]
        copy_columns(session, _COPY, columns)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """A draft's rows checked anew; ``states`` and ``found``, JSON, are what is stored with them."""

    batch: Batch
    checked: Checked
    states: Sequence[RowState]
    found: Sequence[str]

    def hold_back_other_changes(self) -> None:
        """Keep rows back whose change is no longer the one that was shown before.

        They are written with the new sentence, to be looked at again.
        """
        findings = self.checked.findings
        for index, _ in self.checked.updates.rows():
            shown = [f["message"] for f in self._stored(index) if f["code"] == "updates"]
            now = [f.message for f in findings.get(index) if f.code == "updates"]
            if shown != now:
                self.checked.states[index] = RowState.ERROR
                said = Finding(
                    "changed_meanwhile",
                    Severity.ERROR,
                    "The sample was changed meanwhile. Look at what the row changes now: choose "
                    "again what happens to existing samples, then register.",
                    row=self.batch.numbers[index],
                    field=FieldKey.NAME.value,
                )
                findings.add(index, said)

    def prepared(self, _rows: range) -> list[Sequence[str]]:
        """Return nothing: the texts stand in the table."""
        return []

    def write(
        self,
        session: WriteSession,
        import_id: UUID,
        rows: range,
        _prepared: Sequence[Sequence[str]],
        samples: Mapping[int, UUID],
    ) -> None:
        """Write what became of a part: other findings than before, and the samples made."""
        numbers = self.batch.numbers
        of_part = numbers[rows.start : rows.stop]
        part = {"import_id": import_id, "first": min(of_part), "last": max(of_part)}
        judged = [index for index in self._perhaps_other(rows) if self._is_judged_anew(index)]
        if judged:
            found = [findings_json(self.checked.findings.get(index)) for index in judged]
            changed = {
                "numbers": [numbers[index] for index in judged],
                "states": [self.checked.states[index].value for index in judged],
                "findings": found,
            }
            session.execute(_JUDGED, {**part, **changed})
        if samples:
            # As one text each: dumping the lists takes longer than the statement.
            done = {
                "numbers": f"{{{','.join(str(numbers[index]) for index in samples)}}}",
                "samples": f"{{{','.join(sample.hex for sample in samples.values())}}}",
            }
            session.execute(_REGISTERED, {**part, **done})

    def _perhaps_other(self, rows: range) -> list[int]:
        """Return the rows whose state changed or that have, or had, findings."""
        part, now, findings = (
            slice(rows.start, rows.stop),
            self.checked.states,
            self.checked.findings,
        )
        before = zip(rows, self.states[part], self.found[part], strict=True)
        return [
            index
            for index, state, found in before
            if state is not now[index] or found != _NO_FINDINGS or findings.get(index)
        ]

    def _is_judged_anew(self, index: int) -> bool:
        if self.checked.states[index] is not self.states[index]:
            return True
        now = [finding_out(finding) for finding in self.checked.findings.get(index)]
        return self._stored(index) != now

    def _stored(self, index: int) -> list[dict[str, Any]]:
        """Return what is stored as wrong with a row."""
        found = self.found[index]
        return [] if found == _NO_FINDINGS else list(orjson.loads(found))


def copy_typed(
    session: WriteSession, import_id: UUID, first: int, typed: Sequence[Mapping[str, str]]
) -> None:
    """Write rows of texts, numbered from ``first`` on, not checked yet.

    A name that is no field's is the heading of a column of the sender's own.
    """
    session.flush()
    count = len(typed)
    cells = [{name: text for name, text in row.items() if name in BY_KEY} for row in typed]
    extras = [{name: text for name, text in row.items() if name not in BY_KEY} for row in typed]
    columns = [
        [import_id.hex] * count,
        map(str, range(first, first + count)),
        [RowState.READY.value] * count,
        [escaped(orjson.dumps(texts).decode()) for texts in cells],
        [escaped(orjson.dumps(texts).decode()) for texts in extras],
        *[["{}"] * count] * 3,
        ["[]"] * count,
        [written(None)] * count,
    ]
    copy_columns(session, _COPY, columns)


def load_rows(
    session: Session, import_id: UUID, *which: ColumnElement[bool], most: int | None = None
) -> list[ImportRow]:
    """Return the rows that are not registered yet, in order; ``most`` at most."""
    return list(
        session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == import_id, ImportRow.state != RowState.REGISTERED, *which)
            .order_by(ImportRow.number)
            .limit(most)
            # Rows that were registered or judged anew in parts passed the session by.
            .execution_options(populate_existing=True)
        )
    )


def stream_rows(session: Session, import_id: UUID) -> Iterator[StoredPart]:
    """Yield the rows that are not registered yet, in order and in parts."""
    row = ImportRow.__table__.c
    kept = [row.cells, row.extras, row.lines, row.sent, row.kept, row.findings]
    found = session.execute(
        # Texts, all of them: empty objects need no reading, and SQLAlchemy's types take their time.
        select(row.number, *(cast(column, Text) for column in (row.state, *kept)))
        .where(row.import_id == import_id, row.state != RowState.REGISTERED)
        .order_by(row.number)
        .execution_options(yield_per=PART_ROWS)
    )
    for part in found.partitions():
        numbers, states, *texts, findings = zip(*part, strict=True)
        cells, extras, lines, sent, vouched = map(_objects_in, texts)
        yield StoredPart(
            DraftPart(numbers, cells, extras, lines, sent),
            list(map(_STATES.__getitem__, states)),
            vouched,
            findings,
        )


def numbered(numbers: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a row has one of these numbers."""
    return ImportRow.number == any_(literal(list(numbers), ARRAY(Integer)))


def warned(code: str, field: str) -> ColumnElement[bool]:
    """Return the condition that a row's cell has a warning of this code."""
    wanted = [{"code": code, "field": field, "severity": Severity.WARNING.value}]
    return ImportRow.findings.contains(wanted)


def forget_outcomes(session: Session) -> None:
    """Have rows that the session holds read again, whose outcome was written past it."""
    for held in list(session):
        if isinstance(held, ImportRow):
            session.expire(held, ["state", "findings"])


def forget_rows(session: Session) -> None:
    """Let go of rows that the session holds, which were changed past it."""
    for held in list(session):
        if isinstance(held, ImportRow):
            session.expunge(held)


def findings_json(findings: Sequence[Finding]) -> str:
    """Return findings as a JSON list."""
    if not findings:
        return _NO_FINDINGS
    return orjson.dumps([finding_out(f) for f in findings]).decode()


def _objects_in(said: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return JSON objects, all of them read at once."""
    if said.count("{}") == len(said):
        return [_NOTHING] * len(said)
    read: list[dict[str, Any]] = orjson.loads(f"[{','.join(said)}]")
    return read


_STATES = {state.value: state for state in RowState}
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_FINDINGS = "[]"
