"""Workbooks through the API: add, list, read rows, search, compare."""

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.test_api import SignedIn, assert_problem
from tests.factories.samples import make_project
from tests.factories.workbooks import book

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
    assert listed.json == {"items": []}
    assert_problem(absent, 404, "not_found")
    assert_problem(client.post(path, data=SECOND, headers=scientist), 404, "not_found")
