"""Telling of alarms: each by itself, or together where they are one matter of power or network."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update

from backend.auth import queries as auth_queries
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import common_rules, storm_rules
from backend.telemetry.alarm_common import Common
from backend.telemetry.alarm_judging import Heard
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.events import AlarmRaised, AlarmStorm, SensorSilent, SensorsSilent
from backend.telemetry.ids import TEMPERATURES, AlarmKind, AlarmSeverity
from backend.telemetry.kinds import KINDS
from backend.telemetry.models import Sensor
from backend.telemetry.storm_rules import Shared, Storm, Told

Matter = tuple[Alarm, Sensor, Heard]
"""An alarm of a sensor, with what was heard of it; of a silence that may be nothing."""


def tell(
    session: WriteSession,
    principal: Principal,
    new: Sequence[Matter],
    worse: Sequence[Matter],
    *,
    now: datetime,
    shared: Shared,
    common: Common,
) -> None:
    """Record what nobody has been told of yet, and again what has become more severe.

    ``shared`` is what units have in common: of a storm are only those of a room or a circuit,
    as many of them and as soon as the ``common`` rule says.
    """
    for alarm, _, _ in [*new, *worse]:
        alarm.told_at = alarm.ladder_from = now
        alarm.steps_told = 1
    silent = [each for each in new if _is_short_silence(each[0])]
    loud = [each for each in new if not _is_short_silence(each[0])] + list(worse)
    zone = _zone(session, [*silent, *loud])
    _tell_silence(session, principal, silent, zone)
    storms = _storms(session, loud, now, shared, common)
    of_alarm = {alarm_id: each for each in storms for alarm_id in each.alarms}
    for alarm, sensor, heard in loud:
        storm = of_alarm.get(alarm.id)
        if storm is not None:
            alarm.storm_id, alarm.storm_version = storm.storm_id, common.version
        there = _connected_there(alarm, heard, zone)
        _raise(session, principal, alarm, sensor, heard, there=there, is_gathered=storm is not None)
    for storm in storms:
        if storm.begins:
            _tell_storm(session, principal, storm, loud, common)


def _is_short_silence(alarm: Alarm) -> bool:
    return alarm.kind is AlarmKind.NO_DATA and alarm.severity is AlarmSeverity.WARNING


def _storms(
    session: WriteSession, loud: Sequence[Matter], now: datetime, shared: Shared, common: Common
) -> list[Storm]:
    if not loud:
        return []
    # Two checks at once see one another's alarms, or three units would be told of one by one.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("telemetry.storm"))))
    loud_ids = [alarm.id for alarm, _, _ in loud]
    since = now - common.numbers.storm_within
    lately = select(Alarm.storm_id).where(Alarm.told_at >= since, Alarm.storm_id.is_not(None))
    rows = session.execute(
        select(Alarm.id, Sensor.unit_id, Alarm.told_at, Alarm.storm_id)
        .join(Sensor, Sensor.id == Alarm.sensor_id)
        .where(
            or_(Alarm.told_at >= since, Alarm.storm_id.in_(lately)),
            Alarm.id.not_in(loud_ids),
            (Alarm.kind != AlarmKind.NO_DATA) | (Alarm.severity == AlarmSeverity.CRITICAL),
        )
    )
    recent = [
        Told(
            alarm_id=alarm_id,
            unit_id=unit_id,
            at=told_at,
            storm_id=storm_id,
            shares=shared.get(unit_id, storm_rules.NOWHERE),
        )
        for alarm_id, unit_id, told_at, storm_id in rows
        if told_at is not None
    ]
    new = [
        Told(
            alarm_id=alarm.id,
            unit_id=sensor.unit_id,
            at=now,
            shares=shared.get(sensor.unit_id, storm_rules.NOWHERE),
        )
        for alarm, sensor, _ in loud
    ]
    return storm_rules.storms_of(recent, new, common.numbers)


def _tell_storm(
    session: WriteSession,
    principal: Principal,
    storm: Storm,
    loud: Sequence[Matter],
    common: Common,
) -> None:
    """Gather what was told in the last minutes too, and tell of all of it once."""
    session.flush()
    gathered = session.execute(
        update(Alarm)
        .where(Alarm.id.in_(storm.alarms), Alarm.storm_id.is_(None))
        .values(storm_id=storm.storm_id, storm_version=common.version)
        .returning(Alarm.sensor_id)
        .execution_options(synchronize_session="fetch")
    )
    earlier = [sensor_id for (sensor_id,) in gathered]
    labels = session.scalars(select(Sensor.unit_label).where(Sensor.id.in_(earlier))).all()
    of_it = [(alarm, sensor) for alarm, sensor, _ in loud if alarm.id in storm.alarms]
    together = AlarmStorm(
        aggregate_id=of_it[0][1].id,
        storm_id=storm.storm_id,
        severity=of_it[0][0].severity.value,
        unit_labels=tuple(sorted({*labels, *(sensor.unit_label for _, sensor in of_it)})),
        within_min=common.numbers.storm_within // common_rules.A_MINUTE,
        common_version=common.version,
    )
    events_service.record(session, principal, together)


def _raise(
    session: WriteSession,
    principal: Principal,
    alarm: Alarm,
    sensor: Sensor,
    heard: Heard,
    *,
    there: str,
    is_gathered: bool,
) -> None:
    is_temperature = sensor.kind in TEMPERATURES
    value = heard.points[-1].temperature_c if heard.points else None
    raised = AlarmRaised(
        aggregate_id=sensor.id,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        temperature_c=value if is_temperature else None,
        above_c=alarm.limit_value if is_temperature and alarm.kind is AlarmKind.HIGH else None,
        below_c=alarm.limit_value if is_temperature and alarm.kind is AlarmKind.LOW else None,
        since=alarm.since,
        kind=alarm.kind.value,
        severity=alarm.severity.value,
        alarm_id=alarm.id,
        value=value,
        measured_in=KINDS[sensor.kind].unit,
        limit=alarm.limit_value,
        is_gathered=is_gathered,
        connected_there=there,
    )
    events_service.record(session, principal, raised)


def _zone(session: WriteSession, told: Sequence[Matter]) -> tzinfo:
    """Return the laboratory's time zone where it is needed: of sensors that never spoke. Or UTC."""
    if all(heard.spoke_last is not None for _, _, heard in told):
        return UTC
    laboratory = auth_queries.get_laboratory(ReadSession(session))
    return UTC if laboratory is None else ZoneInfo(laboratory.time_zone)


