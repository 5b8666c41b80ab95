"""The page of all units: what each row says in words, and the colours of a deviation."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.core.ids import id_at, new_id
from backend.incidents.fleet_views import FleetUnit, WorstExcursion
from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.views import UnitOccupancy
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.energy_views import UnitEnergy
from backend.telemetry.ids import SensorId
from backend.telemetry.views import SensorDay, SensorNow
from dashboard.format import NBSP
from dashboard.pages.fleet import panels
from dashboard.pages.fleet.strip import strip, tone

NOW = datetime(2026, 11, 29, 11, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PROBE = SensorNow(
    sensor_id=SensorId(new_id()),
    code="ULT-03-T1",
    unit_id=new_id(),
    unit_label="ULT-03",
    setpoint_c=-80.0,
    warning_high_c=-74.0,
    alarm_high_c=-70.0,
    alarm_low_c=None,
    temperature_c=-78.4,
    read_at=NOW - timedelta(minutes=1),
    is_stale=False,
)
UNIT = FleetUnit(
    occupancy=UnitOccupancy(
        unit_id=NodeId(PROBE.unit_id),
        label="ULT-03",
        temperature_class=TemperatureClass.MINUS_80,
        status=UnitStatus.BACKUP,
        used=813,
        capacity=1000,
    ),
    sensor=PROBE,
    unwatched_since=None,
    alarmed=None,
    day=SensorDay(low_c=-81.0, high_c=-76.5, warmest_c=(-80.1, -79.0, -76.5)),
    worst=WorstExcursion(
        code="INC-2026-0007",
        began_at=NOW - timedelta(days=9),
        peak_c=-58.2,
        out_min=312.0,
        others=2,
    ),
    calibration_due_on=date(2027, 3, 1),
    is_calibration_overdue=False,
)


def words(*units: FleetUnit, energy: UnitEnergy | None = None, may_connect: bool = False) -> str:
    known = {} if energy is None else {energy.unit_id: energy}
    drawn = panels.units(
        units, known, now=NOW, zone=BERLIN, may_connect=may_connect
    ).to_plotly_json()
    return json.dumps(drawn, default=lambda each: each.to_plotly_json(), ensure_ascii=False)


def says(shown: str, *expected: str) -> bool:
    plain = shown.replace(NBSP, " ")
    return all(each in plain for each in expected)


def test_a_row_says_everything_of_its_unit() -> None:
    shown = words(UNIT)

    assert says(shown, '"/storage/ULT-03"', "−80 °C", "Kept as backup", "In range")
    assert says(shown, "−78.4 °C", "+1.6 K", "−81.0 to −76.5 °C", "81.3%")
    assert says(shown, "−58.2 °C, out for 5 h 12 min")
    assert says(shown, '"/incidents/INC-2026-0007"', '"INC-2026-0007"', ", 20 Nov, 2 more")
    assert says(shown, "1 Mar 2027", "29 Nov, 11:59", "1 unit, none to look at")


@pytest.mark.parametrize(
    ("whole_days", "said"),
    [(2, ("8.4 kWh", "2 of 2 days")), (0, ("too few readings", "0 of 2 days"))],
)
def test_a_unit_with_a_meter_says_what_it_takes(whole_days: int, said: tuple[str, ...]) -> None:
    days = [
        energy_day(Integral(on=NOW.date(), value_hours=350.0 * hours, known_h=hours, whole_h=24.0))
        for hours in ([24.0] * whole_days or [3.0, 3.0])
    ]
    energy = UnitEnergy(
        unit_id=UNIT.occupancy.unit_id,
        unit_label="ULT-03",
        sensor_code="ULT-03-P1",
        is_simulated=True,
        first=NOW.date(),
        last=NOW.date(),
        period=EnergyPeriod(days=days),
    )

    assert says(words(UNIT, energy=energy), *said)
    assert "no power sensor" in words(UNIT)


def test_an_old_temperature_is_marked_and_has_no_deviation() -> None:
    silent = replace(PROBE, is_stale=True, read_at=NOW - timedelta(hours=5))

    shown = words(replace(UNIT, sensor=silent))

    assert says(shown, "−78.4 °C", '"old"', "Silent for 5.0 h", "1 unit, 1 to look at")
    assert "+1.6" not in shown


def test_a_unit_without_a_thermometer_says_since_when_and_leads_to_where_one_is_connected() -> None:
    key = NodeId(id_at(int((NOW - timedelta(days=5)).timestamp() * 1000), 0))
    place = replace(UNIT.occupancy, unit_id=key, label="FRG 09", status=UnitStatus.ACTIVE)
    never = replace(UNIT, occupancy=place, sensor=None, day=None, calibration_due_on=None)
    lost = replace(never, unwatched_since=NOW - timedelta(hours=3))
    retired = replace(never, occupancy=replace(place, status=UnitStatus.RETIRED))

    assert says(words(never, may_connect=True), "No thermometer, set up 5.0 d ago")
    assert says(words(lost, may_connect=True), "No thermometer, taken out 3.0 h ago")
    assert says(words(lost, may_connect=True), '"/sensors?unit=FRG%2009"', "Connect one to FRG 09")
    for shown in (words(lost), words(retired, may_connect=True), words(UNIT, may_connect=True)):
        assert "/sensors?unit" not in shown


def test_what_is_not_known_is_said() -> None:
    bare = replace(
        UNIT,
        occupancy=replace(UNIT.occupancy, used=0, capacity=0),
        sensor=None,
        day=None,
        worst=None,
        calibration_due_on=None,
    )
    unheard = replace(
        PROBE,
        temperature_c=None,
        read_at=None,
        is_stale=True,
        awaited_from=NOW - timedelta(days=3),
    )

    assert says(words(bare), "No thermometer, set up", "no boxes", "none", "no data")
    assert says(
        words(replace(UNIT, sensor=unheard, calibration_due_on=None)),
        "Never heard, connected 3.0 d ago",
        "Check its logger",
        "never",
        "not noted",
    )


def test_an_overdue_calibration_and_an_alarm_stand_out() -> None:
    alarmed = replace(PROBE, alarm_since=NOW - timedelta(minutes=40), temperature_c=-60.0)
    unit = replace(
        UNIT,
        sensor=alarmed,
        alarmed=alarmed,
        calibration_due_on=date(2026, 11, 1),
        is_calibration_overdue=True,
    )

    shown = words(unit)

    assert says(shown, "Overdue since 1 Nov 2026", "Alarm for 40 min", '"is-down"')


def test_a_laboratory_without_units_says_so() -> None:
    assert says(words(), "No unit is set up yet")


@pytest.mark.parametrize(
    ("deviation_k", "expected"),
    [
        (-9.0, "dv-c3"),
        (-3.0, "dv-c2"),
        (-0.6, "dv-c1"),
        (-0.5, "dv-0"),
        (0.0, "dv-0"),
        (2.0, "dv-w1"),
        (5.0, "dv-w2"),
        (5.1, "dv-w3"),
    ],
)
def test_colours_say_colder_and_warmer_than_the_set_point(
    deviation_k: float, expected: str
) -> None:
    assert tone(deviation_k) == expected


def test_a_strip_says_in_words_what_its_colours_show() -> None:
    drawn = strip([-0.2, 3.5])

    assert drawn is not None
    label = str(drawn.to_plotly_json()["props"]["aria-label"]).replace(NBSP, " ")
    assert label.endswith("−0.2 K to +3.5 K from the set point")
    assert strip([]) is None


def test_a_strip_of_a_few_half_hours_is_as_wide_as_one_of_a_day() -> None:
    few, day = (f"{vars(strip([1.0] * cells))}" for cells in (3, 48))

    assert 'viewBox="0 0 144 14"' in few
    assert 'viewBox="0 0 144 14"' in day
    assert ' x="135.0"' in few
