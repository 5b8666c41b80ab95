"""Every sensor as it stands now: what it said last, its calibration, and who may record for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import peaks, rules
from backend.telemetry.device_models import DeviceToken, DeviceTokenSensor
from backend.telemetry.errors import SensorNotFound
from backend.telemetry.ids import SensorId, SensorKind, SensorSource
from backend.telemetry.models import Sensor
from backend.telemetry.newest import newest_reading

OPEN_FROM: Final = 0.5
"""A door says 1 when it is open and 0 when it is shut."""
_DAY = timedelta(days=1)
_STRETCH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorStanding:
    """A sensor of any kind; ``value`` is in the unit of its kind, None where it never reported.

    ``tokens`` are the loggers that may record for it, by name.
    """

    sensor_id: SensorId
    code: str
    kind: SensorKind
    unit_id: UUID
    unit_label: str
    value: float | None
    read_at: datetime | None
    is_stale: bool
    is_simulated: bool
    correction: float
    calibrated_on: date | None
    calibration_due_on: date | None
    certificate: str | None
    tokens: tuple[str, ...]

    def is_overdue(self, today: date) -> bool:
        """Say whether its next calibration should have been done by now."""
        return self.calibration_due_on is not None and self.calibration_due_on < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """The last 24 hours of a door by half hours, oldest first.

    True where it stood open at some time, None where nothing was heard.
    """

    states: tuple[bool | None, ...]


def list_standings(
    session: ReadSession, principal: Principal, *, unit_id: UUID | None = None
) -> list[SensorStanding]:
    """Return every sensor, or those of a unit, by unit and code. Two queries."""
    principal.require(Permission.STORAGE_VIEW)
    return _standings(session, [] if unit_id is None else [Sensor.unit_id == unit_id])


def get_standing(session: ReadSession, principal: Principal, sensor_id: SensorId) -> SensorStanding:
    """Return one sensor.

    Raises:
        SensorNotFound: no such sensor.
    """
    principal.require(Permission.STORAGE_VIEW)
    found = _standings(session, [Sensor.id == sensor_id])
    if not found:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    return found[0]


def openings(
    session: ReadSession, principal: Principal, *, unit_id: UUID | None = None
) -> dict[SensorId, Openings]:
    """Return the last 24 hours of every door, or of a unit's. One query."""
    principal.require(Permission.STORAGE_VIEW)
    since = clock.utc_now() - _DAY
    doors = select(Sensor.id).where(
        Sensor.kind == SensorKind.DOOR, Sensor.disconnected_at.is_(None)
    )
    if unit_id is not None:
        doors = doors.where(Sensor.unit_id == unit_id)
    found = peaks.peaks(since, peaks.FINE)
    stretch = peaks.binned(found.c.at, _STRETCH, since)
    rows = session.execute(
        select(found.c.sensor_id, stretch.label("start"), func.max(found.c.highest).label("most"))
        .where(found.c.sensor_id.in_(doors))
        .group_by(found.c.sensor_id, stretch)
    )
    states: dict[SensorId, list[bool | None]] = {}
    for row in rows:
        of_door = states.setdefault(SensorId(row.sensor_id), [None] * (_DAY // _STRETCH))
        index = min(int((row.start - since) / _STRETCH), len(of_door) - 1)
        of_door[index] = row.most >= OPEN_FROM
    return {door: Openings(states=tuple(found)) for door, found in states.items()}


def _standings(session: ReadSession, wanted: Sequence[ColumnElement[bool]]) -> list[SensorStanding]:
    newest = newest_reading(Sensor.id).lateral("newest")
    rows = session.execute(
        select(Sensor, newest.c.at, newest.c.value)
        .outerjoin(newest, literal(value=True))
        .where(Sensor.disconnected_at.is_(None), *wanted)
        .order_by(Sensor.unit_label, Sensor.code)
    ).all()
    now, tokens = clock.utc_now(), _tokens(session)
    return [
        SensorStanding(
            sensor_id=SensorId(sensor.id),
            code=sensor.code,
            kind=sensor.kind,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            value=value,
            read_at=at,
            is_stale=rules.is_silent(at, now),
            is_simulated=sensor.source is SensorSource.SIMULATED,
            correction=sensor.correction,
            calibrated_on=sensor.calibrated_on,
            calibration_due_on=sensor.calibration_due_on,
            certificate=sensor.certificate,
            tokens=tokens.get(sensor.id, ()),
        )
        for sensor, at, value in rows
    ]


def _tokens(session: ReadSession) -> Mapping[UUID, tuple[str, ...]]:
    rows = session.execute(
        select(Sensor.id, DeviceToken.name)
        .join(
            DeviceToken,
            or_(
                DeviceToken.unit_id == Sensor.unit_id,
                select(DeviceTokenSensor.sensor_id)
                .where(
                    DeviceTokenSensor.token_id == DeviceToken.id,
                    DeviceTokenSensor.sensor_id == Sensor.id,
                )
                .exists(),
            ),
        )
        .where(DeviceToken.revoked_at.is_(None))
        .order_by(DeviceToken.name)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for sensor_id, name in rows:
        found[sensor_id].append(name)
    return {key: tuple(names) for key, names in found.items()}
