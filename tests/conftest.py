"""Fixtures of every test: real servers started once, one database per parallel worker."""

import itertools
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as trials
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend import tables  # noqa: F401  a test run alone needs every table, too
from backend.core import clock, transaction
from backend.core.config import Environment, Settings
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from tests.support.clock import FrozenClock
from tests.support.hashing import hashing
from tests.support.network import forbid_outside
from tests.support.servers import Servers, running_servers

_HERE = Path(__file__).parent
_SERVERS = pytest.StashKey[Servers]()
_OPEN = pytest.StashKey[ExitStack]()
_numbers = itertools.count(1)

# How long a draw or a trial takes says how busy the machine is, nothing of the code.
trials.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
trials.load_profile("any-machine")

# A parallel run begins with whole programs: what takes longest is never left to one worker at the
# end, and the laboratories of the browser tests stop when those are through. While one worker kills
# processes the other makes the demonstration, which both then copy.
_FIRST = ("chaos", "e2e", "jobs", "db")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the controller of a parallel run; workers are given the addresses."""
    config.stash[_OPEN] = ExitStack()
    # A dozen processes of each laboratory, and these workers, would compile the program anew.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251 -- children's, not a setting
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[_SERVERS] = Servers(**worker_input["servers"])
    elif getattr(config.option, "numprocesses", None) and not config.option.collectonly:
        config.stash[_SERVERS] = config.stash[_OPEN].enter_context(running_servers())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    servers = node.config.stash[_SERVERS]
    node.workerinput["servers"] = {
        "admin_url": servers.admin_url,
        "redis_url": servers.redis_url,
        "folder": servers.folder,
    }


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their number: workers compare names, and an archive holds the time of day."""
    return f"{len(val)}_bytes" if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files of a parallel run: the long folders, then those with most tests."""
    if not hasattr(config, "workerinput"):
        return
    tests = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[int, int, str]:
        folder = item.path.relative_to(_HERE).parts[0]
        rank = _FIRST.index(folder) if folder in _FIRST else len(_FIRST)
        return rank, -tests[item.path], str(item.path)

    items.sort(key=turn)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_OPEN].close()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """Return the run's servers, started at the first use when the run is not parallel."""
    stash = request.config.stash
    if _SERVERS not in stash:
        stash[_SERVERS] = stash[_OPEN].enter_context(running_servers())
    return stash[_SERVERS]


@pytest.fixture(scope="session")
def database_url(servers: Servers, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return this worker's own database: migrated, empty, shared by its tests through rollbacks."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"tracseq_{worker}"
    servers.drop(name)
    yield servers.clone_template(name)
    servers.drop(name)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = transaction.make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[WriteSession]:
    """Yield a session whose every change is rolled back; a commit inside only ends a savepoint."""
    with engine.connect() as connection:
        outer = connection.begin()
        inner = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        try:
            yield WriteSession(ReadSession(inner))
        finally:
            inner.close()
            outer.rollback()


@pytest.fixture
def committed_database(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield an engine on a database of this test alone, bound to ``reading()`` and ``writing()``.

    For what needs real commits: threads, processes, LISTEN, the doors (dashboard, API, jobs).
    """
    with _bound_database(servers, request.config) as engine:
        yield engine


@pytest.fixture(scope="module")
def module_database(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield what ``committed_database`` does, once for a module whose tests only look."""
    with _bound_database(servers, request.config) as engine:
        yield engine


@contextmanager
def _bound_database(servers: Servers, config: pytest.Config) -> Iterator[Engine]:
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    name = f"tracseq_{worker}_{next(_numbers)}"
    engine = transaction.make_engine(servers.clone_template(name))
    before = (transaction._Edge.engine, transaction._Edge.factory)
    transaction.bind(engine)
    yield engine
    transaction._Edge.engine, transaction._Edge.factory = before
    engine.dispose()
    servers.drop(name)


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """Return the address of the run's Redis. Parallel workers share it: use keys of your own."""
    return servers.redis_url


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, redis_url=redis_url, home=tmp_path, env=Environment.TEST
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that the user of an embedded server may enter, which ``tmp_path`` is not."""
    folder = Path(tempfile.mkdtemp(prefix="tracseq-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def frozen_clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    """Stop the program's clock (not PostgreSQL's) at noon of a winter Monday."""
    frozen = FrozenClock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    monkeypatch.setattr(clock, "utc_now", frozen)
    return frozen


@pytest.fixture
def principal_of() -> Callable[..., Principal]:
    """Return a maker of principals: ``principal_of(Permission.STORAGE_PLACE, name="Ada")``."""

    def make(
        *permissions: Permission, name: str = "Test person", user_id: UserId | None = None
    ) -> Principal:
        return Principal(
            user_id=user_id or UserId(new_id()),
            name=name,
            permissions=frozenset(permissions),
            origin=Origin.UI,
            request_id="test",
        )

    return make


@pytest.fixture(autouse=True, scope="session")
def _light_passwords() -> Iterator[None]:
    """Hash with little memory: nearly every test signs somebody in, and a real hash takes 60 ms.

    What a hash must cost is the business of tests/backend/auth, where the product's stands.
    """
    with hashing(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)):
        yield


@pytest.fixture(autouse=True, scope="session")
def _network_off() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        forbid_outside(monkeypatch)
        yield
