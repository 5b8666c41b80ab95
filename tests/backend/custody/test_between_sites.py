"""Tubes that go from one of the own sites to another stand at one of them at a time; lateness."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.core import clock
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.custody import incoming_queries, queries, service, shipment_queries
from backend.custody.errors import ShipmentRefused, TubeNotPacked
from backend.custody.ids import ShipmentId
from backend.custody.incoming_models import Incoming
from backend.custody.models import Shipment
from backend.custody.service import Announcement, Dispatch
from backend.events.models import OutboxEvent
from backend.samples.errors import SamplePromised
from backend.samples.models import Project
from backend.storage import service as storage_service
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from tests.factories.storage import Freezer, make_freezer, make_tube

WATCH = machinery("watch", Permission.CUSTODY_HANDLE, request_id="test")
CONFIGURE = machinery("setup", Permission.STORAGE_CONFIGURE, request_id="test")
TWO = ("Leeds", "York")


@pytest.fixture
def sites(session: WriteSession) -> tuple[NodeId, NodeId]:
    leeds, york = (
        storage_service.create_node(session, CONFIGURE, kind=NodeKind.SITE, label=label)
        for label in TWO
    )
    return leeds, york


def freezer_at(session: WriteSession, site: NodeId) -> Freezer:
    freezer = make_freezer(session)
    session.execute(
        update(StorageNode).where(StorageNode.id == freezer.unit_id).values(parent_id=site)
    )
    return freezer


def draft(session: WriteSession, ada: Principal, sites: tuple[NodeId, NodeId]) -> ShipmentId:
    code = service.open_shipment(session, ada, from_site_id=sites[0], to_site_id=sites[1])
    return shipment_queries.get_shipment(session, ada, code).id


def send(session: WriteSession, ada: Principal, key: ShipmentId) -> None:
    service.close_box(session, ada, shipment_id=key)
    dispatch = Dispatch(carrier="Own driver", expected_on=clock.utc_now().date())
    service.ship(session, ada, shipment_id=key, dispatch=dispatch)


def test_a_tube_goes_from_site_to_site_and_is_received_by_scan(
    session: WriteSession, ada: Principal, project: Project, sites: tuple[NodeId, NodeId]
) -> None:
    here, there = (freezer_at(session, site) for site in sites)
    tube = make_tube(session, project)
    storage_service.place_sample(session, ada, sample_id=tube, box_id=here.box_id)

    key = draft(session, ada, sites)
    service.pack_sample(session, ada, shipment_id=key, sample_id=tube)
    send(session, ada, key)
    for box in (here.box_id, there.box_id):  # on the way it can be placed at neither
        with pytest.raises(SamplePromised):
            storage_service.place_sample(session, ada, sample_id=tube, box_id=box)
    on_the_way = queries.counts(session, ada)
    service.receive_sample(session, ada, shipment_id=key, sample_id=tube)
    service.finish(session, ada, shipment_id=key)
    storage_service.place_sample(session, ada, sample_id=tube, box_id=there.box_id)

    [sent] = shipment_queries.shipments(session, ada)
    assert (sent.from_site, sent.recipient) == TWO
    assert (on_the_way.incoming, queries.counts(session, ada).incoming) == (1, 0)
    received = next(
        link for link in queries.chain_of(session, ada, tube) if link.cause == "received"
    )
    assert received.note == "At York"


def test_what_stands_at_another_site_is_not_packed(
    session: WriteSession, ada: Principal, project: Project, sites: tuple[NodeId, NodeId]
) -> None:
    tube = make_tube(session, project)
    there = freezer_at(session, sites[1])
    storage_service.place_sample(session, ada, sample_id=tube, box_id=there.box_id)
    key = draft(session, ada, sites)

    with pytest.raises(TubeNotPacked) as refused:
        service.pack_sample(session, ada, shipment_id=key, sample_id=tube)

    assert refused.value.reasons == ("It stands at York, and this shipment leaves from Leeds.",)


@pytest.mark.parametrize(
    ("ends", "field"), [((0, None), "to_site"), ((None, 1), "from_site"), ((0, 0), "to_site")]
)
def test_two_different_sites_are_named(
    session: WriteSession,
    ada: Principal,
    sites: tuple[NodeId, NodeId],
    ends: tuple[int | None, int | None],
    field: str,
) -> None:
    start, end = (None if each is None else sites[each] for each in ends)

    with pytest.raises(ShipmentRefused) as refused:
        service.open_shipment(session, ada, from_site_id=start, to_site_id=end)

    assert list(refused.value.fields) == [field]


def test_a_late_parcel_is_listed_and_its_people_are_told_once_a_day(
    session: WriteSession, ada: Principal, project: Project, sites: tuple[NodeId, NodeId]
) -> None:
    key = draft(session, ada, sites)
    service.pack_sample(session, ada, shipment_id=key, sample_id=make_tube(session, project))
    send(session, ada, key)
    yesterday = clock.utc_now().date() - timedelta(days=1)
    service.announce(
        session,
        ada,
        announced=Announcement(
            project=project.code, sender="Clinic", expected_on=yesterday, codes=["A"]
        ),
    )
    on_time = service.watch(session, WATCH)
    session.execute(update(Shipment).values(expected_on=yesterday))
    session.execute(update(Incoming).values(told_late_on=None))

    first, second = service.watch(session, WATCH), service.watch(session, WATCH)

    assert (on_time.late, first.late, second.late) == (1, 2, 0)
    assert shipment_queries.get_shipment(session, ada, "SHP-" + code_number(session)).is_late
    assert [each.is_late for each in incoming_queries.expected(session, ada)] == [True]
    counts = queries.counts(session, ada)
    assert (counts.late_shipments, counts.late_incoming) == (1, 1)


def test_who_announced_a_parcel_and_who_owns_the_project_are_to_hear_of_it(
    session: WriteSession, ben: Principal, project: Project, ada: Principal
) -> None:
    yesterday = clock.utc_now().date() - timedelta(days=1)
    project.owner_id = ada.user_id
    announced = Announcement(
        project=project.code, sender="Clinic", expected_on=yesterday, codes=["A"]
    )
    code = service.announce(session, ben, announced=announced)

    service.watch(session, WATCH)

    told = session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.type == "custody.parcel_late")
    ).one()
    assert set(told["people"]) == {str(ben.user_id), str(ada.user_id)}
    assert (told["code"], told["party"]) == (code, "from Clinic")


def code_number(session: WriteSession) -> str:
    return str(session.scalars(select(Shipment.number)).one())
