"""Shipments: packed by scan, with the carrier, received by scan; every tube has an outcome."""

from datetime import timedelta

import pytest

from backend.auth.ids import Role
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.custody import queries, service, shipment_queries
from backend.custody.errors import (
    LinesOpen,
    NotAtThisStep,
    ShipmentNotFound,
    ShipmentRefused,
    TubeNotPacked,
)
from backend.custody.ids import Arrival, GapKind, ShipmentId, ShipmentState
from backend.custody.service import Dispatch
from backend.samples.errors import SamplePromised
from backend.samples.ids import HoldKind, SampleId
from backend.samples.models import Project, SampleHold
from backend.storage import service as storage_service
from tests.backend.custody.conftest import signed_in
from tests.factories.storage import make_freezer, make_tube

WATCH = machinery("watch", Permission.CUSTODY_HANDLE, request_id="test")


def draft(session: WriteSession, person: Principal, *tubes: SampleId) -> ShipmentId:
    code = service.open_shipment(session, person, recipient="Lab B", condition="dry ice")
    key = shipment_queries.get_shipment(session, person, code).id
    for tube in tubes:
        service.pack_sample(session, person, shipment_id=key, sample_id=tube)
    return key


def under_way(session: WriteSession, person: Principal, *tubes: SampleId) -> ShipmentId:
    key = draft(session, person, *tubes)
    service.close_box(session, person, shipment_id=key)
    tomorrow = clock.utc_now().date() + timedelta(days=1)
    dispatch = Dispatch(
        carrier="Parcel Ltd",
        tracking="T-1",
        seal="S-9",
        document="AWB 17",
        expected_on=tomorrow,
    )
    service.ship(session, person, shipment_id=key, dispatch=dispatch)
    return key


def test_a_shipment_is_told_in_each_tubes_chain(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)

    key = under_way(session, ada, tube)
    service.receive_sample(session, ada, shipment_id=key, sample_id=tube)
    service.finish(session, ada, shipment_id=key)

    holders = [link.to_label for link in queries.chain_of(session, ada, tube)]
    [shipment] = shipment_queries.shipments(session, ada)
    assert holders[1:] == ["Ada", f"Shipment {shipment.code}", "Parcel Ltd", "Ada"]
    assert (shipment.state, shipment.arrived) == (ShipmentState.RECEIVED, 1)


def test_seal_and_document_stand_on_each_link_of_the_journey(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)

    key = under_way(session, ada, tube)
    service.receive_sample(session, ada, shipment_id=key, sample_id=tube)

    links = queries.chain_of(session, ada, tube)
    assert [(link.seal, link.document) for link in links[-2:]] == [("S-9", "AWB 17")] * 2
    assert {(link.seal, link.document) for link in links[:-2]} == {("", "")}
    [shipment] = shipment_queries.shipments(session, ada)
    assert (shipment.seal, shipment.document) == ("S-9", "AWB 17")


def test_a_number_that_is_too_long_stops_the_shipment(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    key = draft(session, ada, make_tube(session, project))
    service.close_box(session, ada, shipment_id=key)
    today = clock.utc_now().date()
    dispatch = Dispatch(carrier="Parcel Ltd", seal="9" * 201, expected_on=today)

    with pytest.raises(ShipmentRefused) as refused:
        service.ship(session, ada, shipment_id=key, dispatch=dispatch)

    assert list(refused.value.fields) == ["seal"]


def test_a_tube_that_may_not_leave_names_every_reason(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    today = clock.utc_now().date()
    tube = make_tube(session, project, expires_on=today - timedelta(days=2))
    session.add(
        SampleHold(
            sample_id=tube, kind=HoldKind.QUARANTINE, reason="Leaky", set_by=None, set_by_name="Ada"
        )
    )
    session.flush()

    with pytest.raises(TubeNotPacked) as refused:
        draft(session, ada, tube)

    assert len(refused.value.reasons) == 2


def test_a_packed_tube_goes_nowhere_else_until_it_is_unpacked(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    key = draft(session, ada, tube)

    with pytest.raises(SamplePromised, match="in shipment"):
        storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)
    service.unpack_sample(session, ada, shipment_id=key, sample_id=tube)

    assert storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)


def test_an_empty_box_is_not_closed(session: WriteSession, ada: Principal) -> None:
    key = draft(session, ada)

    with pytest.raises(ShipmentRefused):
        service.close_box(session, ada, shipment_id=key)


def test_nothing_is_added_to_a_closed_box(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    key = draft(session, ada, make_tube(session, project))
    service.close_box(session, ada, shipment_id=key)

    with pytest.raises(NotAtThisStep):
        service.pack_sample(session, ada, shipment_id=key, sample_id=make_tube(session, project))


def test_a_shipment_has_a_carrier_and_a_day(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    key = draft(session, ada, make_tube(session, project))
    service.close_box(session, ada, shipment_id=key)

    with pytest.raises(ShipmentRefused):
        service.ship(session, ada, shipment_id=key, dispatch=Dispatch(carrier="Parcel Ltd"))


def test_closing_needs_an_outcome_for_every_tube(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    here, missing = make_tube(session, project), make_tube(session, project)
    key = under_way(session, ada, here, missing)
    service.receive_sample(session, ada, shipment_id=key, sample_id=here)

    with pytest.raises(LinesOpen):
        service.finish(session, ada, shipment_id=key)
    service.finish(session, ada, shipment_id=key, missing_are_short=True)

    [shipment] = shipment_queries.shipments(session, ada)
    lines = shipment_queries.get_shipment(session, ada, shipment.code).lines
    assert {line.arrival for line in lines} == {Arrival.EXPECTED, Arrival.SHORT}


def test_a_damaged_tube_is_found_until_it_is_on_hold(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    key = under_way(session, ada, tube)
    service.receive_sample(
        session,
        ada,
        shipment_id=key,
        sample_id=tube,
        arrival=Arrival.DAMAGED,
        condition="Cap cracked",
    )

    service.watch(session, WATCH)

    assert [each.kind for each in queries.findings(session, ada)] == [GapKind.ARRIVED_DAMAGED]


def test_damage_is_described(session: WriteSession, ada: Principal, project: Project) -> None:
    tube = make_tube(session, project)
    key = under_way(session, ada, tube)

    with pytest.raises(ShipmentRefused):
        service.receive_sample(
            session, ada, shipment_id=key, sample_id=tube, arrival=Arrival.DAMAGED
        )


def test_a_second_scan_changes_nothing_and_a_strange_code_is_kept(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    key = under_way(session, ada, tube)

    first = service.receive_sample(session, ada, shipment_id=key, sample_id=tube)
    second = service.receive_sample(session, ada, shipment_id=key, sample_id=tube)
    service.note_over(session, ada, shipment_id=key, code="X-1")
    service.note_over(session, ada, shipment_id=key, code="X-1")

    [shipment] = shipment_queries.shipments(session, ada)
    assert (first, second) == (True, False)
    assert shipment_queries.get_shipment(session, ada, shipment.code).over == ("X-1",)


def test_a_scientist_ships_nothing(session: WriteSession) -> None:
    with pytest.raises(PermissionDenied):
        draft(session, signed_in(session, Role.SCIENTIST, "Sam"))


def test_a_shipment_of_other_peoples_samples_is_not_there(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    stranger = signed_in(session, Role.PRINCIPAL_INVESTIGATOR, "Eve")
    key = draft(session, ada, make_tube(session, project))

    with pytest.raises(ShipmentNotFound):
        service.close_box(session, stranger, shipment_id=key)
