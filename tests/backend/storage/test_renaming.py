"""A place is called otherwise: addresses follow, printed codes hold, the past keeps its words."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.models import Project
from backend.storage import place_queries, queries, service
from backend.storage.errors import LabelTaken, NodeMisplaced, NodeNotFound
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import FormerPath, StorageNode
from backend.telemetry.alarm_models import MaintenanceWindow
from backend.telemetry.models import Sensor
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_loose, make_tube, stand
from tests.factories.telemetry import make_sensor


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(
        session, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE
    )


def rename(session: WriteSession, principal: Principal, node_id: NodeId, label: str) -> str:
    return service.rename_place(session, principal, node_id=node_id, label=label)


def found(session: WriteSession, principal: Principal, code: str) -> str | None:
    node = queries.find_node(session, principal, code)
    return None if node is None else node.path


def test_every_address_in_it_follows_and_no_other(
    session: WriteSession, administrator: Principal, technician: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-80", boxes=2)
    make_freezer(session, label="ULT-80B")
    make_loose(session, freezer.unit_id, label="Drawer")
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)

    path = rename(session, administrator, freezer.unit_id, " Old  faithful ")

    assert path == "Old faithful"
    inside = place_queries.list_inside(session, administrator, freezer.unit_id)
    assert [place.path for place in inside] == [
        "Old faithful",
        "Old faithful/1",
        "Old faithful/1/A",
        "Old faithful/1/A/B-1",
        "Old faithful/1/A/B-2",
        "Old faithful/Drawer",
    ]
    assert found(session, administrator, "ULT-80B/1/A/B-1") == "ULT-80B/1/A/B-1"
    stands = queries.locations_of(session, technician, [tube])[tube]
    assert stands.path == "Old faithful/1/A/B-1"


def test_what_was_printed_before_finds_it_whatever_was_renamed_since(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-81")
    session.get_one(StorageNode, freezer.box_id).barcode = "BOX-0081"
    session.flush()
    rename(session, administrator, freezer.rack_id, "West")
    rename(session, administrator, freezer.unit_id, "ULT-82")
    rename(session, administrator, freezer.box_id, "Plasma")

    now = "ULT-82/1/West/Plasma"
    for code in ("ULT-81/1/A/B-1", "ult-81/1/west/b-1", "ULT-82/1/West/B-1", "BOX-0081", now):
        assert found(session, administrator, code) == now
    assert found(session, administrator, "ULT-81/1/A/B-9") is None


def test_a_name_that_is_used_anew_is_the_new_place(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-83")
    rename(session, administrator, freezer.unit_id, "ULT-84")
    newer = make_freezer(session, label="ULT-83")

    node = queries.find_node(session, administrator, "ULT-83")

    assert node is not None
    assert node.id == newer.unit_id


def test_there_and_back_again(session: WriteSession, administrator: Principal) -> None:
    freezer = make_freezer(session, label="ULT-85")

    rename(session, administrator, freezer.unit_id, "ULT-86")
    rename(session, administrator, freezer.unit_id, "ULT-85")

    assert found(session, administrator, "ULT-85/1/A") == "ULT-85/1/A"
    assert found(session, administrator, "ULT-86/1/A") == "ULT-85/1/A"
    assert found(session, administrator, "ULT-86/1/Z") is None


def test_telemetry_knows_the_unit_by_its_new_label(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-87")
    sensor = make_sensor(session, unit_label="ULT-87")
    sensor.unit_id = freezer.unit_id
    now = clock.utc_now()
    windows = [
        MaintenanceWindow(
            unit_ids=[str(freezer.unit_id)],
            unit_labels=["ULT-87"],
            starts_at=now - timedelta(days=2),
            ends_at=ends_at,
            reason="Defrost",
            set_by_name="Ada",
        )
        for ends_at in (now + timedelta(hours=2), now - timedelta(hours=2))
    ]
    session.add_all(windows)
    session.flush()

    rename(session, administrator, freezer.unit_id, "ULT-88")

    label = session.scalars(select(Sensor.unit_label).where(Sensor.id == sensor.id)).one()
    session.expire_all()
    assert label == "ULT-88"
    assert [window.unit_labels for window in windows] == [["ULT-88"], ["ULT-87"]]


def test_it_is_recorded_with_both_names(session: WriteSession, administrator: Principal) -> None:
    freezer = make_freezer(session, label="ULT-89")

    rename(session, administrator, freezer.rack_id, "B")

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.node_renamed")
    ).one()
    audit = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.node_renamed")
    ).one()
    assert (event.payload["from_path"], event.payload["path"]) == ("ULT-89/1/A", "ULT-89/1/B")
    assert event.payload["places"] == 2
    assert (audit.old_values, audit.new_values) == ({"path": "ULT-89/1/A"}, {"path": "ULT-89/1/B"})


def test_a_room_is_renamed_and_its_units_keep_their_addresses(
    session: WriteSession, administrator: Principal
) -> None:
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")
    freezer = make_freezer(session, label="ULT-90")
    session.get_one(StorageNode, freezer.unit_id).parent_id = site
    session.flush()

    rename(session, administrator, site, "Leeds North")

    assert found(session, administrator, "Leeds") == "Leeds North"
    assert found(session, administrator, "ULT-90/1") == "ULT-90/1"


def test_the_label_that_it_has_changes_nothing(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-91")

    assert rename(session, administrator, freezer.unit_id, "ULT-91") == "ULT-91"

    assert session.scalars(select(func.count()).select_from(FormerPath)).one() == 0


def test_what_cannot_be_is_refused_and_nothing_changes(
    session: WriteSession, administrator: Principal, technician: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-92", boxes=2)

    with pytest.raises(LabelTaken, match="There is a place ULT-92/1/A/B-2 already"):
        rename(session, administrator, freezer.box_id, "B-2")
    with pytest.raises(NodeMisplaced, match="no slash"):
        rename(session, administrator, freezer.box_id, "B/2")
    with pytest.raises(PermissionDenied):
        rename(session, technician, freezer.box_id, "B-3")
    with pytest.raises(NodeNotFound):
        service.rename_place(
            session,
            administrator,
            node_id=NodeId(new_id()),
            label="B-3",
        )
    assert found(session, administrator, "ULT-92/1/A/B-1") == "ULT-92/1/A/B-1"


def test_addresses_do_not_outgrow_their_column(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, label="ULT-93")
    box = session.get_one(StorageNode, freezer.box_id)
    box.path = "ULT-93/1/A/" + "b" * 280
    session.flush()

    with pytest.raises(NodeMisplaced, match="more than 300 characters"):
        rename(session, administrator, freezer.unit_id, "U" * 40)


def test_lists_of_samples_find_a_place_by_what_it_was_called(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-95")
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)
    rename(session, administrator, freezer.box_id, "B-77")
    rename(session, administrator, freezer.unit_id, "ULT-96")
    rename(session, administrator, freezer.unit_id, "ULT-97")

    inside = {
        named: list(session.scalars(select(func.samples_in_place(named).column_valued("inside"))))
        for named in ("ULT-97", "ult-95", "ULT-96", "ULT-95/1/a/b-1", "ULT-96/1/A/B-77", "ULT-98")
    }

    assert inside == {named: [] if named == "ULT-98" else [tube] for named in inside}


def test_a_former_name_that_another_place_has_now_is_the_other_place(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    renamed = make_freezer(session, label="ULT-85-A")
    stand(session, make_tube(session, project), renamed.box_id, 1, 1)
    rename(session, administrator, renamed.unit_id, "ULT-85-B")
    make_freezer(session, label="ULT-85-A")

    inside = session.scalars(select(func.samples_in_place("ULT-85-A").column_valued("inside")))

    assert inside.all() == []


def test_the_old_label_of_a_box_alone_finds_it(
    session: WriteSession, administrator: Principal, project: Project
) -> None:
    freezer = make_freezer(session, label="ULT-86-A")
    tube = make_tube(session, project)
    stand(session, tube, freezer.box_id, 1, 1)
    rename(session, administrator, freezer.box_id, "Lid as was")
    rename(session, administrator, freezer.box_id, "Lid as is")

    inside = session.scalars(select(func.samples_in_place("lid AS was").column_valued("inside")))

    assert inside.all() == [tube]
