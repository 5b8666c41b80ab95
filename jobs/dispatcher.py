"""The dispatcher: rings RQ for jobs that are due. Several may run; one rings.

Everything it knows it reads from PostgreSQL again and again. Each queue in Redis is kept short, so
a wiped Redis costs seconds and a bell that nobody heard is soon rung again.
"""

import logging
import time
from collections.abc import Mapping

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy.exc import DBAPIError

from backend.core.principal import machinery
from backend.work import leases, queries
from backend.work.views import DueJob
from jobs import process
from jobs.bell import Bell
from jobs.execution import RUN_JOB
from jobs.leadership import DISPATCHER_LOCK, Leadership
from jobs.liveness import SignsOfLife
from jobs.process import Stop
from jobs.queues import TASKS, Task
from jobs.worker import RQ_PREFIX

log = logging.getLogger("jobs.dispatcher")

_POLL_S = 1.0
_SHORTEST_WAIT_S = 0.02
_RING_AGAIN_S = 2.0
_BELLS_PER_WORKER = 4
_LOOK_AHEAD = 200
_COUNT_WORKERS_S = 2.0
# RQ forgets a bell that failed to ring after this; the job itself is in PostgreSQL.
_FAILED_BELL_TTL_S = 60
_LIMIT_GRACE_S = 10
_DEFAULT_LIMIT_S = 60
# Vanishes when Redis is wiped: then every bell that was rung is gone with it.
_MARK = RQ_PREFIX + "rung"


class Ringer:
    """Rings for due jobs and remembers for a moment which it has rung for."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self._tasks = tasks
        self._rung: dict[tuple[object, int], float] = {}
        self._workers = 1
        self._counted_at = float("-inf")

    def ring(self, redis: Redis, due: list[DueJob]) -> int:
        """Ring for those due jobs for which there is room; return for how many.

        Raises:
            RedisError: the server went away; nothing is lost by that.
        """
        now = time.monotonic()
        self._look_around(redis, now)
        room: dict[str, int] = {}
        rung = 0
        for job in due:
            if now - self._rung.get((job.id, job.fence), float("-inf")) < _RING_AGAIN_S:
                continue
            queue = Queue(RQ_PREFIX + job.queue, connection=redis, serializer="json")
            if job.queue not in room:
                room[job.queue] = _BELLS_PER_WORKER * self._workers - queue.count
            if room[job.queue] <= 0:
                continue
            self._ring_one(queue, job)
            self._rung[job.id, job.fence] = now
            room[job.queue] -= 1
            rung += 1
        return rung

    def _ring_one(self, queue: Queue, job: DueJob) -> None:
        task = self._tasks.get(job.kind)
        queue.enqueue_call(
            RUN_JOB,
            args=(str(job.id),),
            timeout=(task.time_limit_s if task else _DEFAULT_LIMIT_S) + _LIMIT_GRACE_S,
            result_ttl=0,
            failure_ttl=_FAILED_BELL_TTL_S,
            description=job.kind,
        )

    def _look_around(self, redis: Redis, now: float) -> None:
        if redis.set(_MARK, "1", nx=True):
            self._rung.clear()
        if now - self._counted_at > _COUNT_WORKERS_S:
            self._workers = max(1, _connected_workers(redis))
            self._counted_at = now
            self._rung = {
                key: at for key, at in self._rung.items() if now - at < 10 * _RING_AGAIN_S
            }


def _connected_workers(redis: Redis) -> int:
    """Count workers by their connections: RQ's own list keeps killed ones for a while."""
    names = {client.get("name", "") for client in redis.client_list()}
    return sum(name.startswith(RQ_PREFIX) for name in names)


def run(database_url: str, redis_url: str | None, tasks: Mapping[str, Task], stop: Stop) -> None:
    """Ring until the end is asked for."""
    leadership = Leadership(database_url, DISPATCHER_LOCK)
    bell = Bell(database_url, "tracseq_jobs")
    ringer = Ringer(tasks)
    redis: Redis | None = None
    while not stop.asked:
        if not leadership.held():
            stop.wait(_POLL_S)
            continue
        redis = redis or process.connect_redis(redis_url)
        wait_s = _POLL_S
        try:
            due, next_in_s = _look(leadership)
            if redis is not None:
                ringer.ring(redis, due)
            if next_in_s is not None:
                wait_s = min(max(next_in_s, _SHORTEST_WAIT_S), _POLL_S)
        except DBAPIError as error:
            log.warning("PostgreSQL did not answer: %s", error.__cause__ or error)
            stop.wait(_SHORTEST_WAIT_S * 5)
        except RedisError as error:
            log.warning("Redis did not answer; workers take jobs themselves: %s", error)
            redis = None
        bell.wait(wait_s)
    bell.close()
    leadership.resign()


def _look(leadership: Leadership) -> tuple[list[DueJob], float | None]:
    """Return the jobs to ring for, and in how many seconds the next one will be."""
    with leadership.writing() as session:
        leases.give_up(session, machinery("dispatcher", request_id="dispatcher"))
        due = queries.due_jobs(session, _LOOK_AHEAD)
        return due, None if due else queries.next_due_in_s(session)


def main() -> None:
    """Run the laboratory's dispatcher."""
    settings = process.start("dispatcher")
    stop = Stop()
    stop.on_signals()
    with SignsOfLife("dispatcher"):
        run(process.database_url(settings), settings.redis_url, TASKS, stop)


if __name__ == "__main__":
    main()
