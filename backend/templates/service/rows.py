"""Writing a draft's rows: all at once by COPY, or those that a change has touched."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from backend.core.sessions import WriteSession
from backend.templates.models import ImportRow
from backend.templates.plain import finding_out
from backend.templates.reading.batch import Batch, Checked, RowState
from backend.templates.reading.values import Finding

_COPY = (
    "COPY import_row (import_id, number, state, cells, extras, lines, sent, kept, findings, "
    "sample_id) FROM STDIN"
)


_REGISTERED = text("""
UPDATE import_row SET state = 'registered', sample_id = done.sample_id
FROM unnest(CAST(:numbers AS int[]), CAST(:samples AS uuid[])) AS done (number, sample_id)
WHERE import_row.import_id = :import_id AND import_row.number = done.number
""")


def copy_rows(
    session: WriteSession,
    import_id: UUID,
    batch: Batch,
    checked: Checked,
    *,
    samples: Mapping[int, UUID],
) -> None:
    """Write every row of a batch; ``samples`` maps the index of a registered row to its sample."""
    session.flush()
    fields = [(key.value, cells) for key, cells in batch.texts.items()]
    extras = list(batch.extras.items())
    lines = [(key.value, numbers) for key, numbers in batch.lines.items()]
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for index, number in enumerate(batch.numbers):
            sample = samples.get(index)
            copy.write_row(
                (
                    import_id,
                    number,
                    RowState.REGISTERED.value if sample else checked.states[index].value,
                    _json({name: cells[index] for name, cells in fields if cells[index]}),
                    _json({name: cells[index] for name, cells in extras if cells[index]}),
                    _json({name: at[index] for name, at in lines if at[index] is not None}),
                    "{}",
                    "{}",
                    findings_json(checked.findings.get(index, ())),
                    sample,
                )
            )


def load_rows(session: Session, import_id: UUID) -> list[ImportRow]:
    """Return the rows that are not registered yet, in order."""
    return list(
        session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == import_id, ImportRow.state != RowState.REGISTERED)
            .order_by(ImportRow.number)
        )
    )


def take_outcome(rows: Sequence[ImportRow], checked: Checked) -> None:
    """Set the rows' states and findings to a check's outcome; unchanged ones are not written."""
    for index, row in enumerate(rows):
        findings = [finding_out(finding) for finding in checked.findings.get(index, ())]
        if row.findings != findings:
            row.findings = findings
        if row.state is not checked.states[index]:
            row.state = checked.states[index]


def mark_registered(
    session: Session, import_id: UUID, rows: Sequence[ImportRow], samples: Mapping[int, UUID]
) -> None:
    """Say of rows, by their index, which samples they have become; one statement for all."""
    done = [(rows[index], sample) for index, sample in samples.items()]
    session.execute(
        _REGISTERED,
        {
            "import_id": import_id,
            "numbers": [row.number for row, _ in done],
            "samples": [sample for _, sample in done],
        },
    )
    for row, sample in done:
        # Written already: the session need not do it again, row by row.
        set_committed_value(row, "state", RowState.REGISTERED)
        set_committed_value(row, "sample_id", sample)


def findings_json(findings: Sequence[Finding]) -> str:
    """Return findings as a JSON list."""
    return _json([finding_out(finding) for finding in findings]) if findings else "[]"


def _json(value: object) -> str:
    return orjson.dumps(value).decode() if value else "{}"
