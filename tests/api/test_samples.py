"""Samples over the API: pages by key, one by its barcode, registering once, taking steps."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.ids import HoldKind
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_project, make_sample

SignedIn = Callable[..., Headers]


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def register_some(count: int, **given: Any) -> list[str]:
    """Register samples of one project, oldest first, and return their barcodes."""
    with writing() as session:
        code = make_project(session).code
        return [make_sample(session, code, **given).barcode for _ in range(count)]


def get(client: FlaskClient, headers: Headers, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/samples{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json or {}
    return body


def barcodes(page: dict[str, Any]) -> list[str]:
    return [item["barcode"] for item in page["items"]]


def test_pages_follow_each_other_without_a_gap_newest_first(
    client: FlaskClient, technician: Headers
) -> None:
    made = register_some(5)

    first = get(client, technician, "?limit=2")
    second = get(client, technician, f"?limit=2&cursor={first['next_cursor']}")
    third = get(client, technician, f"?limit=2&cursor={second['next_cursor']}")

    found = barcodes(first) + barcodes(second) + barcodes(third)
    assert sorted(found) == sorted(made)
    assert third["next_cursor"] is None


def test_what_is_registered_while_one_reads_shifts_no_page(
    client: FlaskClient, technician: Headers
) -> None:
    made = register_some(4)
    first = get(client, technician, "?limit=2")

    register_some(3)
    second = get(client, technician, f"?limit=2&cursor={first['next_cursor']}")

    assert sorted(barcodes(first) + barcodes(second)) == sorted(made)


def test_a_row_says_what_the_description_promises(client: FlaskClient, technician: Headers) -> None:
    register_some(1, volume_ul="46.5", subject_code="S-1")

    row = get(client, technician)["items"][0]

    document = client.get("/openapi.json", headers=technician).json or {}
    assert row.keys() == document["components"]["schemas"]["SampleOut"]["properties"].keys()
    assert (row["volume_ul"], row["subject_code"], row["rin"]) == (46.5, "S-1", None)
    assert (row["status"], row["material_type"]) == ("pending", "gdna")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?material_type=rna", ["RNA-1"]),
        ("?material_type=rna,blood", ["BLD-1", "RNA-1"]),
        ("?search=bld", ["BLD-1"]),
        ("?status=validated", []),
        ("?status=pending&placed=false&project=FILTERS", ["BLD-1", "RNA-1"]),
        ("?project=NOWHERE", []),
    ],
)
def test_a_list_is_narrowed_by_what_the_address_names(
    client: FlaskClient, technician: Headers, query: str, expected: Sequence[str]
) -> None:
    with writing() as session:
        make_project(session, "FILTERS")
        make_sample(session, "FILTERS", barcode="BLD-1", material_type="blood")
        make_sample(
            session, "FILTERS", barcode="RNA-1", material_type="rna", temperature_class="-80"
        )

    assert sorted(barcodes(get(client, technician, query))) == list(expected)


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=5001", "?cursor=bm9uc2Vuc2U", "?status=odd", "?colour=red"]
)
def test_a_query_that_means_nothing_is_refused(
    client: FlaskClient, technician: Headers, query: str
) -> None:
    answer = client.get(f"/api/v1/samples{query}", headers=technician)

    assert_problem(answer, 422, "invalid_input")


def test_a_person_reads_the_samples_of_their_projects_only(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    hidden = register_some(1)[0]
    guest = signed_in(Role.GUEST)

    unknown = client.get("/api/v1/samples/NOT-THERE", headers=guest)
    invisible = client.get(f"/api/v1/samples/{hidden}", headers=guest)

    assert get(client, guest) == {"items": [], "next_cursor": None}
    told = [assert_problem(answer, 404, "not_found")["message"] for answer in (unknown, invisible)]
    assert str(told[0]).replace("NOT-THERE", hidden) == told[1], "neither tells which it is"


def test_one_sample_is_told_with_its_holds_and_steps(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        made = make_sample(session, barcode="DNA-1", container_type="2 mL cryo")
        service.set_hold(
            session, EVERYBODY, sample_id=made.id, kind=HoldKind.LEGAL_HOLD, reason="Court order."
        )

    sample = client.get("/api/v1/samples/dna-1", headers=technician).json or {}

    assert (sample["barcode"], sample["container_type"]) == ("DNA-1", "2 mL cryo")
    assert [(hold["kind"], hold["reason"]) for hold in sample["holds"]] == [
        ("legal_hold", "Court order.")
    ]
    assert [step["action"] for step in sample["transitions"]] == ["register"]


def registration(project: str, **given: object) -> dict[str, object]:
    return {
        "project_code": project,
        "name": "Tube 17",
        "material_type": "plasma",
        "temperature_class": "-80",
        **given,
    }


def test_a_request_that_is_sent_twice_registers_once(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        code = make_project(session).code
    headers = {**technician, "Idempotency-Key": "robot-7-run-12-row-1"}

    first = client.post("/api/v1/samples", json=registration(code), headers=headers)
    second = client.post("/api/v1/samples", json=registration(code), headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(get(client, technician)["items"]) == 1


def test_a_refused_registration_names_its_fields(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        code = make_project(session).code
    wrong = registration(code, volume_ul=-1)

    problem = assert_problem(
        client.post("/api/v1/samples", json=wrong, headers=technician), 422, "invalid_input"
    )

    assert list(problem["fields"]) == ["volume_ul"]  # type: ignore[call-overload] # JSON
    assert get(client, technician)["items"] == []


def test_a_barcode_is_taken_once(client: FlaskClient, technician: Headers) -> None:
    taken = register_some(1)[0]
    with writing() as session:
        code = make_project(session).code

    answer = client.post(
        "/api/v1/samples", json=registration(code, barcode=taken), headers=technician
    )

    assert taken in str(assert_problem(answer, 409, "conflict")["message"])


def test_a_step_is_taken_and_told(client: FlaskClient, technician: Headers) -> None:
    code = register_some(1)[0]

    answer = client.post(
        f"/api/v1/samples/{code}/steps", json={"action": "receive"}, headers=technician
    )

    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["lifecycle"], answer.json["transitions"][-1]["action"]) == (
        "received",
        "receive",
    )


def test_a_refused_step_names_every_guard_that_failed(
    client: FlaskClient, technician: Headers
) -> None:
    code = register_some(1, volume_ul=None)[0]

    answer = client.post(
        f"/api/v1/samples/{code}/steps", json={"action": "start"}, headers=technician
    )

    message = str(assert_problem(answer, 409, "transition_refused")["message"])
    assert "needs a sample that is" in message
    assert "Quality control has not passed it." in message
    assert "It has no volume left" in message


def test_who_may_only_look_takes_no_step_and_registers_nothing(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    code = register_some(1)[0]
    analyst = signed_in(Role.ANALYST)

    step = client.post(f"/api/v1/samples/{code}/steps", json={"action": "receive"}, headers=analyst)
    made = client.post("/api/v1/samples", json=registration("ANY"), headers=analyst)

    assert_problem(step, 403, "permission_denied")
    assert_problem(made, 403, "permission_denied")


def test_a_sample_is_received_as_it_was_found(client: FlaskClient, technician: Headers) -> None:
    code = register_some(1)[0]
    found = {"conditions": ["thawed"], "temperature_c": 4.5, "note": "Ice gone"}

    answer = client.post(
        f"/api/v1/samples/{code}/steps",
        json={"action": "receive", "arrival": found},
        headers=technician,
    )

    assert answer.status_code == 201
    assert answer.json is not None
    arrived = answer.json["arrival"]
    assert {name: arrived[name] for name in found} == found
    assert [hold["kind"] for hold in answer.json["holds"]] == ["temperature_exposure"]
    listed = client.get(f"/api/v1/samples?arrival=thawed&search={code}", headers=technician)
    assert listed.json is not None
    assert [each["barcode"] for each in listed.json["items"]] == [code]


def test_an_arrival_that_explains_nothing_is_refused(
    client: FlaskClient, technician: Headers
) -> None:
    code = register_some(1)[0]
    body = {"action": "receive", "arrival": {"conditions": ["other"]}}

    answer = client.post(f"/api/v1/samples/{code}/steps", json=body, headers=technician)

    assert answer.status_code == 422
    assert "Write in the note what is wrong with it." in answer.get_data(as_text=True)
    still = client.get(f"/api/v1/samples/{code}", headers=technician)
    assert still.json is not None
    assert (still.json["lifecycle"], still.json["arrival"]) == ("registered", None)


def test_an_arrival_is_corrected_and_the_earlier_stays(
    client: FlaskClient, technician: Headers
) -> None:
    code = register_some(1)[0]
    received = {"action": "receive", "arrival": {"conditions": ["thawed"], "temperature_c": 4.5}}
    client.post(f"/api/v1/samples/{code}/steps", json=received, headers=technician)
    address = f"/api/v1/samples/{code}/arrival-corrections"

    refused = client.post(address, json={"arrival": {}, "reason": " "}, headers=technician)
    answer = client.post(address, json={"arrival": {}, "reason": "Wrong"}, headers=technician)

    assert refused.status_code == 422
    assert answer.status_code == 201
    assert answer.json is not None
    arrived = answer.json["arrival"]
    assert arrived["conditions"] == ["good"]
    (earlier,) = arrived["corrections"]
    assert (earlier["conditions"], earlier["temperature_c"]) == (["thawed"], 4.5)
    assert earlier["reason"] == "Wrong"


def test_an_arrival_that_nobody_wrote_is_added(client: FlaskClient, technician: Headers) -> None:
    code = register_some(1)[0]
    client.post(f"/api/v1/samples/{code}/steps", json={"action": "receive"}, headers=technician)
    late = {"arrival": {"conditions": ["underfilled"]}, "reason": "Told by phone"}

    answer = client.post(
        f"/api/v1/samples/{code}/arrival-corrections", json=late, headers=technician
    )

    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["arrival"]["conditions"] == ["underfilled"]
