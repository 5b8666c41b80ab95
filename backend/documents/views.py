"""What readers of documents receive."""

from dataclasses import dataclass
from datetime import datetime

from backend.documents.ids import FileId


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A kept file: its bytes are in the file store under ``sha256``."""

    id: FileId
    file_name: str
    sha256: str
    size_bytes: int
    uploaded_by_name: str
    uploaded_at: datetime
