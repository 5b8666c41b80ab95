"""What every long-running process of ours shares: addresses, a stop flag, a sign of life."""

import logging
import os
import signal
import socket
import threading
from types import FrameType

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.exceptions import RedisError
from redis.retry import Retry

from backend.cli import addresses
from backend.core import logs, transaction
from backend.core.config import Settings, load_settings

log = logging.getLogger("jobs.process")

REDIS_TIMEOUT_S = 2.0


class Stop:
    """A request to end, from a signal. The loop that owns the process looks at it."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def on_signals(self) -> None:
        """Let SIGTERM and SIGINT ask for the end."""
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def ask(self) -> None:
        self._asked.set()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep up to ``seconds``; return at once, True, when the end is asked for."""
        return self._asked.wait(seconds)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked.set()


def start(part: str) -> Settings:
    """Set a process up: logs, engine, addresses of the running laboratory. Returns settings."""
    logs.configure()
    loaded = load_settings()
    settings = loaded.model_copy(
        update={
            "database_url": addresses.database_url(loaded),
            "redis_url": addresses.redis_url(loaded),
        }
    )
    bind(settings)
    logging.getLogger(part).info("%s started as %s", part, instance_name(part))
    return settings


def bind(settings: Settings, pool_size: int = 3) -> None:
    """Give this process an engine of its own."""
    transaction.bind(transaction.make_engine(database_url(settings), pool_size=pool_size))


def forget_connections() -> None:
    """Start with new connections after a fork, keeping what SQLAlchemy has compiled."""
    transaction.bound_engine().dispose(close=False)


def database_url(settings: Settings) -> str:
    """Return the address; `start` has filled it in."""
    if settings.database_url is None:
        raise RuntimeError("DATABASE_URL is not known: begin with jobs.process.start().")
    return settings.database_url


def instance_name(part: str) -> str:
    """Return a name that tells this process from every other: part, machine, process number."""
    return f"{part}@{socket.gethostname()}:{os.getpid()}"


def live_channel(redis_url: str) -> str:
    """Return the channel on which a laboratory tells its live feed what has moved.

    Redis keeps the keys of its numbered databases apart, but not their channels: without the
    number, two laboratories on one server would hear each other.
    """
    told = parse_url(redis_url)  # type: ignore[no-untyped-call]  # redis leaves it untyped
    return f"tracseq:{told.get('db', 0)}:live"


def connect_redis(redis_url: str | None) -> Redis | None:
    """Return a client whose server has just answered, or None: absent, lost or still starting."""
    if not redis_url:
        return None
    client: Redis = Redis.from_url(
        redis_url,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        # Failing at once beats retrying inside: whoever asks goes on without Redis meanwhile.
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except RedisError:
        client.close()
        return None
    return client
