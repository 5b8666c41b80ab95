"""A SPREC code follows from what was recorded, and nothing else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples.preanalytical.rules import (
    FluidRecord,
    derive_fluid,
    format_code,
    is_at_most,
    parse_fluid,
)
from backend.samples.preanalytical.tables import CONTAINERS, SPECIMENS, Vessel

DRAWN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def waited(minutes: int, temperature_c: int) -> str:
    record = FluidRecord(
        collected_at=DRAWN,
        kept_at_c=Decimal(temperature_c),
        is_spun=True,
        spun_at=DRAWN + timedelta(minutes=minutes),
    )
    return derive_fluid(record).elements[2].code


@pytest.mark.parametrize(
    ("minutes", "temperature_c", "letter"),
    [
        (119, 21, "A"),
        (119, 4, "B"),
        (120, 21, "C"),
        (239, 4, "D"),
        (240, 21, "E"),
        (479, 4, "F"),
        (480, 21, "G"),
        (719, 4, "H"),
        (720, 21, "I"),
        (1439, 4, "J"),
        (1440, 21, "K"),
        (2879, 4, "L"),
        (5040, 21, "M"),
        (5040, 4, "N"),
    ],
)
def test_the_wait_before_centrifugation_has_the_letter_of_the_published_band(
    minutes: int, temperature_c: int, letter: str
) -> None:
    assert waited(minutes, temperature_c) == letter


@pytest.mark.parametrize(("minutes", "temperature_c"), [(2880, 4), (5039, 21), (60, 37), (60, 0)])
def test_no_letter_is_given_where_sources_disagree_or_one_stands_alone(
    minutes: int, temperature_c: int
) -> None:
    assert waited(minutes, temperature_c) == "?"


def test_what_nobody_recorded_is_unknown_and_says_what_lacks() -> None:
    sprec = derive_fluid(FluidRecord(specimen="SER"))

    assert sprec.code == "SER-XXX-X-X-X-X-X"
    assert "not recorded" in sprec.elements[2].inputs


def test_urine_that_was_never_spun_has_a_whole_code() -> None:
    record = FluidRecord(
        specimen="URN",
        container="PPS",
        collected_at=DRAWN,
        kept_at_c=Decimal(4),
        is_spun=False,
        stored_at=DRAWN + timedelta(hours=3),
        storage_c=Decimal(-80),
        vessel=Vessel.CRYOTUBE,
    )

    sprec = derive_fluid(record)

    assert sprec.code == "URN-PPS-D-N-N-N-D"
    assert sprec.is_whole


CODES = st.tuples(
    st.sampled_from(sorted(SPECIMENS)),
    st.sampled_from(sorted(CONTAINERS)),
    *[st.sampled_from("ABCDEFGHIJKLMNXZ")] * 5,
)


@given(CODES)
def test_a_code_comes_back_from_its_text(codes: tuple[str, ...]) -> None:
    assert parse_fluid(f" {format_code(codes).lower()} ") == codes


@pytest.mark.parametrize("text", ["", "SER-SST-A", "QQQ-SST-A-B-N-A-A", "SER-SST-?-B-N-A-A"])
def test_what_is_no_whole_code_is_refused(text: str) -> None:
    assert parse_fluid(text) is None


@pytest.mark.parametrize(
    ("letter", "is_within"), [("A", True), ("D", True), ("E", False), ("X", False), ("Z", False)]
)
def test_at_most_c_goes_by_time_and_leaves_unknown_out(letter: str, is_within: bool) -> None:  # noqa: FBT001
    assert is_at_most(letter, "C") is is_within
