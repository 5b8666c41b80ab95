"""Callbacks of the Register pages: one draws the draft, one does what the script reports."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    no_update,
)
from dash.development.base_component import Component

from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import definition_queries, draft_queries, queries
from backend.templates.definition_views import VersionView
from backend.templates.ids import ImportId, RowMode
from backend.templates.own_columns import OwnColumn, own_columns
from backend.templates.service import choosing, editing, large
from backend.templates.views import DraftView, DraftWindow
from backend.work.ids import JobId
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.register import grid, ids, panels
from dashboard.pages.register.acts import act, import_id_of
from dashboard.pages.register.receiving import local_instant, receive_file, shown_locally
from dashboard.pages.register.window import no_rows, window_of
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE, URL, live

_DRAWN = (
    Output(ids.GRID, "rowData"),
    Output(ids.GRID, "columnDefs"),
    Output(ids.SEGMENTS, "children"),
    Output(ids.PROBLEMS, "children"),
    Output(ids.UNDERSTOOD, "children"),
    Output(ids.FOOTER, "children"),
    Output(ids.DONE, "children"),
    Output(ids.DRAFT, "data"),
)


@page_callback(
    Permission.SAMPLES_REGISTER,
    *_DRAWN,
    Input(URL, "search"),
    Input(ids.CHANGED, "data"),
    Input(live("templates"), "data"),
    Input(ids.WINDOW, "data"),
)
def show_draft(
    search: str | None, _changed: str | None, _version: int | None, asked: dict[str, Any] | None
) -> tuple[Any, ...]:
    """Draw the draft that the address names, or the empty grid."""
    view, working, read_by, own, window = _draft_of(search, asked)
    return (
        grid.rows_of(view, window.rows, own),
        grid.column_defs(view, own),
        panels.segments(view, window),
        panels.problems(view),
        panels.understood(view),
        panels.footer(view),
        panels.done(view, working),
        _facts(view, read_by.template_key if read_by else ids.BY_ITSELF),
    )


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.OFFERED, "data"),
    Input(ids.PROJECT, "value"),
    State(URL, "search"),
    State(ids.TEMPLATE, "value"),
)
def offer_template(project: str | None, search: str | None, chosen: str | None) -> Any:
    """Offer the template that the project's lists were read by last; a draft has its own."""
    if not project or "draft=" in (search or ""):
        return no_update
    with reading() as session:
        key = choosing.remembered_template(session, current_principal(), project)
    return {"template": key or ids.BY_ITSELF, "instead_of": chosen}


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.TEMPLATE, "value"),
    State(ids.DRAFT, "data"),
    prevent_initial_call=True,
)
def choose_template(value: str | None, draft: dict[str, str] | None) -> Any:
    """Read the draft anew by a template, or by itself."""
    here = import_id_of((draft or {}).get("id"))
    if here is None or not draft or not value or value == draft["template"] or draft["stamped"]:
        return no_update
    principal, key = current_principal(), _key_of(value)
    with writing() as session:
        if queries.row_count(session, principal, here) > large.LARGE_ROWS:
            large.request_template(session, principal, import_id=here, key=key)
        else:
            choosing.choose_template(session, principal, import_id=here, key=key)
    return str(new_id())


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHANGED, "data"),
    Output(ids.SAID, "children"),
    Output(ids.GO, "data", allow_duplicate=True),
    Input(ids.ACTION, "data"),
    State(ids.DRAFT, "data"),
    State(ids.PROJECT, "value"),
    State(ids.TEMPLATE, "value"),
    prevent_initial_call=True,
)
def do_action(
    action: dict[str, Any] | None,
    draft: dict[str, str] | None,
    project: str | None,
    template: str | None,
) -> tuple[Any, ...]:
    """Do what a person did in the grid or its panels."""
    if not action:
        return no_update, no_update, no_update
    here = import_id_of((draft or {}).get("id"))
    with writing() as session:
        acted = act(
            session,
            current_principal(),
            action=action,
            draft=here,
            project_code=project,
            template=_key_of(template),
        )
    if action["kind"] == "register" and acted.is_done:
        toast(acted.said, link=("Open the samples", "/samples"))
    stays = here is not None or acted.import_id is None
    go = no_update if stays else f"/register?draft={acted.import_id}"
    return str(new_id()), acted.said or no_update, go


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.RECEIVED, "value"),
    State(ids.DRAFT, "data"),
    prevent_initial_call=True,
)
def set_received(value: str | None, draft: dict[str, str] | None) -> Any:
    """Say when the draft's samples arrived."""
    here = import_id_of((draft or {}).get("id"))
    if here is None or not draft or value == draft["received"]:
        return no_update
    with writing() as session:
        editing.set_received(
            session, current_principal(), import_id=here, received_at=local_instant(value)
        )
    return str(new_id())


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.MODE, "value"),
    State(ids.DRAFT, "data"),
    prevent_initial_call=True,
)
def choose_mode(value: str | None, draft: dict[str, str] | None) -> Any:
    """Say what becomes of rows whose sample is registered already, and judge them anew."""
    here = import_id_of((draft or {}).get("id"))
    if here is None or not draft or not value or value == draft["mode"]:
        return no_update
    with writing() as session:
        choosing.choose_row_mode(session, current_principal(), import_id=here, mode=RowMode(value))
    return str(new_id())


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.GO, "data"),
    Output(ids.REFUSED, "children"),
    Output(ids.READING, "data"),
    Input(ids.UPLOAD, "contents"),
    State(ids.UPLOAD, "filename"),
    State(ids.PROJECT, "value"),
    State(ids.TEMPLATE, "value"),
    prevent_initial_call=True,
)
def take_file(
    contents: str | None, file_name: str | None, project: str | None, template: str | None
) -> tuple[Any, list[Component], str | None]:
    """Make a draft of a dropped file, or say why it is none."""
    if not contents or not file_name:
        return no_update, [], None
    with writing() as session:
        received = receive_file(
            session,
            current_principal(),
            file_name=file_name,
            contents=contents,
            project_code=project,
            template=_key_of(template),
        )
    return received.go or no_update, list(received.said), received.job


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.GO, "data", allow_duplicate=True),
    Input(live("templates"), "data"),
    Input(live("work"), "data"),
    State(ids.READING, "data"),
    prevent_initial_call=True,
)
def open_read_list(_templates: int | None, _work: int | None, job: str | None) -> Any:
    """Open the draft of a long list once its worker has made it."""
    if not job:
        return no_update
    with reading() as session:
        draft = large.draft_read_by(session, current_principal(), JobId(UUID(job)))
    return no_update if draft is None else f"/register?draft={draft}"


