"""``GET /files/labels/<job>``: the sheets of labels that a worker made, for who asked for them."""

from uuid import UUID

from flask import Blueprint, Response, current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.labels import sheet_files
from backend.labels.rendering import sheet as sheets
from backend.work.ids import JobId
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("labels", __name__)

    @made.get("/files/labels/<uuid:job_id>")
    def file(job_id: UUID) -> Response:
        try:
            with reading() as session:
                key, _ = sheet_files.finished_sheets(session, current_principal(), JobId(job_id))
            content = DiskStore(current_app.config["FILES_DIR"]).get(key)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, sheets.MEDIA_TYPE, "labels.pdf")

    return made
