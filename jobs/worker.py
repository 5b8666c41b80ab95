"""A worker: takes jobs when RQ rings, or straight from PostgreSQL while there is no Redis.

    python -m jobs.worker --name worker-1

Redis decides nothing. A bell that rings twice, late or not at all changes only when a job starts:
the claim in PostgreSQL says who does it.
"""

import argparse
import logging
import random
import time
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq import Queue, Worker

from backend.core.errors import Unavailable
from backend.core.transaction import reading
from backend.work import queries
from backend.work.rules import QUEUES
from backend.work.views import DueJob
from jobs import children, execution, process
from jobs.bell import Bell
from jobs.execution import Setup
from jobs.liveness import SignsOfLife
from jobs.process import Stop
from jobs.queues import TASKS

log = logging.getLogger("jobs.worker")

RQ_PREFIX = "tracseq-"
_LOOK_FOR_REDIS_S = 2.0
_POLL_S = 1.0
_DEFAULT_LIMIT_S = 60


class RedisLost(Exception):
    """The server went away; the worker goes on without."""


class DoorbellQueue(Queue):
    """Says so at once when Redis is lost, instead of waiting for it inside."""

    @classmethod
    def dequeue_any(cls, *arguments: Any, **options: Any) -> Any:
        try:
            return super().dequeue_any(*arguments, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            raise RedisLost(str(error)) from error


class DoorbellWorker(Worker):
    """RQ's forking worker, that leaves its loop when Redis is lost and never leaves a child."""

    queue_class = DoorbellQueue

    @property
    def shutdown_was_asked(self) -> bool:
        return self._shutdown_requested_date is not None

    def heartbeat(self, *arguments: Any, **options: Any) -> None:
        try:
            super().heartbeat(*arguments, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            if self.horse_pid:
                return  # first the job in the child, then the bell
            raise RedisLost(str(error)) from error

    def maintain_heartbeats(self, *arguments: Any, **options: Any) -> None:
        try:
            super().maintain_heartbeats(*arguments, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            log.warning("Redis was lost while a job runs; the job goes on: %s", error)


def run(setup: Setup, stop: Stop) -> None:
    """Work until the end is asked for; a job that runs then is finished first."""
    execution.prepare(setup)
    _warm_up(stop)
    while not stop.asked:
        redis = process.connect_redis(setup.settings.redis_url)
        if redis is None:
            _work_directly(setup, stop)
        else:
            _work_by_bell(setup, stop, redis)
            stop.on_signals()


def _warm_up(stop: Stop) -> None:
    while not stop.asked:
        try:
            execution.warm_up()
        except Unavailable:
            stop.wait(_POLL_S)
        else:
            return


def _work_by_bell(setup: Setup, stop: Stop, redis: Redis) -> None:
    """Run RQ's loop until the end is asked for or Redis is lost."""
    worker: DoorbellWorker | None = None
    try:
        worker = DoorbellWorker(
            [
                DoorbellQueue(RQ_PREFIX + name, connection=redis, serializer="json")
                for name in QUEUES
            ],
            # A worker that was killed leaves its name behind for a while. The dispatcher counts
            # workers by the prefix.
            name=f"{RQ_PREFIX}{setup.worker.replace(':', '-')}-{time.time_ns()}",
            connection=redis,
            serializer="json",
            worker_ttl=45,
            job_monitoring_interval=5,
            maintenance_interval=30,
            log_job_description=False,
        )
        worker.work(logging_level="WARNING")
    except (RedisError, RedisLost) as error:
        log.warning("Redis was lost; jobs are taken from PostgreSQL until it is back: %s", error)
    finally:
        _let_go(worker, redis)
    if worker is not None and worker.shutdown_was_asked:
        stop.ask()


def _let_go(worker: DoorbellWorker | None, redis: Redis) -> None:
    thread = getattr(worker, "pubsub_thread", None)
    if thread is not None:
        thread.stop()
        thread.join(timeout=2)
    redis.close()


def _work_directly(setup: Setup, stop: Stop) -> None:
    """Take due jobs from PostgreSQL until Redis answers or the end is asked for."""
    bell = Bell(process.database_url(setup.settings), "tracseq_jobs")
    look_again = time.monotonic() + _LOOK_FOR_REDIS_S
    try:
        while not stop.asked:
            job = _next_due()
            if job is not None:
                task = setup.tasks.get(job.kind)
                limit_s = task.time_limit_s if task else _DEFAULT_LIMIT_S
                children.run_in_child(str(job.id), limit_s)
            if setup.settings.redis_url and time.monotonic() > look_again:
                found = process.connect_redis(setup.settings.redis_url)
                if found is not None:
                    found.close()
                    return
                look_again = time.monotonic() + _LOOK_FOR_REDIS_S
            if job is None:
                bell.wait(_POLL_S)
    finally:
        bell.close()


def _next_due() -> DueJob | None:
    """Return one of the few jobs longest due; by chance, so that workers try different ones."""
    try:
        with reading() as session:
            due = queries.due_jobs(session, limit=4)
    except Unavailable:
        return None
    return random.choice(due) if due else None  # noqa: S311 -- chance, not a secret


def main() -> None:
    """Run a worker of the laboratory."""
    parser = argparse.ArgumentParser(prog="python -m jobs.worker")
    parser.add_argument("--name", default="worker")
    name = parser.parse_args().name
    settings = process.start(name)
    stop = Stop()
    stop.on_signals()
    with SignsOfLife(name):
        setup = Setup(settings=settings, worker=process.instance_name(name), tasks=TASKS)
        run(setup, stop)


if __name__ == "__main__":
    main()
