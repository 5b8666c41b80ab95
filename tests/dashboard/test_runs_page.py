"""The pages of runs show what their folders say, and let a planner confirm what they have seen."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.sequencing.runs.ids import FolderState
from backend.sequencing.runs.models import RunFolder
from dashboard import gate
from dashboard.pages.runs import ids
from dashboard.pages.runs.limits_callbacks import FIELDS
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.run_folders import RUN, make_run_folder
from tests.factories.sequencing import make_libraries, make_person, make_project, make_request


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own."""
    return committed_database


@pytest.fixture
def library(bound_database: Engine) -> str:
    """A run that was read, of no booked run, with one library of a project; its barcode."""
    with writing() as session:
        project = make_project(session, make_person(session))
        libraries = make_libraries(session, project, 1)
        make_request(session, project, libraries)
        make_run_folder(session, libraries)
        return libraries[0].barcode


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient], library: str) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def analyst(signed_in: Callable[..., FlaskClient], library: str) -> FlaskClient:
    return signed_in(Role.ANALYST)


def drawn(client: FlaskClient, path: str, search: str = "") -> str:
    asked = page_request(path)
    asked["inputs"][1]["value"] = search
    answer = client.post(gate.CALLBACKS, json=asked, headers=csrf_headers(client))
    assert answer.status_code == 200
    return json.dumps(answer.get_json(), ensure_ascii=False)


def folder() -> tuple[str, int]:
    """Return the key of the one folder, and its version."""
    with reading() as session:
        key, version = session.execute(select(RunFolder.id, RunFolder.version)).one()
    return str(key), version


def sent(client: FlaskClient, act: str, field: str, value: str, *, seen: int = 0) -> str:
    """Send a dialog of the page and return what it is told."""
    state: list[tuple[object, str, object]] = [(field, "value", value)]
    if act == "confirm":
        state.append(("run-seen", "data", seen))
    body = callback_request(
        f"run-{act}-problems.children",
        inputs=[(f"run-{act}-send", "n_clicks", 1)],
        state=[*state, ("run-which", "data", folder()[0])],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_the_list_names_the_run_with_its_figures(technician: FlaskClient, library: str) -> None:
    text = drawn(technician, "/sequencing/runs")

    assert RUN in text
    assert "90.0%" in text
    assert "TRACSEQ_RUN_FOLDERS names none" in text


def test_a_run_is_shown_with_lanes_libraries_and_why_barcodes_are_unknown(
    technician: FlaskClient, library: str
) -> None:
    text = drawn(technician, f"/sequencing/runs/{RUN}")

    assert library in text
    assert "93% of the unknown reads match your i5 reverse-complemented" in text
    assert "Lane 2: 30.0% of reads belong to no library" in text
    assert "Choose the run" in text


def test_who_may_not_plan_is_offered_nothing_to_confirm(analyst: FlaskClient, library: str) -> None:
    text = drawn(analyst, f"/sequencing/runs/{RUN}")

    assert "run-confirm-dialog" not in text
    assert "Choose the run" not in text


def test_a_run_that_is_not_there_says_so(technician: FlaskClient, library: str) -> None:
    assert "There is no such run" in drawn(technician, "/sequencing/runs/NX-9999")


def test_what_stands_against_confirming_is_told_in_the_dialog(
    technician: FlaskClient, library: str
) -> None:
    _, version = folder()

    arriving = sent(technician, "confirm", "run-confirm-note", "", seen=version)
    with writing() as session:
        session.scalars(select(RunFolder)).one().state = FolderState.READ
    unmatched = sent(technician, "confirm", "run-confirm-note", "", seen=version)
    stale = sent(technician, "confirm", "run-confirm-note", "", seen=version + 1)

    assert "is still arriving" in arriving
    assert "belongs to no booked run" in unmatched
    assert "was read again meanwhile" in stale


def test_choosing_no_run_or_one_that_is_not_there_is_told(
    technician: FlaskClient, library: str
) -> None:
    none = sent(technician, "match", "run-match-run", "")
    absent = sent(technician, "match", "run-match-run", str(new_id()))

    assert "Choose the booked run" in none
    assert "has a folder already, or was cancelled" in absent


def test_limits_are_shown_to_all_and_changed_by_who_may_configure(
    technician: FlaskClient, analyst: FlaskClient, library: str
) -> None:
    opened = "?view=limits&limit=miseq_v3%20301-301"

    seen = drawn(analyst, "/sequencing/runs", "?view=limits")

    assert "MiSeq, v3, 301 cycles" in seen
    assert "they hold as delivered" in seen
    assert "Add a limit" not in seen
    assert "run-limit-send" not in drawn(analyst, "/sequencing/runs", opened)
    assert "run-limit-send" in drawn(technician, "/sequencing/runs", opened)


def limit_sent(client: FlaskClient, reason: str, **figures: object) -> str:
    """Send the form of the limits of MiSeq v3 reads of 301 cycles."""
    typed: dict[str, object] = {"model": "miseq_v3", "cycles_from": 301, "cycles_to": 301}
    typed |= figures
    body = callback_request(
        f"{ids.LIMIT_PROBLEMS}.children",
        inputs=[(ids.LIMIT_SEND, "n_clicks", 1)],
        state=[
            *((ids.limit(field), "value", typed.get(field)) for field in FIELDS),
            (ids.LIMIT_REASON, "value", reason),
            (ids.LIMIT_WHICH, "data", {"version": 0, "key": "miseq_v3 301-301"}),
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_a_limit_is_put_in_force_or_said_what_to_correct(
    technician: FlaskClient, library: str
) -> None:
    assert "Write why the limits change" in limit_sent(technician, "", q30_warn=75)
    assert "give 0 to 100%" in limit_sent(technician, "Ours", q30_warn=750)

    assert "Version 1 of the limits holds" in limit_sent(technician, "Ours", q30_warn=75)

    assert "q30, warn below 70 → 75" in drawn(technician, "/sequencing/runs", "?view=limits")
