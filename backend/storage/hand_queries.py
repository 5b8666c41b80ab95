"""Reading what is in people's hands."""

from collections import defaultdict

from sqlalchemy import Row, Select, select

from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage.hand_models import HandTrayItem
from backend.storage.hand_views import HandTray, PersonsTray, TrayItem
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode


def get_tray(session: ReadSession, principal: Principal) -> HandTray:
    """Return what the person has in hand, the longest first; machinery has nothing in hand.

    What a person holds they may read the label of, whatever has become of their projects since.
    """
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(_items().where(HandTrayItem.user_id == principal.user_id)).all()
    return HandTray(items=tuple(_item(row) for row in rows))


def trays(session: ReadSession, principal: Principal) -> tuple[PersonsTray, ...]:
    """Return whose hands hold what, for those who answer for storage; the longest first.

    Raises:
        PermissionDenied: not theirs to see.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(_items().where(HandTrayItem.sample_id.in_(visible))).all()
    names: dict[UserId, str] = {}
    items: defaultdict[UserId, list[TrayItem]] = defaultdict(list)
    for row in rows:
        user_id = UserId(row[0].user_id)
        names[user_id] = row[0].user_name
        items[user_id].append(_item(row))
    return tuple(
        PersonsTray(user_id=user_id, user_name=names[user_id], items=tuple(held))
        for user_id, held in items.items()
    )


def _items() -> Select[HandTrayItem, str, StorageNode]:
    return (
        select(HandTrayItem, Sample.barcode, StorageNode)
        .join(Sample, Sample.id == HandTrayItem.sample_id)
        .outerjoin(StorageNode, StorageNode.id == HandTrayItem.from_box_id)
        .order_by(HandTrayItem.taken_at, Sample.barcode)
        .execution_options(populate_existing=True)
    )


def _item(row: Row[HandTrayItem, str, StorageNode]) -> TrayItem:
    held, barcode, box = row
    spot = None
    if box is not None and held.from_row is not None and held.from_column is not None:
        spot = box.shape.at(held.from_row, held.from_column).label
    return TrayItem(
        sample_id=SampleId(held.sample_id),
        barcode=barcode,
        taken_at=held.taken_at,
        from_path=None if box is None else box.path,
        from_position=spot,
        from_box_id=None if held.from_box_id is None else NodeId(held.from_box_id),
    )
