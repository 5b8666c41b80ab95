"""Incidents: what was too warm or too cold, from when until when, and what stood there then."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.incidents import item_queries, queries, rules, service
from backend.incidents.ids import (
    Disposition,
    HoldState,
    IncidentKind,
    IncidentState,
    ItemOrder,
    ReadingsFrom,
)
from backend.incidents.views import ItemView
from backend.samples.ids import TemperatureClass
from backend.telemetry.ids import AlarmKind, AlarmSeverity

_LONGEST_CODE = 60


class IncidentsQuery(ApiInput):
    """Which incidents, and where the page starts."""

    standing: bool | None = Field(
        default=None, description="Only those not closed, or only those closed; both without it."
    )
    offset: int = Field(default=0, ge=0, description="next_offset of the page before.")


class ItemsQuery(ApiInput):
    """Which samples of the incident, in which order, and where the page starts."""

    project: str = Field(default="", max_length=_LONGEST_CODE, description="Code of a project.")
    order: ItemOrder = ItemOrder.EXPOSURE
    offset: int = Field(default=0, ge=0, description="next_offset of the page before.")


class IncidentRowOut(ApiOutput):
    """An incident in the list. ``others``: samples that stood there and are not the caller's."""

    id: UUID
    code: str
    kind: IncidentKind
    state: IncidentState
    units: list[str]
    began_at: datetime
    ended_at: datetime | None
    peak_c: float | None
    items: int
    others: int
    undecided: int
    owner_name: str


class IncidentsOut(ApiOutput):
    """A page of incidents; ``next_offset`` is null on the last one."""

    items: list[IncidentRowOut]
    total: int
    next_offset: int | None


class IncidentUnitOut(ApiOutput):
    """A unit of an incident. ``coverage`` is the known share of its window, 0 to 1.

    ``said_back``: who says that it is back in range, and how they know, where it was not heard.
    """

    unit_id: UUID
    label: str
    zone: TemperatureClass | None
    setpoint_c: float
    alarm_high_c: float | None
    alarm_low_c: float | None
    began_at: datetime
    ended_at: datetime | None
    said_back: str
    highest_c: float | None
    lowest_c: float | None
    out_min: float
    known_min: float
    unknown_min: float
    coverage: float
    readings_from: ReadingsFrom
    mkt_c: float | None
    mkt_note: str


class IncidentAlarmOut(ApiOutput):
    """An alarm of an incident, with the version of the rule that raised it.

    ``limit`` is in the unit of that rule.
    """

    unit_label: str
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    rule_key: str
    rule_version: int
    since: datetime
    back_since: datetime | None
    over_at: datetime | None


class IncidentItemOut(ApiOutput):
    """A sample that stood there, and for how many minutes it was how warm."""

    barcode: str
    name: str
    project_code: str
    place: str
    position: str
    in_from: datetime
    in_until: datetime | None
    above_minus_60_min: float
    above_minus_40_min: float
    above_minus_20_min: float
    above_0_min: float
    out_of_alarm_min: float
    out_of_product_min: float
    degree_hours: float
    highest_c: float | None
    coverage: float
    unknown_min: float
    prior_out_min: float
    hold_state: HoldState
    hold_reason: str | None
    decided_by_name: str
    decision_reason: str


class IncidentItemsOut(ApiOutput):
    """A page of the caller's samples; ``others`` are of projects that are not the caller's."""

    items: list[IncidentItemOut]
    total: int
    others: int
    next_offset: int | None


class IncidentOut(ApiOutput):
    """An incident. ``closing_gaps``: what has to be done before it can be closed.

    ``storm_version`` is of the common rule by which its units are one matter, null of one unit.
    ``unheard``: units from which nothing was heard since their alarms were over.
    """

    id: UUID
    code: str
    kind: IncidentKind
    storm_version: int | None
    state: IncidentState
    opened_at: datetime
    began_at: datetime
    ended_at: datetime | None
    owner_name: str
    merged_into: str | None
    evacuation_id: UUID | None
    units: list[IncidentUnitOut]
    alarms: list[IncidentAlarmOut]
    closing_gaps: list[str]
    unheard: list[str]
    closed_at: datetime | None
    closed_by_name: str
    cause: str
    action: str
    disposition: Disposition | None
    disposition_note: str


