"""A request that is sent again with its key is answered again and not done again."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from backend.api import idempotency
from backend.api.models import KeptAnswer
from backend.api.routes import ROUTES
from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.reports.definitions import SAMPLES_AND_OCCUPANCY
from backend.reports.models import ReportRun
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem

SignedIn = Callable[..., Headers]
PATH = f"/api/v1/reports/{SAMPLES_AND_OCCUPANCY.key}/runs"


def ask(client: FlaskClient, headers: Headers, key: str | None, path: str = PATH) -> TestResponse:
    sent = headers if key is None else headers | {"Idempotency-Key": key}
    return client.post(path, headers=sent)


def runs() -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(ReportRun)).one()


def test_the_second_request_is_answered_as_the_first_and_not_done(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.ANALYST)

    first, second = ask(client, headers, "monday"), ask(client, headers, "monday")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json == second.json
    assert idempotency.REPLAYED not in first.headers
    assert second.headers[idempotency.REPLAYED] == "true"
    assert runs() == 1


def test_without_a_key_each_request_is_done(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.ANALYST)

    ask(client, headers, None)
    ask(client, headers, None)

    assert runs() == 2


def test_a_key_is_its_persons_own(client: FlaskClient, signed_in: SignedIn) -> None:
    ask(client, signed_in(Role.ANALYST), "monday")
    ask(client, signed_in(Role.ANALYST), "monday")

    assert runs() == 2


def test_one_key_for_two_different_requests_is_refused(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.SCIENTIST)
    ask(client, headers, "monday")

    answer = client.post(
        "/api/v1/imports?file_name=a.csv&project=X",
        data=b"a,b\n",
        headers=headers | {"Idempotency-Key": "monday"},
    )

    assert_problem(answer, 409, "conflict")


def test_a_refused_request_keeps_nothing(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.ANALYST)

    refused = ask(client, headers, "monday", "/api/v1/reports/no_such_report/runs")
    done = ask(client, headers, "monday")

    assert_problem(refused, 404, "not_found")
    assert done.status_code == 202


def test_after_a_day_a_key_is_new_and_old_answers_are_forgotten(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.ANALYST)
    ask(client, headers, "monday")
    ask(client, headers, "tuesday")
    a_day = idempotency.KEPT_FOR + timedelta(minutes=1)
    with writing() as session:
        session.execute(update(KeptAnswer).values(created_at=KeptAnswer.created_at - a_day))

    ask(client, headers, "monday")

    assert runs() == 3
    with writing() as session:
        assert idempotency.forget(session) == 1
        assert session.scalars(select(KeptAnswer.key)).all() == ["monday"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, signed_in: SignedIn, key: str) -> None:
    assert_problem(ask(client, signed_in(Role.ANALYST), key), 400, "malformed_request")
    assert runs() == 0


def test_of_equal_requests_at_once_one_is_done(server: Flask, signed_in: SignedIn) -> None:
    headers = signed_in(Role.ANALYST)
    answers: list[TestResponse] = []
    together = threading.Barrier(6)

    def send() -> None:
        client = server.test_client()
        together.wait()
        answers.append(ask(client, headers, "monday"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert runs() == 1


def test_every_act_with_samples_heeds_a_key() -> None:
    """What writes nothing, or writes the same twice, needs none."""
    acts = {"Samples", "Custody", "Labels", "Templates", "Workbooks", "Imports"}
    harmless = {
        "/api/v1/qc-threshold-previews",  # writes nothing
        "/api/v1/imports/dry-run",  # writes nothing
        "/api/v1/labels/sheets",  # answers a file; a label on a sheet is counted each time
        "/api/v1/labels/place-sheets",  # the same of places
        "/api/v1/printers/{printer_id}",  # sets all of a printer anew
    }

    without = {
        route.path
        for route in ROUTES
        if route.method == "POST" and route.tag in acts and not route.once
    }

    assert without == harmless
