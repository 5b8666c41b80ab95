"""Code 128: which subset is used where, the checksum, and that a scanner reads it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.labels import symbols
from backend.labels.ids import Symbology
from tests.support.label_reading import decoded

ASCII = st.text(alphabet=[chr(point) for point in range(32, 127)], min_size=1, max_size=24)


def read(code: str) -> str:
    bars = np.array(symbols.code_128(code), dtype=np.uint8)
    (found,) = decoded(np.repeat(np.tile(bars, (20, 1)), 2, axis=1))
    assert found[0] == "Code128"
    return found[1]


def test_the_checksum_is_the_one_of_a_worked_example() -> None:
    # Wikipedia, Code 128: 103 + 1·48 + 2·42 + 3·42 + 4·17 + 5·18 + 6·19 + 7·35 = 878 = 8·103 + 54.
    values = symbols._values("PJJ123C")

    assert values == (103, 48, 42, 42, 17, 18, 19, 35)
    checksum = (103 + sum(place * v for place, v in enumerate(values))) % 103
    assert checksum == 54


@pytest.mark.parametrize(
    ("code", "subsets"),
    [
        ("12345678", "C"),
        ("ABC123456", "AC"),
        ("123456AB", "CA"),
        ("AB12CD", "A"),
        ("ab1234567890cd", "BCB"),
    ],
)
def test_digits_are_paired_where_that_is_shorter(code: str, subsets: str) -> None:
    values = symbols._values(code)

    names = {103: "A", 104: "B", 105: "C", 101: "A", 100: "B", 99: "C"}
    used = names[values[0]]
    for value in values[1:]:
        if value >= 99 and not (used[-1] == "C" and value == 99):
            used += names[value]
    assert used == subsets


def test_the_symbol_ends_with_its_stop_bars() -> None:
    bars = symbols.code_128("A")

    # Start, one character, check character: 11 modules each; stop: 13.
    assert len(bars) == 46
    assert "".join("1" if each else "0" for each in bars).endswith("1100011101011")


@settings(max_examples=60, deadline=None)
@given(ASCII)
def test_a_scanner_reads_what_was_written(code: str) -> None:
    assert read(code) == code


@pytest.mark.parametrize("code", ["DNA-251118-K7F3", "0123456789", "HMG-0001234K", "A\tB"])
def test_codes_of_tubes_are_read_back(code: str) -> None:
    assert read(code).replace("<HT>", "\t") == code


@pytest.mark.parametrize("code", ["", "Ł-1"])
def test_what_the_symbology_cannot_carry_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        symbols.code_128(code)


def test_a_data_matrix_is_read_back() -> None:
    modules = np.array(symbols.modules(Symbology.DATA_MATRIX, "DNA-251118-K7F3"), dtype=np.uint8)

    assert decoded(np.kron(modules, np.ones((4, 4), np.uint8))) == [
        ("DataMatrix", "DNA-251118-K7F3")
    ]
