"""Facts about files that are tied to samples."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAttached:
    """A file was tied to a sample."""

    TYPE: ClassVar[str] = "samples.file_attached"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    attachment_id: UUID
    kind: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRemoved:
    """A file left a sample's list; its record and its bytes stay."""

    TYPE: ClassVar[str] = "samples.attachment_removed"
    AGGREGATE: ClassVar[str] = "sample"

    aggregate_id: UUID
    barcode: str
    attachment_id: UUID
    kind: str
    file_name: str
    sha256: str
