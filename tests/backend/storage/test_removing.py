"""A place goes where never anything stood; with a history it is closed; in use it stays."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.ids import HoldKind
from backend.samples.models import Project, SampleHold
from backend.storage import box_queries, queries, service
from backend.storage.errors import (
    LabelTaken,
    NodeMisplaced,
    NodeNotFound,
    PlaceInUse,
    PlacementRefused,
    RackFull,
)
from backend.storage.ids import NodeId, NodeKind, PickPurpose
from backend.storage.models import BlockedPosition, OccupancySnapshot, StorageNode
from backend.storage.picking import PickWish
from backend.storage.rules import BoxShape
from tests.backend.storage.racing_support import at_once, make_tubes, placing
from tests.factories.sequencing import make_person
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand
from tests.factories.telemetry import make_sensor


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
    )


def used_once(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    """Let a tube have stood in the first box, and be used up since."""
    tube = make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    service.take_out(session, technician, sample_id=tube, reason="used up")


def nodes(session: WriteSession) -> int:
    return session.scalars(select(func.count()).select_from(StorageNode)).one()


def test_what_never_held_anything_is_gone_with_all_in_it(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-60", boxes=2)
    make_loose(session, freezer.unit_id)
    session.add(BlockedPosition(box_id=freezer.box_id, row=1, column=1, reason="bent clip"))
    service.rename_place(session, administrator, node_id=freezer.unit_id, label="ULT-61")
    service.snapshot_occupancy(session, administrator, on=clock.utc_now().date())

    done = service.remove_place(
        session, administrator, node_id=freezer.unit_id, reason="set up by mistake"
    )

    assert (done.was_closed, done.places) == (False, 6)
    assert done.sentence == "ULT-61 is removed with the 5 places in it. Nothing ever stood in it."
    assert nodes(session) == 0
    assert session.scalars(select(func.count()).select_from(OccupancySnapshot)).one() == 0
    assert queries.occupancy_by_unit(session, administrator) == []
    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.node_removed")
    ).one()
    audit = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.node_removed")
    ).one()
    assert (event.payload["path"], event.payload["places"]) == ("ULT-61", 6)
    assert (audit.reason, audit.entity_id) == ("set up by mistake", freezer.unit_id)


def test_what_has_a_history_is_closed_kept_and_hidden(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-62", boxes=2)
    used_once(session, technician, project, freezer)

    done = service.remove_place(session, administrator, node_id=freezer.rack_id)

    assert done.was_closed
    assert "has a history, so it is kept with the 2 places in it, but closed" in done.sentence
    assert box_queries.boxes_in(session, technician, freezer.rack_id) == []
    (unit,) = queries.tree(session, technician)
    assert (unit.capacity, [rack for shelf in unit.children for rack in shelf.children]) == (0, [])
    (counted,) = queries.occupancy_by_unit(session, technician)
    assert (counted.used, counted.capacity) == (0, 0)
    assert session.execute(box_queries.boxes_with_shelves()).all() == []
    found = queries.find_node(session, technician, "ULT-62/1/A/B-1")
    assert found is not None
    assert found.closed_at is not None


def test_nothing_is_put_into_a_closed_place(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-63", boxes=2)
    used_once(session, technician, project, freezer)
    service.remove_place(session, administrator, node_id=freezer.rack_id)
    tube = make_tube(session, project)

    with pytest.raises(PlacementRefused, match=r"ULT-63/1/A/B-1 is closed\. Open it again"):
        service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    with pytest.raises(NodeMisplaced, match="ULT-63/1/A is closed"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-9",
            parent_id=freezer.rack_id,
            shape=BoxShape(9, 9),
        )
    with pytest.raises(LabelTaken, match="ULT-63/1/A is there and closed"):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.RACK,
            label="A",
            parent_id=NodeId(session.get_one(StorageNode, freezer.rack_id).parent_id or new_id()),
        )
    with pytest.raises(IntegrityError, match="closed_is_empty"), session.begin_nested():
        stand(session, tube, freezer.box_id, 1, 1)


def test_a_step_is_not_taken_back_into_a_closed_place(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-69")
    tube = make_tube(session, project)
    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    out = service.take_out(session, technician, sample_id=tube, reason="used up")
    service.remove_place(session, administrator, node_id=freezer.box_id)

    with pytest.raises(PlacementRefused, match="ULT-69/1/A/B-1 is closed"):
        service.undo_placement(session, technician, placement_id=out.id)


def test_a_closed_place_opens_again_with_what_was_closed_together(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-64", boxes=2)
    used_once(session, technician, project, freezer)
    service.remove_place(session, administrator, node_id=freezer.box_id)
    closed_before = session.get_one(StorageNode, freezer.box_id).closed_at
    session.execute(
        text("update storage_node set closed_at = closed_at - interval '1 day' where id = :key"),
        {"key": freezer.box_id},
    )
    session.expire_all()
    service.remove_place(session, administrator, node_id=freezer.rack_id)

    with pytest.raises(PlaceInUse, match="ULT-64/1/A around it is closed"):
        service.reopen_place(session, administrator, node_id=freezer.box_id)
    path = service.reopen_place(session, administrator, node_id=freezer.rack_id)

    assert (path, closed_before is None) == ("ULT-64/1/A", False)
    boxes = box_queries.boxes_in(session, technician, freezer.rack_id)
    assert [box.label for box in boxes] == ["B-2"]
    with pytest.raises(PlaceInUse, match="is open"):
        service.reopen_place(session, administrator, node_id=freezer.rack_id)
    events = session.scalars(
        select(OutboxEvent.type).where(OutboxEvent.type == "storage.node_reopened")
    ).all()
    assert len(events) == 1


def test_a_box_opens_again_only_where_a_slot_is_free(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-65", boxes=2)
    used_once(session, technician, project, freezer)
    service.remove_place(session, administrator, node_id=freezer.box_id)
    service.set_box_slots(session, administrator, rack_id=freezer.rack_id, box_slots=1)

    with pytest.raises(RackFull, match="takes 1 boxes"):
        service.reopen_place(session, administrator, node_id=freezer.box_id)


def test_every_reason_to_stay_is_named_at_once(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-66", reserved_for_project_id=project.id)
    tubes = [make_tube(session, project) for _ in range(3)]
    for column, tube in enumerate(tubes, start=1):
        stand(session, tube, freezer.box_id, 1, column)
    service.take_in_hand(session, technician, sample_ids=[tubes[2]])
    session.add(
        SampleHold(sample_id=tubes[0], kind=HoldKind.QUARANTINE, reason="look", set_by=None)
    )
    session.add(
        BlockedPosition(
            box_id=freezer.box_id,
            row=2,
            column=1,
            reason="kept",
            reserved_until=clock.utc_now() + timedelta(days=3),
        )
    )
    sensor = make_sensor(session, unit_label="ULT-66")
    sensor.unit_id = freezer.unit_id
    session.flush()
    service.make_list(
        session,
        technician,
        title="Fetch",
        purpose=PickPurpose.TAKE_OUT,
        lines=[PickWish(sample_id=tubes[1])],
    )

    with pytest.raises(PlaceInUse) as refused:
        service.remove_place(session, administrator, node_id=freezer.unit_id)

    for sentence in (
        "ULT-66 stays.",
        "2 samples stand in it, 1 of them on hold. Move them first.",
        "1 tube of it is in somebody's hand.",
        "1 open pick list names it.",
        "1 position is reserved in it.",
        f"It is reserved for {project.code}.",
        f"Sensor {sensor.code} measures it.",
    ):
        assert sentence in str(refused.value)
    assert session.get_one(StorageNode, freezer.unit_id).closed_at is None


def test_waiting_plans_keep_a_place(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer, other = make_freezer(session), make_freezer(session, label="ULT-68")
    tube = make_tube(session, project)
    stand(session, tube, other.box_id, 1, 1)
    service.request_consolidation(session, technician, unit_id=other.unit_id)
    tube_2 = make_tube(session, project)
    stand(session, tube_2, freezer.box_id, 1, 1)

    with pytest.raises(PlaceInUse, match="1 plan of consolidation or evacuation moves tubes"):
        service.remove_place(session, administrator, node_id=other.unit_id)


def test_who_may_not_and_what_is_not_there(
    session: WriteSession, administrator: Principal, technician: Principal
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(PermissionDenied):
        service.remove_place(session, technician, node_id=freezer.unit_id)
    with pytest.raises(PermissionDenied):
        service.reopen_place(session, technician, node_id=freezer.unit_id)
    with pytest.raises(NodeNotFound):
        service.remove_place(session, administrator, node_id=NodeId(new_id()))


def test_removing_and_placing_at_once_never_lose_a_tube(committed_database: Engine) -> None:
    del committed_database
    with writing() as session:
        person = make_person(
            session,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.SAMPLES_TRANSITION,
            Permission.STORAGE_VIEW,
            Permission.STORAGE_PLACE,
            Permission.STORAGE_CONFIGURE,
        )
        freezers = [make_freezer(session) for _ in range(4)]
    tubes = make_tubes(4)

    def remove(node_id: NodeId) -> None:
        with writing() as session:
            service.remove_place(session, person, node_id=node_id)

    acts = [
        lambda f=f, t=t: placing(person, t, f.box_id) for f, t in zip(freezers, tubes, strict=True)
    ]
    acts += [lambda f=f: remove(f.unit_id) for f in freezers]
    refused = at_once(acts)

    with reading() as session:
        standing = queries.locations_of(session, person, tubes)
        left = set(session.scalars(select(StorageNode.id).where(StorageNode.kind == NodeKind.UNIT)))
    for freezer, tube, placed, removed in zip(
        freezers, tubes, refused[:4], refused[4:], strict=True
    ):
        # One of the two comes first, and the other is refused with a sentence.
        assert (placed is None) == (tube in standing) == (freezer.unit_id in left)
        assert (removed is PlaceInUse) == (placed is None)
