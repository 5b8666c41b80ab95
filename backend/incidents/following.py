"""Opening incidents from alarms and keeping them up with what happens. Exported by service.py.

Two checks at once take turns at an advisory lock and not at rows: whoever decides about holds
meanwhile waits for neither. A unit has one incident that is not closed, which the database holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import curves, ends, reckoning, rules, telling
from backend.incidents.events import (
    IncidentContained,
    IncidentMerged,
    IncidentOpened,
    IncidentReopened,
    IncidentWidened,
)
from backend.incidents.ids import IncidentKind, IncidentState
from backend.incidents.models import (
    Incident,
    IncidentAlarm,
    IncidentExposure,
    IncidentItem,
    IncidentUnit,
)
from backend.incidents.rules import Onset
from backend.incidents.views import Followed
from backend.storage import unit_statuses
from backend.telemetry import alarm_common
from backend.telemetry import queries as telemetry_queries
from backend.telemetry.models import Sensor
from backend.telemetry.storm_rules import NOWHERE
from backend.telemetry.views import UnitAlarm

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(7345160)")
_MAY_TAKE_TURNS = text("SELECT pg_try_advisory_xact_lock(7345160)")
_TOLD_TOO = text(
    "INSERT INTO incident_told (incident_id, user_id, user_name, samples, told_at) "
    "SELECT :becomes, user_id, user_name, samples, told_at FROM incident_told "
    "WHERE incident_id = :was ON CONFLICT DO NOTHING"
)
_STANDING = (IncidentState.OPEN, IncidentState.CONTAINED)
_New = tuple[Sensor, datetime]
"""The probe of a unit that has no incident, and since when it has been out of range."""
_MOVED = (IncidentUnit, IncidentAlarm, IncidentExposure, IncidentItem)


@dataclass(slots=True)
class _Standing:
    """An incident that is not closed, with its units and the alarms that are not over."""

    incident: Incident
    units: dict[UUID, IncidentUnit] = field(default_factory=dict)
    alarms: list[IncidentAlarm] = field(default_factory=list)

    @property
    def code(self) -> str:
        return rules.code_of(self.incident.number, self.incident.opened_at)


def take_turns(session: WriteSession) -> None:
    """Wait until nobody else opens, follows or closes incidents."""
    session.execute(_TAKE_TURNS)


def can_take_turns(session: WriteSession) -> bool:
    """Say whether nobody else opens, follows or closes incidents; then nobody will, until the end.

    Of the transaction, that is: nothing is to be waited for any more.
    """
    return bool(session.scalar(_MAY_TAKE_TURNS))


def follow_alarms(session: WriteSession, principal: Principal) -> Followed:
    """Open an incident for each unit newly out of range; note what became of the others.

    Units that go out of range together share one. An incident is contained once all its units are
    back in range, and open again when one goes out before it is closed. A second call finds
    nothing to do.
    """
    principal.require(Permission.HEALTH_OPERATE)
    take_turns(session)
    now = clock.utc_now()
    alarms = telemetry_queries.open_alarms(session, principal)
    opened = _open(session, principal, alarms, now)
    at_rest = unit_statuses.units_watched(session).at_rest
    contained = told = 0
    for standing in _load(session):
        _note_alarms(session, standing, alarms, now)
        for unit in standing.units.values():
            unit.ended_at = ends.ended(session, unit, standing.alarms, at_rest=at_rest, now=now)
        contained += _settle(session, principal, standing, at_rest)
        reckoned = [reckoning.reckon(session, unit, now) for unit in standing.units.values()]
        is_contained = standing.incident.state is IncidentState.CONTAINED
        if any(reckoned) and (is_contained or telling.has_proposals(session, standing.incident)):
            told += telling.tell_owners(session, principal, standing.incident)
    session.flush()
    return Followed(opened=opened, contained=contained, told=told)


def _load(session: WriteSession) -> list[_Standing]:
    incidents = session.scalars(
        select(Incident)
        .where(Incident.state.in_(_STANDING))
        .order_by(Incident.number)
        .execution_options(populate_existing=True)
    ).all()
    found = {incident.id: _Standing(incident) for incident in incidents}
    units = session.scalars(
        select(IncidentUnit)
        .where(IncidentUnit.incident_id.in_(found))
        .order_by(IncidentUnit.unit_label)
        .execution_options(populate_existing=True)
    )
    for unit in units:
        found[unit.incident_id].units[unit.unit_id] = unit
    alarms = session.scalars(
        select(IncidentAlarm)
        .where(IncidentAlarm.incident_id.in_(found))
        .execution_options(populate_existing=True)
    )
    for alarm in alarms:
        found[alarm.incident_id].alarms.append(alarm)
    return list(found.values())


def _open(
    session: WriteSession, principal: Principal, alarms: Sequence[UnitAlarm], now: datetime
) -> int:
    """Open incidents for units that have none, or widen those that belong together."""
    standing = _load(session)
    of_unit = {unit_id: each for each in standing for unit_id in each.units}
    new: dict[UUID, datetime] = {}
    for alarm in _opening(session, alarms):
        if alarm.unit_id not in of_unit:
            new[alarm.unit_id] = min(alarm.since, new.get(alarm.unit_id, alarm.since))
    probes = curves.governing_sensors(session, list(new), [each.sensor_id for each in alarms])
    # Without a probe nothing can be said of what stood there; the alarm itself stays.
    new = {unit_id: since for unit_id, since in new.items() if unit_id in probes}
    if not new:
        return 0
    onsets = _onsets(session, new, standing)
    common = alarm_common.common_rule(session)
    opened = 0
    for group in rules.together(onsets, common.numbers):
        added = [onset for onset in group if onset.unit_id in new]
        if not added:
            continue
        met = [of_unit[onset.unit_id] for onset in group if onset.unit_id in of_unit]
        before = {each.incident.id: each for each in met}
        units = [(probes[onset.unit_id], onset.since) for onset in added]
        if before:
            _widen(session, principal, list(before.values()), units, common.version)
        else:
            _begin(session, principal, units, now, common.version)
            opened += 1
    return opened


def _onsets(
    session: WriteSession, new: Mapping[UUID, datetime], standing: Sequence[_Standing]
) -> list[Onset]:
    """Return since when the units are out of range, new ones and those of open incidents."""
    shared = unit_statuses.units_watched(session).shared
    began = dict(new)
    for each in standing:
        if each.incident.state is IncidentState.OPEN:
            began |= {unit_id: unit.began_at for unit_id, unit in each.units.items()}
    return [
        Onset(unit_id=unit_id, since=since, shares=shared.get(unit_id, NOWHERE))
        for unit_id, since in began.items()
    ]


def _opening(session: WriteSession, alarms: Sequence[UnitAlarm]) -> list[UnitAlarm]:
    """Return the alarms that open an incident (`rules.OPENS` says which and why)."""
    silent = {
        alarm.sensor_id: alarm.unit_id
        for alarm in alarms
        if rules.is_silence(alarm.kind.value, alarm.severity.value) and alarm.back_since is None
    }
    thermometers = curves.thermometers_of(session, set(silent.values()))
    blind = rules.blind_units(thermometers, silent.keys())
    return [
        alarm
        for alarm in alarms
        if alarm.kind.value in rules.OPENS or (alarm.sensor_id in silent and alarm.unit_id in blind)
    ]


def _begin(
    session: WriteSession,
    principal: Principal,
    units: Sequence[_New],
    now: datetime,
    storm_version: int,
) -> None:
    is_storm = len(units) > 1
    incident = Incident(
        kind=IncidentKind.SITE_POWER if is_storm else IncidentKind.UNIT,
        storm_version=storm_version if is_storm else None,
        opened_at=now,
        began_at=min(since for _, since in units),
    )
    session.add(incident)
    session.flush()
    _add(session, incident, units)
    event = IncidentOpened(
        aggregate_id=incident.id,
        code=rules.code_of(incident.number, incident.opened_at),
        kind=incident.kind.value,
        units=tuple(sorted(sensor.unit_label for sensor, _ in units)),
        began_at=incident.began_at.isoformat(),
        storm_version=incident.storm_version,
    )
    events_service.record(session, principal, event)


def _widen(
    session: WriteSession,
    principal: Principal,
    met: Sequence[_Standing],
    units: Sequence[_New],
    storm_version: int,
) -> None:
    """Add units to the oldest incident met, and all that the others of the same matter have."""
    kept, *others = sorted(met, key=lambda each: each.incident.number)
    incident = kept.incident
    for other in others:
        _merge(session, principal, other, kept)
    _add(session, incident, units)
    incident.kind, incident.storm_version = IncidentKind.SITE_POWER, storm_version
    begun = [since for _, since in units] + [each.incident.began_at for each in others]
    incident.began_at = min(incident.began_at, *begun)
    event = IncidentWidened(
        aggregate_id=incident.id,
        code=kept.code,
        units=tuple(sorted(sensor.unit_label for sensor, _ in units)),
        storm_version=storm_version,
    )
    events_service.record(session, principal, event)


def _merge(session: WriteSession, principal: Principal, gone: _Standing, kept: _Standing) -> None:
    was, becomes = gone.incident.id, kept.incident.id
    for table in _MOVED:
        session.execute(
            update(table)
            .where(table.incident_id == was)
            .values(incident_id=becomes)
            .execution_options(synchronize_session=False)
        )
    session.execute(_TOLD_TOO, {"was": was, "becomes": becomes})
    gone.incident.state = IncidentState.MERGED
    gone.incident.merged_into_id = becomes
    session.flush()
    event = IncidentMerged(aggregate_id=was, code=gone.code, into=kept.code)
    events_service.record(session, principal, event)


def _add(session: WriteSession, incident: Incident, units: Sequence[_New]) -> None:
    for sensor, since in units:
        low_c, high_c = telemetry_queries.limits_of(session, sensor)
        unit = IncidentUnit(
            incident_id=incident.id,
            unit_id=sensor.unit_id,
            unit_label=sensor.unit_label,
            sensor_id=sensor.id,
            setpoint_c=sensor.setpoint_c,
            alarm_high_c=high_c,
            alarm_low_c=low_c,
            began_at=since,
        )
        session.add(unit)
    session.flush()


def _note_alarms(
    session: WriteSession, standing: _Standing, alarms: Sequence[UnitAlarm], now: datetime
) -> None:
    """Write down the alarms of the incident's units, old and new, and which are over."""
    known = {(each.sensor_id, each.kind, each.since): each for each in standing.alarms}
    for alarm in alarms:
        if alarm.unit_id not in standing.units:
            continue
        row = known.pop((alarm.sensor_id, alarm.kind, alarm.since), None)
        if row is None:
            row = IncidentAlarm(
                incident_id=standing.incident.id,
                sensor_id=alarm.sensor_id,
                kind=alarm.kind,
                since=alarm.since,
                unit_id=alarm.unit_id,
                severity=alarm.severity,
                rule_key=alarm.rule_key,
                rule_version=alarm.rule_version,
                limit_value=alarm.limit_c,
            )
            session.add(row)
            standing.alarms.append(row)
        row.back_since, row.over_at = alarm.back_since, None
        if row.severity is not alarm.severity:
            row.severity, row.limit_value = alarm.severity, alarm.limit_c
            row.rule_key, row.rule_version = alarm.rule_key, alarm.rule_version
    for row in known.values():
        row.over_at = row.over_at or now
    session.flush()


