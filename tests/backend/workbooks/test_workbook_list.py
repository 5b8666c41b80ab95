"""The list of workbooks: in pages that neither repeat nor leave out, and by a part of a name."""

import pytest

from backend.core.errors import InvalidInput
from backend.samples.models import Project
from backend.workbooks import listed, service
from tests.backend.workbooks.conftest import Desk
from tests.factories.workbooks import book


def _content(said: str) -> bytes:
    return book({"Plate": [["Well", "Said"], ["A1", said]]})


def _pages(desk: Desk, limit: int) -> list[list[str]]:
    cursor, pages = None, []
    while True:
        page = listed.list_workbooks(desk.session, desk.principal, cursor=cursor, limit=limit)
        pages.append([each.name for each in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return pages


def test_pages_hold_every_workbook_once_the_last_changed_first(desk: Desk) -> None:
    # One transaction has one instant, so the key has to part them.
    for number in range(5):
        desk.add(_content(str(number)), f"list {number}.xlsx")

    pages = _pages(desk, 2)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page] == [
        f"list {number}" for number in range(4, -1, -1)
    ]


@pytest.mark.parametrize("text", ["RACK", "k 7", "arrived", "imp-", "100%"])
def test_a_workbook_is_found_by_its_name_its_file_or_its_project(
    desk: Desk, project: Project, text: str
) -> None:
    project.code = "IMP-7"
    added = desk.add(_content("1"), "Arrived 100%.xlsx", project.id)
    service.rename(desk.session, desk.principal, added.workbook_id, "Rack 7")
    desk.add(_content("2"), "other.xlsx")

    page = listed.list_workbooks(desk.session, desk.principal, named=text)

    assert [each.name for each in page.items] == ["Rack 7"]


def test_a_sign_of_patterns_is_only_itself(desk: Desk) -> None:
    desk.add(_content("1"), "plain.xlsx")

    assert listed.list_workbooks(desk.session, desk.principal, named="%").items == []


def test_a_cursor_that_is_none_of_ours_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="Start at the first page"):
        listed.list_workbooks(desk.session, desk.principal, cursor="nonsense")
