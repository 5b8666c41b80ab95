"""Queue plan: asking, answering, pinning."""

from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from dash import ALL, MATCH, Input, Output, State, ctx, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.queue_plans import queries, service
from backend.sequencing.queue_plans.errors import QueuePlanRefused
from backend.sequencing.queue_plans.ids import QueuePinId, QueuePlanId
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, error_summary, field_error
from dashboard.components.toast import toast
from dashboard.errors import refusal_text
from dashboard.laboratory import lab_zone
from dashboard.pages.queue_plans import forms, ids, words
from dashboard.pages.queue_plans.layout import pins, plan_id_of, review
from dashboard.session import current_principal

_FIELDS = {"requests": ids.REQUESTS, "begins_at": ids.BEGINS, "limit_s": ids.LIMIT}
_SHOWN = (ids.BEGINS, ids.LIMIT)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.ASK_PROBLEMS, "children"),
    *[Output(error_id(field), "children") for field in _SHOWN],
    Input(ids.ASK, "n_clicks"),
    State(ids.WHICH, "value"),
    State(ids.REQUESTS, "value"),
    State(ids.BEGINS, "value"),
    State(ids.LIMIT, "value"),
    prevent_initial_call=True,
    running=[(Output(ids.ASK, "disabled"), True, False)],
)
def ask(
    presses: int | None,
    which: str,
    requests: list[str] | None,
    begins: str | None,
    limit_s: float | None,
) -> tuple[Any, ...]:
    """Ask for a plan and open it, or say at each field what to correct; what was typed stays."""
    if not presses:
        return (no_update,) * (len(_SHOWN) + 1)
    chosen = None if which == ids.ALL else [UUID(each) for each in requests or []]
    problems: dict[str, str] = {}
    try:
        with writing() as session:
            plan_id = service.ask_plan(
                session,
                current_principal(),
                request_ids=chosen,
                begins_at=forms.begins(begins, lab_zone()),
                limit_s=0.0 if limit_s is None else float(limit_s),
            )
        _open(plan_id)
    except AppError as refusal:
        fields = refusal.fields or {"requests": refusal.message}
        problems = {_FIELDS.get(name, ids.REQUESTS): said for name, said in fields.items()}
    summary = error_summary(problems).children
    return (summary, *(field_error(problems.get(field, "")) for field in _SHOWN))


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.BODY, "children"),
    Input(ids.act(MATCH), "n_clicks"),
    State(ids.run(ALL), "value"),
    State(ids.run(ALL), "id"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
    running=[(Output(ids.act(MATCH), "disabled"), True, False)],
)
def answer(
    presses: int | None,
    ticked: list[bool | None],
    keys: list[dict[str, str]],
    search: str | None,
) -> Any:
    """Do what the pressed button says and draw the plan again; a refusal stands above it."""
    pressed = ctx.triggered_id
    if not pressed or not presses:
        return no_update
    plan = _plan_in(search)
    chosen = [UUID(key["run"]) for key, is_on in zip(keys, ticked, strict=True) if is_on]
    try:
        _act(pressed["act"], plan_id_of(plan), chosen)
    except AppError as refusal:
        return review(plan, refusal_text(refusal))
    return no_update if pressed["act"] == ids.AGAIN else review(plan)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.BODY, "children", allow_duplicate=True),
    Input(shell_ids.live("work"), "data"),
    Input(shell_ids.live("sequencing"), "data"),
    State(shell_ids.URL, "search"),
    State(ids.BODY, "children"),
    prevent_initial_call=True,
)
def show_newest(
    _work: int | None, _sequencing: int | None, search: str | None, shown: object
) -> Any:
    """Draw the plan once its job has ended; a redraw later would lose the chosen runs."""
    plan = _plan_in(search)
    if not plan or "job-bar" not in str(shown):
        return no_update
    return review(plan)


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PINS, "children"),
    Input(ids.pin(ALL, ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)
def pin_or_unpin(_presses: list[int | None]) -> Any:
    """Pin the library whose button was pressed, or take the pin away; the plan stays as it is."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    try:
        toast(_pinned(pressed["act"], pressed["key"], int(pressed["lane"])))
    except AppError as refusal:
        return pins(refusal_text(refusal))
    return pins()


@page_callback(
    Permission.SEQUENCING_PLAN,
    Output(ids.PINS, "children", allow_duplicate=True),
    Input(ids.PIN_SEND, "n_clicks"),
    Input(ids.PIN_AWAY, "n_clicks"),
    State(ids.PIN_REQUEST, "value"),
    State(ids.PIN_LIBRARY, "value"),
    State(ids.PIN_INSTRUMENT, "value"),
    State(ids.PIN_START, "value"),
    State(ids.PIN_LANE, "value"),
    prevent_initial_call=True,
)
def pin_typed(_there: int | None, _away: int | None, *typed: Any) -> Any:
    """Pin what the form says; a refusal leaves the form as it was typed."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        return no_update
    try:
        _pin(*typed, is_away=ctx.triggered_id == ids.PIN_AWAY)
    except AppError as refusal:
        toast(refusal_text(refusal))
        return no_update
    toast(_KEPT)
    return pins()


_KEPT = "Pinned. It holds for the next plan: press Plan again."


def _act(name: str, plan_id: QueuePlanId, chosen: list[UUID]) -> None:
    principal = current_principal()
    if name == ids.DISMISS:
        with writing() as session:
            service.dismiss_plan(
                session, principal, plan_id=plan_id, reason="dismissed on the page"
            )
        toast("The plan is dismissed. Nothing was booked.")
        return
    if name == ids.AGAIN:
        with writing() as session:
            again = service.ask_again(session, principal, plan_id=plan_id)
        _open(again)
        return
    wanted = None if name == ids.ACCEPT else chosen
    with writing() as session:
        done = service.accept_plan(session, principal, plan_id=plan_id, run_ids=wanted)
    booked = fmt.plural(len(done.runs), "run is booked", "runs are booked")
    said = [f"{booked}: {', '.join(done.runs)}"] if done.runs else []
    if done.topped_up:
        said.append(f"Libraries came onto {', '.join(done.topped_up)}")
    toast(". ".join(said))


def _pinned(act: str, key: str, lane: int) -> str:
    principal = current_principal()
    if act == ids.UNPIN:
        with writing() as session:
            service.unpin(session, principal, pin_id=QueuePinId(UUID(key)))
        return "Unpinned. It holds for the next plan."
    run, request, library = (UUID(each) for each in key.split("/"))
    with writing() as session:
        service.pin_in_plan(
            session,
            principal,
            plan_run_id=run,
            request_id=request,
            sample_id=library,
            lane=lane if act == ids.HERE else None,
            is_away=act == ids.OFF,
        )
    return _KEPT


def _pin(
    request: str | None,
    library: str | None,
    instrument: str | None,
    start: str | None,
    lane: float | None,
    *,
    is_away: bool,
) -> None:
    principal = current_principal()
    start_at = forms.begins(start, lab_zone())
    if not request or not instrument or start_at is None:
        raise QueuePlanRefused("Choose a request, an instrument and a start.")
    key, sample_id = UUID(request), None
    if (library or "").strip():
        with reading() as session:
            sample_id = queries.find_library(session, principal, key, str(library))
    with writing() as session:
        service.pin(
            session,
            principal,
            request_id=key,
            instrument_id=UUID(instrument),
            start_at=start_at,
            sample_id=sample_id,
            lane=None if lane is None or is_away else int(lane),
            is_away=is_away,
        )


def _open(plan_id: QueuePlanId) -> None:
    set_props(shell_ids.URL, {"pathname": words.PATH, "search": f"?plan={plan_id}"})


def _plan_in(search: str | None) -> str:
    return parse_qs((search or "").lstrip("?")).get("plan", [""])[-1]
