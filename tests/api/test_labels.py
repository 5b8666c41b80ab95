"""Labels over the API: previews, printers, prints, sheets; and who is refused.

That each answer is as the description says is checked by the client itself (conftest).
"""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backend.auth.ids import Role
from backend.core import clock
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.transaction import writing
from backend.labels import contents, place_labels, printing, sizes
from backend.labels.ids import PrintState
from backend.labels.models import PrintJob
from backend.labels.rendering import svg
from backend.samples.models import Sample
from backend.storage import place_queries
from backend.storage.models import StorageNode
from backend.work.ids import JobState
from backend.work.models import Job
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.labels import make_printer
from tests.factories.samples import EVERYBODY, make_sample
from tests.factories.storage import make_freezer
from tests.support.label_printer import Manner, label_printer

SignedIn = Callable[..., Headers]


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def printer(technician: Headers) -> str:
    del technician  # its fixture has made the database
    with writing() as session:
        make_sample(session, barcode="PLS-1")
        make_sample(session, barcode="PLS-2")
        return str(make_printer(session, name="Bench 4"))


def ask(client: FlaskClient, headers: Headers, printer: str, **given: object) -> dict[str, object]:
    body = {"printer_id": printer, "barcodes": ["pls-2", "PLS-1"], **given}
    response = client.post("/api/v1/prints", json=body, headers=headers)
    assert response.status_code == 202, response.text
    assert isinstance(response.json, dict)
    return response.json


def test_labels_are_queued_in_order_and_followed(
    client: FlaskClient, technician: Headers, printer: str
) -> None:
    made = ask(client, technician, printer, copies=2)

    assert (made["state"], made["labels"], made["copies"]) == ("queued", 2, 2)
    assert (made["first_barcode"], made["template"]) == ("PLS-2", "cryo")
    one = client.get(f"/api/v1/prints/{made['id']}", headers=technician).json
    assert one == made
    listed = client.get("/api/v1/prints?state=queued&limit=1", headers=technician).json
    assert listed is not None
    assert listed["items"] == [made]


def test_one_key_prints_once(client: FlaskClient, technician: Headers, printer: str) -> None:
    headers = technician | {"Idempotency-Key": "labels-of-tray-7"}

    first, second = (ask(client, headers, printer) for _ in range(2))

    assert first["id"] == second["id"]


def test_a_label_that_was_printed_needs_a_reason(
    client: FlaskClient, technician: Headers, printer: str
) -> None:
    ask(client, technician, printer)
    body = {"printer_id": printer, "barcodes": ["PLS-1"]}

    refused = client.post("/api/v1/prints", json=body, headers=technician)

    assert_problem(refused, 422, "invalid_input")
    assert "reason" in refused.get_json()["fields"]
    assert ask(client, technician, printer, reason="Smeared")["reason"] == "Smeared"


def test_an_unsure_print_is_settled_by_a_person(
    client: FlaskClient, technician: Headers, printer: str
) -> None:
    made = ask(client, technician, printer)
    path = f"/api/v1/prints/{made['id']}"
    with writing() as session:
        session.execute(update(PrintJob).values(state=PrintState.UNSURE))

    assert_problem(client.post(f"{path}/retry", headers=technician), 409, "conflict")
    settled = client.post(f"{path}/settle", json={"came_out": True}, headers=technician)
    again = client.post(f"{path}/reprint", json={"reason": "Torn"}, headers=technician)

    assert settled.get_json()["state"] == "sent"
    assert again.status_code == 202
    assert again.get_json()["reprint_of"] == made["id"]


def test_a_waiting_print_is_called_off(
    client: FlaskClient, technician: Headers, printer: str
) -> None:
    made = ask(client, technician, printer)

    answer = client.post(f"/api/v1/prints/{made['id']}/cancel", headers=technician)

    assert answer.get_json()["state"] == "cancelled"


@pytest.mark.usefixtures("printer")
def test_a_preview_is_a_drawing_of_the_label(client: FlaskClient, technician: Headers) -> None:
    answer = client.get("/api/v1/labels/preview/PLS-1?template=box&dpi=300", headers=technician)

    assert answer.content_type.startswith("image/svg+xml")
    assert b"PLS-1" in answer.data
    assert_problem(
        client.get("/api/v1/labels/preview/NONE-1", headers=technician), 404, "not_found"
    )


@pytest.mark.usefixtures("printer")
@pytest.mark.parametrize("template", sizes.TEMPLATES)
def test_a_preview_of_any_template_is_what_is_printed(
    client: FlaskClient, technician: Headers, template: str
) -> None:
    with writing() as session:
        freezer = make_freezer(session, boxes=1, label="ULT-77")
        session.get_one(StorageNode, freezer.box_ids[0]).barcode = "BOX-0418"
        session.flush()
        place = place_queries.get_place(session, EVERYBODY, "BOX-0418")
        sample_id = session.scalars(select(Sample.id).where(Sample.barcode == "PLS-1")).one()
        sample = contents.of_samples(session, EVERYBODY, [sample_id])[0]
    expected = {
        label: svg.draw(*printing.layouts_of(template, [content], dpi=300)).encode()
        for label, content in (("PLS-1", sample), ("BOX-0418", place_labels.of_place(place)))
    }

    shown = {
        code: client.get(
            "/api/v1/labels/preview",
            query_string={"of": code, "template": template, "dpi": 300},
            headers=technician,
        ).data
        for code in expected
    }

    assert shown == expected


