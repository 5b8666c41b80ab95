"""Pick lists: in the order of doors, each tube once, and nothing changes that is refused."""

import pytest
from sqlalchemy import func, select

from backend.core.errors import AppError, PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.custody_models import CustodyBlock
from backend.samples.errors import SampleNotFound, SamplePromised
from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from backend.storage import pick_queries, service
from backend.storage.errors import (
    AlreadyPicked,
    ElsewhereNow,
    NothingInHand,
    NothingToUndo,
    NotOnTheList,
    NotPlaced,
    NotToBePicked,
    PickListNotFound,
    PickListNotOpen,
    PickListRefused,
    PositionOutside,
    StillInHand,
    WrongDestination,
)
from backend.storage.ids import (
    Doubt,
    PickListId,
    PickOutcome,
    PickPurpose,
    PickState,
    ShortReason,
)
from backend.storage.models import Placement
from backend.storage.pick_models import PickLine, PickList
from backend.storage.picking import PickWish
from tests.backend.storage.pick_support import (
    code_of,
    custody_of,
    listed,
    order_of,
    stay_of,
    tube_at,
)
from tests.factories.sequencing import put_on_hold
from tests.factories.storage import Freezer, make_freezer, make_tube


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    return make_freezer(session, boxes=3, label="ULT-90")


def test_lines_go_by_unit_shelf_rack_box_and_position(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    earlier = make_freezer(session, label="ULT-10")
    last = tube_at(session, project, freezer.box_ids[1], 1, 1)
    third = tube_at(session, project, freezer.box_ids[0], 2, 1)
    second = tube_at(session, project, freezer.box_ids[0], 1, 9)
    first = tube_at(session, project, earlier.box_id, 5, 5)

    key = listed(
        session, technician, [PickWish(sample_id=tube) for tube in (last, third, second, first)]
    )

    assert order_of(session, technician, key) == [first, second, third, last]


def test_an_evacuation_keeps_its_order_and_goes_by_position_within_a_box(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    urgent_b = tube_at(session, project, freezer.box_ids[2], 3, 3)
    urgent_a = tube_at(session, project, freezer.box_ids[2], 1, 1)
    calm = tube_at(session, project, freezer.box_ids[0], 1, 1)

    key = listed(
        session,
        technician,
        [PickWish(sample_id=tube) for tube in (urgent_b, urgent_a, calm)],
        PickPurpose.EVACUATE,
    )

    assert order_of(session, technician, key) == [urgent_a, urgent_b, calm]


def test_a_scanned_tube_is_out_and_the_list_is_done(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_id, 4, 7)
    key = listed(session, technician, [PickWish(sample_id=tube)])

    step = service.pick(session, technician, list_id=key, barcode=code_of(session, tube).lower())

    assert step.sentence == f"{code_of(session, tube)} is out of ULT-90/1/A/B-1/D7."
    assert (step.left, stay_of(session, tube)) == (0, None)
    assert custody_of(session, tube) is Custody.CHECKED_OUT
    view = pick_queries.get_list(session, technician, key)
    assert (view.state, view.answered, view.closed_by_name) == (PickState.DONE, 1, "Ada")
    told = session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.id)).all()
    assert {"storage.pick_list_made", "storage.pick_answered", "storage.pick_list_ended"} <= {*told}
    with pytest.raises(PickListNotOpen, match="is done"):
        service.pick(session, technician, list_id=key, barcode=code_of(session, tube))


