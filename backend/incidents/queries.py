"""Reading incidents. Whoever may see storage sees them; of samples each sees their projects'.

Counts of what is not theirs are said as numbers and no more.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from backend.auth import service as auth_service
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.incidents import curves, rules, unheard
from backend.incidents.acknowledging import Acknowledgement, acknowledgements
from backend.incidents.errors import IncidentNotFound
from backend.incidents.exposure import kinetic_mean_of
from backend.incidents.ids import HoldState, IncidentId, IncidentState
from backend.incidents.models import Incident, IncidentAlarm, IncidentItem, IncidentUnit
from backend.incidents.views import (
    AlarmView,
    IncidentRow,
    IncidentView,
    UnitCurve,
    UnitView,
)
from backend.samples import queries as samples_queries
from backend.samples.ids import TemperatureClass
from backend.samples.models import Sample
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.telemetry import queries as telemetry_queries
from backend.telemetry.ids import SensorId
from backend.telemetry.rules import MOST_POINTS
from backend.telemetry.views import ReadingPoint

MOST = 100
SIGNED_INCIDENT = "incident"
_STANDING = (IncidentState.OPEN, IncidentState.CONTAINED)


def list_incidents(
    session: ReadSession, principal: Principal, *, standing: bool | None = None, offset: int = 0
) -> list[IncidentRow]:
    """Return incidents, those that are not closed first, then the newest, MOST at a time.

    ``standing``: only those that are not closed, or only those that are; None returns both.
    """
    principal.require(Permission.STORAGE_VIEW)
    incidents = session.scalars(
        select(Incident)
        .where(*_which(standing))
        .order_by(
            (Incident.state == IncidentState.CLOSED), Incident.began_at.desc(), Incident.number
        )
        .offset(offset)
        .limit(MOST)
    ).all()
    keys = [incident.id for incident in incidents]
    units = _units(session, keys)
    counts = _counts(session, principal, keys)
    seen = acknowledgements(session, incidents, units)
    return [
        _row(incident, units.get(incident.id, []), counts, seen.get(incident.id, []))
        for incident in incidents
    ]


def count_incidents(
    session: ReadSession, principal: Principal, *, standing: bool | None = None
) -> int:
    """Return how many incidents `list_incidents` has in all."""
    principal.require(Permission.STORAGE_VIEW)
    return session.execute(
        select(func.count()).select_from(Incident).where(*_which(standing))
    ).scalar_one()


def standing_codes(session: ReadSession, principal: Principal) -> dict[UUID, str]:
    """Return the code of the incident of each unit that has one that is not closed."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        select(IncidentUnit.unit_id, Incident.number, Incident.opened_at)
        .join(Incident, Incident.id == IncidentUnit.incident_id)
        .where(IncidentUnit.is_open, Incident.state.in_(_STANDING))
    )
    return {unit_id: rules.code_of(number, opened_at) for unit_id, number, opened_at in rows}


def get_incident(session: ReadSession, principal: Principal, code: str) -> IncidentView:
    """Return an incident by what people call it, without its items.

    Raises:
        IncidentNotFound: there is no such incident.
    """
    principal.require(Permission.STORAGE_VIEW)
    incident = find_incident(session, code)
    units = _units(session, [incident.id]).get(incident.id, [])
    zones = zones_of(session, [unit.unit_id for unit in units])
    alarms = session.scalars(
        select(IncidentAlarm)
        .where(IncidentAlarm.incident_id == incident.id)
        .order_by(IncidentAlarm.since, IncidentAlarm.sensor_id)
    )
    labels = {unit.unit_id: unit.unit_label for unit in units}
    is_standing = incident.state in _STANDING
    return IncidentView(
        id=IncidentId(incident.id),
        code=rules.code_of(incident.number, incident.opened_at),
        kind=incident.kind,
        storm_version=incident.storm_version,
        state=incident.state,
        opened_at=incident.opened_at,
        began_at=incident.began_at,
        ended_at=incident.ended_at,
        owner_name=incident.owner_name,
        is_mine=incident.owner_id is not None and incident.owner_id == principal.user_id,
        merged_into=_merged_into(session, incident),
        evacuation_id=incident.evacuation_id,
        units=[_unit_view(session, unit, zones.get(unit.unit_id)) for unit in units],
        alarms=[
            AlarmView(
                unit_label=labels[alarm.unit_id],
                kind=alarm.kind,
                severity=alarm.severity,
                limit=alarm.limit_value,
                rule_key=alarm.rule_key,
                rule_version=alarm.rule_version,
                since=alarm.since,
                back_since=alarm.back_since,
                over_at=alarm.over_at,
            )
            for alarm in alarms
        ],
        closing_gaps=closing_gaps(session, principal, incident) if is_standing else (),
        unheard=unheard.unheard_units(session, incident.id) if is_standing else (),
        closed_at=incident.closed_at,
        closed_by_name=incident.closed_by_name,
        cause=incident.cause,
        action=incident.action,
        disposition=incident.disposition,
        disposition_note=incident.disposition_note,
        signatures=auth_service.signatures_of(
            session, entity=SIGNED_INCIDENT, entity_id=incident.id
        ),
    )