@pytest.mark.usefixtures("printer")
def test_a_place_is_found_by_its_path_and_has_a_boxs_label(
    client: FlaskClient, technician: Headers
) -> None:
    with writing() as session:
        freezer = make_freezer(session, boxes=1, label="ULT-77")
        path = session.get_one(StorageNode, freezer.box_ids[0]).path

    def ask_for(of: str, **more: str) -> TestResponse:
        asked = {"of": of, **more}
        return client.get("/api/v1/labels/preview", query_string=asked, headers=technician)

    usual, named = ask_for(path), ask_for(path, template="box")

    assert "/" in path
    assert usual.status_code == 200
    assert usual.data == named.data
    assert ask_for("PLS-1").data == ask_for("PLS-1", template="cryo").data
    assert_problem(ask_for("NOWHERE/1"), 404, "not_found")


@pytest.mark.usefixtures("printer")
def test_labels_on_sheets_are_a_pdf(client: FlaskClient, technician: Headers) -> None:
    known = client.get("/api/v1/labels/templates", headers=technician).get_json()
    (sheet,) = [each for each in known["sheets"] if each["key"] == "a4-65"]
    body = {"barcodes": ["PLS-1"], "template": "tube", "sheet": "a4-65", "start_at": 65}

    answer = client.post("/api/v1/labels/sheets", json=body, headers=technician)

    assert sheet["labels"] == 65
    assert "tube" in sheet["templates"]
    assert answer.content_type.startswith("application/pdf")
    assert answer.data.startswith(b"%PDF")


def test_a_file_of_very_many_labels_is_a_job_and_its_owners_alone(
    client: FlaskClient, technician: Headers, signed_in: SignedIn, printer: str, settings: Settings
) -> None:
    del printer  # its fixture has made the samples
    body = {"barcodes": ["PLS-2", "PLS-1"], "template": "cryo", "sheet": "a4-65"}
    key = {"Idempotency-Key": "file-1"}

    asked = client.post("/api/v1/labels/files", json=body, headers=technician | key)
    again = client.post("/api/v1/labels/files", json=body, headers=technician | key)
    job_id = asked.get_json()["job_id"]
    job = client.get(f"/api/v1/jobs/{job_id}", headers=technician).get_json()
    early = client.get(f"/api/v1/labels/files/{job_id}", headers=technician)
    sha256 = DiskStore(settings.files_dir).put(b"%PDF-1.7 labels")
    with writing() as session:
        done = {"state": JobState.DONE, "result": {"sha256": sha256, "labels": 2}}
        finished = {"started_at": clock.utc_now(), "finished_at": clock.utc_now()}
        session.execute(update(Job).where(Job.id == UUID(job_id)).values(**done, **finished))
    file = client.get(f"/api/v1/labels/files/{job_id}", headers=technician)
    other = signed_in(Role.SCIENTIST)
    strange = client.get(f"/api/v1/labels/files/{job_id}", headers=other)

    assert (asked.status_code, again.get_json()) == (202, {"job_id": job_id})
    assert (job["kind"], job["queue"]) == ("labels.sheets", "long")
    assert_problem(early, 404, "not_found")
    assert (file.content_type, file.data) == ("application/pdf", b"%PDF-1.7 labels")
    assert_problem(strange, 404, "not_found")


def test_a_file_of_a_sample_that_is_not_there_asks_no_worker(
    client: FlaskClient, technician: Headers, printer: str
) -> None:
    del printer
    body = {"barcodes": ["PLS-1", "PLS-404"], "template": "cryo", "sheet": "a4-65"}

    answer = client.post("/api/v1/labels/files", json=body, headers=technician)

    assert answer.status_code == 404
    assert "PLS-404" in answer.get_json()["message"]
    assert client.get("/api/v1/jobs", headers=technician).get_json()["items"] == []


def test_a_printer_is_added_changed_and_tested(client: FlaskClient, technician: Headers) -> None:
    made = client.post(
        "/api/v1/printers",
        json={"name": "Bench 5", "host": "printer-5.lab", "dpi": 300},
        headers=technician,
    )
    path = f"/api/v1/printers/{made.get_json()['id']}"
    changed = client.post(
        path, json={"name": "Bench 5", "host": "printer-5.lab", "dpi": 600}, headers=technician
    )
    tested = client.post(f"{path}/test", headers=technician)

    assert made.status_code == 201
    assert changed.get_json()["dpi"] == 600
    assert tested.get_json()["kind"] == "test"
    listed = client.get("/api/v1/printers", headers=technician).get_json()["items"]
    assert [(each["name"], each["waiting"]) for each in listed] == [("Bench 5", 1)]


@pytest.mark.parametrize(
    ("manner", "obstacle"), [(Manner.ANSWERS, ""), (Manner.OUT_OF_LABELS, "out of labels")]
)
def test_a_printer_says_how_it_is(
    client: FlaskClient, technician: Headers, manner: Manner, obstacle: str
) -> None:
    with label_printer(manner) as there:
        with writing() as session:
            key = make_printer(session, port=there.port)

        said = client.get(f"/api/v1/printers/{key}/state", headers=technician).get_json()

    assert (said["answers"], said["obstacle"]) == (True, obstacle)


def test_who_may_not_print_or_configure_is_refused(
    client: FlaskClient, signed_in: SignedIn, printer: str
) -> None:
    guest, scientist = signed_in(Role.GUEST), signed_in(Role.SCIENTIST)
    body = {"name": "Mine", "host": "localhost"}

    for path in ("printers", "prints", "labels/templates"):
        assert client.get(f"/api/v1/{path}", headers=guest).status_code == 403
    assert client.post("/api/v1/printers", json=body, headers=scientist).status_code == 403
    foreign = client.post(
        "/api/v1/prints", json={"printer_id": printer, "barcodes": ["PLS-1"]}, headers=scientist
    )
    assert_problem(foreign, 404, "not_found")
