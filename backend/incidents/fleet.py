"""Reading all units side by side, in as many queries for a hundred units as for one."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.incidents import curves, rules
from backend.incidents.fleet_views import FleetUnit, WorstExcursion, by_need
from backend.incidents.ids import IncidentState
from backend.incidents.models import Incident, IncidentUnit
from backend.storage import queries as storage_queries
from backend.telemetry import queries as telemetry_queries
from backend.telemetry import sensor_moving
from backend.telemetry.ids import SensorId
from backend.telemetry.views import SensorNow

REMEMBERED: Final = timedelta(days=30)


def fleet(session: ReadSession, principal: Principal) -> list[FleetUnit]:
    """Return every unit, those that somebody has to look at first. Seven queries."""
    principal.require(Permission.STORAGE_VIEW)
    now = clock.utc_now()
    units = storage_queries.occupancy_by_unit(session, principal)
    sensors = telemetry_queries.sensors_now(session, principal)
    days = telemetry_queries.last_day(session, principal)
    alarmed = _alarmed(sensors)
    governing = curves.governing_sensors(
        session,
        [unit.unit_id for unit in units],
        [each.sensor_id for each in alarmed.values()],
    )
    worst = _worst(session)
    unwatched = sensor_moving.unwatched_since(session, principal)
    told = {each.sensor_id: each for each in sensors}
    found = []
    for unit in units:
        probe = governing.get(unit.unit_id)
        key = SensorId(probe.id) if probe is not None else None
        due = probe.calibration_due_on if probe is not None else None
        found.append(
            FleetUnit(
                occupancy=unit,
                sensor=told.get(key) if key is not None else None,
                unwatched_since=unwatched.get(unit.unit_id) if key is None else None,
                alarmed=alarmed.get(unit.unit_id),
                day=days.get(key) if key is not None else None,
                worst=worst.get(unit.unit_id),
                calibration_due_on=due,
                is_calibration_overdue=due is not None and due < now.date(),
            )
        )
    return by_need(found)


def _alarmed(sensors: list[SensorNow]) -> dict[UUID, SensorNow]:
    """Return for each unit in alarm the probe of it: one that nobody has acknowledged first."""
    found: dict[UUID, SensorNow] = {}
    for sensor in sensors:
        before = found.get(sensor.unit_id)
        is_open = sensor.acknowledged_at is None
        if sensor.alarm_since is not None and (
            before is None or (is_open and before.acknowledged_at is not None)
        ):
            found[sensor.unit_id] = sensor
    return found


def _worst(session: ReadSession) -> dict[UUID, WorstExcursion]:
    """Return for each unit the worst of what was out of its limits in the time remembered."""
    since = clock.utc_now() - REMEMBERED
    rows = session.execute(
        select(IncidentUnit, Incident.number, Incident.opened_at)
        .join(Incident, Incident.id == IncidentUnit.incident_id)
        .where(
            Incident.state != IncidentState.MERGED,
            or_(IncidentUnit.ended_at.is_(None), IncidentUnit.ended_at >= since),
        )
        .order_by(IncidentUnit.began_at)
    ).all()
    gathered: dict[UUID, list[tuple[float, WorstExcursion]]] = {}
    for unit, number, opened_at in rows:
        out_c, peak_c = _farthest(unit)
        said = WorstExcursion(
            code=rules.code_of(number, opened_at),
            began_at=unit.began_at,
            peak_c=peak_c,
            out_min=unit.out_min,
            others=0,
        )
        gathered.setdefault(unit.unit_id, []).append((out_c, said))
    return {unit_id: _of(several) for unit_id, several in gathered.items()}


def _of(several: list[tuple[float, WorstExcursion]]) -> WorstExcursion:
    _, worst = max(several, key=lambda each: (each[0], each[1].out_min))
    return WorstExcursion(
        code=worst.code,
        began_at=worst.began_at,
        peak_c=worst.peak_c,
        out_min=worst.out_min,
        others=len(several) - 1,
    )


def _farthest(unit: IncidentUnit) -> tuple[float, float | None]:
    """Return by how much a unit was out of its limits at most, and the temperature then."""
    warm = (
        None
        if unit.highest_c is None or unit.alarm_high_c is None
        else (unit.highest_c - unit.alarm_high_c, unit.highest_c)
    )
    cold = (
        None
        if unit.lowest_c is None or unit.alarm_low_c is None
        else (unit.alarm_low_c - unit.lowest_c, unit.lowest_c)
    )
    sides = [side for side in (warm, cold) if side is not None]
    return max(sides) if sides else (0.0, None)
