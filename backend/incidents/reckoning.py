"""What stood in a unit meanwhile, and what that meant; reckoned anew until the incident is closed.

Where a tube was *then* rests on ``placement``, which closes stays and never overwrites them, and on
``box_move``: the stays of a box that is carried elsewhere go on, so the unit is asked of the box.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    delete,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects.postgresql import insert

from backend.core.sessions import WriteSession
from backend.incidents import curves, rules
from backend.incidents.exposure import Exposure, Limits, exposure
from backend.incidents.ids import HoldState
from backend.incidents.models import IncidentExposure, IncidentItem, IncidentUnit
from backend.samples.ids import TemperatureClass
from backend.samples.models import Sample
from backend.storage.models import Placement, StorageNode
from backend.storage.place_kinds import HOLDERS
from backend.storage.queries import GONE
from backend.storage.relocation_models import BoxMove

_INSTANT = SqlDateTime(timezone=True)
_EVER: ColumnElement[datetime] = literal_column("'infinity'::timestamptz")


@dataclass(frozen=True, slots=True)
class _Stay:
    zone: TemperatureClass
    in_from: datetime
    in_until: datetime | None


def reckon(session: WriteSession, unit: IncidentUnit, now: datetime) -> bool:
    """Write down what stood in a unit of an incident and what it meant; say if anything was done.

    A window that has ended is reckoned again only when readings came late.
    """
    end = unit.ended_at or now
    readings = curves.count_readings(session, unit.sensor_id, unit.began_at, end)
    if unit.ended_at is not None and unit.readings == readings:
        return False
    alarm = Limits(high_c=unit.alarm_high_c, low_c=unit.alarm_low_c)
    curve = curves.curve_of(
        session,
        unit.sensor_id,
        unit.began_at,
        end,
        setpoint_c=unit.setpoint_c,
        has_low=unit.alarm_low_c is not None,
    )

    def meant(start: datetime, until: datetime | None, product: Limits) -> Exposure:
        return exposure(
            curve.points,
            start,
            until or end,
            interval=curve.interval,
            alarm=alarm,
            product=product,
        )

    whole = meant(unit.began_at, None, Limits(high_c=None))
    unit.highest_c, unit.lowest_c, unit.out_min = (
        whole.highest_c,
        whole.lowest_c,
        whole.out_of_alarm_min,
    )
    unit.known_min, unit.unknown_min = whole.known_min, whole.unknown_min
    unit.readings, unit.readings_from = readings, curve.readings_from
    session.flush()
    stays = _stays(unit, end)
    exposures = {
        stay: meant(stay.in_from, stay.in_until, rules.PRODUCT_LIMITS[stay.zone])
        for stay in _different(session, stays)
    }
    _write(session, unit, exposures)
    _list_items(session, unit, stays)
    _propose(session, unit)
    return True


def _stays(unit: IncidentUnit, end: datetime) -> Subquery:
    """Select every stay in boxes while they were in the unit that lies, partly, in the window.

    A tube whose box left and came back counts as having stayed: the worse is presumed.
    """
    began, ended = literal(unit.began_at, _INSTANT), literal(end, _INSTANT)
    homes = _homes(unit)
    came = func.greatest(Placement.placed_at, homes.c.since, began, type_=_INSTANT)
    left = func.least(Placement.removed_at, homes.c.until, type_=_INSTANT)
    last_left = func.max(func.coalesce(left, _EVER))
    return (
        select(
            Placement.id.label("placement_id"),
            Placement.sample_id,
            Sample.temperature_class,
            func.min(came).label("in_from"),
            case((last_left < ended, last_left), else_=null()).cast(_INSTANT).label("in_until"),
            func.max(homes.c.path).label("path"),
            Placement.row,
            Placement.column,
        )
        .join(homes, homes.c.box_id == Placement.box_id)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(came < ended, (left.is_(None)) | (left > began))
        .group_by(Placement.id, Sample.temperature_class)
        .subquery("stays")
    )


def _homes(unit: IncidentUnit) -> Subquery:
    """Select which boxes were in a unit, from when until when, and where; NULL: always, still."""
    moves = select(
        BoxMove.box_id,
        BoxMove.from_unit_id.label("unit_id"),
        BoxMove.from_path.label("path"),
        func.lag(BoxMove.moved_at)
        .over(partition_by=BoxMove.box_id, order_by=(BoxMove.moved_at, BoxMove.id))
        .label("since"),
        BoxMove.moved_at.label("until"),
    ).subquery()
    last_moved = (
        select(func.max(BoxMove.moved_at)).where(BoxMove.box_id == StorageNode.id).scalar_subquery()
    )
    now = select(
        StorageNode.id.label("box_id"),
        StorageNode.path,
        last_moved.label("since"),
        null().cast(_INSTANT).label("until"),
    ).where(StorageNode.unit_id == unit.unit_id, StorageNode.kind.in_(HOLDERS))
    before = select(moves.c.box_id, moves.c.path, moves.c.since, moves.c.until).where(
        moves.c.unit_id == unit.unit_id
    )
    return union_all(now, before).subquery("homes")


def _different(session: WriteSession, stays: Subquery) -> list[_Stay]:
    columns = (stays.c.temperature_class, stays.c.in_from, stays.c.in_until)
    rows = session.execute(select(*columns).group_by(*columns))
    return [_Stay(zone, in_from, in_until) for zone, in_from, in_until in rows]


def _write(session: WriteSession, unit: IncidentUnit, exposures: Mapping[_Stay, Exposure]) -> None:
    written = {
        _Stay(row.temperature_class, row.in_from, row.in_until): row
        for row in session.scalars(select(IncidentExposure).where(_of_unit(unit)))
    }
    for stay, known in exposures.items():
        row = written.get(stay)
        if row is None:
            row = IncidentExposure(
                incident_id=unit.incident_id,
                unit_id=unit.unit_id,
                temperature_class=stay.zone,
                in_from=stay.in_from,
                in_until=stay.in_until,
            )
            session.add(row)
        (
            row.above_minus_60_min,
            row.above_minus_40_min,
            row.above_minus_20_min,
            row.above_0_min,
        ) = known.above_min
        row.out_of_alarm_min = known.out_of_alarm_min
        row.out_of_product_min = known.out_of_product_min
        row.degree_hours = known.degree_hours
        row.highest_c, row.lowest_c = known.highest_c, known.lowest_c
        row.known_min, row.unknown_min = known.known_min, known.unknown_min
        row.hold_reason = rules.hold_reason(stay.zone, known)
    session.flush()


def _list_items(session: WriteSession, unit: IncidentUnit, stays: Subquery) -> None:
    """Tie each stay to its exposure; what turned out to have come later is taken off the list."""
    listed = insert(IncidentItem).from_select(
        ["incident_id", "exposure_id", "sample_id", "placement_id", "box_path", "row", "column"],
        select(
            literal(unit.incident_id),
            IncidentExposure.id,
            stays.c.sample_id,
            stays.c.placement_id,
            stays.c.path,
            stays.c.row,
            stays.c.column,
        ).join(
            IncidentExposure,
            and_(
                _of_unit(unit),
                IncidentExposure.temperature_class == stays.c.temperature_class,
                IncidentExposure.in_from == stays.c.in_from,
                IncidentExposure.in_until.is_not_distinct_from(stays.c.in_until),
            ),
        ),
        include_defaults=False,
    )
    session.execute(
        listed.on_conflict_do_update(
            index_elements=["incident_id", "placement_id"],
            set_={"exposure_id": listed.excluded.exposure_id},
            where=IncidentItem.exposure_id.is_distinct_from(listed.excluded.exposure_id),
        )
    )
    of_unit = select(IncidentExposure.id).where(_of_unit(unit))
    session.execute(
        delete(IncidentItem)
        .where(
            IncidentItem.exposure_id.in_(of_unit),
            IncidentItem.hold_state.in_((HoldState.NONE, HoldState.PROPOSED)),
            IncidentItem.placement_id.not_in(select(stays.c.placement_id)),
        )
        .execution_options(synchronize_session=False)
    )
    used = select(IncidentItem.exposure_id).where(IncidentItem.incident_id == unit.incident_id)
    session.execute(
        delete(IncidentExposure)
        .where(_of_unit(unit), IncidentExposure.id.not_in(used))
        .execution_options(synchronize_session="fetch")
    )


def _propose(session: WriteSession, unit: IncidentUnit) -> None:
    """Propose holds, and take back what nobody has decided and nothing speaks for any more."""
    exposures = select(IncidentExposure.id).where(_of_unit(unit))
    speaking = exposures.where(IncidentExposure.hold_reason.is_not(None))
    there = select(Sample.id).where(Sample.lifecycle.not_in(GONE))
    for before, after, which in (
        (HoldState.NONE, HoldState.PROPOSED, IncidentItem.exposure_id.in_(speaking)),
        (HoldState.PROPOSED, HoldState.NONE, IncidentItem.exposure_id.not_in(speaking)),
    ):
        session.execute(
            update(IncidentItem)
            .where(
                IncidentItem.incident_id == unit.incident_id,
                IncidentItem.exposure_id.in_(exposures),
                IncidentItem.hold_state == before,
                which,
                IncidentItem.sample_id.in_(there),
            )
            .values(hold_state=after)
            .execution_options(synchronize_session=False)
        )


def _of_unit(unit: IncidentUnit) -> ColumnElement[bool]:
    return and_(
        IncidentExposure.incident_id == unit.incident_id, IncidentExposure.unit_id == unit.unit_id
    )