@page_callback(
    Permission.LABELS_PRINT,
    Output(label_ids.WHAT, "data", allow_duplicate=True),
    Input(ids.DRAFT, "data"),
    prevent_initial_call=True,
)
def choose_labels(draft: dict[str, str] | None) -> dict[str, str] | None:
    """Offer the labels of the samples that came with the draft."""
    return {"import": draft["id"], "state": draft["state"]} if draft else None


def _key_of(chosen: str | None) -> str | None:
    return None if chosen in {None, "", ids.BY_ITSELF} else chosen


class _Drawn(NamedTuple):
    """A draft, the job that registers it now, the template's version it is read by, its page."""

    view: DraftView | None = None
    working: JobId | None = None
    read_by: VersionView | None = None
    own: Sequence[OwnColumn] = ()
    window: DraftWindow = no_rows()


def _draft_of(search: str | None, asked: Mapping[str, Any] | None) -> _Drawn:
    named = parse_qs((search or "").lstrip("?")).get("draft", [""])[0]
    import_id: ImportId | None = import_id_of(named)
    if import_id is None:
        return _Drawn()
    with reading() as session:
        view = draft_queries.get_draft(session, current_principal(), import_id)
        version = definition_queries.find_version_by_id(session, view.template_version_id)
        own = own_columns(version.definition if version else None, view.columns)
        window = window_of(session, view, asked, own)
        return _Drawn(view, large.job_of(session, import_id), version, own, window)


def _facts(view: DraftView | None, read_by: str) -> dict[str, str]:
    if view is None:
        return {}
    return {
        "id": str(view.id),
        "project": view.project_code,
        "state": view.state.value,
        "mode": view.row_mode.value,
        "received": shown_locally(view.received_at),
        "template": read_by,
        "stamped": "yes" if choosing.is_stamped(view) else "",
    }


clientside_callback(
    ClientsideFunction("review", "go"),
    Output("meta-sink", "data", allow_duplicate=True),
    Input(ids.GO, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "context"),
    Output(ids.PROJECT, "value"),
    Output(ids.PROJECT, "disabled"),
    Output(ids.RECEIVED, "value"),
    Output(ids.MODE, "value"),
    Output(ids.TEMPLATE, "value", allow_duplicate=True),
    Output(ids.TEMPLATE, "disabled"),
    Input(ids.DRAFT, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "offered"),
    Output(ids.TEMPLATE, "value"),
    Input(ids.OFFERED, "data"),
    State(ids.TEMPLATE, "value"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "drawn"),
    Output("meta-sink", "data", allow_duplicate=True),
    Input(ids.GRID, "rowData"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "edited"),
    Output(ids.ACTION, "data", allow_duplicate=True),
    Input(ids.GRID, "cellValueChanged"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "scanned"),
    Output(ids.ACTION, "data", allow_duplicate=True),
    Input(SCAN_PAGE, "data"),
    prevent_initial_call=True,
)
