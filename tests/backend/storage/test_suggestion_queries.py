"""Suggested places read from the tables: for tubes that wait, that stand, that may not move."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.custody_models import CustodyBlock
from backend.samples.errors import SampleNotFound
from backend.samples.ids import Lifecycle, TemperatureClass
from backend.samples.models import Project
from backend.storage import plan_problem, service, suggestion_queries
from backend.storage.errors import PlacementRefused
from backend.storage.planning.plan import consider
from backend.storage.rules import Position
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import make_freezer, make_tube, stand


@pytest.fixture
def keeper(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


def test_the_best_places_come_with_position_and_reasons(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=3, label="ULT-61")
    other = make_project(session, technician)
    stand(session, make_tube(session, other), freezer.box_ids[1], 1, 1)
    stand(session, make_tube(session, project), freezer.box_ids[2], 1, 1)
    tube = make_tube(session, project)

    found = suggestion_queries.suggest_places(session, technician, tube)

    # Deeper in the rack costs 4 s each; the box of the project is the best all the same.
    assert [(each.path, each.position.label, each.handling_s) for each in found.places] == [
        ("ULT-61/1/A/B-3", "A2", 83.0),
        ("ULT-61/1/A/B-2", "A2", 85.0),
        ("ULT-61/1/A/B-1", "A1", 95.0),
    ]
    assert found.places[0].reasons == ("same project box",)
    assert (found.boxes_allowed, found.positions_allowed, found.filters) == (3, 241, ())


def test_places_are_first_free_ones_that_are_not_blocked(
    session: WriteSession, technician: Principal, project: Project, keeper: Principal
) -> None:
    box = make_freezer(session).box_id
    service.block_position(
        session, keeper, box_id=box, position=Position(1, 1), reason="Broken clip"
    )

    found = suggestion_queries.suggest_places(session, technician, make_tube(session, project))

    assert [each.position.label for each in found.places] == ["A2"]
    assert (found.places[0].capacity, found.positions_allowed) == (80, 80)


def test_a_tube_that_stands_is_not_offered_its_own_box_nor_drawn_by_itself(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, label="ULT-62")
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)

    (only,) = suggestion_queries.suggest_places(session, technician, tube).places

    assert only.path == "ULT-62/1/A/B-2"
    assert only.reasons == ("opens an empty box",)


def test_every_rule_that_took_boxes_away_is_counted_with_their_free_positions(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    warm = make_freezer(session, zone=TemperatureClass.MINUS_20)
    stand(
        session,
        make_tube(session, project, temperature_class=TemperatureClass.MINUS_20),
        warm.box_id,
        1,
        1,
    )
    make_freezer(session, rows=2, columns=2, biosafety_level=1)
    tube = make_tube(session, project, biosafety_level=2)

    found = suggestion_queries.suggest_places(session, technician, tube)

    assert found.places == ()
    assert [(each.rule, each.boxes, each.positions) for each in found.filters] == [
        ("temperature", 1, 80),
        ("biosafety", 1, 4),
    ]


def test_contained_material_keeps_to_racks_of_its_own(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    mixed = make_freezer(session, boxes=2, biosafety_level=3)
    stand(session, make_tube(session, project, biosafety_level=3), mixed.box_id, 1, 1)
    clean = make_freezer(session, biosafety_level=3, label="ULT-63")

    found = suggestion_queries.suggest_places(session, technician, make_tube(session, project))

    assert [each.path for each in found.places] == ["ULT-63/1/A/B-1"]
    assert [(each.rule, each.boxes) for each in found.filters] == [("segregation", 2)]
    assert clean.box_id == found.places[0].box_id


def test_what_may_not_be_moved_or_seen_gets_no_place(
    session: WriteSession, technician: Principal, stranger: Principal, project: Project
) -> None:
    make_freezer(session)
    gone = make_tube(session, project, barcode="DNA-GONE", lifecycle=Lifecycle.DISPOSED)
    promised = make_tube(session, project)
    session.add(CustodyBlock(sample_id=promised, reason="It is offered to Eve."))
    session.flush()

    with pytest.raises(PlacementRefused, match="DNA-GONE is no longer there"):
        suggestion_queries.suggest_places(session, technician, gone)
    with pytest.raises(PlacementRefused, match="Eve"):
        suggestion_queries.suggest_places(session, technician, promised)
    with pytest.raises(SampleNotFound, match="not there, or not yours to see"):
        suggestion_queries.suggest_places(session, stranger, make_tube(session, project))


def test_who_may_not_place_is_offered_none(
    session: WriteSession, onlooker: Principal, project: Project
) -> None:
    with pytest.raises(PermissionDenied):
        suggestion_queries.suggest_places(session, onlooker, make_tube(session, project))


def test_a_plan_counts_free_positions_of_other_temperatures_as_they_are(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    warm = make_freezer(session, zone=TemperatureClass.MINUS_20)
    for column in (1, 2, 3):
        tube = make_tube(session, project, temperature_class=TemperatureClass.MINUS_20)
        stand(session, tube, warm.box_id, 1, column)
    make_freezer(session)
    scope = {"sample_ids": [str(make_tube(session, project))]}

    problem = plan_problem.load_problem(session, technician, scope)

    (sort,) = consider(problem)
    assert [(each.filter.value, each.boxes, each.positions) for each in sort.refusals] == [
        ("temperature", 1, 78)
    ]
