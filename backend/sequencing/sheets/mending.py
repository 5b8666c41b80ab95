"""Fixes of findings carried out on the file: what is not named in a fix stays as it is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.sheets.reading import RawLine, RawSheet, written_cells
from backend.sequencing.sheets.values import Finding, Fix

_ROUNDS = 5
"""A mended cell may show another fault; no sheet needs more rounds than kinds of fixes in a row."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A file after its fixes, which of them were carried out, and what is left to say."""

    content: bytes
    done: tuple[Finding, ...]
    examined: Examined


def apply(raw: RawSheet, fixes: Iterable[Fix]) -> bytes:
    """Return the file with fixes carried out, as UTF-8 with commas and without a mark in front.

    Of two edits of one cell the first holds. A line whose text becomes empty is left out.
    """
    cells: dict[int, dict[int, str]] = {}
    whole: dict[int, str] = {}
    for edit in (edit for fix in fixes for edit in fix.edits):
        if edit.column is None:
            whole.setdefault(edit.line, edit.text)
        else:
            cells.setdefault(edit.line, {}).setdefault(edit.column, edit.text)
    written = []
    for line in raw.lines:
        if line.number in whole:
            text = whole[line.number]
            written += [raw.end.join(text.split("\n"))] if text else []
        else:
            written.append(_line(raw, line, cells.get(line.number, {})))
    return "".join(f"{line}{raw.end}" for line in written).encode()


def mend(content: bytes, *, run: Cycles | None = None) -> Mended:
    """Carry out every fix that needs no person's knowledge, until none is left."""
    seen = examine(content, run=run)
    done: list[Finding] = []
    for _ in range(_ROUNDS):
        fixable = [each for each in seen.findings if each.fix is not None]
        if not fixable or not seen.raw.lines:
            break
        content = apply(seen.raw, [each.fix for each in fixable if each.fix is not None])
        done += fixable
        seen = examine(content, run=run)
    return Mended(content, tuple(done), seen)


def _line(raw: RawSheet, line: RawLine, edits: dict[int, str]) -> str:
    if not edits and raw.separator == ",":
        return line.text
    width = max(len(line.cells), *edits, 0) if edits else len(line.cells)
    cells = [*line.cells, *[""] * (width - len(line.cells))]
    for column, text in edits.items():
        cells[column - 1] = text
    return written_cells(cells)
