"""Whom a place is for: projects, types of material, biosafety levels."""

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.ids import MaterialType
from backend.samples.models import Project
from backend.storage import box_queries, place_holding, place_queries, service
from backend.storage.errors import NodeNotFound, PlacementRefused, RestrictionRefused
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    return make_freezer(session, boxes=2)


def restrict(
    session: WriteSession,
    administrator: Principal,
    node_id: NodeId,
    *,
    project: str | None = None,
    types: tuple[MaterialType, ...] = (),
    level: int = 2,
) -> int:
    return service.set_restrictions(
        session,
        administrator,
        node_id=node_id,
        project_code=project,
        material_types=types,
        biosafety_level=level,
    )


def shelf_of(session: WriteSession, freezer: Freezer) -> NodeId:
    return NodeId(
        session.scalars(
            select(StorageNode.id).where(
                StorageNode.unit_id == freezer.unit_id, StorageNode.kind == NodeKind.SHELF
            )
        ).one()
    )


def children_box(session: WriteSession, place: NodeId) -> NodeId:
    """A box that is the place or stands in it."""
    inside = place_holding.inside_of(session, place)
    boxes = select(StorageNode.id).where(
        StorageNode.id.in_(inside), StorageNode.kind == NodeKind.BOX
    )
    return NodeId(session.scalars(boxes.limit(1)).one())


@pytest.fixture(params=["unit", "shelf", "rack", "box"])
def place(session: WriteSession, freezer: Freezer, request: pytest.FixtureRequest) -> NodeId:
    """The freezer, its shelf, its rack and its first box, one after the other."""
    places = {
        "unit": freezer.unit_id,
        "shelf": shelf_of(session, freezer),
        "rack": freezer.rack_id,
        "box": freezer.box_id,
    }
    return places[request.param]


def test_a_place_that_is_reserved_keeps_other_projects_out_of_all_in_it(
    session: WriteSession,
    administrator: Principal,
    technician: Principal,
    project: Project,
    place: NodeId,
) -> None:
    theirs = make_tube(session, make_project(session, technician))
    box_id = children_box(session, place)

    restrict(session, administrator, place, project=project.code)

    with pytest.raises(PlacementRefused, match=f"reserved for project {project.code}"):
        service.place_sample(session, technician, sample_id=theirs, box_id=box_id)
    ours = make_tube(session, project)
    service.place_sample(session, technician, sample_id=ours, box_id=box_id)


def test_what_is_said_of_a_box_counts_before_what_is_said_of_its_rack(
    session: WriteSession, administrator: Principal, freezer: Freezer
) -> None:
    restrict(session, administrator, freezer.rack_id, types=(MaterialType.PLASMA,))
    restrict(session, administrator, freezer.box_id, types=(MaterialType.RNA, MaterialType.GDNA))

    own, other = (box_queries.get_box(session, administrator, box) for box in freezer.box_ids)

    assert own.allowed_types == {"rna", "gdna"}
    assert other.allowed_types == {"plasma"}
    seen = place_queries.get_place(session, administrator, own.path)
    assert seen.own.material_types == ("gdna", "rna")
    assert seen.around.material_types == ("plasma",)


def test_nothing_said_any_more_lets_everything_in(
    session: WriteSession, administrator: Principal, project: Project, freezer: Freezer
) -> None:
    restrict(session, administrator, freezer.box_id, project=project.code)

    restrict(session, administrator, freezer.box_id)

    box = box_queries.get_box(session, administrator, freezer.box_id)
    assert (box.reserved_for, box.allowed_types) == (None, frozenset())
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "storage.place_restricted")
        .order_by(AuditEntry.id)
    ).all()
    assert [(entry.new_values or {})["project"] for entry in entries] == [project.code, None]


def test_what_stands_there_stays_and_is_counted(
    session: WriteSession, administrator: Principal, project: Project, freezer: Freezer
) -> None:
    rna = make_tube(session, project, material_type=MaterialType.RNA)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)
    stand(session, rna, freezer.box_id, 1, 2)

    misfits = restrict(session, administrator, freezer.unit_id, types=(MaterialType.RNA,))

    assert misfits == 1
    assert box_queries.get_box(session, administrator, freezer.box_id).used == 2


def test_a_level_counts_for_all_in_the_place(
    session: WriteSession, administrator: Principal, freezer: Freezer
) -> None:
    restrict(session, administrator, freezer.unit_id, level=3)
    restrict(session, administrator, freezer.box_id, level=1)

    own, other = (box_queries.get_box(session, administrator, box) for box in freezer.box_ids)

    assert (own.biosafety_level, other.biosafety_level) == (1, 3)


def test_a_level_that_a_place_cannot_have_is_refused(
    session: WriteSession, administrator: Principal, project: Project, freezer: Freezer
) -> None:
    stand(session, make_tube(session, project, biosafety_level=2), freezer.box_id, 1, 1)

    with pytest.raises(RestrictionRefused, match="is cleared for level 2"):
        restrict(session, administrator, freezer.box_id, level=3)
    with pytest.raises(RestrictionRefused, match="1 sample stands in"):
        restrict(session, administrator, freezer.rack_id, level=1)
    with pytest.raises(RestrictionRefused, match="levels are 1 to 4"):
        restrict(session, administrator, freezer.unit_id, level=5)


def test_an_unknown_project_and_a_room_are_refused(
    session: WriteSession, administrator: Principal, freezer: Freezer
) -> None:
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")

    with pytest.raises(RestrictionRefused, match="no project NONE-1"):
        restrict(session, administrator, freezer.box_id, project="NONE-1")
    with pytest.raises(NodeNotFound):
        restrict(session, administrator, site)


def test_who_only_places_restricts_nothing(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    with pytest.raises(PermissionDenied):
        restrict(session, technician, freezer.box_id, level=1)
