"""The code of a solid sample: which letter follows from which times, and what is left open."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples.preanalytical import rules, solids
from backend.samples.preanalytical.rules import is_sought, like_pattern
from backend.samples.preanalytical.solids import SolidRecord, derive_solid, parse_solid
from backend.samples.preanalytical.tables import CONTAINERS, VESSELS, Vessel

CUT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def block(**facts: Any) -> SolidRecord:
    """Return a block that was cut out, steeped in formalin for 20 hours and kept cool."""
    known: dict[str, Any] = {
        "specimen": "TIS",
        "collection": "SRG",
        "ischaemic_at": CUT,
        "collected_at": CUT + minutes(15),
        "fixation": "NBF",
        "fixed_at": CUT + minutes(15 + 25),
        "fixed_until": CUT + minutes(40 + 20 * 60),
        "storage_c": Decimal(4),
        "vessel": Vessel.PARAFFIN_BLOCK,
    }
    return SolidRecord(**(known | facts))


def letter(place: int, **facts: Any) -> str:
    return derive_solid(block(**facts)).elements[place].code


def test_a_paraffin_block_has_a_whole_code_that_says_what_it_rests_on() -> None:
    sprec = derive_solid(block())

    assert (sprec.code, sprec.is_whole) == ("TIS-SRG-C-D-NBF-E-P", True)
    cold = sprec.elements[3]
    assert (cold.inputs, cold.rule) == ("Collected to fixed: 0 h 25 min", "20 to 30 min")


@pytest.mark.parametrize(
    ("took", "expected"),
    [(0, "A"), (1, "A"), (2, "B"), (10, "C"), (20, "D"), (30, "E"), (60, "F"), (600, "F")],
)
def test_ischaemia_has_the_band_that_begins_where_the_last_one_ends(
    took: int, expected: str
) -> None:
    out = CUT + minutes(took)

    assert letter(2, collected_at=out, fixed_at=out) == expected
    assert letter(3, ischaemic_at=None, collected_at=CUT, fixed_at=out) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0.2, "A"), (0.25, "B"), (1, "C"), (4, "D"), (8, "E"), (24, "F"), (48, "G"), (72, "Z")],
)
def test_the_fixation_time_has_its_band_and_none_beyond_three_days(
    hours: float, expected: str
) -> None:
    begun = CUT + minutes(40)

    assert letter(5, fixed_until=begun + timedelta(hours=hours)) == expected


def test_what_does_not_apply_is_said_and_what_nobody_recorded_is_unknown() -> None:
    assert letter(2, collection="BPS", ischaemic_at=None) == "N"
    assert letter(5, fixation="SNP", fixed_until=None) == "N"
    assert derive_solid(SolidRecord(specimen="TIS")).code == "TIS-?-X-X-XXX-X-X"


def test_times_in_the_wrong_order_give_no_letter() -> None:
    element = derive_solid(block(fixed_at=CUT)).elements[3]

    assert (element.code, element.rule) == (
        "?",
        "It cannot be fixed before that: check both times.",
    )


@pytest.mark.parametrize(
    ("vessel", "celsius", "expected"),
    [
        (Vessel.PARAFFIN_BLOCK, 20, "P"),
        (Vessel.PARAFFIN_BLOCK, -20, "?"),
        (Vessel.PP_TUBE, -20, "B"),
        (Vessel.PP_TUBE_SMALL, -150, "W"),
        (Vessel.PP_TUBE_LARGE, -80, "J"),
        (Vessel.CRYOTUBE, -196, "?"),
    ],
)
def test_storage_goes_by_vessel_and_temperature(
    vessel: Vessel, celsius: int, expected: str
) -> None:
    assert letter(6, vessel=vessel, storage_c=Decimal(celsius)) == expected
    assert rules.storage("Storage", Decimal(celsius), vessel).inputs.startswith(VESSELS[vessel])


codes_of_solids = st.tuples(
    st.sampled_from(sorted(solids.SPECIMENS)),
    st.sampled_from(sorted(solids.COLLECTIONS)),
    st.sampled_from("ABCDEFNXZ"),
    st.sampled_from("ABCDEFNXZ"),
    st.sampled_from(sorted(solids.FIXATIONS)),
    st.sampled_from("ABCDEFGNXZ"),
    st.sampled_from("ABDJKLMPSTVWXZ"),
)


@given(codes=codes_of_solids)
def test_a_code_comes_back_from_its_text_and_can_be_sought(codes: tuple[str, ...]) -> None:
    text = rules.format_code(codes)

    assert parse_solid(f" {text.lower()} ") == codes
    for count in range(1, 8):
        assert is_sought("-".join(codes[:count]))


@pytest.mark.parametrize(
    "text", ["", "TIS", "SER-SST-A-B-N-A-A", "TIS-SRG-A-B-N-A-A", "TIS-SRG-A-B-NBF-A"]
)
def test_what_is_no_whole_code_of_a_solid_is_refused(text: str) -> None:
    assert parse_solid(text) is None


def test_an_open_fixation_is_as_wide_as_a_fixation() -> None:
    assert like_pattern("tis-srg-?-b-?-e") == "TIS-SRG-_-B-___-E%"
    assert like_pattern("SER-SST-A-B-?-A") == "SER-SST-A-B-_-A%"


def test_the_second_element_tells_a_fluid_from_a_solid_but_for_other() -> None:
    assert set(CONTAINERS) & set(solids.COLLECTIONS) == {"ZZZ"}
