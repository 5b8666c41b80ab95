"""``GET /files/attachments/<id>``: what is attached to a sample, only ever as an attachment."""

from uuid import UUID

from flask import Blueprint, Response, current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.ids import AttachmentId
from dashboard.files import UNKNOWN, handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("attachments", __name__)

    @made.get("/files/attachments/<uuid:attachment_id>")
    def file(attachment_id: UUID) -> Response:
        try:
            with writing() as session:
                kept, content = service.download_attachment(
                    session,
                    current_principal(),
                    attachment_id=AttachmentId(attachment_id),
                    files=DiskStore(current_app.config["FILES_DIR"]),
                )
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, UNKNOWN, kept.file_name)

    return made