class BackInRangeIn(ApiInput):
    """Which unit of the incident, and what was measured there and with what."""

    unit: str = Field(min_length=1, max_length=_LONGEST_CODE)
    reason: str = Field(min_length=1, max_length=rules.LONGEST_REASON)


class IncidentWithItemsOut(ApiOutput):
    """An incident and a page of the samples of the caller's projects that stood in it."""

    incident: IncidentOut
    samples: IncidentItemsOut


def list_incidents(call: Call) -> IncidentsOut:
    """Return a page of the incidents."""
    asked = call.asked(IncidentsQuery)
    with reading() as session:
        found = queries.list_incidents(
            session, call.caller, standing=asked.standing, offset=asked.offset
        )
        total = queries.count_incidents(session, call.caller, standing=asked.standing)
    return IncidentsOut(
        items=[IncidentRowOut.model_validate(each) for each in found],
        total=total,
        next_offset=_next(asked.offset, len(found), total),
    )


def read_incident(call: Call) -> IncidentWithItemsOut:
    """Return an incident with a page of the caller's samples."""
    asked, code = call.asked(ItemsQuery), call.path["code"]
    with reading() as session:
        incident = queries.get_incident(session, call.caller, code)
        found = item_queries.list_items(
            session,
            call.caller,
            code,
            project=asked.project,
            order=asked.order,
            offset=asked.offset,
        )
    return IncidentWithItemsOut(
        incident=IncidentOut.model_validate(incident),
        samples=IncidentItemsOut(
            items=[_item(each) for each in found.items],
            total=found.total,
            others=found.others,
            next_offset=_next(asked.offset, len(found.items), found.total),
        ),
    )


def say_back(call: Call) -> object:
    """Note that a unit is back in range of which no thermometer is heard."""
    sent, code = call.sent(BackInRangeIn), call.path["code"]
    with writing() as session:

        def say() -> IncidentOut:
            found = queries.get_incident(session, call.caller, code)
            service.say_back(
                session,
                call.caller,
                incident_id=found.id,
                unit_label=sent.unit,
                reason=sent.reason,
            )
            return IncidentOut.model_validate(queries.get_incident(session, call.caller, code))

        return once(session, call, say)


def _next(offset: int, shown: int, total: int) -> int | None:
    end = offset + shown
    return end if shown and end < total else None


def _item(item: ItemView) -> IncidentItemOut:
    minus_60, minus_40, minus_20, zero = item.above_min
    return IncidentItemOut(
        barcode=item.barcode,
        name=item.name,
        project_code=item.project_code,
        place=item.place,
        position=item.position,
        in_from=item.in_from,
        in_until=item.in_until,
        above_minus_60_min=minus_60,
        above_minus_40_min=minus_40,
        above_minus_20_min=minus_20,
        above_0_min=zero,
        out_of_alarm_min=item.out_of_alarm_min,
        out_of_product_min=item.out_of_product_min,
        degree_hours=item.degree_hours,
        highest_c=item.highest_c,
        coverage=item.coverage,
        unknown_min=item.unknown_min,
        prior_out_min=item.prior_out_min,
        hold_state=item.hold_state,
        hold_reason=item.hold_reason,
        decided_by_name=item.decided_by_name,
        decision_reason=item.decision_reason,
    )


_TAG = "Incidents"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/incidents",
        handler=list_incidents,
        access=Permission.STORAGE_VIEW,
        summary="Incidents, those that are not closed first, then the newest",
        tag=_TAG,
        answer=IncidentsOut,
        query=IncidentsQuery,
    ),
    Route(
        method="GET",
        path="/api/v1/incidents/{code}",
        handler=read_incident,
        access=Permission.STORAGE_VIEW,
        summary="One incident with the caller's samples that stood there, the worst off first",
        tag=_TAG,
        answer=IncidentWithItemsOut,
        query=ItemsQuery,
    ),
    Route(
        method="POST",
        path="/api/v1/incidents/{code}/back-in-range",
        handler=say_back,
        access=Permission.SAMPLES_HOLD,
        summary="Say that a unit is back in range of which no thermometer is heard",
        tag=_TAG,
        body=BackInRangeIn,
        answer=IncidentOut,
        status=201,
        once=True,
    ),
)
