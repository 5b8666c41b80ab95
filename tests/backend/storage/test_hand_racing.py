"""Two people at the same tubes at the same moment, on a real PostgreSQL: nothing is lost."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import service
from backend.storage.errors import InAnothersHand
from backend.storage.hand_models import HandTrayItem
from backend.storage.ids import Conflict, NodeId
from backend.storage.rules import Position
from tests.backend.storage.racing_support import (
    at_once,
    make_boxes,
    make_tubes,
    require_promises,
    standing,
)
from tests.factories.sequencing import make_person
from tests.factories.storage import stand

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_database")]


@pytest.fixture
def people(committed_database: Engine) -> list[Principal]:
    with writing() as session:
        return [
            make_person(
                session,
                Permission.SAMPLES_VIEW,
                Permission.SAMPLES_VIEW_ALL_PROJECTS,
                Permission.STORAGE_VIEW,
                Permission.STORAGE_PLACE,
                name=name,
            )
            for name in ("Ada", "Ben", "Cora", "Dan")
        ]


def fill(tubes: list[SampleId], box: NodeId, *, columns: int) -> None:
    with writing() as session:
        for number, tube in enumerate(tubes):
            row, column = divmod(number, columns)
            stand(session, tube, box, row + 1, column + 1)


def in_hands() -> dict[SampleId, str]:
    with reading() as session:
        rows = session.execute(select(HandTrayItem.sample_id, HandTrayItem.user_name))
        return {SampleId(sample): name for sample, name in rows}


def move(
    person: Principal, tubes: list[SampleId], box: NodeId, start: Position, conflict: Conflict
) -> object:
    with writing() as session:
        return service.move_block(
            session, person, sample_ids=tubes, box_id=box, start=start, conflict=conflict
        )


def take(person: Principal, tubes: list[SampleId]) -> object:
    with writing() as session:
        return service.take_in_hand(session, person, sample_ids=tubes)


def test_of_those_who_take_one_tube_in_hand_one_gets_it(people: list[Principal]) -> None:
    (box,) = make_boxes(1, side=4)
    tubes = make_tubes(3)
    fill(tubes, box, columns=4)

    # Each names them in another order; the locks are taken in one.
    orders = [tubes, tubes[::-1], tubes[1:] + tubes[:1], tubes[2:] + tubes[:2]]
    refused = at_once(
        [
            lambda person=person, order=order: take(person, order)
            for person, order in zip(people, orders, strict=True)
        ]
    )

    assert Counter(refused) == {None: 1, InAnothersHand: 3}
    assert len(set(in_hands().values())) == 1
    assert in_hands().keys() == set(tubes)
    require_promises()


@pytest.mark.parametrize("conflict", list(Conflict))
def test_blocks_that_go_into_one_box_at_once_lose_no_tube(
    people: list[Principal], conflict: Conflict
) -> None:
    *sources, goal = make_boxes(len(people) + 1, side=3)
    blocks = [make_tubes(4) for _ in people]
    for block, box in zip(blocks, sources, strict=True):
        fill(block, box, columns=3)

    refused = at_once(
        [
            lambda person=person, block=block: move(person, block, goal, Position(1, 2), conflict)
            for person, block in zip(people, blocks, strict=True)
        ]
    )

    assert refused.count(None) >= 1
    assert all(each is None or issubclass(each, AppError) for each in refused)
    placed = {sample for sample, *_ in standing()}
    assert placed | in_hands().keys() == {tube for block in blocks for tube in block}
    assert not placed & in_hands().keys()
    assert sum(box == goal for _, box, *_ in standing()) == 4
    require_promises()
