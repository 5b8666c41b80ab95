"""What people do with selected tubes of a box: the map's requests and what they answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.samples.ids import Custody, Lifecycle, SampleId, TemperatureClass
from backend.storage import box_queries
from backend.storage.hand_views import BlockMoved, BlockTarget, Occupant, TrayItem
from backend.storage.ids import BlockId, NodeId, PlacementId
from backend.storage.rules import Position
from backend.storage.views import PlacementView
from dashboard import gate
from dashboard.components.form_field import error_id
from dashboard.pages.storage import ids, selection_acts, taking_back
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.second_person import signing

SignedIn = Callable[..., FlaskClient]
TakeBack = Callable[[dict[str, str]], list[str]]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """A box of 2 × 3 with tubes in its first positions."""

    box_id: NodeId
    tubes: tuple[SampleId, ...]

    @property
    def drawn(self) -> dict[str, Any]:
        return {"id": str(self.box_id), "rows": 2, "columns": 3, "numbering": "letters"}

    def chosen(self, *numbers: int) -> dict[str, Any]:
        return {"box": str(self.box_id), "samples": [str(self.tubes[each]) for each in numbers]}

    def standing(self) -> dict[str, SampleId | None]:
        with reading() as session:
            inside = box_queries.box_contents(session, EVERYBODY, self.box_id).tubes
        return {tube.position.label: tube.sample_id for tube in inside}


def set_up(tubes: int, **facts: Any) -> Scene:
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session, rows=2, columns=3)
        given = {"custody": Custody.IN_STORAGE} | facts
        made = [make_tube(session, project, **given) for _ in range(tubes)]
        for place, tube in enumerate(made):
            stand(session, tube, freezer.box_id, place // 3 + 1, place % 3 + 1)
    return Scene(freezer.box_id, tuple(made))


def ask(
    client: FlaskClient,
    containing: str,
    pressed: tuple[str, str, Any],
    state: list[tuple[str, str, Any]],
) -> Any:
    return send(client, callback_request(containing, inputs=[pressed], state=state))


def send(client: FlaskClient, body: dict[str, Any]) -> Any:
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.text
    return answer.get_json() if answer.status_code == 200 else {}


def move(client: FlaskClient, scene: Scene, numbers: Sequence[int], position: str) -> Any:
    asked = scene.chosen(*numbers) | {"pos": position, "at": 1}
    return ask(
        client,
        f"{ids.MOVE_CLASHES}.children",
        (ids.MOVE, "data", asked),
        state=[(ids.BOX, "data", scene.drawn)],
    )


def settle(client: FlaskClient, scene: Scene, numbers: Sequence[int], by: str) -> Any:
    asked = scene.chosen(*numbers) | {"pos": "A3", "at": 1}
    body = callback_request(
        f"{ids.MOVE_CLASHES}.children@",
        inputs=[(ids.MOVE_SWAP, "n_clicks", 1), (ids.MOVE_TRAY, "n_clicks", 1)],
        state=[(ids.MOVE, "data", asked), (ids.BOX, "data", scene.drawn)],
    )
    return send(client, body | {"changedPropIds": [f"{by}.n_clicks"]})


def told(answer: Any) -> dict[str, Any]:
    """Return the toast that an answer shows."""
    return dict(answer["sideUpdate"]["toast"]["data"])


@pytest.fixture
def take_back(monkeypatch: pytest.MonkeyPatch) -> TakeBack:
    """Return what takes back, as the shell's Undo does, and tells the messages that it showed."""
    monkeypatch.setattr(taking_back, "current_principal", lambda: EVERYBODY)

    def carry_out(data: dict[str, str]) -> list[str]:
        said: list[str] = []
        monkeypatch.setattr(taking_back, "toast", said.append)
        assert taking_back.carry_out(data)
        return said

    return carry_out


def test_tubes_go_to_free_positions_at_once_and_come_back(
    signed_in: SignedIn, take_back: TakeBack
) -> None:
    scene, client = set_up(2), signed_in(Role.TECHNICIAN)

    answer = move(client, scene, (0, 1), "B1")

    assert scene.standing() == {"B1": scene.tubes[0], "B2": scene.tubes[1]}
    assert told(answer)["message"].endswith("/B-1, B1 to B2")
    assert take_back(told(answer)["undo"]["data"]) == ["2 tubes are back where they were before"]
    assert scene.standing() == {"A1": scene.tubes[0], "A2": scene.tubes[1]}


def test_what_is_in_the_way_is_asked_about_and_nothing_moves_before(signed_in: SignedIn) -> None:
    scene = set_up(3)

    answer = move(signed_in(Role.TECHNICIAN), scene, (0,), "A3")

    assert answer["response"][ids.MOVE_ASKED]["data"]["dialog"] == ids.MOVE_DIALOG
    assert "A3 holds DNA-" in str(answer["response"][ids.MOVE_CLASHES]["children"])
    assert list(scene.standing()) == ["A1", "A2", "A3"]


