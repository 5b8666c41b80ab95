"""An icon for each kind of place, beside its word (backend/storage/place_kinds.py)."""

from collections.abc import Mapping
from typing import Final

from backend.storage.ids import NodeKind

KIND_ICONS: Final[Mapping[NodeKind, str]] = {
    NodeKind.SITE: "map",
    NodeKind.ROOM: "house",
    NodeKind.UNIT: "snow2",
    NodeKind.SHELF: "layers",
    NodeKind.RACK: "grid-3x3-gap",
    NodeKind.STACK: "stack",
    NodeKind.DRAWER: "archive",
    NodeKind.BOX: "box-seam",
    NodeKind.PLATE: "grid",
    NodeKind.BAG: "bag",
}
