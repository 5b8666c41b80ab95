"""Calling a place by another label. Exported by service.py.

Its address and those of everything in it follow, and the label that telemetry knows a unit by. A
barcode stays, and the old path goes on finding the place (former_paths.py), so that what was
printed on a lid holds. What was written down at the time keeps the words of its time: events, the
audit trail, where a box stood before it was moved, the record of an incident.
"""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage import place_holding, places
from backend.storage.errors import LabelTaken, NodeMisplaced
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import FormerPath, StorageNode
from backend.storage.place_events import NodeRenamed
from backend.telemetry import unit_naming

_LONGEST_PATH = 300


def rename_place(
    session: WriteSession, principal: Principal, *, node_id: NodeId, label: str
) -> str:
    """Give a place another label; return its path from now on. The label it has changes nothing.

    Raises:
        NodeNotFound: no such place.
        NodeMisplaced: no label that can be, or addresses in it would become too long.
        LabelTaken: a neighbour is called so.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    kept = places.checked_label(label)
    node = session.get(StorageNode, node_id)
    if node is None or node.unit_id is None:
        # Addresses begin with the unit: of a site or room nothing inside changes.
        node = place_holding.hold_alone(session, node_id)
        inside = [node]
    else:
        node, inside = place_holding.hold_place(session, node_id)
    if kept == node.label:
        return node.path
    before, label_before = node.path, node.label
    path = _path(session, node, kept)
    _require_free(session, node, path)
    _require_short(inside, len(path) - len(before))
    node.label = kept
    session.flush()
    _follow(session, node, before, path)
    session.add(
        FormerPath(
            node_id=node.id,
            path=before,
            renamed_at=clock.utc_now(),
            renamed_by_name=principal.name,
        )
    )
    if node.kind is NodeKind.UNIT:
        unit_naming.rename_unit(
            session, principal, unit_id=node.id, before=label_before, label=kept
        )
    session.flush()
    renamed = NodeRenamed(
        aggregate_id=node.id,
        kind=node.kind.value,
        from_path=before,
        path=path,
        places=len(inside),
    )
    events_service.record(session, principal, renamed, old={"path": before}, new={"path": path})
    return path


def _path(session: WriteSession, node: StorageNode, label: str) -> str:
    parent = session.get(StorageNode, node.parent_id) if node.parent_id else None
    # Addresses begin with the unit: sites, rooms and units are called by their label alone.
    return label if parent is None or parent.unit_id is None else f"{parent.path}/{label}"


def _require_free(session: WriteSession, node: StorageNode, path: str) -> None:
    there = session.scalars(
        select(StorageNode).where(StorageNode.path == path, StorageNode.id != node.id)
    ).first()
    if there is not None:
        sentence = places.taken_words(there)
        raise LabelTaken(sentence, fields={"label": sentence})


def _require_short(inside: Sequence[StorageNode], longer: int) -> None:
    longest = max(inside, key=lambda each: len(each.path))
    if len(longest.path) + longer > _LONGEST_PATH:
        sentence = (
            f"The address of {longest.path} would have more than {_LONGEST_PATH} characters. "
            "Choose a shorter label."
        )
        raise NodeMisplaced(sentence, fields={"label": sentence})


def _follow(session: WriteSession, node: StorageNode, before: str, path: str) -> None:
    # By the path itself and not by the tree: what is in it begins with its address, nothing else
    # does, and one statement changes 3,000 boxes of a freezer.
    session.execute(
        update(StorageNode)
        .where(
            (StorageNode.id == node.id)
            | (
                (StorageNode.unit_id == node.unit_id)
                & StorageNode.path.startswith(f"{before}/", autoescape=True)
            )
        )
        .values(path=func.concat(path, func.substr(StorageNode.path, len(before) + 1)))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
