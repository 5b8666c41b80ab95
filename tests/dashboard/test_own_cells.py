"""A template's own columns stand in the review grid as editable as ours."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.templates.definition import ColumnKind, TemplateColumn
from backend.templates.own_columns import OwnColumn
from dashboard.pages.register import grid
from dashboard.pages.register.own_cells import column_of, name_of, told

WARD = OwnColumn(
    "Ward no. 1",
    TemplateColumn(heading="Ward no", kind=ColumnKind.CHOICE, choices=("A", "B"), required=True),
)


@given(st.text(min_size=1, max_size=80))
def test_a_columns_name_is_turned_back_and_is_no_path(name: str) -> None:
    known = column_of(name)

    assert name_of(known) == name
    assert "." not in known


@pytest.mark.parametrize("name", ["", "zone", "barcode"])
def test_our_fields_keep_their_names(name: str) -> None:
    assert column_of(name) == name


def test_an_own_column_is_editable_and_names_its_values() -> None:
    columns = {each["field"]: each for each in grid.column_defs(None, [WARD])}

    drawn = columns[column_of(WARD.name)]

    assert drawn["editable"]
    assert drawn["headerName"] == "Ward no *"
    assert "One of A, B" in drawn["headerTooltip"]


def test_what_is_asked_stands_in_the_head() -> None:
    asked = TemplateColumn(
        heading="Size", kind=ColumnKind.NUMBER, unit="bp", minimum=Decimal(50), help="Mean."
    )

    assert told(asked).startswith("Mean. At least 50 bp")


def test_a_column_of_a_list_of_values_is_picked_from_it_and_others_are_typed() -> None:
    yes_no = OwnColumn("Fasted", TemplateColumn(heading="Fasted", kind=ColumnKind.YES_NO))
    free = OwnColumn("Remark", TemplateColumn(heading="Remark"))
    columns = {each["field"]: each for each in grid.column_defs(None, [WARD, yes_no, free])}

    picked = {
        name: columns[column_of(name)].get("cellEditorParams") for name in ("Fasted", "Remark")
    }

    assert columns[column_of(WARD.name)]["cellEditor"] == {"function": "ChoiceEditor"}
    assert columns[column_of(WARD.name)]["cellEditorParams"] == {"choices": ["A", "B"]}
    assert picked == {"Fasted": {"choices": ["yes", "no"]}, "Remark": None}
