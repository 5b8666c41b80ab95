"""Fifty people at the same freezer at once, on a real PostgreSQL: the promises of storage hold."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import service
from backend.storage.errors import AlreadyPlaced, BoxFull, PositionTaken
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import make_freezer, make_tube, stand

PEOPLE = 50

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_database")]


@pytest.fixture
def technician(committed_database: Engine) -> Principal:
    with writing() as session:
        return make_person(
            session,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.SAMPLES_TRANSITION,
            Permission.STORAGE_VIEW,
            Permission.STORAGE_PLACE,
        )


def make_tubes(count: int) -> list[SampleId]:
    with writing() as session:
        project = make_project(session)
        return [make_tube(session, project) for _ in range(count)]


def make_boxes(count: int, *, side: int) -> tuple[NodeId, ...]:
    with writing() as session:
        return make_freezer(session, boxes=count, rows=side, columns=side).box_ids


def at_once(acts: Sequence[Callable[[], object]]) -> list[type[AppError] | None]:
    """Do everything at the same moment; return what each was refused with, None where it worked."""
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> type[AppError] | None:
        start.wait(30)
        try:
            act()
        except AppError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))


def placing(principal: Principal, tube: SampleId, box: NodeId, row: int | None = None) -> object:
    with writing() as session:
        return service.place_sample(
            session, principal, sample_id=tube, box_id=box, row=row, column=row
        )


def moving(principal: Principal, tube: SampleId, box: NodeId) -> object:
    with writing() as session:
        return service.move_samples(session, principal, sample_ids=[tube], box_id=box)


def standing() -> list[tuple[SampleId, NodeId, int, int]]:
    """Return every open stay."""
    columns = (Placement.sample_id, Placement.box_id, Placement.row, Placement.column)
    with reading() as session:
        rows = session.execute(select(*columns).where(Placement.removed_at.is_(None)))
        return [(SampleId(sample), NodeId(box), row, column) for sample, box, row, column in rows]


def counted() -> dict[NodeId, int]:
    """Return what the boxes themselves say they hold."""
    with reading() as session:
        boxes = select(StorageNode.id, StorageNode.used).where(StorageNode.used > 0)
        return {NodeId(box): used for box, used in session.execute(boxes)}


def require_promises() -> None:
    """Fail unless every tube stands once, no position is shared and the boxes count right."""
    stays = standing()
    assert len({sample for sample, *_ in stays}) == len(stays)
    assert len({(box, row, column) for _, box, row, column in stays}) == len(stays)
    assert counted() == Counter(box for _, box, *_ in stays)


def test_everybody_gets_a_position_of_their_own_until_the_box_is_full(
    technician: Principal,
) -> None:
    (box,) = make_boxes(1, side=7)
    tubes = make_tubes(PEOPLE)

    refused = at_once([lambda tube=tube: placing(technician, tube, box) for tube in tubes])

    assert Counter(refused) == {None: 49, BoxFull: 1}
    assert len(standing()) == 49
    require_promises()


def test_one_position_that_everybody_wants_takes_one_tube(technician: Principal) -> None:
    (box,) = make_boxes(1, side=9)
    tubes = make_tubes(PEOPLE)

    refused = at_once([lambda tube=tube: placing(technician, tube, box, 4) for tube in tubes])

    assert Counter(refused) == {None: 1, PositionTaken: PEOPLE - 1}
    require_promises()


def test_one_tube_that_everybody_places_stands_in_one_box(technician: Principal) -> None:
    boxes = make_boxes(PEOPLE, side=3)
    (tube,) = make_tubes(1)

    refused = at_once([lambda box=box: placing(technician, tube, box) for box in boxes])

    assert Counter(refused) == {None: 1, AlreadyPlaced: PEOPLE - 1}
    require_promises()


def test_tubes_that_cross_between_two_boxes_all_arrive(technician: Principal) -> None:
    here, there = make_boxes(2, side=8)
    tubes = make_tubes(PEOPLE)
    with writing() as session:
        for number, tube in enumerate(tubes):
            row, column = divmod(number // 2, 8)
            stand(session, tube, (here, there)[number % 2], row + 1, column + 1)

    # Each goes to the other box: locks taken in any other order than the one would dead-lock.
    refused = at_once(
        [
            lambda tube=tube, box=(there, here)[number % 2]: moving(technician, tube, box)
            for number, tube in enumerate(tubes)
        ]
    )

    assert refused == [None] * PEOPLE
    assert {tube: box for tube, box, *_ in standing()} == {
        tube: (there, here)[number % 2] for number, tube in enumerate(tubes)
    }
    require_promises()


def test_every_stay_that_ended_is_still_told(technician: Principal) -> None:
    boxes = make_boxes(PEOPLE, side=3)
    (tube,) = make_tubes(1)
    placing(technician, tube, boxes[0])

    refused = at_once([lambda box=box: moving(technician, tube, box) for box in boxes])

    assert refused == [None] * PEOPLE
    with reading() as session:
        stays = session.scalar(select(func.count()).select_from(Placement))
    assert stays == PEOPLE + 1
    require_promises()
