"""Climbing the ladder: whoever is told next when nobody acknowledges, and trying it out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.auth.ids import Role
from backend.core import clock
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.notifications import queries as notification_queries
from backend.notifications import service as notification_service
from backend.notifications import unit_words
from backend.notifications.ids import Channel, Kind
from backend.telemetry import ladder_rules
from backend.telemetry.alarm_models import Alarm, AlarmTest, EscalationLadder
from backend.telemetry.errors import ReasonMissing, RuleChanged, RuleRefused
from backend.telemetry.events import AlarmEscalated, AlarmTestSent, LadderChanged
from backend.telemetry.ids import AlarmSeverity
from backend.telemetry.ladder_rules import Step
from backend.telemetry.models import Sensor

LADDER: Final = uuid5(NAMESPACE_OID, "tracseq:escalation_ladder")
"""What events about the ladder are about: there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps as they stand; version 1 is the program's default."""

    version: int
    steps: tuple[Step, ...]
    set_by_name: str | None = None
    reason: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """When the ladder was tried out, and by whom."""

    at: datetime
    by_name: str
    steps: int
    version: int
    """Of the ladder that was tried out."""


_BY_DEFAULT: Final = Ladder(version=1, steps=tuple(ladder_rules.DEFAULT))


def ladder(session: Session) -> Ladder:
    """Return the ladder that holds."""
    row = session.scalars(
        select(EscalationLadder).order_by(EscalationLadder.version.desc()).limit(1)
    ).one_or_none()
    return _BY_DEFAULT if row is None else _ladder(row)


def list_versions(session: ReadSession, principal: Principal) -> list[Ladder]:
    """Return all versions of the ladder, the newest first."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(select(EscalationLadder).order_by(EscalationLadder.version.desc()))
    return [*(_ladder(row) for row in rows), _BY_DEFAULT]


def climb(session: WriteSession, principal: Principal, now: datetime) -> int:
    """Tell the next people of each critical alarm that nobody has acknowledged; return how many.

    A storm climbs as one. A unit that is back in range waits for its acknowledgement quietly, and a
    snoozed alarm for the end of its snooze.
    """
    rows = session.execute(
        select(Alarm, Sensor)
        .join(Sensor, Sensor.id == Alarm.sensor_id)
        .where(
            Alarm.closed_at.is_(None),
            Alarm.told_at.is_not(None),
            Alarm.acknowledged_at.is_(None),
            Alarm.back_since.is_(None),
            Alarm.severity == AlarmSeverity.CRITICAL,
            or_(Alarm.snoozed_until.is_(None), Alarm.snoozed_until <= now),
            or_(Alarm.storm_id.is_(None), Alarm.storm_id == Alarm.id),
        )
        .order_by(Sensor.id, Alarm.id)
        .with_for_update(of=Alarm)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return 0
    steps = ladder(session).steps
    last = {alarm.id: _key(alarm, alarm.steps_told - 1) for alarm, _ in rows}
    failed = notification_queries.undelivered(session, sorted(last.values()))
    lacking = ladder_rules.without_people([len(_people(session, step)) for step in steps])
    told = 0
    for alarm, sensor in rows:
        is_lost = last[alarm.id] in failed or alarm.steps_told in lacking
        waited = now - (alarm.ladder_from or now)
        due = ladder_rules.steps_due(steps, waited, alarm.steps_told, undelivered=is_lost)
        for number in range(alarm.steps_told, due):
            events_service.record(
                session, principal, _escalated(alarm, sensor, number, steps[number], is_lost)
            )
            told += 1
        alarm.steps_told = max(due, alarm.steps_told)
    return told


def change_ladder(
    session: WriteSession,
    principal: Principal,
    *,
    version: int,
    steps: Sequence[Step],
    reason: str,
    channels: Collection[Channel] = tuple(Channel),
) -> int:
    """Make the next version of the ladder and return its number; ``channels`` are set up here.

    Raises:
        RuleChanged: somebody else has changed it meanwhile.
        RuleRefused: a ladder that cannot be climbed, or that reaches nobody by a step.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("escalation_ladder"))))
    before = ladder(session)
    if before.version != version:
        raise RuleChanged(
            f"Version {before.version} of the ladder was made meanwhile. Look at it and try again."
        )
    reached = [len(_people(session, step)) for step in steps]
    if fault := ladder_rules.faults(steps, reached, channels):
        raise RuleRefused(fault, fields={"steps": fault})
    if not reason.strip():
        raise ReasonMissing(
            "Say in a few words why the ladder changes.",
            fields={"reason": "A few words are needed."},
        )
    made = EscalationLadder(
        version=version + 1,
        steps=[_as_json(each) for each in steps],
        set_by_name=principal.name,
        reason=reason.strip(),
    )
    session.add(made)
    changed = LadderChanged(
        aggregate_id=LADDER, version=made.version, steps=tuple(_in_words(each) for each in steps)
    )
    events_service.record(session, principal, changed, reason=reason.strip())
    session.flush()
    return made.version


