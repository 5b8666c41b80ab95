"""``GET /files/audit.<format>``: the entries that the page's filters leave, as a file."""

from flask import Blueprint, Response, request

from backend.core.errors import AppError, InvalidInput
from backend.core.transaction import writing
from backend.events import exporting
from backend.events.exporting import AuditFormat
from dashboard.laboratory import lab_zone
from dashboard.pages.admin import trail
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("audit", __name__)

    @made.get("/files/audit.<kind>")
    def file(kind: str) -> Response:
        try:
            chosen = _format(kind)
            filters = trail.filters_of(request.args.to_dict(), lab_zone())
            with writing() as session:
                content = exporting.export_audit(
                    session, current_principal(), kind=chosen, filters=filters
                )
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        response = Response(content, content_type=exporting.MEDIA_TYPES[chosen])
        response.headers["Content-Disposition"] = f'attachment; filename="audit.{chosen.value}"'
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return made


def _format(kind: str) -> AuditFormat:
    try:
        return AuditFormat(kind)
    except ValueError as error:
        raise InvalidInput("The audit trail is taken out as csv or json.") from error
