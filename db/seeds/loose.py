"""A bag in the demonstration: tubes without a grid, as they lie in every real freezer."""

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import SampleId, TemperatureClass
from backend.samples.models import Sample
from backend.storage import queries as storage_queries
from backend.storage import service as storage_service
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import StorageNode
from backend.storage.rules import CONTAINED_FROM

LABEL = "Bag of reruns"
TUBES = 3


def set_up(session: WriteSession, principal: Principal) -> None:
    """Put a bag on the first shelf of a −80 °C unit in use, with the newest tubes that wait."""
    cold = StorageNode.temperature_class == TemperatureClass.MINUS_80
    units = select(StorageNode.id).where(
        StorageNode.kind == NodeKind.UNIT,
        StorageNode.status == UnitStatus.ACTIVE,
        StorageNode.reserved_for_project_id.is_(None),
        StorageNode.allowed_material_types.is_(None),
        StorageNode.id.not_in(storage_queries.units_in_alarm(session)),
        cold,
    )
    shelf = session.scalars(
        select(StorageNode.id)
        .where(StorageNode.kind == NodeKind.SHELF, StorageNode.unit_id.in_(units))
        .order_by(StorageNode.path)
        .limit(1)
    ).one_or_none()
    if shelf is None:
        return
    bag = storage_service.create_node(
        session,
        principal,
        kind=NodeKind.BAG,
        label=LABEL,
        parent_id=NodeId(shelf),
    )
    waiting = session.scalars(
        storage_queries.plannable(principal)
        .with_only_columns(Sample.id)
        .where(
            Sample.temperature_class == TemperatureClass.MINUS_80,
            Sample.biosafety_level < CONTAINED_FROM,
        )
        .order_by(Sample.created_at.desc(), Sample.id)
        .limit(TUBES)
    ).all()
    for sample_id in waiting:
        storage_service.place_sample(session, principal, sample_id=SampleId(sample_id), box_id=bag)
