"""A person of one project never reads or changes what belongs to another, through any door."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from backend.api.app import all_routes
from backend.auth import rules
from backend.auth.ids import Role
from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples.models import Sample
from backend.sequencing.models import SequencingRequest
from backend.sequencing.queue_plans.ids import QueuePlanId
from backend.storage.solver_output import silence_solver
from backend.templates.models import SampleImport
from dashboard import gate
from dashboard.routes import ROUTES
from tests.dashboard.conftest import callback_request, csrf_headers, page_request, submit_sign_in
from tests.dashboard.project_scenes import BARCODE, MINE, TELLTALES, THEIRS, Scene, make_scene
from tests.factories.people import PASSWORD
from tests.factories.queue_plans import store_plan
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_instrument
from tests.support.sample_files import manifest

BrowserOf = Callable[[str], FlaskClient]


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own: it counts what is there."""
    return committed_database


@pytest.fixture
def scene(bound_database: Engine) -> Scene:
    del bound_database  # its fixture has bound the database
    return make_scene()


@pytest.fixture
def browser_of(anonymous: FlaskClient, scene: Scene) -> BrowserOf:
    """Return a maker of signed-in browsers: of the scientist of a project."""

    def of(project: str) -> FlaskClient:
        client = anonymous.application.test_client()
        answer = submit_sign_in(client, f"{project}@laboratory.example", PASSWORD)
        assert answer.status_code == 303
        return client

    return of


@pytest.fixture
def token(anonymous: FlaskClient, scene: Scene) -> Callable[[str], dict[str, str]]:
    def of(project: str) -> dict[str, str]:
        sent = {"email": f"{project}@laboratory.example", "password": PASSWORD}
        pair = anonymous.post("/api/v1/auth/tokens", json=sent).get_json()
        return {"Authorization": f"Bearer {pair['access_token']}"}

    return of


def pages(scene: Scene) -> list[tuple[str, str]]:
    """Return the address of every page, leading as straight as it can to the other project."""
    queries = {
        "/samples": [f"?q={BARCODE}"],
        "/samples/<path:barcode>": ["?asof=2026-11-20T09:00:00%2B00:00"],
        "/register/import": [f"?id={scene.import_id}"],
        "/register/single": [f"?barcode={BARCODE}"],
        "/documents/workbooks": [f"?find={BARCODE}", f"?find={BARCODE}&older=1"],
        "/documents/workbooks/<workbook_id>": [f"?find={BARCODE}"],
        "/custody": ["?show=shipments", "?show=incoming"],
        "/incidents": ["?show=closed"],
        "/incidents/<incident>": [f"?project={THEIRS}", "?order=place"],
        "/sequencing": [f"?request={scene.library}", "?view=plan"],
        "/sequencing/plans/<run>": ["?show=sheet", "?show=reindex&lane=1"],
    }
    found = []
    for route in ROUTES:
        path = (
            route.path.replace("<path:barcode>", BARCODE)
            .replace("<path:path>", quote(scene.box_path))
            .replace("/picks/<code>", f"/picks/{scene.pick_list}")
            .replace("/pools/<code>", f"/pools/{scene.pool}")
            .replace("/libraries/<code>", f"/libraries/{scene.worksheet}")
            .replace("<code>", scene.shipment)
            .replace("<parcel>", scene.parcel)
            .replace("<audit_id>", str(scene.audit_id))
            .replace("<run>", scene.run)
            .replace("<incident>", scene.incident)
            .replace("<key>", "blood-intake")
            .replace("<workbook_id>", str(scene.workbook_id))
            .replace("<folder>", str(scene.folder_id))
        )
        assert "<" not in path, f"Say here what {route.path} leads to."
        found += [(path, search) for search in ("", *queries.get(route.path, []))]
    return found


