"""One attempt at one job, in a process of its own. RQ calls `run_job`; so does the direct loop."""

import importlib
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID

from backend.core.config import Settings
from backend.core.errors import AppError, NotNow, Unavailable
from backend.core.ids import new_id
from backend.core.principal import Principal, UserId, machinery
from backend.core.transaction import reading, writing
from backend.events import service as events_service
from backend.work import leases, rules
from backend.work.errors import JobCancelled, JobInterrupted, LeaseLost
from backend.work.events import JobFinished
from backend.work.ids import JobId
from backend.work.views import Claim
from jobs import identity, process
from jobs.context import JobContext
from jobs.queues import Task

log = logging.getLogger("jobs.execution")

RUN_JOB = "jobs.execution.run_job"
_BEAT_S = 2.0
_SPREAD = 10_000
_SPREAD_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a worker process knows; set before it forks."""

    settings: Settings
    worker: str
    tasks: Mapping[str, Task]
    lease_s: float = rules.LEASE_S


class _Process:
    setup: Setup | None = None


def prepare(setup: Setup) -> None:
    """Set the worker process up and import its tasks, so that a fork per job costs no import."""
    _Process.setup = setup
    for kind, task in setup.tasks.items():
        module = task.function.rpartition(".")[0]
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            log.warning("no task yet for %s (%s)", kind, task.function)


def warm_up() -> None:
    """Make SQLAlchemy compile the statements of every attempt, once, in the process that forks.

    Compiled in each child they would cost more than a short job itself. Nothing is changed: the
    claim is of no job, and the transaction is taken back.
    """
    nobody = machinery("warm-up", request_id="warm-up")
    claim = Claim(
        job_id=JobId(new_id()),
        kind="warm-up",
        fence=0,
        attempt=1,
        max_attempts=1,
        arguments={},
        requested_by=None,
        requested_by_name="",
        request_id="warm-up",
    )
    with suppress(_TakenBack), writing() as session:
        leases.claim(session, claim.job_id, "", 1.0)
        with suppress(LeaseLost):
            leases.report_progress(session, claim, 0.0, "")
        with suppress(LeaseLost):
            leases.heartbeat(session, claim, 1.0)
        leases.finish(session, nobody, claim, {})
        leases.fail(session, nobody, claim, "", None)
        event = JobFinished(aggregate_id=claim.job_id, kind=claim.kind)
        events_service.record(session, nobody, event)
        raise _TakenBack
    with reading() as session:
        identity.find_person(session, UserId(new_id()), request_id="warm-up")


class _TakenBack(Exception):
    """Rolls the warm-up back."""


def run_job(job_id: str) -> None:
    """Claim the job and do it; nothing happens when it is not due or somebody has it."""
    setup = _Process.setup
    if setup is None:
        raise RuntimeError("The worker was not prepared: call execution.prepare() before forking.")
    process.forget_connections()  # those of the parent process must not be shared
    with writing() as session:
        claim = leases.claim(session, JobId(UUID(job_id)), setup.worker, setup.lease_s)
    if claim is not None:
        _attempt(setup, claim)


def _attempt(setup: Setup, claim: Claim) -> None:
    principal = _machinery(claim)
    try:
        task = _task_of(setup, claim)
        principal = _requester(claim, task)
        with _Heartbeat(claim, setup.lease_s) as heartbeat:
            context = JobContext(
                claim=claim,
                principal=principal,
                settings=setup.settings,
                interruption=heartbeat.reason,
            )
            _function_of(task)(context)
            if not context.finished:
                with context.finishing():
                    pass  # the task has no effect of its own to put into this transaction
    except JobCancelled:
        with writing() as session:
            leases.settle_cancelled(session, principal, claim)
    except LeaseLost as lost:
        log.warning("%s %s", claim.kind, lost)
    except NotNow as refusal:
        _postpone(claim, refusal)
    except Exception as error:  # noqa: BLE001 -- the edge: whatever a task raises ends its attempt
        _fail(claim, principal, error)


def _postpone(claim: Claim, refusal: NotNow) -> None:
    log.info("%s %s is put off: %s", claim.kind, claim.job_id, refusal.message)
    # Spread, so that a thousand that wait for one mail server do not come back as one.
    spread_s = _SPREAD_S * secrets.randbelow(_SPREAD) / _SPREAD
    with writing() as session:
        leases.postpone(session, claim, refusal.message, refusal.retry_in_s + spread_s)


def _fail(claim: Claim, principal: Principal, error: Exception) -> None:
    refused = isinstance(error, AppError) and not isinstance(error, Unavailable)
    sentence = error.message if isinstance(error, AppError) else _last_line(error)
    log.log(
        logging.INFO if refused else logging.ERROR,
        "%s %s attempt %d failed: %s",
        claim.kind,
        claim.job_id,
        claim.attempt,
        sentence,
        exc_info=None if refused else error,
    )
    jitter = secrets.randbelow(_SPREAD) / _SPREAD
    # A refusal stays one however often it is tried.
    retry_in_s = None if refused else rules.retry_delay_s(claim.attempt, jitter)
    with writing() as session:
        leases.fail(session, principal, claim, sentence, retry_in_s)


def _requester(claim: Claim, task: Task) -> Principal:
    with reading() as session:
        return identity.principal_for(
            session,
            requested_by=claim.requested_by,
            name=claim.requested_by_name,
            request_id=claim.request_id,
            permissions=task.permissions,
        )


def _machinery(claim: Claim) -> Principal:
    return machinery("worker", request_id=claim.request_id)


def _task_of(setup: Setup, claim: Claim) -> Task:
    task = setup.tasks.get(claim.kind)
    if task is None:
        raise AppError(f"This version of the program knows no work called “{claim.kind}”.")
    return task


def _function_of(task: Task) -> Callable[[JobContext], None]:
    module, _, name = task.function.rpartition(".")
    function: Callable[[JobContext], None] = getattr(importlib.import_module(module), name)
    return function


def _last_line(error: Exception) -> str:
    return traceback.format_exception_only(error)[-1].strip()


class _Heartbeat:
    """Renews the lease from a thread while the task computes, and learns why to stop."""

    def __init__(self, claim: Claim, lease_s: float) -> None:
        self._claim = claim
        self._lease_s = lease_s
        self._reason: JobInterrupted | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def reason(self) -> JobInterrupted | None:
        return self._reason

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(timeout=self._lease_s)

    def _beat(self) -> None:
        while not self._over.wait(min(self._lease_s / 3, _BEAT_S)):
            try:
                with writing() as session:
                    leases.heartbeat(session, self._claim, self._lease_s)
            except JobInterrupted as reason:
                self._reason = reason
                return
            except Unavailable as error:
                log.warning("%s: heartbeat did not arrive: %s", self._claim.kind, error.message)
