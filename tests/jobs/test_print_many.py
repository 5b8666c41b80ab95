"""The job that queues labels of a whole selection: all of them, once, and with its progress."""

import pytest

from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.labels import many, queries, service
from backend.labels.schemas import ManyInput
from backend.samples import service as samples_service
from backend.samples import stored_queries
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.work import queries as work_queries
from backend.work.ids import JobState
from jobs import execution
from tests.factories.labels import make_printer
from tests.factories.samples import make_samples

pytestmark = pytest.mark.slow


def test_a_worker_queues_every_part_once_and_says_how_many(
    technician: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    monkeypatch.setattr(many, "MOST_LABELS", 2)
    with writing() as session:
        make_samples(session, 5)
        printer = make_printer(session)
    with writing() as session:
        query = samples_service.store_query(
            session, technician, filters=SampleFilters(), order=SampleOrder()
        )
        job_id = service.request_many(
            session, technician, query_id=query.id, asked=ManyInput(printer_id=printer)
        )

    execution.run_job(str(job_id))
    execution.run_job(str(job_id))

    with reading() as session:
        job = work_queries.get_job(session, technician, job_id)
        prints = queries.list_prints(session, technician)
    assert (job.state, job.progress_note) == (JobState.DONE, "5 queued")
    assert sorted(each.labels for each in prints) == [1, 2, 2]
