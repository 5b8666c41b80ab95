"""The product's own processes, with tasks and consumers that leave countable traces.

    python -m tests.chaos.parts

reads names of parts (worker, dispatcher, leader) from its input, one a line, forks a process for
each and writes its number. Forking from a process that has imported everything makes a restart
cheap, so that a hundred of them fit into a test. The product's own tasks and consumers run beside
those of this file; everything else is the product's code.
"""

import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from sqlalchemy import text

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.events.views import EventView
from jobs import dispatcher, leader, process, worker
from jobs.consumers import Subscription
from jobs.context import JobContext
from jobs.execution import Setup
from jobs.leadership import LEADER_LOCK, Leadership
from jobs.process import Stop
from jobs.queues import TASKS as PRODUCT_TASKS
from jobs.queues import Task
from jobs.subscriptions import SUBSCRIPTIONS

TABLES = """
    CREATE TABLE effect (n bigint GENERATED ALWAYS AS IDENTITY, job uuid, fence bigint);
    CREATE TABLE projection (name text, type text, id uuid, last_seq bigint, n bigint,
                             PRIMARY KEY (name, type, id));
    CREATE TABLE disorder (name text, pos bigint, expected bigint, found bigint);
"""
TASKS: Mapping[str, Task] = {
    **PRODUCT_TASKS,
    "chaos.work": Task(function="tests.chaos.parts.work", time_limit_s=20),
}


WARM = frozenset(task.function.rpartition(".")[0] for task in PRODUCT_TASKS.values())
"""Imported before the forks: what every worker imports when it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxTouched:
    """An event on a thing that many transactions contend for."""

    TYPE: ClassVar[str] = "chaos.box_touched"
    AGGREGATE: ClassVar[str] = "box"
    aggregate_id: UUID


def touch(session: WriteSession, principal: Principal, box: str) -> None:
    events_service.record(session, principal, BoxTouched(aggregate_id=UUID(box)))


def work(context: JobContext) -> None:
    """Take 20 to 120 ms, then leave one row: the job must leave exactly one whatever happens."""
    time.sleep(random.uniform(0.02, 0.12))  # noqa: S311
    with context.finishing() as session:
        session.execute(
            text("INSERT INTO effect (job, fence) VALUES (:job, :fence)"), _key(context)
        )
        touch(session, context.principal, str(context.arguments["box"]))


def project(name: str) -> Subscription:
    """Return a consumer of every event that counts, and tells each step out of order."""

    def effect(session: WriteSession, event: EventView) -> None:
        key = {"name": name, "type": event.aggregate_type, "id": event.aggregate_id}
        seen = session.scalar(
            text(
                "INSERT INTO projection AS p (name, type, id, last_seq, n) "
                "VALUES (:name, :type, :id, :seq, 1) ON CONFLICT (name, type, id) DO UPDATE "
                "SET last_seq = excluded.last_seq, n = p.n + 1 RETURNING n"
            ),
            {**key, "seq": event.seq},
        )
        if seen != event.seq:
            session.execute(
                text("INSERT INTO disorder VALUES (:name, :pos, :expected, :found)"),
                {"name": name, "pos": event.pos, "expected": seen, "found": event.seq},
            )

    return Subscription(effect=effect)


def main(part: str) -> None:
    """Run one part until it is told, or made, to end."""
    settings = process.start(part)
    stop = Stop()
    stop.on_signals()
    url = process.database_url(settings)
    match part:
        case "worker":
            setup = Setup(
                settings=settings,
                worker=process.instance_name("chaos"),
                tasks=TASKS,
                lease_s=float(os.environ["CHAOS_LEASE_S"]),  # noqa: TID251
            )
            worker.run(setup, stop)
        case "dispatcher":
            dispatcher.run(url, settings.redis_url, TASKS, stop)
        case "leader":
            leadership = Leadership(url, LEADER_LOCK)
            leader.run(
                leader.Leader(
                    settings=settings,
                    leadership=leadership,
                    subscriptions={
                        **SUBSCRIPTIONS,
                        "first": project("first"),
                        "second": project("second"),
                    },
                    schedules_on=False,
                ),
                stop,
            )


def _key(context: JobContext) -> dict[str, object]:
    return {"job": context.claim.job_id, "fence": context.claim.fence}


def serve() -> None:
    """Fork a part for every line of the input; end them all when the input ends."""
    for module in WARM:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the ended ones
    children = []
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            random.seed()
            main(line.strip())
            os._exit(0)
        children.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in children:
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    serve()
