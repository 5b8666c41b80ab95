"""Which alarms are one matter: units of a room or a power circuit, and nobody beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.telemetry.common_rules import DEFAULT, Numbers
from backend.telemetry.ids import AlarmKind
from backend.telemetry.storm_rules import Storm, Told, storms_of
from tests.support.watched_sensor import Curve, terms_of, watched

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
COLD_ROOM, CORRIDOR = "room:cold", "room:corridor"
FUSE = "circuit:f3"


def told(unit: int, seconds: float = 0, *shares: str) -> Told:
    return Told(
        alarm_id=new_id(),
        unit_id=UUID(int=unit),
        at=START + timedelta(seconds=seconds),
        shares=frozenset(shares or {COLD_ROOM}),
    )


def played(alarms: Sequence[Told], numbers: Numbers = DEFAULT) -> dict[int, UUID | None]:
    """Tell alarms one after the other, as checks do; return the storm of each unit."""
    return {each.unit_id.int: each.storm_id for each in known_after(alarms, numbers)}


def known_after(alarms: Sequence[Told], numbers: Numbers = DEFAULT) -> list[Told]:
    known: list[Told] = []
    for alarm in sorted(alarms, key=lambda each: each.at):
        joined: dict[UUID, UUID] = {}
        for storm in storms_of(known, [alarm], numbers):
            joined |= dict.fromkeys(storm.alarms, storm.storm_id)
        known = [
            Told(
                alarm_id=each.alarm_id,
                unit_id=each.unit_id,
                at=each.at,
                shares=each.shares,
                storm_id=joined.get(each.alarm_id, each.storm_id),
            )
            for each in [*known, alarm]
        ]
    return known


def test_three_units_of_a_room_are_one_and_a_unit_of_another_room_does_not_join() -> None:
    found = played([told(1), told(9, 20, CORRIDOR), told(2, 40), told(3, 60), told(4, 90)])

    assert found[9] is None
    assert found[1] is not None
    assert {found[unit] for unit in (1, 2, 3, 4)} == {found[1]}


def test_three_units_of_three_rooms_are_three_matters() -> None:
    assert set(played([told(unit, 10, f"room:{unit}") for unit in range(3)]).values()) == {None}


def test_units_of_other_rooms_on_one_circuit_are_one() -> None:
    found = played(
        [told(1, 0, COLD_ROOM, FUSE), told(2, 30, CORRIDOR, FUSE), told(3, 60, "room:lab", FUSE)]
    )

    assert len(set(found.values())) == 1
    assert None not in found.values()


def test_a_unit_that_shares_only_what_the_storm_is_not_about_stays_alone() -> None:
    in_room = [told(1, 0), told(2, 10), told(3, 20, COLD_ROOM, FUSE)]

    found = played([*in_room, told(9, 30, CORRIDOR, FUSE)])

    assert found[9] is None
    assert found[1] == found[3]


def test_two_rooms_that_fail_at_once_are_two_storms() -> None:
    found = played([told(unit, unit, COLD_ROOM if unit % 2 else CORRIDOR) for unit in range(1, 9)])

    assert len({found[unit] for unit in (1, 3, 5, 7)}) == 1
    assert len({found[unit] for unit in (2, 4, 6, 8)}) == 1
    assert found[1] != found[2]


def test_a_storm_begins_in_the_place_of_a_new_alarm_and_gathers_those_before() -> None:
    before, new = [told(1), told(2, 60)], told(3, 120)

    assert storms_of(before, [new], DEFAULT) == [
        Storm(
            storm_id=new.alarm_id,
            begins=True,
            alarms=frozenset({new.alarm_id, *(each.alarm_id for each in before)}),
        )
    ]
    assert storms_of(before, [told(3, 121)], DEFAULT) == []


def test_what_is_a_storm_is_as_the_numbers_say() -> None:
    alarms = [told(1), told(2, 100), told(3, 290), told(4, 300)]

    def storm(**changed: int | timedelta) -> set[int]:
        storms = played(alarms, replace(DEFAULT, **changed))
        return {unit for unit, of in storms.items() if of is not None}

    assert storm() == set()
    assert storm(storm_units=2) == {1, 2, 3, 4}
    assert storm(storm_within=timedelta(minutes=5)) == {1, 2, 3, 4}
    assert storm(storm_within=timedelta(minutes=5), storm_units=5) == set()


rooms = st.sampled_from([COLD_ROOM, CORRIDOR, "room:lab"])
alarmed = st.lists(
    st.tuples(st.integers(1, 12), rooms, st.integers(0, 600)), min_size=1, max_size=14
)


@given(alarmed)
def test_a_storm_is_of_one_room_and_of_enough_units(found: list[tuple[int, str, int]]) -> None:
    room_of: dict[int, str] = {}
    alarms = []
    for unit, room, seconds in found:
        alarms.append(told(unit, seconds, room_of.setdefault(unit, room)))

    known = known_after(alarms)

    for storm in {each.storm_id for each in known if each.storm_id is not None}:
        units = {each.unit_id.int for each in known if each.storm_id == storm}
        assert len({room_of[unit] for unit in units}) == 1
        assert len(units) >= DEFAULT.storm_units


def warming(from_minute: int, rate: float) -> Curve:
    return lambda minute: -80 + max(0, minute - from_minute) * rate


@pytest.mark.parametrize(
    ("rooms", "together"),
    [
        ({1: COLD_ROOM, 2: COLD_ROOM, 3: COLD_ROOM, 4: CORRIDOR}, {1, 2, 3}),
        ({1: COLD_ROOM, 2: COLD_ROOM, 3: CORRIDOR, 4: CORRIDOR}, set()),
    ],
    ids=["one room fails", "two units in each of two rooms"],
)
def test_power_that_fails_is_a_storm_of_the_units_of_its_room(
    rooms: Mapping[int, str], together: set[int]
) -> None:
    terms = terms_of(-80)
    alarms = []
    for unit, room in rooms.items():
        begun = watched(terms, warming(60, 1 / 6 + unit / 10_000), 200).begun
        [minute] = [at for at, kind, severity in begun if kind is AlarmKind.HIGH][:1]
        alarms.append(told(unit, minute * 60, room))

    assert max(each.at for each in alarms) - min(each.at for each in alarms) <= DEFAULT.storm_within
    storms = played(alarms)
    assert {unit for unit, storm in storms.items() if storm is not None} == together
