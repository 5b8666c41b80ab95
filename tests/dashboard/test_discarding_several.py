"""Discarding several samples from the list and from a box, with one second signature."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.samples import service
from backend.samples.disposal_models import SignedDisposalSample
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import Custody, Lifecycle, MaterialType, SampleId
from backend.samples.models import Sample
from backend.samples.stored_models import SampleAct
from backend.storage.models import Placement
from backend.work.models import Job
from dashboard import gate, shell_ids
from dashboard.components import witness_fields
from dashboard.components.form_field import error_id
from dashboard.pages.samples import arrival_callbacks
from dashboard.pages.samples import ids as list_ids
from dashboard.pages.storage import ids as box_ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.second_person import signing

SignedIn = Callable[..., FlaskClient]
WHY = "End of the study"


@pytest.fixture
def tubes() -> list[SampleId]:
    """Return three tubes in a box whose disposal takes a witness."""
    with writing() as session:
        service.set_handling(
            session,
            EVERYBODY,
            material=MaterialType.SALIVA,
            rules=HandlingRules(disposal_witnessed=True),
        )
        project, freezer = make_project(session), make_freezer(session, rows=2, columns=3)
        facts = {"material_type": MaterialType.SALIVA, "custody": Custody.IN_STORAGE}
        made = [make_tube(session, project, **facts) for _ in range(3)]
        for place, tube in enumerate(made):
            stand(session, tube, freezer.box_id, 1, place + 1)
    return made


@pytest.fixture
def witness() -> str:
    with writing() as session:
        return make_user(session, Role.TECHNICIAN, name="Ines K").email


def state(tubes: list[SampleId]) -> tuple[int, int]:
    """Return how many of the tubes are discarded, and how many stand in a place."""
    disposed = select(func.count()).where(
        Sample.id.in_(tubes), Sample.lifecycle == Lifecycle.DISPOSED
    )
    placed = select(func.count()).where(
        Placement.sample_id.in_(tubes), Placement.removed_at.is_(None)
    )
    with reading() as session:
        return session.scalars(disposed).one(), session.scalars(placed).one()


def in_the_list(client: FlaskClient, chosen: list[tuple[str, str, Any]], *who: str) -> str:
    body = callback_request(
        f"{list_ids.STATUS_OUTCOME}.children",
        inputs=[(list_ids.STATUS_APPLY, "n_clicks", 1)],
        state=[
            (list_ids.STATUS_ACTION, "value", "dispose"),
            (list_ids.STATUS_REASON, "value", WHY),
            (list_ids.arrival("conditions", "many"), "value", ["good"]),
            (list_ids.arrival("temperature", "many"), "value", ""),
            (list_ids.arrival("note", "many"), "value", ""),
            *signing(list_ids.STATUS_DIALOG, *who),
            *chosen,
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True).replace("\\u00a0", " ")


def rows(tubes: list[SampleId]) -> list[tuple[str, str, Any]]:
    chosen = [{"id": str(tube)} for tube in tubes]
    return [(list_ids.GRID, "selectedRows", chosen), (list_ids.QUERY, "data", None)]


def everything(client: FlaskClient) -> list[tuple[str, str, Any]]:
    """Select all that matches, and return what the page holds then."""
    body = callback_request(
        f"{list_ids.BULK_COUNT}.children@",
        inputs=[(list_ids.BULK_ALL, "n_clicks", 1)],
        state=[(shell_ids.URL, "search", "")],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    query = answer.get_json()["response"][list_ids.QUERY]["data"]
    return [(list_ids.GRID, "selectedRows", []), (list_ids.QUERY, "data", query)]


def in_the_box(client: FlaskClient, tubes: list[SampleId], *who: str) -> Any:
    body = callback_request(
        f"{error_id(box_ids.REMOVE_REASON)}.children@",
        inputs=[(box_ids.REMOVE_DISCARD, "n_clicks", 1)],
        state=[
            (box_ids.REMOVE_REASON, "value", WHY),
            *signing(box_ids.REMOVE_DIALOG, *who),
            (box_ids.SELECTION, "data", {"samples": [str(tube) for tube in tubes]}),
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_selected_samples_are_discarded_with_one_signature_and_leave_their_places(
    signed_in: SignedIn, tubes: list[SampleId], witness: str
) -> None:
    client = signed_in(Role.TECHNICIAN)

    alone = in_the_list(client, rows(tubes))
    wrong = in_the_list(client, rows(tubes), witness, "not it at all")
    assert state(tubes) == (0, 3)
    right = in_the_list(client, rows(tubes), witness, PASSWORD)

    assert "needs a witness who signs" in alone
    assert "password" in wrong
    assert "Discard: 3 samples changed" in right
    assert state(tubes) == (3, 0)
    with reading() as session:
        of_these = SignedDisposalSample.sample_id.in_(tubes)
        signed = select(SignedDisposalSample.disposal_id).where(of_these).distinct()
        assert len(session.scalars(signed).all()) == 1


def test_no_answer_of_the_server_repeats_the_password_and_its_field_is_emptied(
    signed_in: SignedIn, tubes: list[SampleId], witness: str
) -> None:
    answer = in_the_list(signed_in(Role.TECHNICIAN), rows(tubes), witness, PASSWORD)

    assert PASSWORD not in answer
    field = witness_fields.password_id(list_ids.STATUS_DIALOG)
    assert f'"{field}":{{"value":""}}' in answer.replace(" ", "")


def test_everything_that_matches_goes_to_a_worker_with_the_signature_and_no_password(
    signed_in: SignedIn, tubes: list[SampleId], witness: str
) -> None:
    client = signed_in(Role.TECHNICIAN)
    chosen = everything(client)

    refused = in_the_list(client, chosen, witness, "not it at all")
    asked = in_the_list(client, chosen, witness, PASSWORD)

    assert str(list_ids.act_outcome("x")["type"]) in asked
    assert "password" in refused
    with reading() as session:
        act = session.scalars(
            select(SampleAct).order_by(SampleAct.created_at.desc()).limit(1)
        ).one()
        job = session.get_one(Job, act.job_id)
        assert act.disposal_id is not None
        assert PASSWORD not in f"{act.said}{job.arguments}"


def test_half_a_signature_is_asked_for_whole() -> None:
    with pytest.raises(InvalidInput, match="Fill in both"):
        witness_fields.read_witness("ines@laboratory.example", "", None)
    assert witness_fields.read_witness(" ", "", None) is None


def test_the_second_person_is_asked_for_only_at_the_step_that_takes_one() -> None:
    assert arrival_callbacks.show_fields_of_many("dispose") == (True, False)
    assert arrival_callbacks.show_fields_of_many("receive") == (False, True)


def test_tubes_of_a_box_are_discarded_together_with_one_signature(
    signed_in: SignedIn, tubes: list[SampleId], witness: str
) -> None:
    client = signed_in(Role.TECHNICIAN)

    alone = in_the_box(client, tubes)
    wrong = in_the_box(client, tubes, witness, "not it at all")
    assert state(tubes) == (0, 3)
    in_the_box(client, tubes, witness, PASSWORD)

    assert "needs a witness" in str(alone)
    assert "password" in str(wrong["response"][error_id(box_ids.REMOVE_REASON)])
    assert state(tubes) == (3, 0)


def test_a_refusal_is_said_in_the_dialog_of_the_box_and_the_password_is_typed_again(
    signed_in: SignedIn, tubes: list[SampleId], witness: str
) -> None:
    client = signed_in(Role.TECHNICIAN)

    told = in_the_box(client, tubes)["response"]
    half = in_the_box(client, tubes, witness, "")["response"]

    assert "Nothing was discarded." in str(told[error_id(box_ids.REMOVE_REASON)])
    assert "Fill in both" in str(half[error_id(box_ids.REMOVE_REASON)])
    for answer in (told, half):
        assert answer[witness_fields.password_id(box_ids.REMOVE_DIALOG)] == {"value": ""}
        assert answer[box_ids.REMOVE_SECOND] == {"open": True}
        # The tubes are as they were, and so is what was typed.
        assert box_ids.REMOVE_REASON not in answer
        assert box_ids.CHANGED not in answer
    assert state(tubes) == (0, 3)
