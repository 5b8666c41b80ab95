"""The audit trail over the API: short files at once, long ones by a worker, for who may read it."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from backend.auth.ids import Role
from backend.core import clock
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.events import exporting
from backend.events import service as events_service
from backend.events.audit_files import AuditFormat
from backend.events.models import AuditEntry
from backend.work.ids import JobState
from backend.work.models import Job
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY

SignedIn = Callable[..., Headers]


@pytest.fixture
def auditor(signed_in: SignedIn) -> Headers:
    headers = signed_in(Role.ADMINISTRATOR)
    with writing() as session:
        for _ in range(3):
            events_service.audit(
                session,
                EVERYBODY,
                action="kitchen.cup_washed",
                entity="cup",
                entity_id=new_id(),
                new={"is_clean": True},
            )
    return headers


@pytest.mark.parametrize(
    ("kind", "starts"), [("csv", b"\xef\xbb\xbf"), ("json", b"{"), ("pdf", b"%PDF")]
)
def test_a_short_part_is_handed_out_at_once_and_that_is_recorded(
    client: FlaskClient, auditor: Headers, kind: str, starts: bytes
) -> None:
    answer = client.post(
        "/api/v1/audit/files", json={"format": kind, "entity": "cup"}, headers=auditor
    )

    assert answer.status_code == 200
    assert answer.data.startswith(starts)
    with reading() as session:
        taken = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "events.audit_exported")
        ).one()
        said = taken.new_values or {}
    assert (said["entries"], said["filters"]) == (3, {"entity": "cup"})


def test_entries_come_with_values_and_hashes(client: FlaskClient, auditor: Headers) -> None:
    body = {"format": "json", "action": "kitchen.", "since": "2020-01-01T00:00:00Z"}

    made = json.loads(client.post("/api/v1/audit/files", json=body, headers=auditor).data)

    assert [each["new_values"] for each in made["entries"]] == [{"is_clean": True}] * 3
    assert {"position", "hash", "previous_hash"} <= made["entries"][0].keys()


def test_a_long_part_is_asked_of_a_worker_and_taken_out_by_who_asked(
    client: FlaskClient,
    auditor: Headers,
    signed_in: SignedIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(AuditFormat, 2))
    body, key = {"format": "csv", "entity": "cup"}, {"Idempotency-Key": "cups"}

    at_once = client.post("/api/v1/audit/files", json=body, headers=auditor)
    asked = client.post("/api/v1/audit/exports", json=body, headers=auditor | key)
    again = client.post("/api/v1/audit/exports", json=body, headers=auditor | key)
    job_id = asked.get_json()["job_id"]
    early = client.get(f"/api/v1/audit/exports/{job_id}", headers=auditor)
    made = {"sha256": DiskStore(settings.files_dir).put(b"cups"), "format": "csv", "entries": 3}
    finished = {"started_at": clock.utc_now(), "finished_at": clock.utc_now()}
    with writing() as session:
        done = {"state": JobState.DONE, "result": made, **finished}
        session.execute(update(Job).where(Job.id == UUID(job_id)).values(**done))
    file = client.get(f"/api/v1/audit/exports/{job_id}", headers=auditor)
    other = signed_in(Role.ADMINISTRATOR)
    strange = client.get(f"/api/v1/audit/exports/{job_id}", headers=other)

    assert_problem(at_once, 429, "limit_reached")
    assert (asked.status_code, asked.get_json()["entries"]) == (202, 3)
    assert again.get_json()["job_id"] == job_id
    assert_problem(early, 404, "not_found")
    assert (file.content_type, file.data) == ("text/csv; charset=utf-8", b"cups")
    assert_problem(strange, 404, "not_found")


def test_whoever_may_not_read_the_trail_takes_nothing_out(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    technician = signed_in(Role.TECHNICIAN)

    for door in ("files", "exports"):
        answer = client.post(f"/api/v1/audit/{door}", json={"format": "csv"}, headers=technician)
        assert_problem(answer, 403, "permission_denied")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_time_without_a_zone_is_refused(client: FlaskClient, auditor: Headers) -> None:
    body = {"format": "csv", "since": "2026-11-20T09:42"}

    answer = client.post("/api/v1/audit/files", json=body, headers=auditor)

    assert_problem(answer, 422, "invalid_input")
