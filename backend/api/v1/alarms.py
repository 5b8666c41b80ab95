"""Alarms of sensors: the list with those that are over, acknowledging, asking for time."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery, page_of
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_queries, service
from backend.telemetry.alarm_queries import AlarmsWanted
from backend.telemetry.common_rules import A_MINUTE, LONGEST_SNOOZE
from backend.telemetry.ids import AlarmId, AlarmKind, AlarmSeverity

_LONGEST_LABEL = 60
_LONGEST_REASON = 500


class AlarmsQuery(PageQuery):
    """Which alarms, and where the page starts; what is not given leaves nothing out."""

    open: bool | None = Field(
        default=None, description="Only those that are open, or only those that are over."
    )
    acknowledged: bool | None = None
    unit: str | None = Field(default=None, max_length=_LONGEST_LABEL, description="ULT-03")
    kind: AlarmKind | None = None
    severity: AlarmSeverity | None = None


class AlarmOut(ApiOutput):
    """An alarm; ``limit``, ``lowest`` and ``highest`` are in the unit of its rule.

    ``value`` is the sensor's newest reading, in ``measured_in``. ``told_at`` is null where nobody
    was told because the unit is in maintenance; ``storm_version`` is of the common rule by which
    it was gathered with others.
    """

    id: UUID
    sensor: str
    unit_id: UUID
    unit_label: str
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    lowest: float | None
    highest: float | None
    value: float | None
    read_at: datetime | None
    measured_in: str
    since: datetime
    raised_at: datetime
    told_at: datetime | None
    storm_id: UUID | None
    storm_version: int | None
    back_since: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by_name: str | None
    snoozed_until: datetime | None
    snooze_reason: str | None
    closed_at: datetime | None
    rule_key: str
    rule_version: int
    is_simulated: bool


class AlarmsOut(ApiOutput):
    """Alarms, the latest beginning first."""

    items: list[AlarmOut]
    next_cursor: str | None


class ReasonIn(ApiInput):
    """What was found, or what is done about it."""

    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)


class SnoozeIn(ReasonIn):
    """For how many minutes nobody further is told, and why; the common rule says how many."""

    minutes: int = Field(ge=1, le=LONGEST_SNOOZE // A_MINUTE)


def list_alarms(call: Call) -> AlarmsOut:
    """Return a page of the alarms."""
    asked = call.asked(AlarmsQuery)
    wanted = AlarmsWanted(
        is_open=asked.open,
        is_acknowledged=asked.acknowledged,
        unit_label=asked.unit,
        kind=asked.kind,
        severity=asked.severity,
    )
    with reading() as session:
        found = alarm_queries.list_alarms(
            session, call.caller, wanted, before=asked.before, limit=asked.limit + 1
        )
    shown, following = page_of(found, asked.limit, lambda alarm: (alarm.since, alarm.id))
    return AlarmsOut(items=[AlarmOut.model_validate(each) for each in shown], next_cursor=following)


def get_alarm(call: Call) -> AlarmOut:
    """Return one alarm."""
    with reading() as session:
        return AlarmOut.model_validate(alarm_queries.get_alarm(session, call.caller, _key(call)))


def acknowledge(call: Call) -> object:
    """Say that a person knows of the alarm; it stays while it lasts."""
    reason = call.sent(ReasonIn).reason
    with writing() as session:

        def act() -> AlarmOut:
            alarm = alarm_queries.get_alarm(session, call.caller, _key(call))
            service.acknowledge(
                session,
                call.caller,
                sensor_id=alarm.sensor_id,
                alarm_id=alarm.id,
                reason=reason,
            )
            return AlarmOut.model_validate(alarm_queries.get_alarm(session, call.caller, alarm.id))

        return once(session, call, act)


def snooze(call: Call) -> object:
    """Let nobody further be told of the alarm for a while."""
    sent = call.sent(SnoozeIn)
    with writing() as session:

        def act() -> AlarmOut:
            alarm = alarm_queries.get_alarm(session, call.caller, _key(call))
            service.snooze(
                session,
                call.caller,
                sensor_id=alarm.sensor_id,
                alarm_id=alarm.id,
                lasting=timedelta(minutes=sent.minutes),
                reason=sent.reason,
            )
            return AlarmOut.model_validate(alarm_queries.get_alarm(session, call.caller, alarm.id))

        return once(session, call, act)


def _key(call: Call) -> AlarmId:
    return AlarmId(call.key("alarm_id"))


_TAG = "Alarms"
_VIEW = Permission.STORAGE_VIEW
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/alarms",
        handler=list_alarms,
        access=_VIEW,
        summary="Alarms of sensors, open and over, the latest beginning first",
        tag=_TAG,
        answer=AlarmsOut,
        query=AlarmsQuery,
    ),
    Route(
        method="GET",
        path="/api/v1/alarms/{alarm_id}",
        handler=get_alarm,
        access=_VIEW,
        summary="One alarm with its sensor's newest reading",
        tag=_TAG,
        answer=AlarmOut,
    ),
    Route(
        method="POST",
        path="/api/v1/alarms/{alarm_id}/acknowledge",
        handler=acknowledge,
        access=_VIEW,
        summary="Say that a person knows of the alarm and what they do; nobody further is told",
        tag=_TAG,
        body=ReasonIn,
        answer=AlarmOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/alarms/{alarm_id}/snooze",
        handler=snooze,
        access=_VIEW,
        summary="Let nobody further be told of the alarm for as long as the common rule allows",
        tag=_TAG,
        body=SnoozeIn,
        answer=AlarmOut,
        status=201,
        once=True,
    ),
)
