"""Pools over the API: drafted, changed, mixed once, refused."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.pools import measured_libraries
from tests.factories.sequencing import make_project, make_request

SignedIn = Callable[..., Headers]
ALL = "/api/v1/sequencing/pools"


def libraries() -> list[str]:
    """Barcodes of three measured libraries of a request."""
    with writing() as session:
        project = make_project(session)
        made = measured_libraries(session, project, volume_ul="100")
        make_request(session, project, made)
        return [each.barcode for each in made]


def test_a_pool_goes_from_draft_to_tube(client: FlaskClient, signed_in: SignedIn) -> None:
    who = signed_in(Role.TECHNICIAN)
    barcodes = libraries()
    drafted = client.post(ALL, headers=who, json={"libraries": barcodes, "target_ul": "200"})
    one = f"{ALL}/{drafted.json['code']}"

    changed = client.patch(one, headers=who, json={"mode": "equimolar", "phix_percent": "0"})
    key = {"Idempotency-Key": str(new_id())}
    made = client.post(f"{one}/ready", headers=who | key, json={})
    again = client.post(f"{one}/ready", headers=who | key, json={})

    assert (drafted.status_code, drafted.json["state"], drafted.json["tube"]) == (
        201,
        "draft",
        None,
    )
    assert changed.json["mode"] == "equimolar"
    assert changed.json["parts"][0]["told"] == "10 ng/µL of 350 bp"
    assert (made.status_code, made.json["state"]) == (201, "ready")
    assert again.json["tube"] == made.json["tube"]
    assert client.get(one, headers=who).json["tube"] == made.json["tube"]
    assert client.get(ALL, headers=who).json["items"][0]["is_mixed"] is True


def test_what_cannot_be_is_a_problem_with_its_fields(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    who = signed_in(Role.TECHNICIAN)

    refused = client.post(ALL, headers=who, json={"libraries": ["LIB-X"]})
    missing = client.get(f"{ALL}/P-9999", headers=who)

    assert_problem(refused, 422, "invalid_input")
    assert "LIB-X" in refused.json["fields"]
    assert_problem(missing, 404, "not_found")


def test_a_cancelled_pool_says_so(client: FlaskClient, signed_in: SignedIn) -> None:
    who = signed_in(Role.TECHNICIAN)
    code = client.post(ALL, headers=who, json={"libraries": libraries()}).json["code"]

    cancelled = client.post(f"{ALL}/{code}/cancel", headers=who, json={"reason": "Spilled"})
    again = client.post(f"{ALL}/{code}/cancel", headers=who, json={"reason": "Spilled"})

    assert cancelled.json["state"] == "cancelled"
    assert_problem(again, 409, "conflict")
