"""Waiting at a terminal for a worker's job, and saying how far it is."""

import sys
import time

from backend.core import transaction
from backend.core.errors import Conflict, Unavailable
from backend.core.principal import Principal
from backend.work import queries
from backend.work.ids import ALIVE, JobId, JobState
from backend.work.views import JobView

_LOOK_EVERY_S = 0.5
_WITHOUT_WORKER_S = 60.0


def wait_for_job(principal: Principal, job_id: JobId) -> JobView:
    """Return the job once it is done, with a line for each step that it tells meanwhile.

    Raises:
        Unavailable: no worker takes it up; it is done as soon as one runs.
        Conflict: it failed, in its own words, or was stopped.
    """
    said, until = "", time.monotonic() + _WITHOUT_WORKER_S
    while True:
        with transaction.reading() as session:
            job = queries.get_job(session, principal, job_id)
        if job.progress_note not in {"", said}:
            said = job.progress_note
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
        if JobState(job.state) not in ALIVE:
            return _done(job)
        if job.state == JobState.RUNNING:
            until = time.monotonic() + _WITHOUT_WORKER_S
        elif time.monotonic() > until:
            raise Unavailable(
                f"No worker has taken this up within {_WITHOUT_WORKER_S:.0f} s. It is done as soon "
                f"as one runs; look with: tracseq jobs show {job_id}"
            )
        time.sleep(_LOOK_EVERY_S)


def _done(job: JobView) -> JobView:
    if job.state == JobState.FAILED:
        raise Conflict(job.error or "The worker did not succeed and gave no reason.")
    if job.state == JobState.CANCELLED:
        raise Conflict("It was stopped. Nothing has changed.")
    return job
