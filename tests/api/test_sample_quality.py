"""Quality control and steps over the API: judged at once, overruled with a password, per item."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.api.idempotency import REPLAYED
from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample

SignedIn = Callable[..., Headers]


def post(client: FlaskClient, headers: Headers, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def test_a_failed_sample_goes_on_only_with_a_signature(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session)
        code = make_sample(session, project.code).barcode
    ines = signed_in(Role.PRINCIPAL_INVESTIGATOR, project=project)
    limits = {"metric": "din", "fail_low": 5, "warn_low": 7}
    rules = {"material_type": "gdna", "thresholds": [limits], "reason": "Run 12"}
    assert post(client, ines, "qc-thresholds", rules).json["version"] == 1
    value = {"metric": "din", "value": 4.1, "method": "TapeStation", "instrument": "TS-2"}

    judged = post(client, technician, f"samples/{code}/measurements", {"measured": [value]})
    overrule = {"verdict": "fail_proceed", "reason": "The only tube", "password": "not it at all"}
    wrong = post(client, ines, f"samples/{code}/overrides", overrule)
    right = post(client, ines, f"samples/{code}/overrides", {**overrule, "password": PASSWORD})

    assert judged.json["qc_verdict"] == "fail"
    assert_problem(wrong, 403, "signature_refused")
    assert (right.status_code, right.json["signature"]["meaning"]) == (
        201,
        "approval of a quality control override",
    )
    told = client.get(f"/api/v1/samples/{code}/quality", headers=technician).json or {}
    assert told["judgements"][1]["findings"][0]["said"] == "DIN is 4.1, below 5."
    assert told["measurements"][0]["instrument"] == "TS-2"


def test_a_verdict_by_hand_takes_a_signature(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        code = make_sample(session, material_type="rna", temperature_class="-80").barcode
    verdict = {"verdict": "fail", "reason": "Smear on the gel", "password": "not it at all"}

    bare = post(client, technician, f"samples/{code}/verdicts", {"verdict": "fail"})
    wrong = post(client, technician, f"samples/{code}/verdicts", verdict)
    right = post(client, technician, f"samples/{code}/verdicts", {**verdict, "password": PASSWORD})

    assert bare.status_code == 422
    assert_problem(wrong, 403, "signature_refused")
    assert (right.status_code, right.json["signature"]["meaning"], right.json["is_override"]) == (
        201,
        "responsibility for a quality control verdict",
        False,
    )


def test_each_of_many_says_what_became_of_it(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        code = make_sample(session).barcode
    body = {"barcodes": [code.lower(), "NOT-THERE"], "action": "receive"}

    answer = post(client, technician, "sample-steps", body)

    fine, missing = answer.json["items"]
    assert (fine["barcode"], fine["changed"], fine["reasons"]) == (code, True, [])
    assert "carries the barcode NOT-THERE" in missing["reasons"][0]


def test_a_sample_is_discarded_with_a_reason(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        code = make_sample(session).barcode

    answer = post(client, technician, f"samples/{code}/disposal", {"reason": "Spilled"})

    assert (answer.status_code, answer.json["lifecycle"]) == (201, "disposed")


def test_several_are_discarded_with_one_signature(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        facts = {"material_type": MaterialType.SALIVA, "temperature_class": "-80"}
        codes = [make_sample(session, **facts).barcode for _ in range(2)]
        rules = HandlingRules(disposal_witnessed=True)
        service.set_handling(session, EVERYBODY, material=MaterialType.SALIVA, rules=rules)
        email = make_user(session, Role.TECHNICIAN, name="Ines K").email
    second = {"email": email, "password": "not it at all"}
    body = {"barcodes": codes, "reason": "End of the study", "countersigner": second}

    twice = post(client, technician, "sample-disposals", {**body, "barcodes": codes[:1] * 2})
    unknown = post(client, technician, "sample-disposals", {**body, "barcodes": ["NOT-THERE"]})
    wrong = post(client, technician, "sample-disposals", body)
    right = post(
        client,
        technician,
        "sample-disposals",
        {**body, "countersigner": {**second, "password": PASSWORD}},
    )

    assert_problem(twice, 422, "invalid_input")
    assert_problem(unknown, 422, "invalid_input")
    assert_problem(wrong, 403, "signature_refused")
    assert right.status_code == 201
    assert [(each["barcode"], each["changed"]) for each in right.json["items"]] == [
        (code, True) for code in codes
    ]


def test_lead_times_of_expiry_are_read_and_set(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    ines = signed_in(Role.PRINCIPAL_INVESTIGATOR)

    first = client.get("/api/v1/expiry-leads", headers=technician)
    bad = post(client, ines, "expiry-leads", {"days": [0]})
    changed = post(client, ines, "expiry-leads", {"days": [14, 60], "reason": "SOP 4"})

    assert first.json == {"days": [30, 7]}
    assert_problem(bad, 422, "invalid_input")
    assert changed.json == {"days": [60, 14]}


def test_what_thresholds_would_change_is_counted_and_not_written(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    ines = signed_in(Role.PRINCIPAL_INVESTIGATOR)
    limits = {"metric": "din", "fail_low": 5}
    rules = {"material_type": "gdna", "thresholds": [limits], "reason": "Run 12"}

    counted = post(client, ines, "qc-threshold-previews", rules)

    assert (counted.status_code, counted.json["differing"]) == (200, 0)
    assert client.get("/api/v1/qc-thresholds", headers=ines).json == {"items": []}


def test_a_signed_act_that_is_sent_again_is_signed_once(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        code = make_sample(session, material_type="rna", temperature_class="-80").barcode
    verdict = {"verdict": "fail", "reason": "Smear on the gel"}
    keyed = {**technician, "Idempotency-Key": "smear"}
    path = f"samples/{code}/verdicts"

    wrong = post(client, keyed, path, {**verdict, "password": "not it at all"})
    first = post(client, keyed, path, {**verdict, "password": PASSWORD})
    again = post(client, keyed, path, {**verdict, "password": PASSWORD})

    # A refused try lets go of the key, for nothing was done under it.
    assert_problem(wrong, 403, "signature_refused")
    assert (first.status_code, again.headers[REPLAYED], again.json) == (201, "true", first.json)
    told = client.get(f"/api/v1/samples/{code}/quality", headers=technician).json or {}
    assert len(told["judgements"]) == 1


def test_a_discarding_that_is_sent_again_is_answered_as_before(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        code = make_sample(session).barcode
    keyed = {**technician, "Idempotency-Key": "spilled"}
    path = f"samples/{code}/disposal"

    first = post(client, keyed, path, {"reason": "Spilled"})
    again = post(client, keyed, path, {"reason": "Spilled"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.headers[REPLAYED], again.json) == ("true", first.json)
