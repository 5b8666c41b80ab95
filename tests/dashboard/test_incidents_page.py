"""The pages of incidents say what stood there, to whom it belongs, and refuse with everything."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.incidents import service as incidents_service
from backend.incidents.ids import HoldState, IncidentId, IncidentKind, IncidentState
from backend.incidents.models import Incident, IncidentItem, IncidentUnit
from backend.samples.models import Project, ProjectMember
from backend.storage.ids import NodeId
from backend.telemetry import service as telemetry_service
from backend.telemetry.ids import SensorId
from backend.telemetry.models import Sensor
from dashboard import gate
from tests.dashboard.conftest import (
    callback_request,
    csrf_headers,
    page_request,
    submit_sign_in,
)
from tests.factories.incidents import (
    code_of,
    follow,
    only_incident,
    take_out_dead,
    warm_up,
    watch_freezer,
)
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_tube, stand
from tests.factories.telemetry import read_until
from tests.support.clock import FrozenClock

MINE, THEIRS = "DNA-MINE-1", "DNA-THEIRS-1"
CLOSING = [
    ("incident-closing-cause", "value", "The compressor stopped."),
    ("incident-closing-action", "value", "Tubes went to another freezer."),
    ("incident-closing-disposition", "value", "retest"),
    ("incident-closing-note", "value", ""),
    ("incident-closing-password", "value", PASSWORD),
]


@dataclass(frozen=True, slots=True)
class Scene:
    """An incident with two tubes of one project and one of another."""

    code: str
    unit: str
    member: str
    """Address of who may hold, of the project with two tubes."""


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own: every unit there is followed."""
    return committed_database


@pytest.fixture
def scene(bound_database: Engine, frozen_clock: FrozenClock) -> Scene:
    with writing() as session:
        mine, theirs = (Project(code=code, name=code, owner_id=None) for code in ("MINE", "THEIRS"))
        session.add_all([mine, theirs])
        session.flush()
        person = make_user(session, Role.PRINCIPAL_INVESTIGATOR, name="Ines")
        session.add(ProjectMember(project_id=mine.id, user_id=person.id))
        watched = watch_freezer(session)
        tubes = [
            make_tube(session, mine, barcode=MINE),
            make_tube(session, mine, barcode="DNA-MINE-2"),
            make_tube(session, theirs, barcode=THEIRS),
        ]
        long_ago = clock.utc_now() - timedelta(hours=2)
        for column, tube in enumerate(tubes, start=1):
            stand(session, tube, watched.freezer.box_id, 1, column, placed_at=long_ago)
        warm_up(session, watched, clock.utc_now())
        follow(session)
        return Scene(code_of(only_incident(session)), watched.freezer.label, person.email)


@pytest.fixture
def member(anonymous: FlaskClient, scene: Scene) -> FlaskClient:
    client = anonymous.application.test_client()
    assert submit_sign_in(client, scene.member, PASSWORD).status_code == 303
    return client


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient], scene: Scene) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


