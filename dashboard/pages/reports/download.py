"""``GET /files/reports/<id>``: a file of a report, always as an attachment, never kept."""

from uuid import UUID

from flask import Blueprint, Response, current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.transaction import writing
from backend.reports import service
from backend.reports.adapters import pages, workbook
from backend.reports.ids import ArtifactId, ReportFormat
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal

MEDIA_TYPES = {ReportFormat.PDF: pages.MEDIA_TYPE, ReportFormat.XLSX: workbook.MEDIA_TYPE}


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("reports", __name__)

    @made.get("/files/reports/<uuid:artifact_id>")
    def file(artifact_id: UUID) -> Response:
        files = DiskStore(current_app.config["FILES_DIR"])
        try:
            with writing() as session:
                artifact, content = service.download(
                    session,
                    current_principal(),
                    artifact_id=ArtifactId(artifact_id),
                    files=files,
                )
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, MEDIA_TYPES[artifact.format], artifact.filename)

    return made
