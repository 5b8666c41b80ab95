"""Reading alarms one by one, those that are over too: what machines ask for.

The pages read the open ones only (`queries.open_alarms`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, literal, select, tuple_

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.errors import AlarmNotFound
from backend.telemetry.ids import AlarmId, AlarmKind, AlarmSeverity, SensorId, SensorSource
from backend.telemetry.kinds import KINDS
from backend.telemetry.models import Sensor
from backend.telemetry.newest import newest_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """An alarm with its sensor as it is now; ``value`` is the newest reading, in ``measured_in``.

    ``limit``, ``lowest`` and ``highest`` are in the unit of the alarm's rule.
    """

    id: AlarmId
    sensor_id: SensorId
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

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsWanted:
    """Which alarms; None leaves a filter out. ``is_open`` False: those that are over."""

    is_open: bool | None = None
    is_acknowledged: bool | None = None
    unit_id: UUID | None = None
    unit_label: str | None = None
    kind: AlarmKind | None = None
    severity: AlarmSeverity | None = None


def list_alarms(
    session: ReadSession,
    principal: Principal,
    wanted: AlarmsWanted,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[AlarmRecord]:
    """Return alarms by their beginning, the latest first, those before a moment and key.

    Those of units in maintenance are among them, with ``told_at`` None. One query.
    """
    asked = _alarms(principal)
    if wanted.is_open is not None:
        is_open = Alarm.closed_at.is_(None)
        asked = asked.where(is_open if wanted.is_open else ~is_open)
    if wanted.is_acknowledged is not None:
        is_unknown = Alarm.acknowledged_at.is_(None)
        asked = asked.where(~is_unknown if wanted.is_acknowledged else is_unknown)
    if wanted.unit_id is not None:
        asked = asked.where(Sensor.unit_id == wanted.unit_id)
    if wanted.unit_label is not None:
        asked = asked.where(Sensor.unit_label == wanted.unit_label)
    if wanted.kind is not None:
        asked = asked.where(Alarm.kind == wanted.kind)
    if wanted.severity is not None:
        asked = asked.where(Alarm.severity == wanted.severity)
    if before is not None:
        asked = asked.where(tuple_(Alarm.since, Alarm.id) < before)
    ordered = asked.order_by(Alarm.since.desc(), Alarm.id.desc()).limit(limit)
    return [_record(row) for row in session.execute(ordered).all()]


def get_alarm(session: ReadSession, principal: Principal, alarm_id: AlarmId) -> AlarmRecord:
    """Return one alarm.

    Raises:
        AlarmNotFound: there is none with this key.
    """
    row = session.execute(_alarms(principal).where(Alarm.id == alarm_id)).one_or_none()
    if row is None:
        raise AlarmNotFound("There is no such alarm. Look at the list of alarms.")
    return _record(row)


def _alarms(principal: Principal) -> Select[Alarm, Sensor, datetime, float]:
    principal.require(Permission.STORAGE_VIEW)
    newest = newest_reading(Sensor.id).lateral("newest")
    return (
        select(Alarm, Sensor, newest.c.at, newest.c.value)
        .join(Sensor, Sensor.id == Alarm.sensor_id)
        .outerjoin(newest, literal(value=True))
        .execution_options(populate_existing=True)
    )


def _record(row: Row[Alarm, Sensor, datetime, float]) -> AlarmRecord:
    alarm, sensor, read_at, value = row
    return AlarmRecord(
        id=AlarmId(alarm.id),
        sensor_id=SensorId(sensor.id),
        sensor=sensor.code,
        unit_id=sensor.unit_id,
        unit_label=sensor.unit_label,
        kind=alarm.kind,
        severity=alarm.severity,
        limit=alarm.limit_value,
        lowest=alarm.lowest,
        highest=alarm.highest,
        value=value,
        read_at=read_at,
        measured_in=KINDS[sensor.kind].unit,
        since=alarm.since,
        raised_at=alarm.raised_at,
        told_at=alarm.told_at,
        storm_id=alarm.storm_id,
        storm_version=alarm.storm_version,
        back_since=alarm.back_since,
        acknowledged_at=alarm.acknowledged_at,
        acknowledged_by_name=alarm.acknowledged_by_name,
        snoozed_until=alarm.snoozed_until,
        snooze_reason=alarm.snooze_reason,
        closed_at=alarm.closed_at,
        rule_key=alarm.rule_key,
        rule_version=alarm.rule_version,
        is_simulated=sensor.source is SensorSource.SIMULATED,
    )
