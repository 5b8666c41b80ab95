"""Telling those who set up storage that the alarm ladder is to be tried out: once for each day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.telemetry import ladder_rules
from backend.telemetry.alarm_ladder import LADDER
from backend.telemetry.alarm_models import AlarmTest, LadderTestTold
from backend.telemetry.events import LadderTestDue
from backend.telemetry.models import Sensor


def tell_test_due(
    session: WriteSession, principal: Principal, *, now: datetime, zone: ZoneInfo
) -> bool:
    """Tell that the ladder's test is due, and say whether that had to be told.

    Each due day (of ``zone``, the laboratory's) is told of once, a ladder that nobody ever tried
    out once. A laboratory without sensors has no alarm that could climb.
    """
    principal.require(Permission.HEALTH_OPERATE)
    tested_at = session.scalar(select(func.max(AlarmTest.at)))
    if not ladder_rules.is_test_due(tested_at, now):
        return False
    if session.scalar(select(Sensor.id).limit(1)) is None:
        return False
    if tested_at is None and session.scalar(select(LadderTestTold.due_on).limit(1)):
        return False
    due_at = now if tested_at is None else tested_at + ladder_rules.TEST_EVERY
    told = session.scalar(
        insert(LadderTestTold)
        .values(due_on=due_at.astimezone(zone).date())
        .on_conflict_do_nothing()
        .returning(LadderTestTold.due_on)
    )
    if told is None:
        return False
    event = LadderTestDue(
        aggregate_id=LADDER,
        due_on=told,
        tested_on=None if tested_at is None else tested_at.astimezone(zone).date(),
    )
    events_service.record(session, principal, event)
    return True
