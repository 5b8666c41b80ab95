"""Doing a job in a child process without Redis: the same isolation that RQ gives it."""

import logging
import os
import signal
import time

from jobs import execution

log = logging.getLogger("jobs.children")

# Beyond the task's own limit: the attempt may still be writing down what it has.
_GRACE_S = 10.0
_POLL_S = 0.005
_LONGEST_POLL_S = 0.1


def run_in_child(job_id: str, time_limit_s: float) -> None:
    """Fork, run the job there, and wait. A child over its time is killed; its lease runs out."""
    child = os.fork()
    if child == 0:
        _child(job_id)
    deadline = time.monotonic() + time_limit_s + _GRACE_S
    pause = _POLL_S
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            log.error("job %s was over its limit of %.0f s and was ended", job_id, time_limit_s)
            deadline = float("inf")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_POLL_S)
    if status:
        log.warning("the process of job %s ended with status %d", job_id, status)


def _child(job_id: str) -> None:
    status = 1
    try:
        # A terminal's Ctrl-C and the supervisor's SIGTERM are the parent's: this job may finish.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        execution.run_job(job_id)
        status = 0
    except BaseException:
        log.exception("job %s: the attempt could not be recorded; its lease runs out", job_id)
    finally:
        os._exit(status)
