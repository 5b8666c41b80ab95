"""A sheet as it is compared and counted: headings that differ, and rows of equal length."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's headings, each of them once, and its rows of texts below them."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, index: int) -> list[str]:
        """Return the texts of a column, from the first row to the last."""
        return [row[index] for row in self.rows]


def sheet_of(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Sheet:
    """Return a sheet whose rows are filled up to its widest row and whose headings differ.

    A column without a heading is named by its place, a repeated heading by its count.
    """
    width = max([len(headings), *(len(row) for row in rows)])
    given = [*headings, *[""] * (width - len(headings))]
    names: dict[str, None] = {}
    for place, heading in enumerate(given, start=1):
        wanted = heading.strip() or f"Column {place}"
        name, count = wanted, 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        names[name] = None
    return Sheet(tuple(names), tuple((*row, *[""] * (width - len(row))) for row in rows))
