"""The demonstration laboratory, made once in a test run; each laboratory starts over a copy.

That a first start makes it is what tests/e2e/test_whole_program.py looks at.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from backend.core import secret_files
from jobs.supervisor.services import ROOT
from tests.support.running_laboratory import inherited
from tests.support.servers import Servers

_DATABASE = "tracseq_demonstration"


def copy_demonstration(servers: Servers, name: str, home: Path) -> str:
    """Copy the laboratory into database ``name`` and the new folder ``home``; return the address.

    The first of the workers to ask makes it; another that asks meanwhile waits.
    """
    shutil.copytree(_made(servers), home)
    return servers.clone_template(name, _DATABASE)


def _made(servers: Servers) -> Path:
    home = Path(servers.folder) / "demonstration"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            partial = home.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            servers.drop(_DATABASE)
            _make(partial, servers.clone_template(_DATABASE))
            partial.rename(home)
    return home


def _make(home: Path, database_url: str) -> None:
    """Fill an empty database as the supervisor's first start does."""
    secret_files.ensure(home / "secrets")
    ended = subprocess.run(
        [sys.executable, "-m", "jobs.supervisor.first_start"],
        cwd=ROOT,
        env={**inherited(), "TRACSEQ_HOME": str(home), "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"The demonstration could not be made:\n{ended.stdout}")
