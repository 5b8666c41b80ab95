"""The custody page draws each of its views for who acts and for who only reads."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.custody import service
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY

TELLING = {
    "": "You hold no samples",
    "waiting": "Nothing waits for your answer",
    "out": "Nothing is checked out",
    "shipments": "There is no shipment",
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
