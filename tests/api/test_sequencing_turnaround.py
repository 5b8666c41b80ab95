"""Turnaround through the API."""

from datetime import date

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround import stages
from backend.sequencing.turnaround.terms import CLOCKED
from tests.api.test_api import SignedIn
from tests.factories.sequencing import make_libraries, make_project, make_request

PATH = "/api/v1/sequencing/turnaround"


def test_turnaround_is_told_with_its_columns_and_what_is_at_risk(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    with writing() as session:
        project = make_project(session)
        libraries = make_libraries(session, project, 1)
        request = make_request(session, project, libraries, due_on=date(2026, 1, 30))
        stages.entered(session, request.id, RequestState.WAITING, request.state_since)
        code = project.code

    told = client.get(PATH, headers=headers).json

    assert told is not None
    assert (told["done"], told["open"], told["median_days"]) == (0, 1, None)
    assert [each["state"] for each in told["stages"]] == [state.value for state in CLOCKED]
    assert told["assays"] == []
    # All that its view says: nothing of it is written down a second time.
    assert (told["starts"], told["not_started"], told["rework"]) == ("received", 1, None)
    assert told["prediction"]["lack"] == "never_made"
    (late,) = told["at_risk"]
    assert (late["project_code"], late["state"], late["is_late"]) == (code, "waiting", True)
