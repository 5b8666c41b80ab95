"""Limits of runs: one put in force, or taken out."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import Input, Output, State, no_update, set_props
from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.sequencing.run_folders.limit_changes import FIGURES
from backend.sequencing.runs import limit_changes
from backend.sequencing.runs.limit_changes import RunLimitIn
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.pages.runs import ids, words
from dashboard.session import current_principal

FIELDS = tuple(RunLimitIn.model_fields)
_SENTENCES: Mapping[str, str] = {
    "model": "Choose a make.",
    "cycles_from": "Give the shortest read, 1 to 1,000 cycles.",
    "cycles_to": "Give the longest read, 1 to 1,000 cycles.",
}


@page_callback(
    Permission.SEQUENCING_CONFIGURE,
    Output(ids.LIMIT_PROBLEMS, "children"),
    Input(ids.LIMIT_SEND, "n_clicks"),
    *[State(ids.limit(field), "value") for field in FIELDS],
    State(ids.LIMIT_REASON, "value"),
    State(ids.LIMIT_WHICH, "data"),
    prevent_initial_call=True,
)
def put_in_force(presses: int | None, *given: Any) -> Any:
    """Publish the limits with this one, or say what to correct; what was typed stays."""
    *typed, reason, which = given

    def act(session: WriteSession, principal: Principal) -> int:
        return limit_changes.set_limit(
            session,
            principal,
            based_on=which["version"],
            replaces=which["key"],
            limit=_limit(dict(zip(FIELDS, typed, strict=True))),
            reason=reason or "",
        )

    return _done(presses, act)


@page_callback(
    Permission.SEQUENCING_CONFIGURE,
    Output(ids.LIMIT_PROBLEMS, "children", allow_duplicate=True),
    Input(ids.LIMIT_DROP, "n_clicks"),
    State(ids.LIMIT_REASON, "value"),
    State(ids.LIMIT_WHICH, "data"),
    prevent_initial_call=True,
)
def take_out(presses: int | None, reason: str | None, which: dict[str, Any]) -> Any:
    """Publish the limits without this one, or say why not."""

    def act(session: WriteSession, principal: Principal) -> int:
        return limit_changes.drop_limit(
            session,
            principal,
            based_on=which["version"],
            key=which["key"],
            reason=reason or "",
        )

    return _done(presses, act)


def _limit(typed: Mapping[str, Any]) -> RunLimitIn:
    given = {name: value for name, value in typed.items() if value not in (None, "")}
    try:
        return RunLimitIn.model_validate(given)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        raise InvalidInput(
            "", fields={name: _SENTENCES.get(name) or _range(name) for name in sorted(wrong)}
        ) from error


def _range(field: str) -> str:
    label, unit = FIGURES[field]
    return f"{label}: give 0 to {'100%' if unit == '%' else '100,000 M'}, or leave it empty."


def _done(presses: int | None, act: Callable[[WriteSession, Principal], int]) -> Any:
    if not presses:
        return no_update
    try:
        with writing() as session:
            version = act(session, current_principal())
    except AppError as refusal:
        return error_summary(_by_field(refusal)).children
    toast(f"Version {version} of the limits holds from now on")
    set_props(shell_ids.URL, {"pathname": words.PATH, "search": "?view=limits"})
    return []


def _by_field(refusal: AppError) -> dict[str, str]:
    places = {field: ids.limit(field) for field in FIELDS} | {"reason": ids.LIMIT_REASON}
    found = {
        places.get(name, ids.limit("cycles_from")): said for name, said in refusal.fields.items()
    }
    return found or {ids.LIMIT_REASON: refusal_text(refusal)}
