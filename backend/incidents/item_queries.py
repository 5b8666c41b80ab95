"""Reading what stood in an incident and what that meant: items, exposures, and what happened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.events.models import AuditEntry
from backend.incidents import queries, rules
from backend.incidents.acknowledging import acknowledgements
from backend.incidents.ids import HoldState, ItemId, ItemOrder
from backend.incidents.models import (
    Incident,
    IncidentAlarm,
    IncidentExposure,
    IncidentItem,
    IncidentTold,
    IncidentUnit,
)
from backend.incidents.views import ExposureRow, ItemPage, ItemView, Moment
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Project, Sample
from backend.storage import spelling
from backend.storage.rules import Position
from backend.telemetry.kinds import back_words

PAGE = 50
_MOST_MOMENTS = 200


def list_items(
    session: ReadSession,
    principal: Principal,
    code: str,
    *,
    project: str = "",
    order: ItemOrder = ItemOrder.EXPOSURE,
    offset: int = 0,
) -> ItemPage:
    """Return PAGE of the reader's samples that stood in an incident, the worst off first.

    ``total`` is of what ``project`` leaves; the other numbers are of the whole incident.

    Raises:
        IncidentNotFound: there is no such incident.
    """
    principal.require(Permission.STORAGE_VIEW)
    incident = queries.find_incident(session, code)
    mine = _mine(principal, incident.id)
    shown = mine.where(Project.code == project) if project else mine
    rows = session.execute(
        shown.with_only_columns(IncidentItem, IncidentExposure, Sample, Project.code)
        .order_by(*_turn(order))
        .offset(offset)
        .limit(PAGE)
    ).all()
    said = spelling.positions_of(session, [row.IncidentItem.placement_id for row in rows])
    prior = _prior(session, incident, [row.Sample.id for row in rows])
    seen = _count(session, mine)
    every = session.execute(
        select(func.count())
        .select_from(IncidentItem)
        .where(IncidentItem.incident_id == incident.id)
    ).scalar_one()
    return ItemPage(
        items=[
            _item(
                item,
                known,
                sample,
                project_code,
                position=said[item.placement_id],
                prior_out_min=prior.get(sample.id, 0.0),
            )
            for item, known, sample, project_code in rows
        ],
        total=_count(session, shown) if project else seen,
        whole=seen,
        others=every - seen,
        proposed=_count(session, mine.where(IncidentItem.hold_state == HoldState.PROPOSED)),
        projects=session.scalars(
            mine.with_only_columns(Project.code).distinct().order_by(Project.code)
        ).all(),
    )


def exposures(session: ReadSession, principal: Principal, code: str) -> list[ExposureRow]:
    """Return the different stays of the reader's samples, the worst first.

    Raises:
        IncidentNotFound: there is no such incident.
    """
    principal.require(Permission.STORAGE_VIEW)
    incident = queries.find_incident(session, code)
    stays = (
        _mine(principal, incident.id)
        .with_only_columns(IncidentItem.exposure_id, func.count().label("samples"))
        .group_by(IncidentItem.exposure_id)
        .subquery()
    )
    rows = session.execute(
        select(IncidentExposure, IncidentUnit.unit_label, stays.c.samples)
        .join(stays, stays.c.exposure_id == IncidentExposure.id)
        .join(
            IncidentUnit,
            (IncidentUnit.incident_id == IncidentExposure.incident_id)
            & (IncidentUnit.unit_id == IncidentExposure.unit_id),
        )
        .order_by(
            IncidentExposure.out_of_product_min.desc(),
            IncidentExposure.degree_hours.desc(),
            IncidentExposure.in_from,
            IncidentExposure.id,
        )
        .limit(PAGE)
    )
    return [
        ExposureRow(
            unit_label=label,
            zone=known.temperature_class,
            in_from=known.in_from,
            in_until=known.in_until,
            samples=samples,
            above_min=_above(known),
            out_of_alarm_min=known.out_of_alarm_min,
            out_of_product_min=known.out_of_product_min,
            degree_hours=known.degree_hours,
            highest_c=known.highest_c,
            coverage=_coverage(known),
            hold_reason=known.hold_reason,
        )
        for known, label, samples in rows
    ]


def timeline(session: ReadSession, principal: Principal, code: str) -> list[Moment]:
    """Return what happened in an incident, oldest first.

    Raises:
        IncidentNotFound: there is no such incident.
    """
    principal.require(Permission.STORAGE_VIEW)
    incident = queries.find_incident(session, code)
    units = session.scalars(
        select(IncidentUnit).where(IncidentUnit.incident_id == incident.id)
    ).all()
    labels = {unit.unit_id: unit.unit_label for unit in units}
    moments = _alarm_moments(session, incident, labels)
    seen = acknowledgements(session, [incident], {incident.id: units})
    moments += [
        Moment(
            at=each.at,
            words=f"{each.unit_label}: alarm acknowledged. {each.reason}".strip(),
            who=each.by,
            tone="info",
        )
        for each in seen.get(incident.id, [])
    ]
    told = session.execute(
        select(func.min(IncidentTold.told_at), func.count()).where(
            IncidentTold.incident_id == incident.id
        )
    ).one()
    if told[0] is not None:
        people = "1 person was" if told[1] == 1 else f"{told[1]} people were"
        moments.append(
            Moment(at=told[0], words=f"{people} told of their samples", who="", tone="info")
        )
    moments += _acts(session, incident)
    return sorted(moments, key=lambda each: each.at)


def _mine(principal: Principal, incident_id: UUID) -> Select[Sample]:
    return (
        samples_queries.visible_samples(principal)
        .join(IncidentItem, IncidentItem.sample_id == Sample.id)
        .join(IncidentExposure, IncidentExposure.id == IncidentItem.exposure_id)
        .join(Project, Project.id == Sample.project_id)
        .where(IncidentItem.incident_id == incident_id)
    )


def _count(session: ReadSession, items: Select[Sample]) -> int:
    keys = items.with_only_columns(IncidentItem.id).order_by(None).subquery()
    return session.execute(select(func.count()).select_from(keys)).scalar_one()


def _turn(order: ItemOrder) -> Sequence[ColumnElement[Any]]:
    place = (
        IncidentItem.box_path.asc(),
        IncidentItem.row.asc(),
        IncidentItem.column.asc(),
        IncidentItem.id.asc(),
    )
    if order is ItemOrder.PLACE:
        return place
    worst = (
        IncidentExposure.out_of_product_min.desc(),
        IncidentExposure.degree_hours.desc(),
        IncidentExposure.out_of_alarm_min.desc(),
    )
    return (*worst, *place)


def _prior(
    session: ReadSession, incident: Incident, sample_ids: Sequence[UUID]
) -> dict[UUID, float]:
    """Return for how long samples were out of their limits in incidents that began before."""
    rows = session.execute(
        select(IncidentItem.sample_id, func.sum(IncidentExposure.out_of_product_min))
        .join(IncidentExposure, IncidentExposure.id == IncidentItem.exposure_id)
        .join(Incident, Incident.id == IncidentItem.incident_id)
        .where(
            IncidentItem.sample_id.in_(sample_ids),
            Incident.id != incident.id,
            Incident.began_at < incident.began_at,
        )
        .group_by(IncidentItem.sample_id)
    )
    return {sample_id: float(minutes) for sample_id, minutes in rows}


def _item(
    item: IncidentItem,
    known: IncidentExposure,
    sample: Sample,
    project_code: str,
    *,
    position: Position,
    prior_out_min: float,
) -> ItemView:
    return ItemView(
        id=ItemId(item.id),
        sample_id=SampleId(sample.id),
        barcode=sample.barcode,
        name=sample.name,
        project_code=project_code,
        place=item.box_path,
        position=position.label,
        in_from=known.in_from,
        in_until=known.in_until,
        above_min=_above(known),
        out_of_alarm_min=known.out_of_alarm_min,
        out_of_product_min=known.out_of_product_min,
        degree_hours=known.degree_hours,
        highest_c=known.highest_c,
        coverage=_coverage(known),
        unknown_min=known.unknown_min,
        prior_out_min=prior_out_min,
        hold_state=item.hold_state,
        hold_reason=known.hold_reason,
        decided_by_name=item.decided_by_name,
        decision_reason=item.decision_reason,
    )


def _above(known: IncidentExposure) -> tuple[float, ...]:
    return (
        known.above_minus_60_min,
        known.above_minus_40_min,
        known.above_minus_20_min,
        known.above_0_min,
    )


def _coverage(known: IncidentExposure) -> float:
    whole = known.known_min + known.unknown_min
    return known.known_min / whole if whole else 1.0


def _alarm_moments(
    session: ReadSession, incident: Incident, labels: dict[UUID, str]
) -> list[Moment]:
    moments = []
    alarms = session.scalars(select(IncidentAlarm).where(IncidentAlarm.incident_id == incident.id))
    for alarm in alarms:
        unit, kind = labels[alarm.unit_id], rules.kind_words(alarm.kind.value)
        said = f"{unit}: {kind}, by version {alarm.rule_version} of its rule"
        moments.append(Moment(at=alarm.since, words=said, who="", tone="crit"))
        if alarm.back_since is not None:
            words = f"{unit}: {back_words(alarm.kind).lower()}"
            moments.append(Moment(at=alarm.back_since, words=words, who="", tone="ok"))
        if alarm.over_at is not None:
            words = f"{unit}: alarm over, {kind}"
            moments.append(Moment(at=alarm.over_at, words=words, who="", tone="ok"))
    return moments


def _acts(session: ReadSession, incident: Incident) -> list[Moment]:
    """Return what stands of the incident in the audit trail, without what alarms say already."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.actor_name, AuditEntry.new_values)
        .where(
            AuditEntry.entity == "incident",
            AuditEntry.entity_id == incident.id,
            AuditEntry.action.in_(list(rules.ACT_WORDS)),
        )
        .order_by(AuditEntry.at)
        .limit(_MOST_MOMENTS)
    )
    return [
        Moment(
            at=at,
            words=rules.act_words(action, new or {}),
            who=who,
            tone="ok" if action == "incidents.closed" else "info",
        )
        for at, action, who, new in rows
    ]
