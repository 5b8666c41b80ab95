"""What survives when parts of the laboratory are killed: counted, with the seed that chose them.

People ask for placement plans and for small work of their own without a pause, while processes and
servers die under them. Each plan is to be found once, told once, and nothing may be lost.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal, UserId
from backend.core.transaction import reading, writing
from backend.events import sealing
from backend.samples.models import Project
from backend.storage import service as storage_service
from backend.work import service as work_service
from tests.chaos import parts
from tests.chaos.laboratory import Laboratory
from tests.factories.people import make_user
from tests.factories.samples import make_project
from tests.factories.storage import make_freezer, make_tube

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

PLAN = "storage.optimise_placement"
WORKER_KILLS, LEADER_KILLS, DISPATCHER_KILLS = 100, 20, 20
REDIS_WIPES, POSTGRES_KILLS = 5, 5
BOXES = 12
TUBES = 12
PLANS_AT_ONCE, JOBS_AT_ONCE = 8, 12
PATIENCE = 200
"""Attempts of a job before it counts as failed: more than there are kills."""
JOBS_AT_LEAST, PLANS_AT_LEAST = 60, 12
DRAIN_WITHIN_S = 600.0


@dataclass(slots=True)
class Producer:
    """People who keep asking for work; what was acknowledged to them must be done."""

    person: Principal
    boxes: list[str]
    acknowledged: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        while not self.over.is_set():
            self._wait_below(JOBS_AT_ONCE, "chaos.work")
            key, box = str(new_id()), random.choice(self.boxes)  # noqa: S311
            # The key makes it safe to ask again when no answer came.
            while not self._asked(key, box):
                time.sleep(0.1)
            time.sleep(random.uniform(0.05, 0.2))  # noqa: S311

    def stop_asking(self, people: list[threading.Thread]) -> None:
        """Let people ask until enough was asked for, however slow the machine is."""
        while len(self.acknowledged) < JOBS_AT_LEAST or len(self.plans) < PLANS_AT_LEAST:
            time.sleep(0.1)
        self.over.set()
        for person in people:
            person.join()

    def ask_for_plans(self) -> None:
        """Keep a few plans in the making; one whose request got no answer may be there or not."""
        while not self.over.is_set():
            self._wait_below(PLANS_AT_ONCE, PLAN)
            with suppress(AppError):
                self._request_plan()

    def _wait_below(self, most: int, kind: str) -> None:
        """Wait until fewer than ``most`` jobs of a kind are unfinished."""
        unfinished = text("SELECT count(*) FROM job WHERE kind = :kind AND finished_at IS NULL")
        while not self.over.is_set():
            with suppress(AppError), reading() as session:
                if (session.scalar(unfinished, {"kind": kind}) or 0) < most:
                    return
            time.sleep(0.05)

    def _asked(self, key: str, box: str) -> bool:
        try:
            with writing() as session:
                parts.touch(session, self.person, box)
                job_id = work_service.request_job(
                    session,
                    self.person,
                    kind="chaos.work",
                    key=key,
                    arguments={"box": box},
                    queue="long",  # beside the plans, not before them
                    max_attempts=PATIENCE,
                )
        except AppError:
            return False
        self.acknowledged.add(str(job_id))
        return True

    def _request_plan(self) -> None:
        with writing() as session:
            plan_id = storage_service.request_plan(session, self.person)
            session.execute(
                text("UPDATE job SET max_attempts = :most WHERE kind = :kind AND key = :key"),
                {"most": PATIENCE, "kind": PLAN, "key": str(plan_id)},
            )
        self.plans.add(str(plan_id))


def furnish() -> Producer:
    """Add a technician, room in two freezers and tubes that wait for a place."""
    with writing() as session:
        user = make_user(session, Role.TECHNICIAN, name="Ada")
        project = session.get_one(Project, make_project(session).id)
        for _ in range(2):
            make_freezer(session, boxes=2)
        for _ in range(TUBES):
            make_tube(session, project)
    person = Principal(
        user_id=UserId(user.id),
        name="Ada",
        permissions=PERMISSIONS_OF[Role.TECHNICIAN],
        origin=Origin.UI,
        request_id="chaos",
    )
    return Producer(person, [str(new_id()) for _ in range(BOXES)])


def test_nothing_is_lost_doubled_or_reordered_when_everything_is_killed(
    start: Callable[[], Laboratory],
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    laboratory = start()
    producer = furnish()
    laboratory.start("worker", 3)
    laboratory.start("dispatcher", 2)
    laboratory.start("leader", 2)
    doing = (producer.ask, producer.ask, producer.ask_for_plans)
    people = [threading.Thread(target=each) for each in doing]
    for person in people:
        person.start()

    started = time.monotonic()
    mid_plan = _attack(laboratory)
    attacked_s = time.monotonic() - started
    producer.stop_asking(people)
    drained_s = _drain()
    counts = _count(producer)

    record_property(
        "counts",
        f"  seed {seed}: kill -9 of {WORKER_KILLS} workers ({mid_plan} of them mid-plan), "
        f"{LEADER_KILLS} leaders, {DISPATCHER_KILLS} dispatchers, {POSTGRES_KILLS} PostgreSQL; "
        f"Redis wiped {REDIS_WIPES} times and absent once, in {attacked_s:.0f} s; "
        f"drained in {drained_s:.1f} s\n"
        + "\n".join(f"  {name:38} {value}" for name, value in counts.items()),
    )
    assert mid_plan >= 0.9 * WORKER_KILLS
    assert counts["attempts cut short"] >= 0.8 * WORKER_KILLS
    for nothing in NOTHING:
        assert counts[nothing] == 0, nothing
    assert counts["first broken audit entry"] is None
    assert counts["audit entries"] >= counts["events"]


NOTHING = (
    "jobs lost",
    "jobs not done",
    "jobs done twice",
    "plans lost",
    "plans ready twice",
    "plans told twice or not at all",
    "out of order",
    "put aside",
    "aggregates whose consumers disagree",
    "holes in the log",
)


def _attack(laboratory: Laboratory) -> int:
    """Carry the faults out in an order of chance; return how many workers died mid-plan."""
    faults = (
        ["worker"] * WORKER_KILLS
        + ["leader"] * LEADER_KILLS
        + ["dispatcher"] * DISPATCHER_KILLS
        + ["redis"] * REDIS_WIPES
        + ["redis absent"]
        + ["postgres"] * POSTGRES_KILLS
    )
    laboratory.chance.shuffle(faults)
    mid_plan = 0
    for fault in faults:
        time.sleep(laboratory.chance.uniform(0.02, 0.15))
        match fault:
            case "worker":
                if laboratory.kill_worker_in(PLAN):
                    mid_plan += 1
                else:
                    laboratory.kill("worker")
            case "redis":
                laboratory.wipe_redis()
            case "redis absent":
                laboratory.wipe_redis(absent_s=3.0)
            case "postgres":
                laboratory.kill_postgres()
            case part:
                laboratory.kill(part)
    return mid_plan


def _drain() -> float:
    """Wait until nothing is left to do, at most ten minutes; return how long it took."""
    started = time.monotonic()
    while time.monotonic() - started < DRAIN_WITHIN_S:
        with reading() as session:
            left = session.scalar(
                text("""
                SELECT (SELECT count(*) FROM job WHERE state <> 'done')
                     + (SELECT count(*) FROM audit_entry WHERE pos IS NULL)
                     + (SELECT 2 * count(*) FROM outbox_event)
                     - (SELECT coalesce(sum(n), 0) FROM projection)
                     + (SELECT coalesce(max(pos), 0) FROM outbox_event)
                     - (SELECT coalesce(max(pos), 0) FROM event_consumer
                         WHERE name = 'notifications')
            """)
            )
        if left == 0:
            break
        time.sleep(0.1)
    return time.monotonic() - started


def _count(producer: Producer) -> dict[str, int | None]:
    with reading() as session:
        found = session.execute(
            text("""
            SELECT (SELECT count(*) FROM job WHERE state <> 'done') AS not_done,
                   (SELECT coalesce(sum(attempt), 0) - count(*) FROM job)::int AS cut_short,
                   (SELECT count(*) - count(DISTINCT job) FROM effect) AS doubled,
                   (SELECT count(*) - count(DISTINCT aggregate_id) FROM outbox_event
                     WHERE type = 'storage.plan_ready') AS ready_twice,
                   (SELECT count(*) FROM placement_plan AS plan WHERE 1 <>
                       (SELECT count(*) FROM notification WHERE href LIKE '%' || plan.id))
                   AS told_wrongly,
                   (SELECT count(*) FROM outbox_event) AS events,
                   (SELECT count(*) FROM disorder) AS disorder,
                   (SELECT count(*) FROM dead_letter) AS aside,
                   (SELECT coalesce(max(pos), 0) - count(*) FROM outbox_event) AS holes,
                   (SELECT count(*) FROM aggregate AS a CROSS JOIN (VALUES ('first'), ('second'))
                           AS consumer (name) LEFT JOIN projection AS p
                           ON p.name = consumer.name AND p.type = a.type AND p.id = a.id
                     WHERE p.last_seq IS DISTINCT FROM a.version OR p.n IS DISTINCT FROM a.version)
                   AS disagree
        """)
        ).one()
        done = set(session.scalars(text("SELECT job::text FROM effect")))
        ready = set(
            session.scalars(text("SELECT id::text FROM placement_plan WHERE state = 'ready'"))
        )
        chain = sealing.verify_chain(session)
    return {
        "jobs acknowledged": len(producer.acknowledged),
        "plans acknowledged": len(producer.plans),
        "attempts cut short": found.cut_short,
        "events": found.events,
        "jobs lost": len(producer.acknowledged - done),
        "jobs not done": found.not_done,
        "jobs done twice": found.doubled,
        "plans lost": len(producer.plans - ready),
        "plans ready twice": found.ready_twice,
        "plans told twice or not at all": found.told_wrongly,
        "out of order": found.disorder,
        "put aside": found.aside,
        "aggregates whose consumers disagree": found.disagree,
        "holes in the log": found.holes,
        "audit entries": chain.sealed,
        "first broken audit entry": chain.first_broken_pos,
    }