def _connected_there(alarm: Alarm, heard: Heard, zone: tzinfo) -> str:
    if alarm.kind is not AlarmKind.NO_DATA or heard.spoke_last or heard.awaited_from is None:
        return ""
    return f"{heard.awaited_from.astimezone(zone):%d %b %Y, %H:%M}"


def _tell_silence(
    session: WriteSession, principal: Principal, silenced: Sequence[Matter], zone: tzinfo
) -> None:
    """Record each silence; several of one check are told to people in one notice."""
    is_gathered = len(silenced) > 1
    for alarm, sensor, heard in silenced:
        silent = SensorSilent(
            aggregate_id=sensor.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            code=sensor.code,
            last_read_at=heard.spoke_last,
            is_gathered=is_gathered,
            connected_at=None if heard.spoke_last else heard.awaited_from,
            connected_there=_connected_there(alarm, heard, zone),
        )
        events_service.record(session, principal, silent)
    if is_gathered:
        named = sorted((sensor.unit_label, sensor.code) for _, sensor, _ in silenced)
        together = SensorsSilent(
            aggregate_id=silenced[0][1].id,
            unit_labels=tuple(dict.fromkeys(label for label, _ in named)),
            codes=tuple(code for _, code in named),
            never_heard=tuple(
                sorted(each.code for _, each, heard in silenced if heard.spoke_last is None)
            ),
        )
        events_service.record(session, principal, together)
