"""Suggested places on the Storage page: for the tube in hand, with reasons, or why none is left."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.auth.models import User
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.samples.ids import Lifecycle, SampleId, TemperatureClass
from backend.storage import suggestion_queries
from backend.storage.ids import NodeId
from backend.storage.rules import Position
from backend.storage.suggestion_queries import SuggestedPlace, Suggestions
from backend.storage.views import FilterView
from dashboard.pages.storage import ids, suggested
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.dashboard.test_logger_file import text_of
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand

WARM = FilterView(rule="temperature", boxes=12, positions=300)


def suggestions(*places: SuggestedPlace, filters: tuple[FilterView, ...] = ()) -> Suggestions:
    return Suggestions(
        sample_id=SampleId(new_id()),
        barcode="DNA-7",
        places=places,
        boxes_allowed=len(places),
        positions_allowed=8 * len(places),
        filters=filters,
    )


def place(*reasons: str) -> SuggestedPlace:
    return SuggestedPlace(
        box_id=NodeId(new_id()),
        path="ULT-03/2/C/B-0418",
        position=Position(9, 3),
        used=66,
        capacity=81,
        handling_s=83.4,
        reasons=reasons,
    )


def test_a_place_says_why_and_what_was_taken_away() -> None:
    said = text_of(suggested.draw(suggestions(place("same project box"), filters=(WARM,))))

    assert "Suggested places for DNA-7" in said
    assert "ULT-03/2/C/B-0418, I3" in said
    assert "66 of 81 used" in said
    assert "Same project box, 83\N{NO-BREAK SPACE}s of handling" in said
    assert "1 box takes it, with 8 free positions." in said
    assert "Of the others, 12 boxes with 300 free positions are at another temperature." in said


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ((WARM,), "12 boxes with 300 free positions are at another temperature"),
        ((), "there is no box at all"),
    ],
)
def test_without_a_place_it_says_what_kept_every_box(
    filters: tuple[FilterView, ...], why: str
) -> None:
    assert f"No box is left: {why}." in text_of(suggested.draw(suggestions(filters=filters)))


def ask(client: FlaskClient, held: dict[str, str] | None, box: object = None) -> str:
    inputs: list[tuple[Any, str, Any]] = [
        (ids.HELD, "data", held),
        (ids.HELD_BOX, "data", box),
        (ids.CHANGED, "data", None),
    ]
    body = callback_request(f"{ids.SUGGESTED}.children", inputs=inputs)
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.get_data(as_text=True)
    return answer.get_data(as_text=True).replace(r"\u002f", "/")


def test_the_tube_in_hand_gets_places_and_one_that_is_gone_a_sentence(
    signed_in: Callable[..., FlaskClient],
) -> None:
    name = f"Technician {new_id()}"
    client = signed_in(Role.TECHNICIAN, name=name)
    with writing() as session:
        project = make_project(session)
        freezer = make_freezer(session, label=f"S-{new_id()}"[:20], boxes=2)
        tube = make_tube(session, project, temperature_class=TemperatureClass.MINUS_80)
        neighbour = make_tube(session, project)
        stand(session, neighbour, freezer.box_ids[1], 1, 1)
        gone = make_tube(session, project, lifecycle=Lifecycle.LOST)
    with reading() as session:
        (best, *_) = suggestion_queries.suggest_places(session, EVERYBODY, tube).places
        who = str(session.scalars(select(User.id).where(User.name == name)).one())

    drawn = ask(client, {"sample": str(tube), "barcode": "DNA-7", "by": who})
    lost = ask(client, {"sample": str(gone), "barcode": "DNA-8", "by": who})
    elses = ask(client, {"sample": str(tube), "barcode": "DNA-7", "by": str(new_id())})

    assert best.box_id == freezer.box_ids[1]
    assert f"{best.path}, A2" in drawn
    assert "Same project box" in drawn
    assert "is no longer there: its lifecycle has ended." in lost
    assert "Suggested places" not in elses
