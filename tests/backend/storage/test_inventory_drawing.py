"""In which order an audit walks to the boxes of a unit."""

from backend.core.sessions import WriteSession
from backend.samples.models import Project
from backend.storage import inventory_drawing
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from tests.factories.storage import make_freezer, make_loose, make_tube, stand


def test_a_walk_ends_with_one_shelf_before_it_goes_to_the_next(
    session: WriteSession, project: Project
) -> None:
    freezer = make_freezer(session, boxes=2)
    for box_id in freezer.box_ids:
        stand(session, make_tube(session, project), box_id, 1, 1)
    rack = session.get_one(StorageNode, freezer.rack_id)
    below = session.get_one(StorageNode, rack.parent_id)
    above = StorageNode(
        parent_id=freezer.unit_id,
        unit_id=freezer.unit_id,
        kind=NodeKind.SHELF,
        label="0",
        path=f"{freezer.label}/0",
        temperature_class=below.temperature_class,
        sort_order=below.sort_order - 1,
    )
    session.add(above)
    session.flush()
    bags = [make_loose(session, NodeId(each.id)) for each in (above, below)]
    session.get_one(StorageNode, bags[1]).sort_order = rack.sort_order + 1
    for bag_id in bags:
        stand(session, make_tube(session, project), bag_id, 0, 1)

    found = inventory_drawing.boxes_where(session, StorageNode.unit_id == freezer.unit_id)

    assert [each.id for each in found] == [bags[0], *freezer.box_ids, bags[1]]
