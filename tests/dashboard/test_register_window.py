"""A long draft comes to the browser in pages of its rows, a short one whole."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from backend.templates.ids import ImportId, ImportState
from backend.templates.reading.batch import RowState
from backend.templates.reading.values import Finding, Severity
from backend.templates.views import ImportView, RowView
from dashboard.pages.register.window import MOST_ROWS, Marked, window_of

_KEY = UUID(int=1)


def _row(number: int, state: RowState) -> RowView:
    wrong = Finding("unknown", Severity.ERROR, "Not known.", row=number, field="zone")
    noted = Finding("noted", Severity.INFO, "Read so.", row=number, field="notes")
    return RowView(
        number=number,
        state=state,
        cells={},
        extras={},
        lines={},
        findings=(wrong, noted) if state is RowState.ERROR else (noted,),
        sample_id=None,
    )


def _draft(count: int) -> ImportView:
    """Return a draft whose every tenth row has an error."""
    states = [RowState.ERROR if n % 10 == 0 else RowState.READY for n in range(count)]
    return ImportView(
        id=ImportId(_KEY),
        project_id=_KEY,
        project_code="P",
        file_name="long.csv",
        dialect="comma separated",
        details={},
        state=ImportState.DRAFT,
        columns=(),
        findings=(),
        notes=(),
        rows=[_row(n + 2, state) for n, state in enumerate(states)],
        received_at=None,
        registered_count=0,
        created_by_name="Ada",
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
        registered_at=None,
    )


def test_a_short_draft_comes_whole() -> None:
    window = window_of(_draft(20), {"state": "error", "page": 3})

    assert (len(window.rows), window.is_paged) == (20, False)


def test_of_a_hundred_thousand_rows_the_browser_gets_a_page() -> None:
    window = window_of(_draft(100_000), None)

    assert (len(window.rows), window.of, window.has_more) == (MOST_ROWS, 100_000, True)


def test_a_page_of_one_state_holds_that_state_alone() -> None:
    window = window_of(_draft(50_000), {"state": "error", "page": 2})

    assert {row.state for row in window.rows} == {RowState.ERROR}
    assert (window.first, window.of, window.has_more) == (4_001, 5_000, False)


@pytest.mark.parametrize("number", [2, 2_001, 2_002, 49_999])
def test_the_page_of_a_row_holds_it(number: int) -> None:
    window = window_of(_draft(50_000), {"state": "", "row": number})

    assert number in [row.number for row in window.rows]


def test_a_page_beyond_the_last_is_the_last() -> None:
    window = window_of(_draft(5_000), {"page": 99})

    assert [window.rows[0].number, window.rows[-1].number] == [4_002, 5_001]


def test_a_page_knows_the_problems_before_and_after_it() -> None:
    first = window_of(_draft(3 * MOST_ROWS), None)
    middle = window_of(_draft(3 * MOST_ROWS), {"page": 1})
    last = window_of(_draft(3 * MOST_ROWS), {"page": 2})

    assert (first.before, first.after) == (None, Marked(MOST_ROWS + 2, "zone"))
    assert (middle.before, middle.after) == (
        Marked(MOST_ROWS - 10 + 2, "zone"),
        Marked(2 * MOST_ROWS + 2, "zone"),
    )
    assert last.after is None
