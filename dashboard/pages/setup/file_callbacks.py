"""A file of places: looked at when it is chosen, made when a person says so."""

from typing import Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.storage import service
from backend.storage.place_importing import ImportedPlaces
from backend.templates.adapters.sheets import read_sheets
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.register.receiving import decoded
from dashboard.pages.setup import file_ids as ids
from dashboard.pages.setup import places_file
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.FOUND, "children"),
    Input(ids.FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.FILE, "filename"),
    prevent_initial_call=True,
)
def look(contents: str | None, name: str | None) -> list[Component]:
    """Say what the file would make."""
    if not contents:
        return places_file.nothing_chosen()
    try:
        seen = _taken(contents, name, only_look=True)
    except AppError as refusal:
        return places_file.refused(refusal.message)
    return places_file.told(name or "", seen, kept=False)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.FOUND, "children", allow_duplicate=True),
    Input(ids.MAKE, "n_clicks"),
    State(ids.FILE, "contents"),
    State(ids.FILE, "filename"),
    prevent_initial_call=True,
    running=[(Output(ids.MAKE, "disabled"), True, False)],
)
def make(presses: int | None, contents: str | None, name: str | None) -> Any:
    """Make the places of the file that are missing, or say which rows keep it from that."""
    if not presses:
        return no_update
    if not contents:
        return places_file.refused("Choose a file first.")
    try:
        done = _taken(contents, name, only_look=False)
    except AppError as refusal:
        return places_file.refused(refusal.message)
    if not done.refusals:
        toast(f"{fmt.plural(done.total, 'place is', 'places are')} made")
    return places_file.told(name or "", done, kept=True)


def _taken(contents: str, name: str | None, *, only_look: bool) -> ImportedPlaces:
    """Read the first sheet and take it. Raises InvalidInput: the file cannot be read."""
    reading = read_sheets(decoded(contents))
    if reading.refusal or not reading.sheets:
        raise InvalidInput(reading.refusal or "The file has no sheet.")
    with writing() as session:
        return service.import_places(
            session,
            current_principal(),
            grid=reading.sheets[0].rows,
            file_name=name or "",
            zone=lab_zone(),
            only_look=only_look,
        )
