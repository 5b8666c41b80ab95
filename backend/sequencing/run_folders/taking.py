"""Files of a folder by kind, each read at most once, and what is wrong with one noted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from backend.sequencing.errors import SheetRefused
from backend.sequencing.run_folders.files import Kind, RunFile, RunFiles, most_bytes
from backend.sequencing.run_folders.model import Notes
from backend.sequencing.run_folders.values import Unreadable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taking:
    """A folder's files and the findings made of them so far."""

    files: RunFiles
    notes: Notes

    def has(self, kind: Kind) -> bool:
        """Say whether the folder holds a file of a kind."""
        return any(each.kind is kind for each in self.files.files)

    def has_any(self, *kinds: Kind) -> bool:
        """Say whether the folder holds a file of one of these kinds."""
        return any(self.has(kind) for kind in kinds)

    def newest(self, kind: Kind, *, beside: RunFile | None = None) -> RunFile | None:
        """Return the file of a kind, of several the last analysis'; first one ``beside`` another.

        Reports of two analyses are not mixed: a table's sister is taken from its own folder.
        """
        found = self.files.several(kind)
        if beside is not None:
            folder = beside.path.rpartition("/")[0]
            found = [each for each in found if each.path.rpartition("/")[0] == folder] or found
        if not found:
            return None
        if len(found) > 1 and beside is None:
            self.notes.tell(
                "several",
                found[-1].path,
                f"There are {len(found)} of {kind.value}; that of {found[-1].path} counts.",
            )
        return found[-1]

    def read(self, file: RunFile | None, reader: Callable[[bytes], T]) -> T | None:
        """Return what ``reader`` makes of a file, or None; why not is noted."""
        if file is None:
            return None
        if file.content is None:
            limit = most_bytes(file.kind) // 1_000_000
            self.notes.error(
                "too_large",
                file.path,
                f"{file.path} has {file.size_bytes:,} bytes; up to {limit} MB are read. Look at "
                "what made it so large.",
            )
            return None
        try:
            return reader(file.content)
        except Unreadable as error:
            self.notes.error("unreadable", file.path, f"{file.path} cannot be read: {error}.")
        except SheetRefused as error:
            message = f"{file.path}: {error.message} Copy it again."
            self.notes.error("unreadable", file.path, message)
        return None
