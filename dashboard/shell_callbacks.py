"""What the frame itself does: toasts, preferences, theme and density."""

from dash import ClientsideFunction, Input, Output, clientside_callback

from backend.auth import service as auth_service
from backend.core.principal import Permission
from backend.core.transaction import writing
from dashboard import shell_ids as ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import TOAST
from dashboard.session import current_principal

PERSONAL_DENSITIES = ("compact", "comfortable")

clientside_callback(
    ClientsideFunction("toasts", "show"), Output(ids.TOAST_SINK, "data"), Input(TOAST, "data")
)
clientside_callback(
    ClientsideFunction("scanner", "answer"),
    Output(ids.SCAN_SINK, "data"),
    Input(ids.SCAN_ANSWER, "data"),
)


@page_callback(Permission.ACCOUNT_SELF, Input(ids.PREFERENCE, "data"), prevent_initial_call=True)
def keep_preference(chosen: dict[str, str] | None) -> None:
    """Remember theme and density for the person; the browser has already changed them."""
    if not chosen:
        return
    # Bench and wall belong to the device (its cookie), not to the person.
    density = chosen["density"] if chosen["density"] in PERSONAL_DENSITIES else None
    with writing() as session:
        auth_service.set_preferences(
            session, current_principal(), theme=chosen["theme"], density=density
        )
