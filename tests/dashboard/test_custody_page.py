"""The custody page draws each of its views for who acts and for who only reads."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from backend.auth.ids import Role
from backend.core import clock
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.custody import service, shipment_queries
from backend.custody.ids import Arrival
from backend.custody.models import Shipment
from backend.custody.service import Dispatch
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.storage import service as storage_service
from backend.storage.ids import NodeKind
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY, make_project, make_sample

TELLING = {
    "": "You hold no samples",
    "waiting": "Nothing waits for your answer",
    "out": "Nothing is checked out",
    "shipments": "There is no shipment",
    "incoming": "Nothing is expected",
    "gaps": "No gap was found",
}


@pytest.mark.parametrize("show", TELLING)
@pytest.mark.parametrize("role", [Role.SCIENTIST, Role.GUEST])
def test_every_view_is_drawn(signed_in: Callable[..., FlaskClient], show: str, role: Role) -> None:
    client = signed_in(role)
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/custody"), ("url", "search", f"?show={show}")],
        state=[("page-meta", "data", None)],
    )

    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))

    assert TELLING[show] in answer.get_data(as_text=True)


def test_a_new_shipment_is_drawn(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in(Role.TECHNICIAN)
    with writing() as session:
        code = service.open_shipment(session, EVERYBODY, recipient="Laboratory B")
    body = page_request(f"/custody/shipments/{code}")

    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))

    assert "Nothing is in it yet" in answer.get_data(as_text=True)


def test_an_open_box_offers_to_unpack_each_sample(
    signed_in: Callable[..., FlaskClient],
) -> None:
    with writing() as session:
        code, tube = _packed(session)
    technician, guest = signed_in(Role.TECHNICIAN), signed_in(Role.ANALYST)

    seen = _drawn(technician, f"/custody/shipments/{code}")
    read = _drawn(guest, f"/custody/shipments/{code}")

    assert f"Unpack {tube}" in seen
    assert "In the box" in seen
    assert "Unpack" not in read


def test_a_sample_that_came_damaged_can_be_put_on_hold(
    signed_in: Callable[..., FlaskClient],
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    with writing() as session:
        code, tube = _packed(session)
        key = shipment_queries.get_shipment(session, EVERYBODY, code).id
        service.close_box(session, EVERYBODY, shipment_id=key)
        today = clock.utc_now().date()
        dispatch = Dispatch(carrier="Parcel Ltd", seal="S-9", document="AWB 17", expected_on=today)
        service.ship(session, EVERYBODY, shipment_id=key, dispatch=dispatch)
        sample = samples_queries.sample_id_of(session, EVERYBODY, tube)
        service.receive_sample(
            session,
            EVERYBODY,
            shipment_id=key,
            sample_id=sample,
            arrival=Arrival.DAMAGED,
            condition="Cracked lid",
        )

    seen = _drawn(technician, f"/custody/shipments/{code}")
    chain = _drawn(technician, f"/samples/{tube}", "?tab=history")

    assert f"Hold {tube}" in seen
    assert "Seal S-9, Document AWB 17" in chain


def test_a_parcel_from_outside_is_drawn_and_listed(
    signed_in: Callable[..., FlaskClient],
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    with writing() as session:
        announced = service.Announcement(
            project=make_project(session).code,
            sender="Clinic North",
            expected_on=clock.utc_now().date() - timedelta(days=1),
            codes=["B-1"],
        )
        code = service.announce(session, EVERYBODY, announced=announced)

    page = _drawn(technician, f"/custody/incoming/{code}")
    listed = _drawn(technician, "/custody", "?show=incoming")

    assert "Not scanned yet" in page
    assert "Late since" in page
    assert code in listed


def test_what_goes_between_the_own_sites_is_listed_where_it_is_expected(
    signed_in: Callable[..., FlaskClient],
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    with writing() as session:
        code, _ = _packed(session)
        sites = [
            storage_service.create_node(session, EVERYBODY, kind=NodeKind.SITE, label=label)
            for label in ("Leeds", "York")
        ]
        key = shipment_queries.get_shipment(session, EVERYBODY, code).id
        service.close_box(session, EVERYBODY, shipment_id=key)
        today = clock.utc_now().date()
        dispatch = Dispatch(carrier="Own driver", expected_on=today)
        service.ship(session, EVERYBODY, shipment_id=key, dispatch=dispatch)
        session.execute(
            update(Shipment).values(
                from_site_id=sites[0],
                to_site_id=sites[1],
                recipient="York",
                expected_on=today - timedelta(days=2),
            )
        )

    listed = _drawn(technician, "/custody", "?show=incoming")

    assert code in listed
    assert "Leeds to York" in listed
    assert "Late since" in listed
    assert "From our site" in listed


def _packed(session: WriteSession) -> tuple[str, str]:
    """Return the codes of a shipment and of the sample in it."""
    made = make_sample(session)
    for action in ("receive", "accept"):
        samples_service.change_status(session, EVERYBODY, sample_id=made.id, action=action)
    code = service.open_shipment(session, EVERYBODY, recipient="Laboratory B")
    key = shipment_queries.get_shipment(session, EVERYBODY, code).id
    service.pack_sample(session, EVERYBODY, shipment_id=key, sample_id=made.id)
    return code, made.barcode


def _drawn(client: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)
