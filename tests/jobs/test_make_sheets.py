"""The job that makes a file of very many labels: whole, counted as printed, its owner's alone."""

import pytest

from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.labels import queries, service, sheet_files
from backend.labels.schemas import SheetsInput
from backend.work import queries as work_queries
from backend.work.ids import JobState
from jobs import execution
from jobs.tasks import make_sheets
from tests.factories.samples import EVERYBODY, make_samples
from tests.support import pdf_reading

pytestmark = pytest.mark.slow


def test_a_worker_draws_every_label_once_and_says_how_far_it_is(
    technician: Principal, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_sheets, "MOST_LABELS", 30)
    with writing() as session:
        keys = make_samples(session, 70)
    with writing() as session:
        job_id = service.request_sheets(
            session,
            technician,
            asked=SheetsInput(sheet="a4-65", template="cryo", copies=2),
            sample_ids=keys,
        )

    execution.run_job(str(job_id))
    execution.run_job(str(job_id))

    with reading() as session:
        job = work_queries.get_job(session, technician, job_id)
        (noted,) = queries.list_prints(session, technician)
        sha256, labels = sheet_files.finished_sheets(session, technician, job_id)
        with pytest.raises(NotFound):
            sheet_files.finished_sheets(session, EVERYBODY, job_id)
    assert (job.state, job.progress_note) == (JobState.DONE, "70 of 70 samples drawn")
    assert (labels, noted.labels, noted.copies) == (140, 70, 2)
    # 140 labels are two sheets of 65 and ten on a third.
    assert len(pdf_reading.pages_of(DiskStore(settings.files_dir).get(sha256))) == 3
