"""A move that is registered after it was done: what is refused, and what goes with the sensor.

What it measured since goes to the unit in which it stood by then, and is judged there. What people
have settled in the unit before stays as they settled it: a move is dated after it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.auth import queries as auth_queries
from backend.core.sessions import ReadSession, WriteSession
from backend.notifications import unit_words
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.errors import SensorInAlarm, SensorRefused
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.models import Reading, Sensor

LONGEST_BACK: Final = timedelta(days=7)
"""Models, sums of energy and reports are made of older readings already."""

# Whoever sums up readings takes this turn too: no sum is made of what is being carried over.
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtext('roll_up_readings'))")
_CARRY = text(
    "WITH carried AS (UPDATE reading SET sensor_id = :moved "
    "WHERE sensor_id = :former AND at >= :at RETURNING 1) SELECT count(*) FROM carried"
)
_FORGET_FINE = text(
    "DELETE FROM reading_5min WHERE sensor_id = :former "
    "AND start >= date_bin('5 minutes', :at, timestamptz '2000-01-01 00:00:00+00')"
)
_FORGET_HOURS = text(
    "DELETE FROM reading_hour WHERE sensor_id = :former "
    "AND start >= date_bin('1 hour', :at, timestamptz '2000-01-01 00:00:00+00')"
)
# The hour of the move is summed up again from what is left of it.
_SUM_UP_AGAIN = text(
    "INSERT INTO reading_stale_hour (sensor_id, hour) "
    "VALUES (:former, date_bin('1 hour', :at, timestamptz '2000-01-01 00:00:00+00'))"
)


def require_moment(session: Session, sensor: Sensor, at: datetime, now: datetime) -> None:
    """Refuse an instant at which a sensor cannot have left its unit, or that is settled.

    Raises:
        SensorRefused: in the future, too long ago, before it stood there, or before an alarm of it
            that is over or the end of a signed incident that rests on it.
    """
    said = _fault(session, sensor, at, now)
    if said:
        raise SensorRefused(said, fields={"moved_at": said})


def refuse_in_alarm(
    session: Session,
    sensor: Sensor,
    alarms: Sequence[Alarm],
    at: datetime | None,
    *,
    is_moved: bool,
) -> None:
    """Refuse to take out a sensor, ``at`` an instant or now, for one of its open ``alarms``.

    Raises:
        SensorInAlarm: one that nobody knows of, or one of the unit that is not over.
    """
    for alarm in alarms:
        # A sensor that is dead is taken out to be replaced: its silence would never be over.
        is_silence = alarm.kind is AlarmKind.NO_DATA
        is_of_unit = not is_silence and (at is None or alarm.since < at)
        if alarm.acknowledged_at is not None and not is_of_unit:
            continue
        name = unit_words.ALARM_NAMES[alarm.kind.value].lower()
        since = said_there(session, alarm.since)
        said = [f"{sensor.code} has an open alarm at {sensor.unit_label}: {name}, since {since}."]
        if alarm.acknowledged_at is None:
            said.append("Nobody has acknowledged it: do that first.")
        if is_of_unit and is_moved:
            said.append(
                f"Wait until it is over; or, if {sensor.code} had left the unit by then, date the "
                "move before it."
            )
        elif is_of_unit:
            said.append("Wait until it is over.")
        raise SensorInAlarm(" ".join(said), alarm_id=alarm.id)


def carry_readings(
    session: WriteSession, *, former_id: UUID, moved_id: SensorId, at: datetime
) -> int:
    """Give what a sensor has measured since ``at`` to its row in the new unit; return how many.

    Sums of 5 minutes and hours follow with the next summing up.
    """
    asked = {"former": former_id, "moved": moved_id, "at": at}
    session.execute(_TAKE_TURNS)
    carried: int = session.execute(_CARRY, asked).scalar_one()
    if carried:
        for each in (_FORGET_FINE, _FORGET_HOURS, _SUM_UP_AGAIN):
            session.execute(each, asked)
    return carried


def said_there(session: Session, at: datetime) -> str:
    """Return an instant by the laboratory's clock, as sentences say it."""
    laboratory = auth_queries.get_laboratory(ReadSession(session))
    zone = UTC if laboratory is None else ZoneInfo(laboratory.time_zone)
    return f"{at.astimezone(zone):%d %b %Y, %H:%M}"


def _fault(session: Session, sensor: Sensor, at: datetime, now: datetime) -> str:
    if at > now:
        return "The move lies in the future. Register it when it is done."
    if now - at > LONGEST_BACK:
        return f"A move is dated back {LONGEST_BACK.days} days at most."
    if sensor.disconnected_at is not None:
        if at >= sensor.disconnected_at:
            return ""
        out = said_there(session, sensor.disconnected_at)
        return f"{sensor.code} stood in {sensor.unit_label} until {out}. Date it after that."
    return _before_its_stay(session, sensor, at) or _settled(session, sensor, at)


def _before_its_stay(session: Session, sensor: Sensor, at: datetime) -> str:
    began = sensor.connected_at or sensor.registered_at or _first_reading(session, sensor)
    if began is None or at > began:
        return ""
    return (
        f"{sensor.code} came to {sensor.unit_label} on {said_there(session, began)}. It cannot "
        "have left before."
    )


def _settled(session: Session, sensor: Sensor, at: datetime) -> str:
    # A silence says nothing of the unit: a sensor that is carried is unplugged for a while.
    over_at = session.scalars(
        select(func.max(Alarm.closed_at)).where(
            Alarm.sensor_id == sensor.id, Alarm.kind != AlarmKind.NO_DATA
        )
    ).one()
    if over_at is not None and at < over_at:
        return (
            f"An alarm of {sensor.code} at {sensor.unit_label} was acknowledged and is over since "
            f"{said_there(session, over_at)}, by what it measured. Date the move after that."
        )
    # Incidents stand above; they answer by a function (22_incidents.sql).
    signed = session.scalars(select(func.incident_signed_until(sensor.id))).one()
    if signed is not None and at < signed:
        return (
            f"An incident of {sensor.unit_label} that rests on {sensor.code} until "
            f"{said_there(session, signed)} is closed and signed. Date the move after that."
        )
    return ""


def _first_reading(session: Session, sensor: Sensor) -> datetime | None:
    first = select(Reading.at).where(Reading.sensor_id == sensor.id)
    return session.scalars(first.order_by(Reading.at).limit(1)).one_or_none()
