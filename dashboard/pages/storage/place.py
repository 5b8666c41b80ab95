"""Which place an address names, and where it is in the tree."""

from dataclasses import dataclass
from urllib.parse import quote

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import place_kinds, queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, NodeKind
from backend.storage.place_kinds import HOLDERS, INSIDE_UNITS
from backend.storage.views import NodeView


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The tree and the way to one place in it; an empty way is the whole laboratory."""

    tree: tuple[NodeView, ...]
    way: tuple[NodeView, ...]
    """From the site inwards; boxes are not in the tree."""
    box_id: NodeId | None = None
    box_kind: NodeKind = NodeKind.BOX
    box_label: str = ""

    def at(self, kind: NodeKind) -> NodeView | None:
        """Return the place of a kind that the way goes through."""
        return next((node for node in self.way if node.kind is kind), None)

    @property
    def inmost(self) -> NodeView | None:
        """Return the place inside a unit that is open, or in which the open box stands."""
        last = self.way[-1] if self.way else None
        return last if last is not None and last.kind in INSIDE_UNITS else None

    @property
    def is_loose(self) -> bool:
        """Whether the box has no grid: a bag, tubes that lie in a drawer or on a shelf."""
        return self.box_kind is NodeKind.BAG

    @property
    def title(self) -> str:
        """What the page is called."""
        if self.box_id is not None:
            return place_kinds.place_name(self.box_kind, self.box_label)
        return place_name(self.way[-1]) if self.way else "Storage"


def locate(session: ReadSession, principal: Principal, path: str) -> Here:
    """Return where an address leads; an empty one is the whole laboratory.

    Raises:
        NodeNotFound: no place has this path or barcode, or it is closed.
    """
    tree = queries.tree(session, principal)
    if not path:
        return Here(tree=tree, way=())
    node = queries.find_node(session, principal, path)
    if node is None:
        raise NodeNotFound(f"There is no place “{path}”. Choose one in the tree, or scan a label.")
    if node.closed_at is not None:
        raise NodeNotFound(
            f"{node.path} is closed and holds nothing. Where its samples went, their custody says."
        )
    is_box = node.kind in HOLDERS
    inmost = node.parent_id if is_box and node.parent_id else node.id
    return Here(
        tree=tree,
        way=_way_to(tree, NodeId(inmost)),
        box_id=NodeId(node.id) if is_box else None,
        box_kind=node.kind if is_box else NodeKind.BOX,
        box_label=node.label if is_box else "",
    )


def href_of(path: str, position: str = "") -> str:
    """Return the address of a place, or of a position of a box."""
    return f"/storage/{quote(path)}" + (f"?pos={quote(position)}" if position else "")


def place_name(node: NodeView) -> str:
    """Say a place as people do: ULT-03, Shelf 2, Rack C."""
    return place_kinds.place_name(node.kind, node.label)


def _way_to(tree: tuple[NodeView, ...], node_id: NodeId) -> tuple[NodeView, ...]:
    for node in tree:
        if node.id == node_id:
            return (node,)
        below = _way_to(node.children, node_id)
        if below:
            return (node, *below)
    return ()
