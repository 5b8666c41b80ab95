"""A place as a whole in the dashboard: renamed, given loose tubes, removed, opened again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.storage import place_queries, queries, service
from backend.storage.ids import NodeId
from backend.storage.place_views import PlaceView
from dashboard import gate
from dashboard.pages.setup import place_ids as ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand

SignedIn = Callable[..., FlaskClient]


@pytest.fixture
def administrator(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def freezer(administrator: FlaskClient) -> Freezer:
    with writing() as session:
        return make_freezer(session, label=f"W-{str(new_id())[-9:]}")


def press(client: FlaskClient, output: str, button: str, path: str, *state: Any) -> str:
    body = callback_request(
        output, inputs=[(button, "n_clicks", 1)], state=[(ids.WHICH, "data", path), *state]
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return str(answer.get_json())


def with_done(problems: str) -> str:
    return f"..{problems}.children...{ids.DONE}.data"


def place(path: str) -> PlaceView:
    with reading() as session:
        return place_queries.get_place(session, EVERYBODY, path)


def add_loose(client: FlaskClient, path: str, label: str, tubes: str) -> str:
    typed = [
        (ids.LOOSE_LABEL, "value", label),
        (ids.LOOSE_BARCODE, "value", ""),
        (ids.LOOSE_TUBES, "value", tubes),
    ]
    return press(client, with_done(ids.LOOSE_PROBLEMS), ids.LOOSE_ADD, path, *typed)


def remove(client: FlaskClient, path: str) -> str:
    reason = (ids.REMOVE_REASON, "value", "not needed")
    return press(client, with_done(ids.REMOVE_PROBLEMS), ids.REMOVE, path, reason)


def page_of(client: FlaskClient, path: str) -> str:
    body = page_request("/storage/place")
    body["inputs"][1]["value"] = f"?at={path}"
    return client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client)).text


def test_a_loose_place_is_added_with_and_without_a_capacity(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    assert "no number of tubes" in add_loose(administrator, freezer.label, "Drawer", "many")
    add_loose(administrator, freezer.label, "Drawer", "40")
    add_loose(administrator, f"{freezer.label}/1", "Bag", "")

    drawer, bag = place(f"{freezer.label}/Drawer"), place(f"{freezer.label}/1/Bag")
    assert (drawer.is_loose, drawer.capacity) == (True, 40)
    assert (bag.is_loose, bag.has_share) == (True, False)
    assert "no share, as nobody has said how many it takes" in page_of(administrator, bag.path)


def test_the_page_of_a_place_offers_its_label_and_those_of_all_in_it(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    shown = page_of(administrator, freezer.label)

    assert f'"data-label-place":"{freezer.unit_id}"' in shown
    assert "Its label" in shown
    assert "Labels of all in it" in shown
    assert administrator.get(f"/files/places/labels.pdf?at={freezer.label}").status_code == 404


def test_its_capacity_is_set_and_never_below_a_number_that_is_given(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    with writing() as session:
        bag = make_loose(session, freezer.rack_id)
        stand(session, make_tube(session, make_project(session)), bag, 0, 7)
    path = f"{freezer.label}/1/A/Bag"

    def save(tubes: str) -> str:
        typed = (ids.TUBES, "value", tubes)
        return press(administrator, with_done(ids.TUBES_PROBLEMS), ids.TUBES_SAVE, path, typed)

    assert "has the number 7" in save("6")
    assert place(path).capacity == 0
    save("7")
    assert place(path).capacity == 7
    save("")
    assert place(path).has_share is False


def test_a_renamed_place_is_opened_by_its_new_address(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    path = f"{freezer.label}/1/A"

    def rename(label: str) -> str:
        typed = (ids.NAME, "value", label)
        return press(administrator, f"{ids.NAME_PROBLEMS}.children", ids.NAME_SAVE, path, typed)

    assert "no slash" in rename("A/B")
    answer = rename("West")

    assert f"/storage/place?at={freezer.label}/1/West" in answer
    assert place(path).path == f"{freezer.label}/1/West"


def test_what_never_held_anything_is_removed_and_the_place_around_it_opened(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    answer = remove(administrator, f"{freezer.label}/1/A/B-1")

    assert "is removed. Nothing ever stood in it." in answer
    assert f"/storage/place?at={freezer.label}/1/A'" in answer
    with reading() as session:
        assert queries.find_node(session, EVERYBODY, f"{freezer.label}/1/A/B-1") is None


def test_what_has_a_history_is_closed_said_so_and_opened_again(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    with writing() as session:
        tube = make_tube(session, make_project(session))
        service.place_sample(session, EVERYBODY, sample_id=tube, box_id=freezer.box_id)
        service.take_out(session, EVERYBODY, sample_id=tube, reason="used up")
    path = f"{freezer.label}/1/A/B-1"

    assert "has a history, so it is kept, but closed" in remove(administrator, path)
    assert "Closed since" in page_of(administrator, path)
    assert "is open again" in press(administrator, with_done(ids.REOPEN_PROBLEMS), ids.REOPEN, path)
    assert place(path).closed_at is None


def test_a_place_in_use_says_why_it_stays(administrator: FlaskClient, freezer: Freezer) -> None:
    with writing() as session:
        tube = make_tube(session, make_project(session))
        stand(session, tube, NodeId(freezer.box_id), 1, 1)
    why = "1 sample stands in it. Move them first."

    assert why in page_of(administrator, freezer.label)
    assert why in remove(administrator, freezer.label)
    assert place(freezer.label).closed_at is None
