"""Reading shipments. One is seen by who sees every project, or made it, or sees all its samples."""

from sqlalchemy import ScalarSelect, Select, exists, func, or_, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.custody.errors import ShipmentNotFound
from backend.custody.ids import ShipmentId
from backend.custody.models import Shipment, ShipmentLine, ShipmentOver
from backend.custody.views import ShipmentLineView, ShipmentView
from backend.samples.models import ProjectMember, Sample

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
        .add_columns(_counted(), _counted(has_arrived=True))
        .order_by(Shipment.number.desc())
        .limit(MOST)
    )
    return [_view(shipment, samples, arrived) for shipment, samples, arrived in rows]


def get_shipment(session: ReadSession, principal: Principal, code: str) -> ShipmentView:
    """Return a shipment with its packing list.

    Raises:
        ShipmentNotFound: no such shipment, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    digits = code.strip().upper().removeprefix(_PREFIX)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 -- bigint
        raise absent()
    shipment = session.scalars(
        visible_shipments(principal).where(Shipment.number == int(digits))
    ).one_or_none()
    if shipment is None:
        raise absent()
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
    return _view(shipment, len(lines), arrived, lines, tuple(over))


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
) -> ShipmentView:
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
        created_by_name=shipment.created_by_name,
        samples=samples,
        arrived=arrived,
        lines=lines,
        over=over,
    )
