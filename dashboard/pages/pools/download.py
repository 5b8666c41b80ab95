"""``GET /files/pools/<name>``: a pool's worksheet on paper, as a workbook or for a robot."""

from flask import Blueprint, Response

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.errors import PoolNotFound
from backend.sequencing.pooling import queries, worksheets
from backend.sequencing.pooling.views import PoolView
from backend.storage import worklists
from backend.storage.sheet_writing import XLSX_TYPE
from dashboard import format as fmt
from dashboard import robots
from dashboard.files import handed_out
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("pools", __name__)

    @made.get("/files/pools/<name>")
    def file(name: str) -> Response:
        code, _, kind = name.partition(".")
        try:
            with reading() as session:
                principal = current_principal()
                view = queries.get_pool(session, principal, code)
                content, media_type = _content(session, principal, view, kind)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, media_type, f"{view.code}.{kind}")

    return made


def _content(
    session: ReadSession, principal: Principal, view: PoolView, kind: str
) -> tuple[bytes, str]:
    robot = robots.robot_of(kind)
    if robot is not None:
        transfers = worksheets.transfers(session, principal, view)
        return robots.handed(robot, worklists.written(robot, transfers))
    places = worksheets.places_of(session, principal, view)
    match kind:
        case "xlsx":
            return worksheets.as_xlsx(view, places), XLSX_TYPE
        case "pdf":
            printed = fmt.tooltip_time(clock.utc_now())
            return worksheets.as_pdf(view, places, printed=printed), "application/pdf"
        case _:
            raise PoolNotFound
