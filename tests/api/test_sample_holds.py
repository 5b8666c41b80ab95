"""Consent and holds over the API: a withdrawal stamps the family and tells whom."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_sample

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


def post(client: FlaskClient, headers: Headers, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def test_a_withdrawal_stamps_the_sample_and_its_aliquots(
    client: FlaskClient, technician: Headers
) -> None:
    donor = accepted()
    made = post(client, technician, f"samples/{donor}/aliquots", {"portions": [{"volume_ul": 5}]})
    child = made.json["items"][0]["barcode"]
    consent = {"reference": "C 17", "scope": "Research", "expires_on": "2035-12-31"}
    assert post(client, technician, "consents", consent).status_code == 201
    tied = client.put(
        f"/api/v1/samples/{donor}/consent", json={"reference": "c 17"}, headers=technician
    )
    assert tied.status_code == 200

    answer = post(client, technician, "consents/C 17/withdrawal", {"reason": "Letter"})

    assert sorted(answer.json["stamped"]) == sorted([donor, child])
    told = client.get(f"/api/v1/samples/{child}", headers=technician).json or {}
    assert [hold["kind"] for hold in told["holds"]] == ["consent_withdrawn"]
    bound = client.get(f"/api/v1/samples/{child}/consents", headers=technician).json or {}
    assert bound["items"][0]["problem"] == "Its donor's consent C 17 is withdrawn."


def test_a_release_says_what_it_lacks_and_who_may(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    code = accepted()
    hold = {"kind": "temperature_exposure", "reason": "Stood on the bench"}
    assert post(client, technician, f"samples/{code}/holds", hold).status_code == 201

    release = {"kind": "temperature_exposure", "reason": "Fine"}
    lacking = post(client, technician, f"samples/{code}/releases", release)
    done = post(client, technician, f"samples/{code}/releases", {**release, "evidence": "DIN 8"})
    legal = {"kind": "legal_hold", "reason": "Settled", "evidence": "Letter 12"}
    refused = post(client, technician, f"samples/{code}/releases", legal)

    problem = assert_problem(lacking, 422, "invalid_input")
    assert list(problem["fields"]) == ["evidence"]  # type: ignore[call-overload] # JSON is object
    assert done.json["holds"][0]["release_evidence"] == "DIN 8"
    assert_problem(refused, 403, "permission_denied")
