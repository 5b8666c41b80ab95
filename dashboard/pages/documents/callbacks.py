"""Documents: list and what was read are drawn anew when an import moves."""

from urllib.parse import parse_qs

from dash import Input, Output, State
from dash.development.base_component import Component

from backend.core.principal import Permission
from dashboard.callbacks import page_callback
from dashboard.pages.documents import ids
from dashboard.pages.documents.layout import file_id_of, file_list, files, find_open, read_from
from dashboard.shell_ids import URL, live


@page_callback(
    Permission.DOCUMENTS_VIEW,
    Output(ids.LIST, "children"),
    Output(ids.READ, "children"),
    Input(live("templates"), "data"),
    State(URL, "search"),
    prevent_initial_call=True,
)
def show_newest(
    _version: int | None, search: str | None
) -> tuple[list[Component], list[Component]]:
    """Draw list and findings as the rows say now; the document itself never changes."""
    listed = files()
    asked = file_id_of(parse_qs((search or "").lstrip("?")).get("file", [""])[0])
    shown = find_open(asked) or listed[0]
    return file_list(listed, shown.file.id), read_from(shown)
