"""``GET /files/templates/<key>/<number>``: the workbook of a published version."""

from flask import Blueprint, Response

from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.templates import definition_queries
from backend.templates.adapters.template_file import write_template
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("templates", __name__)

    @made.get("/files/templates/<key>/<int:number>")
    def file(key: str, number: int) -> Response:
        try:
            with reading() as session:
                version = definition_queries.get_version(session, current_principal(), key, number)
            content = write_template(version)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, _XLSX, f"{version.template_key}-v{version.number}.xlsx")

    return made
