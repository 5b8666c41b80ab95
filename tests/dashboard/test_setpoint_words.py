"""What is said of another set point: its sentence, its price, and each reason for no answer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest

from backend.telemetry.electricity import Price
from backend.telemetry.energy.slope import Change, EnergyModel, Lacking, NotIdentified
from backend.telemetry.energy_views import SetpointModel
from dashboard.format import NBSP
from dashboard.pages.what_if import setpoint_words as words

FITTED = EnergyModel(
    days=87,
    first=date(2026, 8, 31),
    last=date(2026, 11, 28),
    inside_c=-80.1,
    room_c=21.0,
    room_is_measured=True,
    has_doors=False,
    spread_k=1.1,
    nearest_k=98.2,
    farthest_k=104.6,
    kwh_a_day=8.7,
    rmse_kwh=0.06,
    rmse_of_mean_kwh=0.18,
    forms=[(1.0, 21.0)],
    slopes=np.ones((1, 4)),
)
MODEL = SetpointModel(
    unit_label="ULT-03",
    from_c=-80.0,
    is_setpoint=True,
    power_code="ULT-03-P1",
    inside_code="ULT-03-T1",
    room_code="ULT-03-R1",
    is_simulated=False,
    fitted=FITTED,
)
PRICE = Price(
    version=2,
    price_per_kwh=Decimal("0.32"),
    currency="EUR",
    reason="Contract",
    set_by_name="Ada",
    set_at=datetime(2026, 11, 1, tzinfo=UTC),
)
WARMER = Change(
    from_c=-80.0, to_c=-70.0, kwh_a_day=-2.1, low_kwh=-2.8, high_kwh=-1.4, is_beyond=True
)
COLDER = Change(from_c=-80.0, to_c=-84.5, kwh_a_day=1.0, low_kwh=0.8, high_kwh=1.3, is_beyond=False)


def plain(said: str) -> str:
    return said.replace(NBSP, " ")


def lacks(lacking: Lacking, *, room: str | None = "R1") -> SetpointModel:
    none = NotIdentified(
        lacking=lacking, days=40, spread_k=0.3, rmse_kwh=0.31, rmse_of_mean_kwh=0.29
    )
    return SetpointModel(
        unit_label="ULT-03",
        from_c=-80.0,
        is_setpoint=True,
        power_code="P1",
        inside_code="T1",
        room_code=room,
        is_simulated=False,
        fitted=none,
    )


def test_the_sentence_names_the_units_the_interval_and_the_year() -> None:
    assert plain(words.headline(MODEL, WARMER)) == (
        "Raising ULT-03 from −80 °C to −70 °C saves 2.1 kWh a day (1.4 to 2.8, 80%), 766 kWh a "
        "year."
    )
    assert plain(words.headline(MODEL, COLDER)) == (
        "Lowering ULT-03 from −80 °C to −84.5 °C costs 1.0 kWh a day (0.8 to 1.3, 80%), 365 kWh a "
        "year."
    )


def test_an_amount_names_its_price_and_without_one_there_is_none() -> None:
    assert plain(words.money(WARMER, PRICE)) == (
        "245 EUR a year (164 to 327, 80%), at 0.32 EUR a kWh (version 2)."
    )
    assert words.money(WARMER, None).startswith("No price of electricity is set")


def test_what_was_never_seen_and_who_measures_the_room_are_said() -> None:
    beyond, seen = (
        plain(" ".join(words.cautions(MODEL, FITTED, each))) for each in (WARMER, COLDER)
    )

    assert "From room to inside it was 98 to 105 K so far." in beyond
    assert "so far" not in seen
    assert "The room is measured by ULT-03-R1." in seen
    assert "no unit is set from here" in seen


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        (Lacking.DAYS, "40 days of the last 90 can be used"),
        (Lacking.SPREAD, "differ by 0.3 K only"),
        (Lacking.ROOM, "No sensor measures the room around it"),
        (Lacking.NOT_BETTER, "(0.31 against 0.29 kWh a day)"),
        (Lacking.SLOPE, "a warmer inside could take more"),
    ],
)
def test_each_reason_for_no_answer_has_its_words(lacking: Lacking, said: str) -> None:
    told = plain(words.no_model("ULT-03", lacks(lacking)))

    assert told.startswith("It cannot be said yet for ULT-03.")
    assert said in told


def test_a_room_that_nothing_measures_is_a_stated_assumption() -> None:
    assert "assumed at 22 ± 3 °C" in words.room(lacks(Lacking.SLOPE, room=None))


@pytest.mark.parametrize(
    ("typed", "shift_k"),
    [
        ("10", 10.0),
        ("+2,5 K", 2.5),
        ("−5", -5.0),
        ("0", None),
        ("warm", None),
        ("nan", None),
        ("", None),
        ("41", None),
    ],
)
def test_a_change_is_read_as_typed_or_refused(typed: str, shift_k: float | None) -> None:
    assert words.read_shift(typed) == shift_k
    assert "Write kelvins, such as 10" in words.refusal(typed)
