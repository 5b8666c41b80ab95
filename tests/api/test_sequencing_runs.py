"""Runs over the API: the list, one run, and none."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.run_folders import RUN, make_run_folder
from tests.factories.sequencing import make_libraries, make_person, make_project

SignedIn = Callable[..., Headers]
RUNS = "/api/v1/sequencing/runs"


@pytest.fixture
def library(committed_database: Engine) -> str:
    """A run that was read, with one library of a project on it; its barcode."""
    del committed_database
    with writing() as session:
        libraries = make_libraries(session, make_project(session, make_person(session)), 1)
        make_run_folder(session, libraries)
        return libraries[0].barcode


def test_a_run_is_told_with_lanes_libraries_and_unknown_barcodes(
    client: FlaskClient, signed_in: SignedIn, library: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    listed = client.get(RUNS, headers=headers).get_json()
    one = client.get(f"{RUNS}/{RUN}", headers=headers).get_json()

    assert [each["code"] for each in listed["items"]] == [RUN]
    assert library in {each["barcode"] for each in one["libraries"]}
    assert [each["verdict"] for each in one["lanes"]] == ["warn", "fail"]
    assert "reverse-complemented" in one["unknown_barcodes"]["sentence"]


def test_libraries_of_other_projects_are_counted_only(
    client: FlaskClient, signed_in: SignedIn, library: str
) -> None:
    one = client.get(f"{RUNS}/{RUN}", headers=signed_in(Role.SCIENTIST)).get_json()

    assert (one["libraries"], one["hidden_libraries"]) == ([], 5)
    assert library not in str(one)


def test_a_run_that_is_not_there_is_not_found(
    client: FlaskClient, signed_in: SignedIn, library: str
) -> None:
    assert client.get(f"{RUNS}/NX-9999", headers=signed_in(Role.TECHNICIAN)).status_code == 404
