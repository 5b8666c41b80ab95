"""The embedded PostgreSQL starts, survives being killed, and never loses what was committed."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from db.embedded.identity import ServerCannotRun
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.scratch import required_postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def server(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    # With the product's own settings: what is tested is that commits survive.
    server = EmbeddedPostgres(open_folder, required_postgres())
    yield server
    server.stop()


def _run(server: EmbeddedPostgres, statement: str) -> list[tuple]:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_it_starts_stops_and_keeps_its_data(server: EmbeddedPostgres) -> None:
    server.start()
    _run(server, "create table sample (barcode text)")
    _run(server, "insert into sample values ('TS-1')")
    server.stop()

    assert not server.is_ready()
    server.start()
    assert _run(server, "select barcode from sample") == [("TS-1",)]


def test_every_acknowledged_commit_survives_kills(server: EmbeddedPostgres) -> None:
    server.start()
    _run(server, "create table written (n int)")
    acknowledged = 0
    for _ in range(5):
        killer = threading.Timer(0.3, os.kill, (server.process.pid, signal.SIGKILL))
        killer.start()
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                while True:
                    connection.execute("insert into written values (%s)", [acknowledged + 1])
                    acknowledged += 1
        except psycopg.OperationalError:
            killer.join()
        server.process.wait()
        server.start()

    survived = _run(server, "select count(distinct n) from written")[0][0]

    assert acknowledged > 50
    # One insert per kill may be committed without its acknowledgement having arrived; it is then
    # written again under the same number, so distinct numbers never fall short.
    assert survived >= acknowledged


def test_commits_are_synced_to_disk_by_default(server: EmbeddedPostgres) -> None:
    server.start()

    settings = [_run(server, f"show {name}")[0][0] for name in ("fsync", "full_page_writes")]
    assert settings == ["on", "on"]


def test_lower_case_works_beyond_ascii_whatever_the_environment(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "xx_NOWHERE")
    monkeypatch.setenv("LC_ALL", "C")

    server.start()

    assert _run(server, "select lower('ÄRZTIN')") == [("ärztin",)]


def test_it_keeps_pages_in_a_share_of_the_machines_memory(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=4 * 2**30))
    server = EmbeddedPostgres(open_folder, required_postgres())
    try:
        server.start()
        assert _run(server, "show shared_buffers") == [("256MB",)]
    finally:
        server.stop()


def test_it_listens_on_no_network_address(server: EmbeddedPostgres) -> None:
    server.start()

    assert _run(server, "show listen_addresses") == [("",)]
    assert psutil.Process(server.process.pid).net_connections("inet") == []


def test_a_pid_file_whose_number_belongs_to_another_program_is_no_obstacle(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file = server.data / "postmaster.pid"
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

        server.start()
        stranger.kill()

    assert server.is_ready()


def test_a_server_left_over_by_a_killed_parent_is_ended_first(server: EmbeddedPostgres) -> None:
    leftover = EmbeddedPostgres(server.data.parent, required_postgres())
    leftover.start()

    server.start()

    assert leftover.process.wait(5) == 0
    assert server.is_ready()


def test_data_of_another_major_version_is_refused_with_a_way_out(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")

    with pytest.raises(ServerCannotRun, match=r"belongs to PostgreSQL 12.*TRACSEQ_PG_BIN"):
        server.start()


def test_an_initdb_that_was_killed_is_started_over(server: EmbeddedPostgres) -> None:
    half_made = server.data.with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    server.start()

    assert server.is_ready()
    assert not half_made.exists()


def test_a_long_folder_name_still_gets_a_socket(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / ("long-name-" * 12), required_postgres())
    try:
        server.start()

        assert len(server.url()) < 120
        assert server.is_ready()
    finally:
        server.stop()
