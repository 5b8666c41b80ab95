"""Templates over the API: made, changed, handed out and ended by JSON."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.auth.ids import Role
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem

SignedIn = Callable[..., Headers]
SAYS: dict[str, Any] = {
    "columns": [
        {"heading": "Sample ID", "field": "external_id", "required": True},
        {"heading": "Ward", "kind": "choice", "choices": ["A1", "B2"]},
    ]
}


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def test_a_template_is_made_published_changed_and_taken_back(
    client: FlaskClient, technician: Headers
) -> None:
    def send(path: str, body: dict[str, Any], method: str = "POST") -> Any:
        address = f"/api/v1/templates{path}"
        return client.open(address, method=method, json=body, headers=technician)

    made = send("", {"key": "api-intake", "name": "API intake", "definition": SAYS})
    published = send("/api-intake/publication", {"note": "First."})
    wider = {"columns": [*SAYS["columns"], {"heading": "Nurse"}]}
    changed = send("/api-intake/draft", {"definition": wider}, "PUT")
    cloned = send("/api-intake/clones", {"key": "api-other", "name": "Other"})
    ended = send("/api-intake/deprecation", {"version": 1, "reason": "Over."})

    assert [made.status_code, published.status_code, cloned.status_code] == [201, 201, 201]
    assert published.json["state"] == "published"
    assert (changed.status_code, changed.json["number"]) == (200, 2)
    assert len(cloned.json["definition"]["columns"]) == 3
    assert ended.json["state"] == "deprecated"
    listed = client.get("/api/v1/templates", headers=technician).json or {}
    states = {
        each["key"]: [version["state"] for version in each["versions"]] for each in listed["items"]
    }
    assert states["api-intake"] == ["draft", "deprecated"]


def test_the_workbook_of_a_version_is_handed_out(client: FlaskClient, technician: Headers) -> None:
    body = {"key": "api-book", "name": "Book", "definition": SAYS}
    client.post("/api/v1/templates", json=body, headers=technician)

    answer = client.get("/api/v1/templates/api-book/workbook?version=1", headers=technician)
    nothing = client.get("/api/v1/templates/api-book", headers=technician)

    assert answer.status_code == 200
    assert "api-book-v1.xlsx" in answer.headers["Content-Disposition"]
    heads = load_workbook(io.BytesIO(answer.data))["Samples"]
    assert [heads.cell(1, at).value for at in (1, 2)] == ["Sample ID", "Ward"]
    assert nothing.status_code == 404


def test_a_definition_that_cannot_be_is_refused_with_why(
    client: FlaskClient, technician: Headers
) -> None:
    says = {"columns": [{"heading": "Ward", "kind": "choice"}]}
    body = {"key": "api-bad", "name": "Bad", "definition": says}

    answer = client.post("/api/v1/templates", json=body, headers=technician)

    problem = assert_problem(answer, 422, "invalid_input")
    assert "a choice needs its list" in str(problem["detail"])
    assert client.get("/api/v1/templates/api-bad", headers=technician).status_code == 404


def test_a_version_is_read_by_number_or_as_it_is_handed_out(
    client: FlaskClient, technician: Headers
) -> None:
    body = {"key": "api-read", "name": "Read", "definition": SAYS}
    client.post("/api/v1/templates", json=body, headers=technician)
    note = {"note": "First."}
    client.post("/api/v1/templates/api-read/publication", json=note, headers=technician)
    wider = {"definition": {"columns": [*SAYS["columns"], {"heading": "Nurse"}]}}
    client.put("/api/v1/templates/api-read/draft", json=wider, headers=technician)

    handed_out = client.get("/api/v1/templates/api-read", headers=technician).json or {}
    draft = client.get("/api/v1/templates/api-read?version=2", headers=technician).json or {}

    assert (handed_out["number"], handed_out["state"]) == (1, "published")
    assert (draft["number"], draft["state"]) == (2, "draft")
    assert [len(each["definition"]["columns"]) for each in (handed_out, draft)] == [2, 3]
    assert handed_out["stamp"] != draft["stamp"]


def test_a_template_made_twice_under_one_key_of_idempotency_is_made_once(
    client: FlaskClient, technician: Headers
) -> None:
    body = {"key": "api-once", "name": "Once", "definition": SAYS}
    headers = {**technician, "Idempotency-Key": "once-and-only-once"}

    answers = [client.post("/api/v1/templates", json=body, headers=headers) for _ in range(2)]
    again = client.post("/api/v1/templates", json=body, headers=technician)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "publication", {"note": "First."}),
        ("POST", "deprecation", {"version": 1, "reason": "Over."}),
        ("POST", "clones", {"key": "api-copy", "name": "Copy"}),
        ("PUT", "draft", {"definition": SAYS}),
        ("GET", "workbook", None),
    ],
)
def test_a_template_that_is_not_there_is_said_by_every_operation(
    client: FlaskClient, technician: Headers, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = client.open(
        f"/api/v1/templates/api-nowhere/{path}", method=method, json=body, headers=technician
    )

    assert answer.status_code == 404
    assert "api-nowhere" in answer.get_data(as_text=True)


def test_who_may_not_manage_templates_reads_them_and_changes_none(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    body = {"key": "api-rights", "name": "Rights", "definition": SAYS}
    client.post("/api/v1/templates", json=body, headers=technician)
    reader = signed_in(Role.ANALYST)

    listed = client.get("/api/v1/templates", headers=reader)
    refused = client.post(
        "/api/v1/templates/api-rights/publication", json={"note": "Mine."}, headers=reader
    )

    assert listed.status_code == 200
    assert refused.status_code == 403
