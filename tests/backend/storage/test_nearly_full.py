"""A unit that passes 95 % is told of exactly once, also when several people fill it at a time."""

from threading import Barrier, Thread

from sqlalchemy import Engine, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import placing, service
from backend.storage.ids import NodeId
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

ROWS, COLUMNS = 2, 5


def fill(session: WriteSession, project: Project, box_id: NodeId, tubes: int) -> list[SampleId]:
    placed = []
    for number in range(tubes):
        row, column = divmod(number, COLUMNS)
        placed.append(make_tube(session, project))
        stand(session, placed[-1], box_id, row + 1, column + 1)
    return placed


def told(session: WriteSession, freezer: Freezer) -> list[object]:
    return [
        event.payload["used"]
        for event in session.scalars(
            select(OutboxEvent).where(
                OutboxEvent.type == "storage.unit_nearly_full",
                OutboxEvent.aggregate_id == freezer.unit_id,
            )
        )
    ]


def test_a_move_within_the_unit_fills_nothing(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, rows=ROWS, columns=COLUMNS)
    fill(session, project, freezer.box_ids[0], 9)
    moving = fill(session, project, freezer.box_ids[1], 10)[-1]

    service.move_samples(session, technician, sample_ids=[moving], box_id=freezer.box_ids[0])

    assert told(session, freezer) == []


def test_two_people_who_fill_two_boxes_at_once_cause_one_telling(
    committed_database: Engine,
) -> None:
    with writing() as session:
        technician = make_person(
            session,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.SAMPLES_TRANSITION,
            Permission.STORAGE_VIEW,
            Permission.STORAGE_PLACE,
        )
        project = make_project(session, technician)
        freezer = make_freezer(session, boxes=2, rows=ROWS, columns=COLUMNS)
        for box_id, tubes in zip(freezer.box_ids, (9, 8), strict=True):
            fill(session, project, box_id, tubes)
        waiting = [make_tube(session, project) for _ in freezer.box_ids]
    both_have_placed = Barrier(2, timeout=30)

    def place(sample_id: SampleId, box_id: NodeId) -> None:
        with writing() as session:
            service.place_sample(session, technician, sample_id=sample_id, box_id=box_id)

    def wait_for_both(*arguments: object) -> None:
        both_have_placed.wait()
        note(*arguments)

    note, placing.note_fullness = placing.note_fullness, wait_for_both
    try:
        people = [
            Thread(target=place, args=pair) for pair in zip(waiting, freezer.box_ids, strict=True)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    finally:
        placing.note_fullness = note

    with reading() as session:
        # 17 of 20 before, 18 and 19 after; 19 is the first that reaches 95 %.
        assert told(session, freezer) == [19]
