"""Which rows of a long draft the browser holds: a page of them, by state. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.templates.own_columns import OwnColumn
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import FIELDS
from backend.templates.reading.values import Severity
from backend.templates.views import ImportView, RowView
from dashboard.pages.register.own_cells import column_of

MOST_ROWS = 2_000
"""Rows that the browser gets at once; of a hundred thousand it would keep nothing else."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell with a problem, by its row's number and its column in the grid."""

    row: int
    field: str


@dataclass(frozen=True, slots=True)
class Window:
    """A page of the open rows of one state (empty: of all), counted from 0."""

    rows: Sequence[RowView]
    state: str = ""
    page: int = 0
    of: int = 0
    is_paged: bool = False
    before: Marked | None = None
    """The last marked cell before the page."""
    after: Marked | None = None
    """The first marked cell after the page."""

    @property
    def first(self) -> int:
        """Return the place of the first row among those of the state, from 1."""
        return self.page * MOST_ROWS + 1

    @property
    def has_more(self) -> bool:
        """Tell whether rows follow after the page."""
        return self.first - 1 + len(self.rows) < self.of


def window_of(
    view: ImportView | None, asked: Mapping[str, Any] | None, own: Sequence[OwnColumn] = ()
) -> Window:
    """Return the rows to send: all of a short draft, a page of a long one.

    ``asked`` holds ``state`` and ``page``, or the number of a ``row`` whose page is wanted.
    """
    if view is None:
        return Window(())
    open_rows = [row for row in view.rows if row.state is not RowState.REGISTERED]
    if len(open_rows) <= MOST_ROWS:
        return Window(open_rows, of=len(open_rows))
    asked = asked or {}
    state = str(asked.get("state") or "")
    wanted = [row for row in open_rows if not state or row.state.value == state]
    page = int(asked.get("page") or 0)
    if asked.get("row") is not None:
        number = int(asked["row"])
        page = sum(1 for row in wanted if row.number < number) // MOST_ROWS
    last = max(len(wanted) - 1, 0) // MOST_ROWS
    page = min(max(page, 0), last)
    start, stop = page * MOST_ROWS, (page + 1) * MOST_ROWS
    return Window(
        wanted[start:stop],
        state,
        page,
        len(wanted),
        is_paged=True,
        before=_first_marked(reversed(wanted[:start]), own, last=True),
        after=_first_marked(wanted[stop:], own),
    )


def _first_marked(
    rows: Iterable[RowView], own: Sequence[OwnColumn], *, last: bool = False
) -> Marked | None:
    """Return the first cell with a problem, or of the first such row the last one."""
    # In the order of the grid's columns, as the keys go.
    names = [*(spec.key.value for spec in FIELDS), *(each.name for each in own)]
    for row in rows:
        fields = {f.field for f in row.findings if f.field and f.severity is not Severity.INFO}
        order = [column_of(name) for name in names if name in fields]
        if order:
            return Marked(row.number, order[-1] if last else order[0])
    return None
