"""Which rows of a long draft the browser holds: a page of them, by state."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.core.sessions import ReadSession
from backend.templates import draft_queries
from backend.templates.own_columns import OwnColumn
from backend.templates.reading.fields import FIELDS
from backend.templates.views import DraftView, DraftWindow

MOST_ROWS = 2_000
"""Rows that the browser gets at once; of a hundred thousand it would keep nothing else."""


def window_of(
    session: ReadSession,
    view: DraftView,
    asked: Mapping[str, Any] | None,
    own: Sequence[OwnColumn] = (),
) -> DraftWindow:
    """Return the rows to send: all of a short draft, a page of a long one.

    ``asked`` holds ``state`` and ``page``, or the number of a ``row`` whose page is wanted.
    """
    asked = asked or {}
    number = asked.get("row")
    return draft_queries.get_window(
        session,
        view,
        size=MOST_ROWS,
        state=str(asked.get("state") or ""),
        page=int(asked.get("page") or 0),
        row=None if number is None else int(number),
        # In the order of the grid's columns, as the keys go.
        fields=[*(spec.key.value for spec in FIELDS), *(each.name for each in own)],
    )


def no_rows() -> DraftWindow:
    """Return the window of the empty grid."""
    return DraftWindow(rows=(), size=MOST_ROWS)
