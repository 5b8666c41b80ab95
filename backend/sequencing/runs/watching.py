"""One pass over the watched roots: every folder that changed is read again. Called by a job.

No session is open while folders are read; each folder is kept in a transaction of its own, so a
pass that is interrupted has done what it has done.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.sequencing.runs import folders, storing
from backend.sequencing.runs.ids import FolderState
from backend.sequencing.runs.models import RunRoot
from backend.sequencing.runs.reading import read_files

MOST_FINDINGS = 100
Opening = Callable[[], AbstractContextManager[WriteSession]]


@dataclass(slots=True)
class Pass:
    """What a pass over one root found."""

    folders: int = 0
    read: int = 0
    findings: list[tuple[str, str]] = field(default_factory=list)
    copies: dict[str, list[str]] = field(default_factory=dict)
    """Folders that were refused as second copies (RunRoot.copies)."""


class SecondCopy(Exception):
    """A folder's run lies in another watched root, too, and was read there."""

    def __init__(self, first: Path, copy: Path) -> None:
        self.first = first
        super().__init__(
            f"{copy.name} lies in {first.parent}, too, and was read there. Nothing was imported "
            "twice; take one of the two away."
        )


def watch(
    opening: Opening,
    principal: Principal,
    roots: Sequence[Path],
    *,
    goes_on: Callable[[], bool] = lambda: True,
) -> dict[str, Pass]:
    """Pass over every root once; ``opening`` opens a transaction. Returns what was found by root.

    A root or a folder that cannot be read is a finding of the pass: the others are read.
    """
    principal.require(Permission.HEALTH_OPERATE)
    passes = {str(root): Pass() for root in roots}
    for root in roots:
        found = passes[str(root)]
        _pass(opening, principal, root, found, goes_on)
        with opening() as session:
            _keep(session, str(root), found)
    with opening() as session:
        session.execute(delete(RunRoot).where(RunRoot.root.not_in(passes)))
    return passes


def _pass(
    opening: Opening,
    principal: Principal,
    root: Path,
    found: Pass,
    goes_on: Callable[[], bool],
) -> None:
    try:
        listed, refused = folders.list_folders(root)
    except InvalidInput as error:
        found.findings.append((str(root), error.message))
        return
    found.findings += refused
    with opening() as session:
        known = storing.known_stamps(session, str(root))
        row = session.get(RunRoot, str(root))
        copies = {} if row is None else dict(row.copies)
    for folder in listed:
        if not goes_on():
            return
        found.folders += 1
        stamp = folders.stamp(folder)
        old, state = known.get(folder.name[:200], ("", FolderState.ARRIVING))
        if stamp == old:
            continue
        if _is_the_same_copy(copies.get(folder.name), stamp):
            found.copies[folder.name] = copies[folder.name]
            found.findings.append((folder.name, copies[folder.name][1]))
            continue
        if state is FolderState.CONFIRMED:
            sentence = f"{folder.name} changed after it was confirmed. What was confirmed stands."
            found.findings.append((folder.name, sentence))
            continue
        _read(opening, principal, folder, stamp, found)


def _read(opening: Opening, principal: Principal, folder: Path, stamp: str, found: Pass) -> None:
    root, files = folder.parent, folders.take(folder)
    if not files.files:
        # A folder of something else, or one that has only been made.
        found.findings += [(folder.name, sentence) for _, sentence in files.refused[:5]]
        return
    reading = read_files(files)
    try:
        with opening() as session:
            _refuse_second_copy(session, folder, reading.summary.run_id)
            stored = storing.store_reading(
                session, principal, root=str(root), stamp=stamp, files=files, reading=reading
            )
    except SecondCopy as error:
        found.findings.append((folder.name, str(error)))
        found.copies[folder.name] = [stamp, str(error), str(error.first)]
        return
    except storing.TwiceRead as error:
        found.findings.append((folder.name, str(error)))
        found.copies[folder.name] = [stamp, str(error), ""]
        return
    found.read += stored is not None


def _is_the_same_copy(kept: list[str] | None, stamp: str) -> bool:
    """Say whether a folder was refused as it is; once the first one is gone it is the run's own."""
    if kept is None:
        return False
    was, _, first = kept
    return was == stamp and (not first or Path(first).is_dir())


def _refuse_second_copy(session: WriteSession, folder: Path, run_name: str) -> None:
    """Refuse a folder while its run lies, under the same name, in the root it was read from.

    Raises:
        SecondCopy: says where.
    """
    root = storing.read_in_root(session, folder.name, run_name) if run_name else None
    if root is None or root == str(folder.parent):
        return
    first = Path(root) / folder.name
    if first.is_dir():
        raise SecondCopy(first, folder)


def _keep(session: WriteSession, root: str, found: Pass) -> None:
    row = session.get(RunRoot, root)
    if row is None:
        row = RunRoot(root=root, passed_at=clock.utc_now(), folders=0, read=0, findings=[])
        session.add(row)
    row.passed_at, row.folders, row.read = clock.utc_now(), found.folders, found.read
    row.copies = found.copies
    row.findings = [list(each) for each in found.findings[:MOST_FINDINGS]]
