"""Callbacks of a place as a whole: renamed, given loose tubes, removed, opened again."""

from typing import Any
from urllib.parse import quote

from dash import Input, Output, State, no_update, set_props

from backend.core.errors import AppError, InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.storage import place_queries, service
from backend.storage.ids import NodeKind
from backend.storage.place_views import PlaceView
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.setup import acting
from dashboard.pages.setup import place_ids as ids
from dashboard.pages.setup.layout import PATH
from dashboard.pages.setup.place_callbacks import done
from dashboard.session import current_principal

_CONFIGURE = Permission.STORAGE_CONFIGURE
_LOOSE_FIELDS = {
    "label": ids.LOOSE_LABEL,
    "barcode": ids.LOOSE_BARCODE,
    "capacity": ids.LOOSE_TUBES,
}


@page_callback(
    _CONFIGURE,
    Output(ids.LOOSE_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.LOOSE_ADD, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.LOOSE_LABEL, "value"),
    State(ids.LOOSE_BARCODE, "value"),
    State(ids.LOOSE_TUBES, "value"),
    prevent_initial_call=True,
)
def add_loose(presses: int | None, which: str, *typed: str | None) -> tuple[Any, ...]:
    """Add a loose place to a unit, a shelf or a rack."""
    label, barcode, tubes = typed

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        service.create_node(
            session,
            principal,
            kind=NodeKind.BAG,
            label=label or "",
            parent_id=place.id,
            barcode=(barcode or "").strip() or None,
            capacity=_number(tubes),
        )
        return f"{place.path}/{' '.join((label or '').split())} is added"

    return done(presses, which, act, _LOOSE_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.TUBES_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.TUBES_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.TUBES, "value"),
    prevent_initial_call=True,
)
def save_tubes(presses: int | None, which: str, tubes: str | None) -> tuple[Any, ...]:
    """Say how many tubes a loose place takes."""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        service.set_loose_capacity(session, principal, node_id=place.id, capacity=_number(tubes))
        return f"The capacity of {place.path} is saved"

    return done(presses, which, act, {"capacity": ids.TUBES})


@page_callback(
    _CONFIGURE,
    Output(ids.NAME_PROBLEMS, "children"),
    Input(ids.NAME_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.NAME, "value"),
    prevent_initial_call=True,
)
def rename(presses: int | None, which: str, label: str | None) -> Any:
    """Rename the place, and open it by its new address."""
    if not presses:
        return no_update
    principal = current_principal()
    try:
        with writing() as session:
            place = place_queries.get_place(session, principal, which)
            path = service.rename_place(session, principal, node_id=place.id, label=label or "")
    except AppError as refusal:
        return acting.problems(acting.read_refusal(refusal, {}), {"label": ids.NAME})
    toast(f"{place.path} is called {path} now" if path != place.path else f"It is called {path}")
    _open(path)
    return []


@page_callback(
    _CONFIGURE,
    Output(ids.REMOVE_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.REMOVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.REMOVE_REASON, "value"),
    prevent_initial_call=True,
)
def remove(presses: int | None, which: str, reason: str | None) -> tuple[Any, Any]:
    """Remove or close the place; a refusal stays in the dialog with every reason."""
    if not presses:
        return no_update, no_update
    principal = current_principal()
    try:
        with writing() as session:
            place = place_queries.get_place(session, principal, which)
            gone = service.remove_place(session, principal, node_id=place.id, reason=reason or "")
    except AppError as refusal:
        said = acting.read_refusal(refusal, {})
        return acting.problems(said, {"": ids.REMOVE_REASON}), no_update
    toast(gone.sentence)
    if gone.was_closed:
        return [], str(new_id())
    _open(place.parent_path or "")
    return [], no_update


@page_callback(
    _CONFIGURE,
    Output(ids.REOPEN_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.REOPEN, "n_clicks"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def reopen(presses: int | None, which: str) -> tuple[Any, ...]:
    """Open a closed place again."""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        return f"{service.reopen_place(session, principal, node_id=place.id)} is open again"

    return done(presses, which, act, {"": ids.REOPEN})


def _open(path: str) -> None:
    """Go to the page of a place; without one, to where sites and rooms are."""
    href = f"/storage/place?at={quote(path)}" if path else PATH
    set_props(shell_ids.URL, {"href": href})


def _number(typed: str | None) -> int | None:
    """Return how many tubes were typed, None for none. Raises InvalidInput: that is no number."""
    text = (typed or "").strip()
    if not text:
        return None
    number = acting.whole(text)
    if not number:
        said = f"“{text}” is no number of tubes. Write one from 1 on, or leave it empty."
        raise InvalidInput(said, fields={"capacity": said})
    return number
