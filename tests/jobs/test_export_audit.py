"""The job that makes a long file of the audit trail: for who asked, once, and recorded."""

import json

import pytest
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.events import exporting
from backend.events import service as events_service
from backend.events.audit_files import AuditFormat
from backend.events.models import AuditEntry
from backend.events.views import AuditFilters
from backend.reports import audit_exports
from backend.work.ids import JobId
from jobs import execution
from tests.factories.samples import EVERYBODY
from tests.jobs.conftest import Somebody
from tests.support import pdf_reading

pytestmark = pytest.mark.slow
CUPS = AuditFilters(entity="cup")


@pytest.fixture
def administrator(somebody: Somebody, monkeypatch: pytest.MonkeyPatch) -> Principal:
    monkeypatch.setattr(exporting, "PIECE_ENTRIES", 2)
    person = somebody(Role.ADMINISTRATOR)
    with writing() as session:
        for _ in range(5):
            events_service.audit(
                session,
                EVERYBODY,
                action="kitchen.cup_washed",
                entity="cup",
                entity_id=new_id(),
                new={"is_clean": True},
            )
    return person


def made(person: Principal, kind: AuditFormat) -> JobId:
    with writing() as session:
        job_id = audit_exports.request_export(session, person, kind=kind, filters=CUPS)
    execution.run_job(str(job_id))
    return job_id


def test_a_worker_makes_the_file_that_was_asked_for(
    administrator: Principal, settings: Settings
) -> None:
    job_id = made(administrator, AuditFormat.JSON)

    with reading() as session:
        kind, key, entries = audit_exports.finished_export(session, administrator, job_id)
        recorded = session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.action == "events.audit_exported", AuditEntry.entity_id == job_id)
        )
    file = json.loads(DiskStore(settings.files_dir).get(key))
    assert (kind, entries, recorded) == (AuditFormat.JSON, 5, 1)
    assert [each["entity"] for each in file["entries"]] == ["cup"] * 5
    assert file["export"]["taken_by"] == administrator.name


def test_pages_are_made_by_a_worker_too(administrator: Principal, settings: Settings) -> None:
    job_id = made(administrator, AuditFormat.PDF)

    with reading() as session:
        _, key, _ = audit_exports.finished_export(session, administrator, job_id)
    (page,) = pdf_reading.pages_of(DiskStore(settings.files_dir).get(key))
    assert page.count("kitchen.cup_washed") == 5


def test_nobody_else_gets_the_file(administrator: Principal, somebody: Somebody) -> None:
    job_id, other = made(administrator, AuditFormat.CSV), somebody(Role.ADMINISTRATOR)

    with reading() as session, pytest.raises(NotFound):
        audit_exports.finished_export(session, other, job_id)
