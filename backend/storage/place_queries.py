"""Reading places as they are set up: one, or one with everything in it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, true

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Project
from backend.storage import box_queries, place_holding, queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS
from backend.storage.place_views import PlaceView, Restrictions
from backend.storage.views import BlockedView

_NONE = Restrictions(project=None, material_types=())


def get_place(session: ReadSession, principal: Principal, code: str) -> PlaceView:
    """Return the place with this path or barcode.

    Raises:
        NodeNotFound: there is none.
    """
    principal.require(Permission.STORAGE_VIEW)
    node = queries.find_node(session, principal, code)
    if node is None:
        raise NodeNotFound(f"There is no place “{code}”. Choose one in the tree, or scan a label.")
    return views_of(session, [node])[0]


def place_of(session: ReadSession, principal: Principal, node_id: NodeId) -> PlaceView:
    """Return the place with this key. Raises NodeNotFound: there is none."""
    principal.require(Permission.STORAGE_VIEW)
    node = session.get(StorageNode, node_id)
    if node is None:
        raise NodeNotFound("There is no such place. Choose one in the tree.")
    return views_of(session, [node])[0]


def views_of(session: ReadSession, nodes: Sequence[StorageNode]) -> list[PlaceView]:
    """Return places that stand in one, as readers see them."""
    if not nodes:
        return []
    way = _way(session, nodes[0])
    return _views(session, [*way, *nodes])[len(way) :]


def list_inside(session: ReadSession, principal: Principal, node_id: NodeId) -> list[PlaceView]:
    """Return a place and everything in it, each after the place that it stands in.

    What is closed is left out, but where the place itself is.
    """
    principal.require(Permission.STORAGE_VIEW)
    top = session.get(StorageNode, node_id)
    if top is None:
        raise NodeNotFound("There is no such place. Choose one in the tree.")
    way = _way(session, top)
    inside = session.scalars(
        select(StorageNode)
        .where(
            StorageNode.id.in_(place_holding.inside_of(session, node_id)),
            true() if top.closed_at else StorageNode.closed_at.is_(None),
        )
        .order_by(StorageNode.sort_order, StorageNode.label)
    ).all()
    below: dict[UUID | None, list[StorageNode]] = {}
    for node in inside:
        below.setdefault(node.parent_id, []).append(node)
    ordered: list[StorageNode] = []
    waiting = [top]
    while waiting:
        node = waiting.pop()
        ordered.append(node)
        waiting.extend(reversed(below.get(node.id, [])))
    return _views(session, [*way, *ordered])[len(way) :]


def _way(session: ReadSession, node: StorageNode) -> list[StorageNode]:
    """Return the places around a place, the outermost first."""
    way: list[StorageNode] = []
    parent_id = node.parent_id
    while parent_id is not None:
        parent = session.get_one(StorageNode, parent_id)
        way.insert(0, parent)
        parent_id = parent.parent_id
    return way


def _views(session: ReadSession, nodes: Sequence[StorageNode]) -> list[PlaceView]:
    """Return places as readers see them; each stands after the one around it."""
    codes = dict(session.execute(select(Project.id, Project.code)).all())
    blocked = box_queries.blocked_in(
        session, [NodeId(node.id) for node in nodes if node.kind in HOLDERS]
    )
    made: dict[UUID, PlaceView] = {}
    for node in nodes:
        around = made.get(node.parent_id) if node.parent_id else None
        spots = blocked.get(NodeId(node.id), ())
        made[node.id] = _view(node, codes, around, spots)
    return list(made.values())


def _view(
    node: StorageNode,
    codes: Mapping[UUID, str],
    around: PlaceView | None,
    blocked: tuple[BlockedView, ...],
) -> PlaceView:
    project = node.reserved_for_project_id
    own = Restrictions(
        project=codes.get(project) if project else None,
        material_types=tuple(node.allowed_material_types or ()),
    )
    outer = _NONE
    if around is not None:
        outer = Restrictions(
            project=around.own.project or around.around.project,
            material_types=around.own.material_types or around.around.material_types,
        )
    return PlaceView(
        id=NodeId(node.id),
        kind=node.kind,
        label=node.label,
        path=node.path,
        barcode=node.barcode,
        parent_path=around.path if around else None,
        temperature_class=node.temperature_class,
        setpoint_c=node.setpoint_c,
        power_circuit=node.power_circuit,
        status=node.status,
        status_reason=node.status_reason or "",
        move_back_on=node.move_back_on,
        biosafety_level=node.biosafety_level,
        shape=node.shape if node.kind in HOLDERS else None,
        capacity=node.capacity,
        used=node.used,
        box_slots=node.box_slots,
        blocked=blocked,
        own=own,
        around=outer,
        closed_at=node.closed_at,
    )