def settle_incident(session: WriteSession, principal: Principal, incident: Incident) -> None:
    """Bring the state of an incident in line with its units', at once."""
    (standing,) = [each for each in _load(session) if each.incident.id == incident.id]
    _settle(session, principal, standing, unit_statuses.units_watched(session).at_rest)
    session.flush()


def _settle(
    session: WriteSession, principal: Principal, standing: _Standing, at_rest: Collection[UUID]
) -> bool:
    """Bring an incident's state in line with its units'; say if it is contained now."""
    incident = standing.incident
    ends = [unit.ended_at for unit in standing.units.values()]
    ended = None if None in ends else max(end for end in ends if end is not None)
    incident.ended_at = ended
    if ended is None and incident.state is IncidentState.CONTAINED:
        incident.state = IncidentState.OPEN
        again = IncidentReopened(aggregate_id=incident.id, code=standing.code)
        events_service.record(session, principal, again)
    if ended is None or incident.state is IncidentState.CONTAINED:
        return False
    incident.state = IncidentState.CONTAINED
    units = standing.units.values()
    event = IncidentContained(
        aggregate_id=incident.id,
        code=standing.code,
        ended_at=ended.isoformat(),
        by_word=tuple(each.unit_label for each in units if each.ended_at == each.said_back_at),
        out_of_use=tuple(each.unit_label for each in units if each.unit_id in at_rest),
    )
    events_service.record(session, principal, event)
    return True
