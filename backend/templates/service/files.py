"""Looking at a file that an import was made of, and taking it as it was sent."""

from backend.core.blobs import FileStore
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.documents import service as documents_service
from backend.documents.ids import FileId
from backend.documents.views import FileView
from backend.templates import file_queries
from backend.templates.reading.decode import ZIP_SIGNATURE, to_text


def text_of(
    session: ReadSession, principal: Principal, *, file_id: FileId, files: FileStore, lines: int
) -> list[str] | None:
    """Return a file's first lines, at most ``lines``; None when it is a workbook, not text.

    Raises:
        FileNotFound: absent, or of a project the principal is not in.
        NotFound: the bytes are not in the store any more.
    """
    imported = file_queries.get_file(session, principal, file_id)
    content = files.get(imported.file.sha256)
    if content.startswith(ZIP_SIGNATURE):
        return None
    text, _, _ = to_text(content)
    return None if text is None else text.split("\n", lines)[:lines]


def download_file(
    session: WriteSession, principal: Principal, *, file_id: FileId, files: FileStore
) -> tuple[FileView, bytes]:
    """Return a file and its bytes as they were sent; who took them is recorded.

    Raises:
        PermissionDenied: without the right to documents.
        FileNotFound: absent, or of a project the principal is not in.
        NotFound: the bytes are not in the store any more.
    """
    file = file_queries.get_file(session, principal, file_id).file
    return file, documents_service.hand_out(session, principal, file=file, files=files)
