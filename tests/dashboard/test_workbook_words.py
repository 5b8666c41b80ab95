"""What the workbook pages say of columns, of differences and of what was found; their addresses."""

from typing import Any

import pytest
from dash import html
from dash.development.base_component import Component

from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.workbooks.ids import SheetId, WorkbookId
from backend.workbooks.planning.difference import compare
from backend.workbooks.planning.sheet import Sheet
from backend.workbooks.planning.statistics import column_statistics
from dashboard.pages.workbooks import columns_panel, difference_panel
from dashboard.pages.workbooks.address import Address, address_of, list_href
from dashboard.pages.workbooks.list_panels import marked

WORKBOOK, SHEET, OTHER = (new_id() for _ in range(3))


def words(drawn: Any) -> str:
    """Return the texts of a drawing, one after the other."""
    if isinstance(drawn, Component):
        return words(getattr(drawn, "children", None))
    if isinstance(drawn, list | tuple):
        return " ".join(text for text in map(words, drawn) if text)
    return str(drawn or "")


def cells_of(*cells: str, heading: str = "Any") -> list[str]:
    row = columns_panel._row(column_statistics(heading, cells))
    return [words(cell) for cell in row.children]


def test_an_address_is_read_as_it_was_written() -> None:
    address = Address(
        WorkbookId(WORKBOOK),
        version=3,
        sheet=SheetId(SHEET),
        against=SheetId(OTHER),
        key="Sample ID",
        find="a&b=c",
        row=17,
    )
    query = dict(part.split("=", 1) for part in address.href().split("?")[1].split("&"))

    assert query["with"] == str(OTHER)
    assert query["find"] == "a%26b%3Dc"
    assert (
        address_of(
            str(WORKBOOK),
            query | {"key": "Sample ID", "find": "a&b=c"},
        )
        == address
    )


@pytest.mark.parametrize("number", ["", "-1", "x", "²", "9" * 40])
def test_what_cannot_be_read_of_an_address_is_left_out(number: str) -> None:
    read = address_of(str(WORKBOOK), {"v": number, "row": number, "sheet": number, "with": number})

    assert read == Address(WorkbookId(WORKBOOK))


def test_a_mistyped_workbook_is_not_found() -> None:
    with pytest.raises(NotFound):
        address_of("none", {})


def test_older_versions_are_named_only_with_a_text() -> None:
    assert list_href("", older=True) == "/documents/workbooks"
    assert list_href(" a b ", older=True) == "/documents/workbooks?find=a+b&older=1"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("AB-0001", "AB-0002"), ["Any", "100% , 2 of 2 cells", "2", "Key", "Codes", "", ""]),
        (
            ("7", "", "-2.5"),
            ["Any", "66.7% , 2 of 3 cells", "2", "Unique", "Numbers", "−2.5 to 7", ""],
        ),
        (
            ("blood", "blood", "RNA"),
            ["Any", "100% , 3 of 3 cells", "2", "1 repeated", "Texts", "", "blood (2), RNA (1)"],
        ),
        (("", ""), ["Any", "0% , 0 of 2 cells", "0", "", "Nothing in it", "", ""]),
        (
            ("2026-01-15", "2026-01-15", "#REF!"),
            [
                "Any",
                "100% , 3 of 3 cells",
                "2",
                "1 repeated",
                "2 dates, 1 error value",
                "15 Jan 2026",
                "2026-01-15 (2), #REF! (1)",
            ],
        ),
    ],
)
def test_a_column_is_told_in_words(cells: tuple[str, ...], said: list[str]) -> None:
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in cells_of(*cells)] == said


def test_a_share_short_of_all_is_never_called_all() -> None:
    filled = cells_of(*["x"] * 999, "")[1]

    assert filled.startswith("99.9%")


def test_what_was_sought_is_marked_in_the_cell() -> None:
    assert words(marked("DNA-0007", "dna-0")) == "DNA-0 007"
    assert marked("DNA-0007", "dna-0")[0] == ""
    assert marked("ß-DNA", "dna") == ["ß-DNA"]
    assert marked("RNA", "DNA") == ["RNA"]


def test_a_difference_is_told_in_counts_and_words() -> None:
    old = Sheet(("ID", "Volume", "Site"), (("A", "5", "x"), ("B", "", "y"), ("C", "9", "z")))
    new = Sheet(
        ("ID", "Volume", "Note"), (("C", "9", ""), ("A", "6", ""), ("B", "4", ""), ("D", "1", ""))
    )
    found = compare(old, new)

    changed = difference_panel.changed_in_both(found)
    counted = words(difference_panel._counts(difference_panel.Compared(found, {}, {})))

    assert "Added 1 column Removed 1 column Added 1 row Removed 0 rows" in counted
    assert "Changed 2 cells in 2 rows" in counted
    assert {cell.heading for pair in changed for cell in pair.cells} == {"Volume"}
    assert "Rows are the same when their ID is." in counted


def test_a_cell_that_was_or_is_empty_is_called_so() -> None:
    texts = [words(difference_panel.cell_text(text, html.Ins)) for text in ("", None)]

    assert texts == ["empty", "no such column"]
