"""A long draft comes to the browser in pages of its rows, a short one whole."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event

from backend.core.principal import Permission, machinery
from backend.core.transaction import reading, writing
from backend.templates import draft_queries
from backend.templates.ids import ImportId
from backend.templates.reading.batch import RowState
from backend.templates.views import DraftWindow, Marked
from dashboard.pages.register import callbacks, panels, window
from dashboard.pages.register.window import MOST_ROWS
from tests.factories.imports import make_long_draft, make_project_of

pytestmark = pytest.mark.slow

EVERYBODY = machinery("test", *Permission, request_id="test")

Draft = Callable[[int], ImportId]


@pytest.fixture(scope="module")
def draft(module_database: Engine) -> Draft:
    """Return a draft of so many rows; every tenth one has an error."""
    made: dict[int, ImportId] = {}

    def long_draft(count: int) -> ImportId:
        if count not in made:
            with writing() as session:
                made[count] = make_long_draft(session, make_project_of(session), count)
        return made[count]

    return long_draft


def window_of(draft: ImportId, asked: dict[str, Any] | None) -> DraftWindow:
    with reading() as session:
        view = draft_queries.get_draft(session, EVERYBODY, draft)
        return window.window_of(session, view, asked)


def test_a_short_draft_comes_whole(draft: Draft) -> None:
    window = window_of(draft(20), {"state": "error", "page": 3})

    assert (len(window.rows), window.is_paged) == (20, False)


def test_of_a_hundred_thousand_rows_the_browser_gets_a_page(draft: Draft) -> None:
    window = window_of(draft(100_000), None)

    assert (len(window.rows), window.of, window.has_more) == (MOST_ROWS, 100_000, True)


def test_a_page_of_one_state_holds_that_state_alone(draft: Draft) -> None:
    window = window_of(draft(50_000), {"state": "error", "page": 2})

    assert {row.state for row in window.rows} == {RowState.ERROR}
    assert (window.first, window.of, window.has_more) == (4_001, 5_000, False)


@pytest.mark.parametrize("number", [2, 2_001, 2_002, 49_999])
def test_the_page_of_a_row_holds_it(draft: Draft, number: int) -> None:
    window = window_of(draft(50_000), {"state": "", "row": number})

    assert number in [row.number for row in window.rows]


def test_a_page_beyond_the_last_is_the_last(draft: Draft) -> None:
    window = window_of(draft(5_000), {"page": 99})

    assert [window.rows[0].number, window.rows[-1].number] == [4_002, 5_001]


def test_a_page_knows_the_problems_before_and_after_it(draft: Draft) -> None:
    first = window_of(draft(3 * MOST_ROWS), None)
    middle = window_of(draft(3 * MOST_ROWS), {"page": 1})
    last = window_of(draft(3 * MOST_ROWS), {"page": 2})

    assert (first.before, first.after) == (None, Marked(MOST_ROWS + 2, "zone"))
    assert (middle.before, middle.after) == (
        Marked(MOST_ROWS - 10 + 2, "zone"),
        Marked(2 * MOST_ROWS + 2, "zone"),
    )
    assert last.after is None


def test_the_next_problem_is_found_over_the_whole_draft(module_database: Engine) -> None:
    with writing() as session:
        far = 4 * MOST_ROWS
        draft = make_long_draft(session, make_project_of(session), far + 1, wrong_from=far)

    window = window_of(draft, None)
    drawn = str(panels.segments(None, window))

    assert window.after == Marked(far + 2, "zone")
    assert all(part in drawn for part in (f"data-after-row={far + 2}", "data-after-field='zone'"))
    assert far + 2 in [row.number for row in window_of(draft, {"row": far + 2}).rows]


def test_what_the_page_reads_does_not_grow_with_the_draft(
    draft: Draft, module_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "current_principal", lambda: EVERYBODY)

    shorter = _rows_read(module_database, draft(5_000))
    longer = _rows_read(module_database, draft(50_000))

    assert MOST_ROWS <= shorter < MOST_ROWS + 20
    assert longer == shorter


def _rows_read(engine: Engine, draft: ImportId) -> int:
    """Return how many rows of the database came into memory to draw a draft."""
    read: list[int] = []

    def count(*said: Any) -> None:
        read.append(max(said[1].rowcount, 0))

    event.listen(engine, "after_cursor_execute", count)
    callbacks.show_draft(f"?draft={draft}", None, None, None)
    event.remove(engine, "after_cursor_execute", count)
    return sum(read)
