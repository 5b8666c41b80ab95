"""The API's own doors of sequencing, reports, notifications and imports.

That each answer is as the description says is checked by the client itself (conftest).
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.api.app import all_routes
from backend.api.routing import Route
from backend.api.v1 import imports
from backend.api.v1.reports import MEDIA_TYPES
from backend.auth import tokens
from backend.auth.ids import Role
from backend.core import clock, secret_files
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.principal import Permission, UserId, machinery
from backend.core.transaction import reading, writing
from backend.notifications import service as notifications_service
from backend.notifications.ids import Kind, Severity
from backend.notifications.rules import Notice
from backend.reports import service as reports_service
from backend.reports.definitions import SAMPLES_AND_OCCUPANCY
from backend.reports.ids import ReportFormat
from backend.reports.service import BuiltFile
from backend.samples.ids import MaterialType
from backend.samples.models import Sample
from backend.work.ids import JobId
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import make_project, make_sample
from tests.factories.sequencing import INDEX_PAIRS
from tests.support.sample_files import manifest

SignedIn = Callable[..., Headers]


def person_of(client: FlaskClient, headers: Headers) -> UserId:
    me = client.get("/api/v1/me", headers=headers).json
    assert me is not None
    return UserId(me["id"])


def wish(project: str, barcodes: list[str], *, due_in: int = 14) -> dict[str, object]:
    return {
        "project_code": project,
        "libraries": [{"barcode": barcode} for barcode in barcodes],
        "reads_millions": 25,
        "read_length": 151,
        "due_on": (clock.utc_now().date() + timedelta(days=due_in)).isoformat(),
    }


def test_a_request_for_sequencing_is_made_listed_and_read(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
        libraries = [
            make_sample(
                session,
                project.code,
                material_type=MaterialType.LIBRARY,
                index_i7=i7,
                index_i5=i5,
            ).barcode
            for i7, i5 in INDEX_PAIRS[:3]
        ]
    headers = signed_in(Role.SCIENTIST, project=project)

    made = [
        client.post(
            "/api/v1/sequencing/requests",
            json=wish(project.code, [barcode], due_in=days),
            headers=headers,
        )
        for barcode, days in zip(libraries, (30, 10, 20), strict=True)
    ]

    assert [answer.status_code for answer in made] == [201, 201, 201], made[0].text
    first = client.get("/api/v1/sequencing/requests?limit=2", headers=headers).json
    assert first is not None
    rest = client.get(
        f"/api/v1/sequencing/requests?limit=2&cursor={first['next_cursor']}", headers=headers
    ).json
    assert rest is not None
    codes = [each.json["code"] for each in made if each.json]
    listed = [card["code"] for card in [*first["items"], *rest["items"]]]
    assert listed == [codes[1], codes[2], codes[0]]  # the most urgent first
    assert rest["next_cursor"] is None
    assert made[0].json is not None
    one = client.get(f"/api/v1/sequencing/requests/{made[0].json['id']}", headers=headers)
    assert one.json == made[0].json


def test_a_request_that_cannot_be_sequenced_says_why_at_its_barcode(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
        barcode = make_sample(session, project.code).barcode

    answer = client.post(
        "/api/v1/sequencing/requests",
        json=wish(project.code, [barcode]),
        headers=signed_in(Role.SCIENTIST, project=project),
    )

    body = assert_problem(answer, 422, "invalid_input")
    assert body["fields"] == {barcode: f"{barcode} has no i7 index. Give one."}


def test_a_report_is_asked_for_and_its_file_fetched(
    client: FlaskClient, signed_in: SignedIn, settings: Settings
) -> None:
    headers = signed_in(Role.ANALYST)
    asked = client.post(f"/api/v1/reports/{SAMPLES_AND_OCCUPANCY.key}/runs", headers=headers)
    assert asked.json is not None
    job = client.get(f"/api/v1/jobs/{asked.json['job_id']}", headers=headers)
    assert job.json is not None
    assert job.json["kind"] == reports_service.JOB_KIND
    kept = DiskStore(settings.files_dir).put(b"%PDF-1.7 as built")
    builder = machinery("builder", Permission.REPORTS_RUN, request_id="test")
    with writing() as session:
        reports_service.store_artifacts(
            session,
            builder,
            job_id=JobId(asked.json["job_id"]),
            report=SAMPLES_AND_OCCUPANCY.key,
            data_as_of=clock.utc_now(),
            files=[BuiltFile(format=ReportFormat.PDF, sha256=kept, size_bytes=17)],
        )

    runs = client.get("/api/v1/reports/runs", headers=headers).json
    reports = client.get("/api/v1/reports", headers=headers).json

    assert runs is not None
    assert reports is not None
    [file] = runs["items"][0]["artifacts"]
    assert reports["items"][0]["last"]["artifacts"] == [file]
    got = client.get(f"/api/v1/reports/files/{file['id']}", headers=headers)
    assert got.data == b"%PDF-1.7 as built"
    assert got.content_type == MEDIA_TYPES[ReportFormat.PDF]
    assert got.headers["Content-Disposition"] == f'attachment; filename="{file["filename"]}"'
    assert got.headers["Cache-Control"] == "no-store"


def test_a_person_reads_and_marks_their_own_notifications_only(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    mine, theirs = signed_in(Role.GUEST), signed_in(Role.GUEST)
    with writing() as session:
        for number in range(3):
            notice = Notice(
                kind=Kind.REPORT_BUILT,
                severity=Severity.INFO,
                title=f"Report {number}",
                body="",
                href="/reports",
            )
            notifications_service.notify(
                session,
                user_ids=[person_of(client, mine), person_of(client, theirs)],
                notice=notice,
                dedupe_key=str(number),
            )

    first = client.get("/api/v1/notifications?limit=2", headers=mine).json
    assert first is not None
    rest = client.get(
        f"/api/v1/notifications?limit=2&cursor={first['next_cursor']}", headers=mine
    ).json
    assert rest is not None
    keys = [each["id"] for each in [*first["items"], *rest["items"]]]
    assert len(set(keys)) == 3
    assert (first["unread"], rest["next_cursor"]) == (3, None)

    client.post(f"/api/v1/notifications/{keys[0]}/read", headers=theirs)
    assert unread(client, mine) == 3
    client.post(f"/api/v1/notifications/{keys[0]}/read", headers=mine)
    assert unread(client, mine) == 2
    marked = client.post("/api/v1/notifications/read", headers=mine).json
    assert marked == {"marked": 2}
    assert (unread(client, mine), unread(client, theirs)) == (0, 3)


def unread(client: FlaskClient, headers: Headers) -> int:
    found = client.get("/api/v1/notifications?unread_only=true&limit=50", headers=headers).json
    assert found is not None
    assert len(found["items"]) == found["unread"]
    return int(found["unread"])


def test_a_dry_run_says_what_a_file_would_do_and_writes_nothing(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
    headers = signed_in(Role.TECHNICIAN)
    broken = manifest(3, {1: {"Volume_mL": "a lot"}})

    seen = client.post(
        f"/api/v1/imports/dry-run?file_name=list.csv&project={project.code}",
        data=broken,
        headers=headers,
    )

    assert seen.json is not None
    assert (seen.json["rows"], seen.json["error_rows"]) == (3, 1)
    [finding] = [each for each in seen.json["findings"] if each["severity"] == "error"]
    assert (finding["row"], finding["value_seen"]) == (3, "a lot")
    listed = client.get("/api/v1/imports", headers=headers).json
    assert listed == {"items": [], "next_cursor": None}


def test_what_a_dry_run_has_to_say_comes_in_pages(
    client: FlaskClient, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "FINDINGS_AT_ONCE", 2)
    headers, broken = signed_in(Role.TECHNICIAN), {row: {"Storage_Temp": "no"} for row in range(3)}
    path = "/api/v1/imports/dry-run?file_name=list.csv&findings_from="

    pages = [
        client.post(f"{path}{start}", data=manifest(3, broken), headers=headers).get_json()
        for start in (0, 2, 4, 6)
    ]

    whole = [each for page in pages for each in page["findings"]]
    assert [len(page["findings"]) for page in pages][:2] == [2, 2]
    assert {page["findings_total"] for page in pages} == {len(whole)}
    assert [each["row"] for each in whole if each["severity"] == "error"] == [2, 3, 4]


def test_a_file_is_registered_and_the_same_file_twice_says_so(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
    headers = signed_in(Role.TECHNICIAN)
    path = f"/api/v1/imports?file_name=list.csv&project={project.code}"

    done = client.post(path, data=manifest(3), headers=headers)
    again = client.post(path, data=manifest(3), headers=headers)

    assert done.json is not None
    assert (done.status_code, done.json["registered"]) == (201, 3)
    assert_problem(again, 409, "already_imported")
    with reading() as session:
        assert session.scalars(select(func.count()).select_from(Sample)).one() == 3
    listed = client.get("/api/v1/imports", headers=headers).json
    assert listed is not None
    assert [each["registered"] for each in listed["items"]] == [3]


def test_the_result_of_an_import_is_handed_out_and_registers_nothing_again(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        project = make_project(session, "HEART-1")
    headers = signed_in(Role.TECHNICIAN)
    path = f"/api/v1/imports?file_name=list.csv&project={project.code}"
    broken = manifest(3, {1: {"Volume_mL": "a lot"}})
    done = client.post(f"{path}&commit=valid-rows", data=broken, headers=headers).json
    assert done is not None

    result = client.get(f"/api/v1/imports/{done['import_id']}/result", headers=headers)
    seen = client.post(
        f"/api/v1/imports/dry-run?file_name=result.xlsx&project={project.code}",
        data=result.data,
        headers=headers,
    ).json

    assert seen is not None
    assert (seen["ready_rows"], seen["error_rows"], seen["skipped_rows"]) == (0, 1, 2)
    absent = client.get(f"/api/v1/imports/{new_id()}/result", headers=headers)
    assert_problem(absent, 404, "not_found")


def test_a_file_that_is_no_list_and_one_that_is_too_large_are_refused(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    path = "/api/v1/imports/dry-run?file_name=../../list.csv"

    seen = client.post(path, data=b"\x89PNG\r\n\x1a\n", headers=headers)
    large = client.post(path, data=b"x" * 20_000_001, headers=headers)

    assert seen.status_code in {200, 422}
    if seen.json is not None and seen.status_code == 200:
        assert seen.json["ready_rows"] == 0
        assert seen.json["file_name"] == "list.csv"
        assert any(each["severity"] == "error" for each in seen.json["findings"])
    assert_problem(large, 413, "too_large")


def test_a_cursor_that_is_not_ours_is_refused(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.TECHNICIAN)
    lists = ("jobs", "imports", "notifications", "sequencing/requests")
    cursors = ("x", "W10", "WyJ4IiwgInkiXQ", "WyIyMDI2LTAxLTAxIiwgIngiXQ", "%ff%fe", "W1tbW1tb")

    for path in lists:
        for cursor in cursors:
            answer = client.get(f"/api/v1/{path}?cursor={cursor}", headers=headers)
            assert_problem(answer, 422, "invalid_input")


def _asks_nothing(route: Route) -> bool:
    fields = route.query.model_fields.values() if route.query else ()
    return "{" not in route.path and not any(field.is_required() for field in fields)


def test_every_list_answers_as_described_while_there_is_nothing(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    every = {role: signed_in(role) for role in (Role.TECHNICIAN, Role.ADMINISTRATOR)}
    plain = [route for route in all_routes() if route.method == "GET" and _asks_nothing(route)]

    answered = {
        route.path: [client.get(route.path, headers=each).status_code for each in every.values()]
        for route in plain
    }

    assert len(plain) >= 9
    assert {path: codes for path, codes in answered.items() if 200 not in codes} == {}


def test_pages_of_jobs_follow_each_other_without_gap_or_repeat(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.ANALYST)
    for _ in range(5):
        client.post(f"/api/v1/reports/{SAMPLES_AND_OCCUPANCY.key}/runs", headers=headers)

    seen, cursor = [], ""
    while True:
        page = client.get(f"/api/v1/jobs?limit=2{cursor}", headers=headers).json
        assert page is not None
        seen += [job["id"] for job in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert len(seen) == len(set(seen)) == 5


def test_a_key_of_another_installation_opens_nothing(
    client: FlaskClient, signed_in: SignedIn, tmp_path: Path
) -> None:
    person = person_of(client, signed_in(Role.ADMINISTRATOR))
    secret_files.ensure(tmp_path / "elsewhere")
    foreign = tokens.load_keys(
        secret_files.read(tmp_path / "elsewhere", secret_files.TOKEN_SIGNING_KEY)
    )
    token = tokens.sign_access(
        foreign, user_id=person, family_id=new_id(), token_version=0, now=clock.utc_now()
    )

    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert_problem(answer, 401, "token_refused")
