"""What is long in a hand is told to whoever holds it, later to whoever answers for storage."""

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.ids import SampleId
from backend.samples.models import Project, Sample
from backend.storage import service
from backend.storage.hand_reminding import Reminded
from tests.factories.storage import make_tube
from tests.support.clock import FrozenClock

CLOCK = machinery("schedule", Permission.STORAGE_CONFIGURE, request_id="test")
NOBODY = Reminded(people=0, escalated=0)


def told(session: WriteSession, kind: str) -> list[dict[str, object]]:
    rows = session.scalars(select(OutboxEvent).where(OutboxEvent.type == f"storage.{kind}"))
    return [row.payload for row in rows]


def code(session: WriteSession, tube: SampleId) -> str:
    return session.get_one(Sample, tube).barcode


def test_a_person_is_reminded_once_after_an_hour_of_all_that_was_taken(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    tubes = [make_tube(session, project) for _ in range(5)]
    service.take_in_hand(session, technician, sample_ids=tubes)
    frozen_clock.advance(minutes=60)
    assert service.remind_hands(session, CLOCK) == NOBODY
    frozen_clock.advance(minutes=1)

    reminded = service.remind_hands(session, CLOCK)

    assert reminded == Reminded(people=1, escalated=0)
    (notice,) = told(session, "hand_reminded")
    assert (notice["holder_id"], notice["tubes"]) == (str(technician.user_id), 5)
    assert notice["first"] == [code(session, tube) for tube in tubes[:3]]
    assert service.remind_hands(session, CLOCK) == NOBODY


def test_what_is_taken_later_is_told_later_and_what_is_placed_is_not_told(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    first, second, third = (make_tube(session, project) for _ in range(3))
    service.take_in_hand(session, technician, sample_ids=[first])
    frozen_clock.advance(minutes=61)
    service.remind_hands(session, CLOCK)
    service.take_in_hand(session, technician, sample_ids=[second, third])
    service.put_hand_back(session, technician, sample_ids=[third])
    frozen_clock.advance(minutes=61)

    assert service.remind_hands(session, CLOCK) == Reminded(people=1, escalated=0)
    assert told(session, "hand_reminded")[1]["first"] == [code(session, second)]


def test_after_four_hours_it_is_told_to_whoever_answers_for_storage(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    service.take_in_hand(session, technician, sample_ids=[make_tube(session, project)])
    frozen_clock.advance(minutes=61)
    service.remind_hands(session, CLOCK)
    frozen_clock.advance(hours=3)

    assert service.remind_hands(session, CLOCK) == Reminded(people=0, escalated=1)
    assert [each["name"] for each in told(session, "hand_escalated")] == [technician.name]
    assert service.remind_hands(session, CLOCK) == NOBODY


def test_only_the_program_reminds(session: WriteSession, technician: Principal) -> None:
    with pytest.raises(PermissionDenied):
        service.remind_hands(session, technician)
