"""``GET /files/samples/<job>``: the file that an export made, for who asked for it only."""

from uuid import UUID

from flask import Blueprint, Response, current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.samples import exporting
from backend.work.ids import JobId
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("samples", __name__)

    @made.get("/files/samples/<uuid:job_id>")
    def file(job_id: UUID) -> Response:
        try:
            with reading() as session:
                kind, key, _ = exporting.finished_export(
                    session, current_principal(), JobId(job_id)
                )
            content = DiskStore(current_app.config["FILES_DIR"]).get(key)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, exporting.MEDIA_TYPES[kind], f"samples.{kind.value}")

    return made
