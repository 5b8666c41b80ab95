"""Types of units and whole units made from one."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.ids import TemperatureClass
from backend.storage import box_queries, queries, service, unit_type_rules, unit_types
from backend.storage.errors import (
    LabelTaken,
    NodeMisplaced,
    UnitTypeNotFound,
    UnitTypeRefused,
)
from backend.storage.ids import LooseIn, NodeId, NodeKind, RackLabels
from backend.storage.models import StorageNode
from backend.storage.rules import BoxShape
from backend.storage.unit_type_rules import UnitGeometry
from backend.storage.unit_type_schemas import UnitTypeIn
from backend.storage.usual_unit_types import USUAL, add_usual_unit_types
from tests.backend.storage.racing_support import refused_at_once
from tests.factories.sequencing import make_person

SMALL = UnitTypeIn(
    name="Small upright",
    temperature_class=TemperatureClass.MINUS_80,
    setpoint_c=-80,
    biosafety_level=3,
    shelves=2,
    racks_per_shelf=3,
    box_slots=4,
    box_rows=9,
    box_columns=9,
)


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


@pytest.fixture
def room(session: WriteSession, administrator: Principal) -> NodeId:
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")
    return service.create_node(
        session, administrator, kind=NodeKind.ROOM, label="Cold room", parent_id=site
    )


def test_a_unit_is_made_whole_from_its_type(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)

    unit_id = service.create_unit_from_type(
        session, administrator, type_name="small UPRIGHT", label="ULT-90", parent_id=room
    )

    kinds = dict(
        session.execute(
            select(StorageNode.kind, func.count())
            .where(StorageNode.unit_id == unit_id)
            .group_by(StorageNode.kind)
        ).all()
    )
    assert kinds == {NodeKind.UNIT: 1, NodeKind.SHELF: 2, NodeKind.RACK: 6, NodeKind.BOX: 24}
    node = queries.find_node(session, administrator, "ULT-90/2/C/B-024")
    assert node is not None
    box = box_queries.get_box(session, administrator, NodeId(node.id))
    assert (box.capacity, box.temperature_class, box.biosafety_level) == (
        81,
        TemperatureClass.MINUS_80,
        3,
    )
    rack = session.get_one(StorageNode, node.parent_id)
    assert rack.box_slots == 4


def test_one_event_tells_of_the_whole_unit(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)
    unit_id = service.create_unit_from_type(
        session, administrator, type_name=SMALL.name, label="ULT-90", parent_id=room
    )

    events = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == unit_id)).all()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == unit_id)).all()

    assert [event.type for event in events] == ["storage.unit_made"]
    assert events[0].payload["positions"] == 24 * 81
    assert [entry.action for entry in entries] == ["storage.unit_made"]


def test_a_changed_type_is_a_further_version_and_units_stay(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)
    service.create_unit_from_type(
        session, administrator, type_name=SMALL.name, label="ULT-90", parent_id=room
    )
    changed = SMALL.model_copy(update={"name": "SMALL upright", "shelves": 7})

    version = service.put_unit_type(session, administrator, given=changed)

    listed = unit_types.list_unit_types(session, administrator)
    assert version == 2
    assert [(each.name, each.version, each.counts.shelves) for each in listed] == [
        ("Small upright", 2, 7)
    ]
    shelves = select(func.count()).where(StorageNode.kind == NodeKind.SHELF)
    assert session.scalars(shelves).one() == 2


def test_no_unit_is_made_from_a_closed_type(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)
    service.close_unit_type(session, administrator, name=SMALL.name, is_closed=True)

    with pytest.raises(UnitTypeNotFound, match="is closed"):
        service.create_unit_from_type(
            session, administrator, type_name=SMALL.name, label="ULT-90", parent_id=room
        )
    with pytest.raises(UnitTypeNotFound, match="Known are “Small upright”"):
        service.create_unit_from_type(
            session, administrator, type_name="Tank", label="ULT-90", parent_id=room
        )


def test_what_cannot_be_built_is_refused_by_field(
    session: WriteSession, administrator: Principal
) -> None:
    wrong = SMALL.model_copy(update={"shelves": 0, "box_slots": 999, "box_columns": 0})

    with pytest.raises(UnitTypeRefused) as refusal:
        service.put_unit_type(session, administrator, given=wrong)

    assert set(refusal.value.fields) == {"shelves", "box_slots", "box"}
    assert unit_types.list_unit_types(session, administrator) == []


def test_a_type_of_too_many_places_is_refused(
    session: WriteSession, administrator: Principal
) -> None:
    huge = SMALL.model_copy(update={"shelves": 30, "racks_per_shelf": 60})

    with pytest.raises(UnitTypeRefused, match="9,030 places; 5,000 is the most"):
        service.put_unit_type(session, administrator, given=huge)


def test_a_label_is_given_once_and_has_no_slash(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)
    service.create_unit_from_type(
        session, administrator, type_name=SMALL.name, label=" ULT-90 ", parent_id=room
    )

    with pytest.raises(LabelTaken, match="a place ULT-90 already"):
        service.create_unit_from_type(
            session, administrator, type_name=SMALL.name, label="ULT-90", parent_id=room
        )
    with pytest.raises(NodeMisplaced, match="no slash"):
        service.create_unit_from_type(
            session, administrator, type_name=SMALL.name, label="ULT/90", parent_id=room
        )


def test_types_and_units_are_made_by_those_who_set_up_storage(
    session: WriteSession, technician: Principal, administrator: Principal, room: NodeId
) -> None:
    service.put_unit_type(session, administrator, given=SMALL)

    with pytest.raises(PermissionDenied):
        service.put_unit_type(session, technician, given=SMALL)
    with pytest.raises(PermissionDenied):
        service.close_unit_type(session, technician, name=SMALL.name, is_closed=True)
    with pytest.raises(PermissionDenied):
        service.create_unit_from_type(
            session, technician, type_name=SMALL.name, label="ULT-90", parent_id=room
        )


def test_a_laboratory_starts_with_types_that_can_be_built(
    session: WriteSession, administrator: Principal
) -> None:
    add_usual_unit_types(session, administrator)

    found = unit_types.list_unit_types(session, administrator)

    assert sorted(each.name for each in found) == sorted(each.name for each in USUAL)
    assert {each.temperature_class for each in found} == {
        TemperatureClass.LN2_VAPOUR,
        TemperatureClass.MINUS_80,
        TemperatureClass.MINUS_20,
        TemperatureClass.PLUS_4,
    }


def test_a_unit_comes_with_a_loose_place_on_each_shelf(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    fridge = SMALL.model_copy(update={"box_rows": 0, "box_columns": 0, "loose": LooseIn.SHELF})
    service.put_unit_type(session, administrator, given=fridge)

    unit_id = service.create_unit_from_type(
        session, administrator, type_name=fridge.name, label="FRG-90", parent_id=room
    )

    bags = [bag.path for bag in box_queries.loose_in(session, administrator, unit_id)]
    assert bags == ["FRG-90/1/Loose", "FRG-90/2/Loose"]


def test_boxes_leave_no_slot_for_a_bag_in_their_rack(
    session: WriteSession, administrator: Principal
) -> None:
    with pytest.raises(UnitTypeRefused, match="every slot") as refused:
        service.put_unit_type(
            session, administrator, given=SMALL.model_copy(update={"loose": LooseIn.RACK})
        )

    assert set(refused.value.fields) == {"loose"}


@pytest.mark.slow
def test_of_two_who_keep_one_new_name_at_once_the_second_is_told_at_the_name(
    committed_database: Engine,
) -> None:
    with writing() as session:
        people = [make_person(session, Permission.STORAGE_CONFIGURE) for _ in range(2)]
    name = f"Race {new_id()}"

    def keep(person: Principal, typed: str) -> None:
        with writing() as session:
            service.put_unit_type(session, person, given=SMALL.model_copy(update={"name": typed}))
            # The other one looks for the name while this one has not committed.
            session.execute(select(func.pg_sleep(0.5)))

    typed = (name, name.upper())
    acts = [partial(keep, *each) for each in zip(people, typed, strict=True)]
    refusals = [each for each in refused_at_once(acts) if each is not None]

    assert [type(each) for each in refusals] == [UnitTypeRefused]
    assert "at this moment" in refusals[0].fields["name"]


@given(
    shelves=st.integers(1, 8),
    racks=st.integers(1, 40),
    slots=st.integers(1, 6),
    box=st.none() | st.just(BoxShape(8, 12)),
    labels=st.sampled_from(RackLabels),
    loose=st.sampled_from(LooseIn),
)
def test_counts_are_those_of_what_is_made(  # noqa: PLR0917 each is drawn
    shelves: int,
    racks: int,
    slots: int,
    box: BoxShape | None,
    labels: RackLabels,
    loose: LooseIn,
) -> None:
    geometry = UnitGeometry(
        shelves=shelves,
        racks_per_shelf=racks,
        box_slots=slots,
        rack_labels=labels,
        box=box,
        loose=loose,
    )

    made = list(unit_type_rules.lay_out(geometry, "ULT-90"))
    counted = unit_type_rules.counts(geometry)

    assert len(made) == counted.places
    assert len({each.path for each in made}) == counted.places
    assert sum(each.is_loose for each in made) == counted.loose
    kind = NodeKind.BOX if box else NodeKind.RACK
    inmost = [each.path for each in made if each.kind is kind and not each.is_loose]
    assert unit_type_rules.first_and_last(geometry, "ULT-90") == (inmost[0], inmost[-1])
    standing = {"ULT-90"}
    for each in made:
        assert each.parent in standing
        standing.add(each.path)
