"""What a month was like for each unit: temperatures, excursions, and how fast people came.

Temperatures are read as for an incident (curves.py): the readings themselves and, where they are
gone, their sums. Alarms and acknowledgements come from the audit trail, which forgets none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.events.models import AuditEntry
from backend.incidents import curves, rules
from backend.incidents.curves import Curve
from backend.incidents.exposure import Limits, exposure, kinetic_mean_of
from backend.incidents.ids import IncidentState, ReadingsFrom
from backend.incidents.models import Incident, IncidentUnit
from backend.incidents.month_views import Month, UnitMonth, acknowledged_after
from backend.samples.ids import TemperatureClass
from backend.storage import queries as storage_queries
from backend.storage.ids import UnitStatus
from backend.storage.views import UnitOccupancy
from backend.telemetry import alarm_rules, limits_past, unit_past
from backend.telemetry.events import AlarmAcknowledged, AlarmRaised
from backend.telemetry.ids import TEMPERATURES
from backend.telemetry.limits_past import Dated, LimitsThen
from backend.telemetry.models import Sensor
from backend.telemetry.stay_rules import Turn
from backend.telemetry.views import ReadingPoint

FROZEN = "not defined for frozen storage"
_NO_MKT = "not defined for this storage"
_FROZEN = frozenset(
    {
        TemperatureClass.LN2_VAPOUR,
        TemperatureClass.MINUS_80,
        TemperatureClass.MINUS_40,
        TemperatureClass.MINUS_20,
    }
)
_SILENT = Curve(points=(), interval=curves.MARGIN, readings_from=ReadingsFrom.NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alarms:
    """Of a unit in the month."""

    raised: int = 0
    acknowledged_after_min: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Minutes of a month, of the known part ``above_min`` and ``below_min`` the limits."""

    known_min: float
    unknown_min: float
    above_min: float
    below_min: float
    lowest_c: float | None
    highest_c: float | None


def units_of_month(session: ReadSession, principal: Principal, month: Month) -> list[UnitMonth]:
    """Return every unit with what the month was like, by label.

    Retired units are there only if something was heard of them. Each minute is judged by the limits
    that were in force in it.
    """
    principal.require(Permission.STORAGE_VIEW)
    units = storage_queries.occupancy_by_unit(session, principal)
    sensors = _thermometers(session, month)
    excursions = _excursions(session, month)
    alarms = _alarms(session, month)
    history = alarm_rules.history(session)
    found = [
        _unit_month(
            session,
            unit,
            sensors.get(unit.unit_id, []),
            month,
            history,
            excursions=excursions.get(unit.unit_id, 0),
            alarms=alarms.get(unit.unit_id, _Alarms()),
        )
        for unit in units
    ]
    retired = {unit.unit_id for unit in units if unit.status is UnitStatus.RETIRED}
    return [each for each in found if not (each.is_untested and each.unit_id in retired)]


def _unit_month(
    session: ReadSession,
    unit: UnitOccupancy,
    sensors: Sequence[Sensor],
    month: Month,
    history: Sequence[Dated],
    *,
    excursions: int,
    alarms: _Alarms,
) -> UnitMonth:
    turns = unit_past.turns_of(sensors, TEMPERATURES, month.start, month.end)
    last = next((each for each in sensors if turns and each.id == turns[-1].sensor_id), None)
    limits = _limits(sensors, turns, history, month)
    curve = _curve(session, last, turns, month, limits) if last else _SILENT
    known = _known(curve, limits)
    mkt_c, mkt_note = _mkt(curve, unit.temperature_class, month)
    return UnitMonth(
        unit_id=unit.unit_id,
        label=unit.label,
        temperature_class=unit.temperature_class,
        sensor_code=last.code if last else None,
        readings_from=curve.readings_from if known.known_min else ReadingsFrom.NOTHING,
        whole_min=known.known_min + known.unknown_min,
        known_min=known.known_min,
        above_min=known.above_min,
        below_min=known.below_min,
        lowest_c=known.lowest_c,
        highest_c=known.highest_c,
        limits=tuple(limits) if turns else (),
        mkt_c=mkt_c,
        mkt_note=mkt_note,
        excursions=excursions,
        alarms=alarms.raised,
        acknowledged_after_min=alarms.acknowledged_after_min,
    )


def _thermometers(session: ReadSession, month: Month) -> dict[UUID, list[Sensor]]:
    """Return by unit the thermometers that have stood there since the month began."""
    found: dict[UUID, list[Sensor]] = {}
    for each in unit_past.sensors_since(session, month.start, kinds=TEMPERATURES):
        found.setdefault(each.unit_id, []).append(each)
    return found


