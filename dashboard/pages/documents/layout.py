"""Documents: the files that people sent, what was read from each, and in which lines."""

from uuid import UUID

from dash import html
from dash.development.base_component import Component
from flask import current_app

from backend.core import clock
from backend.core.blobs import DiskStore
from backend.core.errors import NotFound
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.templates import file_queries
from backend.templates.service import files as files_service
from backend.templates.views import ImportedFile
from dashboard.components.page import Crumb, Page, Tab, page
from dashboard.laboratory import lab_zone
from dashboard.pages.documents import ids, panels
from dashboard.session import current_principal

PATH = "/documents"
LISTED = 100
LINES = 400


def layout(*, file: str = "") -> Page:
    """Draw the page; ``file`` is the key of the open document, without it the newest is open.

    Raises:
        FileNotFound: no such document, or not one of the person's projects.
    """
    chosen = file_id_of(file)
    listed = files()
    shown = _open(chosen, listed)
    if shown is None:
        return page(
            title="Documents",
            tabs=tabs(PATH),
            children=[panels.nothing(may_import=_may_import())],
        )
    return page(
        title=shown.file.file_name,
        breadcrumb=[Crumb("Documents", PATH)],
        tabs=tabs(PATH),
        class_name="docs",
        children=[
            html.Div(
                [
                    html.Div(file_list(listed, shown.file.id), id=ids.LIST, className="dw-l"),
                    _viewer(shown),
                    html.Div(read_from(shown), id=ids.READ, className="dw-r"),
                ],
                className="dw",
            )
        ],
    )


def tabs(selected: str) -> list[Tab]:
    """Return what is kept of documents; ``selected`` is the address of the part that is open."""
    parts = (("Imported files", PATH), ("Workbooks", f"{PATH}/workbooks"))
    return [Tab(label, href, selected=href == selected) for label, href in parts]


def files() -> list[ImportedFile]:
    """Return the newest documents that the person may see."""
    with reading() as session:
        found = file_queries.list_files(session, current_principal(), limit=LISTED)
    return list(found.items)


def file_list(listed: list[ImportedFile], open_id: FileId | None) -> list[Component]:
    """Draw the list of documents, the open one marked."""
    return panels.file_list(listed, open_id=open_id, may_import=_may_import())


def read_from(shown: ImportedFile) -> list[Component]:
    """Draw what was read from the open document."""
    with reading() as session:
        read = file_queries.what_was_read(session, current_principal(), shown.file.id, lines=LINES)
    may_open = current_principal().may(Permission.SAMPLES_REGISTER)
    return panels.read_from(shown, read, may_open=may_open, now=clock.utc_now(), zone=lab_zone())


def file_id_of(text: str) -> FileId | None:
    """Return the key in an address, None for an empty one.

    Raises:
        FileNotFound: a mistyped one.
    """
    try:
        return FileId(UUID(text)) if text else None
    except ValueError as error:
        raise FileNotFound from error


def find_open(file_id: FileId | None) -> ImportedFile | None:
    """Return the open document as it stands now; None without one."""
    if file_id is None:
        return None
    with reading() as session:
        return file_queries.get_file(session, current_principal(), file_id)


def _open(chosen: FileId | None, listed: list[ImportedFile]) -> ImportedFile | None:
    if chosen is None:
        return listed[0] if listed else None
    return next((each for each in listed if each.file.id == chosen), None) or find_open(chosen)


def _viewer(shown: ImportedFile) -> html.Section:
    principal = current_principal()
    try:
        with reading() as session:
            text = files_service.text_of(
                session,
                principal,
                file_id=shown.file.id,
                files=DiskStore(current_app.config["FILES_DIR"]),
                lines=LINES,
            )
            read = file_queries.what_was_read(session, principal, shown.file.id, lines=LINES)
    except NotFound as gone:
        return panels.unreadable(shown, gone.message)
    return panels.viewer(shown, text, read, most=LINES)


def _may_import() -> bool:
    return current_principal().may(Permission.SAMPLES_REGISTER)
