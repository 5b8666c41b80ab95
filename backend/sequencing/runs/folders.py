"""The files of a run folder, taken from a disk: what is read, and what is not touched and why.

Folders are written by instruments over the network and may hold anything. Links are never
followed, nothing outside of the folder is opened, names are made harmless before they are shown,
and a folder of millions of images is not walked to its end.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from backend.core.errors import InvalidInput
from backend.sequencing.run_folders.files import (
    HEADS_ONLY,
    RunFile,
    RunFiles,
    kind_of,
    most_bytes,
)

MOST_ENTRIES = 50_000
"""Files and folders that are looked at; a run's reports stand near its top."""
DEEPEST = 8
_LONGEST_NAME = 200
# Images and base calls: thousands of files, none of which is read here.
_HEAVY = ("l00", "c1.", "thumbnail_images", "images", "rtalogs", "recipe", "fast5", "pod5")


def take(folder: Path) -> RunFiles:
    """Return the files of a folder that are read, as they are at this moment.

    Raises:
        InvalidInput: there is no such folder, or it may not be read.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 a folder out of reach is none, Path raises
        raise InvalidInput(f"{folder} is no folder. Give the folder of a run.")
    refused: list[tuple[str, str]] = []
    files = [
        made
        for path, entry in _walk(folder, refused)
        if (kind := kind_of(path)) is not None
        and (made := _read(path, Path(entry.path), kind_size=most_bytes(kind), refused=refused))
    ]
    return RunFiles(name=shown_name(folder.name), files=files, refused=refused)


def stamp(folder: Path) -> str:
    """Return a word that changes when a file that is read appears, goes, grows or is rewritten.

    Nothing is opened, so a watcher may ask every minute.
    """
    seen = hashlib.sha256()
    for path, entry in _walk(folder, []):
        if kind_of(path) is None:
            continue
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        seen.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def list_folders(root: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the folders of a root by name, and sentences about what there is not one.

    Raises:
        InvalidInput: there is no such root, or it may not be read.
    """
    refused: list[tuple[str, str]] = []
    if not os.path.isdir(root):  # noqa: PTH112 as in take
        raise InvalidInput(f"{root} is no folder. Mount it, or change TRACSEQ_RUN_FOLDERS.")
    found = []
    for entry in _entries(root, "", refused):
        if is_hostile(entry.name):
            refused.append((shown_name(entry.name), "Its name holds signs that no run has."))
        elif entry.is_symlink():
            refused.append((entry.name, f"{entry.name} is a link. Links are not followed."))
        elif _is_folder(entry) and not entry.name.startswith("."):
            found.append(Path(entry.path))
    return found, refused


def shown_name(name: str) -> str:
    """Return a name that may be written into a page, a log or a table."""
    safe = "".join(each if each.isprintable() else "�" for each in name)
    return safe.encode("utf-8", errors="replace").decode()[:_LONGEST_NAME]


def is_hostile(name: str) -> bool:
    """Say whether a name has signs that no instrument writes: line breaks, broken letters."""
    return shown_name(name) != name


def _walk(folder: Path, refused: list[tuple[str, str]]) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """Yield the plain files below a folder, nearest first, with their paths relative to it."""
    waiting: list[tuple[str, Path, int]] = [("", folder, 0)]
    looked_at = 0
    while waiting:
        start, path, depth = waiting.pop(0)
        for entry in _entries(path, start, refused):
            looked_at += 1
            if looked_at > MOST_ENTRIES:
                sentence = f"Only the first {MOST_ENTRIES:,} files were looked at."
                refused.append(("", f"{sentence} Reports deeper in the folder are not found."))
                return
            named = f"{start}{entry.name}"
            why = _why_not(named, entry)
            if why:
                refused.append((shown_name(named), why))
            elif not _is_folder(entry):
                if not entry.is_symlink():
                    yield named, entry
            elif depth < DEEPEST and not entry.name.casefold().startswith(_HEAVY):
                waiting.append((f"{named}/", Path(entry.path), depth + 1))


def _why_not(named: str, entry: "os.DirEntry[str]") -> str:
    """Return why an entry is not touched, "" when it may be; a link to what nobody reads is quiet.

    Whatever is no plain file is found out when it is opened.
    """
    if is_hostile(entry.name):
        return "Its name holds signs that no instrument writes. Not read."
    if entry.is_symlink() and (kind_of(named) is not None or _leads_away(entry)):
        return f"{named} is a link. Links are not followed: copy what it points to."
    return ""


def _entries(path: Path, start: str, refused: list[tuple[str, str]]) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        name = shown_name(start.rstrip("/")) or "The folder"
        refused.append((shown_name(start), f"{name} cannot be opened: {error.strerror}."))
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _leads_away(link: "os.DirEntry[str]") -> bool:
    """Say whether a link is one to a folder. One that nobody may follow counts as such."""
    try:
        return link.is_dir()
    except OSError:
        return True


def _read(
    path: str, place: Path, *, kind_size: int, refused: list[tuple[str, str]]
) -> RunFile | None:
    """Return a file, or None with the reason among the refused."""
    kind = kind_of(path)
    if kind is None:
        return None
    try:
        # The name may have become a link or a pipe since it was listed.
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                refused.append((path, f"{path} is no plain file. Not read."))
                return None
            if found.st_size > kind_size and kind not in HEADS_ONLY:
                return RunFile(path=path, kind=kind, size_bytes=found.st_size, content=None)
            content = stream.read(kind_size)
    except OSError as error:
        refused.append((path, f"{path} cannot be opened: {error.strerror}. Look at its rights."))
        return None
    return RunFile(path=path, kind=kind, size_bytes=found.st_size, content=content)
