"""``GET /files/audits/<name>``: a physical audit as a workbook, ``<its key>.xlsx``."""

from flask import Blueprint, Response

from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.storage import inventory_files, inventory_queries
from backend.storage.errors import InventoryNotFound
from backend.storage.sheet_writing import XLSX_TYPE
from dashboard.files import handed_out
from dashboard.laboratory import lab_zone
from dashboard.pages.audits.layout import audit_id_of
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("audits", __name__)

    @made.get("/files/audits/<name>")
    def file(name: str) -> Response:
        which, _, kind = name.partition(".")
        try:
            if kind != "xlsx":
                raise InventoryNotFound("There is no such file. Choose one on the audit's page.")
            key, principal = audit_id_of(which), current_principal()
            with reading() as session:
                view = inventory_queries.get_audit(session, principal, key)
                checks = inventory_queries.checks(session, principal, key)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        content = inventory_files.as_xlsx(view, checks, lab_zone())
        return handed_out(content, XLSX_TYPE, f"Audit {view.title}.xlsx")

    return made
