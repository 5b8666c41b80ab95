"""One command starts the laboratory, with servers of its own; nothing survives it but the data."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jobs.supervisor.child import end
from tests.support.running_laboratory import LaboratoryProcess

pytestmark = [pytest.mark.slow, pytest.mark.chaos]

_COUNTED = ("sample", "placement", "user_account", "audit_entry", "outbox_event", "reading")


@pytest.fixture
def laboratory(open_folder: Path) -> Iterator[LaboratoryProcess]:
    """A laboratory without DATABASE_URL and REDIS_URL, as on a fresh machine."""
    laboratory = LaboratoryProcess(open_folder / "lab", {})
    yield laboratory
    laboratory.stop()


def _counts(home: Path) -> dict[str, int]:
    url = (home / "run" / "database-url").read_text()
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
            for table in _COUNTED
        }


def test_everything_is_killed_and_started_again_with_all_data(
    laboratory: LaboratoryProcess,
) -> None:
    laboratory.start()
    before = _counts(laboratory.home)
    everyone = laboratory.everyone()

    end(everyone)
    laboratory.process.wait()
    _, left = psutil.wait_procs(everyone, timeout=5)
    laboratory.start()
    after = _counts(laboratory.home)

    assert left == []
    assert len(everyone) >= 10
    assert before["sample"] >= 5_000
    assert {table: n for table, n in after.items() if n < before[table]} == {}
    secrets = laboratory.home / "secrets"
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}

    everyone = laboratory.everyone()
    assert laboratory.stop() == 0
    _, left = psutil.wait_procs(everyone, timeout=1)
    assert left == []
