"""Reading what units take, and what another set point of theirs would change."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import integrals, thermal_queries
from backend.telemetry.energy import slope
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.energy.slope import NotIdentified, UnitDay
from backend.telemetry.energy_views import SetpointModel, UnitEnergy
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.models import Sensor

SHOWN_DAYS: Final = 30
LEARNT_DAYS: Final = 90
_MINUTES_AN_HOUR: Final = 60.0
_KEEPS_K: Final = 3.0
"""A unit that is farther from its set point for a week was set to another, and nobody wrote it."""


def last_days(
    session: ReadSession,
    principal: Principal,
    *,
    zone: ZoneInfo,
    unit_id: UUID | None = None,
    days: int = SHOWN_DAYS,
) -> dict[UUID, UnitEnergy]:
    """Return the whole days up to yesterday of every unit with a power sensor, or of one.

    Two queries, however many units.
    """
    principal.require(Permission.STORAGE_VIEW)
    last = clock.utc_now().astimezone(zone).date() - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    return between(session, principal, zone=zone, first=first, last=last, unit_id=unit_id)


def between(
    session: ReadSession,
    principal: Principal,
    *,
    zone: ZoneInfo,
    first: date,
    last: date,
    unit_id: UUID | None = None,
) -> dict[UUID, UnitEnergy]:
    """Return the days from ``first`` to ``last`` as `last_days` does."""
    principal.require(Permission.STORAGE_VIEW)
    meters = _meters(session, unit_id)
    found = integrals.daily(
        session, [each.id for each in meters.values()], first=first, last=last, zone=zone
    )
    return {
        unit: UnitEnergy(
            unit_id=unit,
            unit_label=meter.unit_label,
            sensor_code=meter.code,
            is_simulated=meter.source is SensorSource.SIMULATED,
            first=first,
            last=last,
            period=EnergyPeriod(days=[energy_day(each) for each in found[meter.id]]),
        )
        for unit, meter in meters.items()
    }


def setpoint_model(
    session: ReadSession,
    principal: Principal,
    unit_id: UUID,
    *,
    zone: ZoneInfo,
    room_beside: Sequence[UUID] = (),
) -> SetpointModel | None:
    """Return what is learnt of a unit from its last 90 days; None without power or temperature.

    Changes of a set point are recorded nowhere, so the temperature inside stands for it. The room
    is what a sensor at the unit says or, without one, a sensor at one of the units ``room_beside``.
    """
    principal.require(Permission.PREDICTIONS_VIEW)
    sensors = list(
        session.scalars(select(Sensor).where(Sensor.unit_id.in_([unit_id, *room_beside])))
    )
    own = [each for each in sensors if each.unit_id == unit_id]
    power = thermal_queries.sensor_of(own, SensorKind.POWER)
    inside = thermal_queries.sensor_of(
        own, SensorKind.TEMPERATURE_PROBE
    ) or thermal_queries.sensor_of(own, SensorKind.TEMPERATURE_AIR)
    if power is None or inside is None:
        return None
    room = thermal_queries.sensor_of(own, SensorKind.TEMPERATURE_ROOM) or thermal_queries.sensor_of(
        sensors, SensorKind.TEMPERATURE_ROOM
    )
    door = thermal_queries.sensor_of(own, SensorKind.DOOR)
    asked = [each for each in (power, inside, room, door) if each is not None]
    last = clock.utc_now().astimezone(zone).date() - timedelta(days=1)
    found = integrals.daily(
        session,
        [each.id for each in asked],
        first=last - timedelta(days=LEARNT_DAYS - 1),
        last=last,
        zone=zone,
    )
    days = _unit_days(found, power=power, inside=inside, room=room, door=door)
    fitted = slope.fit(days, np.random.default_rng(len(days)))
    kept_c = inside.setpoint_c if isinstance(fitted, NotIdentified) else fitted.inside_c
    is_setpoint = abs(kept_c - inside.setpoint_c) <= _KEEPS_K
    return SetpointModel(
        unit_label=inside.unit_label,
        from_c=inside.setpoint_c if is_setpoint else round(kept_c),
        is_setpoint=is_setpoint,
        power_code=power.code,
        inside_code=inside.code,
        room_code=None if room is None else room.code,
        is_simulated=any(each.source is SensorSource.SIMULATED for each in asked),
        fitted=fitted,
    )


def _unit_days(
    found: Mapping[UUID, Sequence[Integral]],
    *,
    power: Sensor,
    inside: Sensor,
    room: Sensor | None,
    door: Sensor | None,
) -> list[UnitDay]:
    """Return the days on which power and inside are known."""
    days = []
    for number, taken in enumerate(found[power.id]):
        kwh, inside_c = energy_day(taken).kwh_a_day, found[inside.id][number].mean
        open_share = None if door is None else found[door.id][number].mean
        if kwh is None or inside_c is None:
            continue
        days.append(
            UnitDay(
                on=taken.on,
                kwh=kwh,
                inside_c=inside_c,
                room_c=None if room is None else found[room.id][number].mean,
                door_min=None
                if open_share is None
                else open_share * taken.whole_h * _MINUTES_AN_HOUR,
            )
        )
    return days


def _meters(session: Session, unit_id: UUID | None) -> dict[UUID, Sensor]:
    """Return the power sensor of each unit that has one, the first by its code."""
    asked = select(Sensor).where(Sensor.kind == SensorKind.POWER).order_by(Sensor.code.desc())
    if unit_id is not None:
        asked = asked.where(Sensor.unit_id == unit_id)
    meters = {each.unit_id: each for each in session.scalars(asked)}
    return dict(sorted(meters.items(), key=lambda pair: pair[1].unit_label))
