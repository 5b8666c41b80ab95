"""The energy of a unit over the API."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.powered_units import record_unit
from tests.factories.storage import make_freezer

SignedIn = Callable[..., Headers]


def test_a_unit_tells_what_it_took_day_by_day(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.ANALYST)
    with writing() as session:
        freezer = make_freezer(session)
        record_unit(session, freezer.unit_id, freezer.label, days=3)

    said = client.get(f"/api/v1/storage/units/{freezer.unit_id}/energy", headers=headers).json

    assert (said["label"], said["is_simulated"], said["days_counted"]) == (freezer.label, True, 2)
    assert len(said["days"]) == 30
    assert [each["kwh_a_day"] is None for each in said["days"][-3:]] == [True, False, False]
    assert 6 < said["kwh_a_day"] < 12
    assert said["wh_a_day_per_sample"] is None
    assert (said["cost"], said["currency"]) == (None, None)


def test_a_unit_without_a_meter_says_so_and_none_is_not_found(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.ANALYST)
    with writing() as session:
        freezer = make_freezer(session)

    bare = client.get(f"/api/v1/storage/units/{freezer.unit_id}/energy", headers=headers)
    absent = client.get(f"/api/v1/storage/units/{new_id()}/energy", headers=headers)

    assert bare.status_code == 200
    assert (bare.json["sensor_code"], bare.json["kwh_a_day"], bare.json["days"]) == (None, None, [])
    assert absent.status_code == 404


@pytest.mark.parametrize("role", [Role.GUEST])
def test_who_may_not_see_storage_is_refused(
    client: FlaskClient, signed_in: SignedIn, role: Role
) -> None:
    response = client.get(f"/api/v1/storage/units/{new_id()}/energy", headers=signed_in(role))

    assert response.status_code == 403
