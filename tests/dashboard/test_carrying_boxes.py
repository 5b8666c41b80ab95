"""Whole boxes of a moving plan at the freezer: a box is scanned, then the rack it is put into."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.storage import relocation_queries, service
from backend.storage.ids import RelocationPlanId
from backend.storage.models import StorageNode
from dashboard import shell_ids
from dashboard.callbacks import declared_permissions
from dashboard.pages.relocations import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.relocations import evacuation
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SignedIn = Callable[..., FlaskClient]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A freezer whose two boxes go into racks of others, and whose plan is accepted."""

    plan_id: RelocationPlanId
    failing: Freezer
    racks: dict[str, str]
    """Where each box goes, by its label."""


@pytest.fixture
def scene() -> Scene:
    with writing() as session:
        project = make_project(session)
        failing = make_freezer(session, boxes=2, rows=2, columns=3)
        for box_id in failing.box_ids:
            stand(session, make_tube(session, project), box_id, 1, 1)
        safe = make_freezer(session, boxes=0)
        session.get_one(StorageNode, failing.rack_id).box_slots = 2
        session.get_one(StorageNode, safe.rack_id).box_slots = 2
        plan = evacuation(session, EVERYBODY, failing)
        service.accept_relocation(session, EVERYBODY, plan_id=plan.id)
    racks = {move.barcode: move.to_path for move in plan.moves if move.is_box}
    return Scene(plan_id=plan.id, failing=failing, racks=racks)


def scan(client: FlaskClient, scene: Scene, code: str, held: str | None = None) -> dict[str, Any]:
    body = callback_request(
        f"{ids.HELD}.data",
        inputs=[
            (shell_ids.SCAN_PAGE, "data", {"code": code, "at": 1}),
            (ids.BOX_CODE, "n_submit", 0),
        ],
        state=[
            (ids.BOX_CODE, "value", ""),
            (ids.HELD, "data", held),
            (shell_ids.URL, "search", f"?plan={scene.plan_id}"),
        ],
    )
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(json.loads(answer.get_data()))


def outcomes(scene: Scene) -> list[str | None]:
    with reading() as session:
        plan = relocation_queries.get_relocation(session, EVERYBODY, scene.plan_id)
    return [move.outcome for move in plan.moves]


def test_two_scans_carry_a_box_and_the_next_one_is_shown(signed_in: SignedIn, scene: Scene) -> None:
    client = signed_in(Role.TECHNICIAN)
    box_id = str(scene.failing.box_ids[1])

    taken = scan(client, scene, f"{scene.failing.label}/1/A/B-2")["response"]
    assert taken[ids.HELD] == {"data": box_id}
    assert f"Scan {scene.racks['B-2']}" in str(taken[ids.REVIEW])
    assert outcomes(scene) == ["agreed", "agreed"]

    put = scan(client, scene, scene.racks["B-2"], held=box_id)

    assert sorted(map(str, outcomes(scene))) == ["agreed", "moved"]
    assert put["response"][ids.HELD] == {"data": ""}
    drawn = str(put["response"][ids.REVIEW])
    assert "Scan box B-1" in drawn
    assert "of 2 boxes" in drawn
    # Undo is offered with the answer.
    assert "box_move" in str(put["sideUpdate"])


def test_a_rack_without_a_box_a_strange_box_and_a_wrong_rack_move_nothing(
    signed_in: SignedIn, scene: Scene
) -> None:
    client = signed_in(Role.TECHNICIAN)
    held = str(scene.failing.box_id)
    with writing() as session:
        other = make_freezer(session)

    def refused(code: str, held: str | None = None) -> str:
        answer = scan(client, scene, code, held)["response"]
        assert ids.HELD not in answer
        return str(answer[ids.REVIEW])

    assert "Scan the box first" in refused(scene.racks["B-1"])
    assert "is not to be moved by this plan" in refused(f"{other.label}/1/A/B-1")
    assert "There is no box or rack" in refused("NOTHING-7")
    wrong = refused(f"{other.label}/1/A", held)
    assert f"B-1 goes to {scene.racks['B-1']}, not to {other.label}/1/A" in wrong
    # The box is still in hand, and its rack still asked for.
    assert "In your hand" in wrong
    assert outcomes(scene) == ["agreed", "agreed"]


def test_a_plan_that_nobody_has_accepted_takes_no_scans(signed_in: SignedIn) -> None:
    with writing() as session:
        freezer = make_freezer(session, boxes=1, rows=2, columns=3)
        stand(session, make_tube(session, make_project(session)), freezer.box_id, 1, 1)
        plan = evacuation(session, EVERYBODY, freezer)
    waiting = Scene(plan_id=plan.id, failing=freezer, racks={})

    answer = scan(signed_in(Role.TECHNICIAN), waiting, f"{freezer.label}/1/A/B-1")

    assert "Accept the plan first" in str(answer["response"][ids.REVIEW])


def test_the_next_box_is_drawn_again_when_somebody_else_has_carried_one(
    signed_in: SignedIn, scene: Scene
) -> None:
    client = signed_in(Role.TECHNICIAN)
    shown = scan(client, scene, "NOTHING-7")["response"][ids.REVIEW]["children"]
    body = callback_request(
        next(name for name in declared_permissions() if name.startswith(f"{ids.REVIEW}.children@")),
        inputs=[("live-work", "data", 1), ("live-storage", "data", 2)],
        state=[
            (shell_ids.URL, "search", f"?plan={scene.plan_id}"),
            (ids.REVIEW, "children", shown),
            (ids.HELD, "data", None),
        ],
    )

    def redrawn() -> str:
        answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
        return answer.get_data(as_text=True)

    before = redrawn()
    with writing() as session:
        code = f"{scene.failing.label}/1/A/B-1"
        service.carry_box(session, EVERYBODY, plan_id=scene.plan_id, code=code)

    assert "Scan box" not in before
    assert "Scan box B-2" in redrawn()