def drawn(browser: FlaskClient, path: str, search: str) -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def read_whole(content: bytes) -> str:
    """Return all that an answer says, a workbook's parts unpacked."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def told(text: str, asked: str) -> set[str]:
    """Return the telltales in a page, but for what the address itself said."""
    return {each for each in TELLTALES if each in text and each not in asked}


def test_no_page_tells_of_another_project(browser_of: BrowserOf, scene: Scene) -> None:
    stranger, member = browser_of(MINE), browser_of(THEIRS)

    to_stranger = {
        path + search: told(drawn(stranger, path, search), path + search)
        for path, search in pages(scene)
    }
    to_member = {
        path + search
        for path, search in pages(scene)
        if told(drawn(member, path, search), path + search)
    }

    assert {page: words for page, words in to_stranger.items() if words} == {}
    # The same addresses do show it to whom it belongs: the test looks where there is something.
    expected = {
        f"/samples/{BARCODE}",
        f"/register/import?id={scene.import_id}",
        "/sequencing",
        "/sequencing/pools",
        f"/sequencing/pools/{scene.pool}",
        f"/custody/shipments/{scene.shipment}",
        "/documents/workbooks",
        f"/documents/workbooks?find={BARCODE}",
        f"/documents/workbooks/{scene.workbook_id}",
        "/custody?show=incoming",
        f"/custody/incoming/{scene.parcel}",
        f"/incidents/{scene.incident}",
        f"/sequencing/libraries/{scene.worksheet}",
        f"/sequencing/plans/{scene.run}",
        f"/sequencing/plans/{scene.run}?show=sheet",
        f"/sequencing/runs/{scene.folder_id}",
    }
    assert expected <= to_member


def test_a_planner_of_one_project_sees_nothing_of_anothers_queue(
    browser_of: BrowserOf,
    anonymous: FlaskClient,
    token: Callable[[str], dict[str, str]],
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Who plans today sees every project. What the page shows must not hang on that.
    planners = dict(rules.PERMISSIONS_OF)
    planners[Role.SCIENTIST] |= {Permission.SEQUENCING_PLAN}
    monkeypatch.setattr(rules, "PERMISSIONS_OF", planners)
    silence_solver()
    plans, pins = "/api/v1/sequencing/queue-plans", "/api/v1/sequencing/queue-pins"
    with writing() as session:
        instrument = make_instrument(session)
        start = clock.utc_now() + timedelta(days=5)
        body = {"request": str(scene.request_id), "instrument": str(instrument.id)}
        body |= {"start_at": start.isoformat(), "library": scene.library}
    member, stranger = token(THEIRS), token(MINE)

    asked = anonymous.post(plans, headers=member, json={"limit_s": 5}).get_json()
    pinned = [
        anonymous.post(pins, headers=who, json=body).status_code for who in (stranger, member)
    ]
    with writing() as session:
        store_plan(session, EVERYBODY, QueuePlanId(UUID(asked["id"])))

    page, one = "/sequencing/queue-plan", f"?plan={asked['id']}"
    seen = {
        project: told(drawn(browser_of(project), page, ""), "")
        | told(drawn(browser_of(project), page, one), "")
        | told(anonymous.get(pins, headers=who).text, "")
        | told(anonymous.get(f"{plans}/{asked['id']}", headers=who).text, "")
        for project, who in ((THEIRS, member), (MINE, stranger))
    }
    assert pinned == [422, 201]
    assert seen == {THEIRS: {THEIRS}, MINE: set()}
    assert scene.library in drawn(browser_of(THEIRS), page, one)
    assert scene.library not in drawn(browser_of(MINE), page, "")
    answered = [
        anonymous.post(f"{plans}/{asked['id']}/accept", headers=who, json={}).status_code
        for who in (stranger, member)
    ]
    assert answered == [404, 201]


def test_an_attachment_of_another_project_is_not_there(
    browser_of: BrowserOf, token: Callable[[str], dict[str, str]], scene: Scene
) -> None:
    stranger, headers = browser_of(MINE), token(MINE)
    address = f"/api/v1/attachments/{scene.attachment_id}"

    taken = stranger.get(f"/files/attachments/{scene.attachment_id}")
    over_api = stranger.get(f"{address}/file", headers=headers)
    removed = stranger.post(f"{address}/removal", headers=headers, json={"reason": "mine"})

    assert [taken.status_code, over_api.status_code, removed.status_code] == [404, 404, 404]


def test_search_and_scan_find_nothing_of_another_project(
    browser_of: BrowserOf, scene: Scene
) -> None:
    def led_to(project: str) -> str | None:
        client = browser_of(project)
        body = callback_request(
            "search.value",
            inputs=[("search", "n_submit", 1), ("scan", "data", None)],
            state=[("search", "value", BARCODE)],
        )
        answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
        assert answer.status_code == 200, answer.text
        href: str | None = answer.get_json()["response"].get("url", {}).get("href")
        return href

    assert led_to(THEIRS) == f"/samples/{BARCODE}"
    assert led_to(MINE) is None


def test_no_answer_of_the_api_tells_of_another_project(
    anonymous: FlaskClient, token: Callable[[str], dict[str, str]], scene: Scene
) -> None:
    stranger, member = token(MINE), token(THEIRS)
    keys = {
        "request_id": str(scene.request_id),
        "sample_id": str(scene.sample_id),
        "import_id": str(scene.import_id),
        "barcode": BARCODE,
        "code": scene.shipment,
        "parcel": scene.parcel,
        "attachment_id": str(scene.attachment_id),
        "worksheet": scene.worksheet,
        "run": scene.run,
        "folder": str(scene.folder_id),
    }
    to_stranger, to_member = {}, set()
    for route in all_routes():
        if route.method != "GET":
            continue
        path = route.path.replace("/pools/{code}", f"/pools/{scene.pool}")
        path = re.sub(r"{(\w+)}", lambda m: keys.get(m[1], str(scene.import_id)), path)
        seen = read_whole(anonymous.get(path, headers=stranger).data)
        if words := told(seen, path):
            to_stranger[path] = words
        if told(read_whole(anonymous.get(path, headers=member).data), path):
            to_member.add(route.path)

    assert to_stranger == {}
    result = f"/api/v1/imports/{scene.import_id}/result"
    found = [anonymous.get(result, headers=each) for each in (stranger, member)]
    # Read to its end, so that the file behind it is closed.
    assert [(each.status_code, bool(each.data)) for each in found] == [(404, True), (200, True)]
    for each in found:
        each.close()
    assert {
        "/api/v1/imports",
        "/api/v1/shipments/{code}",
        "/api/v1/incoming",
        "/api/v1/incoming/{parcel}",
        "/api/v1/samples/{barcode}/attachments",
        "/api/v1/sequencing/requests",
        "/api/v1/sequencing/requests/{request_id}",
        "/api/v1/sequencing/pools",
        "/api/v1/sequencing/pools/{code}",
        "/api/v1/sequencing/worksheets/{worksheet}",
        "/api/v1/sequencing/plans/{run}/sheet",
        "/api/v1/sequencing/runs/{folder}",
    } <= to_member


def test_nothing_is_changed_in_another_project_through_the_api(
    anonymous: FlaskClient, token: Callable[[str], dict[str, str]], scene: Scene
) -> None:
    headers = token(MINE)
    before = counted()
    wish = {
        "project_code": MINE,
        "libraries": [{"barcode": scene.library}],
        "reads_millions": 10,
        "read_length": 151,
        "due_on": (clock.utc_now().date() + timedelta(days=9)).isoformat(),
    }

    def sent(project: str) -> list[int]:
        upload = f"file_name=new.csv&project={project}"
        content = manifest(2)
        return [
            anonymous.post(path, headers=headers, **body).status_code
            for path, body in (
                ("/api/v1/sequencing/requests", {"json": wish | {"project_code": project}}),
                (f"/api/v1/imports/dry-run?{upload}", {"data": content}),
                (f"/api/v1/imports?{upload}", {"data": content}),
            )
        ]

    assert sent(THEIRS) == [422, 404, 404]
    assert counted() == before
    # Their library is not asked for through one's own project either.
    own = anonymous.post("/api/v1/sequencing/requests", json=wish, headers=headers)
    assert own.status_code == 422
    assert json.loads(own.text)["fields"][scene.library].startswith(
        f"{scene.library} is not a sample of your projects"
    )
    assert counted() == before


def counted() -> tuple[int, ...]:
    with reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Sample, SequencingRequest, SampleImport)
        )
