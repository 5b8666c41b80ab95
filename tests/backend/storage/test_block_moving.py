"""A block of tubes moves in one step: shown first, nothing lost, and taken back whole."""

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.errors import SampleNotFound
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import block_moving, hand_queries, queries, service
from backend.storage.errors import (
    BoxFull,
    BoxNotAllSeen,
    NothingToUndo,
    PlacementRefused,
    PositionOutside,
    PositionTaken,
    UndoTooLate,
)
from backend.storage.hand_views import BlockMoved, BlockPreview
from backend.storage.ids import BlockId, Conflict, NodeId
from backend.storage.models import BlockedPosition
from backend.storage.rules import Position
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


def preview(
    session: WriteSession,
    person: Principal,
    tubes: list[SampleId],
    box: NodeId,
    start: Position | None = None,
) -> BlockPreview:
    return block_moving.preview_block(session, person, sample_ids=tubes, box_id=box, start=start)


def move(  # noqa: PLR0917 -- a block in parts
    session: WriteSession,
    person: Principal,
    tubes: list[SampleId],
    box: NodeId,
    start: Position | None = None,
    conflict: Conflict = Conflict.REFUSE,
) -> BlockMoved:
    return service.move_block(
        session, person, sample_ids=tubes, box_id=box, start=start, conflict=conflict
    )


def row_of(
    session: WriteSession, project: Project, box: NodeId, row: int, columns: range
) -> list[SampleId]:
    """Stand new tubes side by side."""
    tubes = [make_tube(session, project) for _ in columns]
    for column, tube in zip(columns, tubes, strict=True):
        stand(session, tube, box, row, column)
    return tubes


def where(session: WriteSession, person: Principal, tubes: list[SampleId]) -> list[str]:
    """Return box and position of each tube, "hand" for those that stand nowhere."""
    found = queries.locations_of(session, person, tubes)
    return [
        f"{found[tube].path.rsplit('/', 1)[-1]} {found[tube].position}" if tube in found else "hand"
        for tube in tubes
    ]


def test_a_block_fills_on_from_its_start_past_what_is_blocked(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, rows=3, columns=3)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 4))
    session.add(BlockedPosition(box_id=there, row=1, column=3, reason="Broken"))
    start = Position(1, 2)

    shown = preview(session, technician, tubes, there, start)
    moved = move(session, technician, tubes, there, start)

    assert [target.position.label for target in shown.targets] == ["A2", "B1", "B2"]
    assert shown.conflicts == ()
    assert [stay.position for stay in moved.moved] == ["A2", "B1", "B2"]
    assert where(session, technician, tubes) == ["B-2 A2", "B-2 B1", "B-2 B2"]


def test_without_a_start_it_takes_the_free_positions(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, rows=2, columns=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))
    row_of(session, project, there, 1, range(2, 3))

    move(session, technician, tubes, there)

    assert where(session, technician, tubes) == ["B-2 A1", "B-2 B1"]


def test_what_stands_in_the_way_is_shown_and_every_one_is_named(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 4))
    others = row_of(session, project, there, 1, range(2, 4))

    shown = preview(session, technician, tubes, there, Position(1, 1))
    with pytest.raises(PositionTaken) as refusal:
        move(session, technician, tubes, there, Position(1, 1))

    assert [target.occupant.sample_id for target in shown.conflicts if target.occupant] == others
    for label, other in zip(("A2", "A3"), others, strict=True):
        assert f"{label} holds {session.get_one(Sample, other).barcode}" in str(refusal.value)
    assert where(session, technician, [*tubes, *others]) == [
        "B-1 A1",
        "B-1 A2",
        "B-1 A3",
        "B-2 A2",
        "B-2 A3",
    ]


def test_what_is_swapped_goes_where_the_block_came_from(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))
    others = row_of(session, project, there, 5, range(5, 7))

    done = move(session, technician, tubes, there, Position(5, 5), Conflict.SWAP)

    assert where(session, technician, tubes) == ["B-2 E5", "B-2 E6"]
    assert where(session, technician, others) == ["B-1 A1", "B-1 A2"]
    assert [stay.sample_id for stay in done.swapped] == others
    assert done.in_hand == ()


