"""Which line of a sheet holds its headings, whatever the sheet is about."""

from collections.abc import Callable, Sequence

from backend.workbooks.planning.statistics import Kind, kind_of

LOOK_IN = 40
_FEWEST_KNOWN = 2
_NO_HEADING = frozenset({Kind.NUMBER, Kind.DATE, Kind.ERROR})


def heading_row(rows: Sequence[Sequence[str]], knows: Callable[[str], bool]) -> int:
    """Return the line of the headings, from 1; 0 where no line reads like headings.

    The line with most known headings, the first of equals; of a sheet about something else the
    first line that is nearly as full as the fullest and holds words, none of them twice.
    """
    top = [[cell.strip() for cell in row] for row in rows[:LOOK_IN]]
    known = [sum(1 for cell in row if cell and knows(cell)) for row in top]
    widest = max((_filled(row) for row in top), default=0)
    best = max(known, default=0)
    if best >= min(_FEWEST_KNOWN, max(widest, 1)):
        return known.index(best) + 1
    if widest < _FEWEST_KNOWN:
        return 0  # one column: its first line is as likely one of its values
    full = (n for n, row in enumerate(top, 1) if _filled(row) * 3 >= widest * 2)
    # “Study: ABC_123” above a narrow table is as full as its headings.
    first = next((n for n in full if not top[n - 1][0].endswith(":")), 0)
    return first if first and _reads_like_headings(top[first - 1]) else 0


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _reads_like_headings(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    kinds = [kind_of(cell) for cell in cells]
    words = sum(1 for kind in kinds if kind is Kind.TEXT)
    return len(set(cells)) == len(cells) and not _NO_HEADING & set(kinds) and words * 2 > len(cells)
