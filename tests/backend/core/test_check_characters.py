"""The check character of ISO/IEC 7064 MOD 37,36."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.check_characters import ALPHABET, mod_37_36

BODIES = st.text(alphabet=ALPHABET, min_size=1, max_size=20)


def test_it_is_the_one_of_the_standards_users() -> None:
    # The worked example of the Global Release Identifier (IFPI, GRid Standard 2.1).
    assert mod_37_36("A12425GABC1234002") == "M"


@given(BODIES, st.data())
def test_every_single_wrong_character_is_found(body: str, data: st.DataObject) -> None:
    code = body + mod_37_36(body)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([each for each in ALPHABET if each != code[place]]))

    misread = code[:place] + wrong + code[place + 1 :]

    assert mod_37_36(misread[:-1]) != misread[-1]


def test_another_alphabet_is_refused() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        mod_37_36("HMG-1")