def test_a_tube_that_moves_is_scanned_and_then_its_box(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_ids[0], 1, 1)
    wish = PickWish(sample_id=tube, to_box_id=freezer.box_ids[1], to_row=2, to_column=3)
    key = listed(session, technician, [wish], PickPurpose.MOVE)
    with pytest.raises(NothingInHand):
        service.pick(session, technician, list_id=key, barcode="ULT-90/1/A/B-2")

    taken = service.pick(session, technician, list_id=key, barcode=code_of(session, tube))
    with pytest.raises(WrongDestination, match=r"goes to ULT-90/1/A/B-2/B3, not to .*/B-3\."):
        service.pick(session, technician, list_id=key, barcode="ULT-90/1/A/B-3")
    with pytest.raises(WrongDestination, match=r"not to .*/B-2/A1\."):
        service.pick(session, technician, list_id=key, barcode="A1")
    placed = service.pick(session, technician, list_id=key, barcode="B3")

    assert (taken.left, placed.left) == (1, 0)
    assert placed.sentence.endswith("placed in ULT-90/1/A/B-2/B3.")
    stay = stay_of(session, tube)
    assert stay is not None
    assert (stay.box_id, stay.row, stay.column) == (freezer.box_ids[1], 2, 3)
    assert custody_of(session, tube) is not Custody.CHECKED_OUT


