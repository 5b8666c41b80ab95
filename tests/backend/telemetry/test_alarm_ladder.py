"""The ladder as versions, and what happens when a step's messages reach nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.auth.ids import Role
from backend.auth.models import User
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.notifications import service as notification_service
from backend.notifications import unit_words
from backend.notifications.ids import Channel, DeliveryState
from backend.notifications.models import Delivery, Notification
from backend.telemetry import alarm_ladder, ladder_rules
from backend.telemetry.errors import ReasonMissing, RuleChanged, RuleRefused
from backend.telemetry.ladder_rules import Step
from tests.factories.people import make_user
from tests.factories.telemetry import make_sensor, open_alarm
from tests.support.clock import FrozenClock

MINUTE = timedelta(minutes=1)
STEPS = (
    Step(label="On call", after=0 * MINUTE),
    Step(label="Head of the biobank", after=5 * MINUTE, roles=(Role.PRINCIPAL_INVESTIGATOR,)),
)


@pytest.fixture
def keeper(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    """Return who keeps the ladder, in a laboratory where somebody can be told by every step."""
    make_user(session, Role.TECHNICIAN)
    make_user(session, Role.PRINCIPAL_INVESTIGATOR)
    return principal_of(Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE, name="Ada")


def test_a_changed_ladder_is_the_next_version_and_is_climbed(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    open_alarm(session, make_sensor(session), frozen_clock())

    made = alarm_ladder.change_ladder(session, keeper, version=1, steps=STEPS, reason="Agreed")
    frozen_clock.advance(minutes=5)

    standing = alarm_ladder.ladder(session)
    assert (made, standing.version, standing.steps) == (2, 2, STEPS)
    assert (standing.set_by_name, standing.reason) == ("Ada", "Agreed")
    assert alarm_ladder.climb(session, keeper, frozen_clock()) == 1


def test_a_ladder_that_cannot_be_or_was_changed_meanwhile_is_refused(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(RuleRefused, match="comes after"):
        alarm_ladder.change_ladder(
            session, keeper, version=1, steps=[STEPS[0], *STEPS[1:], STEPS[1]], reason="Why"
        )
    with pytest.raises(ReasonMissing):
        alarm_ladder.change_ladder(session, keeper, version=1, steps=STEPS, reason=" ")
    with pytest.raises(RuleChanged):
        alarm_ladder.change_ladder(session, keeper, version=2, steps=STEPS, reason="Why")
    with pytest.raises(PermissionDenied):
        alarm_ladder.change_ladder(
            session, principal_of(Permission.STORAGE_VIEW), version=1, steps=STEPS, reason="Why"
        )

    assert alarm_ladder.ladder(session).version == 1


def test_where_a_message_reached_nobody_the_next_step_is_due_at_once(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    alarm = open_alarm(session, make_sensor(session), frozen_clock())
    user = make_user(session, Role.TECHNICIAN)
    session.flush()
    notification_service.notify(
        session,
        user_ids=[user.id],
        notice=unit_words.alarm_raised(unit="ULT-03", detail="It is warm."),
        dedupe_key=unit_words.alarm_key(alarm.id, "critical", 0),
    )
    session.flush()
    waiting = alarm_ladder.climb(session, keeper, frozen_clock())
    session.execute(update(Delivery).values(state=DeliveryState.FAILED))

    climbed = alarm_ladder.climb(session, keeper, frozen_clock())

    assert (waiting, climbed) == (0, 1)
    payload = session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.type == "telemetry.alarm_escalated")
    ).one()
    assert payload["was_undelivered"] is True
    assert payload["step_label"] == "Backup"


def lost(session: WriteSession, frozen_clock: FrozenClock) -> Notification:
    """Let an alarm be told to a person by mail, and return what was told."""
    alarm = open_alarm(session, make_sensor(session), frozen_clock())
    user = make_user(session, Role.TECHNICIAN)
    session.flush()
    notification_service.notify(
        session,
        user_ids=[user.id],
        notice=unit_words.alarm_raised(unit="ULT-03", detail="It is warm."),
        dedupe_key=unit_words.alarm_key(alarm.id, "critical", 0),
    )
    session.flush()
    return session.scalars(select(Notification)).one()


def test_a_message_that_waits_for_its_server_counts_as_lost_after_five_minutes(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    lost(session, frozen_clock)
    session.execute(update(Delivery).values(created_at=func.now() - 4 * MINUTE))
    waiting = alarm_ladder.climb(session, keeper, frozen_clock())
    session.execute(update(Delivery).values(created_at=func.now() - 6 * MINUTE))

    assert (waiting, alarm_ladder.climb(session, keeper, frozen_clock())) == (0, 1)


def test_who_has_read_it_in_the_program_was_reached_though_the_mail_failed(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    told = lost(session, frozen_clock)
    session.execute(update(Delivery).values(state=DeliveryState.FAILED))
    told.read_at = frozen_clock()
    session.flush()

    assert alarm_ladder.climb(session, keeper, frozen_clock()) == 0


def test_a_step_of_which_everybody_has_left_makes_the_next_due_at_once(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    open_alarm(session, make_sensor(session), frozen_clock())
    session.execute(update(User).values(is_active=False))
    nobody = alarm_ladder.climb(session, keeper, frozen_clock())
    make_user(session, Role.PRINCIPAL_INVESTIGATOR)  # of whom the first step knows nothing

    climbed = [alarm_ladder.climb(session, keeper, frozen_clock()) for _ in range(3)]

    # The backup has left too; the manager is there and has time.
    assert (nobody, climbed) == (0, [1, 1, 0])


def test_a_ladder_that_reaches_nobody_or_has_no_such_channel_is_refused(
    session: WriteSession, keeper: Principal
) -> None:
    gone = make_user(session, Role.GUEST, is_active=False)
    to_the_gone = replace(STEPS[1], roles=(), people=(str(gone.id),))
    administrators = replace(STEPS[1], roles=(Role.ADMINISTRATOR,))

    for step in (to_the_gone, administrators):
        with pytest.raises(RuleRefused, match="“Head of the biobank” reaches nobody"):
            alarm_ladder.change_ladder(
                session, keeper, version=1, steps=[STEPS[0], step], reason="Why"
            )
    with pytest.raises(RuleRefused, match="no mail server is set up"):
        alarm_ladder.change_ladder(
            session,
            keeper,
            version=1,
            steps=STEPS,
            reason="Why",
            channels=(Channel.IN_APP,),
        )
    nameless = replace(STEPS[1], label=" ")
    with pytest.raises(RuleRefused, match="Step 2 has no name"):
        alarm_ladder.change_ladder(
            session, keeper, version=1, steps=[STEPS[0], nameless], reason="Why"
        )

    assert [each.version for each in alarm_ladder.list_versions(session, keeper)] == [1]


def test_all_versions_of_the_ladder_stay_to_be_seen(
    session: WriteSession, keeper: Principal
) -> None:
    by_program = tuple(replace(step, channels=(Channel.IN_APP,)) for step in STEPS)
    alarm_ladder.change_ladder(
        session, keeper, version=1, steps=by_program, reason="No mail", channels=(Channel.IN_APP,)
    )

    made, default = alarm_ladder.list_versions(session, keeper)

    assert (made.version, made.reason, made.steps) == (2, "No mail", by_program)
    assert made.set_at is not None
    assert (default.version, default.set_by_name) == (1, None)


def test_the_ladder_is_to_be_tried_out_once_a_month(frozen_clock: FrozenClock) -> None:
    now = frozen_clock()

    assert ladder_rules.is_test_due(None, now)
    assert not ladder_rules.is_test_due(now - timedelta(days=31), now)
    assert ladder_rules.is_test_due(now - timedelta(days=31, seconds=1), now)
