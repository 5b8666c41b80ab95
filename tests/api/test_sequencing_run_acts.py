"""What people do about runs over the API: match, confirm, answer proposals, release."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.people import PASSWORD
from tests.factories.releases import make_planned_run
from tests.factories.run_folders import DEMULTIPLEX, PARAMETERS, RUN, SHEET
from tests.factories.sequenced_runs import Scene
from tests.factories.sequencing import make_project

SignedIn = Callable[..., Headers]
RUNS = "/api/v1/sequencing/runs"
PROPOSALS = "/api/v1/sequencing/run-proposals"


@dataclass(frozen=True)
class Read:
    """A run that was read: the code of its booked run, and the barcode of what failed."""

    code: str
    failed: str


@pytest.fixture
def read(committed_database: Engine, tmp_path: Path) -> Read:
    """A run that was read and is of a booked one."""
    return made(tmp_path)


@pytest.fixture
def technician(committed_database: Engine, signed_in: SignedIn) -> Headers:
    del committed_database
    return signed_in(Role.TECHNICIAN)


def made(root: Path, **changed: str | None) -> Read:
    with writing() as session:
        scene = Scene(session, root)
        scene.write(**changed)
        scene.watch()
        return Read(scene.code, scene.libraries[3].barcode)


def test_a_run_is_confirmed_as_it_was_seen_and_its_proposals_are_answered(
    client: FlaskClient, technician: Headers, read: Read
) -> None:
    path = f"{RUNS}/{read.code}/confirm"
    version = client.get(f"{RUNS}/{read.code}", headers=technician).json["version"]

    stale = client.post(path, headers=technician, json={"version": version + 1})
    done = client.post(path, headers=technician, json={"version": version, "note": "Looked at"})
    again = client.post(path, headers=technician, json={"version": version})

    assert [stale.status_code, done.status_code, again.status_code] == [409, 200, 409]
    assert done.json["run"]["state"] == "confirmed"
    failed = proposal(done.json, read.failed)
    assert (failed["kind"], failed["state"]) == ("requeue", "pending")
    accepted = client.post(f"{PROPOSALS}/{failed['id']}/accept", headers=technician)
    late = client.post(f"{PROPOSALS}/{failed['id']}/dismiss", headers=technician)
    after = client.get(f"{RUNS}/{read.code}", headers=technician).json
    assert [accepted.status_code, late.status_code] == [200, 409]
    assert proposal(after, read.failed)["request_code"] == accepted.json["led_to"] != ""


def test_a_proposal_that_is_dismissed_leads_nowhere(
    client: FlaskClient, technician: Headers, read: Read
) -> None:
    done = client.post(f"{RUNS}/{read.code}/confirm", headers=technician, json={"version": 1})
    key = proposal(done.json, read.failed)["id"]

    dismissed = client.post(f"{PROPOSALS}/{key}/dismiss", headers=technician)
    unknown = client.post(f"{PROPOSALS}/{new_id()}/accept", headers=technician)

    assert (dismissed.status_code, dismissed.json["led_to"]) == (200, "")
    assert unknown.status_code == 404


def test_a_folder_that_names_no_run_is_told_which_one_it_is(
    client: FlaskClient, technician: Headers, tmp_path: Path
) -> None:
    read = made(
        tmp_path,
        SampleSheet=SHEET.replace("NX-0042", "Friday").replace("LIB-", "XYZ-"),
        RunParameters=PARAMETERS.replace("NX-0042", "Friday"),
        Demultiplex_Stats=DEMULTIPLEX.replace("LIB-", "XYZ-"),
    )
    path = f"{RUNS}/{RUN}/booked-run"

    early = client.post(f"{RUNS}/{RUN}/confirm", headers=technician, json={"version": 1})
    unknown = client.put(path, headers=technician, json={"run": "NX-9999"})
    matched = client.put(path, headers=technician, json={"run": read.code})
    again = client.put(path, headers=technician, json={"run": read.code})

    assert [early.status_code, unknown.status_code] == [409, 409]
    assert "no booked run NX-9999" in unknown.json["message"]
    assert [matched.status_code, again.status_code] == [200, 200]
    assert matched.json["run"]["code"] == read.code


def test_a_run_is_released_with_a_signature(client: FlaskClient, technician: Headers) -> None:
    with writing() as session:
        code = make_planned_run(session, make_project(session))
    path = f"/api/v1/sequencing/plans/{code}/releases"

    wrong = client.post(path, headers=technician, json={"password": "not mine at all"})
    released = client.post(path, headers=technician, json={"password": PASSWORD})
    again = client.post(path, headers=technician, json={"password": PASSWORD})

    assert [wrong.status_code, released.status_code, again.status_code] == [403, 201, 409]
    assert (released.json["number"], released.json["stands"]) == (1, True)
    kept = client.get(
        f"/api/v1/sequencing/plans/{code}/sheet?release=1", headers=technician
    ).get_data()
    assert code.encode() in kept


def test_who_may_not_plan_does_none_of_it(
    client: FlaskClient, signed_in: SignedIn, read: Read
) -> None:
    headers = signed_in(Role.ANALYST)

    answers = [
        client.post(f"{RUNS}/{read.code}/confirm", headers=headers, json={"version": 1}),
        client.put(f"{RUNS}/{read.code}/booked-run", headers=headers, json={"run": read.code}),
        client.post(f"{PROPOSALS}/{new_id()}/accept", headers=headers),
    ]

    assert [each.status_code for each in answers] == [403, 403, 403]


def proposal(run: dict[str, Any], barcode: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in run["proposals"] if each["barcode"] == barcode)
    return found
