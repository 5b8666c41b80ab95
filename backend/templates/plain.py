"""Findings, columns and notes as JSON and back; a draft's rows as a batch to be checked."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from backend.templates.reading.batch import Batch
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.headings import USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Note, Severity

Json = dict[str, Any]


def finding_out(finding: Finding) -> Json:
    """Return a finding as JSON, its empty parts left out."""
    parts = {name: getattr(finding, name) for name in Finding.__slots__}
    parts["severity"] = finding.severity.value
    return {name: value for name, value in parts.items() if value is not None}


def finding_in(stored: Mapping[str, Any]) -> Finding:
    """Return a stored finding."""
    return Finding(**{**stored, "severity": Severity(stored["severity"])})


def column_out(match: ColumnMatch) -> Json:
    """Return a column's match as JSON."""
    return {
        "column": match.column,
        "heading": match.heading,
        "match": match.match.value,
        "field": match.field.value if match.field else None,
        "unit": match.unit,
        "unit_known": match.unit_known,
        "score": match.score,
    }


def column_in(stored: Mapping[str, Any]) -> ColumnMatch:
    """Return a stored match."""
    field = stored["field"]
    return ColumnMatch(
        **{**stored, "match": Match(stored["match"]), "field": FieldKey(field) if field else None}
    )


def note_out(note: Note) -> Json:
    """Return a note as JSON."""
    return {"label": note.label, "value": note.value, "line": note.line}


class DraftRow(Protocol):
    """The parts of a stored row that checking needs."""

    number: Any
    cells: Any
    extras: Any
    lines: Any
    sent: Any


def batch_of(rows: Sequence[DraftRow], matches: Sequence[ColumnMatch]) -> Batch:
    """Return stored rows as a batch.

    A cell that a person has written is no longer compared with the file's second column for it.
    """
    mapped = {m.field for m in matches if m.field and m.match in USED - {Match.REPEATED}}
    written = {FieldKey(key) for row in rows for key in row.cells if key in BY_KEY}
    keys = [key for key in FieldKey if key in mapped | written]
    headings = dict.fromkeys(heading for row in rows for heading in row.extras)
    repeats = [
        (m, ["" if m.field.value in r.sent else r.extras.get(m.heading, "") for r in rows])
        for m in matches
        if m.match is Match.REPEATED and m.field is not None
    ]
    return Batch(
        numbers=[row.number for row in rows],
        texts={key: [row.cells.get(key.value, "") for row in rows] for key in keys},
        extras={heading: [row.extras.get(heading, "") for row in rows] for heading in headings},
        matches=tuple(matches),
        repeats=repeats,
        lines={key: [row.lines.get(key.value) for row in rows] for key in keys}
        if any(row.lines for row in rows)
        else {},
    )
