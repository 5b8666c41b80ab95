"""Whatever file is handed out, by whichever door: the browser saves it and runs nothing of it."""

import itertools
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from backend.api.app import all_routes
from backend.auth.ids import Role
from backend.core import clock
from backend.core.blobs import DiskStore
from backend.core.principal import Permission, machinery
from backend.core.transaction import writing
from backend.custody import service as custody_service
from backend.custody import shipment_queries
from backend.labels import sheet_files
from backend.reports import audit_exports
from backend.reports import service as reports_service
from backend.reports.definitions import SAMPLES_AND_OCCUPANCY
from backend.reports.ids import ReportFormat
from backend.reports.models import ReportArtifact
from backend.reports.service import BuiltFile
from backend.samples import exporting
from backend.samples import service as samples_service
from backend.samples.ids import AttachmentKind, SampleId
from backend.samples.models import Project, Sample
from backend.sequencing.pooling import service as pooling_service
from backend.sequencing.pooling.schemas import PoolIn
from backend.storage import pick_queries
from backend.storage import service as storage_service
from backend.storage.ids import InventoryPurpose, PickPurpose
from backend.storage.picking import PickWish
from backend.templates.usual import add_usual_templates
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.workbooks import queries as workbooks_queries
from backend.workbooks import service as workbooks_service
from tests.dashboard.conftest import csrf_headers, submit_sign_in
from tests.factories.imports import make_draft
from tests.factories.people import PASSWORD, make_user
from tests.factories.pools import measured_libraries
from tests.factories.preparation import make_worksheet
from tests.factories.releases import make_planned_run
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_request
from tests.factories.storage import make_freezer, make_tube, stand

