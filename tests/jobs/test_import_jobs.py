"""Long lists are read and registered by a worker, who can be stopped on the way."""

import pytest
from sqlalchemy import func, select, update

from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.ids import CommitMode, ImportId
from backend.templates.service import large, registering
from backend.templates.usual import add_usual_templates
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.work.views import JobView
from jobs import execution
from tests.factories.imports import make_draft, make_project_of
from tests.factories.samples import EVERYBODY
from tests.support.sample_files import manifest

pytestmark = pytest.mark.slow


def _draft(person: Principal, content: bytes) -> ImportId:
    with writing() as session:
        return make_draft(session, person, make_project_of(session, person), content).id


def _work(person: Principal, job_id: JobId) -> JobView:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(run_after=Job.created_at))
    execution.run_job(str(job_id))
    with reading() as session:
        return work_queries.get_job(session, person, job_id)


def _ask(person: Principal, draft: ImportId, commit: CommitMode | None = None) -> JobId:
    with writing() as session:
        return large.request_registering(session, person, import_id=draft, commit=commit)


def _samples() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Sample)) or 0


def test_a_long_list_is_read_by_a_worker_who_names_the_draft(
    technician: Principal, settings: Settings
) -> None:
    with writing() as session:
        job_id = large.request_reading(
            session,
            technician,
            file_name="long.csv",
            content=manifest(5),
            project_code=make_project_of(session, technician),
            files=DiskStore(settings.files_dir),
        )

    job = _work(technician, job_id)

    assert job.state == JobState.DONE
    with reading() as session:
        draft = large.draft_read_by(session, technician, job_id)
        assert draft is not None
        assert len(queries.get_import(session, technician, draft).rows) == 5


def test_a_long_draft_is_registered_by_a_worker_who_says_how_far_he_is(
    technician: Principal,
) -> None:
    draft = _draft(technician, manifest(5))

    job = _work(technician, _ask(technician, draft))

    assert (job.state, job.result) == (
        JobState.DONE,
        {"registered": 5, "updated": 0, "left": 0},
    )
    assert "5 of 5 rows" in job.progress_note
    assert _samples() == 5


def test_a_worker_who_is_stopped_on_the_way_has_registered_nothing(
    technician: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _draft(technician, manifest(5))
    job_id = _ask(technician, draft)
    tell = registering.register_batch_rows

    def stopping(*given: object, **named: object) -> object:
        with writing() as session:
            work_service.request_cancel(session, technician, job_id=job_id)
        return tell(*given, **named)  # type: ignore[arg-type] # what it was called with

    monkeypatch.setattr(registering, "register_batch_rows", stopping)

    job = _work(technician, job_id)

    assert job.state == JobState.CANCELLED
    assert _samples() == 0


def test_a_job_whose_rows_have_errors_and_no_choice_fails_with_the_sentence(
    technician: Principal,
) -> None:
    draft = _draft(technician, manifest(5, {1: {"Storage_Temp": "warm"}}))

    job = _work(technician, _ask(technician, draft))

    assert job.state == JobState.FAILED
    assert "have errors. Say whether the others are registered" in (job.error or "")


def test_asking_twice_is_one_job(technician: Principal) -> None:
    draft = _draft(technician, manifest(5))

    assert _ask(technician, draft) == _ask(technician, draft)


@pytest.mark.parametrize(("rows", "is_large"), [(100, False), (2_500, True)])
def test_a_file_is_long_from_two_thousand_lines_on(rows: int, is_large: bool) -> None:  # noqa: FBT001 what is expected
    assert large.is_large(b"a,b\n" * rows) is is_large


def test_a_column_of_a_long_draft_is_read_anew_by_a_worker(technician: Principal) -> None:
    draft = _draft(technician, manifest(5))
    with writing() as session:
        job_id = large.request_mapping(session, technician, import_id=draft, column=12, field="rin")
        assert large.job_of(session, draft) == job_id

    job = _work(technician, job_id)

    assert (job.state, job.result) == (JobState.DONE, {"import_id": str(draft)})
    assert "5 of 5 rows" in job.progress_note
    with reading() as session:
        assert large.job_of(session, draft) is None
        rows = queries.get_import(session, technician, draft).rows
    assert {row.cells["rin"] for row in rows} == {"8.2"}


def test_a_long_draft_is_read_by_a_template_by_a_worker(technician: Principal) -> None:
    draft = _draft(technician, manifest(5))
    with writing() as session:
        add_usual_templates(session, EVERYBODY)
        job_id = large.request_template(session, technician, import_id=draft, key="blood-intake")

    job = _work(technician, job_id)

    assert job.state == JobState.DONE
    with reading() as session:
        assert queries.get_head(session, technician, draft).template_version_id is not None


def test_a_template_that_is_not_there_fails_with_the_sentence(technician: Principal) -> None:
    draft = _draft(technician, manifest(5))
    with writing() as session:
        job_id = large.request_template(session, technician, import_id=draft, key="nothing")

    job = _work(technician, job_id)

    assert job.state == JobState.FAILED
    assert "There is no template “nothing”" in (job.error or "")
