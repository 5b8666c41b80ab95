"""Turnaround: drawing what is new, and setting what it is measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from dash import ALL, Input, Output, State, no_update
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing.turnaround import forecasts, terms
from backend.sequencing.turnaround.terms import Terms, TermsIn
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.job_progress import job_progress
from dashboard.components.toast import toast
from dashboard.pages.turnaround import ids
from dashboard.pages.turnaround.layout import body, terms_body
from dashboard.session import current_principal

_SENTENCES = {
    "target_days": "The target is a number of working days above 0, up to 365, such as 21.",
    "stage_days": "Each column needs a number of working days above 0, up to 365, such as 2.5.",
    "weekdays": "Choose at least one working day.",
    "starts": "Choose from what on days are counted.",
    "reason": "Say why in up to 500 characters.",
}
_FIELDS = {
    "target_days": ids.TARGET,
    "stage_days": ids.TARGET,
    "weekdays": ids.WEEKDAYS,
    "cut_off": ids.CUT_OFF,
    "starts": ids.STARTS,
    "holidays": ids.HOLIDAYS,
    "reason": ids.REASON,
}


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.BODY, "children"),
    Input(shell_ids.live("sequencing"), "data"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None) -> list[Component]:
    """Draw the page as the rows say now."""
    return body()


@page_callback(
    Permission.SEQUENCING_CONFIGURE,
    Output(ids.JOB, "children"),
    Input(ids.FORECAST, "n_clicks"),
    prevent_initial_call=True,
)
def forecast_anew(presses: int | None) -> Any:
    """Ask for a new forecast and show how far it is."""
    if not presses:
        return no_update
    with writing() as session:
        job_id = forecasts.request_forecast(session, current_principal())
    return job_progress(job_id)


@page_callback(
    Permission.SEQUENCING_CONFIGURE,
    Output(ids.TERMS, "children"),
    Output(ids.PROBLEMS, "children"),
    Input(ids.SAVE, "n_clicks"),
    State(ids.VERSION, "data"),
    State(ids.TARGET, "value"),
    State(ids.WEEKDAYS, "value"),
    State(ids.CUT_OFF, "value"),
    State(ids.STARTS, "value"),
    State(ids.HOLIDAYS, "value"),
    State(ids.PAUSING, "value"),
    State(ids.REASON, "value"),
    State(ids.stage(ALL), "value"),
    State(ids.stage(ALL), "id"),
    prevent_initial_call=True,
)
def save_terms(presses: int | None, version: int, *values: Any) -> tuple[Any, Any]:
    """Put the next version into force; what was refused stays typed."""
    if not presses:
        return no_update, no_update
    *plain, days, keys = values
    names = ("target", "weekdays", "cut_off", "starts", "holidays", "pausing", "reason")
    by_state = {key["state"]: value for key, value in zip(keys, days, strict=True)}
    try:
        typed = Typed(**dict(zip(names, plain, strict=True)), stage_days=by_state)
        wanted = parse(version, typed)
        with writing() as session:
            made = terms.set_terms(session, current_principal(), wanted=wanted)
    except AppError as refusal:
        said = {_FIELDS[name]: text for name, text in refusal.fields.items()}
        return no_update, error_summary(said or {ids.REASON: refusal.message}).children
    toast(f"Version {made.version} holds from now on")
    return terms_body(), no_update


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was filled in."""

    target: str | None
    weekdays: Sequence[str] | None
    cut_off: str | None
    starts: str | None
    holidays: str | None
    pausing: Sequence[str] | None
    reason: str | None
    stage_days: Mapping[str, str | None]


def parse(version: int, typed: Typed) -> TermsIn:
    """Return the terms that were typed; ``version`` is the one that was looked at.

    Raises:
        InvalidInput: with a sentence at every field that cannot be.
    """
    faults: dict[str, str] = {}
    fields = {
        "target_days": _number(typed.target),
        "stage_days": {state: _number(days) for state, days in typed.stage_days.items()},
        "weekdays": sorted(int(day) for day in typed.weekdays or ()),
        "holidays": _days(typed.holidays or "", faults),
        "cut_off": _time(typed.cut_off, faults),
        "starts": typed.starts,
        "pausing": list(typed.pausing or ()),
    }
    try:
        made = Terms.model_validate(fields)
        wanted = TermsIn(terms=made, reason=typed.reason or "", version=version)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0]) if each["loc"] else "stage_days"
            faults[name] = _SENTENCES.get(name, each["msg"])
        raise _refusal(faults) from error
    if faults:
        raise _refusal(faults)
    return wanted


def _refusal(faults: dict[str, str]) -> InvalidInput:
    return InvalidInput("There is something to correct.", fields=faults)


def _number(typed: str | None) -> str:
    return (typed or "").strip().replace(",", ".")


def _days(typed: str, faults: dict[str, str]) -> list[date]:
    found = []
    for number, line in enumerate(typed.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(date.fromisoformat(line.strip()))
        except ValueError:
            faults["holidays"] = (
                f"Line {number}, “{line.strip()[:20]}”, is no day. Write 2026-12-25."
            )
    return sorted(set(found))


def _time(typed: str | None, faults: dict[str, str]) -> time | None:
    if not typed:
        return None
    try:
        return time.fromisoformat(typed)
    except ValueError:
        faults["cut_off"] = f"“{typed[:20]}” is no time of day. Write 14:00."
        return None
