"""Worksheets of library preparation over the API."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.preparation import finish, make_input, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project

SignedIn = Callable[..., Headers]
ALL = "/api/v1/sequencing/worksheets"


@pytest.fixture
def code(committed_database: Engine) -> str:
    """Return a finished worksheet of one sample."""
    del committed_database
    with writing() as session:
        project = make_project(session)
        sheet = make_worksheet(session, EVERYBODY, [make_input(session, project, barcode="IN-1")])
        return finish(session, EVERYBODY, sheet).code


def test_worksheets_are_listed_and_one_is_told_with_its_wells(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    listed = client.get(ALL, headers=headers, query_string={"state": "done"}).json["items"]
    told = client.get(f"{ALL}/{code.lower()}", headers=headers).json

    assert [(each["code"], each["samples"], each["controls"]) for each in listed] == [(code, 1, 1)]
    assert client.get(ALL, headers=headers, query_string={"state": "draft"}).json["items"] == []
    assert (told["state"], told["gate"], told["obstacles"]) == ("done", "pending", [])
    well = told["wells"][0]
    assert (well["well"], well["barcode"], well["volume_ul"]) == ("A1", "IN-1", 5.0)
    assert (well["mass_ng"], well["flag"]) == (50.0, "on_target")
    assert well["library_barcode"]


def test_a_worksheet_of_another_project_is_not_there(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.SCIENTIST)

    assert client.get(ALL, headers=headers).json["items"] == []
    assert_problem(client.get(f"{ALL}/{code}", headers=headers), 404, "not_found")
    assert_problem(client.get(f"{ALL}/nonsense", headers=headers), 404, "not_found")