def send_test(session: WriteSession, principal: Principal) -> int:
    """Send a test down the whole ladder at once and return how many steps it has; no alarm is made.

    DOMAIN 2h: once a month, and written down.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    standing = ladder(session)
    test = AlarmTest(
        at=clock.utc_now(),
        by_name=principal.name,
        steps=len(standing.steps),
        ladder_version=standing.version,
    )
    session.add(test)
    session.flush()
    for number, step in enumerate(standing.steps):
        sent = AlarmTestSent(
            aggregate_id=test.id,
            step=number,
            step_label=step.label,
            roles=tuple(role.value for role in step.roles),
            people=step.people,
            channels=tuple(channel.value for channel in step.channels),
            by=principal.name,
        )
        events_service.record(session, principal, sent)
    return len(standing.steps)


def list_tests(session: ReadSession, principal: Principal, limit: int = 12) -> list[Tested]:
    """Return the last tests of the ladder, the newest first."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.scalars(select(AlarmTest).order_by(AlarmTest.at.desc()).limit(limit))
    return [
        Tested(at=row.at, by_name=row.by_name, steps=row.steps, version=row.ladder_version)
        for row in rows
    ]


def _escalated(
    alarm: Alarm,
    sensor: Sensor,
    number: int,
    step: Step,
    was_undelivered: bool,  # noqa: FBT001 -- a fact of the event
) -> AlarmEscalated:
    return AlarmEscalated(
        aggregate_id=sensor.id,
        alarm_id=alarm.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        kind=alarm.kind.value,
        severity=alarm.severity.value,
        since=alarm.since,
        step=number,
        step_label=step.label,
        roles=tuple(role.value for role in step.roles),
        people=step.people,
        channels=tuple(channel.value for channel in step.channels),
        was_undelivered=was_undelivered,
    )


def _people(session: Session, step: Step) -> Sequence[UserId]:
    """Return whom a step tells: those of them who may sign in."""
    roles = [role.value for role in step.roles]
    return notification_service.people_of(
        ReadSession(session), Kind.ALARM_RAISED, roles=roles, people=step.people
    )


def _ladder(row: EscalationLadder) -> Ladder:
    return Ladder(
        version=row.version,
        steps=tuple(_step(each) for each in row.steps),
        set_by_name=row.set_by_name,
        reason=row.reason,
        set_at=row.set_at,
    )


def _key(alarm: Alarm, step: int) -> str:
    return unit_words.alarm_key(alarm.id, alarm.severity.value, step)


def _step(said: object) -> Step:
    assert isinstance(said, dict)  # noqa: S101 written by `_as_json`
    return Step(
        label=str(said["label"]),
        after=timedelta(minutes=said["after_min"]),
        roles=tuple(Role(each) for each in said["roles"]),
        people=tuple(str(UUID(each)) for each in said["people"]),
        channels=tuple(Channel(each) for each in said["channels"]),
    )


def _as_json(step: Step) -> dict[str, object]:
    return {
        "label": step.label,
        "after_min": step.after / timedelta(minutes=1),
        "roles": [role.value for role in step.roles],
        "people": list(step.people),
        "channels": [channel.value for channel in step.channels],
    }


def _in_words(step: Step) -> str:
    return f"{step.after / timedelta(minutes=1):g} min: {step.label}"
