"""A logger's file on System health: looked at when it is chosen, recorded when a person says so."""

from typing import Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component
from flask import current_app

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.telemetry import importing
from backend.telemetry.intake_views import Outcome
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.health import ids, logger_file
from dashboard.pages.register.receiving import decoded
from dashboard.session import current_principal


@page_callback(
    Permission.TELEMETRY_RECORD,
    Output(ids.FILE_FOUND, "children"),
    Input(ids.FILE, "contents"),
    # A renamed file has another name only.
    Input(ids.FILE, "filename"),
    Input(ids.FILE_SENSOR, "value"),
    prevent_initial_call=True,
)
def look(contents: str | None, name: str | None, sensor: str | None) -> list[Component]:
    """Say what the file holds and what would become of it."""
    if not contents:
        return logger_file.nothing_chosen()
    try:
        with reading() as session:
            seen = importing.look_at_file(
                session,
                current_principal(),
                content=decoded(contents),
                code=_code(sensor),
                zone=lab_zone(),
                kept_days=current_app.config["READINGS_KEPT_DAYS"],
            )
    except AppError as refusal:
        return logger_file.refused(refusal.message)
    return logger_file.told(name or "", seen, kept=False)


@page_callback(
    Permission.TELEMETRY_RECORD,
    Output(ids.FILE_FOUND, "children", allow_duplicate=True),
    Input(ids.FILE_SEND, "n_clicks"),
    State(ids.FILE, "contents"),
    State(ids.FILE, "filename"),
    State(ids.FILE_SENSOR, "value"),
    prevent_initial_call=True,
)
def record(presses: int | None, contents: str | None, name: str | None, sensor: str | None) -> Any:
    """Record what can be recorded of the file and say what became of the rest."""
    if not presses:
        return no_update
    if not contents:
        return logger_file.refused("Choose a file first.")
    try:
        with writing() as session:
            done = importing.import_file(
                session,
                current_principal(),
                file_name=name or "",
                content=decoded(contents),
                code=_code(sensor),
                zone=lab_zone(),
                kept_days=current_app.config["READINGS_KEPT_DAYS"],
            )
    except AppError as refusal:
        return logger_file.refused(refusal.message)
    new = fmt.plural(done.counts[Outcome.ACCEPTED], "reading is", "readings are")
    toast(f"{new} recorded.")
    return logger_file.told(name or "", done, kept=True)


def _code(sensor: str | None) -> str | None:
    return None if sensor in {None, logger_file.NAMED_INSIDE} else sensor
