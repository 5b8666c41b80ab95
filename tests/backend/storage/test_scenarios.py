"""What if a unit is lost, or a project arrives: worked numbers, and the same from the tables."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.core import clock
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project
from backend.storage import scenario_queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.planning import drill, scenarios
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.planning.problem import Weights
from backend.storage.planning.scenarios import UnitRoom
from backend.telemetry.models import Reading
from tests.factories.storage import make_freezer, make_loose, make_tube, stand
from tests.factories.telemetry import make_sensor, open_alarm

COLD, COOL = TemperatureClass.MINUS_80, TemperatureClass.PLUS_4


def room(label: str, used: int, capacity: int, **facts: Any) -> UnitRoom:
    values: dict[str, Any] = {"temperature_class": COLD, "status": UnitStatus.ACTIVE}
    return UnitRoom(
        unit_id=NodeId(new_id()), label=label, used=used, capacity=capacity, **(values | facts)
    )


def laboratory() -> list[UnitRoom]:
    """−80 °C: 700 of 1,000, 600 of 1,000, a backup of 500, and two that take nothing now."""
    return [
        room("ULT-01", 700, 1000),
        room("ULT-02", 600, 1000),
        room("ULT-03", 0, 500, status=UnitStatus.BACKUP),
        room("ULT-04", 100, 1000, is_in_alarm=True),
        room("ULT-05", 0, 1000, status=UnitStatus.DEFROSTING),
        room("FRG-01", 90, 100, temperature_class=COOL),
    ]


def test_a_lost_units_samples_go_where_samples_may_go_now() -> None:
    units = laboratory()

    lost = scenarios.lose_unit(units, units[0].unit_id)

    assert lost is not None
    assert [(each.label, each.free) for each in lost.takers] == [("ULT-03", 500), ("ULT-02", 400)]
    assert (lost.free_elsewhere, lost.short) == (900, 0)
    assert (lost.before.used, lost.before.capacity, lost.before.free) == (1400, 4500, 1200)
    assert (lost.after.used, lost.after.capacity, lost.after.free) == (1400, 3500, 200)


def test_samples_without_a_place_are_counted() -> None:
    units = [room("ULT-01", 700, 1000), room("ULT-02", 600, 1000)]

    lost = scenarios.lose_unit(units, units[0].unit_id)

    assert lost is not None
    assert (lost.free_elsewhere, lost.short) == (400, 300)
    assert (lost.after.used, lost.after.free) == (1000, 0)


def test_loose_samples_need_a_place_as_well() -> None:
    units = [
        room("ULT-01", 10, 1000, loose=700),
        room("ULT-02", 600, 1000),
        room("ULT-03", 0, 100, status=UnitStatus.DEFROSTING),
    ]

    lost = scenarios.lose_unit(units, units[0].unit_id)
    (spare,) = scenarios.spares(units)

    assert lost is not None
    assert (lost.unit.samples, lost.short, lost.after.used) == (710, 310, 1000)
    assert (spare.unit.label, spare.short) == ("ULT-01", 310)


def test_an_unknown_unit_is_not_lost() -> None:
    assert scenarios.lose_unit(laboratory(), NodeId(new_id())) is None


def test_each_class_says_whether_its_fullest_unit_can_be_done_without() -> None:
    found = scenarios.spares(laboratory())

    assert [(each.unit.label, each.free_elsewhere, each.short) for each in found] == [
        ("ULT-01", 900, 0),
        ("FRG-01", 0, 90),
    ]


@pytest.mark.parametrize(
    ("boxes", "needed", "short", "left"),
    [(10, 810, 0, 390), (15, 1215, 15, 0)],
)
def test_an_arriving_project_is_counted_in_positions(
    boxes: int, needed: int, short: int, left: int
) -> None:
    arrival = scenarios.arrive(laboratory(), COLD, boxes=boxes, rows=9, columns=9)

    assert (arrival.needed, arrival.fits) == (needed, short == 0)
    assert (arrival.short, arrival.free_after) == (short, left)


@pytest.mark.parametrize(
    ("free_after", "day"), [(0, 0), (50, 5), (100, 10), (150, 20), (200, 30), (201, None)]
)
def test_the_usual_growth_fills_what_is_left_between_two_days(
    free_after: int, day: int | None
) -> None:
    until = scenarios.fits_until(free_after, days=(10, 30), levels=(1100, 1200), used_now=1000)

    assert until == day


def test_scenarios_are_asked_of_what_stands_today(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    full = make_freezer(session, rows=2, columns=2)
    make_freezer(session, rows=1, columns=2)
    make_freezer(session, status=UnitStatus.RETIRED)
    alarmed = make_freezer(session)
    sensor = make_sensor(session, unit_label=alarmed.label)
    sensor.unit_id = alarmed.unit_id
    open_alarm(session, sensor, clock.utc_now())
    session.add(Reading(sensor_id=sensor.id, at=clock.utc_now(), value=-60.0))
    for column in (1, 2):
        stand(session, make_tube(session, project), full.box_id, 1, column)
    stand(session, make_tube(session, project), full.box_id, 2, 1)

    lost = scenario_queries.lose_unit(session, technician, full.unit_id)
    (spare,) = scenario_queries.spares(session, technician)
    arrival = scenario_queries.arrive(session, technician, zone=COLD, boxes=1, rows=2, columns=2)

    assert (lost.unit.used, lost.free_elsewhere, lost.short) == (3, 2, 1)
    assert (spare.unit.label, spare.short) == (full.label, 1)
    assert (arrival.before.free, arrival.short) == (3, 1)
    assert not session.new
    assert not session.dirty


def test_a_bag_is_counted_when_its_unit_is_lost_and_in_the_drill(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    unit = make_freezer(session, rows=2, columns=2)
    make_freezer(session, rows=1, columns=2)
    bag = make_loose(session, unit.unit_id)
    stand(session, make_tube(session, project), unit.box_id, 1, 1)
    for number in (1, 2):
        stand(session, make_tube(session, project), bag, 0, number)

    lost = scenario_queries.lose_unit(session, technician, unit.unit_id)
    asked, labels = scenario_queries.plan_drill(session, technician, unit.unit_id)
    rehearsed = drill.rehearse(asked, plan_evacuation(asked), labels, Weights())

    assert (lost.unit.used, lost.unit.samples, lost.short) == (1, 3, 1)
    assert (rehearsed.tubes, rehearsed.without_place) == (3, 1)


def test_a_project_of_no_boxes_or_an_unknown_unit_is_refused(
    session: WriteSession, technician: Principal, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        scenario_queries.arrive(session, technician, zone=COLD, boxes=0, rows=9, columns=99)
    with pytest.raises(NodeNotFound):
        scenario_queries.lose_unit(session, technician, NodeId(new_id()))
    with pytest.raises(PermissionDenied):
        scenario_queries.spares(session, principal_of())

    assert set(refused.value.fields) == {"boxes", "columns"}
