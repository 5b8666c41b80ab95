"""Lanes of planned runs over the API: checks, other indexes, who confirmed them; flow cells."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.colliding_lanes import keep_kit, lane_of, planned_only
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import keep_make, make_instrument, make_project

SignedIn = Callable[..., Headers]
RUN = "/api/v1/sequencing/plans"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: Headers) -> str:
    del technician  # its fixture has made the database
    with writing() as session:
        keep_kit(session, EVERYBODY)
        project = make_project(session)
        twins = [planned_only(session, project) for _ in range(2)]
        return lane_of(session, project, *twins)[0]


def check(answer: Any, kind: str) -> str:
    found = next(each for each in answer.json["items"] if each["kind"] == kind)
    return str(found["verdict"])


def test_a_colliding_lane_is_reindexed_as_proposed(
    client: FlaskClient, technician: Headers, run: str
) -> None:
    before = client.get(f"{RUN}/{run}/checks", headers=technician)
    proposed = client.get(f"{RUN}/{run}/reindexing?lane=1", headers=technician).json
    (swap,) = proposed["swaps"]
    wish = {
        "lane": 1,
        "reason": "Both had UDP1",
        "swaps": [{name: swap[name] for name in ("barcode", "index_i7", "index_i5")}],
    }

    after = client.put(f"{RUN}/{run}/reindexing", headers=technician, json=wish)
    again = client.put(f"{RUN}/{run}/reindexing", headers=technician, json=wish)

    assert check(before, "collisions") == "fail"
    assert (proposed["kit"], swap["is_prepared"]) == ("UD five", False)
    assert after.status_code == 200, after.text
    assert check(after, "collisions") == "pass"
    assert_problem(again, 409, "conflict")


def test_lanes_are_confirmed_as_they_were_seen(
    client: FlaskClient, technician: Headers, run: str
) -> None:
    seen = client.get(f"{RUN}/{run}/checks", headers=technician)
    path = f"{RUN}/{run}/loading"

    done = client.put(path, headers=technician, json={"lanes_sha256": seen.json["lanes_sha256"]})
    other = client.put(path, headers=technician, json={"lanes_sha256": "0" * 64})

    assert (check(seen, "operator"), check(done, "operator")) == ("unknown", "pass")
    assert_problem(other, 409, "conflict")


def test_which_flow_cells_are_kept_is_said_and_read(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        instrument = str(make_instrument(session).id)
        keep_make(session, "novaseq_x_25b")
    path = f"/api/v1/sequencing/instruments/{instrument}/flow-cells"

    done = client.put(path, headers=technician, json={"flow_cells": ["novaseq_x_25b"]})
    strange = client.put(path, headers=technician, json={"flow_cells": ["miseq_v3"]})

    (mine,) = [each for each in done.json["items"] if each["id"] == instrument]
    assert {each["key"]: each["is_kept"] for each in mine["flow_cells"]} == {
        "novaseq_x_10b": False,
        "novaseq_x_25b": True,
    }
    assert strange.status_code == 422
    assert "does not take" in strange.text
