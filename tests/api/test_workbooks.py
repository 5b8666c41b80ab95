"""Workbooks through the API: add, list, read rows, search, compare."""

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.test_api import SignedIn, assert_problem
from tests.factories.samples import make_project
from tests.factories.workbooks import book
from tests.support.sample_files import manifest

FIRST = book({"Plate": [["Well", "Reading"], ["A1", "2.5"], ["A2", "7"]]})
SECOND = book({"Plate": [["Well", "Reading"], ["A1", "2.75"], ["A3", "7"]]})


def test_a_workbook_is_added_read_searched_and_compared(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    added = [
        client.post(f"/api/v1/workbooks?file_name={name}", data=content, headers=headers)
        for name, content in (("one.xlsx", FIRST), ("two.xlsx", SECOND), ("again.xlsx", SECOND))
    ]
    assert [answer.status_code for answer in added] == [201, 201, 201]
    keys = [answer.json["workbook_id"] for answer in added if answer.json]
    assert (keys[1], added[2].json and "already" in added[2].json["same_as"]) == (keys[2], True)

    listed = client.get("/api/v1/workbooks", headers=headers).json
    assert listed is not None
    assert [each["name"] for each in listed["items"]] == ["two", "one"]
    sheets = []
    for key in keys[:2]:
        view = client.get(f"/api/v1/workbooks/{key}", headers=headers).json
        assert view is not None
        [sheet] = view["versions"][0]["sheets"]
        assert sheet["columns"][0]["is_unique"]
        sheets.append(sheet["id"])
    rows = client.get(
        f"/api/v1/workbook-sheets/{sheets[0]}/rows?containing=a1", headers=headers
    ).json
    assert rows == {"rows": [{"number": 2, "cells": ["A1", "2.5"]}], "matching": 1, "start": 0}
    found = client.get("/api/v1/workbook-rows?text=2.7", headers=headers).json
    assert found is not None
    assert [row["workbook_name"] for row in found["rows"]] == ["two"]

    differs = client.get(
        f"/api/v1/workbook-differences?old={sheets[0]}&new={sheets[1]}&key=Well", headers=headers
    ).json
    assert differs is not None
    assert differs["changed"][0]["cells"] == [
        {"heading": "Reading", "before": "2.5", "after": "2.75"}
    ]
    assert [row["cells"] for row in differs["added_rows"]] == [["A3", "7"]]


def test_a_workbook_of_anothers_project_is_not_there(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
    technician, scientist = signed_in(Role.TECHNICIAN), signed_in(Role.SCIENTIST)
    path = f"/api/v1/workbooks?file_name=one.xlsx&project={project.code}"
    added = client.post(path, data=FIRST, headers=technician)
    assert added.json is not None

    hidden = client.get(f"/api/v1/workbooks/{added.json['workbook_id']}", headers=scientist)
    listed = client.get("/api/v1/workbooks", headers=scientist)
    absent = client.get(f"/api/v1/workbook-sheets/{new_id()}/rows", headers=scientist)

    assert_problem(hidden, 404, "not_found")
    assert listed.json == {"items": [], "next_cursor": None}
    assert_problem(absent, 404, "not_found")
    assert_problem(client.post(path, data=SECOND, headers=scientist), 404, "not_found")


def test_the_list_is_read_a_page_at_a_time_and_narrowed(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    for name, content in (("one.xlsx", FIRST), ("two.xlsx", SECOND)):
        client.post(f"/api/v1/workbooks?file_name={name}", data=content, headers=headers)

    first = client.get("/api/v1/workbooks?limit=1", headers=headers).get_json()
    cursor = first["next_cursor"]
    rest = client.get(f"/api/v1/workbooks?limit=1&cursor={cursor}", headers=headers).get_json()
    named = client.get("/api/v1/workbooks?search=TW", headers=headers).get_json()

    assert [each["name"] for each in first["items"] + rest["items"]] == ["two", "one"]
    assert rest["next_cursor"] is None
    assert [each["name"] for each in named["items"]] == ["two"]


def test_a_version_comes_once_and_the_workbook_is_renamed(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    added = client.post("/api/v1/workbooks?file_name=one.xlsx", data=FIRST, headers=headers)
    path = f"/api/v1/workbooks/{added.get_json()['workbook_id']}"

    twice = [
        client.post(
            f"{path}/versions?file_name=two.xlsx&note=again",
            data=SECOND,
            headers={**headers, "Idempotency-Key": "version-two"},
        )
        for _ in range(2)
    ]
    renamed = client.patch(path, json={"name": " Plates "}, headers=headers)

    assert [answer.status_code for answer in twice] == [201, 201]
    assert twice[0].get_json() == twice[1].get_json()
    assert twice[1].headers["Idempotent-Replayed"] == "true"
    view = renamed.get_json()
    assert view["name"] == "Plates"
    assert [(each["number"], each["note"]) for each in view["versions"]] == [(2, "again"), (1, "")]


def test_rows_become_a_draft_of_a_project_of_the_callers(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        mine, other = make_project(session, "HEART-1"), make_project(session, "HEART-2")
    headers = signed_in(Role.TECHNICIAN, project=mine)
    added = client.post("/api/v1/workbooks?file_name=one.csv", data=manifest(), headers=headers)
    key = added.get_json()["workbook_id"]
    view = client.get(f"/api/v1/workbooks/{key}", headers=headers).get_json()
    path = f"/api/v1/workbook-sheets/{view['versions'][0]['sheets'][0]['id']}/registration"

    twice = [
        client.post(
            path,
            json={"project": mine.code},
            headers={**headers, "Idempotency-Key": "rows"},
        )
        for _ in range(2)
    ]
    scientist = signed_in(Role.SCIENTIST, project=mine)
    refused = client.post(path, json={"project": other.code}, headers=scientist)
    absent = client.post(path, json={"project": mine.code, "rows": [99_999]}, headers=headers)

    assert twice[0].status_code == 201
    assert twice[0].get_json()["import_id"]
    assert twice[0].get_json() == twice[1].get_json()
    assert_problem(refused, 404, "not_found")
    assert_problem(absent, 422, "invalid_input")


def test_a_comparison_is_asked_for_once_and_is_not_there_before_it_is_made(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    sheets = []
    for name, content in (("one.xlsx", FIRST), ("two.xlsx", SECOND)):
        path = f"/api/v1/workbooks?file_name={name}"
        key = client.post(path, data=content, headers=headers).get_json()["workbook_id"]
        view = client.get(f"/api/v1/workbooks/{key}", headers=headers).get_json()
        sheets.append(view["versions"][0]["sheets"][0]["id"])
    wish = {"old": sheets[0], "new": sheets[1], "key": "Well"}

    asked = [
        client.post("/api/v1/workbook-comparisons", json=wish, headers=headers) for _ in range(2)
    ]
    early = client.get(
        f"/api/v1/workbook-comparisons/{asked[0].get_json()['job_id']}", headers=headers
    )

    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[0].get_json() == asked[1].get_json()
    assert_problem(early, 404, "not_found")
