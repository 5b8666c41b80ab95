"""Index kits of libraries: named by hand, taken back, drawn anew by what happens."""

from typing import Any

from dash import Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.kit_naming import queries, service
from backend.sequencing.kit_naming.schemas import KitNamingIn, LibrariesIn
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.library_kits import ids, layout
from dashboard.session import current_principal
from dashboard.shell_ids import live


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Input(live("sequencing"), "data"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, which: dict[str, Any]) -> Component:
    """Draw the libraries with their kits as they are now."""
    with reading() as session:
        return layout.drawn(
            queries.list_kits(session, current_principal(), of=LibrariesIn(**which))
        )


@page_callback(
    Permission.SEQUENCING_PREPARE,
    Output(ids.TOLD, "children"),
    Output(ids.BODY, "children", allow_duplicate=True),
    Input(ids.NAME, "n_clicks"),
    Input(ids.TAKE_BACK, "n_clicks"),
    State(ids.WHOSE, "value"),
    State(ids.KIT, "value"),
    State(ids.REASON, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def name_kit(
    _named: int | None,
    _taken_back: int | None,
    whose: str,
    kit: str | None,
    reason: str | None,
    which: dict[str, Any],
) -> Any:
    """Name the kit of what was chosen or take it back; or say what stands against it."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return no_update, no_update
    is_named = ctx.triggered_id == ids.NAME
    if is_named and not kit:
        return "Choose the kit that the libraries were made with.", no_update
    try:
        wish = KitNamingIn(
            **chosen(whose, which), kit=kit or "" if is_named else "", reason=reason or ""
        )
        return "", _done(wish, LibrariesIn(**which))
    except ValidationError:
        return "Say in up to 300 characters why.", no_update
    except AppError as refusal:
        return refusal.message, no_update


def chosen(whose: str, which: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the libraries that were chosen of those that are shown."""
    kind, _, said = whose.partition(":")
    match kind:
        case "lane":
            return {"run": which["run"], "lane": int(said)}
        case "request":
            return {"request": said}
        case "library":
            return {"libraries": [said]}
        case _:
            return which


def _done(wish: KitNamingIn, shown: LibrariesIn) -> Component:
    """Name or take back, say so, and draw what is shown anew."""
    principal = current_principal()
    with writing() as session:
        lines = service.name_kit(session, principal, wish=wish)
    libraries = fmt.plural(len({each.library.sample_id for each in lines}), "library", "libraries")
    act = "have the kit that you named" if wish.kit else "have no kit named by hand"
    toast(f"{libraries} {act}")
    with reading() as session:
        return layout.drawn(queries.list_kits(session, principal, of=shown))
