"""What stands in the bench form becomes a registration, or sentences beside its fields."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from backend.samples.errors import BarcodeTaken, RegistrationRefused
from backend.samples.ids import MaterialType
from backend.samples.schemas import SampleRegistration
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.single import zone_options
from dashboard.pages.register.single_form import (
    FIELDS,
    by_field,
    emptied,
    point_for_comma,
    registration_of,
    typed_of,
)

NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)
FINE = {
    "name": "Tube 17",
    "project_code": "HELIX-2",
    "material_type": "plasma",
    "temperature_class": "-80",
}


def test_every_field_of_a_registration_is_asked() -> None:
    asked = {field.name for field in FIELDS}

    left_out = SampleRegistration.model_fields.keys() - asked
    assert left_out == {"attributes", "is_backup"}, "headings of files, and what aliquoting decides"
    assert asked - SampleRegistration.model_fields.keys() == {"box"}


def test_what_a_person_keeps_stays_and_all_else_is_emptied() -> None:
    blank = emptied(["subject_code", "collected_on"])

    assert {"subject_code", "collected_on"}.isdisjoint(blank)
    assert blank["project_code"] is None
    assert (blank["name"], blank["biosafety_level"], blank["priority"]) == ("", "1", "normal")


def test_what_is_each_tubes_own_never_stays() -> None:
    blank = emptied(["barcode", "name", "external_id"])

    assert {"barcode", "name", "external_id"} <= blank.keys()


def test_who_never_chose_keeps_the_project_type_and_place() -> None:
    assert {"project_code", "material_type", "temperature_class", "box"}.isdisjoint(emptied(None))


def test_blanks_are_absent() -> None:
    typed = typed_of(["  " for _ in FIELDS])

    assert set(typed.values()) == {None}


def test_a_tube_in_the_hand_is_received_now() -> None:
    made = registration_of(FINE, now=NOW)

    assert made.received_at == NOW
    assert made.barcode is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12,5", "12.5"), ("12.5", "12.5"), ("1,200", "1,200"), ("1,2,3", "1,2,3")],
)
def test_a_decimal_comma_is_read_and_a_thousands_comma_is_left(typed: str, number: str) -> None:
    assert point_for_comma(typed) == number


def test_numbers_keep_their_digits() -> None:
    made = registration_of({**FINE, "volume_ul": "46,50", "a260_280": "1.86"}, now=NOW)

    assert (made.volume_ul, made.a260_280) == (Decimal("46.50"), Decimal("1.86"))


def test_every_refusal_stands_at_its_field() -> None:
    wrong = {
        "material_type": "plasma",
        "temperature_class": "-80",
        "volume_ul": "much",
        "rin": "11",
    }

    with pytest.raises(RegistrationRefused) as refusal:
        registration_of(wrong, now=NOW)

    assert by_field(refusal.value) == {
        ids.NAME: "Enter a sample name.",
        ids.PROJECT: "Choose a project.",
        ids.VOLUME: "Volume must be a number in µL.",
        ids.RIN: "RIN must be between 1 and 10.",
    }


def test_a_refusal_without_a_field_stands_at_the_barcode() -> None:
    assert by_field(BarcodeTaken("Somebody was faster.")) == {ids.BARCODE: "Somebody was faster."}


def test_a_type_offers_the_temperatures_at_which_it_may_be_kept() -> None:
    assert [option["value"] for option in zone_options(MaterialType.RNA)] == ["ln2", "-80"]
