"""Setting the price of electricity."""

from typing import Any

from dash import Input, Output, State, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.telemetry import electricity
from dashboard import energy_words
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.admin.rules import ids
from dashboard.pages.admin.rules.layout import energy_body
from dashboard.session import current_principal

_FIELDS = {"price": ids.PRICE, "currency": ids.CURRENCY, "reason": ids.PRICE_REASON}


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.ENERGY, "children"),
    Output(ids.PRICE_PROBLEMS, "children"),
    Input(ids.PRICE_SAVE, "n_clicks"),
    State(ids.PRICE_VERSION, "data"),
    State(ids.PRICE, "value"),
    State(ids.CURRENCY, "value"),
    State(ids.PRICE_REASON, "value"),
    prevent_initial_call=True,
)
def save_price(presses: int | None, version: int, *typed: str | None) -> tuple[Any, Any]:
    """Put the next version of the price into force; what was refused stays typed."""
    if not presses:
        return no_update, no_update
    price, currency, reason = ((each or "").strip() for each in typed)
    try:
        with writing() as session:
            made = electricity.set_price(
                session,
                current_principal(),
                price_per_kwh=price,
                currency=currency,
                reason=reason,
                version=version,
            )
    except AppError as refusal:
        return no_update, _problems(refusal)
    toast(f"{energy_words.price(made)} holds from now on")
    return energy_body(), no_update


def _problems(refusal: AppError) -> Any:
    said = {_FIELDS[name]: text for name, text in refusal.fields.items()}
    return error_summary(said or {ids.PRICE: refusal.message}).children
