"""Findings, columns and notes as JSON and back; a draft's rows as a batch to be checked."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar

from backend.templates.reading.batch import Batch
from backend.templates.reading.column import Column
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Note, Severity

Json = dict[str, Any]
_Cell = TypeVar("_Cell", str, int | None)


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
        "like": match.like,
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


@dataclass(frozen=True, slots=True)
class DraftPart:
    """What checking needs of rows that follow each other, column by column."""

    numbers: Sequence[int]
    cells: Sequence[Mapping[str, str]]
    extras: Sequence[Mapping[str, str]]
    lines: Sequence[Mapping[str, int | None]]
    sent: Sequence[Mapping[str, str]]


def batch_of_parts(parts: Iterable[DraftPart], matches: Sequence[ColumnMatch]) -> Batch:
    """Return stored rows, which come in parts and are not kept, as a batch.

    A cell that a person has written is no longer compared with the file's second column for it.
    """
    mapped = {m.field for m in matches if m.field and m.match in USED - {Match.REPEATED}}
    repeated = [(m, m.field) for m in matches if m.match is Match.REPEATED and m.field is not None]
    texts: dict[str, Column[str]] = {key.value: Column() for key in mapped}
    extras: dict[str, Column[str]] = {}
    lines: dict[str, Column[int | None]] = {}
    repeats: list[tuple[ColumnMatch, Column[str]]] = [(match, Column()) for match, _ in repeated]
    numbers = array("q")
    for part in parts:
        _extend(texts, part.cells, len(numbers), empty="")
        _extend(extras, part.extras, len(numbers), empty="")
        _extend(lines, part.lines, len(numbers), empty=None)
        for (match, field), (_, cells) in zip(repeated, repeats, strict=True):
            given = zip(part.sent, part.extras, strict=True)
            cells.extend("" if field in sent else own.get(match.heading, "") for sent, own in given)
        numbers.extend(part.numbers)
    keys = [key for key in FieldKey if key.value in texts]
    nowhere: Column[int | None] = Column(repeat(None, len(numbers)))
    return Batch(
        numbers=numbers,
        texts={key: texts[key.value] for key in keys},
        extras=dict(extras),
        matches=tuple(matches),
        repeats=[(match, cells) for match, cells in repeats],
        lines={key: lines.get(key.value, nowhere) for key in keys} if lines else {},
    )


def _extend(
    columns: dict[str, Column[_Cell]],
    found: Sequence[Mapping[str, _Cell]],
    before: int,
    *,
    empty: _Cell,
) -> None:
    """Add rows' cells to their columns; a text that a column repeats is kept once."""
    names = dict.fromkeys(found[0]) if found else {}
    if not names.keys() >= set().union(*found):
        names = dict.fromkeys(name for row in found for name in row)
    for name in names:
        if name not in columns:
            columns[name] = Column(repeat(empty, before))
    for name, column in columns.items():
        known: dict[_Cell, _Cell] = {}
        try:
            cells = list(map(itemgetter(name), found))
        except KeyError:  # not filled in every row
            cells = [row.get(name, empty) for row in found]
        column.extend(map(known.setdefault, cells, cells))