def find_incident(session: ReadSession, code: str) -> Incident:
    """Return an incident's row; whether the reader may is asked before.

    Raises:
        IncidentNotFound: there is no such incident.
    """
    number = rules.number_of(code)
    incident = session.scalars(
        select(Incident).where(Incident.number == number).execution_options(populate_existing=True)
    ).one_or_none()
    wanted = code.strip().upper()
    if incident is None or rules.code_of(incident.number, incident.opened_at) != wanted:
        raise IncidentNotFound(f"There is no incident {code.strip()}. Look at the list.")
    return incident


def curves_of(session: ReadSession, principal: Principal, code: str) -> list[UnitCurve]:
    """Return what each unit's probe said, thinned to the worst of each stretch."""
    principal.require(Permission.STORAGE_VIEW)
    incident = find_incident(session, code)
    units = _units(session, [incident.id]).get(incident.id, [])
    zones = zones_of(session, [unit.unit_id for unit in units])
    return [
        UnitCurve(
            unit=_unit_view(session, unit, zones.get(unit.unit_id)),
            points=_thinned(_curve(session, unit).points, unit.setpoint_c),
        )
        for unit in units
    ]


def zones_of(session: ReadSession, unit_ids: Sequence[UUID]) -> dict[UUID, TemperatureClass]:
    """Return for which temperature each unit is meant; units that nobody knows are absent."""
    rows = session.execute(
        select(StorageNode.id, StorageNode.temperature_class).where(StorageNode.id.in_(unit_ids))
    )
    return {key: zone for key, zone in rows if zone is not None}


def closing_gaps(session: ReadSession, principal: Principal, incident: Incident) -> list[str]:
    """Return what has to be done before an incident can be closed, whosever the samples are."""
    units = set(
        session.scalars(select(IncidentUnit.unit_id).where(IncidentUnit.incident_id == incident.id))
    )
    alarmed = [
        alarm.unit_label
        for alarm in telemetry_queries.open_alarms(session, principal)
        if alarm.unit_id in units
    ]
    undecided = decided_counts(session, incident.id).get(HoldState.PROPOSED, 0)
    return rules.closing_gaps(
        open_alarms=alarmed,
        unheard=unheard.unheard_units(session, incident.id),
        undecided=undecided,
        ended=incident.ended_at is not None,
    )


def units_of(session: ReadSession, incident_id: UUID) -> list[IncidentUnit]:
    """Return the units of an incident by their label."""
    return _units(session, [incident_id]).get(incident_id, [])


def decided_counts(session: ReadSession, incident_id: UUID) -> dict[HoldState, int]:
    """Return how many items of an incident are in each state of their hold, whosever they are."""
    rows = session.execute(
        select(IncidentItem.hold_state, func.count())
        .where(IncidentItem.incident_id == incident_id)
        .group_by(IncidentItem.hold_state)
    )
    return {state: int(number) for state, number in rows}


def _which(standing: bool | None) -> list[ColumnElement[bool]]:  # noqa: FBT001 a filter
    if standing is None:
        return [Incident.state != IncidentState.MERGED]
    if standing:
        return [Incident.state.in_(_STANDING)]
    return [Incident.state == IncidentState.CLOSED]


def _row(
    incident: Incident,
    units: Sequence[IncidentUnit],
    counts: Mapping[UUID, tuple[int, int, int]],
    seen: Sequence[Acknowledgement],
) -> IncidentRow:
    mine, every, undecided = counts.get(incident.id, (0, 0, 0))
    return IncidentRow(
        id=IncidentId(incident.id),
        code=rules.code_of(incident.number, incident.opened_at),
        kind=incident.kind,
        state=incident.state,
        units=tuple(unit.unit_label for unit in units),
        began_at=incident.began_at,
        ended_at=incident.ended_at,
        peak_c=_peak(units),
        items=mine,
        others=every - mine,
        undecided=undecided,
        owner_name=incident.owner_name,
        acknowledged_by=tuple(dict.fromkeys(each.by for each in seen)),
    )


def _peak(units: Sequence[IncidentUnit]) -> float | None:
    """Return the temperature farthest from its unit's set point."""
    seen = [
        (abs(degrees - unit.setpoint_c), degrees)
        for unit in units
        for degrees in (unit.highest_c, unit.lowest_c if unit.alarm_low_c is not None else None)
        if degrees is not None
    ]
    return max(seen)[1] if seen else None


