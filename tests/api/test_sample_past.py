"""The record of a past instant over the API."""

from collections.abc import Callable
from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_sample

SignedIn = Callable[..., Headers]


def test_a_record_is_told_as_it_was_beside_today(client: FlaskClient, signed_in: SignedIn) -> None:
    with writing() as session:
        made = make_sample(session, volume_ul=Decimal(50))
    with writing() as session:
        before = session.execute(select(func.clock_timestamp())).scalar_one()
        service.correct_volume(
            session, EVERYBODY, sample_id=made.id, measured_ul=Decimal("42.5"), reason="Weighed"
        )
    technician = signed_in(Role.TECHNICIAN)
    address = f"/api/v1/samples/{made.barcode}/as-of"

    answer = client.get(address, query_string={"at": before.isoformat()}, headers=technician)
    early = client.get(
        address, query_string={"at": "2001-01-01T00:00:00+00:00"}, headers=technician
    )
    naive = client.get(address, query_string={"at": "2026-01-01T00:00:00"}, headers=technician)

    fields = {each["name"]: each for each in answer.json["fields"]}
    assert fields["volume_ul"] == {
        "name": "volume_ul",
        "then": "50",
        "is_recorded": True,
        "today": "42.5",
        "differs": True,
    }
    assert answer.json["holds"] == []
    assert_problem(early, 404, "not_found")
    assert naive.status_code == 422
