"""Kits of libraries over the API: how each is known, and naming one by hand."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.colliding_lanes import keep_kit
from tests.factories.releases import make_planned_run
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_library, make_project, make_request

SignedIn = Callable[..., Headers]
PLANS = "/api/v1/sequencing/plans"
REQUESTS = "/api/v1/sequencing/requests"
KITS = "/api/v1/sequencing/library-kits"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: Headers) -> str:
    del technician  # its fixture has made the database
    with writing() as session:
        keep_kit(session, EVERYBODY)
        return make_planned_run(session, make_project(session), libraries=2)


def test_the_kit_of_a_lane_is_named_seen_and_taken_back(
    client: FlaskClient, technician: Headers, run: str
) -> None:
    where = {"run": run, "lane": 1}
    of_lane = f"{PLANS}/{run}/library-kits?lane=1"
    before = client.get(of_lane, headers=technician).json

    named = client.put(KITS, headers=technician, json={**where, "kit": "ud_five"})
    after = client.get(of_lane, headers=technician).json
    request = after["items"][0]["request_code"]
    of_request = client.get(f"{REQUESTS}/{request}/library-kits", headers=technician).json
    back = client.put(KITS, headers=technician, json={**where, "reason": "Not sure"})

    assert [each["kit_source"] for each in before["items"]] == ["guessed"] * 2
    assert ("ud_five", 2) in [(each["key"], each["held"]) for each in before["choices"]]
    assert named.status_code == 200, named.text
    assert named.json["items"] == after["items"]
    assert [(each["kit"], each["kit_source"]) for each in after["items"]] == [
        ("UD five", "by_hand")
    ] * 2
    assert after["items"][0]["named_by_name"]
    assert [each["kit"] for each in of_request["items"]] == ["UD five"] * 2
    assert back.json["items"] == before["items"]


def test_what_cannot_be_named_is_said(client: FlaskClient, technician: Headers, run: str) -> None:
    with writing() as session:
        project = make_project(session)
        strange = make_library(session, project, index_i7="ACACACAC", index_i5="GTGTGTGT")
        make_request(session, project, [strange])
        barcode = strange.barcode

    other = client.put(KITS, headers=technician, json={"libraries": [barcode], "kit": "ud_five"})
    none = client.put(KITS, headers=technician, json={"libraries": ["LIB-NONE"], "kit": "ud_five"})
    both = client.put(KITS, headers=technician, json={"run": run, "request": "SQ-0001"})
    absent = client.get(f"{PLANS}/NX-9999/library-kits", headers=technician)
    blank = client.get(f"{REQUESTS}/%20/library-kits", headers=technician)
    long = client.get(f"{PLANS}/{'N' * 99}/library-kits", headers=technician)

    assert_problem(other, 422, "invalid_input")
    assert barcode in other.json["message"]
    assert_problem(none, 404, "not_found")
    assert both.status_code == 422
    assert [each.status_code for each in (absent, blank, long)] == [404] * 3


def test_who_prepares_no_libraries_names_no_kit(
    client: FlaskClient, signed_in: SignedIn, run: str
) -> None:
    analyst = signed_in(Role.ANALYST)

    refused = client.put(KITS, headers=analyst, json={"run": run, "kit": "ud_five"})

    assert_problem(refused, 403, "permission_denied")
