"""Placing, moving and taking out: one position, one sample, and every rule named."""

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.errors import SampleNotFound
from backend.samples.ids import Custody, Lifecycle, MaterialType, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import box_queries, queries, service
from backend.storage.errors import (
    AlreadyPlaced,
    BoxFull,
    NodeNotFound,
    NotABox,
    NotPlaced,
    PlacementRefused,
    PositionOutside,
    PositionTaken,
)
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import BlockedPosition, Placement, StorageNode
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.factories.telemetry import make_sensor, open_alarm


def custody_of(session: WriteSession, sample_id: object) -> Custody:
    return session.scalars(select(Sample.custody).where(Sample.id == sample_id)).one()


def test_a_sample_goes_into_the_first_free_position(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    tube = make_tube(session, project)

    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    assert (placed.path, placed.position) == (f"{freezer.label}/1/A/B-1", "A2")
    assert custody_of(session, tube) is Custody.IN_STORAGE
    assert box_queries.get_box(session, technician, freezer.box_id).used == 2


def test_placing_is_recorded_with_who_and_where(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)

    service.place_sample(
        session, technician, sample_id=tube, box_id=freezer.box_id, row=4, column=7
    )

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.sample_placed")
    ).one()
    assert (event.aggregate_id, event.payload["position"]) == (tube, "D7")
    audit = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.sample_placed")
    ).one()
    assert (audit.actor_name, audit.entity_id) == ("Ada", tube)


