"""What belongs together, what is proposed, and what closing asks for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.incidents import rules
from backend.incidents.exposure import Exposure
from backend.incidents.ids import Disposition
from backend.incidents.rules import Closing, Onset
from backend.samples.ids import TemperatureClass
from backend.telemetry.common_rules import DEFAULT, Numbers

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOTHING = Exposure(
    above_min=(0, 0, 0, 0),
    out_of_alarm_min=0,
    out_of_product_min=0,
    degree_hours=0,
    highest_c=-55.0,
    lowest_c=-80.0,
    known_min=60,
    unknown_min=0,
)


def onset(number: int, seconds: int) -> Onset:
    return Onset(unit_id=UUID(int=number), since=START + timedelta(seconds=seconds))


def sizes(*onsets: Onset, numbers: Numbers = DEFAULT) -> list[int]:
    return [len(group) for group in rules.together(onsets, numbers)]


def test_three_units_within_two_minutes_are_one_matter() -> None:
    assert sizes(onset(1, 0), onset(2, 60), onset(3, 120)) == [3]


def test_two_units_or_a_third_that_comes_later_stand_alone() -> None:
    assert sizes(onset(1, 0), onset(2, 60)) == [1, 1]
    assert sizes(onset(1, 0), onset(2, 60), onset(3, 121)) == [1, 1, 1]


def test_how_many_units_and_how_soon_is_as_the_numbers_say() -> None:
    two, late = replace(DEFAULT, storm_units=2), replace(DEFAULT, storm_within=6 * MINUTE)

    assert sizes(onset(1, 0), onset(2, 60), numbers=two) == [2]
    assert sizes(onset(1, 0), onset(2, 60), onset(3, 360), numbers=late) == [3]


def test_units_later_in_the_row_can_still_belong_together() -> None:
    assert sizes(onset(1, 0), onset(2, 300), onset(3, 330), onset(4, 360)) == [1, 3]


def test_the_order_of_telling_changes_nothing() -> None:
    onsets = [onset(number, 50 * number) for number in range(1, 6)]

    assert rules.together(onsets, DEFAULT) == rules.together(onsets[::-1], DEFAULT)


def test_units_of_another_room_are_a_matter_of_their_own() -> None:
    room, corridor = frozenset({"room:1"}), frozenset({"room:2"})
    here = [replace(onset(number, 10 * number), shares=room) for number in range(1, 4)]
    there = [replace(onset(number, 10 * number), shares=corridor) for number in range(4, 6)]

    assert sorted(sizes(*here, *there)) == [1, 1, 3]
    assert sizes(*here[:2], *there) == [1, 1, 1, 1]


def test_a_circuit_draws_units_of_several_rooms_together() -> None:
    fuse = [
        replace(onset(number, 10 * number), shares=frozenset({f"room:{number}", "circuit:f3"}))
        for number in range(1, 4)
    ]

    assert sizes(*fuse, replace(onset(9, 15), shares=frozenset({"room:9"}))) == [3, 1]


def test_a_code_can_be_read_back() -> None:
    code = rules.code_of(7, START)

    assert code == "INC-2026-0007"
    assert rules.number_of(code) == 7
    assert rules.number_of("inc-2026-12345 ") == 12_345
    assert rules.number_of("INC-7") is None


@pytest.mark.parametrize(
    ("zone", "out", "unknown", "expected"),
    [
        (TemperatureClass.MINUS_80, 37.0, 0.0, "37 min above \N{MINUS SIGN}60 °C."),
        (TemperatureClass.MINUS_80, 312.0, 0.0, "5 h 12 min above \N{MINUS SIGN}60 °C."),
        (TemperatureClass.MINUS_80, 0.0, 25.0, "Not known how warm it was for 25 min."),
        (TemperatureClass.MINUS_80, 0.0, 9.0, None),
        (TemperatureClass.PLUS_37, 0.0, 500.0, None),
    ],
)
def test_a_hold_is_proposed_for_what_is_known_to_be_out_or_not_known(
    zone: TemperatureClass, out: float, unknown: float, expected: str | None
) -> None:
    known = Exposure(
        above_min=NOTHING.above_min,
        out_of_alarm_min=out,
        out_of_product_min=out,
        degree_hours=0,
        highest_c=-55.0,
        lowest_c=-80.0,
        known_min=60,
        unknown_min=unknown,
    )

    assert rules.hold_reason(zone, known) == expected


def test_mkt_is_defined_for_cold_and_room_and_nothing_frozen() -> None:
    defined = {zone for zone in TemperatureClass if rules.mkt_window(zone) is not None}

    assert defined == {TemperatureClass.PLUS_4, TemperatureClass.ROOM}
    assert rules.mkt_window(None) is None


def test_closing_says_everything_that_lacks() -> None:
    faults = rules.closing_faults(Closing(cause=" ", action="", disposition=None, note="x" * 1001))

    assert set(faults) == {"cause", "action", "disposition", "note"}
    whole = Closing(cause="Power", action="Moved", disposition=Disposition.RETEST)
    assert rules.closing_faults(whole) == {}


def test_what_is_to_be_done_before_closing_is_said_whole() -> None:
    gaps = rules.closing_gaps(
        open_alarms=["ULT-2", "ULT-1", "ULT-1"], unheard=[], undecided=3, ended=False
    )
    unheard = rules.closing_gaps(open_alarms=[], unheard=["ULT-3"], undecided=0, ended=False)

    assert gaps == [
        "Alarms are open at ULT-1, ULT-2: bring them into range and acknowledge them.",
        "3 proposed holds are undecided: accept or decline them.",
    ]
    (said,) = unheard
    assert said.startswith("Nothing was heard from ULT-3 since: connect a sensor")
    assert rules.closing_gaps(open_alarms=[], unheard=[], undecided=0, ended=True) == []
    (wait,) = rules.closing_gaps(open_alarms=[], unheard=[], undecided=0, ended=False)
    assert wait.endswith("wait a minute.")
