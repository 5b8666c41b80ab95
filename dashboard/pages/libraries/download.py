"""``GET /files/libraries/<name>``: a worksheet on paper, as a workbook, or for a robot."""

from flask import Blueprint, Response

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.preparation import worksheet_files, worksheet_queries
from backend.sequencing.preparation.adapters import worksheet_sheet
from backend.sequencing.preparation.errors import WorksheetNotFound
from backend.sequencing.preparation.views import WorksheetView
from backend.storage.sheet_writing import XLSX_TYPE
from dashboard import format as fmt
from dashboard import robots
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("libraries", __name__)

    @made.get("/files/libraries/<name>")
    def file(name: str) -> Response:
        which, _, kind = name.partition(".")
        try:
            with reading() as session:
                principal = current_principal()
                sheet = worksheet_queries.get_worksheet(session, principal, which)
                content, media_type = _content(session, principal, sheet, kind)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, media_type, f"{sheet.code}.{kind}")

    return made


def _content(
    session: ReadSession, principal: Principal, sheet: WorksheetView, kind: str
) -> tuple[bytes, str]:
    robot = robots.robot_of(kind)
    if robot is not None:
        worklist = worksheet_files.as_worklist(session, principal, sheet, robot)
        return robots.handed(robot, worklist)
    places = worksheet_files.places_of(session, principal, sheet)
    match kind:
        case "pdf":
            printed = fmt.tooltip_time(clock.utc_now())
            return worksheet_sheet.draw(sheet, places, printed=printed), worksheet_sheet.MEDIA_TYPE
        case "xlsx":
            return worksheet_files.as_xlsx(sheet, places), XLSX_TYPE
        case _:
            raise WorksheetNotFound
