"""Keeping files, and handing them out."""

from uuid import UUID

from backend.core.blobs import FileStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.documents.events import FileDownloaded, FileStored
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.documents.views import FileView
from backend.events import service as events_service

_LONGEST_NAME = 255


def store_file(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
    project_id: UUID | None = None,
) -> FileId:
    """Keep the file of an import. Same answer as `keep_file`."""
    principal.require(Permission.SAMPLES_REGISTER)
    return keep_file(
        session,
        principal,
        file_name=file_name,
        content=content,
        files=files,
        project_id=project_id,
    )


def keep_file(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
    project_id: UUID | None = None,
) -> FileId:
    """Keep a file's bytes and a row about them, and return the row's key.

    Whether the person may send one is the caller's to decide: the domain that it is sent to asks
    first.
    """
    row = StoredFile(
        file_name=file_name[-_LONGEST_NAME:],
        sha256=files.put(content),
        size_bytes=len(content),
        project_id=project_id,
        uploaded_by=principal.user_id,
        uploaded_by_name=principal.name,
    )
    session.add(row)
    session.flush()
    events_service.record(
        session,
        principal,
        FileStored(
            aggregate_id=row.id,
            file_name=row.file_name,
            sha256=row.sha256,
            size_bytes=row.size_bytes,
        ),
    )
    return FileId(row.id)


def hand_out(
    session: WriteSession, principal: Principal, *, file: FileView, files: FileStore
) -> bytes:
    """Return a file's bytes as they were sent, and record who took them.

    Whether the person may see the file is the caller's to decide: the domain that the file was
    sent to asks first.

    Raises:
        PermissionDenied: without the right to documents.
        NotFound: the bytes are not in the store any more, or were changed there.
    """
    principal.require(Permission.DOCUMENTS_VIEW)
    content = files.get(file.sha256)
    taken = FileDownloaded(aggregate_id=file.id, file_name=file.file_name, sha256=file.sha256)
    events_service.record(session, principal, taken)
    return content
