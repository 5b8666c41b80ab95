"""Facts about documents."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStored:
    """A file was uploaded and kept."""

    TYPE: ClassVar[str] = "documents.file_stored"
    AGGREGATE: ClassVar[str] = "file"

    aggregate_id: UUID
    file_name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDownloaded:
    """A kept file was handed out, as it was sent."""

    TYPE: ClassVar[str] = "documents.file_downloaded"
    AGGREGATE: ClassVar[str] = "file"

    aggregate_id: UUID
    file_name: str
    sha256: str
