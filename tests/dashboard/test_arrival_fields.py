"""The fields of an arrival: hidden where nothing arrives, honest about holds, kept on refusal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.samples import queries, rules, service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import ArrivalCondition
from backend.samples.schemas import ArrivalInput
from backend.samples.views import SampleDetail
from dashboard import gate
from dashboard.pages.samples import arrival_callbacks, arrival_fields, detail_arrival, detail_ids
from dashboard.pages.samples import ids as grid_ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_sample
from tests.support.second_person import signing

SignedIn = Callable[..., FlaskClient]
TICKED = st.lists(st.sampled_from([each.value for each in ArrivalCondition]), unique=True)


def _made() -> tuple[str, str]:
    with writing() as session:
        made = make_sample(session)
    return made.barcode, str(made.id)


def _now(barcode: str) -> SampleDetail:
    with reading() as session:
        return queries.get_by_barcode(session, EVERYBODY, barcode)


def _found(of: str, ticked: list[str], celsius: str, note: str) -> list[tuple[Any, str, Any]]:
    return [
        (grid_ids.arrival("conditions", of), "value", ticked),
        (grid_ids.arrival("temperature", of), "value", celsius),
        (grid_ids.arrival("note", of), "value", note),
    ]


def _press_one(client: FlaskClient, barcode: str, ticked: list[str], note: str = "") -> Any:
    body = callback_request(
        f"{detail_ids.STEP_PROBLEMS}.children",
        inputs=[(detail_ids.STEP_SEND, "n_clicks", 1)],
        state=[
            (detail_ids.STEP, "value", "receive"),
            (detail_ids.STEP_REASON, "value", ""),
            *_found("one", ticked, "4,5", note),
            (detail_ids.WHICH, "data", {"barcode": barcode, "tab": ""}),
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def test_a_sample_is_received_as_its_dialog_says(signed_in: SignedIn) -> None:
    code, _ = _made()

    answer = _press_one(signed_in(Role.TECHNICIAN), code, ["thawed"])

    assert answer[detail_ids.CLOSE]["data"]["dialog"] == detail_ids.STATUS_DIALOG
    arrival = _now(code).arrival
    assert arrival is not None
    assert (list(arrival.conditions), str(arrival.temperature_c)) == (["thawed"], "4.5")


def test_other_without_a_note_is_refused_and_what_was_typed_stays(signed_in: SignedIn) -> None:
    code, _ = _made()

    answer = _press_one(signed_in(Role.TECHNICIAN), code, ["other"])

    assert "Write in the note what is wrong with it." in str(answer[detail_ids.STEP_PROBLEMS])
    assert set(answer) == {detail_ids.STEP_PROBLEMS}
    assert _now(code).lifecycle == "registered"


def test_many_are_received_and_the_next_start_from_good(signed_in: SignedIn) -> None:
    made = [_made(), _made()]
    client = signed_in(Role.TECHNICIAN)
    body = callback_request(
        f"{grid_ids.STATUS_OUTCOME}.children",
        inputs=[(grid_ids.STATUS_APPLY, "n_clicks", 1)],
        state=[
            (grid_ids.STATUS_ACTION, "value", "receive"),
            (grid_ids.STATUS_REASON, "value", ""),
            *_found("many", ["leaking"], "", "Wet bag"),
            *signing(grid_ids.STATUS_DIALOG),
            (grid_ids.GRID, "selectedRows", [{"id": key} for _, key in made]),
            (grid_ids.QUERY, "data", None),
        ],
    )

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert "2 samples changed" in answer.get_data(as_text=True).replace("\\u00a0", " ")
    assert '"value":["good"]' in answer.get_data(as_text=True).replace(" ", "")
    for code, _ in made:
        now = _now(code)
        assert now.arrival is not None
        assert now.arrival.note == "Wet bag"
        assert [hold.kind for hold in now.holds] == ["quarantine"]


def test_an_arrival_is_corrected_on_the_page_and_both_are_read(signed_in: SignedIn) -> None:
    code, _ = _made()
    client = signed_in(Role.TECHNICIAN)
    _press_one(client, code, ["thawed"], "Ice gone")
    body = callback_request(
        f"{detail_ids.ARRIVAL_PROBLEMS}.children",
        inputs=[(detail_ids.ARRIVAL_SEND, "n_clicks", 1)],
        state=[
            *_found("fix", ["underfilled"], "", ""),
            (detail_ids.ARRIVAL_REASON, "value", "Wrong tube"),
            (detail_ids.WHICH, "data", {"barcode": code, "tab": ""}),
        ],
    )

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 200, answer.text
    closed = answer.get_json()["response"][detail_ids.CLOSE]["data"]
    assert closed["dialog"] == detail_ids.ARRIVAL_DIALOG
    arrival = _now(code).arrival
    shown = str(detail_arrival.arrived(arrival, EVERYBODY, zone=ZoneInfo("UTC")))
    assert "Underfilled. Written down by" in shown
    assert "Thawed; 4.5 °C. “Ice gone” Corrected by" in shown
    assert "“Wrong tube”" in shown


def test_a_correction_starts_from_what_is_written(signed_in: SignedIn) -> None:
    code, _ = _made()
    _press_one(signed_in(Role.TECHNICIAN), code, ["thawed"], "Ice gone")

    written = arrival_fields.started(_now(code).arrival)

    assert written == {"conditions": ["thawed"], "temperature": "4.5", "note": "Ice gone"}
    assert arrival_callbacks.start_correction(written) == (["thawed"], "4.5", "Ice gone")
    assert arrival_fields.started(None)["conditions"] == ["good"]


@pytest.mark.usefixtures("committed_database")
def test_nobody_is_offered_to_correct_what_they_may_not() -> None:
    with writing() as session:
        made = make_sample(session)
        service.change_status(
            session, EVERYBODY, sample_id=made.id, action="receive", arrival=ArrivalInput()
        )
    arrival = _now(made.barcode).arrival
    reader = replace(EVERYBODY, permissions=frozenset())

    assert detail_ids.ARRIVAL_DIALOG not in str(
        detail_arrival.arrived(arrival, reader, zone=ZoneInfo("UTC"))
    )
    assert detail_arrival.arrived(None, reader, zone=ZoneInfo("UTC")) == []


def test_what_nobody_wrote_is_offered_to_be_added_of_what_came() -> None:
    offered = str(detail_arrival.arrived(None, EVERYBODY, zone=ZoneInfo("UTC")))

    assert "Nobody wrote down how" in offered
    assert detail_ids.ARRIVAL_DIALOG in offered
    assert detail_arrival.arrived(None, EVERYBODY, zone=ZoneInfo("UTC"), has_come=False) == []


@pytest.mark.parametrize("action", [None, "", "accept", "receive"])
def test_the_fields_show_where_something_arrives(action: str | None) -> None:
    assert arrival_callbacks.show_fields(action) is (action != "receive")
    assert arrival_callbacks.show_fields_of_many(action) == (action != "receive", True)


def test_nothing_is_read_at_a_step_at_which_nothing_arrives() -> None:
    assert arrival_fields.read_arrival("accept", ["thawed"], "warm", "") is None


@pytest.mark.parametrize(
    ("ticked", "typed", "said"),
    [
        (["good"], "warm", "must be a number in °C"),
        (["good"], "400", "from −200 to 60 °C"),
        ([], "", "Choose how it arrived"),
    ],
)
def test_what_says_nothing_certain_is_refused(ticked: list[str], typed: str, said: str) -> None:
    with pytest.raises(RegistrationRefused, match=said):
        arrival_fields.read_arrival("receive", ticked, typed, "")


@given(ticked=TICKED)
def test_good_never_stands_beside_something_else(ticked: list[str]) -> None:
    left = arrival_fields.settled(ticked)

    assert "good" not in left or left == ["good"]
    assert not ticked or ticked[-1] in left
    assert arrival_fields.settled(left) == left


def test_the_holds_are_said_before_anybody_confirms() -> None:
    left, said = arrival_callbacks.show_holds(["good", "thawed", "leaking"])

    assert left == ["thawed", "leaking"]
    assert "It goes on hold: Temperature exposure (thawed); Quarantine (leaking)." in str(said)


def test_one_step_of_the_table_takes_an_arrival() -> None:
    assert [step.action for step in rules.TRANSITIONS if step.takes_arrival] == ["receive"]
