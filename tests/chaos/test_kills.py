"""What survives when parts of the laboratory are killed: counted, with the seed that chose them."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.auth.models import User
from backend.core import transaction
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal, UserId
from backend.core.transaction import reading, writing
from backend.events import sealing
from backend.work import service as work_service
from tests.chaos import parts
from tests.chaos.laboratory import Laboratory, running_laboratory

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

WORKER_KILLS, LEADER_KILLS, DISPATCHER_KILLS = 100, 20, 20
REDIS_WIPES, POSTGRES_KILLS = 5, 5
BOXES = 12
DRAIN_WITHIN_S = 120.0


@dataclass(slots=True)
class Producer:
    """People who keep asking for work; what was acknowledged to them must be done."""

    person: Principal
    boxes: list[str]
    acknowledged: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        while not self.over.is_set():
            key, box = str(new_id()), random.choice(self.boxes)  # noqa: S311
            # The key makes it safe to ask again when no answer came.
            while not self._asked(key, box):
                time.sleep(0.1)
            time.sleep(random.uniform(0.2, 0.6))  # noqa: S311

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
                    max_attempts=100,
                )
        except AppError:
            return False
        self.acknowledged.add(str(job_id))
        return True


@pytest.fixture
def seed() -> int:
    return random.SystemRandom().randrange(1_000_000)


@pytest.fixture
def laboratory(tmp_path: Path, seed: int) -> Iterator[Laboratory]:
    before = (transaction._Edge.engine, transaction._Edge.factory)
    with running_laboratory(tmp_path, random.Random(seed)) as laboratory:  # noqa: S311
        engine = transaction.make_engine(laboratory.postgres.url("chaos"))
        transaction.bind(engine)
        with engine.begin() as connection:
            connection.execute(text(parts.TABLES))
        yield laboratory
        engine.dispose()
        transaction._Edge.engine, transaction._Edge.factory = before


@pytest.fixture
def producer(laboratory: Laboratory) -> Producer:
    with writing() as session:
        user = User(email="ada@lab.example", name="Ada", password_hash="none")
        session.add(user)
        session.flush()
        person = Principal(
            user_id=UserId(user.id),
            name="Ada",
            permissions=frozenset(),
            origin=Origin.UI,
            request_id="chaos",
        )
    return Producer(person, [str(new_id()) for _ in range(BOXES)])


def test_nothing_is_lost_doubled_or_reordered_when_everything_is_killed(
    laboratory: Laboratory,
    producer: Producer,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    laboratory.start("worker", 3)
    laboratory.start("dispatcher", 2)
    laboratory.start("leader", 2)
    people = [threading.Thread(target=producer.ask) for _ in range(2)]
    for person in people:
        person.start()

    started = time.monotonic()
    mid_job = _attack(laboratory)
    attacked_s = time.monotonic() - started
    producer.over.set()
    for person in people:
        person.join(30)
    drained_s = _drain()
    counts = _count(producer)

    record_property(
        "counts",
        f"seed {seed}: kill -9 of {WORKER_KILLS} workers ({mid_job} mid-job), "
        f"{LEADER_KILLS} leaders, {DISPATCHER_KILLS} dispatchers, {POSTGRES_KILLS} PostgreSQL; "
        f"Redis wiped {REDIS_WIPES} times and absent once, in {attacked_s:.0f} s; "
        f"drained in {drained_s:.1f} s: {counts}",
    )
    assert counts["acknowledged"] > 50
    assert counts["attempts cut short"] >= 0.8 * WORKER_KILLS
    assert counts["lost"] == 0
    assert counts["not done"] == 0
    assert counts["done twice"] == 0
    assert counts["out of order"] == 0
    assert counts["put aside"] == 0
    assert counts["aggregates whose consumers disagree"] == 0
    assert counts["holes in the log"] == 0
    assert counts["first broken audit entry"] is None
    assert counts["audit entries"] >= counts["events"]


def _attack(laboratory: Laboratory) -> int:
    """Carry the faults out in an order of chance; return how many workers died mid-job."""
    faults = (
        ["worker"] * WORKER_KILLS
        + ["leader"] * LEADER_KILLS
        + ["dispatcher"] * DISPATCHER_KILLS
        + ["redis"] * REDIS_WIPES
        + ["redis absent"]
        + ["postgres"] * POSTGRES_KILLS
    )
    laboratory.chance.shuffle(faults)
    mid_job = 0
    for fault in faults:
        time.sleep(laboratory.chance.uniform(0.02, 0.15))
        match fault:
            case "worker":
                if laboratory.kill_worker_in_a_job():
                    mid_job += 1
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
    return mid_job


def _drain() -> float:
    """Wait until nothing is left to do, at most two minutes; return how long it took."""
    started = time.monotonic()
    while time.monotonic() - started < DRAIN_WITHIN_S:
        with reading() as session:
            left = session.scalar(
                text("""
                SELECT (SELECT count(*) FROM job WHERE state <> 'done')
                     + (SELECT count(*) FROM audit_entry WHERE pos IS NULL)
                     + (SELECT 2 * count(*) FROM outbox_event)
                     - (SELECT coalesce(sum(n), 0) FROM projection)
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
                   (SELECT coalesce(sum(attempt), 0) - count(*) FROM job) AS cut_short,
                   (SELECT count(*) - count(DISTINCT job) FROM effect) AS doubled,
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
        chain = sealing.verify_chain(session)
    return {
        "acknowledged": len(producer.acknowledged),
        "lost": len(producer.acknowledged - done),
        "not done": found.not_done,
        "done twice": found.doubled,
        "attempts cut short": found.cut_short,
        "events": found.events,
        "out of order": found.disorder,
        "put aside": found.aside,
        "aggregates whose consumers disagree": found.disagree,
        "holes in the log": found.holes,
        "audit entries": chain.sealed,
        "first broken audit entry": chain.first_broken_pos,
    }