def _limits(
    sensors: Sequence[Sensor], turns: Sequence[Turn], history: Sequence[Dated], month: Month
) -> list[LimitsThen]:
    """Return the limits of the month without a gap, each of the probe whose turn it was."""
    traits = {each.id: alarm_rules.traits(each) for each in sensors}
    found: list[LimitsThen] = []
    at = month.start
    for turn in turns:
        if at < turn.start:
            found.append(LimitsThen(start=at, end=turn.start, low=None, high=None))
        found += limits_past.limits_over(traits[turn.sensor_id], history, turn.start, turn.end)
        at = turn.end
    if at < month.end:
        found.append(LimitsThen(start=at, end=month.end, low=None, high=None))
    return found


def _known(curve: Curve, limits: Sequence[LimitsThen]) -> _Known:
    """Add up what is known of the stretches of a month, each by its own limits."""
    # The warm side and the cold side apart, in one pass over the readings.
    parts = [
        exposure(
            curve.points,
            each.start,
            each.end,
            interval=curve.interval,
            alarm=Limits(high_c=each.high),
            product=Limits(high_c=None, low_c=each.low),
        )
        for each in limits
    ]
    return _Known(
        known_min=sum(part.known_min for part in parts),
        unknown_min=sum(part.unknown_min for part in parts),
        above_min=sum(part.out_of_alarm_min for part in parts),
        below_min=sum(part.out_of_product_min for part in parts),
        lowest_c=min((part.lowest_c for part in parts if part.lowest_c is not None), default=None),
        highest_c=max(
            (part.highest_c for part in parts if part.highest_c is not None), default=None
        ),
    )


def _curve(
    session: ReadSession,
    last: Sensor,
    turns: Sequence[Turn],
    month: Month,
    limits: Sequence[LimitsThen],
) -> Curve:
    return curves.curve_in_turn(
        session,
        turns,
        month.start,
        month.end,
        setpoint_c=last.setpoint_c,
        has_low=any(each.low is not None for each in limits),
    )


def _mkt(curve: Curve, zone: TemperatureClass | None, month: Month) -> tuple[float | None, str]:
    """Return the highest MKT of the month where it is defined, and over what, or why not."""
    length = rules.mkt_window(zone)
    if length is None:
        return None, FROZEN if zone in _FROZEN else _NO_MKT
    if length == rules.CONTROLLED_COLD:
        means = [_mean(curve, start, end) for start, end in month.days]
        known = [mean for mean in means if mean is not None]
        of = f"highest of {len(known)} of {len(means)} days"
        return (max(known), of) if known else (None, "readings lack on every day")
    mean = _mean(curve, month.end - length, month.end)
    return mean, "last 30 days of the month" if mean is not None else "readings lack"


def _mean(curve: Curve, start: datetime, end: datetime) -> float | None:
    reach = curve.interval * 3
    first = bisect_left(curve.points, start - reach, key=_at)
    last = bisect_right(curve.points, end + reach, key=_at)
    return kinetic_mean_of(curve.points[first:last], start, end, interval=curve.interval)


def _at(point: ReadingPoint) -> datetime:
    return point.at


def _excursions(session: ReadSession, month: Month) -> dict[UUID, int]:
    """Return how many incidents began for each unit in the month."""
    rows = session.execute(
        select(IncidentUnit.unit_id, func.count())
        .join(Incident, Incident.id == IncidentUnit.incident_id)
        .where(
            Incident.state != IncidentState.MERGED,
            IncidentUnit.began_at >= month.start,
            IncidentUnit.began_at < month.end,
        )
        .group_by(IncidentUnit.unit_id)
    )
    return {unit_id: int(number) for unit_id, number in rows}


def _alarms(session: ReadSession, month: Month) -> dict[UUID, _Alarms]:
    """Return the alarms that were raised in the month, by unit.

    Acknowledgements are looked for until today: the last alarm of a month may wait into the next.
    """
    units: dict[UUID, UUID] = {}
    raised: dict[UUID, list[datetime]] = {}
    acknowledged: dict[UUID, list[datetime]] = {}
    for action, sensor_id, at, told in session.execute(
        select(AuditEntry.action, AuditEntry.entity_id, AuditEntry.at, AuditEntry.new_values)
        .where(
            AuditEntry.entity == AlarmRaised.AGGREGATE,
            AuditEntry.entity_id.in_(select(Sensor.id)),
            AuditEntry.action.in_((AlarmRaised.TYPE, AlarmAcknowledged.TYPE)),
            AuditEntry.at >= month.start,
        )
        .order_by(AuditEntry.at, AuditEntry.id)
    ):
        if action == AlarmAcknowledged.TYPE:
            acknowledged.setdefault(sensor_id, []).append(at)
        else:
            raised.setdefault(sensor_id, []).append(at)
            units[sensor_id] = UUID(str((told or {})["unit_id"]))
    found: dict[UUID, _Alarms] = {}
    for sensor_id, instants in raised.items():
        before = found.get(units[sensor_id], _Alarms())
        waits = acknowledged_after(instants, acknowledged.get(sensor_id, ()), month.end)
        found[units[sensor_id]] = _Alarms(
            raised=before.raised + sum(at < month.end for at in instants),
            acknowledged_after_min=(*before.acknowledged_after_min, *waits),
        )
    return found