def test_a_box_takes_all_that_the_person_carries_there_and_nothing_else(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    here, there, elsewhere = freezer.box_ids
    loose, planned, other = (tube_at(session, project, here, 1, at) for at in (1, 2, 3))
    key = listed(
        session,
        technician,
        [
            PickWish(sample_id=loose, to_box_id=there),
            PickWish(sample_id=planned, to_box_id=there, to_row=1, to_column=1),
            PickWish(sample_id=other, to_box_id=elsewhere),
        ],
        PickPurpose.EVACUATE,
    )
    for tube in (loose, planned, other):
        service.pick(session, technician, list_id=key, barcode=code_of(session, tube))

    placed = service.pick(session, technician, list_id=key, barcode="ULT-90/1/A/B-2")

    assert placed.sentence == "2 tubes placed in ULT-90/1/A/B-2."
    assert {line.goes_to for line in placed.lines} == {
        "ULT-90/1/A/B-2/A1",
        "ULT-90/1/A/B-2/A2",
    }
    carried = pick_queries.in_hand(session, technician, key)
    assert [line.sample_id for line in carried] == [other]


def test_a_move_without_a_destination_goes_where_it_is_scanned_to(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_ids[0], 1, 1)
    key = listed(session, technician, [PickWish(sample_id=tube)], PickPurpose.MOVE)
    service.pick(session, technician, list_id=key, barcode=code_of(session, tube))

    placed = service.pick(session, technician, list_id=key, barcode="ULT-90/1/A/B-3/C4")

    assert placed.lines[0].goes_to == "ULT-90/1/A/B-3/C4"


def _refusals(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> dict[str, tuple[PickListId, str, type[AppError], str]]:
    """Return a list, a barcode, and what scanning it is refused with."""
    held, moved, promised, gone, listed_one = (
        tube_at(session, project, freezer.box_id, 1, at) for at in range(1, 6)
    )
    stray = tube_at(session, project, freezer.box_id, 2, 1)
    key = listed(
        session,
        technician,
        [PickWish(sample_id=tube) for tube in (held, moved, promised, gone, listed_one)],
    )
    put_on_hold(session, session.get_one(Sample, held))
    service.move_samples(session, technician, sample_ids=[moved], box_id=freezer.box_ids[1])
    session.add(CustodyBlock(sample_id=promised, reason="It is offered to Bo."))
    service.take_out(session, technician, sample_id=gone, reason="assay")
    service.pick(session, technician, list_id=key, barcode=code_of(session, listed_one))
    return {
        "held": (key, code_of(session, held), NotToBePicked, "is on hold"),
        "moved": (key, code_of(session, moved), ElsewhereNow, "stands in ULT-90/1/A/B-2/A1 now"),
        "promised": (key, code_of(session, promised), SamplePromised, "offered to Bo"),
        "gone": (key, code_of(session, gone), ElsewhereNow, "stands nowhere any more"),
        "picked": (key, code_of(session, listed_one), AlreadyPicked, "picked already, by Ada"),
        "stray": (key, code_of(session, stray), NotOnTheList, "Put it back"),
        "unknown": (key, "DNA-NOWHERE", SampleNotFound, "Check the label"),
    }


@pytest.mark.parametrize(
    "case", ["held", "moved", "promised", "gone", "picked", "stray", "unknown"]
)
def test_a_wrong_tube_is_refused_in_one_sentence_and_nothing_changes(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer, case: str
) -> None:
    key, barcode, error, sentence = _refusals(session, technician, project, freezer)[case]
    before = pick_queries.list_lines(session, technician, key)
    stays = session.scalars(select(func.count()).where(Placement.removed_at.is_(None))).one()

    with pytest.raises(error, match=sentence):
        service.pick(session, technician, list_id=key, barcode=barcode)

    session.expire_all()
    assert pick_queries.list_lines(session, technician, key) == before
    assert (
        session.scalars(select(func.count()).where(Placement.removed_at.is_(None))).one() == stays
    )


def test_a_held_tube_is_still_brought_to_safety(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_ids[0], 1, 1)
    put_on_hold(session, session.get_one(Sample, tube))
    wish = PickWish(sample_id=tube, to_box_id=freezer.box_ids[1])
    key = listed(session, technician, [wish], PickPurpose.EVACUATE)

    service.pick(session, technician, list_id=key, barcode=code_of(session, tube))
    placed = service.pick(session, technician, list_id=key, barcode="ULT-90/1/A/B-2")

    assert placed.left == 0


@pytest.mark.parametrize(
    ("reason", "doubt"),
    [
        (ShortReason.NOT_FOUND, Doubt.NOT_FOUND),
        (ShortReason.EMPTY, Doubt.NOT_FOUND),
        (ShortReason.WRONG_TUBE, Doubt.NOT_FOUND),
        (ShortReason.DAMAGED, None),
    ],
)
def test_a_short_pick_casts_doubt_on_the_stay_unless_the_tube_is_there(
    session: WriteSession,
    technician: Principal,
    project: Project,
    reason: ShortReason,
    doubt: Doubt | None,
) -> None:
    tube = tube_at(session, project, make_freezer(session).box_id, 1, 1)
    key = listed(session, technician, [PickWish(sample_id=tube)])

    line = service.short_pick(session, technician, list_id=key, step=1, reason=reason)

    stay = stay_of(session, tube)
    assert stay is not None
    assert (line.outcome, stay.doubt) == (PickOutcome.SHORT, doubt)

    service.undo_pick(session, technician, list_id=key)

    assert stay.doubt is None
    assert pick_queries.get_list(session, technician, key).state is PickState.OPEN


def test_a_tube_that_turns_up_after_all_is_picked(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube, other = (tube_at(session, project, freezer.box_id, 1, at) for at in (1, 2))
    key = listed(session, technician, [PickWish(sample_id=each) for each in (tube, other)])
    service.short_pick(session, technician, list_id=key, step=1, reason=ShortReason.NOT_FOUND)

    step = service.pick(session, technician, list_id=key, barcode=code_of(session, tube))

    assert step.lines[0].outcome is PickOutcome.PICKED


def test_undoing_puts_a_picked_tube_back_and_opens_its_line(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_id, 1, 1)
    key = listed(session, technician, [PickWish(sample_id=tube)])
    service.pick(session, technician, list_id=key, barcode=code_of(session, tube))

    line = service.undo_pick(session, technician, list_id=key)

    stay = stay_of(session, tube)
    assert stay is not None
    assert (stay.row, stay.column, line.outcome) == (1, 1, None)
    assert custody_of(session, tube) is Custody.IN_STORAGE
    assert pick_queries.get_list(session, technician, key).state is PickState.OPEN
    with pytest.raises(NothingToUndo):
        service.undo_pick(session, technician, list_id=key)


def test_undoing_takes_a_placed_tube_back_to_where_it_stood(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube = tube_at(session, project, freezer.box_ids[0], 1, 1)
    wish = PickWish(sample_id=tube, to_box_id=freezer.box_ids[1])
    key = listed(session, technician, [wish], PickPurpose.MOVE)
    for code in (code_of(session, tube), "ULT-90/1/A/B-2"):
        service.pick(session, technician, list_id=key, barcode=code)

    service.undo_pick(session, technician, list_id=key)

    stay = stay_of(session, tube)
    assert stay is not None
    assert stay.box_id == freezer.box_ids[0]


def test_closing_leaves_what_is_left_and_waits_for_tubes_in_hand(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tubes = [tube_at(session, project, freezer.box_ids[0], 1, at) for at in (1, 2)]
    wishes = [PickWish(sample_id=tube, to_box_id=freezer.box_ids[1]) for tube in tubes]
    key = listed(session, technician, wishes, PickPurpose.MOVE)
    service.pick(session, technician, list_id=key, barcode=code_of(session, tubes[0]))
    with pytest.raises(StillInHand, match="in hand"):
        service.close_list(session, technician, list_id=key)

    service.skip_pick(session, technician, list_id=key, step=1, reason="put back")
    closed = service.close_list(session, technician, list_id=key)

    assert (closed.state, closed.left) == (PickState.CLOSED, 1)
    left = [line for line in pick_queries.list_lines(session, technician, key) if not line.outcome]
    assert [line.sample_id for line in left] == [tubes[1]]
    with pytest.raises(PickListNotOpen):
        service.undo_pick(session, technician, list_id=key)


def test_a_list_is_refused_whole(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    tube, nowhere = tube_at(session, project, freezer.box_id, 1, 1), make_tube(session, project)
    wish = PickWish(sample_id=tube)
    outside = PickWish(sample_id=tube, to_box_id=freezer.box_id, to_row=10, to_column=1)
    cases: list[tuple[list[PickWish], PickPurpose, type[AppError], str]] = [
        ([], PickPurpose.MOVE, PickListRefused, "Choose the tubes"),
        ([wish, wish], PickPurpose.MOVE, PickListRefused, "each tube once"),
        ([outside], PickPurpose.TAKE_OUT, PickListRefused, "go to no box"),
        ([outside], PickPurpose.MOVE, PositionOutside, "no position J1"),
        (
            [wish, PickWish(sample_id=nowhere)],
            PickPurpose.TAKE_OUT,
            NotPlaced,
            code_of(session, nowhere),
        ),
    ]
    for wishes, purpose, error, sentence in cases:
        with pytest.raises(error, match=sentence):
            listed(session, technician, wishes, purpose)
    with pytest.raises(PickListRefused, match="what the list is for"):
        service.make_list(session, technician, title=" ", purpose=PickPurpose.MOVE, lines=[wish])

    assert session.scalars(select(func.count()).select_from(PickList)).one() == 0
    assert session.scalars(select(func.count()).select_from(PickLine)).one() == 0


def test_a_list_of_a_project_is_not_seen_by_strangers_nor_made_by_onlookers(
    session: WriteSession,
    technician: Principal,
    stranger: Principal,
    onlooker: Principal,
    project: Project,
) -> None:
    tube = tube_at(session, project, make_freezer(session).box_id, 1, 1)
    key = listed(session, technician, [PickWish(sample_id=tube)])

    assert [each.id for each in pick_queries.list_lists(session, technician)] == [key]
    assert pick_queries.list_lists(session, stranger) == []
    with pytest.raises(PickListNotFound):
        service.pick(session, stranger, list_id=key, barcode=code_of(session, tube))
    with pytest.raises(SampleNotFound):
        listed(session, stranger, [PickWish(sample_id=tube)])
    with pytest.raises(PermissionDenied):
        listed(session, onlooker, [PickWish(sample_id=tube)])
