"""What stood in a unit then: placement history, not what stands there now."""

from datetime import datetime

import pytest
from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.incidents import item_queries, queries
from backend.incidents.errors import IncidentNotFound
from backend.incidents.ids import HoldState, ItemOrder
from backend.incidents.models import IncidentExposure, IncidentItem
from backend.samples.ids import Lifecycle, SampleId, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import service as storage_service
from backend.storage.ids import NodeId, PlacementSource
from backend.storage.models import Placement, StorageNode
from tests.factories.incidents import (
    WatchedFreezer,
    code_of,
    cool_down,
    follow,
    minutes,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube
from tests.support.clock import FrozenClock

Stay = tuple[datetime, datetime | None]


def stood(  # noqa: PLR0917 a stay in one line
    session: WriteSession,
    sample_id: SampleId,
    box_id: NodeId,
    column: int,
    since: datetime,
    until: datetime | None = None,
) -> None:
    """Write down a stay of the past."""
    session.add(
        Placement(
            sample_id=sample_id,
            box_id=box_id,
            row=1,
            column=column,
            source=PlacementSource.MANUAL,
            placed_at=since,
            placed_by=None,
            placed_by_name="Test",
            removed_at=until,
            removed_by_name="Test" if until is not None else None,
        )
    )
    session.flush()


def stays(session: WriteSession) -> dict[SampleId, Stay]:
    rows = session.execute(
        select(IncidentItem.sample_id, IncidentExposure.in_from, IncidentExposure.in_until).join(
            IncidentExposure, IncidentExposure.id == IncidentItem.exposure_id
        )
    )
    return {SampleId(key): (since, until) for key, since, until in rows}


@pytest.fixture
def watched(session: WriteSession, frozen_clock: FrozenClock) -> WatchedFreezer:
    """A freezer that has been warm for half an hour up to now."""
    made = watch_freezer(session, boxes=2)
    warm_up(session, made, frozen_clock())
    return made


def test_items_are_those_that_stood_there_then(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, project: Project
) -> None:
    now, box = frozen_clock(), watched.freezer.box_id
    began = now - minutes(29)
    all_along, came, left, before, after = (make_tube(session, project) for _ in range(5))
    stood(session, all_along, box, 1, now - minutes(500))
    stood(session, came, box, 2, now - minutes(10))
    stood(session, left, box, 3, now - minutes(500), now - minutes(20))
    stood(session, before, box, 4, now - minutes(500), now - minutes(40))
    stood(session, after, make_freezer(session).box_id, 5, now - minutes(500))

    follow(session)

    assert stays(session) == {
        all_along: (began, None),
        came: (now - minutes(10), None),
        left: (began, now - minutes(20)),
    }


def test_a_tube_moved_inside_the_unit_has_a_stay_for_each_place(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, project: Project
) -> None:
    now, tube = frozen_clock(), make_tube(session, project)
    stood(session, tube, watched.freezer.box_ids[0], 1, now - minutes(500), now - minutes(9))
    stood(session, tube, watched.freezer.box_ids[1], 1, now - minutes(9))

    follow(session)

    parts = session.scalars(select(IncidentExposure)).all()
    assert len(parts) == 2
    assert sum(part.out_of_product_min for part in parts) == pytest.approx(29.0)


def test_a_tube_taken_out_meanwhile_is_exposed_no_longer(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, project: Project
) -> None:
    tube = make_tube(session, project)
    stood(session, tube, watched.freezer.box_id, 1, frozen_clock() - minutes(500))
    follow(session)
    frozen_clock.advance(minutes=10)
    warm_up(session, watched, frozen_clock(), [-50.0] * 10)
    placement = session.scalars(select(Placement)).one()
    placement.removed_at, placement.removed_by_name = frozen_clock() - minutes(5), "Test"
    session.flush()

    follow(session)

    (stay,) = stays(session).values()
    assert stay[1] == frozen_clock() - minutes(5)
    assert session.scalars(select(IncidentExposure)).one().in_until == stay[1]


def test_a_box_that_is_carried_elsewhere_takes_its_tubes_out_of_the_incident(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
) -> None:
    now, tube = frozen_clock(), make_tube(session, project)
    freezer, elsewhere = watched.freezer, make_freezer(session, boxes=0)
    stood(session, tube, freezer.box_id, 1, now - minutes(500))
    before = follow(session)
    frozen_clock.advance(minutes=4)
    warm_up(session, watched, frozen_clock(), [-50.0] * 4)
    carried_at = frozen_clock()
    session.get_one(StorageNode, elsewhere.rack_id).box_slots = 1
    storage_service.move_box(session, technician, box_id=freezer.box_id, rack_id=elsewhere.rack_id)
    frozen_clock.advance(minutes=6)
    warm_up(session, watched, frozen_clock(), [-50.0] * 6)

    follow(session)

    assert before is not None
    assert stays(session) == {tube: (now - minutes(29), carried_at)}
    assert session.scalars(select(IncidentItem.box_path)).one().startswith(freezer.label)


def test_a_box_that_came_from_elsewhere_is_exposed_from_then_on(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
) -> None:
    now, tube, elsewhere = frozen_clock(), make_tube(session, project), make_freezer(session)
    stood(session, tube, elsewhere.box_id, 1, now - minutes(500))
    node = session.get_one(StorageNode, watched.freezer.rack_id)
    node.box_slots = 9
    session.get_one(StorageNode, elsewhere.box_id).label = "B-OTHER"
    session.flush()
    frozen_clock.advance(minutes=-10)
    storage_service.move_box(session, technician, box_id=elsewhere.box_id, rack_id=NodeId(node.id))
    frozen_clock.advance(minutes=10)

    follow(session)

    assert stays(session) == {tube: (now - minutes(10), None)}


def test_a_tube_that_came_after_the_end_is_taken_off_the_list(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
) -> None:
    follow(session)
    frozen_clock.advance(minutes=10)
    late = make_tube(session, project)
    stood(session, late, watched.freezer.box_id, 1, frozen_clock() - minutes(3))
    follow(session)
    listed = set(stays(session))
    cool_down(session, watched, frozen_clock(), technician)

    follow(session)

    assert listed == {late}
    assert stays(session) == {}


def test_what_is_too_warm_depends_on_what_the_sample_is_kept_at(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, project: Project
) -> None:
    now, box = frozen_clock(), watched.freezer.box_id
    strict = make_tube(session, project)
    easy = make_tube(session, project, temperature_class=TemperatureClass.MINUS_20)
    stood(session, strict, box, 1, now - minutes(500))
    stood(session, easy, box, 2, now - minutes(500))

    follow(session)

    states = {
        SampleId(key): state
        for key, state in session.execute(select(IncidentItem.sample_id, IncidentItem.hold_state))
    }
    assert states == {strict: HoldState.PROPOSED, easy: HoldState.NONE}


def test_each_sees_the_samples_of_their_projects_and_how_many_others_there_are(  # noqa: PLR0917
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
    investigator: Principal,
    onlooker: Principal,
) -> None:
    box, others = watched.freezer.box_id, make_project(session)
    stood(session, make_tube(session, project), box, 1, frozen_clock() - minutes(500))
    stood(session, make_tube(session, others), box, 2, frozen_clock() - minutes(500))
    follow(session)
    code = code_of(only_incident(session))

    pages = {
        person.name: item_queries.list_items(session, person, code)
        for person in (technician, investigator, onlooker)
    }

    assert {name: (page.total, page.others) for name, page in pages.items()} == {
        "Ada": (2, 0),
        "Ines": (1, 1),
        "Otto": (0, 2),
    }
    assert pages["Ines"].projects == [project.code]
    (row,) = queries.list_incidents(session, investigator)
    assert (row.items, row.others, row.undecided, row.peak_c) == (1, 1, 2, -55.0)
    assert [each.samples for each in item_queries.exposures(session, investigator, code)] == [1]
    assert item_queries.exposures(session, onlooker, code) == []


def test_items_come_by_exposure_or_by_place_and_by_project(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
) -> None:
    now, box, other = frozen_clock(), watched.freezer.box_id, make_project(session)
    short, long = make_tube(session, project), make_tube(session, other)
    stood(session, short, box, 1, now - minutes(5))
    stood(session, long, box, 2, now - minutes(500))
    follow(session)
    code = code_of(only_incident(session))

    worst = item_queries.list_items(session, technician, code)
    placed = item_queries.list_items(session, technician, code, order=ItemOrder.PLACE)
    one = item_queries.list_items(session, technician, code, project=other.code)
    beyond = item_queries.list_items(session, technician, code, offset=50)

    assert [item.sample_id for item in worst.items] == [long, short]
    assert [item.position for item in placed.items] == ["A1", "A2"]
    assert ([item.sample_id for item in one.items], one.total) == ([long], 1)
    assert (list(beyond.items), beyond.total) == ([], 2)
    assert worst.items[0].above_min[0] == pytest.approx(29.0)


def test_what_a_sample_suffered_before_is_said(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    project: Project,
    technician: Principal,
) -> None:
    tube = make_tube(session, project)
    stood(session, tube, watched.freezer.box_id, 1, frozen_clock() - minutes(500))
    follow(session)
    first = code_of(only_incident(session))
    frozen_clock.advance(minutes=30)
    other = watch_freezer(session)
    session.scalars(select(Placement)).one().removed_at = frozen_clock()
    session.scalars(select(Placement)).one().removed_by_name = "Test"
    session.flush()
    stood(session, tube, other.freezer.box_id, 1, frozen_clock())
    frozen_clock.advance(minutes=90)
    warm_up(session, other, frozen_clock())
    follow(session)
    second = next(
        row.code for row in queries.list_incidents(session, technician) if row.code != first
    )

    (item,) = item_queries.list_items(session, technician, second).items

    assert item.prior_out_min == pytest.approx(29.0)
    (before,) = item_queries.list_items(session, technician, first).items
    assert before.prior_out_min == 0


def test_no_hold_is_proposed_for_a_tube_that_is_gone(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, project: Project
) -> None:
    now, tube = frozen_clock(), make_tube(session, project)
    stood(session, tube, watched.freezer.box_id, 1, now - minutes(500), now - minutes(5))
    session.get_one(Sample, tube).lifecycle = Lifecycle.DISPOSED
    session.flush()

    follow(session)

    assert session.scalars(select(IncidentItem.hold_state)).one() is HoldState.NONE


def test_a_refrigerator_has_an_mkt_and_a_freezer_has_none(
    session: WriteSession,
    frozen_clock: FrozenClock,
    watched: WatchedFreezer,
    technician: Principal,
) -> None:
    fridge = watch_freezer(session, zone=TemperatureClass.PLUS_4)
    # 23.5 h at 5 °C and half an hour at 15 °C, as the domain's facts work it out.
    warm_up(session, fridge, frozen_clock(), [5.0] * 1471 + [15.0] * 30)
    follow(session)
    codes = {row.units[0]: row.code for row in queries.list_incidents(session, technician)}

    (cold,) = queries.get_incident(session, technician, codes[fridge.freezer.label]).units
    (frozen,) = queries.get_incident(session, technician, codes[watched.freezer.label]).units

    assert cold.mkt_c == pytest.approx(5.391, abs=0.01)
    assert (frozen.mkt_c, frozen.mkt_note) == (None, "MKT is not defined for this storage.")


def test_an_incident_that_is_none_is_not_found(
    session: WriteSession, technician: Principal
) -> None:
    with pytest.raises(IncidentNotFound):
        queries.get_incident(session, technician, "INC-2026-9999")
