"""Types of units and whole units made from one."""

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

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
from backend.storage.ids import LooseIn, NodeId, NodeKind, Numbering, PlaceLabels
from backend.storage.models import StorageNode
from backend.storage.place_kinds import placing_fault
from backend.storage.rules import BoxShape
from backend.storage.unit_type_rules import Level, UnitGeometry
from backend.storage.unit_type_schemas import LevelIn, UnitTypeIn
from backend.storage.usual_unit_types import USUAL, add_usual_unit_types
from tests.backend.storage.racing_support import refused_at_once
from tests.factories.sequencing import make_person

SMALL = UnitTypeIn(
    name="Small upright",
    temperature_class=TemperatureClass.MINUS_80,
    setpoint_c=-80,
    biosafety_level=3,
    levels=(
        LevelIn(kind=NodeKind.SHELF, number=2),
        LevelIn(kind=NodeKind.RACK, number=3, labels=PlaceLabels.LETTERS),
    ),
    box_slots=4,
    box_rows=9,
    box_columns=9,
)


def shelves_of(shelves: int, racks: int) -> tuple[LevelIn, ...]:
    return (
        LevelIn(kind=NodeKind.SHELF, number=shelves),
        LevelIn(kind=NodeKind.RACK, number=racks, labels=PlaceLabels.LETTERS),
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
    changed = SMALL.model_copy(update={"name": "SMALL upright", "levels": shelves_of(7, 3)})

    version = service.put_unit_type(session, administrator, given=changed)

    listed = unit_types.list_unit_types(session, administrator)
    assert version == 2
    assert [(each.name, each.version, each.counts.words) for each in listed] == [
        ("Small upright", 2, "7 shelves, 21 racks")
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
    wrong = SMALL.model_copy(
        update={"levels": shelves_of(0, 3), "box_slots": 999, "box_columns": 0}
    )

    with pytest.raises(UnitTypeRefused) as refusal:
        service.put_unit_type(session, administrator, given=wrong)

    assert set(refusal.value.fields) == {"levels", "box_slots", "box"}
    assert unit_types.list_unit_types(session, administrator) == []


def test_a_type_of_too_many_places_is_refused(
    session: WriteSession, administrator: Principal
) -> None:
    huge = SMALL.model_copy(update={"levels": shelves_of(30, 60)})

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
    fridge = SMALL.model_copy(update={"box_rows": 0, "box_columns": 0, "loose": LooseIn.OUTERMOST})
    service.put_unit_type(session, administrator, given=fridge)

    unit_id = service.create_unit_from_type(
        session, administrator, type_name=fridge.name, label="FRG-90", parent_id=room
    )

    bags = [bag.path for bag in box_queries.loose_in(session, administrator, unit_id)]
    assert bags == ["FRG-90/1/Loose", "FRG-90/2/Loose"]


@pytest.mark.parametrize(
    ("levels", "loose"),
    [
        (shelves_of(2, 3), LooseIn.INNERMOST),
        ((LevelIn(kind=NodeKind.STACK, number=6),), LooseIn.INNERMOST),
        ((LevelIn(kind=NodeKind.STACK, number=6),), LooseIn.OUTERMOST),
    ],
)
def test_boxes_leave_no_slot_for_a_bag_where_they_stand(
    session: WriteSession, administrator: Principal, levels: tuple[LevelIn, ...], loose: LooseIn
) -> None:
    given = SMALL.model_copy(update={"levels": levels, "loose": loose})

    with pytest.raises(UnitTypeRefused, match="every slot") as refused:
        service.put_unit_type(session, administrator, given=given)

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


INSIDE = (
    (NodeKind.SHELF,),
    (NodeKind.STACK,),
    (NodeKind.SHELF, NodeKind.RACK),
    (NodeKind.RACK, NodeKind.DRAWER),
    (NodeKind.SHELF, NodeKind.RACK, NodeKind.DRAWER),
)


@given(
    kinds=st.sampled_from(INSIDE),
    numbers=st.lists(st.integers(1, 7), min_size=3, max_size=3),
    slots=st.integers(1, 6),
    plates=st.booleans(),
    box=st.none() | st.just(BoxShape(8, 12)),
    labels=st.sampled_from(PlaceLabels),
    loose=st.sampled_from(LooseIn),
)
def test_counts_are_those_of_what_is_made(  # noqa: PLR0917 each is drawn
    kinds: tuple[NodeKind, ...],
    numbers: list[int],
    slots: int,
    plates: bool,  # noqa: FBT001 -- drawn
    box: BoxShape | None,
    labels: PlaceLabels,
    loose: LooseIn,
) -> None:
    geometry = UnitGeometry(
        levels=tuple(
            Level(kind=kind, number=number, labels=labels)
            for kind, number in zip(kinds, numbers, strict=False)
        ),
        box_slots=slots,
        box_kind=NodeKind.PLATE if plates else NodeKind.BOX,
        box=box,
        loose=loose,
    )

    made = list(unit_type_rules.lay_out(geometry, "ULT-90"))
    counted = unit_type_rules.counts(geometry)

    assert len(made) == counted.places
    assert len({each.path for each in made}) == counted.places
    assert Counter(each.kind for each in made) == counted.by_kind
    assert set(unit_type_rules.faults(geometry)) <= {"loose"}
    kind = geometry.box_kind if box else kinds[-1]
    inmost = [each.path for each in made if each.kind is kind]
    assert unit_type_rules.first_and_last(geometry, "ULT-90") == (inmost[0], inmost[-1])
    standing = {"ULT-90": NodeKind.UNIT}
    for each in made:
        assert placing_fault(each.kind, standing[each.parent]) == ""
        standing[each.path] = each.kind


def test_a_dewar_comes_with_stacks_of_numbered_boxes(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    add_usual_unit_types(session, administrator)

    service.create_unit_from_type(
        session, administrator, type_name="LN2 dewar with stacks", label="LN-90", parent_id=room
    )

    node = queries.find_node(session, administrator, "LN-90/6/B-060")
    assert node is not None
    box = box_queries.get_box(session, administrator, NodeId(node.id))
    assert (box.shape.words, box.shape.numbering) == ("9 × 9", Numbering.ROWS)
    stack = session.get_one(StorageNode, node.parent_id)
    assert (stack.kind, stack.box_slots) == (NodeKind.STACK, 10)


def test_a_chest_comes_with_racks_of_drawers_and_a_freezer_with_plates(
    session: WriteSession, administrator: Principal, room: NodeId
) -> None:
    add_usual_unit_types(session, administrator)
    chest = next(each.name for each in USUAL if "drawer racks" in each.name)
    plates = next(each.name for each in USUAL if each.box_kind is NodeKind.PLATE)

    for name, label in ((chest, "CH-90"), (plates, "PL-90")):
        service.create_unit_from_type(
            session, administrator, type_name=name, label=label, parent_id=room
        )

    drawer = queries.find_node(session, administrator, "CH-90/J/4")
    plate = queries.find_node(session, administrator, "PL-90/5/4/P-240")
    assert drawer is not None
    assert plate is not None
    assert (drawer.kind, drawer.box_slots) == (NodeKind.DRAWER, 4)
    assert (plate.kind, plate.capacity) == (NodeKind.PLATE, 384)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"levels": ()}, "levels", "A unit is divided 1 to 3 times"),
        ({"levels": (NodeKind.DRAWER, NodeKind.RACK)}, "levels", "A rack does not stand in a draw"),
        ({"levels": (NodeKind.BOX,)}, "levels", "A box does not stand in a unit"),
        ({"box_kind": NodeKind.BAG}, "box", "comes with boxes or plates, not with a bag"),
        ({"box_kind": NodeKind.PLATE}, "box", "A plate has 6, 12, 24, 48, 96, 384, 1,536 wells"),
    ],
)
def test_a_division_that_cannot_stand_is_told(
    change: dict[str, Any], field: str, said: str
) -> None:
    kinds = change.pop("levels", (NodeKind.SHELF,))
    geometry = replace(
        SMALL.geometry, levels=tuple(Level(kind=kind, number=2) for kind in kinds), **change
    )

    assert said in unit_type_rules.faults(geometry)[field]
