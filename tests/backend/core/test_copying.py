"""Columns written for COPY all at once are what writing every cell by itself makes of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.copying import escaped, json_objects, texts_of, written

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(st.lists(_TEXT | st.none() | st.integers(), max_size=6))
def test_a_column_is_written_as_its_cells_are(column: list[str | int | None]) -> None:
    assert texts_of(column) == [written(value) for value in column]


@given(st.lists(_TEXT, min_size=1, max_size=6))
def test_texts_come_back_from_the_objects_they_were_written_into(column: list[str]) -> None:
    lines = json_objects([("Own “name”", column)], len(column))

    wanted = [{"Own “name”": text} if text else {} for text in column]
    assert lines == [escaped(line) for line in map(_unescaped, lines)]
    assert [json.loads(_unescaped(line)) for line in lines] == wanted


@pytest.mark.parametrize("sign", ['"', "\\", "\t", "\n", "\r", "\x01", "é", "\u2028"])
def test_one_sign_in_a_column_is_written_so_that_it_comes_back(sign: str) -> None:
    lines = json_objects([("name", ["plain", f"a{sign}b"])], 2)

    assert [json.loads(_unescaped(line))["name"] for line in lines] == ["plain", f"a{sign}b"]


def _unescaped(line: str) -> str:
    """Undo `escaped` of a JSON text, in which only backslashes are ever escaped."""
    return line.replace("\\\\", "\\")
