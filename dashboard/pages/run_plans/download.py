"""``GET /files/run-sheets/<name>``: the sheet of a run, kept (``NX-0231-v1.csv``) or as of now."""

import re

from flask import Blueprint, Response, request

from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.released import queries
from backend.sequencing.released.errors import ReleaseNotFound
from backend.sequencing.sheets.values import Dialect
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal

_CSV = "text/csv; charset=utf-8"
_NAME = re.compile(r"([A-Z]{2,8}-[0-9]{1,9})(?:-v([0-9]{1,6}))?\.csv")


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("run_sheets", __name__)

    @made.get("/files/run-sheets/<name>")
    def file(name: str) -> Response:
        try:
            with reading() as session:
                content, named = _content(session, current_principal(), name)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, _CSV, named)

    return made


def _content(session: ReadSession, principal: Principal, name: str) -> tuple[bytes, str]:
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise ReleaseNotFound
    code, number = parts[1], parts[2]
    if number is not None:
        shown, content = queries.kept_sheet(session, principal, code, int(number))
        return content, shown.file_name
    wanted = request.args.get("as", "")
    dialect = Dialect(wanted) if wanted in set(Dialect) else None
    draft = queries.draft_sheet(session, principal, code, dialect=dialect)
    if draft is None:
        raise ReleaseNotFound
    return draft.content, f"{code}-draft.csv"