EMAIL = "keeper@laboratory.example"
EVIL = 'x".html\r\nX-Evil: 1 µ'
PAGE = b"Tube,Said\nA1,<script>alert(1)</script>\n"
_jobs = itertools.count(1)
_SENT: dict[str, dict[str, object]] = {
    "POST /api/v1/labels/sheets": {
        "barcodes": ["DNA-FILES-0001"],
        "template": "tube",
        "sheet": "a4-65",
    },
    "POST /api/v1/labels/place-sheets": {"place": "ULT-FILES"},
    "POST /api/v1/audit/files": {"format": "csv", "entity": "project"},
}
"""What a door that is written to is sent."""


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own: templates are made in it."""
    return committed_database


@pytest.fixture
def addresses(bound_database: Engine, server: Flask) -> dict[str, str]:
    """Return an address that answers with a file, for every door that hands one out."""
    files = DiskStore(server.config["FILES_DIR"])
    with writing() as session:
        user_id = make_user(session, *Role, email=EMAIL).id
        project = Project(code="FILES-1", name="Project", owner_id=None)
        session.add(project)
        session.flush()
        add_usual_templates(session, EVERYBODY)
        sample_id = make_tube(session, project, barcode="DNA-FILES-0001")
        attached = samples_service.attach_file(
            session,
            EVERYBODY,
            sample_id=SampleId(sample_id),
            kind=AttachmentKind.OTHER,
            file_name="said.csv",
            content=PAGE,
            files=files,
        )
        added = workbooks_service.add_workbook(
            session, EVERYBODY, file_name=EVIL, content=PAGE, files=files
        )
        [version] = workbooks_queries.workbook(session, EVERYBODY, added.workbook_id).versions
        shipment = custody_service.open_shipment(session, EVERYBODY, recipient="Laboratory B")
        key = shipment_queries.get_shipment(session, EVERYBODY, shipment).id
        custody_service.pack_sample(session, EVERYBODY, shipment_id=key, sample_id=sample_id)
        custody_service.close_box(session, EVERYBODY, shipment_id=key)
        stood, freezer = (
            make_tube(session, project, barcode="DNA-FILES-0002", volume_ul=40),
            make_freezer(session, label="ULT-FILES"),
        )
        stand(session, stood, freezer.box_id, 1, 1)
        audit = storage_service.start_audit(
            session,
            EVERYBODY,
            title=EVIL,
            unit_ids=[freezer.unit_id],
            purpose=InventoryPurpose.PERIODIC,
        )
        picks = storage_service.make_list(
            session,
            EVERYBODY,
            title=EVIL,
            purpose=PickPurpose.TAKE_OUT,
            lines=[PickWish(sample_id=stood)],
        )
        picked = pick_queries.get_list(session, EVERYBODY, picks).label
        libraries = measured_libraries(session, project, 2)
        make_request(session, project, libraries)
        wish = PoolIn(libraries=[each.barcode for each in libraries])
        pooled = pooling_service.draft_pool(session, EVERYBODY, pool=wish).code
        sheet = make_worksheet(session, EVERYBODY, [])
        run = make_planned_run(session, project)
        listed_import = make_draft(session, EVERYBODY, project.code, file_name=EVIL).id
        report = _report(files.put(b"%PDF-1.7"))
        made = {"sha256": files.put(PAGE), "format": "csv", "rows": 1, "entries": 1}
        listed = _finished_job(user_id, exporting.JOB_KIND, made)
        labels = _finished_job(
            user_id, sheet_files.JOB_KIND, {"sha256": files.put(b"%PDF-1.7 labels"), "labels": 1}
        )
        trail = _finished_job(user_id, audit_exports.JOB_KIND, made)
        session.add_all([listed, labels, trail])
        session.flush()
        barcode = session.get_one(Sample, sample_id).barcode
        return {
            "reports.file": f"/files/reports/{report}",
            "samples.file": f"/files/samples/{listed.id}",
            "labels.file": f"/files/labels/{labels.id}",
            "attachments.file": f"/files/attachments/{attached.id}",
            "templates.file": "/files/templates/blood-intake/1",
            "shipments.file": f"/files/shipments/{shipment}",
            "picks.file": f"/files/picks/{picked}.csv",
            "libraries.file": f"/files/libraries/{sheet.code}.pdf",
            "run_sheets.file": f"/files/run-sheets/{run}.csv",
            "GET /api/v1/sequencing/plans/{run}/sheet": f"/api/v1/sequencing/plans/{run}/sheet",
            "audits.file": f"/files/audits/{audit}.xlsx",
            "pools.file": f"/files/pools/{pooled}.xlsx",
            "places.file": f"/files/places/places.xlsx?at={freezer.label}",
            "documents.file": f"/files/documents/{version.file_id}",
            "audit.file": f"/files/audit/{trail.id}",
            "imports.file": f"/files/imports/{listed_import}",
            "imports.problems": f"/files/imports/{listed_import}/problems",
            "GET /api/v1/reports/files/{file_id}": f"/api/v1/reports/files/{report}",
            "GET /api/v1/attachments/{attachment_id}/file": (
                f"/api/v1/attachments/{attached.id}/file"
            ),
            "GET /api/v1/templates/{key}/workbook": "/api/v1/templates/blood-intake/workbook",
            "GET /api/v1/imports/{import_id}/result": f"/api/v1/imports/{listed_import}/result",
            "GET /api/v1/labels/preview": f"/api/v1/labels/preview?of={freezer.label}",
            "GET /api/v1/labels/preview/{barcode}": f"/api/v1/labels/preview/{barcode}",
            "POST /api/v1/labels/sheets": "/api/v1/labels/sheets",
            "POST /api/v1/labels/place-sheets": "/api/v1/labels/place-sheets",
            "GET /api/v1/labels/files/{job_id}": f"/api/v1/labels/files/{labels.id}",
            "POST /api/v1/audit/files": "/api/v1/audit/files",
            "GET /api/v1/audit/exports/{job_id}": f"/api/v1/audit/exports/{trail.id}",
            "GET /api/v1/storage/picks/{code}/worklist": (
                f"/api/v1/storage/picks/{picked}/worklist?robot=biomek&plate=P1&volume_ul=10"
            ),
            "GET /api/v1/storage/place-files": f"/api/v1/storage/place-files?of={freezer.label}",
        }


def _finished_job(user_id: UUID, kind: str, made: dict[str, object]) -> Job:
    return Job(
        kind=kind,
        key=f"made {next(_jobs)}",
        arguments={},
        state=JobState.DONE,
        result=made,
        requested_by=user_id,
        requested_by_name="Keeper",
        request_id="test",
        finished_at=clock.utc_now(),
        started_at=clock.utc_now(),
    )


def _report(sha256: str) -> UUID:
    builder = machinery("builder", Permission.REPORTS_RUN, request_id="test")
    with writing() as session:
        _, job_id = reports_service.request_report(
            session, EVERYBODY, report=SAMPLES_AND_OCCUPANCY.key
        )
        reports_service.store_artifacts(
            session,
            builder,
            job_id=JobId(job_id),
            report=SAMPLES_AND_OCCUPANCY.key,
            data_as_of=clock.utc_now(),
            files=[BuiltFile(format=ReportFormat.PDF, sha256=sha256, size_bytes=8)],
        )
        return session.scalars(select(ReportArtifact.id)).one()


def _fetched(server: Flask, door: str, address: str) -> TestResponse:
    client = server.test_client()
    if not address.startswith("/api/"):
        submit_sign_in(client, EMAIL, PASSWORD)
        return client.get(address, headers=csrf_headers(client), buffered=True)
    pair = client.post("/api/v1/auth/tokens", json={"email": EMAIL, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {pair.get_json()['access_token']}"}
    if door in _SENT:
        return client.post(address, json=_SENT[door], headers=headers, buffered=True)
    return client.get(address, headers=headers, buffered=True)


def test_every_door_that_hands_out_files_is_written_here(
    server: Flask, addresses: dict[str, str]
) -> None:
    pages = {rule.endpoint for rule in server.url_map.iter_rules() if "/files/" in str(rule)}
    api = {f"{route.method} {route.path}" for route in all_routes() if route.files}

    assert {end for end in pages if not end.startswith("api.")} | api == set(addresses)


def test_a_file_runs_nothing_is_not_guessed_at_and_is_saved(
    anonymous: FlaskClient, server: Flask, addresses: dict[str, str]
) -> None:
    answers = {door: _fetched(server, door, address) for door, address in addresses.items()}

    assert {door: answer.status_code for door, answer in answers.items()} == dict.fromkeys(
        addresses, 200
    )
    shown = []
    for door, answer in answers.items():
        headers = answer.headers
        policies = headers.getlist("Content-Security-Policy")
        assert policies == ["default-src 'none'; style-src 'unsafe-inline'; sandbox"], door
        assert headers.getlist("X-Content-Type-Options") == ["nosniff"], door
        assert headers.getlist("Cache-Control") == ["no-store"], door
        assert "X-Evil" not in headers, door
        if headers["Content-Disposition"].split(";")[0] != "attachment":
            shown.append(door)
    # A label that we draw ourselves is looked at; nothing else is.
    assert shown == ["GET /api/v1/labels/preview", "GET /api/v1/labels/preview/{barcode}"]
    for door in ("documents.file", "attachments.file"):
        assert answers[door].content_type == "application/octet-stream"


def test_no_other_module_writes_how_a_file_is_handed_out() -> None:
    root = Path(__file__).parents[2]

    writers = {
        str(path.relative_to(root))
        for folder in ("backend", "dashboard", "jobs")
        for path in (root / folder).rglob("*.py")
        if "content-disposition" in path.read_text(encoding="utf-8").lower()
    }

    assert writers == {"backend/core/file_headers.py"}
