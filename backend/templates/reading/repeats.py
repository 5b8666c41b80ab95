"""What may stand only once in a file, and what looks like a slip beside its neighbours."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np

from backend.templates.reading.batch import Batch, Checked, add
from backend.templates.reading.column import STRETCH, Column
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Problem, Severity

_LETTER_O = re.compile(r"^(?=.*\d)[\dO]*O[\dO]*$")
_PERHAPS_O = re.compile(r"-[^\n-]*O")
_SHOW_ROWS = 5


def check_repeats(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    """Add findings for codes, positions and index pairs that stand twice."""
    _twice(batch, checked, skipped, (FieldKey.BARCODE,), Severity.ERROR)
    _twice(batch, checked, skipped, (FieldKey.EXTERNAL_ID,), Severity.ERROR)
    if FieldKey.EXTERNAL_ID not in batch.texts:
        _twice(batch, checked, skipped, (FieldKey.NAME,), Severity.ERROR)
    _twice(batch, checked, skipped, (FieldKey.PLATE, FieldKey.POSITION), Severity.ERROR)
    _twice(batch, checked, skipped, (FieldKey.LOCATION, FieldKey.POSITION), Severity.WARNING)
    _twice(batch, checked, skipped, (FieldKey.INDEX_I7, FieldKey.INDEX_I5), Severity.WARNING)
    _compare_repeated_columns(batch, checked, skipped)
    _letter_o(batch, checked, skipped)
    for key in (FieldKey.BARCODE, FieldKey.EXTERNAL_ID, FieldKey.SUBJECT):
        _zeros_lost(batch, checked, skipped, key)


def _twice(
    batch: Batch,
    checked: Checked,
    skipped: set[int],
    keys: tuple[FieldKey, ...],
    severity: Severity,
) -> None:
    if any(key not in batch.texts for key in keys):
        return
    shown = [_shown(batch, checked, key) for key in keys]
    hashes = np.fromiter(map(hash, _folded(shown)), np.int64, len(batch.numbers))
    met, times = np.unique(hashes, return_counts=True)
    suspects = np.isin(hashes, met[times > 1])
    if not suspects.any():
        return
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, what in compress(enumerate(_folded(shown)), suspects):
        if all(what) and index not in skipped:
            places[what].append(index)
    for indexes in places.values():
        if len(indexes) > 1:
            _mark(batch, checked, keys, indexes, severity)


def _folded(columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield each row's codes without regard to capitals, one row at a time."""
    return zip(*(map(str.casefold, column) for column in columns), strict=True)


def _shown(batch: Batch, checked: Checked, key: FieldKey) -> Sequence[str]:
    """Return a column as it will be stored: A01 and A1 are one position."""
    if key in {FieldKey.POSITION, FieldKey.INDEX_I7, FieldKey.INDEX_I5}:
        return Column(str(value) if value is not None else "" for value in checked.values[key])
    return batch.texts[key]


def _mark(
    batch: Batch,
    checked: Checked,
    keys: tuple[FieldKey, ...],
    indexes: list[int],
    severity: Severity,
) -> None:
    key = keys[-1]
    what = ", ".join(f"{BY_KEY[k].label} {batch_text(batch, k, indexes[0])}" for k in keys)
    numbers = [str(batch.numbers[index]) for index in indexes]
    listed = ", ".join(numbers[:_SHOW_ROWS]) + (" …" if len(numbers) > _SHOW_ROWS else "")
    problem = Problem(
        "stands_twice", severity, f"{what} stands in rows {listed}. Each sample needs its own."
    )
    for index in indexes:
        add(checked, batch, index, key, problem, batch_text(batch, key, index))


def batch_text(batch: Batch, key: FieldKey, index: int) -> str:
    """Return the text of a cell, empty when the batch has no such column."""
    cells = batch.texts.get(key)
    return cells[index] if cells else ""


def _compare_repeated_columns(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    for match, cells in batch.repeats:
        if match.field is None:
            continue
        first = batch.texts[match.field]
        for index, (one, other) in enumerate(zip(first, cells, strict=True)):
            if other and one != other and index not in skipped:
                problem = Problem(
                    "columns_disagree",
                    Severity.ERROR,
                    f"Two columns give {BY_KEY[match.field].label}: “{one}”, and “{other}” under "
                    f"“{match.heading}”. Say which is right.",
                    suggestion=other,
                    fix=other if not one else None,
                )
                add(checked, batch, index, match.field, problem, one)


def _letter_o(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    """Find a letter O typed for a zero in subject codes: S-O504 beside S-0504."""
    cells = batch.texts.get(FieldKey.SUBJECT, [])
    stretches = (cells[at : at + STRETCH] for at in range(0, len(cells), STRETCH))
    if not any(_PERHAPS_O.search("\n".join(stretch).upper()) for stretch in stretches):
        return
    known = set(cells)
    for index, text in enumerate(cells):
        head, dash, tail = text.rpartition("-")
        if index in skipped or not dash or not _LETTER_O.match(tail.upper()):
            continue
        meant = f"{head}-{tail.upper().replace('O', '0')}"
        severity = Severity.ERROR if meant in known else Severity.WARNING
        problem = Problem(
            "letter_o", severity, f"Subject {text} has a letter O. Use {meant}.", meant, meant
        )
        add(checked, batch, index, FieldKey.SUBJECT, problem, text)


def _zeros_lost(batch: Batch, checked: Checked, skipped: set[int], key: FieldKey) -> None:
    """Find codes of digits that are shorter than their neighbours, which begin with zeros."""
    cells = batch.texts.get(key, [])
    padded = {len(text) for text in cells if text.isdigit() and text.startswith("0")}
    if len(padded) != 1:
        return
    width = padded.pop()
    for index, text in enumerate(cells):
        if not text.isdigit() or len(text) >= width or index in skipped:
            continue
        full = text.zfill(width)
        problem = Problem(
            "zeros_lost",
            Severity.WARNING,
            f"{BY_KEY[key].label} {text} is shorter than the others, which begin with zeros. "
            f"The spreadsheet may have dropped them: {full}?",
            full,
            full,
        )
        add(checked, batch, index, key, problem, text)
