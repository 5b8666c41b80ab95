"""Barcodes of places and set points of units."""

import math
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.ids import TemperatureClass
from backend.storage import place_queries, service, unit_statuses
from backend.storage.errors import LabelTaken, NodeMisplaced, NodeNotFound
from backend.storage.ids import NodeId, NodeKind
from backend.telemetry.storm_rules import NOWHERE
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer


@pytest.fixture
def administrator(session: WriteSession) -> Principal:
    return make_person(session, Permission.STORAGE_VIEW, Permission.STORAGE_CONFIGURE)


def describe(
    session: WriteSession,
    principal: Principal,
    node_id: NodeId,
    barcode: str | None,
    setpoint_c: float | None = None,
) -> None:
    service.describe_place(
        session, principal, node_id=node_id, barcode=barcode, setpoint_c=setpoint_c
    )


def test_a_unit_gets_its_barcode_and_set_point(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, setpoint_c=-80)

    describe(session, administrator, freezer.unit_id, " UNIT-7 ", -75.5)

    place = place_queries.get_place(session, administrator, "unit-7")
    assert (place.path, place.setpoint_c) == (freezer.label, -75.5)
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.place_described")
    ).one()
    assert entry.old_values == {"barcode": None, "setpoint_c": -80, "power_circuit": None}


def test_units_share_their_room_and_the_circuit_that_is_written_down(
    session: WriteSession, administrator: Principal
) -> None:
    first, second = make_freezer(session), make_freezer(session)
    for freezer, circuit in ((first, " F  3 "), (second, "f 3")):
        service.describe_place(
            session,
            administrator,
            node_id=freezer.unit_id,
            barcode=None,
            setpoint_c=-80,
            power_circuit=circuit,
        )

    shared = unit_statuses.units_watched(session).shared

    assert shared[first.unit_id] == shared[second.unit_id] == NOWHERE | {"circuit:f 3"}
    with pytest.raises(NodeMisplaced, match="hangs on a circuit"):
        service.describe_place(
            session,
            administrator,
            node_id=first.box_id,
            barcode=None,
            setpoint_c=None,
            power_circuit="F 3",
        )


def test_a_barcode_is_given_once_and_can_be_taken_off(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session, boxes=2)
    describe(session, administrator, freezer.box_ids[0], "BOX-1")

    with pytest.raises(LabelTaken, match="Barcode BOX-1 is on"):
        describe(session, administrator, freezer.box_ids[1], "BOX-1")
    describe(session, administrator, freezer.box_ids[0], "")
    describe(session, administrator, freezer.box_ids[1], "BOX-1")

    found = place_queries.get_place(session, administrator, "BOX-1")
    assert found.path.endswith("/B-2")


def test_only_units_have_a_set_point_that_can_be(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(NodeMisplaced, match="only a unit, has a set point"):
        describe(session, administrator, freezer.box_id, None, -80)
    with pytest.raises(NodeMisplaced, match="up to 60"):
        describe(session, administrator, freezer.unit_id, None, 600)


def test_a_place_that_is_not_there_and_a_person_who_may_not_are_refused(
    session: WriteSession, administrator: Principal, technician: Principal
) -> None:
    freezer = make_freezer(session)

    with pytest.raises(NodeNotFound):
        describe(session, administrator, NodeId(administrator.user_id), "X")
    with pytest.raises(PermissionDenied):
        describe(session, technician, freezer.unit_id, "X")


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (NodeKind.SHELF, {"barcode": "C" * 65}, "barcode"),
        (NodeKind.SHELF, {"setpoint_c": -80.0}, "setpoint_c"),
        (NodeKind.SHELF, {"temperature_class": TemperatureClass.PLUS_4}, "temperature_class"),
        (NodeKind.UNIT, {"setpoint_c": -300.0}, "setpoint_c"),
        (NodeKind.UNIT, {"setpoint_c": math.nan}, "setpoint_c"),
    ],
)
def test_a_new_place_gets_only_what_could_be_written_on_it(
    session: WriteSession,
    administrator: Principal,
    kind: NodeKind,
    facts: dict[str, Any],
    field: str,
) -> None:
    freezer = make_freezer(session)
    site = service.create_node(session, administrator, kind=NodeKind.SITE, label="Leeds")
    wanted: dict[str, Any] = {"parent_id": freezer.unit_id}
    if kind is NodeKind.UNIT:
        wanted = {"parent_id": site, "temperature_class": TemperatureClass.MINUS_80}

    with pytest.raises(NodeMisplaced) as refused:
        service.create_node(session, administrator, kind=kind, label="New 1", **wanted | facts)

    assert set(refused.value.fields) == {field}


def test_an_empty_barcode_of_a_new_place_is_none(
    session: WriteSession, administrator: Principal
) -> None:
    freezer = make_freezer(session)

    for label, barcode in (("New 1", ""), ("New 2", " "), ("New 3", " S-3 ")):
        service.create_node(
            session,
            administrator,
            kind=NodeKind.SHELF,
            label=label,
            parent_id=freezer.unit_id,
            barcode=barcode,
        )

    place = place_queries.get_place(session, administrator, "S-3")
    assert place.path == f"{freezer.label}/New 3"
    assert place_queries.get_place(session, administrator, f"{freezer.label}/New 2").barcode is None
