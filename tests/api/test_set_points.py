"""Another set point of a unit over the API: reckoned from its own days, and nothing is set."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.principal import Permission, machinery
from backend.core.transaction import writing
from backend.telemetry import electricity
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.powered_units import record_unit
from tests.factories.storage import make_freezer

SignedIn = Callable[..., Headers]
KEEPER = machinery("test", Permission.STORAGE_CONFIGURE, request_id="test")


@pytest.fixture
def headers(committed_database: Engine, signed_in: SignedIn) -> Headers:
    """Return a reader's, where ULT-97 was measured for 40 days and ULT-96 never was."""
    del committed_database
    with writing() as session:
        freezer = make_freezer(session, label="ULT-97")
        record_unit(session, freezer.unit_id, freezer.label, days=40)
        make_freezer(session, label="ULT-96")
    return signed_in(Role.SCIENTIST)


def asked(client: FlaskClient, headers: Headers, label: str, shift: str) -> Any:
    path = f"/api/v1/what-if/units/{label}/set-point?shift_k={shift}"
    return client.get(path, headers=headers)


def test_warmer_saves_and_colder_costs_each_with_its_interval_and_the_models_error(
    client: FlaskClient, headers: Headers
) -> None:
    unpriced = asked(client, headers, "ULT-97", "10").json
    with writing() as session:
        electricity.set_price(
            session, KEEPER, price_per_kwh="0.30", currency="EUR", reason="Contract", version=0
        )

    warmer = asked(client, headers, "ult-97", "10").json
    colder = asked(client, headers, "ULT-97", "-5").json

    assert (warmer["change"]["from_c"], warmer["change"]["to_c"]) == (-80.0, -70.0)
    assert warmer["change"]["low_kwh"] < warmer["change"]["kwh_a_day"] < 0
    assert 0 < colder["change"]["kwh_a_day"] < colder["change"]["high_kwh"]
    assert warmer["rmse_kwh"] < warmer["rmse_of_mean_kwh"]
    assert (warmer["has_sensors"], warmer["is_simulated"], warmer["lacking"]) == (True, True, None)
    assert unpriced["change"]["cost_a_year"] is None
    a_year = Decimal(str(warmer["change"]["kwh_a_day"])) * 365 * Decimal("0.30")
    assert Decimal(warmer["change"]["cost_a_year"]) == pytest.approx(a_year, abs=Decimal("0.01"))


def test_a_unit_that_nothing_measures_gets_no_answer(client: FlaskClient, headers: Headers) -> None:
    said = asked(client, headers, "ULT-96", "10").json

    assert (said["has_sensors"], said["change"], said["days"]) == (False, None, 0)


def test_what_is_no_change_or_not_allowed_is_refused(
    client: FlaskClient, headers: Headers, signed_in: SignedIn
) -> None:
    for shift in ("0", "41", "much"):
        assert_problem(asked(client, headers, "ULT-97", shift), 422, "invalid_input")
    assert_problem(asked(client, headers, "NOWHERE", "10"), 404, "not_found")
    refused = asked(client, signed_in(Role.GUEST), "ULT-97", "10")
    assert_problem(refused, 403, "permission_denied")
