"""Starting a child that never outlives its parent, and asking about processes safely."""

import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from db.embedded.identity import Identity, ServerCannotRun

# Numbers of prctl(2) from linux/prctl.h.
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_LONGEST_LOG_BYTES = 20_000_000


def spawn(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    identity: Identity | None = None,
    output: IO[bytes] | int,
    death_signal: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that receives ``death_signal`` when this process dies.

    Linux ties that signal to the *thread* that started the child: call this from the main thread.

    Raises:
        ServerCannotRun: this process may not start children as another user.
    """
    try:
        return subprocess.Popen(
            list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
            user=identity.uid if identity else None,
            group=identity.gid if identity else None,
            extra_groups=[] if identity else None,
            # Runs after the change of user, which would clear the death signal again.
            preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509 -- one system call, no locks
        )
    except PermissionError as error:
        if identity is None:
            raise
        raise ServerCannotRun(
            f"This process may not start {arguments[0]} as user {identity.uid}. Start as an "
            "ordinary user, or set DATABASE_URL to a server of your own."
        ) from error


def open_log(path: Path) -> IO[bytes]:
    """Open a server's log for appending; one that has grown is put aside as ``.old``.

    Only the owner may read it: a statement that failed is logged with its values.
    """
    if path.exists() and path.stat().st_size > _LONGEST_LOG_BYTES:
        path.replace(path.with_suffix(".log.old"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def adopt_orphans() -> None:
    """Make grandchildren whose parent dies children of this process, so that they can be ended."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None  # elsewhere the warden (jobs.supervisor) ends what is left over
    prctl = _libc().prctl
    parent = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return in_child


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
