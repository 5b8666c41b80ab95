"""A start that cannot go well is refused in one sentence that says what to do."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from backend.core.config import Environment, Settings
from backend.core.secret_files import SecretRefused
from jobs.supervisor import ports, preparation
from jobs.supervisor.services import ROOT, environment, laboratory_services


def _nothing(_: str) -> None:
    """Say nothing."""


def test_a_busy_port_is_named_with_another_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(ports.PortBusy, match=rf"Port {port} is in use.*PORT={port + 10}"):
            ports.require_free("127.0.0.1", port, "PORT")


def test_a_busy_port_ends_the_program_without_a_trace(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        started = subprocess.run(
            [sys.executable, "-m", "jobs.supervisor"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "TRACSEQ_HOME": str(tmp_path)},  # noqa: TID251
            capture_output=True,
            text=True,
            check=False,
        )

    assert started.returncode == 1
    assert len(started.stderr.splitlines()) == 1
    assert f"Port {port} is in use" in started.stderr


def test_a_free_port_is_accepted() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

    ports.require_free("127.0.0.1", port, "PORT")

    with socket.socket() as server:
        server.bind(("127.0.0.1", port))  # asking has not taken it
        assert server.getsockname()[1] == port


def test_one_laboratory_is_run_by_one_supervisor(tmp_path: Path) -> None:
    holder = preparation.lock_home(tmp_path)

    with pytest.raises(preparation.AlreadyRunning, match=rf"running \(process {os.getpid()}"):
        preparation.lock_home(tmp_path)
    holder.close()

    preparation.lock_home(tmp_path).close()


def test_a_production_start_makes_no_secrets(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, env=Environment.PRODUCTION)

    with pytest.raises(SecretRefused, match="is missing"):
        preparation.prepare_secrets(settings, _nothing)
    assert list(tmp_path.iterdir()) == []


def test_addresses_are_written_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://one", redis_url=None)

    preparation.write_addresses(settings)

    written = tmp_path / "run" / "database-url"
    assert written.read_text() == "postgresql://one"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert not (tmp_path / "run" / "redis-url").exists()


def test_people_are_let_go_before_the_workers() -> None:
    names = [service.name for service in laboratory_services(job_workers=2)]

    assert names == ["web", "live", "dispatcher", "leader", "worker-1", "worker-2"]


def test_who_names_a_broker_has_a_process_that_listens_to_it() -> None:
    names = [each.name for each in laboratory_services(job_workers=1, has_broker=True)]

    assert names == ["web", "live", "dispatcher", "leader", "mqtt", "worker-1"]


def test_services_are_told_where_everything_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://one", port=9000)

    told = environment(settings)

    assert told["TRACSEQ_LIVE_PORT"] == "9001"
    assert told["TRACSEQ_HOME"] == str(tmp_path)
    assert "REDIS_URL" not in told
