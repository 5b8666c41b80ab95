"""Custody over the API: hands, checkouts, shipments and parcels from outside, each act once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.views import ProjectView
from backend.storage import service as storage_service
from backend.storage.ids import NodeKind
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_project, make_sample

SignedIn = Callable[..., Headers]


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def accepted() -> str:
    with writing() as session:
        made = make_sample(session)
        for action in ("receive", "accept"):
            service.change_status(session, EVERYBODY, sample_id=made.id, action=action)
    return made.barcode


def project() -> ProjectView:
    with writing() as session:
        return make_project(session)


def in_days(days: int) -> str:
    return (clock.utc_now().date() + timedelta(days=days)).isoformat()


def post(
    client: FlaskClient, headers: Headers, path: str, body: dict[str, Any] | None = None
) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def get(client: FlaskClient, headers: Headers, path: str) -> Any:
    return client.get(f"/api/v1/{path}", headers=headers)


def check_out(client: FlaskClient, headers: Headers, code: str, due: str) -> Any:
    return post(client, headers, f"samples/{code}/checkouts", {"purpose": "PCR", "due_on": due})


def test_a_checkout_and_its_return_stand_in_the_chain(
    client: FlaskClient, technician: Headers
) -> None:
    code = accepted()
    keyed = {**technician, "Idempotency-Key": "checkout-1"}

    out, again = (check_out(client, keyed, code, in_days(2)) for _ in range(2))
    listed = get(client, technician, "custody/checkouts").json["items"]
    back = post(client, technician, f"samples/{code}/returns", {"bench": "Bench 4"})

    assert (out.status_code, again.json) == (201, out.json)
    assert [each["barcode"] for each in listed] == [code]
    assert back.json == {"place": "Bench 4"}
    links = get(client, technician, f"samples/{code}/custody").json["items"]
    assert [link["cause"] for link in links] == ["checked_out", "left_on_bench"]


def test_an_offer_is_accepted_in_part_declined_in_part(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    first, second = accepted(), accepted()
    taker = signed_in(Role.TECHNICIAN)
    [person] = get(client, technician, "custody/receivers").json["items"]
    offered = {"to_id": person["id"], "barcodes": [first, second], "condition": "On ice"}

    offer = post(client, technician, "custody/offers", offered).json["id"]
    waiting = get(client, taker, "custody/offers").json["items"]
    strange = post(client, technician, f"custody/offers/{offer}/accept", {})
    taken = post(client, taker, f"custody/offers/{offer}/accept", {"barcodes": [first]})
    left = post(client, taker, f"custody/offers/{offer}/decline", {"reason": "No room"})

    assert waiting[0]["barcodes"] == sorted([first, second])
    assert_problem(strange, 404, "not_found")
    assert (taken.json, left.json) == ({"samples": 1}, {"samples": 1})
    assert get(client, taker, "custody/offers").json["items"] == []


def test_a_withdrawn_offer_is_closed(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    code = accepted()
    signed_in(Role.TECHNICIAN)
    [person] = get(client, technician, "custody/receivers").json["items"]
    offered = {"to_id": person["id"], "barcodes": [code]}
    offer = post(client, technician, "custody/offers", offered).json["id"]

    back = post(client, technician, f"custody/offers/{offer}/withdraw")
    twice = post(client, technician, f"custody/offers/{offer}/withdraw")

    assert back.json == {"samples": 1}
    assert_problem(twice, 409, "conflict")


def test_a_shipment_goes_all_its_way(client: FlaskClient, technician: Headers) -> None:
    first, second = accepted(), accepted()
    begun = post(client, technician, "shipments", {"recipient": "Laboratory B"}).json
    at = f"shipments/{begun['code']}"
    for act, body in (
        ("pack", {"barcode": first}),
        ("pack", {"barcode": second}),
        ("unpack", {"barcode": second}),
        ("pack", {"barcode": second}),
        ("close", None),
        (
            "dispatch",
            {"carrier": "Parcel Ltd", "expected_on": in_days(1), "seal": "S-9", "document": "A 1"},
        ),
        ("arrivals", {"barcode": first, "arrival": "damaged", "condition": "Cracked lid"}),
        ("over", {"code": "X-9"}),
    ):
        assert post(client, technician, f"{at}/{act}", body).status_code == 201, act

    refused = post(client, technician, f"{at}/finish", {})
    done = post(client, technician, f"{at}/finish", {"missing_are_short": True}).json

    assert_problem(refused, 409, "conflict")
    assert {line["barcode"]: line["arrival"] for line in done["lines"]} == {
        first: "damaged",
        second: "short",
    }
    assert (done["state"], done["over"], done["seal"]) == ("received", ["X-9"], "S-9")
    [listed] = get(client, technician, "shipments").json["items"]
    assert (listed["samples"], listed["arrived"], listed["lines"]) == (2, 2, [])
    link = get(client, technician, f"samples/{first}/custody").json["items"][-1]
    assert (link["seal"], link["document"]) == ("S-9", "A 1")


def test_a_shipment_between_two_sites_names_both(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        leeds, york = (
            str(storage_service.create_node(session, EVERYBODY, kind=NodeKind.SITE, label=label))
            for label in ("Leeds", "York")
        )

    begun = post(client, technician, "shipments", {"from_site_id": leeds, "to_site_id": york})
    alone = post(client, technician, "shipments", {"from_site_id": leeds})

    assert (begun.json["from_site"], begun.json["recipient"]) == ("Leeds", "York")
    assert begun.json["is_late"] is False
    assert_problem(alone, 422, "invalid_input")


def test_a_parcel_from_outside_is_announced_scanned_and_closed(
    client: FlaskClient, technician: Headers
) -> None:
    announced = {
        "project": project().code,
        "sender": "Clinic North",
        "expected_on": in_days(1),
        "codes": ["B-1", "Tube two"],
    }
    code = post(client, technician, "incoming", announced).json["code"]

    post(client, technician, f"incoming/{code}/scans", {"code": "b-1"})
    post(client, technician, f"incoming/{code}/scans", {"code": "X-9"})
    refused = post(client, technician, f"incoming/{code}/close", {})
    done = post(client, technician, f"incoming/{code}/close", {"missing_are_short": True}).json

    assert_problem(refused, 409, "conflict")
    assert [line["arrival"] for line in done["lines"]] == ["expected", "short"]
    assert done["over"] == ["X-9"]
    assert get(client, technician, f"incoming/{code}").json == done
    [listed] = get(client, technician, "incoming").json["items"]
    assert (listed["code"], listed["state"]) == (code, "received")


def test_other_peoples_samples_have_no_custody(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    code = accepted()
    shipment = post(client, technician, "shipments", {"recipient": "Laboratory B"}).json["code"]
    post(client, technician, f"shipments/{shipment}/pack", {"barcode": code})
    announced = {
        "project": project().code,
        "sender": "Clinic North",
        "expected_on": in_days(1),
        "codes": ["B-1"],
    }
    parcel = post(client, technician, "incoming", announced).json["code"]
    stranger = signed_in(Role.SCIENTIST)

    for path in (f"samples/{code}/custody", f"shipments/{shipment}", f"incoming/{parcel}"):
        assert get(client, stranger, path).status_code == 404, path
    for path in ("shipments", "incoming", "custody/gaps", "custody/checkouts"):
        assert get(client, stranger, path).json == {"items": []}, path
