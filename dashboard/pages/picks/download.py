"""``GET /files/picks/<name>``: a pick list on paper, as a table, or as a robot's worklist."""

from flask import Blueprint, Response, request

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.labels.adapters import pick_sheet
from backend.storage import box_queries, pick_files, pick_queries, pick_worklists, worklists
from backend.storage.errors import PickListNotFound
from backend.storage.pick_views import PickListView
from backend.storage.sheet_writing import XLSX_TYPE
from dashboard import format as fmt
from dashboard import robots
from dashboard.files import handed_out
from dashboard.laboratory import lab_zone
from dashboard.pages.picks import worklist_form
from dashboard.problems import problem
from dashboard.session import current_principal


def blueprint() -> Blueprint:
    """Return the route."""
    made = Blueprint("picks", __name__)

    @made.get("/files/picks/<name>")
    def file(name: str) -> Response:
        which, _, kind = name.partition(".")
        try:
            with reading() as session:
                principal = current_principal()
                picks = pick_queries.find_list(session, principal, which)
                content, media_type = _content(session, principal, picks, kind)
        except AppError as refusal:
            return problem(refusal.status, refusal.code, refusal.message)
        return handed_out(content, media_type, f"{picks.label}.{kind}")

    return made


def _content(
    session: ReadSession, principal: Principal, picks: PickListView, kind: str
) -> tuple[bytes, str]:
    robot = robots.robot_of(kind)
    if robot is not None:
        wanted = worklist_form.read(request.args)
        transfers = pick_worklists.transfers_of(session, principal, picks.id, wanted)
        return robots.handed(robot, worklists.written(robot, transfers))
    lines = pick_queries.list_lines(session, principal, picks.id)
    match kind:
        case "csv":
            return pick_files.as_csv(lines, lab_zone()), pick_files.CSV_TYPE
        case "xlsx":
            return pick_files.as_xlsx(lines, lab_zone()), XLSX_TYPE
        case "pdf":
            shapes = {
                box_id: box_queries.get_box(session, principal, box_id).shape
                for box_id in dict.fromkeys(line.from_box_id for line in lines)
            }
            printed = fmt.tooltip_time(clock.utc_now())
            return pick_sheet.draw(picks, lines, shapes, printed=printed), pick_sheet.MEDIA_TYPE
        case _:
            raise PickListNotFound("There is no such file. Choose one on the list's page.")
