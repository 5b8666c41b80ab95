"""Changing the ladder: the dialog is filled from the version that stands, and makes the next."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, set_props

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading
from backend.notifications.ids import Channel
from backend.telemetry import alarm_ladder
from dashboard.callbacks import page_callback
from dashboard.pages.alarms import acting, ids, ladder_form
from dashboard.pages.alarms.ladder_form import Typed
from dashboard.pages.alarms.mail import has_mail

_FIELDS = {"steps": ids.step_label(0), "reason": ids.LADDER_REASON}
_ROWS = ladder_form.PLACES[1:]
"""The first step has a name alone."""
_COLUMNS = (ids.step_label, ids.step_minutes, ids.step_roles, ids.step_person, ids.step_mail)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Input(ids.ask_ladder(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def ask(_presses: list[int | None]) -> None:
    """Fill the dialog from the ladder as it stands now and open it."""
    if not ctx.triggered[0]["value"]:
        return
    with reading() as session:
        standing = alarm_ladder.ladder(session)
    set_props(ids.LADDER_WHICH, {"data": standing.version})
    for field, props in ladder_form.filled(standing.steps, has_mail=has_mail()).items():
        set_props(field, props)
    set_props(ids.LADDER_REASON, {"value": ""})
    set_props(ids.LADDER_PROBLEMS, {"children": []})
    acting.open_dialog(ids.LADDER_DIALOG)


@page_callback(
    Permission.STORAGE_CONFIGURE,
    Output(ids.LADDER_PROBLEMS, "children"),
    Input(ids.LADDER_SEND, "n_clicks"),
    State(ids.LADDER_WHICH, "data"),
    State(ids.LADDER_REASON, "value"),
    State(ids.step_label(0), "value"),
    *[State(field(place), "value") for field in _COLUMNS for place in _ROWS],
    prevent_initial_call=True,
)
def change(
    presses: int | None, version: int, reason: str | None, first: str | None, *typed: Any
) -> Any:
    """Make the next version of the ladder, or say in the dialog why not."""
    columns = [typed[start : start + len(_ROWS)] for start in range(0, len(typed), len(_ROWS))]
    rows = [_typed(*row) for row in zip(*columns, strict=True)]

    def act(session: WriteSession, principal: Principal) -> str:
        made = alarm_ladder.change_ladder(
            session,
            principal,
            version=version,
            steps=ladder_form.steps_of((first or "").strip(), rows),
            reason=reason or "",
            channels=tuple(Channel) if has_mail() else (Channel.IN_APP,),
        )
        return f"Version {made} of the ladder is in force"

    return acting.done(presses, act, ids.LADDER_DIALOG, _FIELDS)


def _typed(
    label: str | None,
    minutes: str | None,
    roles: list[str] | None,
    person: str | None,
    by_mail: bool | None,  # noqa: FBT001 -- as the checkbox says it
) -> Typed:
    return Typed(
        label=(label or "").strip(),
        minutes=(minutes or "").strip(),
        roles=roles or [],
        person="" if person in {None, ladder_form.NOBODY} else person or "",
        by_mail=bool(by_mail),
    )
