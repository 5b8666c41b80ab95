"""Reading what units take, and what another set point of theirs would change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import integrals, unit_past
from backend.telemetry.energy import slope
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.energy.slope import NotIdentified, UnitDay
from backend.telemetry.energy_views import SetpointModel, UnitEnergy
from backend.telemetry.ids import TEMPERATURES, SensorKind, SensorSource
from backend.telemetry.models import Sensor

SHOWN_DAYS: Final = 30
LEARNT_DAYS: Final = 90
_MINUTES_AN_HOUR: Final = 60.0
_ROOM: Final = (SensorKind.TEMPERATURE_ROOM,)
_EDGE: Final = timedelta(hours=2)
"""A day begins between two readings."""
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
    start, end = _span(first, last, zone)
    meters = _meters(session, unit_id, start)
    found = integrals.daily(
        session,
        {
            unit: unit_past.turns_of(each, (SensorKind.POWER,), start, end)
            for unit, each in meters.items()
        },
        first=first,
        last=last,
        zone=zone,
    )
    return {
        unit: UnitEnergy(
            unit_id=unit,
            unit_label=meter.unit_label,
            sensor_code=meter.code,
            is_simulated=meter.source is SensorSource.SIMULATED,
            first=first,
            last=last,
            period=EnergyPeriod(days=[energy_day(each) for each in found[unit]]),
        )
        for unit, (meter, *_) in meters.items()
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
    last = clock.utc_now().astimezone(zone).date() - timedelta(days=1)
    first = last - timedelta(days=LEARNT_DAYS - 1)
    start, end = _span(first, last, zone)
    sensors = unit_past.sensors_since(session, start, unit_ids=[unit_id, *room_beside])
    own = [each for each in sensors if each.unit_id == unit_id]
    power = unit_past.standing_of(own, (SensorKind.POWER,))
    inside = unit_past.standing_of(own, TEMPERATURES)
    if power is None or inside is None:
        return None
    room = unit_past.standing_of(own, _ROOM) or unit_past.standing_of(sensors, _ROOM)
    door = unit_past.standing_of(own, (SensorKind.DOOR,))
    asked = [each for each in (power, inside, room, door) if each is not None]
    found = integrals.daily(
        session,
        {
            each.kind: unit_past.turns_of(
                [other for other in sensors if other.unit_id == each.unit_id],
                (each.kind,),
                start,
                end,
            )
            for each in asked
        },
        first=first,
        last=last,
        zone=zone,
    )
    days = _unit_days(found, inside.kind)
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


def _unit_days(found: Mapping[SensorKind, Sequence[Integral]], inside: SensorKind) -> list[UnitDay]:
    """Return the days on which power and inside are known."""
    days = []
    room, door = found.get(SensorKind.TEMPERATURE_ROOM), found.get(SensorKind.DOOR)
    for number, taken in enumerate(found[SensorKind.POWER]):
        kwh, inside_c = energy_day(taken).kwh_a_day, found[inside][number].mean
        open_share = None if door is None else door[number].mean
        if kwh is None or inside_c is None:
            continue
        days.append(
            UnitDay(
                on=taken.on,
                kwh=kwh,
                inside_c=inside_c,
                room_c=None if room is None else room[number].mean,
                door_min=None
                if open_share is None
                else open_share * taken.whole_h * _MINUTES_AN_HOUR,
            )
        )
    return days


def _meters(session: Session, unit_id: UUID | None, since: datetime) -> dict[UUID, list[Sensor]]:
    """Return the power sensors of each unit that had any since then, the one that counts first.

    By label; of a unit that has none any more those that were taken out.
    """
    unit_ids = None if unit_id is None else [unit_id]
    meters: dict[UUID, list[Sensor]] = {}
    for each in unit_past.sensors_since(
        session, since, unit_ids=unit_ids, kinds=(SensorKind.POWER,)
    ):
        meters.setdefault(each.unit_id, []).append(each)
    return dict(sorted(meters.items(), key=lambda pair: pair[1][0].unit_label))


def _span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants from which to which days go, with room at their edges."""
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    return start - _EDGE, end + _EDGE