def test_a_blocked_position_is_passed_over_and_cannot_be_chosen(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    session.add(BlockedPosition(box_id=freezer.box_id, row=1, column=1, reason="bent clip"))
    session.flush()
    first, second = make_tube(session, project), make_tube(session, project)

    placed = service.place_sample(session, technician, sample_id=first, box_id=freezer.box_id)

    assert placed.position == "A2"
    with pytest.raises(PositionTaken, match=r"A1 of .* is taken or blocked"):
        service.place_sample(
            session, technician, sample_id=second, box_id=freezer.box_id, row=1, column=1
        )


@pytest.mark.parametrize(
    ("needs", "offer", "sentence"),
    [
        ({"temperature_class": TemperatureClass.MINUS_20}, {}, "must be kept at −20 °C; .* −80 °C"),
        ({}, {"status": UnitStatus.DEFROSTING}, "takes no samples at the moment"),
        ({"biosafety_level": 3}, {}, "of level 3; .* cleared for biosafety level 2"),
        (
            {"material_type": MaterialType.RNA},
            {"allowed_material_types": ["gdna"]},
            "takes only gdna",
        ),
        ({"lifecycle": Lifecycle.DISPOSED}, {}, "no longer there"),
    ],
)
def test_a_rule_that_keeps_a_sample_out_is_named(  # noqa: PLR0917 fixtures and a table of cases
    session: WriteSession,
    technician: Principal,
    project: Project,
    needs: dict[str, object],
    offer: dict[str, object],
    sentence: str,
) -> None:
    freezer, tube = make_freezer(session, **offer), make_tube(session, project, **needs)

    with pytest.raises(PlacementRefused, match=sentence):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    assert session.scalars(select(func.count()).select_from(Placement)).one() == 0


def test_all_rules_that_keep_a_sample_out_are_named_at_once(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, status=UnitStatus.RETIRED)
    tube = make_tube(session, project, temperature_class=TemperatureClass.PLUS_4, biosafety_level=4)

    with pytest.raises(PlacementRefused) as refused:
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    assert refused.value.message.count(".") >= 3


def test_a_unit_in_alarm_takes_no_sample(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    sensor = make_sensor(session, unit_label=freezer.label)
    sensor.unit_id = freezer.unit_id
    open_alarm(session, sensor, clock.utc_now())

    with pytest.raises(PlacementRefused, match="is in alarm"):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)


def test_a_reserved_box_takes_its_project_only(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    other = make_project(session, technician)
    freezer = make_freezer(session)
    box = session.get_one(StorageNode, freezer.box_id)
    box.reserved_for_project_id = project.id
    session.flush()
    ours, theirs = make_tube(session, project), make_tube(session, other)

    service.place_sample(session, technician, sample_id=ours, box_id=freezer.box_id)

    with pytest.raises(PlacementRefused, match=f"reserved for project {project.code}"):
        service.place_sample(session, technician, sample_id=theirs, box_id=freezer.box_id)


def test_contained_material_does_not_share_a_rack(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, biosafety_level=3)
    stand(session, make_tube(session, project), freezer.box_ids[0], 1, 1)
    tube = make_tube(session, project, biosafety_level=3)

    with pytest.raises(PlacementRefused, match="in racks of its own"):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_ids[1])


def test_a_full_box_says_so(session: WriteSession, technician: Principal, project: Project) -> None:
    freezer = make_freezer(session, rows=1, columns=1)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    with pytest.raises(
        BoxFull, match=r"has no free position\. Choose another box or ask for a plan"
    ):
        service.place_sample(
            session, technician, sample_id=make_tube(session, project), box_id=freezer.box_id
        )


def test_a_position_outside_the_box_is_refused(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)

    with pytest.raises(PositionOutside, match="9 rows and 9 columns; J1 is outside"):
        service.place_sample(
            session, technician, sample_id=tube, box_id=freezer.box_id, row=10, column=1
        )


def test_a_placed_sample_is_moved_not_placed_again(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    with pytest.raises(AlreadyPlaced, match=r"B-1/A1\. Move it instead"):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)


def test_samples_move_together_in_order_from_a_position_on(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    tubes = [make_tube(session, project) for _ in range(3)]
    for column, tube in enumerate(tubes, start=1):
        stand(session, tube, freezer.box_ids[0], 1, column)
    stand(session, make_tube(session, project), freezer.box_ids[1], 2, 2)

    moved = service.move_samples(
        session, technician, sample_ids=tubes, box_id=freezer.box_ids[1], row=2, column=1
    )

    assert [view.position for view in moved] == ["B1", "B3", "B4"]
    assert box_queries.get_box(session, technician, freezer.box_ids[0]).used == 0
    history = queries.custody_history(session, technician, tubes[0])
    assert [(stay.position, stay.removal_reason) for stay in history] == [
        ("B1", None),
        ("A1", "moved"),
    ]


def test_moving_what_stands_nowhere_is_refused_and_moves_nothing(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    standing, loose = make_tube(session, project), make_tube(session, project)
    stand(session, standing, freezer.box_id, 1, 1)

    with pytest.raises(NotPlaced, match="stands nowhere yet"):
        service.move_samples(
            session, technician, sample_ids=[standing, loose], box_id=freezer.box_id
        )

    assert queries.locations_of(session, technician, [standing])[standing].position == "A1"


def test_a_sample_taken_out_leaves_its_position_and_its_history(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)

    service.take_out(session, technician, sample_id=tube, reason="Extraction")

    assert custody_of(session, tube) is Custody.CHECKED_OUT
    assert queries.locations_of(session, technician, [tube]) == {}
    assert queries.custody_history(session, technician, tube)[0].removal_reason == "Extraction"
    with pytest.raises(NotPlaced):
        service.take_out(session, technician, sample_id=tube, reason="again")


def test_nobody_places_without_the_right_or_what_they_do_not_see(
    session: WriteSession, onlooker: Principal, stranger: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)

    with pytest.raises(PermissionDenied):
        service.place_sample(session, onlooker, sample_id=tube, box_id=freezer.box_id)
    with pytest.raises(PermissionDenied):
        service.move_samples(session, onlooker, sample_ids=[tube], box_id=freezer.box_id)
    with pytest.raises(PermissionDenied):
        service.take_out(session, onlooker, sample_id=tube, reason="")
    with pytest.raises(SampleNotFound):
        service.place_sample(session, stranger, sample_id=tube, box_id=freezer.box_id)


def test_samples_stand_in_boxes_that_exist(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)

    with pytest.raises(NotABox, match="is not a box"):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.rack_id)
    with pytest.raises(NodeNotFound):
        service.place_sample(session, technician, sample_id=tube, box_id=NodeId(tube))


def test_a_unit_that_passes_95_percent_is_reported_once(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, rows=4, columns=5)
    for number in range(18):
        position = divmod(number, 5)
        stand(
            session, make_tube(session, project), freezer.box_id, position[0] + 1, position[1] + 1
        )

    for _ in range(2):
        service.place_sample(
            session, technician, sample_id=make_tube(session, project), box_id=freezer.box_id
        )

    full = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.unit_nearly_full")
    ).one()
    assert (full.payload["used"], full.payload["capacity"]) == (19, 20)
