"""A person reads their own notifications, marks them, takes that back, and chooses."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.notifications import queries, rules, service, unit_words
from backend.notifications.errors import KindAlwaysShown
from backend.notifications.ids import Channel, Kind, NotificationId, Show
from backend.notifications.rules import Notice
from tests.factories.people import make_user


def tell(session: WriteSession, person: Principal, *notices: Notice) -> list[NotificationId]:
    assert person.user_id is not None
    made: list[NotificationId] = []
    for number, notice in enumerate(notices):
        made += service.notify(
            session,
            user_ids=[person.user_id],
            notice=notice,
            dedupe_key=f"{number}:{notice.title}",
        )
    return made


PLAN = rules.plan_ready(placements=3, left_over=0, plan_id="p")
ALARM = unit_words.alarm_raised(unit="ULT-03", detail="Warm.")
FULL = rules.unit_nearly_full(label="ULT-03", used=96, capacity=100)


@pytest.fixture
def other(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    user = make_user(session, Role.TECHNICIAN, name="Bo")
    made: Principal = principal_of(Permission.NOTIFICATIONS_VIEW, user_id=UserId(user.id))
    return made


def test_the_newest_stands_first_and_nobody_sees_anothers(
    session: WriteSession, person: Principal, other: Principal
) -> None:
    tell(session, person, PLAN, ALARM)
    tell(session, other, FULL)

    assert [each.title for each in queries.latest(session, person, 10)] == [
        ALARM.title,
        PLAN.title,
    ]
    assert queries.unread_count(session, person) == 2


def test_each_view_holds_its_kinds_and_counts_its_unread(
    session: WriteSession, person: Principal
) -> None:
    plan, _alarm, _full = tell(session, person, PLAN, ALARM, FULL)
    service.mark_read(session, person, notification_ids=[plan])

    assert queries.unread_by_view(session, person) == {
        Show.ALL: 2,
        Show.UNREAD: 2,
        Show.MINE: 0,
        Show.ALARMS: 1,
        Show.STORAGE: 1,
        Show.SEQUENCING: 0,
        Show.PROGRAM: 0,
    }
    storage = queries.window(session, person, kinds=rules.kinds_of(Show.STORAGE))
    assert {each.kind for each in storage} == {Kind.PLAN_READY, Kind.UNIT_NEARLY_FULL}
    unread = queries.window(session, person, unread_only=True)
    assert {each.kind for each in unread} == {Kind.ALARM_RAISED, Kind.UNIT_NEARLY_FULL}


def test_marking_leaves_other_peoples_alone(
    session: WriteSession, person: Principal, other: Principal
) -> None:
    (theirs,) = tell(session, other, PLAN)

    marked = service.mark_read(session, person, notification_ids=[theirs])

    assert (marked.count, marked.at) == (0, None)
    assert queries.unread_count(session, other) == 1


def test_all_of_a_view_are_marked_and_it_is_recorded(
    session: WriteSession, person: Principal
) -> None:
    tell(session, person, PLAN, ALARM)

    marked = service.mark_all_read(session, person, show=Show.ALARMS)

    assert marked.count == 1
    assert queries.unread_count(session, person) == 1
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "notifications.read"))
    assert (entry.entity_id, entry.new_values) == (person.user_id, {"notifications": 1})


def test_what_was_marked_is_taken_back_and_nothing_else(
    session: WriteSession, person: Principal
) -> None:
    tell(session, person, PLAN, ALARM)
    marked = service.mark_all_read(session, person)
    assert marked.at is not None

    assert service.mark_unread(session, person, read_at=marked.at) == 2
    assert service.mark_unread(session, person, read_at=marked.at) == 0
    assert queries.unread_count(session, person) == 2


def test_without_the_right_nothing_is_read_or_marked(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    stranger = principal_of()

    for forbidden in (
        lambda: queries.latest(session, stranger, 5),
        lambda: queries.unread_by_view(session, stranger),
        lambda: queries.preferences(session, stranger),
        lambda: service.mark_all_read(session, stranger),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()


def test_the_machinery_has_no_notifications(session: WriteSession) -> None:
    nobody = machinery("worker", Permission.NOTIFICATIONS_VIEW, request_id="test")

    with pytest.raises(PermissionDenied, match="Only people"):
        service.mark_all_read(session, nobody)


def test_a_choice_is_kept_recorded_and_changes_nothing_twice(
    session: WriteSession, person: Principal
) -> None:
    for _ in range(2):
        service.set_preference(
            session, person, kind=Kind.REPORT_BUILT, channel=Channel.EMAIL, enabled=False
        )

    chosen = {(each.kind, each.channel): each for each in queries.preferences(session, person)}
    assert not chosen[Kind.REPORT_BUILT, Channel.EMAIL].enabled
    assert chosen[Kind.REPORT_BUILT, Channel.IN_APP].enabled
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "notifications.preference_changed")
    ).all()
    assert len(entries) == 1


@pytest.mark.parametrize("kind", sorted(rules.ALWAYS_IN_APP))
def test_an_alarm_cannot_be_switched_off_but_its_mail_can(
    session: WriteSession, person: Principal, kind: Kind
) -> None:
    with pytest.raises(KindAlwaysShown, match="always shown"):
        service.set_preference(session, person, kind=kind, channel=Channel.IN_APP, enabled=False)
    service.set_preference(session, person, kind=kind, channel=Channel.EMAIL, enabled=False)

    chosen = {(each.kind, each.channel): each for each in queries.preferences(session, person)}
    assert chosen[kind, Channel.IN_APP].locked
    assert chosen[kind, Channel.IN_APP].enabled
    assert not chosen[kind, Channel.EMAIL].enabled
