"""Incidents over the API: paged, whole, and with the samples of the caller's projects only."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, update

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import writing
from backend.incidents.models import IncidentUnit
from backend.samples.models import Project
from backend.samples.views import ProjectView
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.incidents import (
    code_of,
    follow,
    only_incident,
    take_out_dead,
    warm_up,
    watch_freezer,
)
from tests.factories.samples import make_project
from tests.factories.storage import make_tube, stand

SignedIn = Callable[..., Headers]
ALL = "/api/v1/incidents"


@pytest.fixture
def mine(committed_database: Engine) -> ProjectView:
    with writing() as session:
        return make_project(session, code="MINE-1")


@pytest.fixture
def code(mine: ProjectView) -> str:
    """Return an incident in which a tube of one's own project stood, and one of another's."""
    with writing() as session:
        theirs = make_project(session, code="THEIRS-9")
        watched = watch_freezer(session)
        for column, (owner, barcode) in enumerate(
            ((mine, "DNA-MINE-1"), (theirs, "DNA-THEIRS-1")), start=1
        ):
            project = session.get_one(Project, owner.id)
            tube = make_tube(session, project, barcode=barcode)
            stand(session, tube, watched.freezer.box_id, 1, column)
        warm_up(session, watched, clock.utc_now())
        follow(session)
        return code_of(only_incident(session))


def test_incidents_are_listed_by_page(
    client: FlaskClient, signed_in: SignedIn, mine: ProjectView, code: str
) -> None:
    headers = signed_in(Role.SCIENTIST, project=mine)

    page = client.get(ALL, headers=headers).json
    after = client.get(f"{ALL}?offset=1", headers=headers).json
    closed = client.get(f"{ALL}?standing=false", headers=headers).json

    (row,) = page["items"]
    assert (row["code"], row["state"], row["peak_c"]) == (code, "open", -55.0)
    assert (row["items"], row["others"]) == (1, 1)
    assert (page["total"], page["next_offset"]) == (1, None)
    assert (after["items"], closed["items"], closed["total"]) == ([], [], 0)


def test_an_incident_shows_the_callers_samples_and_counts_the_others(
    client: FlaskClient, signed_in: SignedIn, mine: ProjectView, code: str
) -> None:
    answer = client.get(f"{ALL}/{code}", headers=signed_in(Role.SCIENTIST, project=mine))

    incident, samples = answer.json["incident"], answer.json["samples"]
    (unit,), (item,) = incident["units"], samples["items"]
    assert (incident["code"], len(incident["alarms"])) == (code, 1)
    assert (unit["alarm_high_c"], unit["mkt_c"]) == (-70.0, None)
    assert (item["barcode"], item["project_code"], item["hold_state"]) == (
        "DNA-MINE-1",
        "MINE-1",
        "proposed",
    )
    assert (samples["total"], samples["others"], samples["next_offset"]) == (1, 1, None)
    assert "THEIRS" not in answer.text


def test_a_unit_that_has_no_high_limit_any_more_is_shown_without_one(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    with writing() as session:
        session.execute(update(IncidentUnit).values(alarm_high_c=None))

    answer = client.get(f"{ALL}/{code}", headers=signed_in(Role.TECHNICIAN))

    assert answer.status_code == 200
    assert [unit["alarm_high_c"] for unit in answer.json["incident"]["units"]] == [None]


def test_who_sees_every_project_sees_every_sample(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    whole = client.get(f"{ALL}/{code}?order=place", headers=headers).json["samples"]
    theirs = client.get(f"{ALL}/{code}?project=THEIRS-9", headers=headers).json["samples"]

    assert [item["barcode"] for item in whole["items"]] == ["DNA-MINE-1", "DNA-THEIRS-1"]
    assert ([item["barcode"] for item in theirs["items"]], theirs["total"]) == (
        ["DNA-THEIRS-1"],
        1,
    )


def test_what_is_not_there_or_not_allowed_is_refused(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.SCIENTIST)

    assert_problem(client.get(f"{ALL}/INC-1999-0001", headers=headers), 404, "not_found")
    assert_problem(
        client.get(f"{ALL}/{code}", headers=signed_in(Role.GUEST)), 403, "permission_denied"
    )
    assert client.get(f"{ALL}?offset=-1", headers=headers).status_code == 422


def test_of_a_unit_that_is_not_heard_a_person_says_that_it_is_back_in_range(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    path, technician = f"{ALL}/{code}/back-in-range", signed_in(Role.TECHNICIAN)
    unit = client.get(f"{ALL}/{code}", headers=technician).json["incident"]["units"][0]["label"]
    body = {"unit": unit, "reason": "−79 °C with our own thermometer"}

    early = client.post(path, json=body, headers=technician)
    with writing() as session:
        take_out_dead(session, unit)
    unheard = client.get(f"{ALL}/{code}", headers=technician).json["incident"]["unheard"]
    reader = client.post(path, json=body, headers=signed_in(Role.ANALYST))
    said = client.post(path, json=body, headers=technician)

    assert (early.status_code, reader.status_code, said.status_code) == (409, 403, 201)
    assert f"An alarm of {unit} is open" in early.json["detail"]
    assert unheard == [unit]
    assert (said.json["state"], said.json["unheard"]) == ("contained", [])
    assert said.json["units"][0]["said_back"].endswith("−79 °C with our own thermometer")
