"""Attachments of a sample over the API."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.samples import make_sample

SignedIn = Callable[..., Headers]
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def address(client: FlaskClient) -> str:
    with writing() as session:
        return f"/api/v1/samples/{make_sample(session).barcode}/attachments"


def test_a_file_is_attached_listed_taken_and_removed(
    client: FlaskClient, technician: Headers, address: str
) -> None:
    name = "Einverständnis 1.pdf"
    sent = client.post(
        address,
        query_string={"file_name": name, "kind": "consent", "note": "signed"},
        data=PDF,
        headers=technician,
    )
    made = sent.get_json()
    listed = client.get(address, headers=technician).get_json()["items"]
    file = client.get(f"/api/v1/attachments/{made['id']}/file", headers=technician)
    left = client.post(
        f"/api/v1/attachments/{made['id']}/removal", json={"reason": "wrong"}, headers=technician
    )

    assert (sent.status_code, made["format"], made["file_name"]) == (201, "PDF", name)
    assert listed == [made]
    assert file.data == PDF
    disposition = file.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=UTF-8''Einverst%C3%A4ndnis%201.pdf"
    assert file.headers["Content-Security-Policy"].endswith("sandbox")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert (left.status_code, left.get_json()) == (201, {"items": []})


def test_a_file_of_no_kind_that_is_kept_is_refused_with_what_to_send(
    client: FlaskClient, technician: Headers, address: str
) -> None:
    answer = client.post(
        address,
        query_string={"file_name": "setup.exe", "kind": "other"},
        data=b"MZ\x90\x00\x03",
        headers=technician,
    )

    assert answer.status_code == 422
    assert "Send it as PDF" in answer.get_json()["detail"]


def test_a_repeated_request_attaches_once_and_the_same_bytes_are_recognised(
    client: FlaskClient, technician: Headers, address: str
) -> None:
    sent = {"query_string": {"file_name": "a.pdf", "kind": "photo"}, "data": PDF}
    keyed = {**technician, "Idempotency-Key": "attach-1"}

    first, again = (client.post(address, headers=keyed, **sent) for _ in range(2))
    other = client.post(address, headers=technician, **sent)

    assert first.get_json() == again.get_json()
    assert other.status_code == 409
    assert "is attached to" in other.get_json()["detail"]
