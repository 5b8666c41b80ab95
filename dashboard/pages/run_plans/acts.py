"""Run plans: what a person confirms, which is what is loaded, and other indexes for a lane."""

from typing import Any

from dash import MATCH, Input, Output, State, ctx, no_update, set_props
from pydantic import ValidationError

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing.released import loading_check, reindexing
from backend.sequencing.released.schemas import ReindexIn
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.run_plans import ids, words
from dashboard.session import current_principal


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.CHANGED, "data", allow_duplicate=True),
    Input(ids.loaded(MATCH), "n_clicks"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
    running=[(Output(ids.loaded(MATCH), "disabled"), True, False)],
)
def confirm_loading(presses: int | None, which: dict[str, str]) -> Any:
    """Confirm as operator that the lanes are loaded as they are shown."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update
    with writing() as session:
        plan = loading_check.confirm_loading(
            session, current_principal(), code=which["code"], lanes_sha256=pressed["lanes"]
        )
    toast(f"The lanes of {plan.code} are confirmed")
    return str(new_id())


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.REINDEX_TOLD, "children"),
    Input(ids.REINDEX_SEND, "n_clicks"),
    State(ids.REINDEX_REASON, "value"),
    State(ids.REINDEX_WISH, "data"),
    prevent_initial_call=True,
    running=[(Output(ids.REINDEX_SEND, "disabled"), True, False)],
)
def reindex(presses: int | None, reason: str | None, wish: dict[str, Any]) -> Any:
    """Give libraries the pairs that were shown, or say what stands against it."""
    if not presses:
        return no_update
    given = {"lane": wish["lane"], "swaps": wish["swaps"], "reason": reason or ""}
    try:
        with writing() as session:
            plan = reindexing.reindex(
                session,
                current_principal(),
                code=wish["code"],
                wish=ReindexIn.model_validate(given),
            )
    except ValidationError:
        return "Say in 3 to 300 characters why the indexes are changed."
    except AppError as refusal:
        return refusal.message
    libraries = fmt.plural(len(wish["swaps"]), "library", "libraries")
    toast(f"{libraries} of {plan.code} got another index")
    path = {"pathname": f"{words.PATH}/{plan.code}", "search": f"?lane={wish['lane']}"}
    set_props(shell_ids.URL, path)
    return ""
