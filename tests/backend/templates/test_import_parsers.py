"""Single cells: read in one way only, or refused with what to write instead."""

from decimal import Decimal

import pytest

from backend.samples.ids import TemperatureClass
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.parsers import parse
from backend.templates.reading.parsing import Context
from backend.templates.reading.units import find_unit
from backend.templates.reading.values import Problem, Value
from backend.templates.reading.vocabulary import find_zone
from tests.support.sample_files import TODAY


def _parse(
    key: FieldKey,
    text: str,
    *,
    unit: str | None = None,
    day_first: bool | None = None,
    decimal_comma: bool = False,
) -> tuple[Value, Problem | None]:
    spec = BY_KEY[key]
    context = Context(
        label=spec.label,
        today=TODAY,
        unit=find_unit(unit) if unit else None,
        day_first=day_first,
        decimal_comma=decimal_comma,
    )
    return parse(spec, text, context)


def _problem(key: FieldKey, text: str, **more: bool) -> Problem:
    value, problem = _parse(key, text, **more)  # type: ignore[arg-type]
    assert problem is not None, (text, value)
    return problem


@pytest.mark.parametrize(
    "text",
    ["2024-12-10", "December 10, 2024", "10 Dec 2024", "10-Dec-24", "10.12.2024", "20241210",
     "2024-12-10 00:00:00", "Dec 10 2024", "10th December 2024"],
)  # fmt: skip
def test_a_date_that_can_be_read_one_way_is_read(text: str) -> None:
    value, problem = _parse(FieldKey.COLLECTED_ON, text)

    assert (str(value), problem) == ("2024-12-10", None)


def test_a_date_that_could_be_two_days_is_refused_with_both() -> None:
    problem = _problem(FieldKey.COLLECTED_ON, "03/04/2024")

    assert problem.message == (
        "Collected “03/04/2024” can be 3 Apr 2024 or 4 Mar 2024. Write 2024-04-03 or 2024-03-04."
    )
    assert problem.fix is None


def test_the_rest_of_the_column_offers_the_order_as_a_fix() -> None:
    value, problem = _parse(FieldKey.COLLECTED_ON, "03/04/2024", day_first=True)

    assert value is None
    assert problem is not None
    assert problem.fix == "2024-04-03"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-24", "date_in_future"),
        ("2023-02-30", "date_not_in_calendar"),
        ("45306", "date_is_serial"),
        ("last week", "date_unreadable"),
        ("1-Sep", "date_unreadable"),
    ],
)
def test_other_dates_are_refused_by_name(text: str, code: str) -> None:
    assert _problem(FieldKey.COLLECTED_ON, text).code == code


def test_a_spreadsheets_day_number_is_offered_as_its_day() -> None:
    assert _problem(FieldKey.COLLECTED_ON, "45306").fix == "2024-01-15"


def test_a_volume_in_millilitres_becomes_microlitres_when_the_heading_says_so() -> None:
    assert _parse(FieldKey.VOLUME, "2.5", unit="mL") == (Decimal(2500), None)


def test_a_unit_in_the_cell_is_refused_with_the_converted_figure_as_its_fix() -> None:
    problem = _problem(FieldKey.VOLUME, "1.2 ml")

    assert problem.message == (
        "Volume must be a number in µL. You entered “1.2 ml”. That is 1,200 µL."
    )
    assert problem.fix == "1200"


def test_the_fix_is_written_in_the_unit_of_its_column() -> None:
    _, problem = _parse(FieldKey.VOLUME, "1500 µL", unit="mL")

    assert problem is not None
    assert problem.fix == "1.5"


def test_the_columns_own_unit_may_stand_in_the_cell() -> None:
    assert _parse(FieldKey.VOLUME, "50 μL") == (Decimal(50), None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "number_unreadable"),
        ("<0.5", "number_unreadable"),
        ("1,200", "number_ambiguous"),
        ("1,5", "decimal_comma"),
        ("5 IU", "unit_unknown"),
        ("0", "volume_not_positive"),
        ("-3", "volume_not_positive"),
        ("NaN", "number_unreadable"),
        ("3 ng/µL", "unit_of_something_else"),
    ],
)
def test_other_volumes_are_refused_by_name(text: str, code: str) -> None:
    assert _problem(FieldKey.VOLUME, text).code == code


def test_a_decimal_comma_is_read_where_the_comma_is_no_separator() -> None:
    assert _parse(FieldKey.VOLUME, "1,5", decimal_comma=True) == (Decimal("1.5"), None)


def test_a_molarity_is_refused_because_the_fragment_length_is_not_known() -> None:
    assert _problem(FieldKey.CONCENTRATION, "2.5 nM").code == "molarity_without_length"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.23457E+11", "digits_lost"),
        ("1234567890123000", "digits_lost"),
        ("#N/A", "excel_error"),
        ("A" * 65, "code_too_long"),
        ("AB\x07C", "code_unprintable"),
    ],
)
def test_codes_that_a_spreadsheet_has_changed_are_named(text: str, code: str) -> None:
    assert _problem(FieldKey.BARCODE, text).code == code


def test_a_code_keeps_its_leading_zeros() -> None:
    assert _parse(FieldKey.BARCODE, "000123") == ("000123", None)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("-80°C", TemperatureClass.MINUS_80),
        ("-80", TemperatureClass.MINUS_80),
        ("-80°C freezer", TemperatureClass.MINUS_80),
        ("Frozen at -80C", TemperatureClass.MINUS_80),
        ("-20 °C", TemperatureClass.MINUS_20),
        ("4°C", TemperatureClass.PLUS_4),
        ("+4C", TemperatureClass.PLUS_4),
        ("RT", TemperatureClass.ROOM),
        ("liquid nitrogen", TemperatureClass.LN2_VAPOUR),
        ("2-8 °C", TemperatureClass.PLUS_4),
        ("Fridge 2", TemperatureClass.PLUS_4),
        ("Freezer 4", None),
        ("Shelf 20", None),
        ("warm", None),
        ("-20°C or -80°C", None),
        ("100", None),
    ],
)
def test_a_zone_is_read_from_its_temperature_or_name(
    text: str, zone: TemperatureClass | None
) -> None:
    assert find_zone(text) is zone


def test_of_two_temperatures_the_long_term_one_is_taken_and_said() -> None:
    value, problem = _parse(FieldKey.ZONE, "-20°C for short-term, -80°C for long-term")

    assert value is TemperatureClass.MINUS_80
    assert problem is not None
    assert problem.severity == "warning"


def test_an_unknown_type_is_refused_with_the_nearest_known_one() -> None:
    problem = _problem(FieldKey.SAMPLE_TYPE, "Plasmma")

    assert problem.message == "Type “Plasmma” is not known. Use Plasma, or choose another type."
    assert problem.fix == "Plasma"


@pytest.mark.parametrize(
    ("text", "label"), [("A01", "A1"), ("h12", "H12"), ("1A", "A1"), ("09", "9")]
)
def test_positions_are_written_one_way(text: str, label: str) -> None:
    assert _parse(FieldKey.POSITION, text) == (label, None)


def test_a_position_that_is_none_is_refused() -> None:
    assert _problem(FieldKey.POSITION, "top left").code == "position_unreadable"


def test_an_index_is_cleaned_of_blanks_and_refused_for_other_letters() -> None:
    assert _parse(FieldKey.INDEX_I7, "agtc acta ") == ("AGTCACTA", None)
    assert "holds X" in _problem(FieldKey.INDEX_I7, "AGTXACTA").message
