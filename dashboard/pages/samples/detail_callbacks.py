"""Callbacks of a sample's page: newest rows, and the three acts that its dialogs ask for."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, no_update
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import queries, service
from backend.samples.errors import RegistrationRefused, TransitionRefused
from backend.samples.ids import HoldKind, SampleId
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.status import SAMPLE_LOOKS, look_of
from dashboard.components.toast import toast
from dashboard.pages.samples import detail, detail_act_dialogs, detail_dialogs
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples import ids as grid_ids
from dashboard.pages.samples.arrival_fields import read_arrival, started
from dashboard.pages.samples.detail_facts import facts_of
from dashboard.pages.samples.detail_words import hold_words
from dashboard.session import current_principal
from dashboard.shell_ids import live

Which = Mapping[str, str]

clientside_callback(
    ClientsideFunction("sample", "close"),
    Output(ids.CLOSE_SINK, "data"),
    Input(ids.CLOSE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.BODY, "children"),
    Output(ids.STEP, "options"),
    Output(ids.HOLD_KIND, "options"),
    Output(ids.RELEASE_KIND, "options"),
    Output(ids.WITHDRAW_WHICH, "options"),
    *(Output(sentence, "children") for sentence in ids.HOLDS.values()),
    *(Output(box, "hidden") for box in ids.UNKNOWN_BOXES.values()),
    Output(ids.DISCARD_WHO, "children"),
    Output(ids.DISCARD_SECOND, "hidden"),
    Output(ids.ARRIVAL_WRITTEN, "data"),
    Input(live("samples"), "data"),
    Input(live("storage"), "data"),
    Input(live("telemetry"), "data"),
    Input(ids.CLOSE, "data"),
    State(ids.ARRIVAL_WRITTEN, "data"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_newest(*given: Any) -> tuple[Any, ...]:
    """Draw the sample as its rows say now; what stands in an open dialog stays."""
    *_, known, which = given
    principal = current_principal()
    with reading() as session:
        facts = facts_of(session, principal, which["barcode"])
    return (
        detail.body(facts, which["tab"], principal, view=which.get("view", "")),
        detail_dialogs.step_options(facts, principal),
        detail_dialogs.hold_options(facts),
        detail_dialogs.release_options(facts),
        detail_act_dialogs.withdraw_options(facts),
        *(detail_act_dialogs.holds_sentence(facts) for _ in ids.HOLDS),
        *(detail_act_dialogs.is_known(facts) for _ in ids.UNKNOWN_BOXES),
        detail_act_dialogs.discard_sentence(facts),
        not detail_act_dialogs.takes_second(facts),
        no_update if (written := started(facts.sample.arrival)) == known else written,
    )


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.STEP_WHY, "children"),
    Input(ids.STEP, "value"),
    Input(ids.STEP, "options"),
    Input(ids.STEP_REASON, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_guards(
    action: str | None, _options: list[Any], reason: str | None, which: Which
) -> list[Component]:
    """Say what stands against the chosen step, all of it at once."""
    with reading() as session:
        facts = facts_of(session, current_principal(), which["barcode"])
    return detail_dialogs.against(facts, action, reason)


@page_callback(
    Permission.SAMPLES_TRANSITION,
    Output(ids.STEP_PROBLEMS, "children"),
    Output(ids.STEP, "value"),
    Output(ids.STEP_REASON, "value"),
    Output(ids.CLOSE, "data"),
    Input(ids.STEP_SEND, "n_clicks"),
    State(ids.STEP, "value"),
    State(ids.STEP_REASON, "value"),
    State(grid_ids.arrival("conditions", "one"), "value"),
    State(grid_ids.arrival("temperature", "one"), "value"),
    State(grid_ids.arrival("note", "one"), "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def change_status(
    presses: int | None, action: str | None, reason: str | None, *given: Any
) -> tuple[Any, ...]:
    """Take the step, or name every guard that failed."""
    *found, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> str:
        status = service.change_status(
            session,
            principal,
            sample_id=key,
            action=_chosen(action, "step"),
            reason=reason,
            arrival=read_arrival(action, *found),
        )
        return f"{which['barcode']} is {look_of(SAMPLE_LOOKS, status).word.lower()} now"

    return _done(presses, which, act, dialog=ids.STATUS_DIALOG, otherwise=ids.STEP_REASON)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.HOLD_PROBLEMS, "children"),
    Output(ids.HOLD_KIND, "value"),
    Output(ids.HOLD_REASON, "value"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    Input(ids.HOLD_SEND, "n_clicks"),
    State(ids.HOLD_KIND, "value"),
    State(ids.HOLD_REASON, "value"),
    State(ids.HOLD_RULE, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def set_hold(
    presses: int | None, kind: str | None, reason: str | None, rule: str | None, which: Which
) -> tuple[Any, ...]:
    """Put the sample on hold, or say what is missing."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> str:
        chosen = HoldKind(_chosen(kind, "kind of hold"))
        service.set_hold(
            session,
            principal,
            sample_id=key,
            kind=chosen,
            reason=reason or "",
            release_rule=rule or "",
        )
        return f"{which['barcode']} is on hold: {hold_words(chosen).lower()}"

    return _done(presses, which, act, dialog=ids.HOLD_DIALOG, otherwise=ids.HOLD_REASON)


@page_callback(
    Permission.SAMPLES_VIEW,  # the hold's kind asks for its own right (samples.hold_rules)
    Output(ids.RELEASE_PROBLEMS, "children"),
    Output(ids.RELEASE_KIND, "value"),
    Output(ids.RELEASE_REASON, "value"),
    Output(ids.CLOSE, "data", allow_duplicate=True),
    Input(ids.RELEASE_SEND, "n_clicks"),
    State(ids.RELEASE_KIND, "value"),
    State(ids.RELEASE_REASON, "value"),
    State(ids.RELEASE_EVIDENCE, "value"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def release_hold(
    presses: int | None,
    kind: str | None,
    reason: str | None,
    evidence: str | None,
    which: Which,
) -> tuple[Any, ...]:
    """Let the sample be used again, or say what is missing."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> str:
        chosen = HoldKind(_chosen(kind, "hold"))
        service.release_hold(
            session,
            principal,
            sample_id=key,
            kind=chosen,
            reason=reason or "",
            evidence=evidence or "",
        )
        return f"{which['barcode']} is no longer on hold: {hold_words(chosen).lower()}"

    return _done(presses, which, act, dialog=ids.RELEASE_DIALOG, otherwise=ids.RELEASE_REASON)


def _done(
    presses: int | None,
    which: Which,
    act: Callable[[WriteSession, Principal, SampleId], str],
    *,
    dialog: str,
    otherwise: str,
) -> tuple[Any, ...]:
    """Act and close the dialog; a refusal stands in it, and what was chosen and typed stays."""
    if not presses:
        return (no_update,) * 4
    principal = current_principal()
    try:
        with writing() as session:
            key = queries.sample_id_of(session, principal, which["barcode"])
            said = act(session, principal, key)
    except AppError as refusal:
        return _problems(refusal, otherwise), no_update, no_update, no_update
    toast(said)
    return [], None, "", {"dialog": dialog, "at": str(new_id())}


def _problems(refusal: AppError, field: str) -> Any:
    match refusal:
        case TransitionRefused():
            sentences = list(refusal.reasons)
        case _:
            sentences = list(refusal.fields.values()) or [refusal.message]
    links = {f"{field}-{number}": sentence for number, sentence in enumerate(sentences)}
    return error_summary(links).children


def _chosen(value: str | None, what: str) -> str:
    if not value:
        raise RegistrationRefused(f"Choose a {what} first.")
    return value
