"""Volumes and lineage over the API: what is drawn once is drawn once, refusals say everything."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_project, make_sample

SignedIn = Callable[..., Headers]


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def accepted(count: int = 1) -> list[str]:
    with writing() as session:
        project = make_project(session).code
        made = [make_sample(session, project) for _ in range(count)]
        for sample in made:
            for action in ("receive", "accept"):
                service.change_status(session, EVERYBODY, sample_id=sample.id, action=action)
    return [sample.barcode for sample in made]


def post(client: FlaskClient, headers: Headers, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def test_a_tube_is_parted_once_however_often_the_request_comes(
    client: FlaskClient, technician: Headers
) -> None:
    (code,) = accepted()
    headers = {**technician, "Idempotency-Key": "robot-3-plate-9"}
    body = {"portions": [{"volume_ul": 10}, {"volume_ul": 5.5, "barcode": "al-2"}]}

    first = post(client, headers, f"samples/{code}/aliquots", body)
    second = post(client, headers, f"samples/{code}/aliquots", body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert [item["volume_ul"] for item in first.json["items"]] == [10, 5.5]
    assert first.json["items"][1]["barcode"] == "AL-2"
    ledger = client.get(f"/api/v1/samples/{code}/volumes", headers=technician).json or {}
    assert [line["balance_ul"] for line in ledger["items"]] == [50, 40, 34.5]


def test_what_does_not_fit_is_refused_with_a_sentence(
    client: FlaskClient, technician: Headers
) -> None:
    (code,) = accepted()

    answer = post(
        client,
        technician,
        f"samples/{code}/volumes",
        {"kind": "use", "volume_ul": 51, "reason": "PCR"},
    )

    said = str(assert_problem(answer, 409, "draw_refused")["message"])
    assert "It holds 50 µL, and 51 µL are asked for." in said


def test_a_pool_tells_its_parts(client: FlaskClient, technician: Headers) -> None:
    first, second = accepted(2)
    body = {
        "name": "Pool 9",
        "temperature_class": "-20",
        "parts": [{"barcode": first, "volume_ul": 10}, {"barcode": second, "volume_ul": 30}],
    }

    made = post(client, technician, "pools", body).json["items"][0]

    tree = client.get(f"/api/v1/samples/{made['barcode']}/lineage", headers=technician).json or {}
    assert (made["material_type"], made["volume_ul"]) == ("pool", 40)
    assert {edge["barcode"]: edge["proportion"] for edge in tree["ancestors"]} == {
        first: 0.25,
        second: 0.75,
    }


def test_thaws_and_expiry_are_written_down(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    (code,) = accepted()
    rules = {"material_type": "gdna", "thaw_limit": 1}
    investigator = signed_in(Role.PRINCIPAL_INVESTIGATOR)
    assert post(client, investigator, "handling", rules).status_code == 201

    thaw = post(client, technician, f"samples/{code}/thaws", {"reason": "PCR"}).json
    kept = client.put(
        f"/api/v1/samples/{code}/expiry",
        json={"expires_on": "2031-01-31", "reason": "Protocol"},
        headers=technician,
    ).json

    assert thaw["warning"] == "Thawed once, the limit for gDNA here."
    assert kept is not None
    assert (kept["expires_on"], kept["freeze_thaw_count"]) == ("2031-01-31", 1)


def test_who_only_edits_makes_no_new_tubes(client: FlaskClient, signed_in: SignedIn) -> None:
    (code,) = accepted()
    guest = signed_in(Role.GUEST)

    answer = post(client, guest, f"samples/{code}/aliquots", {"portions": [{"volume_ul": 1}]})

    assert_problem(answer, 403, "permission_denied")
