"""Which user the embedded servers run as, and whether that user can reach a folder.

PostgreSQL refuses to run as root. A container usually is root, often in a checkout below /root that
nobody else may enter; then programs and data go to a place of the system that can be entered.
"""

import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDER = Path("/var/lib/tracseq")


class ServerCannotRun(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    uid: int
    gid: int


def choose_identity(data: Path) -> Identity | None:
    """Return the user a server over ``data`` runs as; None means the present one (not root).

    Existing data keeps its owner, so a server never changes hands between two starts.
    """
    if os.geteuid() != 0:
        _require_name(os.geteuid())
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Identity(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServerCannotRun(
            "PostgreSQL does not run as root and this system has no user 'nobody'. "
            "Start as an ordinary user, or set DATABASE_URL to a server of your own."
        ) from error
    return Identity(nobody.pw_uid, nobody.pw_gid)


def can_enter(folder: Path, identity: Identity) -> bool:
    """Tell whether the user may pass through every folder from the root down to ``folder``."""
    resolved = folder.resolve()
    return all(_may_pass(step.stat(), identity) for step in (*resolved.parents, resolved))


def make_passable(folder: Path) -> None:
    """Make the folders that are missing, so that others pass through and read nothing.

    The mode is set afterwards: a strict umask would keep the server's user out of its own data.
    """
    for step in (*reversed(folder.resolve().parents), folder.resolve()):
        if not step.exists():
            step.mkdir()
            step.chmod(0o711)


def reachable_store(home: Path, identity: Identity | None) -> Path:
    """Return the folder where server data of the laboratory in ``home`` is kept.

    It is ``home`` itself, unless the server's user cannot enter it: then a folder under
    /var/lib/tracseq named after ``home``, so that every start finds the same data again.
    """
    make_passable(home)
    if identity is None or can_enter(home, identity):
        return home
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    store = SYSTEM_FOLDER / name
    make_passable(store)
    (home / "SERVER-DATA-IS-ELSEWHERE").write_text(
        f"The server's user cannot enter this folder, so its data is in {store}\n"
    )
    return store


def reachable_program(program: Path, parts: Sequence[Path], identity: Identity | None) -> Path:
    """Return ``program``, copied with its ``parts`` when the server's user cannot enter it.

    The parts keep their places relative to each other: the program finds its libraries by that.
    """
    if identity is None or (
        can_enter(program.parent, identity) and _may_pass(program.stat(), identity)
    ):
        return program
    anchor = Path(os.path.commonpath(parts)) if len(parts) > 1 else parts[0].parent
    stamp = f"{parts}|{program.stat().st_size}|{program.stat().st_mtime_ns}"
    copy = SYSTEM_FOLDER / "engines" / hashlib.sha256(stamp.encode()).hexdigest()[:12]
    if not copy.exists():
        # Copied beside and renamed: a copy that was interrupted is never taken for a whole one.
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            target = partial / part.relative_to(anchor)
            make_passable(target.parent)
            leave_out = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(part, target, ignore=leave_out)
            _open_up(target)
        partial.rename(copy)
    return copy / program.relative_to(anchor)


def _open_up(tree: Path) -> None:
    """Let others read and run a tree of programs: a strict umask had closed it."""
    for path in (tree, *tree.rglob("*")):
        may_run = path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if may_run else 0o644)


def _require_name(uid: int) -> None:
    """Refuse early what initdb refuses late: containers may run as a number without a name."""
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise ServerCannotRun(
            f"PostgreSQL needs a user with a name, and user {uid} has none in /etc/passwd. Start "
            "as a named user, or set DATABASE_URL to a server of your own."
        ) from error


def _may_pass(status: os.stat_result, identity: Identity) -> bool:
    if status.st_uid == identity.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == identity.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
