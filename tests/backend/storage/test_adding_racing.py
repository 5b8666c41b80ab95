"""A place is added, or filled, while somebody else changes or removes the one around it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Engine, func, select, update

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.storage import service
from backend.storage.errors import NodeNotFound, RackFull, RestrictionRefused
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from backend.storage.rules import BoxShape
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import Freezer, make_freezer, make_tube

pytestmark = [pytest.mark.slow]


@pytest.fixture
def administrator(committed_database: Engine) -> Principal:
    with writing() as session:
        return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


@pytest.fixture
def freezer(committed_database: Engine) -> Freezer:
    with writing() as session:
        made = make_freezer(session, label="ULT-90", boxes=1)
        session.get_one(StorageNode, made.rack_id).box_slots = 2
        return made


def rack_without_boxes(administrator: Principal, freezer: Freezer) -> NodeId:
    with writing() as session:
        return service.create_node(
            session,
            administrator,
            kind=NodeKind.RACK,
            label="C",
            parent_id=NodeId(session.get_one(StorageNode, freezer.rack_id).parent_id),
        )


def add_box(administrator: Principal, rack_id: NodeId) -> str:
    with writing() as session:
        box_id = service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-9",
            parent_id=rack_id,
            shape=BoxShape(9, 9),
        )
        return session.get_one(StorageNode, box_id).path


def meanwhile(first: Callable[[WriteSession], object], second: Callable[[], str]) -> str | AppError:
    """Do the first, and the second before the first has committed; return what came of that."""
    with ThreadPoolExecutor(1) as other:
        with writing() as session:
            first(session)
            done = other.submit(second)
            session.execute(select(func.pg_sleep(0.5)))
        try:
            return done.result()
        except AppError as refusal:
            return refusal


def test_a_box_has_the_new_address_of_a_rack_that_is_renamed(
    administrator: Principal, freezer: Freezer
) -> None:
    rename = partial(
        service.rename_place, principal=administrator, node_id=freezer.rack_id, label="Z"
    )

    assert meanwhile(rename, partial(add_box, administrator, freezer.rack_id)) == "ULT-90/1/Z/B-9"


def test_a_box_does_not_take_a_slot_that_is_taken_from_its_rack(
    administrator: Principal, freezer: Freezer
) -> None:
    fewer = partial(
        service.set_box_slots, principal=administrator, rack_id=freezer.rack_id, box_slots=1
    )

    refused = meanwhile(fewer, partial(add_box, administrator, freezer.rack_id))

    assert isinstance(refused, RackFull)


def test_no_box_is_added_to_a_rack_that_is_removed(
    administrator: Principal, freezer: Freezer
) -> None:
    rack_id = rack_without_boxes(administrator, freezer)
    remove = partial(
        service.remove_place, principal=administrator, node_id=rack_id, reason="Not needed"
    )

    assert isinstance(meanwhile(remove, partial(add_box, administrator, rack_id)), NodeNotFound)


def test_a_rack_is_removed_with_the_box_that_came_at_that_moment(
    administrator: Principal, freezer: Freezer
) -> None:
    rack_id = rack_without_boxes(administrator, freezer)

    def add(session: WriteSession) -> None:
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-9",
            parent_id=rack_id,
            shape=BoxShape(9, 9),
        )

    def remove() -> str:
        with writing() as session:
            gone = service.remove_place(
                session, administrator, node_id=rack_id, reason="Not needed"
            )
        return f"{gone.path}: {gone.places}"

    assert meanwhile(add, remove) == "ULT-90/1/C: 2"
    with reading() as session:
        left = select(StorageNode.path).where(
            StorageNode.path.startswith("ULT-90/1/C"), StorageNode.closed_at.is_(None)
        )
        assert session.scalars(left).all() == []


def lower_the_level(administrator: Principal, freezer: Freezer) -> str:
    with writing() as session:
        service.set_restrictions(
            session,
            administrator,
            node_id=freezer.rack_id,
            project_code=None,
            material_types=(),
            biosafety_level=2,
        )
    return "lowered"


def test_a_rack_keeps_the_level_of_a_tube_that_is_placed_at_that_moment(
    administrator: Principal, freezer: Freezer
) -> None:
    with writing() as session:
        session.execute(update(StorageNode).values(biosafety_level=3))
        tube = make_tube(session, make_project(session), biosafety_level=3)
    place = partial(
        service.place_sample,
        principal=EVERYBODY,
        sample_id=tube,
        box_id=freezer.box_id,
        row=1,
        column=1,
    )

    refused = meanwhile(place, partial(lower_the_level, administrator, freezer))

    assert isinstance(refused, RestrictionRefused)


def test_a_box_has_the_new_level_of_the_rack_that_it_comes_into(
    administrator: Principal, freezer: Freezer
) -> None:
    with writing() as session:
        session.execute(update(StorageNode).values(biosafety_level=3))

    def add(session: WriteSession) -> None:
        service.create_node(
            session,
            administrator,
            kind=NodeKind.BOX,
            label="B-9",
            parent_id=freezer.rack_id,
            shape=BoxShape(9, 9),
        )

    meanwhile(add, partial(lower_the_level, administrator, freezer))

    with reading() as session:
        inside = StorageNode.path.startswith("ULT-90/1/A")
        levels = session.scalars(select(StorageNode.biosafety_level).where(inside)).all()
    assert levels == [2, 2, 2]
