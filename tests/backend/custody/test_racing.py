"""Two people at the same tube at once, on a real PostgreSQL: one of them wins."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.custody import queries, service
from backend.custody.errors import AlreadyCheckedOut, OfferClosed
from backend.samples.ids import SampleId
from backend.storage import service as storage_service
from backend.storage.errors import NotPlaced
from backend.storage.ids import NodeId
from tests.backend.custody.conftest import signed_in
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_database")]


@pytest.fixture
def people(committed_database: Engine) -> tuple[Principal, Principal]:
    with writing() as session:
        return (
            signed_in(session, Role.TECHNICIAN, "Ada"),
            signed_in(session, Role.TECHNICIAN, "Ben"),
        )


def stored(person: Principal) -> tuple[SampleId, tuple[NodeId, ...]]:
    with writing() as session:
        tube, freezer = make_tube(session, make_project(session)), make_freezer(session, boxes=2)
        storage_service.place_sample(session, person, sample_id=tube, box_id=freezer.box_id)
        return tube, freezer.box_ids


def at_once(*acts: Callable[[], object]) -> list[type[AppError] | None]:
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> type[AppError] | None:
        start.wait(30)
        try:
            act()
        except AppError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def taking(person: Principal, tube: SampleId) -> object:
    today = clock.utc_now().date()
    with writing() as session:
        return service.check_out(
            session, person, sample_id=tube, purpose="Library prep", due_on=today
        )


def test_of_two_who_answer_one_offer_at_once_one_wins(
    people: tuple[Principal, Principal],
) -> None:
    ada, ben = people
    assert ben.user_id is not None
    with writing() as session:
        tube = make_tube(session, make_project(session))
        key = service.offer_samples(session, ada, sample_ids=[tube], to_id=ben.user_id)

    def accepting() -> object:
        with writing() as session:
            return service.accept_offer(session, ben, offer_id=key)

    def withdrawing() -> object:
        with writing() as session:
            return service.withdraw_offer(session, ada, offer_id=key)

    refused = at_once(accepting, accepting, accepting, withdrawing)

    assert Counter(refused) == {None: 1, OfferClosed: 3}


def test_of_two_who_check_one_tube_out_at_once_one_has_it(
    people: tuple[Principal, Principal],
) -> None:
    tube, _ = stored(people[0])

    refused = at_once(*[lambda person=person: taking(person, tube) for person in people])

    assert Counter(refused) == {None: 1, AlreadyCheckedOut: 1}
    with reading() as session:
        assert len(queries.checked_out(session, people[0])) == 1


def test_a_checkout_and_a_move_at_once_leave_a_chain_without_a_hole(
    people: tuple[Principal, Principal],
) -> None:
    ada, ben = people
    tube, boxes = stored(ada)

    def moving() -> object:
        with writing() as session:
            return storage_service.move_samples(session, ben, sample_ids=[tube], box_id=boxes[1])

    refused = at_once(lambda: taking(ada, tube), moving)

    assert refused in ([None, None], [None, NotPlaced])
    with reading() as session:
        links = queries.chain_of(session, ada, tube)
    assert [link.from_label for link in links[1:]] == [link.to_label for link in links[:-1]]
    assert links[-1].to_label == "Ada"
