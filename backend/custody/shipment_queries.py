"""Reading shipments. One is seen by who sees every project, or made it, or sees all its samples."""

from datetime import date
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.custody.errors import ShipmentNotFound
from backend.custody.ids import ShipmentId, ShipmentState
from backend.custody.models import Shipment, ShipmentLine, ShipmentOver
from backend.custody.views import ShipmentLineView, ShipmentView
from backend.samples.models import ProjectMember, Sample
from backend.storage.models import StorageNode

MOST = 200
_PREFIX = "SHP-"


def code_of(shipment: Shipment) -> str:
    """Return what people call a shipment."""
    return f"{_PREFIX}{shipment.number:05d}"


def absent() -> ShipmentNotFound:
    """Return the error of a shipment that is not there, or not to be seen."""
    return ShipmentNotFound("There is no such shipment among yours. Check its code.")


def visible_shipments(principal: Principal) -> Select[Shipment]:
    """Select the shipments that a principal may see."""
    statement = select(Shipment)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return statement
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == principal.user_id)
    strange = exists().where(
        ShipmentLine.shipment_id == Shipment.id,
        Sample.id == ShipmentLine.sample_id,
        Sample.project_id.not_in(mine),
    )
    has_lines = exists().where(ShipmentLine.shipment_id == Shipment.id)
    return statement.where(or_(Shipment.created_by == principal.user_id, has_lines), ~strange)


def shipments(session: ReadSession, principal: Principal) -> list[ShipmentView]:
    """Return visible shipments, newest first, at most MOST."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.execute(
        visible_shipments(principal)
        .add_columns(_counted(), _counted(has_arrived=True), _site(Shipment.from_site_id))
        .order_by(Shipment.number.desc())
        .limit(MOST)
    )
    today = auth_queries.laboratory_day(session)
    return [
        _view(shipment, samples, arrived, from_site=site, today=today)
        for shipment, samples, arrived, site in rows
    ]


def late(principal: Principal, today: date) -> Select[Shipment]:
    """Select the visible shipments that are under way and should have arrived before today."""
    return visible_shipments(principal).where(
        Shipment.state == ShipmentState.SHIPPED, Shipment.expected_on < today
    )


def get_shipment(session: ReadSession, principal: Principal, code: str) -> ShipmentView:
    """Return a shipment with its packing list.

    Raises:
        ShipmentNotFound: no such shipment, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    digits = code.strip().upper().removeprefix(_PREFIX)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 -- bigint
        raise absent()
    found = session.execute(
        visible_shipments(principal)
        .add_columns(_site(Shipment.from_site_id))
        .where(Shipment.number == int(digits))
    ).one_or_none()
    if found is None:
        raise absent()
    shipment, site = found
    rows = session.execute(
        select(ShipmentLine, Sample.barcode, Sample.name, Sample.material_type, Sample.volume_ul)
        .join(Sample, Sample.id == ShipmentLine.sample_id)
        .where(ShipmentLine.shipment_id == shipment.id)
        .order_by(Sample.barcode)
    ).all()
    over = session.scalars(
        select(ShipmentOver.code)
        .where(ShipmentOver.shipment_id == shipment.id)
        .order_by(ShipmentOver.scanned_at)
    ).all()
    lines = tuple(
        ShipmentLineView(
            barcode=code,
            name=name,
            material=material,
            volume_ul=volume,
            arrival=line.arrival,
            condition=line.condition,
        )
        for line, code, name, material, volume in rows
    )
    arrived = sum(line.arrival is not None for line in lines)
    today = auth_queries.laboratory_day(session)
    return _view(shipment, len(lines), arrived, lines, tuple(over), from_site=site, today=today)


def _site(key: InstrumentedAttribute[UUID | None]) -> ScalarSelect[str]:
    return (
        select(StorageNode.label).where(StorageNode.id == key).correlate(Shipment).scalar_subquery()
    )


def _counted(*, has_arrived: bool = False) -> ScalarSelect[int]:
    statement = select(func.count()).where(ShipmentLine.shipment_id == Shipment.id)
    if has_arrived:
        statement = statement.where(ShipmentLine.arrival.is_not(None))
    return statement.correlate(Shipment).scalar_subquery()


def _view(
    shipment: Shipment,
    samples: int,
    arrived: int,
    lines: tuple[ShipmentLineView, ...] = (),
    over: tuple[str, ...] = (),
    *,
    from_site: str | None,
    today: date,
) -> ShipmentView:
    due = shipment.expected_on if shipment.state is ShipmentState.SHIPPED else None
    return ShipmentView(
        id=ShipmentId(shipment.id),
        code=code_of(shipment),
        recipient=shipment.recipient,
        condition=shipment.condition,
        state=shipment.state,
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        seal=shipment.seal,
        document=shipment.document,
        expected_on=shipment.expected_on,
        is_late=due is not None and due < today,
        from_site=from_site,
        created_by_name=shipment.created_by_name,
        samples=samples,
        arrived=arrived,
        lines=lines,
        over=over,
    )
