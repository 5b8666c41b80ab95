"""What differs between two versions of a sheet, cell by cell."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from backend.workbooks.planning.sheet import Sheet

# Rows left after equal beginnings and ends; matching them takes the square of it at worst.
MATCHED_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a row that both versions have; a column that a version lacks has None there."""

    heading: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row of the old version, the same row of the new one, and the cells that differ."""

    before: int
    after: int
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class SheetDifference:
    """The new version's columns, the rows both have, and those that one of them lacks."""

    headings: tuple[str, ...]
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    key: str | None
    pairs: tuple[RowPair, ...]
    added_rows: tuple[tuple[int, tuple[str, ...]], ...]
    removed_rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def changed(self) -> tuple[RowPair, ...]:
        """The rows of both versions that differ in a cell."""
        return tuple(pair for pair in self.pairs if pair.cells)


def guess_key(old: Sheet, new: Sheet) -> str | None:
    """Return the column that names rows in both versions: filled, unique, with most in common."""
    best, most = None, 0
    for heading in old.headings:
        before, after = _values(old, heading), _values(new, heading)
        if before is not None and after is not None and len(before & after) > most:
            best, most = heading, len(before & after)
    return best


def compare(old: Sheet, new: Sheet, *, key: str | None = None) -> SheetDifference:
    """Return what differs; rows are matched by the key, a guessed key, or else by their order.

    A chosen key that does not name every row of both versions names none: ValueError.
    """
    if key is not None and (_values(old, key) is None or _values(new, key) is None):
        message = f"Column {key} is not filled and unique in both versions. Choose another one."
        raise ValueError(message)
    chosen = key if key is not None else guess_key(old, new)
    matched = _by_order(old, new) if chosen is None else _by_key(old, new, chosen)
    befores, afters = {b for b, _ in matched}, {a for _, a in matched}
    return SheetDifference(
        headings=new.headings,
        added_columns=tuple(h for h in new.headings if h not in old.headings),
        removed_columns=tuple(h for h in old.headings if h not in new.headings),
        key=chosen,
        pairs=tuple(RowPair(b, a, _cells(old, new, b, a)) for b, a in matched),
        added_rows=tuple((i, row) for i, row in enumerate(new.rows) if i not in afters),
        removed_rows=tuple((i, row) for i, row in enumerate(old.rows) if i not in befores),
    )


def apply(old: Sheet, difference: SheetDifference) -> Sheet:
    """Return the new version, made of the old one and what differs."""
    rows = dict(difference.added_rows)
    for pair in difference.pairs:
        texts: dict[str, str | None] = dict(zip(old.headings, old.rows[pair.before], strict=True))
        texts |= {cell.heading: cell.after for cell in pair.cells}
        rows[pair.after] = tuple(texts[heading] or "" for heading in difference.headings)
    return Sheet(difference.headings, tuple(rows[index] for index in sorted(rows)))


def _values(sheet: Sheet, heading: str) -> set[str] | None:
    """Return a column's values if each row has its own, else None."""
    if heading not in sheet.headings:
        return None
    cells = [cell.strip() for cell in sheet.column(sheet.headings.index(heading))]
    values = set(cells)
    return values if len(values) == len(cells) and "" not in values else None


def _by_key(old: Sheet, new: Sheet, key: str) -> list[tuple[int, int]]:
    place = {cell.strip(): index for index, cell in enumerate(old.column(old.headings.index(key)))}
    names = [cell.strip() for cell in new.column(new.headings.index(key))]
    return [(place[name], index) for index, name in enumerate(names) if name in place]


def _by_order(old: Sheet, new: Sheet) -> list[tuple[int, int]]:
    """Match equal rows in order; between them, rows one above the other, as an edit leaves them."""
    before, after = _shared(old, new), _shared(new, old)
    shorter = min(len(before), len(after))
    start = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    room = shorter - start
    end = next((i for i in range(room) if before[-1 - i] != after[-1 - i]), room)
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    pairs = [(i, i) for i in range(start)]
    if max(len(left), len(right)) > MATCHED_ROWS:
        pairs += [(start + i, start + i) for i in range(min(len(left), len(right)))]
    else:
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        for _, i, i_end, j, j_end in matcher.get_opcodes():
            pairs += [(start + i + n, start + j + n) for n in range(min(i_end - i, j_end - j))]
    return pairs + [(len(before) - n, len(after) - n) for n in range(end, 0, -1)]


def _shared(sheet: Sheet, other: Sheet) -> list[tuple[str, ...]]:
    """Return a sheet's rows, reduced to the columns that both have, in one order."""
    shared = sorted(set(sheet.headings) & set(other.headings))
    places = [sheet.headings.index(heading) for heading in shared]
    return [tuple(row[place] for place in places) for row in sheet.rows]


def _cells(old: Sheet, new: Sheet, before: int, after: int) -> tuple[CellChange, ...]:
    # Most rows of two versions are equal, and telling so is much cheaper than naming cells.
    if old.headings == new.headings and old.rows[before] == new.rows[after]:
        return ()
    had = dict(zip(old.headings, old.rows[before], strict=True))
    has = dict(zip(new.headings, new.rows[after], strict=True))
    return tuple(
        CellChange(heading, had.get(heading), has.get(heading))
        for heading in dict.fromkeys((*new.headings, *old.headings))
        if had.get(heading) != has.get(heading)
    )
