"""The sensors of a unit over time: those that stand there and those that were taken out since."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.telemetry import stay_rules
from backend.telemetry.ids import TEMPERATURES, SensorKind
from backend.telemetry.models import Sensor
from backend.telemetry.stay_rules import Stay, Turn


def sensors_since(
    session: Session,
    since: datetime,
    *,
    unit_ids: Collection[UUID] | None = None,
    kinds: Collection[SensorKind] = tuple(SensorKind),
) -> list[Sensor]:
    """Return the sensors that have stood in units since an instant, the one that counts first.

    A probe before one in the air, one that stands there before one that was taken out, the latest
    of these before others, then by code. One query.
    """
    asked = select(Sensor).where(
        Sensor.kind.in_(kinds),
        or_(Sensor.disconnected_at.is_(None), Sensor.disconnected_at > since),
    )
    if unit_ids is not None:
        asked = asked.where(Sensor.unit_id.in_(unit_ids))
    return sorted(session.scalars(asked), key=_turn)


def turns_of(
    sensors: Sequence[Sensor], kinds: Collection[SensorKind], start: datetime, end: datetime
) -> list[Turn]:
    """Return which of a unit's sensors of some kinds counts when; ``sensors`` as above."""
    stays = [
        Stay(sensor_id=each.id, since=each.connected_at, until=each.disconnected_at)
        for each in sensors
        if each.kind in kinds
    ]
    return stay_rules.turns(stays, start, end)


def standing_of(sensors: Sequence[Sensor], kinds: Collection[SensorKind]) -> Sensor | None:
    """Return the sensor of some kinds that counts now; None where none stands there."""
    return next(
        (each for each in sensors if each.kind in kinds and each.disconnected_at is None), None
    )


def thermometers(sensors: Sequence[Sensor]) -> list[Sensor]:
    """Return the sensors that say how cold it is inside."""
    return [each for each in sensors if each.kind in TEMPERATURES]


def _turn(sensor: Sensor) -> tuple[bool, float, str]:
    gone = sensor.disconnected_at
    is_air = sensor.kind is SensorKind.TEMPERATURE_AIR
    return is_air, float("-inf") if gone is None else -gone.timestamp(), sensor.code
