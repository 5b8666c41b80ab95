"""``GET /files/documents/<id>``: a file as it was sent, always as an attachment, never kept."""

from uuid import UUID

from flask import Blueprint, Response, current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.views import FileView
from backend.templates.service import files as files_service
from backend.workbooks import service as workbooks_service
from dashboard.files import UNKNOWN, handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("documents", __name__)

    @made.get("/files/documents/<uuid:file_id>")
    def file(file_id: UUID) -> Response:
        files = DiskStore(current_app.config["FILES_DIR"])
        try:
            with writing() as session:
                kept, content = _taken(session, current_principal(), FileId(file_id), files)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, UNKNOWN, kept.file_name)

    return made


def _taken(
    session: WriteSession, principal: Principal, file_id: FileId, files: DiskStore
) -> tuple[FileView, bytes]:
    """Return the file of an import or of a workbook, whichever it was sent as."""
    try:
        return files_service.download_file(session, principal, file_id=file_id, files=files)
    except FileNotFound:
        return workbooks_service.download_file(session, principal, file_id=file_id, files=files)
