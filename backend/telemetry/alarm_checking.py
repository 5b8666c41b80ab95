"""Judging sensors: alarms that begin, become more severe or end are written down and told.

The sensors' rows are locked, so that a check and an acknowledgement follow one another and two
checks at once tell nothing twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.telemetry import (
    alarm_common,
    alarm_hearing,
    alarm_judging,
    alarm_ladder,
    alarm_rules,
    alarm_telling,
    listening,
    maintenance,
)
from backend.telemetry.alarm_hearing import Key
from backend.telemetry.alarm_judging import Before, Heard, Opened
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.alarm_telling import Matter
from backend.telemetry.events import AlarmCleared, AlarmHeld, SensorHeard, SilenceAllowed
from backend.telemetry.ids import (
    TEMPERATURES,
    AlarmKind,
    AlarmSeverity,
    SensorId,
)
from backend.telemetry.models import Sensor
from backend.telemetry.storm_rules import Shared
from backend.telemetry.views import ReadingPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of the alarms has changed; silence is counted apart."""

    raised: int
    cleared: int
    fell_silent: int


_NOTHING_SHARED: Final[Shared] = MappingProxyType({})


@dataclass(slots=True)
class _Changes:
    opened: list[Matter] = field(default_factory=list)
    worsened: list[Matter] = field(default_factory=list)
    closed: list[Alarm] = field(default_factory=list)


def check_alarms(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_ids: Sequence[SensorId] | None = None,
    at_rest: Collection[UUID] = (),
    shared: Shared = _NOTHING_SHARED,
) -> Checked:
    """Judge every sensor by its readings, or those of the units of ``sensor_ids`` only.

    Records each alarm and silence that begins or ends, tells of those that nobody has been told of
    and that are in no maintenance any more, and climbs the ladder where nobody acknowledges. For
    the units ``at_rest``, out of use and empty, no rule holds: their alarms end. ``shared`` is what
    units have in common, by which some alarms are one matter (storm_rules).
    """
    principal.require(Permission.HEALTH_OPERATE)
    now = clock.utc_now()
    sensors = _lock(session, sensor_ids)
    standing = alarm_rules.standing(session)
    terms = alarm_hearing.terms_of_all(sensors, standing)
    terms |= {each.id: () for each in sensors if each.unit_id in at_rest}
    alarms = _open_alarms(session, [each.id for each in sensors])
    common = alarm_common.common_rule(session)
    stable_for = common.numbers.stable_for
    heard = alarm_hearing.hear(
        session, sensors, terms, stable_for=stable_for, open_kinds=alarms.keys()
    )
    muted = maintenance.units_muted(session, now)
    listens_since = listening.counted_from(session, now)
    changes = _Changes()
    for sensor in sensors:
        known = heard[sensor.id]
        if known.silent_from is not None:
            before = {kind: alarm for (of, kind), alarm in alarms.items() if of == sensor.id}
            after = alarm_judging.judge_all(
                terms[sensor.id],
                known,
                _befores(before),
                now,
                stable_for=stable_for,
                listens_since=listens_since,
            )
            ruled = {each.kind for each in terms[sensor.id]}
            _write(session, principal, sensor, known, before, after, changes, now, ruled)
    session.flush()
    untold = [
        (alarm, sensor, heard[sensor.id])
        for sensor in sensors
        for alarm in _of(sensor, alarms, changes)
        if alarm.told_at is None and alarm.closed_at is None and sensor.unit_id not in muted
    ]
    for alarm, sensor, known in changes.opened:
        if sensor.unit_id in muted:
            _hold(session, principal, alarm, sensor, known)
    again = [each for each in changes.worsened if each[0].told_at is not None]
    alarm_telling.tell(session, principal, untold, again, now=now, shared=shared, common=common)
    alarm_ladder.climb(session, principal, now)
    session.flush()
    return Checked(
        raised=sum(alarm.kind is not AlarmKind.NO_DATA for alarm, _, _ in changes.opened),
        cleared=sum(alarm.kind is not AlarmKind.NO_DATA for alarm in changes.closed),
        fell_silent=sum(alarm.kind is AlarmKind.NO_DATA for alarm, _, _ in changes.opened),
    )