def test_a_block_shifts_within_its_box_and_what_gives_way_closes_the_gap(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    tubes = row_of(session, project, freezer.box_id, 1, range(1, 5))

    move(session, technician, tubes[:3], freezer.box_id, Position(1, 2), Conflict.SWAP)

    assert where(session, technician, tubes) == ["B-1 A2", "B-1 A3", "B-1 A4", "B-1 A1"]


def test_what_is_displaced_is_in_the_hand_of_whoever_moves(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))
    others = row_of(session, project, there, 1, range(2, 3))

    done = move(session, technician, tubes, there, Position(1, 1), Conflict.TRAY)

    assert where(session, technician, [*tubes, *others]) == ["B-2 A1", "B-2 A2", "hand"]
    assert hand_queries.get_tray(session, technician).items == done.in_hand
    assert [(item.sample_id, item.from_position) for item in done.in_hand] == [(others[0], "A2")]


def test_tubes_of_a_hand_go_where_they_are_put_but_leave_nothing_to_swap_into(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    tubes = row_of(session, project, freezer.box_id, 1, range(1, 3))
    others = row_of(session, project, freezer.box_id, 2, range(1, 2))
    service.take_in_hand(session, technician, sample_ids=tubes)

    with pytest.raises(PositionTaken, match="leaves no position"), session.begin_nested():
        move(session, technician, tubes, freezer.box_id, Position(2, 1), Conflict.SWAP)
    move(session, technician, tubes, freezer.box_id, Position(3, 1))

    assert where(session, technician, [*tubes, *others]) == ["B-1 C1", "B-1 C2", "B-1 B1"]
    assert hand_queries.get_tray(session, technician).items == ()


def test_rules_are_asked_of_those_that_give_way_too(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    cold, cleared_for_1 = make_freezer(session), make_freezer(session, biosafety_level=1)
    (tube,) = row_of(session, project, cold.box_id, 1, range(1, 2))
    (visitor,) = row_of(session, project, cleared_for_1.box_id, 2, range(2, 3))
    session.get_one(Sample, visitor).biosafety_level = 1
    session.get_one(Sample, tube).biosafety_level = 2

    with pytest.raises(PlacementRefused) as refusal:
        move(session, technician, [visitor], cold.box_id, Position(1, 1), Conflict.SWAP)

    assert f"{session.get_one(Sample, tube).barcode} is of level 2" in str(refusal.value)
    assert where(session, technician, [tube, visitor]) == ["B-1 A1", "B-1 B2"]


def test_a_block_that_does_not_fit_is_refused_with_what_is_left(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2, rows=2, columns=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))

    with pytest.raises(BoxFull, match="room for 1 tubes from B2 on, 2 are"):
        preview(session, technician, tubes, there, Position(2, 2))
    with pytest.raises(PositionOutside):
        move(session, technician, tubes, there, Position(3, 1))
    with pytest.raises(PlacementRefused, match="already"):
        move(session, technician, tubes, here, Position(1, 1))


def test_a_tube_of_a_strange_project_gives_no_way(
    session: WriteSession, technician: Principal, stranger: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    own = make_project(session, stranger)
    (tube,) = row_of(session, own, freezer.box_id, 1, range(1, 2))
    (secret,) = row_of(session, project, freezer.box_id, 2, range(1, 2))

    shown = preview(session, stranger, [tube], freezer.box_id, Position(2, 1))
    with pytest.raises(PositionTaken, match="a tube that you may not see"):
        move(session, stranger, [tube], freezer.box_id, Position(2, 1))
    for conflict in (Conflict.SWAP, Conflict.TRAY):
        with pytest.raises(BoxNotAllSeen):
            move(session, stranger, [tube], freezer.box_id, Position(2, 1), conflict)
    with pytest.raises(SampleNotFound):
        preview(session, stranger, [secret], freezer.box_id)

    (target,) = shown.conflicts
    assert target.occupant is not None
    assert (target.occupant.sample_id, target.occupant.barcode) == (None, None)
    assert where(session, technician, [tube, secret]) == ["B-1 A1", "B-1 B1"]


def test_every_tube_that_moved_has_it_in_its_trail(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))
    others = row_of(session, project, there, 1, range(1, 3))

    move(session, technician, tubes, there, Position(1, 1), Conflict.SWAP)

    told = session.execute(
        select(AuditEntry.action, func.count())
        .where(AuditEntry.entity_id.in_([*tubes, *others, there]))
        .group_by(AuditEntry.action)
    ).all()
    assert dict(told) == {"storage.sample_moved": 4, "storage.block_moved": 1}


@pytest.mark.parametrize("conflict", [Conflict.SWAP, Conflict.TRAY])
def test_a_block_is_taken_back_whole(
    session: WriteSession,
    technician: Principal,
    project: Project,
    frozen_clock: FrozenClock,
    conflict: Conflict,
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    tubes = row_of(session, project, here, 1, range(1, 3))
    others = row_of(session, project, there, 1, range(1, 3))
    done = move(session, technician, tubes, there, Position(1, 1), conflict)
    frozen_clock.advance(minutes=9)

    undone = service.undo_block(session, technician, done.block_id)

    assert undone.tubes == 4
    assert where(session, technician, tubes) == ["B-1 A1", "B-1 A2"]
    assert where(session, technician, others) == ["B-2 A1", "B-2 A2"]
    assert hand_queries.get_tray(session, technician).items == ()
    with pytest.raises(NothingToUndo):
        service.undo_block(session, technician, done.block_id)


def test_tubes_that_came_out_of_a_hand_are_in_it_again(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer = make_freezer(session)
    tubes = row_of(session, project, freezer.box_id, 1, range(1, 3))
    waiting = make_tube(session, project)
    before = service.take_in_hand(session, technician, sample_ids=tubes)
    frozen_clock.advance(minutes=3)
    done = move(session, technician, [*tubes, waiting], freezer.box_id, Position(5, 1))
    frozen_clock.advance(minutes=3)

    service.undo_block(session, technician, done.block_id)

    assert hand_queries.get_tray(session, technician) == before
    kept = session.get_one(Sample, waiting, populate_existing=True)
    assert kept.custody is Custody.NOT_PLACED


def test_a_block_is_not_taken_back_late_nor_when_a_tube_has_moved_on(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer = make_freezer(session, boxes=2)
    here, there = freezer.box_ids
    first, second = row_of(session, project, here, 1, range(1, 3))
    done = move(session, technician, [first], there, Position(1, 1))
    moved_on = move(session, technician, [second], there, Position(1, 2))
    service.take_in_hand(session, technician, sample_ids=[second])
    filled = move(session, technician, [first], there, Position(9, 9))

    with pytest.raises(NothingToUndo, match="1 of the tubes have moved on"):
        service.undo_block(session, technician, moved_on.block_id)
    with pytest.raises(NothingToUndo):
        service.undo_block(session, technician, done.block_id)
    with pytest.raises(NothingToUndo):
        service.undo_block(session, technician, BlockId(new_id()))
    stand(session, make_tube(session, project), there, 1, 1)
    with pytest.raises(PositionTaken, match="A1 of"), session.begin_nested():
        service.undo_block(session, technician, filled.block_id)
    frozen_clock.advance(minutes=11)
    with pytest.raises(UndoTooLate):
        service.undo_block(session, technician, filled.block_id)


def test_moving_blocks_needs_the_right_to_place(session: WriteSession, onlooker: Principal) -> None:
    with pytest.raises(PermissionDenied):
        move(session, onlooker, [SampleId(new_id())], NodeId(new_id()))
    with pytest.raises(PermissionDenied):
        service.undo_block(session, onlooker, BlockId(new_id()))