def test_it_swaps_or_goes_into_the_hand_as_the_question_was_answered(signed_in: SignedIn) -> None:
    scene, client = set_up(3), signed_in(Role.TECHNICIAN)

    settle(client, scene, (0,), ids.MOVE_SWAP)
    swapped = scene.standing()
    answer = settle(client, scene, (1,), ids.MOVE_TRAY)

    assert swapped == {"A1": scene.tubes[2], "A2": scene.tubes[1], "A3": scene.tubes[0]}
    assert scene.standing() == {"A1": scene.tubes[2], "A3": scene.tubes[1]}
    assert told(answer)["message"].endswith("; 1 in your hand")


def test_a_rule_that_keeps_a_tube_out_is_told_and_nothing_is_asked(signed_in: SignedIn) -> None:
    scene = set_up(2, temperature_class=TemperatureClass.LN2_VAPOUR)

    answer = move(signed_in(Role.TECHNICIAN), scene, (0,), "A2")

    assert "must be kept at" in told(answer)["message"]
    assert "response" not in answer or ids.MOVE_ASKED not in answer["response"]


def test_a_box_that_is_no_longer_open_gets_nothing(signed_in: SignedIn) -> None:
    scene, other = set_up(1), set_up(0)
    asked = scene.chosen(0) | {"pos": "B1", "at": 1}

    answer = ask(
        signed_in(Role.TECHNICIAN),
        f"{ids.MOVE_CLASHES}.children",
        (ids.MOVE, "data", asked),
        state=[(ids.BOX, "data", other.drawn)],
    )

    assert "Another box is open by now" in told(answer)["message"]
    assert list(scene.standing()) == ["A1"]


def remove(client: FlaskClient, scene: Scene, button: str, reason: str) -> Any:
    containing = f"{error_id(ids.REMOVE_REASON)}.children" + (
        "@" if button == ids.REMOVE_DISCARD else ""
    )
    chosen = scene.chosen(0, 1)
    second = signing(ids.REMOVE_DIALOG) if button == ids.REMOVE_DISCARD else []
    state = [(ids.REMOVE_REASON, "value", reason), *second, (ids.SELECTION, "data", chosen)]
    return ask(client, containing, (button, "n_clicks", 1), state=state)


@pytest.mark.parametrize("button", [ids.REMOVE_OUT, ids.REMOVE_DISCARD])
def test_without_a_reason_all_stay(signed_in: SignedIn, button: str) -> None:
    scene = set_up(2)

    answer = remove(signed_in(Role.TECHNICIAN), scene, button, "  ")

    assert "Say w" in str(answer["response"])
    assert len(scene.standing()) == 2


def test_several_are_taken_out_with_one_message_and_one_way_back(
    signed_in: SignedIn, take_back: TakeBack
) -> None:
    scene, client = set_up(3), signed_in(Role.TECHNICIAN)

    answer = remove(client, scene, ids.REMOVE_OUT, "Sent out")

    assert told(answer)["message"] == "2 tubes taken out"
    assert list(scene.standing()) == ["A3"]
    assert take_back(told(answer)["undo"]["data"]) == ["2 tubes stand in their places again"]
    assert list(scene.standing()) == ["A1", "A2", "A3"]


def test_what_may_not_be_discarded_stays_where_it_is(signed_in: SignedIn) -> None:
    scene = set_up(2, lifecycle=Lifecycle.IN_PROCESS)

    answer = remove(signed_in(Role.TECHNICIAN), scene, ids.REMOVE_DISCARD, "Used up")

    assert "Nothing was discarded" in str(answer["response"])
    assert list(scene.standing()) == ["A1", "A2"]


def stay(position: str) -> PlacementView:
    return PlacementView(
        id=PlacementId(new_id()),
        sample_id=SampleId(new_id()),
        box_id=NodeId(new_id()),
        path="ULT-03/2/C/B-1",
        position=position,
        source="manual",
        placed_at=NOW,
        placed_by="Ada",
        removed_at=None,
        removed_by=None,
        removal_reason=None,
    )


def test_one_message_says_what_became_of_all() -> None:
    lifted = TrayItem(
        sample_id=SampleId(new_id()),
        barcode="DNA-9",
        taken_at=NOW,
        from_path=None,
        from_position=None,
        from_box_id=None,
    )
    moved = BlockMoved(
        block_id=BlockId(new_id()),
        box_path="ULT-03/2/C/B-1",
        moved=(stay("D7"),),
        swapped=(stay("A1"),),
        in_hand=(lifted,),
    )

    said = selection_acts.moved_words(moved)

    assert said == "1 tube moved to ULT-03/2/C/B-1, D7; 1 swapped; 1 in your hand"


@pytest.mark.parametrize(
    ("barcode", "said"),
    [("DNA-2", "D7 holds DNA-2"), (None, "D7 holds a tube of a project that you do not see")],
)
def test_each_tube_in_the_way_is_named(barcode: str | None, said: str) -> None:
    target = BlockTarget(
        sample_id=SampleId(new_id()),
        barcode="DNA-1",
        position=Position(4, 7),
        occupant=Occupant(sample_id=None, barcode=barcode),
    )

    assert selection_acts.clash_words(target) == f"{said}; DNA-1 is to go there."