def _lock(session: WriteSession, sensor_ids: Sequence[SensorId] | None) -> Sequence[Sensor]:
    asked = select(Sensor).where(Sensor.disconnected_at.is_(None))
    if sensor_ids is not None:
        units = select(Sensor.unit_id).where(Sensor.id.in_(sensor_ids)).scalar_subquery()
        asked = asked.where(
            or_(
                Sensor.id.in_(sensor_ids),
                # A probe and the air beside it are judged together.
                (Sensor.unit_id.in_(units)) & Sensor.kind.in_(TEMPERATURES),
            )
        )
    # Readings may come in meanwhile: they refer to the row and do not change it.
    return session.scalars(
        asked.order_by(Sensor.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _open_alarms(session: Session, sensor_ids: Sequence[UUID]) -> dict[Key, Alarm]:
    rows = session.scalars(
        select(Alarm)
        .where(Alarm.sensor_id.in_(sensor_ids), Alarm.closed_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {(alarm.sensor_id, alarm.kind): alarm for alarm in rows}


def _of(sensor: Sensor, alarms: Mapping[Key, Alarm], changes: _Changes) -> list[Alarm]:
    before = [alarm for (of, _), alarm in alarms.items() if of == sensor.id]
    return before + [alarm for alarm, of, _ in changes.opened if of is sensor]


def _befores(alarms: Mapping[AlarmKind, Alarm]) -> dict[AlarmKind, Before]:
    return {
        kind: Before(
            since=alarm.since,
            back_since=alarm.back_since,
            severity=alarm.severity,
            is_acknowledged=alarm.acknowledged_at is not None,
            needs_person=alarm.told_at is not None,
        )
        for kind, alarm in alarms.items()
    }


def _write(  # noqa: PLR0917 -- one sensor's part of a check
    session: WriteSession,
    principal: Principal,
    sensor: Sensor,
    heard: Heard,
    before: Mapping[AlarmKind, Alarm],
    after: Mapping[AlarmKind, Opened],
    changes: _Changes,
    now: datetime,
    ruled: Collection[AlarmKind],
) -> None:
    for kind, alarm in before.items():
        if kind in after:
            if _is_heard_again(alarm, after[kind]):
                _tell_heard(session, principal, alarm, sensor)
            if _stand(alarm, after[kind], heard.points):
                changes.worsened.append((alarm, sensor, heard))
        else:
            turned = bool(after.keys() & {*_TURNS[kind]})
            if kind is AlarmKind.NO_DATA and kind in ruled and alarm.back_since is None:
                _tell_end_of_silence(session, principal, alarm, sensor, heard)
            close(session, principal, alarm, sensor, turned=turned, has_rule=kind in ruled)
            changes.closed.append(alarm)
    session.flush()
    for kind, opened in after.items():
        if kind not in before:
            alarm = _open(session, sensor, opened, heard.points, now)
            changes.opened.append((alarm, sensor, heard))


_TURNS: Final[Mapping[AlarmKind, tuple[AlarmKind, ...]]] = dict.fromkeys(AlarmKind, ()) | {
    AlarmKind.HIGH: (AlarmKind.LOW,),
    AlarmKind.LOW: (AlarmKind.HIGH,),
}
"""What was too warm and freezes is not over: it has turned into the other."""


def _open(
    session: WriteSession,
    sensor: Sensor,
    opened: Opened,
    points: Sequence[ReadingPoint],
    now: datetime,
) -> Alarm:
    alarm = Alarm(
        sensor_id=sensor.id,
        kind=opened.kind,
        severity=opened.severity,
        limit_value=opened.terms.limit,
        rule_key=opened.rule.key,
        rule_version=opened.rule.version,
        since=opened.since,
        raised_at=now,
        back_since=opened.back_since,
    )
    _note_extremes(alarm, points)
    session.add(alarm)
    return alarm


def _stand(alarm: Alarm, opened: Opened, points: Sequence[ReadingPoint]) -> bool:
    """Write how an alarm stands now; say whether it has become more severe."""
    alarm.back_since = opened.back_since
    _note_extremes(alarm, points)
    is_worse = opened.severity is AlarmSeverity.CRITICAL and alarm.severity is AlarmSeverity.WARNING
    if is_worse:
        alarm.severity, alarm.limit_value = opened.severity, opened.terms.limit
        alarm.rule_key, alarm.rule_version = opened.rule.key, opened.rule.version
        # Whoever knew of the warning does not know yet that it has become critical.
        alarm.acknowledged_at = alarm.acknowledged_by_name = None
        alarm.snoozed_until = alarm.snooze_reason = None
    return is_worse


def _note_extremes(alarm: Alarm, points: Sequence[ReadingPoint]) -> None:
    during = [point.temperature_c for point in points if point.at >= alarm.since]
    if during:
        known = [each for each in (alarm.lowest, alarm.highest) if each is not None]
        alarm.lowest, alarm.highest = min([*during, *known]), max([*during, *known])


def close(
    session: WriteSession,
    principal: Principal,
    alarm: Alarm,
    sensor: Sensor,
    *,
    turned: bool = False,
    has_rule: bool = True,
) -> None:
    """Close an alarm and record that it is over; the end of a silence is recorded by the check."""
    alarm.closed_at = clock.utc_now()
    if turned or (alarm.kind is AlarmKind.NO_DATA and has_rule):
        return
    cleared = AlarmCleared(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        since=alarm.since,
        kind=alarm.kind.value,
        is_told=alarm.told_at is not None,
        has_rule=has_rule,
    )
    events_service.record(session, principal, cleared)


def _is_heard_again(alarm: Alarm, opened: Opened) -> bool:
    """Say whether a silence is over that waits for its acknowledgement from now on."""
    is_silence = alarm.kind is AlarmKind.NO_DATA
    return is_silence and alarm.back_since is None and opened.back_since is not None


def _tell_end_of_silence(
    session: WriteSession, principal: Principal, alarm: Alarm, sensor: Sensor, heard: Heard
) -> None:
    """Record why a silence is none any more: a word, or a limit that is longer than before."""
    if heard.has_spoken_after(alarm.since):
        _tell_heard(session, principal, alarm, sensor)
        return
    is_first = alarm.since == sensor.awaited_from
    allowed = SilenceAllowed(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        code=sensor.code,
        last_read_at=None if is_first else alarm.since,
        connected_at=alarm.since if is_first else None,
    )
    events_service.record(session, principal, allowed)


def _tell_heard(session: WriteSession, principal: Principal, alarm: Alarm, sensor: Sensor) -> None:
    # A silence that began with the connecting of the sensor is one in which it never spoke.
    is_first = alarm.since == sensor.awaited_from
    heard = SensorHeard(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        code=sensor.code,
        last_read_at=None if is_first else alarm.since,
        connected_at=alarm.since if is_first else None,
    )
    events_service.record(session, principal, heard)


def _hold(
    session: WriteSession,
    principal: Principal,
    alarm: Alarm,
    sensor: Sensor,
    heard: Heard,
) -> None:
    held = AlarmHeld(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        kind=alarm.kind.value,
        severity=alarm.severity.value,
        value=heard.points[-1].temperature_c if heard.points else None,
        since=alarm.since,
    )
    events_service.record(session, principal, held)