def _units(session: ReadSession, keys: Sequence[UUID]) -> dict[UUID, list[IncidentUnit]]:
    found: dict[UUID, list[IncidentUnit]] = {}
    for unit in session.scalars(
        select(IncidentUnit)
        .where(IncidentUnit.incident_id.in_(keys))
        .order_by(IncidentUnit.unit_label)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(unit.incident_id, []).append(unit)
    return found


def _counts(
    session: ReadSession, principal: Principal, keys: Sequence[UUID]
) -> dict[UUID, tuple[int, int, int]]:
    """Return for each incident the reader's samples, everybody's, and undecided proposals."""
    whole: Select[UUID, int, int] = (
        select(
            IncidentItem.incident_id,
            func.count(IncidentItem.sample_id.distinct()),
            func.count().filter(IncidentItem.hold_state == HoldState.PROPOSED),
        )
        .where(IncidentItem.incident_id.in_(keys))
        .group_by(IncidentItem.incident_id)
    )
    mine = samples_queries.only_visible(
        whole.join(Sample, Sample.id == IncidentItem.sample_id), principal, Sample.project_id
    )
    seen = {key: number for key, number, _ in session.execute(mine)}
    return {
        key: (seen.get(key, 0), number, undecided)
        for key, number, undecided in session.execute(whole)
    }


def _merged_into(session: ReadSession, incident: Incident) -> str | None:
    if incident.merged_into_id is None:
        return None
    kept = session.get_one(Incident, incident.merged_into_id)
    return rules.code_of(kept.number, kept.opened_at)


def _curve(session: ReadSession, unit: IncidentUnit) -> curves.Curve:
    # One that has not ended goes on to whatever was heard last.
    end = unit.ended_at or curves.heard_at(session, unit.sensor_id) or unit.began_at
    return curves.curve_of(
        session,
        unit.sensor_id,
        unit.began_at,
        max(end, unit.began_at),
        setpoint_c=unit.setpoint_c,
        has_low=unit.alarm_low_c is not None,
    )


def _unit_view(session: ReadSession, unit: IncidentUnit, zone: TemperatureClass | None) -> UnitView:
    mkt_c, note = _mkt(session, unit, zone)
    return UnitView(
        unit_id=NodeId(unit.unit_id),
        label=unit.unit_label,
        sensor_id=SensorId(unit.sensor_id),
        zone=zone,
        setpoint_c=unit.setpoint_c,
        alarm_high_c=unit.alarm_high_c,
        alarm_low_c=unit.alarm_low_c,
        began_at=unit.began_at,
        ended_at=unit.ended_at,
        said_back=_said_back(unit),
        highest_c=unit.highest_c,
        lowest_c=unit.lowest_c,
        out_min=unit.out_min,
        known_min=unit.known_min,
        unknown_min=unit.unknown_min,
        readings_from=unit.readings_from,
        mkt_c=mkt_c,
        mkt_note=note,
    )


def _said_back(unit: IncidentUnit) -> str:
    if unit.said_back_at is None or unit.said_back_at != unit.ended_at:
        return ""
    return f"{unit.said_back_by_name} says that it is back in range: {unit.said_back_why}"


def _mkt(
    session: ReadSession, unit: IncidentUnit, zone: TemperatureClass | None
) -> tuple[float | None, str]:
    """Return the MKT of the time that it is defined for, up to the window's end, or why not."""
    length = rules.mkt_window(zone)
    if length is None:
        return None, "MKT is not defined for this storage."
    end = unit.ended_at or curves.heard_at(session, unit.sensor_id)
    words = "24 h" if length == rules.CONTROLLED_COLD else "30 days"
    if end is None:
        return None, "No readings."
    curve = curves.curve_of(
        session,
        unit.sensor_id,
        end - length,
        end,
        setpoint_c=unit.setpoint_c,
        has_low=unit.alarm_low_c is not None,
    )
    mean = kinetic_mean_of(curve.points, end - length, end, interval=curve.interval)
    if mean is None:
        return None, f"Readings lack in the {words} that MKT is taken over."
    return mean, f"Over {words} up to the end"


def _thinned(points: Sequence[ReadingPoint], setpoint_c: float) -> list[ReadingPoint]:
    """Return at most about MOST_POINTS, of each run of neighbours the one farthest out."""
    step = -(-len(points) // MOST_POINTS) or 1
    runs = (points[index : index + step] for index in range(0, len(points), step))
    return [max(run, key=lambda point: abs(point.temperature_c - setpoint_c)) for run in runs]
