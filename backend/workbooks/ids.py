"""Keys of workbooks, and how far reading has come."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

WorkbookId = NewType("WorkbookId", UUID)
VersionId = NewType("VersionId", UUID)
SheetId = NewType("SheetId", UUID)


class ReadState(StrEnum):
    """How far a version's file has been read."""

    WAITING = "waiting"
    READ = "read"
    REFUSED = "refused"


class Mark(StrEnum):
    """How a row of two versions differs."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
