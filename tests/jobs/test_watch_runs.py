"""The worker's pass over the folders of sequencers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.principal import Principal, machinery
from backend.core.transaction import reading, writing
from backend.sequencing.runs.models import RunFolder, RunRoot
from backend.work import service as work_service
from backend.work.ids import JobState
from backend.work.models import Job
from jobs import execution
from jobs.queues import TASKS
from tests.factories.run_folders import RUN, illumina

pytestmark = pytest.mark.slow


def test_a_pass_reads_what_is_there_and_says_when_it_was(
    somebody: Callable[[Role], Principal], settings: Settings, tmp_path: Path
) -> None:
    root = tmp_path / "roots"
    for path, content in illumina().items():
        place = root / RUN / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    watching = settings.model_copy(update={"run_folders": (root,)})
    execution.prepare(execution.Setup(settings=watching, worker="test", tasks=TASKS))
    with writing() as session:
        job_id = work_service.request_job(
            session,
            machinery("schedule", request_id="test"),
            kind="sequencing.watch_runs",
            key="test",
            arguments={},
            queue="long",
        )

    execution.run_job(str(job_id))

    with reading() as session:
        folder = session.scalars(select(RunFolder)).one()
        passed = session.scalars(select(RunRoot)).one()
        job = session.get_one(Job, job_id)
        assert (folder.name, folder.version) == (RUN, 1)
        assert (passed.folders, passed.read, passed.findings) == (1, 1, [])
        assert (job.state, job.result["read"] if job.result else None) == (JobState.DONE, 1)
