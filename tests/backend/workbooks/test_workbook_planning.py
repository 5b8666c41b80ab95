"""What stands in a sheet's columns, and what differs between two versions of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workbooks.planning.difference import CellChange, apply, compare
from backend.workbooks.planning.sheet import Sheet, sheet_of
from backend.workbooks.planning.statistics import Kind, column_statistics, kind_of

texts = st.sampled_from(["", "1", "2", "A", "B", "x y"])
sheets = st.builds(
    sheet_of,
    st.lists(st.sampled_from(["ID", "Name", "Volume", ""]), max_size=4),
    st.lists(st.lists(texts, max_size=4), max_size=8),
)


@given(old=sheets, new=sheets)
def test_a_difference_applied_to_the_old_version_gives_the_new_one(old: Sheet, new: Sheet) -> None:
    difference = compare(old, new)

    assert apply(old, difference) == new


@given(sheet=sheets)
def test_a_version_does_not_differ_from_itself(sheet: Sheet) -> None:
    difference = compare(sheet, sheet)

    assert (difference.changed, difference.added_rows, difference.removed_rows) == ((), (), ())


@given(cells=st.lists(texts))
def test_each_filled_cell_of_a_column_has_one_kind(cells: list[str]) -> None:
    statistics = column_statistics("Any", cells)

    assert sum(statistics.kinds.values()) + statistics.empty == len(cells)


def test_a_row_that_moved_is_found_by_its_key_and_only_its_cell_differs() -> None:
    old = sheet_of(["ID", "Volume"], [["S1", "5"], ["S2", "7"]])
    new = sheet_of(["ID", "Volume"], [["S2", "7"], ["S1", "6"]])

    difference = compare(old, new)

    assert [pair.cells for pair in difference.changed] == [(CellChange("Volume", "5", "6"),)]


def test_without_a_key_an_inserted_row_changes_no_other() -> None:
    old = sheet_of(["Name"], [["A"], ["A"], ["B"]])
    new = sheet_of(["Name"], [["A"], ["C"], ["A"], ["B"]])

    difference = compare(old, new)

    assert (difference.changed, difference.added_rows) == ((), ((1, ("C",)),))


def test_a_chosen_key_that_repeats_is_refused() -> None:
    sheet = sheet_of(["Name"], [["A"], ["A"]])

    with pytest.raises(ValueError, match="Column Name is not filled and unique"):
        compare(sheet, sheet, key="Name")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-1.5e3", Kind.NUMBER),
        ("2026-02-28", Kind.DATE),
        ("2026-02-30", Kind.TEXT),
        ("yes", Kind.BOOLEAN),
        ("TS-000123", Kind.BARCODE),
        ("#DIV/0!", Kind.ERROR),
        ("03/04/2026", Kind.TEXT),
    ],
)
def test_a_cell_reads_as_its_kind(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_a_column_knows_its_range_and_its_commonest_value() -> None:
    statistics = column_statistics("Any", ["10", "9", "9", "2026-01-02", ""])

    assert (statistics.smallest_number, statistics.largest_number) == (Decimal(9), Decimal(10))
    assert statistics.first_day == date(2026, 1, 2)
    assert statistics.commonest[0] == ("9", 2)
    assert not statistics.is_unique
