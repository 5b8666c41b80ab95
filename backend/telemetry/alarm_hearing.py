"""What the rules need to know of sensors before they are judged: which hold, and what was said."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.telemetry import alarm_judging, alarm_rules, alarm_terms, queries
from backend.telemetry.alarm_judging import Heard
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmKind, SensorId, SensorKind
from backend.telemetry.models import Sensor
from backend.telemetry.queries import Want
from backend.telemetry.views import ReadingPoint

Key = tuple[UUID, AlarmKind]
_A_DAY: Final = timedelta(days=1)

# What an alarm of being too warm has told already is not counted again.
_EXPOSED = text(
    "SELECT w.sensor_id, exposed.at, exposed.value "
    "FROM unnest(CAST(:sensors AS uuid[]), CAST(:limits AS float8[])) AS w (sensor_id, high) "
    "CROSS JOIN LATERAL (SELECT at FROM reading "
    "WHERE sensor_id BETWEEN w.sensor_id AND w.sensor_id "
    "ORDER BY sensor_id DESC, at DESC LIMIT 1) AS newest "
    "CROSS JOIN LATERAL (SELECT max(coalesce(back_since, closed_at)) AS at FROM alarm "
    "WHERE sensor_id = w.sensor_id AND kind = 'high' AND closed_at IS NOT NULL) AS told "
    "CROSS JOIN LATERAL (SELECT at, value FROM reading WHERE sensor_id = w.sensor_id "
    "AND (sensor_id, at) > (w.sensor_id, "
    "greatest(newest.at - CAST(:window AS interval) - CAST(:lately AS interval), told.at)) "
    "AND value > w.high) AS exposed ORDER BY w.sensor_id, exposed.at"
)


def terms_of_all(
    sensors: Sequence[Sensor], standing: Sequence[Terms]
) -> dict[UUID, Sequence[Terms]]:
    """Return the active rules of each sensor; sensors that are alike share theirs.

    The rule of two that disagree holds where there are two: a unit's thermometers come together.
    """
    found = alarm_terms.terms_for_all([alarm_rules.traits(each) for each in sensors], standing)
    beside = {each.unit_id for each in sensors if each.kind is SensorKind.TEMPERATURE_AIR}
    alone = {
        id(terms): [t for t in terms if t.kind is not AlarmKind.DISAGREE]
        for terms in found.values()
    }
    return {
        each.id: found[each.id] if each.unit_id in beside else alone[id(found[each.id])]
        for each in sensors
    }


def hear(
    session: Session,
    sensors: Sequence[Sensor],
    terms: Mapping[UUID, Sequence[Terms]],
    *,
    stable_for: timedelta,
    open_kinds: Collection[Key] = (),
    is_whole: bool = True,
) -> dict[UUID, Heard]:
    """Return what the rules need to know of each sensor. Two queries."""
    wants = []
    for sensor in sensors:
        low, high = alarm_judging.bounds(terms[sensor.id])
        standing = {kind for of, kind in open_kinds if of == sensor.id}
        wants.append(
            Want(
                sensor_id=SensorId(sensor.id),
                low=low,
                high=high,
                is_whole=is_whole and not standing & _RUNS,
            )
        )
    reach = max(
        (alarm_judging.reach(each, stable_for) for each in terms.values()), default=timedelta(0)
    )
    points = queries.latest_readings(session, wants, reach=reach)
    exposed = _exposed(session, sensors, terms, lately=2 * stable_for) if is_whole else {}
    air = {
        sensor.unit_id: points.get(SensorId(sensor.id), [])
        for sensor in sensors
        if sensor.kind is SensorKind.TEMPERATURE_AIR
    }
    return {
        sensor.id: Heard(
            points=points.get(SensorId(sensor.id), []),
            beside=air.get(sensor.unit_id, []) if sensor.kind in _BESIDE_AIR else [],
            exposed=exposed.get(sensor.id, []),
            awaited_from=sensor.awaited_from,
        )
        for sensor in sensors
    }


_BESIDE_AIR: Final = (SensorKind.TEMPERATURE_PROBE,)
_RUNS: Final = frozenset({AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.DOOR})


def _exposed(
    session: Session,
    sensors: Sequence[Sensor],
    terms: Mapping[UUID, Sequence[Terms]],
    *,
    lately: timedelta,
) -> dict[UUID, list[ReadingPoint]]:
    """Return the readings above the mildest high limit of those that have a cumulative rule."""
    counted: list[tuple[UUID, float]] = []
    longest = timedelta(0)
    for sensor in sensors:
        windows = [
            each.window or _A_DAY for each in terms[sensor.id] if each.kind is AlarmKind.CUMULATIVE
        ]
        high = alarm_judging.limits_of(terms[sensor.id])[1]
        if windows and high is not None:
            counted.append((sensor.id, high))
            longest = max(longest, *windows)
    if not counted:
        return {}
    rows = session.execute(
        _EXPOSED,
        {
            "sensors": [each for each, _ in counted],
            "limits": [high for _, high in counted],
            "window": longest,
            "lately": lately,
        },
    )
    found: dict[UUID, list[ReadingPoint]] = {}
    for sensor_id, at, value in rows:
        found.setdefault(sensor_id, []).append(ReadingPoint(at=at, temperature_c=value))
    return found