def drawn(client: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200
    return json.dumps(answer.get_json(), ensure_ascii=False)


def pressed(
    client: FlaskClient, problems: str, button: str, state: list[tuple[Any, str, Any]]
) -> str:
    """Press the button of a dialog and return what the page is told."""
    body = callback_request(f"{problems}.children", inputs=[(button, "n_clicks", 1)], state=state)
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def decided_about(  # noqa: PLR0917 -- what a dialog holds
    client: FlaskClient, scene: Scene, act: str, which: str, words: str, ticked: Sequence[str] = ()
) -> str:
    field = "note" if act == "accept" else "reason"
    body = callback_request(
        f"incident-{act}-problems.children",
        inputs=[(f"incident-{act}-send", "n_clicks", 1)],
        state=[
            (f"incident-{act}-which", "value", which),
            (f"incident-{act}-{field}", "value", words),
            ("incident-which", "data", scene.code),
            ("incident-shown", "data", ["", "", ""]),
        ],
    )
    keys = [{"type": "incident-choose", "item": item} for item in ticked]
    body["state"].append([{"id": key, "property": "value", "value": True} for key in keys])
    body["state"].append([{"id": key, "property": "id", "value": key} for key in keys])
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def make_it_cold(frozen_clock: FrozenClock) -> None:
    """Let ten minutes of cold pass, with the alarm acknowledged, and let the job see it."""
    frozen_clock.advance(minutes=10)
    with writing() as session:
        sensor = session.scalars(select(Sensor)).one()
        key = SensorId(sensor.id)
        telemetry_service.acknowledge(session, EVERYBODY, sensor_id=key, reason="Door shut")
        read_until(session, sensor, frozen_clock(), [-79.0] * 10)
        follow(session)


def states() -> list[HoldState]:
    with reading() as session:
        return sorted(session.scalars(select(IncidentItem.hold_state)))


def state_of_the_incident() -> IncidentState:
    with reading() as session:
        return session.scalars(select(Incident.state)).one()


def test_there_is_no_incident_and_the_page_says_so(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in(Role.ANALYST)

    assert "No incident is open" in drawn(client, "/incidents")
    assert "No incident has been closed" in drawn(client, "/incidents", "?show=closed")


def test_the_list_counts_what_is_not_the_readers(member: FlaskClient, scene: Scene) -> None:
    seen = drawn(member, "/incidents")

    assert scene.code in seen
    assert scene.unit in seen
    assert "1 more in other projects" in seen
    assert "Nobody yet" in seen


def test_the_page_of_a_unit_leads_to_its_incident_while_that_stands(
    technician: FlaskClient, scene: Scene, frozen_clock: FrozenClock
) -> None:
    warm = drawn(technician, f"/storage/{scene.unit}")
    make_it_cold(frozen_clock)

    cold = drawn(technician, f"/storage/{scene.unit}")

    assert f"{scene.unit} is in alarm." in warm
    assert f"{scene.unit} is back in range." in cold
    assert f"/incidents/{scene.code}" in warm
    assert f"/incidents/{scene.code}" in cold


def test_a_guest_is_refused(signed_in: Callable[..., FlaskClient], scene: Scene) -> None:
    guest = signed_in(Role.GUEST)

    assert scene.unit not in drawn(guest, "/incidents")
    assert scene.unit not in drawn(guest, f"/incidents/{scene.code}")


def test_an_incident_shows_each_reader_their_samples(
    member: FlaskClient, technician: FlaskClient, scene: Scene
) -> None:
    mine = drawn(member, f"/incidents/{scene.code}")
    every = drawn(technician, f"/incidents/{scene.code}")
    theirs = drawn(technician, f"/incidents/{scene.code}", "?project=THEIRS")

    assert MINE in mine
    assert THEIRS not in mine
    assert "1 more in other projects" in mine
    assert MINE in every
    assert THEIRS in every
    assert THEIRS in theirs
    assert MINE not in theirs
    assert f"Temperature of {scene.unit}" in every
    assert "Incident opened" in every
    assert "3 proposed holds are undecided" in every


def test_units_that_are_one_matter_are_so_by_a_version_of_the_common_rule(
    technician: FlaskClient, scene: Scene
) -> None:
    alone = drawn(technician, f"/incidents/{scene.code}")
    with writing() as session:
        incident = only_incident(session)
        incident.kind, incident.storm_version = IncidentKind.SITE_POWER, 4

    together = drawn(technician, f"/incidents/{scene.code}")

    assert "common rule" not in alone
    assert "version 4 of the common rule" in together
    assert "/alarms?show=common" in together


def test_who_only_reads_is_offered_nothing(
    signed_in: Callable[..., FlaskClient], scene: Scene
) -> None:
    reader = signed_in(Role.ANALYST)

    seen = drawn(reader, f"/incidents/{scene.code}")

    assert MINE in seen
    assert "Accept holds" not in seen
    assert "Close and sign" not in seen
    assert "Plan evacuation" not in seen


def test_an_evacuation_is_offered_and_its_plan_stays_linked(
    technician: FlaskClient, scene: Scene
) -> None:
    before = drawn(technician, f"/incidents/{scene.code}")
    with writing() as session:
        unit_id = session.scalars(select(IncidentUnit.unit_id)).one()
        plan_id = incidents_service.ask_evacuation(
            session,
            EVERYBODY,
            incident_id=IncidentId(only_incident(session).id),
            unit_id=NodeId(unit_id),
        )

    after = drawn(technician, f"/incidents/{scene.code}")

    assert f"Plan evacuation of {scene.unit}" in before
    assert "/storage/relocations" not in before
    assert f"/storage/relocations?plan={plan_id}" in after


def test_a_mistyped_code_leads_to_a_sentence(technician: FlaskClient) -> None:
    assert "There is no incident INC-2026-9999" in drawn(technician, "/incidents/INC-2026-9999")


def test_holds_are_accepted_by_choice_and_the_rest_declined_for_a_reason(
    technician: FlaskClient, scene: Scene
) -> None:
    with reading() as session:
        first = str(session.scalars(select(IncidentItem.id).order_by(IncidentItem.id)).first())

    nothing = decided_about(technician, scene, "accept", "chosen", "")
    one = decided_about(technician, scene, "accept", "chosen", "See log 7", [first])
    silent = decided_about(technician, scene, "decline", "all", " ")
    rest = decided_about(technician, scene, "decline", "all", "They were in a cold rack")

    assert "No sample is chosen" in nothing
    assert "1 hold accepted" in one
    assert "Write what shows that they may be used" in silent
    assert "2 holds declined" in rest
    assert states() == [HoldState.ACCEPTED, HoldState.DECLINED, HoldState.DECLINED]


def test_closing_is_refused_with_everything_that_lacks(
    technician: FlaskClient, scene: Scene
) -> None:
    empty = [(key, name, None) for key, name, _ in CLOSING]

    told = pressed(
        technician,
        "incident-closing-problems",
        "incident-closing-send",
        [*empty, ("incident-which", "data", scene.code)],
    )

    for lacks in (
        "Write why it happened",
        "Write what was done",
        "Choose what becomes of the samples",
        "Alarms are open",
        "3 proposed holds are undecided",
        "Type your password",
    ):
        assert lacks in told
    assert state_of_the_incident() is IncidentState.OPEN


def test_an_incident_is_closed_with_a_signature(
    technician: FlaskClient, scene: Scene, frozen_clock: FrozenClock
) -> None:
    decided_about(technician, scene, "accept", "all", "")
    make_it_cold(frozen_clock)
    wrong = [*CLOSING[:-1], ("incident-closing-password", "value", "not mine")]
    which = ("incident-which", "data", scene.code)

    refused = pressed(
        technician, "incident-closing-problems", "incident-closing-send", [*wrong, which]
    )
    still = state_of_the_incident()
    closed = pressed(
        technician, "incident-closing-problems", "incident-closing-send", [*CLOSING, which]
    )

    assert "There is a problem" in refused
    assert still is IncidentState.CONTAINED
    assert f"{scene.code} is closed and signed" in closed
    seen = drawn(technician, f"/incidents/{scene.code}")
    assert "Signed by Mara Lindqvist" in seen
    assert "Test again before use" in seen
    assert "Accept holds" not in seen
    assert scene.code in drawn(technician, "/incidents", "?show=closed")


def test_of_a_unit_that_is_not_heard_somebody_says_that_it_is_back_in_range(
    technician: FlaskClient, scene: Scene
) -> None:
    with writing() as session:
        take_out_dead(session, scene.unit)
    which = ("incident-which", "data", scene.code)

    asked = drawn(technician, f"/incidents/{scene.code}")
    wordless = say_back(technician, scene.unit, "", which)
    still = state_of_the_incident()
    said = say_back(technician, scene.unit, "−79 °C with our own thermometer", which)

    assert f"Nothing was heard from {scene.unit} since its alarms were over" in asked
    assert "Write how you know" in wordless
    assert still is IncidentState.OPEN
    assert f"{scene.unit} is back in range by your word" in said
    assert state_of_the_incident() is IncidentState.CONTAINED
    seen = drawn(technician, f"/incidents/{scene.code}")
    assert "Mara Lindqvist says that it is back in range: −79 °C with our own" in seen
    assert "said to be back in range; no thermometer is heard there" in seen
    assert f"Nothing was heard from {scene.unit}" not in seen


def say_back(client: FlaskClient, unit: str, reason: str, which: tuple[str, str, str]) -> str:
    return pressed(
        client,
        "incident-back-problems",
        "incident-back-send",
        [
            ("incident-back-unit", "value", unit),
            ("incident-back-reason", "value", reason),
            which,
        ],
    )


def test_somebody_looks_after_it_and_the_list_says_who(
    technician: FlaskClient, scene: Scene, frozen_clock: FrozenClock
) -> None:
    body = callback_request(
        "incident-changed.data",
        inputs=[("incident-take", "n_clicks", 1)],
        state=[("incident-which", "data", scene.code)],
    )
    make_it_cold(frozen_clock)

    answer = technician.post(gate.CALLBACKS, json=body, headers=csrf_headers(technician))

    assert answer.status_code == 200, answer.text
    seen = drawn(technician, "/incidents")
    assert "Mara Lindqvist" in seen
    assert EVERYBODY.name in seen  # who acknowledged the alarm
    assert "alarm acknowledged. Door shut" in drawn(technician, f"/incidents/{scene.code}")
