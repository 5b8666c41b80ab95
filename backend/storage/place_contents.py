"""What stands in a place, for a file: every tube of every box in it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import MaterialType
from backend.samples.models import Project, Sample
from backend.storage.errors import PlacesRefused
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from backend.storage.place_views import PlaceView
from backend.storage.rules import Position

MOST_TUBES = 60_000
"""Tubes of one file, which is made while somebody waits; a full freezer holds about 40,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A tube where it stands. Of samples that the reader may not see only the place is told."""

    box_path: str
    position: Position
    placed_at: datetime
    barcode: str | None
    name: str | None
    project_code: str | None
    material_type: MaterialType | None
    volume_ul: Decimal | None


def list_contents(
    session: ReadSession, principal: Principal, box_ids: Collection[NodeId]
) -> list[Standing]:
    """Return the tubes of boxes, box by box in the order of their addresses.

    Raises:
        PlacesRefused: more tubes than one file takes.
    """
    principal.require(Permission.STORAGE_VIEW)
    here = (Placement.box_id.in_(list(box_ids)), Placement.removed_at.is_(None))
    count = session.scalars(select(func.count()).select_from(Placement).where(*here)).one()
    if count > MOST_TUBES:
        raise PlacesRefused(
            f"{count:,} tubes stand there; one file takes {MOST_TUBES:,}. Export unit by unit."
        )
    visible = samples_queries.visible_samples(principal).subquery()
    shown = aliased(Sample, visible)
    rows = session.execute(
        select(
            StorageNode,
            Placement.row,
            Placement.column,
            Placement.placed_at,
            shown.barcode,
            shown.name,
            Project.code,
            shown.material_type,
            shown.volume_ul,
        )
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .outerjoin(shown, shown.id == Placement.sample_id)
        .outerjoin(Project, Project.id == shown.project_id)
        .where(*here)
        .order_by(StorageNode.path, Placement.row, Placement.column)
    )
    return [
        Standing(
            box_path=box.path,
            position=box.shape.at(row, column),
            placed_at=placed_at,
            barcode=barcode,
            name=name,
            project_code=code,
            material_type=material,
            volume_ul=volume,
        )
        for box, row, column, placed_at, barcode, name, code, material, volume in rows
    ]


def by_box(
    session: ReadSession, principal: Principal, places: Sequence[PlaceView], *, most: int
) -> dict[str, list[Standing]]:
    """Return the tubes of the boxes among places by their addresses; none if over ``most`` boxes.

    That many are drawn as maps; of more only the places are listed.
    """
    boxes = [place.id for place in places if place.shape]
    found: dict[str, list[Standing]] = defaultdict(list)
    if len(boxes) <= most:
        for tube in list_contents(session, principal, boxes):
            found[tube.box_path].append(tube)
    return found
