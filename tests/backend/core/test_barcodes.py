"""A scanned code is right, or the scan says so."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from backend.core import barcodes

SERIALS = st.text(alphabet=barcodes.ALPHABET, min_size=3, max_size=6)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@given(on=DAYS, serial=SERIALS)
def test_a_code_we_made_is_recognised(on: date, serial: str) -> None:
    code = barcodes.barcode_of("DNA", on, serial)

    assert barcodes.is_ours(code)


@given(on=DAYS, serial=SERIALS, position=st.integers(4, 9), wrong=st.sampled_from("0123456789"))
def test_one_misread_digit_of_the_date_is_found(
    on: date, serial: str, position: int, wrong: str
) -> None:
    code = barcodes.barcode_of("DNA", on, serial)

    misread = code[:position] + wrong + code[position + 1 :]

    assert misread == code or not barcodes.is_ours(misread)


@given(on=DAYS, serial=SERIALS, position=st.integers(4, 8))
def test_two_swapped_digits_of_the_date_are_found(on: date, serial: str, position: int) -> None:
    code = barcodes.barcode_of("DNA", on, serial)

    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]

    assert swapped == code or not barcodes.is_ours(swapped)


def test_a_pre_printed_code_is_not_taken_for_ours() -> None:
    assert not barcodes.is_ours("CRC240001")


def test_a_typed_code_is_trimmed_and_put_in_capitals() -> None:
    assert barcodes.tidy("  dna-251118-k7f3\n") == "DNA-251118-K7F3"
