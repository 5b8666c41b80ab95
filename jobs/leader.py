"""The leader: stamps events, seals the audit trail, runs consumers and fires schedules.

Several may run; one leads. All it does goes over the connection that holds its lock.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from backend.core.config import Settings
from backend.core.principal import Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.events import sealing, sequencer
from backend.events.adapters import checkpoint_file
from backend.work import schedules
from jobs import consumers, identity, process, schedule
from jobs.bell import Bell
from jobs.consumers import Subscriptions
from jobs.leadership import LEADER_LOCK, Leadership
from jobs.liveness import SignsOfLife
from jobs.process import Stop
from jobs.queues import TASKS, queues_by_kind
from jobs.subscriptions import SUBSCRIPTIONS

log = logging.getLogger("jobs.leader")

_POLL_S = 0.5
_AFTER_TROUBLE_S = 0.1
_SCHEDULES_S = 1.0
_CHECKPOINT_S = 60.0
_STAND_BY_S = 0.5


@dataclass(slots=True, kw_only=True)
class Leader:
    """One process's turn at leading. ``schedules_on`` False leaves schedules alone (tests)."""

    settings: Settings
    leadership: Leadership
    subscriptions: Subscriptions
    schedules_on: bool = True
    _redis: Redis | None = None
    _next_at: dict[str, float] = field(default_factory=dict)

    def turn(self) -> bool:
        """Do everything there is to do once; return whether there was anything.

        Raises:
            DBAPIError: PostgreSQL is in trouble; what was not committed is done again.
        """
        busy = self._stamp()
        for name, subscription in self.subscriptions.items():
            with self.leadership.writing() as session:
                busy = consumers.advance(session, name, subscription) > 0 or busy
        with self.leadership.writing() as session:
            busy = sealing.seal(session) > 0 or busy
        if self.schedules_on:
            self._now_and_then("schedules", _SCHEDULES_S, self._fire)
        self._now_and_then("checkpoint", _CHECKPOINT_S, self._checkpoint)
        return busy

    def _stamp(self) -> bool:
        with self.leadership.writing() as session:
            versions = sequencer.stamp(session)
        self._tell(versions)  # after the commit: whoever hears it finds what it speaks of
        return bool(versions)

    def _tell(self, versions: Mapping[str, int]) -> None:
        """Publish a hint. Nothing depends on it: PostgreSQL has told its own listeners already."""
        if not versions:
            return
        redis_url = self.settings.redis_url
        self._redis = self._redis or process.connect_redis(redis_url)
        if self._redis is None or redis_url is None:
            return
        channel = process.live_channel(redis_url)
        try:
            for topic, version in versions.items():
                message = json.dumps({"topic": topic, "version": version})
                self._redis.publish(channel, message)
        except RedisError as error:
            log.info("no hint through Redis: %s", error)
            self._redis = None

    def _fire(self) -> None:
        with self.leadership.writing() as session:
            due_for = schedules.runners_of_due(session)
            as_whom = {person: self._person(session, person) for person in due_for}
            fired = schedules.fire_due(
                session,
                {
                    None: machinery("schedule", request_id="schedule"),
                    **{person: found for person, found in as_whom.items() if found},
                },
                queues_by_kind(TASKS),
            )
        if fired:
            log.info("%d scheduled jobs are due", fired)

    def _person(self, session: WriteSession, person: UserId) -> Principal | None:
        return identity.find_person(session, person, request_id="schedule")

    def _checkpoint(self) -> None:
        with self.leadership.writing() as session:
            newest = sealing.head(session)
        if newest is not None:
            checkpoint_file.write(self.settings.home, self.settings.secrets_dir, *newest)

    def _now_and_then(self, what: str, every_s: float, do: Callable[[], None]) -> None:
        now = time.monotonic()
        if now >= self._next_at.get(what, float("-inf")):
            self._next_at[what] = now + every_s
            do()


def run(leader: Leader, stop: Stop) -> None:
    """Lead, or stand by, until the end is asked for."""
    bell = Bell(process.database_url(leader.settings), "tracseq_outbox")
    prepared = False
    while not stop.asked:
        if not leader.leadership.held():
            prepared = False
            stop.wait(_STAND_BY_S)
            continue
        try:
            if leader.schedules_on and not prepared:
                with leader.leadership.writing() as session:
                    schedule.ensure_all(session, leader.settings.time_zone)
                prepared = True
            if not leader.turn():
                bell.wait(_POLL_S)
        except DBAPIError as error:
            log.warning("PostgreSQL did not answer: %s", error.__cause__ or error)
            stop.wait(_AFTER_TROUBLE_S)
    bell.close()
    leader.leadership.resign()


def main() -> None:
    """Run the laboratory's leader."""
    settings = process.start("leader")
    stop = Stop()
    stop.on_signals()
    leadership = Leadership(process.database_url(settings), LEADER_LOCK)
    with SignsOfLife("leader"):
        leader = Leader(settings=settings, leadership=leadership, subscriptions=SUBSCRIPTIONS)
        run(leader, stop)


if __name__ == "__main__":
    main()
