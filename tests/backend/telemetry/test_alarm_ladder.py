"""The ladder as versions, and what happens when a step's messages reach nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.auth.ids import Role
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.notifications import service as notification_service
from backend.notifications import unit_words
from backend.notifications.ids import DeliveryState
from backend.notifications.models import Delivery
from backend.telemetry import alarm_ladder
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
def keeper(principal_of: Callable[..., Principal]) -> Principal:
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
