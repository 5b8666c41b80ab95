"""Admin: setting up label printers, asking how they are, and the test print."""

from typing import Any
from uuid import UUID

from dash import ALL, MATCH, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.labels import queries, service, sizes
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id
from dashboard.components.toast import toast
from dashboard.pages.admin import ids
from dashboard.pages.admin.forms import PRINTER_FIELDS, by_field, shown
from dashboard.pages.admin.layout import printer_list
from dashboard.pages.labels.dialog_callbacks import printer_words
from dashboard.session import current_principal
from dashboard.shell_ids import live

_CONFIGURE = Permission.LABELS_CONFIGURE
_FORM = (
    ids.PRINTER_NAME,
    ids.PRINTER_HOST,
    ids.PRINTER_PORT,
    ids.PRINTER_DPI,
    ids.PRINTER_TEMPLATE,
    ids.PRINTER_ACTIVE,
)
_EMPTY = ("", "", "9100", str(sizes.DPIS[0]), sizes.DEFAULT, ["on"])


@page_callback(
    _CONFIGURE,
    Output(ids.PRINTERS, "children"),
    Input(live("labels"), "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None) -> Component:
    """Draw the printers as their rows say now."""
    return printer_list()


@page_callback(
    _CONFIGURE,
    Output(ids.PRINTERS, "children", allow_duplicate=True),
    Output(ids.PRINTER_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in PRINTER_FIELDS.values()],
    Input(ids.PRINTER_SAVE, "n_clicks"),
    State(ids.PRINTER_EDITED, "data"),
    *[State(field, "value") for field in _FORM],
    prevent_initial_call=True,
)
def save(presses: int | None, edited: str | None, *values: Any) -> tuple[Any, ...]:
    """Add the printer, or change the one the form was filled with."""
    if not presses:
        return (no_update,) * (len(PRINTER_FIELDS) + 2)
    name, host, port, dpi, template, active = values
    try:
        printer = service.check_printer(
            name=name or "",
            host=host or "",
            port=port or "",
            dpi=dpi,
            template=template,
            is_active=bool(active),
        )
        with writing() as session:
            if edited:
                service.change_printer(
                    session, current_principal(), printer_id=UUID(edited), printer=printer
                )
            else:
                service.add_printer(session, current_principal(), printer=printer)
    except AppError as refusal:
        return (no_update, *shown(by_field(refusal, PRINTER_FIELDS), PRINTER_FIELDS))
    toast(f"{printer.name} is saved")
    return (printer_list(), *shown({}, PRINTER_FIELDS))


@page_callback(
    _CONFIGURE,
    Output(ids.PRINTER_EDITED, "data"),
    *[Output(field, "value") for field in _FORM],
    Input(ids.PRINTER_NEW, "n_clicks"),
    Input(ids.printer_act("edit", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def fill_form(_new: int | None, _presses: list[int | None]) -> tuple[Any, ...]:
    """Fill the form with a printer, or empty it for another one."""
    pressed = ctx.triggered_id
    if not ctx.triggered[0]["value"]:
        return (no_update,) * (len(_FORM) + 1)
    if not isinstance(pressed, dict):
        return (None, *_EMPTY)
    with reading() as session:
        found = queries.get_printer(session, current_principal(), UUID(pressed["printer"]))
    return (
        str(found.id),
        found.name,
        found.host,
        str(found.port),
        str(found.dpi),
        found.template,
        ["on"] if found.is_active else [],
    )


@page_callback(
    _CONFIGURE,
    Output(ids.printer_state(MATCH), "children"),
    Input(ids.printer_act("ask", MATCH), "n_clicks"),
    prevent_initial_call=True,
)
def ask(presses: int | None) -> Any:
    """Say what a printer says of itself now."""
    pressed = ctx.triggered_id
    if not presses or not pressed:
        return no_update
    with reading() as session:
        found = queries.get_printer(session, current_principal(), UUID(pressed["printer"]))
    return printer_words(found.host, found.port)


@page_callback(
    _CONFIGURE,
    Output(ids.PRINTERS, "children", allow_duplicate=True),
    Input(ids.printer_act("test", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def print_test(_presses: list[int | None]) -> Any:
    """Queue a label that belongs to no sample; the queue says what became of it."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    with writing() as session:
        service.request_test(session, current_principal(), printer_id=UUID(pressed["printer"]))
    toast("A test label is queued", link=("Label queue", "/register/labels"))
    return printer_list()
