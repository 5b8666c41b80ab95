"""The job that queues labels of a whole selection: all of them, once, and with its progress."""

import pytest
from sqlalchemy import Engine

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.principal import Origin, UserId
from backend.core.transaction import reading, writing
from backend.labels import many, queries, service
from backend.labels.schemas import ManyInput
from backend.samples import service as samples_service
from backend.samples import stored_queries
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.work import queries as work_queries
from backend.work.ids import JobState
from jobs import execution, process
from jobs.queues import TASKS
from tests.factories.labels import make_printer
from tests.factories.people import make_user
from tests.factories.samples import make_samples

pytestmark = pytest.mark.slow


def test_a_worker_queues_every_part_once_and_says_how_many(
    committed_database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The job runs in this process, not in a fork: there is no parent whose connections to leave.
    monkeypatch.setattr(process, "forget_connections", lambda: None)
    monkeypatch.setattr(stored_queries, "BLOCK_ROWS", 2)
    monkeypatch.setattr(many, "MOST_LABELS", 2)
    execution.prepare(execution.Setup(settings=settings, worker="test", tasks=TASKS))
    with writing() as session:
        user_id = UserId(make_user(session, Role.TECHNICIAN).id)
        make_samples(session, 5)
        printer = make_printer(session)
    with reading() as session:
        person = auth_service.principal_of_user(
            session, user_id, origin=Origin.UI, request_id="test"
        )
    assert person is not None
    with writing() as session:
        query = samples_service.store_query(
            session, person, filters=SampleFilters(), order=SampleOrder()
        )
        job_id = service.request_many(
            session, person, query_id=query.id, asked=ManyInput(printer_id=printer)
        )

    execution.run_job(str(job_id))
    execution.run_job(str(job_id))

    with reading() as session:
        job = work_queries.get_job(session, person, job_id)
        prints = queries.list_prints(session, person)
    assert (job.state, job.progress_note) == (JobState.DONE, "5 queued")
    assert sorted(each.labels for each in prints) == [1, 2, 2]
