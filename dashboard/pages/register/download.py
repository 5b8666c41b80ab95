"""``GET /files/imports/<import>``: a list as it was sent, each row with what became of it.

``GET /files/imports/<import>/problems``: the rows that are left, each with what is wrong.
"""

from uuid import UUID

from flask import Blueprint, Response

from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.templates.ids import ImportId
from backend.templates.results import problem_file, result_file
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("imports", __name__)

    @made.get("/files/imports/<uuid:import_id>")
    def file(import_id: UUID) -> Response:
        try:
            with reading() as session:
                name, content = result_file(session, current_principal(), ImportId(import_id))
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, _WORKBOOK, f"result-{name}.xlsx")

    @made.get("/files/imports/<uuid:import_id>/problems")
    def problems(import_id: UUID) -> Response:
        try:
            with reading() as session:
                name, content = problem_file(session, current_principal(), ImportId(import_id))
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, "text/csv; charset=utf-8", f"problems-{name}.csv")

    return made
