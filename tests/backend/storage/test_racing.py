"""Fifty people at the same freezer at once, on a real PostgreSQL: the promises of storage hold."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import service
from backend.storage.errors import AlreadyPlaced, BoxFull, NotPlaced, PositionTaken, ScanNotOpen
from backend.storage.ids import NodeId, RackScanId
from backend.storage.models import Placement, StorageNode
from tests.backend.storage.racing_support import (
    at_once,
    make_boxes,
    make_tubes,
    moving,
    placing,
    refused_at_once,
    require_promises,
    standing,
)
from tests.factories.sequencing import make_person
from tests.factories.storage import stand

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


def _acts_of_a_busy_hour(
    who: Principal, box: NodeId, standing_there: list[SampleId], waiting: list[SampleId]
) -> list[Callable[[], object]]:
    """Return what fifty people do with one box, in no order: each line is one of them."""

    def take(tube: SampleId) -> None:
        with writing() as session:
            service.take_out(session, who, sample_id=tube, reason="bench work")

    def shift(tube: SampleId, row: int) -> None:
        with writing() as session:
            service.move_samples(session, who, sample_ids=[tube], box_id=box, row=row, column=row)

    acts: list[Callable[[], object]] = []
    # The same three positions are wanted by ten; ten more take whatever is free next.
    acts += [lambda t=t, n=n: placing(who, t, box, 4 + n % 3) for n, t in enumerate(waiting[:10])]
    acts += [lambda t=t: placing(who, t, box) for t in waiting[10:20]]
    # Each of ten tubes is moved by one person and taken out by another.
    acts += [lambda t=t, n=n: shift(t, 6 + n % 2) for n, t in enumerate(standing_there[:10])]
    acts += [lambda t=t: take(t) for t in standing_there[:10]]
    acts += [lambda t=t: moving(who, t, box) for t in standing_there[10:20]]
    return [*acts[::3], *acts[1::3], *acts[2::3]]


def test_a_busy_hour_at_one_box_never_puts_two_tubes_in_one_position(
    technician: Principal,
) -> None:
    (box,) = make_boxes(1, side=7)
    there, waiting = make_tubes(20), make_tubes(20)
    with writing() as session:
        for number, tube in enumerate(there):
            stand(session, tube, box, 1 + number // 7, 1 + number % 7)
    acts = _acts_of_a_busy_hour(technician, box, there, waiting)
    assert len(acts) == PEOPLE

    refused = [each for each in refused_at_once(acts) if each is not None]

    require_promises()
    assert {type(each) for each in refused} <= {PositionTaken, NotPlaced, BoxFull}
    assert refused
    assert all(str(each).endswith(".") for each in refused)


def test_a_rack_scan_that_two_people_commit_is_committed_once(technician: Principal) -> None:
    (box,) = make_boxes(1, side=3)
    tubes = make_tubes(3)
    with writing() as session:
        for column, tube in enumerate(tubes, start=1):
            stand(session, tube, box, 1, column)
        codes = [session.get_one(Sample, tube).barcode for tube in tubes]
        path = session.get_one(StorageNode, box).path
        scan = service.read_rack(
            session,
            technician,
            file_name="scan.csv",
            content=f"A1,{codes[1]}\nA2,{codes[0]}\nA3,\n".encode(),
            files=MemoryStore(),
            box=path,
        )

    def commit(scan_id: RackScanId = scan.id) -> object:
        with writing() as session:
            return service.commit_rack(session, technician, scan_id=scan_id)

    refused = refused_at_once([commit, commit])

    (loser,) = [each for each in refused if each is not None]
    assert isinstance(loser, ScanNotOpen)
    assert str(loser) == "The scan has been committed already."
    assert sorted(standing()) == sorted([(tubes[1], box, 1, 1), (tubes[0], box, 1, 2)])
    require_promises()
