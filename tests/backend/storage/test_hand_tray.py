"""Tubes in somebody's hand: out of their position, in one hand, and gone from it once placed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.custody import queries as custody_queries
from backend.custody import service as custody_service
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.ids import Custody, Lifecycle, SampleId
from backend.samples.models import Project, Sample
from backend.samples.past.reading import sample_as_of
from backend.storage import box_queries, hand_queries, queries, service
from backend.storage.errors import (
    BlockRefused,
    InAnothersHand,
    NothingInHand,
    NotToBeTaken,
    PlacementRefused,
    PositionTaken,
)
from backend.storage.ids import UnitStatus
from backend.storage.models import StorageNode
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


@pytest.fixture
def colleague(session: WriteSession) -> Principal:
    return make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        name="Cora",
    )


def custody_of(session: WriteSession, tube: SampleId) -> Custody:
    return session.scalars(select(Sample.custody).where(Sample.id == tube)).one()


def test_a_tube_in_hand_has_left_its_position_and_is_on_its_way(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)

    tray = service.take_in_hand(session, technician, sample_ids=[tube])

    assert [(item.sample_id, item.from_position) for item in tray.items] == [(tube, "C3")]
    assert tray.items[0].from_box_id == freezer.box_id
    assert tray.oldest_at == frozen_clock.now
    assert box_queries.taken_positions(session, freezer.box_id) == frozenset()
    assert custody_of(session, tube) is Custody.HAND_TRAY
    stay = queries.custody_history(session, technician, tube)[0]
    assert (stay.removal_reason, stay.removed_by) == ("taken in hand", technician.name)
    assert custody_queries.chain_of(session, technician, tube)[-1].to_label == technician.name


def test_taking_it_again_changes_nothing(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)
    before = service.take_in_hand(session, technician, sample_ids=[tube])
    frozen_clock.advance(minutes=5)

    assert service.take_in_hand(session, technician, sample_ids=[tube]) == before


def test_what_waits_for_a_place_can_be_taken_and_put_down_again(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    tube = make_tube(session, project)

    tray = service.take_in_hand(session, technician, sample_ids=[tube])
    held = custody_of(session, tube)
    stays = service.put_hand_back(session, technician, sample_ids=[tube])

    assert (tray.items[0].from_path, held) == (None, Custody.HAND_TRAY)
    assert stays == ()
    assert custody_of(session, tube) is Custody.NOT_PLACED
    assert hand_queries.get_tray(session, technician).items == ()
    assert custody_queries.chain_of(session, technician, tube)[-1].to_label == technician.name


def test_what_one_has_in_hand_another_cannot_take_or_put_back(
    session: WriteSession, technician: Principal, colleague: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)
    service.take_in_hand(session, technician, sample_ids=[tube])

    with pytest.raises(InAnothersHand, match=technician.name):
        service.take_in_hand(session, colleague, sample_ids=[tube])
    with pytest.raises(InAnothersHand):
        service.put_hand_back(session, colleague, sample_ids=[tube])

    assert hand_queries.get_tray(session, colleague).items == ()
    assert len(hand_queries.get_tray(session, technician).items) == 1


def test_whoever_places_it_takes_it_out_of_the_hand(
    session: WriteSession, technician: Principal, colleague: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)
    service.take_in_hand(session, technician, sample_ids=[tube])

    service.place_sample(session, colleague, sample_id=tube, box_id=freezer.box_id)

    assert hand_queries.get_tray(session, technician).items == ()
    assert custody_of(session, tube) is Custody.IN_STORAGE


def test_it_goes_back_to_where_it_came_from(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)
    service.take_in_hand(session, technician, sample_ids=[tube])
    frozen_clock.advance(minutes=90)

    stays = service.put_hand_back(session, technician, sample_ids=[tube])

    assert [(stay.box_id, stay.position) for stay in stays] == [(freezer.box_id, "C3")]
    assert hand_queries.get_tray(session, technician).items == ()
    with pytest.raises(NothingInHand):
        service.put_hand_back(session, technician, sample_ids=[tube])


def test_all_go_back_or_none(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    first, second, third = (make_tube(session, project) for _ in range(3))
    stand(session, first, freezer.box_id, 1, 1)
    stand(session, second, freezer.box_id, 2, 1)
    service.take_in_hand(session, technician, sample_ids=[first, second])
    stand(session, third, freezer.box_id, 2, 1)

    with pytest.raises(PositionTaken, match="came from B1 of"), session.begin_nested():
        service.put_hand_back(session, technician, sample_ids=[first, second])

    assert len(hand_queries.get_tray(session, technician).items) == 2
    assert queries.locations_of(session, technician, [first, second]) == {}


def test_within_ten_minutes_no_rule_keeps_it_from_going_back_and_later_they_are_asked(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 3, 3)
    session.get_one(StorageNode, freezer.unit_id).status = UnitStatus.DEFROSTING
    service.take_in_hand(session, technician, sample_ids=[tube])
    frozen_clock.advance(minutes=9)
    service.put_hand_back(session, technician, sample_ids=[tube])
    service.take_in_hand(session, technician, sample_ids=[tube])
    frozen_clock.advance(minutes=11)

    with pytest.raises(PlacementRefused, match="takes no samples"):
        service.put_hand_back(session, technician, sample_ids=[tube])


def test_an_undone_placing_out_of_a_hand_is_in_the_hand_again(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    freezer, tube = make_freezer(session, boxes=2), make_tube(session, project)
    stand(session, tube, freezer.box_ids[0], 3, 3)
    service.take_in_hand(session, technician, sample_ids=[tube])
    taken_at = frozen_clock.now
    frozen_clock.advance(minutes=2)
    placed = service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_ids[1])

    service.undo_placement(session, technician, placement_id=placed.id)

    (item,) = hand_queries.get_tray(session, technician).items
    assert (item.from_box_id, item.from_position) == (freezer.box_ids[0], "C3")
    assert item.taken_at == taken_at
    assert custody_of(session, tube) is Custody.HAND_TRAY


@pytest.mark.parametrize("custody", [Custody.CHECKED_OUT, Custody.SHIPPED, Custody.HAND_TRAY])
def test_what_is_elsewhere_cannot_be_taken(
    session: WriteSession, technician: Principal, project: Project, custody: Custody
) -> None:
    tube = make_tube(session, project, custody=custody)

    with pytest.raises(NotToBeTaken):
        service.take_in_hand(session, technician, sample_ids=[tube])


def test_what_is_gone_cannot_be_taken_and_what_is_ended_in_hand_leaves_it(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    gone = make_tube(session, project, lifecycle=Lifecycle.DISPOSED)
    tube = make_tube(session, project)
    stand(session, gone, freezer.box_id, 1, 1)
    stand(session, tube, freezer.box_id, 1, 2)
    service.take_in_hand(session, technician, sample_ids=[tube])

    samples_service.change_status(
        session, technician, sample_id=tube, action="lose", reason="Not on the bench"
    )

    assert hand_queries.get_tray(session, technician).items == ()
    with pytest.raises(NotToBeTaken, match="lifecycle has ended"):
        service.take_in_hand(session, technician, sample_ids=[gone])


def test_a_tube_checked_out_of_the_hand_leaves_it(session: WriteSession, project: Project) -> None:
    person = make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.CUSTODY_HANDLE,
    )
    freezer, tube = make_freezer(session), make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)
    service.take_in_hand(session, person, sample_ids=[tube])

    custody_service.check_out(
        session,
        person,
        sample_id=tube,
        purpose="Library prep",
        due_on=clock.utc_now().date() + timedelta(days=1),
    )

    assert hand_queries.get_tray(session, person).items == ()
    assert custody_of(session, tube) is Custody.CHECKED_OUT


def test_the_past_of_a_sample_tells_when_it_was_in_hand(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    freezer, tube = make_freezer(session), make_tube(session, project)
    waiting = make_tube(session, project)
    seen = []

    def look(key: SampleId) -> None:
        at = session.execute(select(func.clock_timestamp())).scalar_one()
        seen.append((key, at, custody_of(session, key)))

    service.place_sample(session, technician, sample_id=tube, box_id=freezer.box_id)
    look(tube)
    service.take_in_hand(session, technician, sample_ids=[tube, waiting])
    look(tube)
    service.put_hand_back(session, technician, sample_ids=[tube, waiting])
    look(tube)
    look(waiting)

    told = []
    for key, at, _ in seen:
        barcode = samples_queries.get_sample(session, EVERYBODY, key).row.barcode
        told.append(sample_as_of(session, EVERYBODY, barcode, at=at).field("custody").then)
    assert told == [custody for *_, custody in seen]
    assert told == ["in_storage", "hand_tray", "in_storage", "not_placed"]


def test_those_who_answer_for_storage_see_whose_hands_hold_what(
    session: WriteSession, technician: Principal, colleague: Principal, project: Project
) -> None:
    freezer = make_freezer(session)
    first, second = make_tube(session, project), make_tube(session, project)
    stand(session, first, freezer.box_id, 1, 1)
    stand(session, second, freezer.box_id, 1, 2)
    service.take_in_hand(session, technician, sample_ids=[first])
    service.take_in_hand(session, colleague, sample_ids=[second])
    keeper = make_person(
        session,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_CONFIGURE,
    )

    held = {tray.user_name: tray.items for tray in hand_queries.trays(session, keeper)}

    assert {name: [item.sample_id for item in items] for name, items in held.items()} == {
        technician.name: [first],
        "Cora": [second],
    }
    with pytest.raises(PermissionDenied):
        hand_queries.trays(session, technician)


def test_a_tube_discarded_from_a_hand_is_in_no_hand(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    kept, broken = make_tube(session, project), make_tube(session, project)
    service.take_in_hand(session, technician, sample_ids=[kept, broken])

    samples_service.dispose_sample(session, technician, sample_id=broken, reason="Broken")

    tray = hand_queries.get_tray(session, technician)
    assert [item.sample_id for item in tray.items] == [kept]


def test_only_people_who_may_place_take_tubes_in_hand(
    session: WriteSession, onlooker: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    machine = machinery(
        "importer", Permission.STORAGE_PLACE, Permission.STORAGE_VIEW, request_id="test"
    )

    with pytest.raises(PermissionDenied):
        service.take_in_hand(session, onlooker, sample_ids=[tube])
    with pytest.raises(PermissionDenied, match="People"):
        service.take_in_hand(session, machine, sample_ids=[tube])


@pytest.mark.parametrize(
    ("count", "sentence"),
    [(0, "No tube is chosen"), (1_537, r"up to 1,536 tubes.* are 1,537\. .*pick list.* 20,000\.")],
)
def test_some_tubes_are_taken_together_but_not_any_number(
    session: WriteSession, technician: Principal, count: int, sentence: str
) -> None:
    tubes = [SampleId(new_id()) for _ in range(count)]

    with pytest.raises(BlockRefused, match=sentence):
        service.take_in_hand(session, technician, sample_ids=tubes)
