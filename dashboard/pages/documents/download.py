"""``GET /files/documents/<id>``: a file as it was sent, always as an attachment, never kept."""

import io
from uuid import UUID

from flask import Blueprint, Response, current_app, send_file

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
        # Whatever a sender's file claims to be, the browser only saves it.
        response = send_file(
            io.BytesIO(content),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=kept.file_name,
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return made


def _taken(
    session: WriteSession, principal: Principal, file_id: FileId, files: DiskStore
) -> tuple[FileView, bytes]:
    """Return the file of an import or of a workbook, whichever it was sent as."""
    try:
        return files_service.download_file(session, principal, file_id=file_id, files=files)
    except FileNotFound:
        return workbooks_service.download_file(session, principal, file_id=file_id, files=files)
