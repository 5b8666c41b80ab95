"""A cursor comes back as it went out, and a foreign one is refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core import paging
from backend.core.errors import InvalidInput


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_cursor_gives_back_its_key(key: list[str]) -> None:
    cursor = paging.encode_cursor(*key)

    assert paging.decode_cursor(cursor, len(key)) == key


@given(st.text())
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(InvalidInput):
        paging.decode_cursor(text, 99)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_larger_than_the_limit_is_refused(limit: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 200"):
        paging.checked_limit(limit)
