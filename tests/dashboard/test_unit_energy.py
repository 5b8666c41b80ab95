"""The energy of a unit on its page: a rate with what it rests on, and what is not known."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from backend.core.ids import new_id
from backend.samples.ids import TemperatureClass
from backend.storage.energy_queries import EnergyOfUnit
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.views import UnitOccupancy
from backend.telemetry.electricity import Price
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.energy_views import UnitEnergy
from dashboard.format import NBSP
from dashboard.pages.storage import energy

FIRST = date(2026, 11, 1)
PRICE = Price(
    version=3,
    price_per_kwh=Decimal("0.32"),
    currency="EUR",
    reason="Contract",
    set_by_name="Ada",
    set_at=datetime(2026, 11, 1, tzinfo=UTC),
)


def unit_of(*known_h: float, used: int = 400, price: Price | None = None) -> EnergyOfUnit:
    days = [
        energy_day(
            Integral(
                on=FIRST + timedelta(days=number),
                value_hours=350 * each,
                known_h=each,
                whole_h=24.0,
            )
        )
        for number, each in enumerate(known_h)
    ]
    unit_id = NodeId(new_id())
    taken = UnitEnergy(
        unit_id=unit_id,
        unit_label="ULT-03",
        sensor_code="ULT-03-P1",
        is_simulated=True,
        first=FIRST,
        last=FIRST + timedelta(days=len(days) - 1),
        period=EnergyPeriod(days=days),
    )
    occupancy = UnitOccupancy(
        unit_id=unit_id,
        label="ULT-03",
        temperature_class=TemperatureClass.MINUS_80,
        status=UnitStatus.ACTIVE,
        used=used,
        capacity=800,
    )
    return EnergyOfUnit(unit=occupancy, energy=taken, price=price)


def words(said: EnergyOfUnit, *, may: bool = True) -> str:
    drawn = energy.of_unit(said, may_predict=may, may_configure=may).to_plotly_json()
    told = json.dumps(drawn, default=lambda each: each.to_plotly_json(), ensure_ascii=False)
    return told.replace(NBSP, " ")


def test_a_rate_says_on_how_many_days_it_rests_and_what_each_sample_takes() -> None:
    shown = words(unit_of(24, 24, 12))

    for said in (
        "8.4 kWh",
        "Energy of 2 days: 8.4 to 8.4 kWh a day",
        "2 of 3 days",
        "Readings cover 83.3% of the time; a day counts with 90% of it. Gaps are not filled.",
        "21.0 Wh a day, of 400 samples now",
        "10.5 Wh a day, of 800 positions now",
        "Whole days, 1 Nov to 3 Nov",
        "ULT-03-P1",
        "simulated",
        '"/what-if?unit=ULT-03"',
        "No price of electricity is set.",
        '"/admin/rules?tab=energy"',
    ):
        assert said in shown


def test_a_cost_names_the_energy_the_days_and_the_price() -> None:
    shown = words(unit_of(24, 24, 12, price=PRICE))

    assert (
        "5.38 EUR for the 16.8 kWh measured on 2 of 3 days, at 0.32 EUR a kWh (version 3)" in shown
    )


def test_where_too_little_was_read_there_is_no_figure() -> None:
    shown = words(unit_of(5, 0, price=PRICE))

    assert "too few readings" in shown
    assert "0 of 2 days" in shown
    assert "Wh a day, of" not in shown
    assert "EUR" not in shown


def test_an_empty_unit_shares_its_energy_among_positions_only() -> None:
    shown = words(unit_of(24, used=0))

    assert "positions now" in shown
    assert "samples now" not in shown


def test_without_a_meter_nothing_is_guessed() -> None:
    shown = words(replace(unit_of(24), energy=None))

    assert "No power sensor: what it takes is not known." in shown
    assert "kWh" not in shown


def test_who_may_neither_predict_nor_configure_is_led_to_neither() -> None:
    shown = words(unit_of(24), may=False)

    assert "/what-if" not in shown
    assert "/admin/rules" not in shown
