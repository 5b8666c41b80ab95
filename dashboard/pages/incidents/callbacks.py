"""Incidents: drawn anew by what is told, looked after, decided about, closed and signed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from backend.auth.views import SignatureView
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.incidents import queries, service
from backend.incidents.ids import Disposition, ItemId
from backend.incidents.rules import Closing
from backend.storage.ids import NodeId
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.incidents import dialogs, ids, incident, layout
from dashboard.pages.incidents.acting import Done, decided, done, lacking
from dashboard.pages.incidents.items import shown_of
from dashboard.pages.relocations.drawing import PATH as RELOCATIONS
from dashboard.session import current_principal
from dashboard.shell_ids import URL, live

_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)
_CLOSE = Output(ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(ids.WHICH, "data")
_SHOWN = State(ids.SHOWN, "data")
_TICKS = State(ids.choose(ALL), "value")
_TICKED = State(ids.choose(ALL), "id")

_BACK_FIELDS = {"unit": ids.BACK_UNIT, "reason": ids.BACK_REASON}

dash.clientside_callback(
    dash.ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.LIST, "children"),
    Input(live("incidents"), "data"),
    State(ids.SHOW, "data"),
    State(ids.SHOW_FROM, "data"),
    prevent_initial_call=True,
)
def show_list(_version: int | None, show: str, offset: int) -> list[Component]:
    """Draw the list as the rows say now."""
    return layout.body(show, offset)


@page_callback(
    Permission.STORAGE_VIEW,
    Output(ids.BODY, "children"),
    Input(live("incidents"), "data"),
    Input(live("telemetry"), "data"),
    Input(ids.CHANGED, "data"),
    _WHICH,
    _SHOWN,
    _TICKS,
    _TICKED,
    prevent_initial_call=True,
)
def show_newest(*given: Any) -> list[Component]:
    """Draw the incident as the rows say now; what is ticked stays ticked."""
    _incidents, _telemetry, _changed, which, shown, ticks, ticked = given
    with reading() as session:
        return incident.body(
            session,
            current_principal(),
            which,
            shown_of(*shown),
            chosen={str(item) for item in chosen(ticks, ticked)},
        )


@page_callback(
    Permission.SAMPLES_HOLD,
    _CHANGED,
    Input(ids.TAKE, "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def take(presses: int | None, which: str) -> Any:
    """Look after the incident from now on."""
    if not presses:
        return no_update
    principal = current_principal()
    with writing() as session:
        found = queries.get_incident(session, principal, which)
        service.take_incident(session, principal, incident_id=found.id)
    toast(f"You look after {found.code}")
    return str(new_id())


@page_callback(
    Permission.STORAGE_PLAN,
    Input(ids.evacuate(ALL), "n_clicks"),
    _WHICH,
    prevent_initial_call=True,
)
def evacuate(presses: list[int | None], which: str) -> None:
    """Ask where what stands in the unit could go, and open the plan."""
    if not any(presses) or ctx.triggered_id is None:
        return
    principal = current_principal()
    with writing() as session:
        plan_id = service.ask_evacuation(
            session,
            principal,
            incident_id=queries.get_incident(session, principal, which).id,
            unit_id=NodeId(UUID(ctx.triggered_id["unit"])),
        )
    set_props(URL, {"pathname": RELOCATIONS, "search": f"?plan={plan_id}"})


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.ACCEPT_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Input(ids.ACCEPT_SEND, "n_clicks"),
    State(ids.ACCEPT_WHICH, "value"),
    State(ids.ACCEPT_NOTE, "value"),
    _WHICH,
    _SHOWN,
    _TICKS,
    _TICKED,
    prevent_initial_call=True,
)
def accept(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Put the samples on hold, or say why not."""
    which, note, code, shown, ticks, ticked = given

    def act(session: WriteSession, principal: Principal) -> Done:
        decision = service.accept_holds(
            session,
            principal,
            incident_id=queries.get_incident(session, principal, code).id,
            item_ids=_wanted(which, ticks, ticked),
            project_code=_project(which, shown),
            note=note or "",
        )
        return decided(decision, "accepted")

    return done(presses, act, ids.ACCEPT_DIALOG, ids.ACCEPT_WHICH)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.DECLINE_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Input(ids.DECLINE_SEND, "n_clicks"),
    State(ids.DECLINE_WHICH, "value"),
    State(ids.DECLINE_REASON, "value"),
    _WHICH,
    _SHOWN,
    _TICKS,
    _TICKED,
    prevent_initial_call=True,
)
def decline(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Leave the samples usable, for a reason."""
    which, reason, code, shown, ticks, ticked = given

    def act(session: WriteSession, principal: Principal) -> Done:
        decision = service.decline_holds(
            session,
            principal,
            incident_id=queries.get_incident(session, principal, code).id,
            reason=reason or "",
            item_ids=_wanted(which, ticks, ticked),
            project_code=_project(which, shown),
        )
        return decided(decision, "declined")

    return done(presses, act, ids.DECLINE_DIALOG, ids.DECLINE_WHICH)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.BACK_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Input(ids.BACK_SEND, "n_clicks"),
    State(ids.BACK_UNIT, "value"),
    State(ids.BACK_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def say_back(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Note that a unit is back in range of which nothing is heard, or say why not."""
    unit, reason, code = given

    def act(session: WriteSession, principal: Principal) -> Done:
        service.say_back(
            session,
            principal,
            incident_id=queries.get_incident(session, principal, code).id,
            unit_label=unit or "",
            reason=reason or "",
        )
        return f"{unit} is back in range by your word"

    return done(presses, act, ids.BACK_DIALOG, ids.BACK_REASON, _BACK_FIELDS)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.CLOSING_PROBLEMS, "children"),
    _CLOSE,
    _CHANGED,
    Output(ids.CLOSING_PASSWORD, "value"),
    Input(ids.CLOSING_SEND, "n_clicks"),
    State(ids.CLOSING_CAUSE, "value"),
    State(ids.CLOSING_ACTION, "value"),
    State(ids.CLOSING_DISPOSITION, "value"),
    State(ids.CLOSING_NOTE, "value"),
    State(ids.CLOSING_PASSWORD, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def close(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Close and sign the incident, or say everything that lacks."""
    cause, action, disposition, note, password, code = given
    said = Closing(
        cause=cause or "",
        action=action or "",
        disposition=Disposition(disposition) if disposition in set(Disposition) else None,
        note=note or "",
    )

    def act(session: WriteSession, principal: Principal) -> Done:
        missing = lacking(session, principal, code, said, password or "")
        if missing:
            return missing
        key = queries.get_incident(session, principal, code).id
        signed = service.close_incident(
            session, principal, incident_id=key, said=said, password=password
        )
        return f"{code} is closed and signed" if isinstance(signed, SignatureView) else signed

    answer = done(presses, act, ids.CLOSING_DIALOG, ids.CLOSING_PASSWORD)
    # What was typed stays; a password stays nowhere once the incident is closed.
    return *answer, "" if answer[0] == [] else no_update


def chosen(ticks: Sequence[bool], ticked: Sequence[dict[str, str]]) -> list[ItemId]:
    """Return the items whose box is ticked."""
    pairs = zip(ticks, ticked, strict=True)
    return [ItemId(UUID(key["item"])) for tick, key in pairs if tick]


def _wanted(
    which: str, ticks: Sequence[bool], ticked: Sequence[dict[str, str]]
) -> list[ItemId] | None:
    if which != dialogs.CHOSEN:
        return None
    items = chosen(ticks, ticked)
    if not items:
        raise InvalidInput("No sample is chosen. Tick some in the list, or decide about all.")
    return items


def _project(which: str, shown: Sequence[str]) -> str:
    return "" if which == dialogs.CHOSEN else shown[0]
