"""Scheduled checks of the audit chain: incremental, whole at times, a break told once."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from backend.auth.ids import Role
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.sessions import WriteSession
from backend.events import checking, sealing
from backend.events import service as events_service
from backend.events.models import OutboxEvent
from backend.events.views import EventView, FoundChain
from backend.notifications import consuming
from backend.notifications.models import Notification
from tests.factories.people import make_user

CHECKER = machinery("worker", Permission.AUDIT_VIEW, request_id="check")
RECORD = UUID("0192f3a0-0000-7000-8000-000000000001")


def write(session: WriteSession, count: int, entity_id: UUID = RECORD) -> None:
    for _ in range(count):
        events_service.audit(
            session, CHECKER, action="test.acted", entity="sample", entity_id=entity_id
        )
    session.flush()
    sealing.seal(session)


def check(session: WriteSession, *, whole: bool = False) -> FoundChain:
    found = checking.check_chain(session, CHECKER, whole=whole)
    checking.keep_check(session, CHECKER, found)
    return found


def change(session: WriteSession, statement: str) -> None:
    """As whoever owns the server could: past the trigger that refuses it to the program."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(statement))
    session.execute(text("SET LOCAL session_replication_role = origin"))


def breaks(session: WriteSession) -> list[OutboxEvent]:
    return list(
        session.scalars(select(OutboxEvent).where(OutboxEvent.type == "events.chain_broke"))
    )


def test_a_check_begins_where_the_last_good_one_ended(session: WriteSession) -> None:
    write(session, 5)
    first = check(session)
    write(session, 3)

    second, third = check(session), check(session)

    assert (first.is_whole, first.from_pos, first.to_pos) == (True, 0, 5)
    assert (second.is_whole, second.from_pos, second.to_pos) == (False, 5, 8)
    assert (third.from_pos, third.to_pos, third.broken_pos) == (8, 8, None)
    assert breaks(session) == []


def test_what_was_changed_behind_a_checkpoint_is_found_by_the_check_of_all(
    session: WriteSession,
) -> None:
    write(session, 5)
    check(session)
    change(session, "UPDATE audit_entry SET actor_name = 'Somebody else' WHERE pos = 2")
    write(session, 2)

    little, everything = check(session), check(session, whole=True)

    assert little.broken_pos is None
    assert (everything.is_whole, everything.broken_pos, everything.to_pos) == (True, 2, 1)
    assert "test.acted by Somebody else" in (everything.said or "")


def test_a_chain_that_was_cut_off_is_found_at_its_checkpoint(session: WriteSession) -> None:
    write(session, 5)
    check(session)
    change(session, "DELETE FROM audit_entry WHERE pos > 3")

    found = check(session)

    assert found.broken_pos == 5
    assert "cut off" in (found.said or "")


def test_an_entry_sealed_anew_over_the_checkpoint_is_not_the_one_that_was_verified(
    session: WriteSession,
) -> None:
    write(session, 5)
    check(session)
    change(session, "UPDATE audit_entry SET hash = sha256('x') WHERE pos = 5")

    assert "not the one that was verified" in (check(session).said or "")


def test_a_break_is_told_once_and_to_administrators(session: WriteSession) -> None:
    administrator = make_user(session, Role.ADMINISTRATOR)
    make_user(session, Role.TECHNICIAN)
    write(session, 4)
    change(session, "UPDATE audit_entry SET reason = 'x' WHERE pos = 3")

    check(session)
    check(session, whole=True)

    (broke,) = breaks(session)
    assert broke.payload["position"] == 3
    event = EventView(
        pos=1,
        event_id=broke.event_id,
        aggregate_type=broke.aggregate_type,
        aggregate_id=broke.aggregate_id,
        seq=1,
        type=broke.type,
        payload=broke.payload,
        actor_id=None,
        actor_name="worker",
        at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    consuming.tell(session, event)
    told = session.scalars(select(Notification)).all()
    assert [(each.user_id, each.severity.value) for each in told] == [
        (administrator.id, "critical")
    ]
    assert "from position 3" in told[0].title


def test_a_record_says_how_far_its_entries_were_verified(session: WriteSession) -> None:
    write(session, 2, new_id())
    write(session, 3)
    before = checking.record_chain(session, "sample", RECORD)
    check(session)
    write(session, 1)
    events_service.audit(session, CHECKER, action="a.b", entity="sample", entity_id=RECORD)
    session.flush()

    after = checking.record_chain(session, "sample", RECORD)

    assert (before.sealed, before.verified, before.checks.last) == (3, 0, None)
    assert (after.sealed, after.unsealed, after.verified) == (4, 1, 3)
    assert after.checks.last is not None
    assert after.checks.last.to_pos == 5


def test_a_check_is_for_who_may_read_the_trail(session: WriteSession) -> None:
    with pytest.raises(PermissionDenied):
        checking.check_chain(session, machinery("worker", request_id="x"), whole=False)


def test_what_a_check_found_stays(session: WriteSession) -> None:
    write(session, 1)
    check(session)

    with pytest.raises(DBAPIError, match="written once"), session.begin_nested():
        session.execute(text("UPDATE audit_chain_check SET broken_pos = NULL"))

    assert session.scalar(select(func.count()).select_from(text("audit_chain_check"))) == 1
