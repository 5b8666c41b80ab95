"""What is done with the selected samples, and taking a list out as a file."""

from typing import Any
from uuid import UUID

from dash import Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from backend.auth.views import Locked, Refused
from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import exporting, rules, service
from backend.samples.exporting import ExportFormat
from backend.samples.ids import BulkKind, HoldKind, SampleId
from backend.samples.schemas import BulkInput, DisposalWitness
from backend.storage import service as storage_service
from backend.work import queries as work_queries
from backend.work.ids import JobId, JobState
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components import witness_fields
from dashboard.components.button import button
from dashboard.components.job_progress import job_progress
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.samples import ids
from dashboard.pages.samples.address import filters_of, parse_search
from dashboard.pages.samples.all_callbacks import Query, act_on_all, all_of
from dashboard.pages.samples.arrival_fields import GOOD, read_arrival
from dashboard.pages.samples.outcomes import outcome, refused
from dashboard.session import current_principal

MOST_AT_ONCE = 500
MOST_LIBRARIES = 40
MOST_TO_PLAN = 2_000

Rows = list[dict[str, Any]] | None


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.BULK, "hidden"),
    Output(ids.BULK_COUNT, "children"),
    Output(ids.SELECTED_TOTAL, "children"),
    Output(ids.BULK, "className"),
    Output(ids.QUERY, "data"),
    Input(ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(rows: Rows) -> tuple[bool, str, str, str, None]:
    """Show the bar while something is selected, with what it amounts to."""
    if not rows:
        return True, "", "", "bulk", None
    volume = sum(row["volumeNumber"] or 0 for row in rows)
    boxes = {row["location"]["title"].rpartition(",")[0] for row in rows if row["location"]}
    total = f"Selected: {fmt.volume(volume)} total, {fmt.plural(len(boxes), 'box', 'boxes')}"
    return False, f"{fmt.count(len(rows))} selected", total, "bulk", None


@page_callback(
    Permission.LABELS_PRINT,
    Output(label_ids.WHAT, "data"),
    Input(ids.GRID, "selectedRows"),
    Input(ids.QUERY, "data"),
    prevent_initial_call=True,
)
def choose_labels(rows: Rows, query: Query) -> dict[str, Any]:
    """Offer the labels of the selected samples, or of everything that matches."""
    if query:
        return {"query": query["id"], "total": query["total"]}
    return {"samples": [row["id"] for row in rows or []]}


@page_callback(
    Permission.SAMPLES_TRANSITION,
    Output(ids.STATUS_OUTCOME, "children"),
    Input(ids.STATUS_APPLY, "n_clicks"),
    State(ids.STATUS_ACTION, "value"),
    State(ids.STATUS_REASON, "value"),
    State(ids.arrival("conditions", "many"), "value"),
    State(ids.arrival("temperature", "many"), "value"),
    State(ids.arrival("note", "many"), "value"),
    State(witness_fields.email_id(ids.STATUS_DIALOG), "value"),
    State(witness_fields.password_id(ids.STATUS_DIALOG), "value"),
    State(witness_fields.meaning_id(ids.STATUS_DIALOG), "value"),
    State(ids.GRID, "selectedRows"),
    State(ids.QUERY, "data"),
    prevent_initial_call=True,
)
def change_status(presses: int | None, action: str | None, reason: str | None, *chosen: Any) -> Any:
    """Take one step with each selected sample that can; the others say every reason why not."""
    if not presses:
        return no_update
    if not action:
        return refused("Choose a step.")
    *found, email, password, meaning, rows, query = chosen
    try:
        if action == "dispose":
            second = witness_fields.read_witness(email, password, meaning)
            return _discard(reason or "", second, rows, query)
        arrival = read_arrival(action, *found)
        if query:
            act = BulkInput(
                kind=BulkKind.STATUS, action=action, reason=reason or "", arrival=arrival
            )
            return act_on_all(query, act)
        keys = _keys(rows)
        with writing() as session:
            outcomes = service.change_statuses(
                session,
                current_principal(),
                sample_ids=keys,
                action=action,
                reason=reason,
                arrival=arrival,
            )
    except AppError as refusal:
        return refused(refusal.message)
    if arrival is not None:
        # The next samples are looked at anew.
        set_props(ids.arrival("conditions", "many"), {"value": GOOD})
    return outcome(outcomes, rules.BY_ACTION[action].label)


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.HOLD_OUTCOME, "children"),
    Input(ids.HOLD_APPLY, "n_clicks"),
    State(ids.HOLD_WAY, "value"),
    State(ids.HOLD_KIND, "value"),
    State(ids.HOLD_REASON, "value"),
    State(ids.HOLD_EVIDENCE, "value"),
    State(ids.GRID, "selectedRows"),
    State(ids.QUERY, "data"),
    prevent_initial_call=True,
)
def hold(presses: int | None, way: str, kind: str, *given: Any) -> Any:
    """Put the selected samples on a hold, or release them from it."""
    if not presses:
        return no_update
    reason, evidence, rows, query = given
    principal, chosen, why = current_principal(), HoldKind(kind), reason or ""
    try:
        if query:
            done = BulkKind.HOLD if way == "set" else BulkKind.RELEASE
            act = BulkInput(kind=done, hold=chosen, reason=why, evidence=evidence or "")
            return act_on_all(query, act)
        keys = _keys(rows)
        with writing() as session:
            if way == "set":
                outcomes = service.hold_samples(
                    session, principal, sample_ids=keys, kind=chosen, reason=why
                )
            else:
                outcomes = service.release_samples(
                    session,
                    principal,
                    sample_ids=keys,
                    kind=chosen,
                    reason=why,
                    evidence=evidence or "",
                )
    except AppError as refusal:
        return refused(refusal.message)
    return outcome(outcomes, "Put on hold" if way == "set" else "Release")


@page_callback(
    Permission.STORAGE_PLAN,
    Input(ids.BULK_PLAN, "n_clicks"),
    State(ids.GRID, "selectedRows"),
    State(ids.QUERY, "data"),
    prevent_initial_call=True,
)
def plan_places(presses: int | None, rows: Rows, query: Query) -> None:
    """Ask for a plan of places for the selected samples and go to it."""
    if not presses or not rows:
        return
    keys = [SampleId(UUID(row["id"])) for row in rows]
    with writing() as session:
        if query:
            keys = all_of(session, query, most=MOST_TO_PLAN)
        plan_id = storage_service.request_plan(session, current_principal(), sample_ids=keys)
    set_props(shell_ids.URL, {"pathname": "/storage", "search": f"?plan={plan_id}"})


@page_callback(
    Permission.SEQUENCING_REQUEST,
    Input(ids.BULK_SEQUENCE, "n_clicks"),
    State(ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def request_sequencing(presses: int | None, rows: Rows) -> None:
    """Go to the form that asks for sequencing, with the selected samples filled in."""
    if not presses or not rows:
        return
    if len(rows) > MOST_LIBRARIES:
        toast(f"Ask for at most {MOST_LIBRARIES} libraries at a time.", tone=Tone.WARN)
        return
    codes = ",".join(row["barcode"] for row in rows)
    set_props(shell_ids.URL, {"pathname": "/sequencing", "search": f"?request={codes}"})


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.EXPORT_JOB, "children"),
    Output(ids.EXPORT_FILE, "children"),
    Output(ids.EXPORT_ID, "data"),
    Input(ids.EXPORT_START, "n_clicks"),
    State(ids.EXPORT_FORMAT, "value"),
    State(ids.EXPORT_WHICH, "value"),
    State(ids.GRID, "selectedRows"),
    State(ids.QUERY, "data"),
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def start_export(presses: int | None, kind: str, which: str, *given: Any) -> tuple[Any, Any, Any]:
    """Ask a worker for the file and show how far it is."""
    if not presses:
        return no_update, no_update, no_update
    rows, query, search = given
    if which == "selected" and not rows:
        return [], refused("Select samples first, or export every sample of this view."), None
    is_all = bool(query) and which == "selected"
    is_some = which == "selected" and not query
    chosen = [SampleId(UUID(row["id"])) for row in rows or []] if is_some else None
    with writing() as session:
        job_id = service.request_export(
            session,
            current_principal(),
            kind=ExportFormat(kind),
            filters=filters_of(parse_search(search).pairs, lab_zone()),
            sample_ids=chosen,
            query_id=UUID(query["id"]) if is_all else None,
        )
    return job_progress(job_id), [], str(job_id)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.EXPORT_FILE, "children", allow_duplicate=True),
    Input(shell_ids.live("work"), "data"),
    # A worker may be done before the page knows which job it is: then nothing more is told.
    Input(ids.EXPORT_ID, "data"),
    prevent_initial_call=True,
)
def offer_file(_version: int | None, job: str | None) -> Any:
    """Offer the file once its worker is done."""
    if not job:
        return no_update
    with reading() as session:
        state = work_queries.get_job(session, current_principal(), JobId(UUID(job))).state
        if state != JobState.DONE:
            return no_update
        kind, _, rows = exporting.finished_export(session, current_principal(), JobId(UUID(job)))
    words = f"Download {kind.value.upper()}, {fmt.plural(rows, 'sample', 'samples')}"
    return button(words, href=f"/files/samples/{job}", icon="download", download="")


def _discard(reason: str, second: DisposalWitness | None, rows: Rows, query: Query) -> Any:
    """Discard what is selected. A password is asked once, here: a worker never sees it."""
    done = _discard_all(reason, second, query) if query else _discard_some(reason, second, rows)
    set_props(witness_fields.password_id(ids.STATUS_DIALOG), {"value": ""})
    return refused(done.message) if isinstance(done, (Refused, Locked)) else done


def _discard_all(
    reason: str, second: DisposalWitness | None, query: dict[str, Any]
) -> Component | Refused | Locked:
    act = BulkInput(kind=BulkKind.STATUS, action="dispose", reason=reason)
    return act_on_all(query, act, second)


def _discard_some(
    reason: str, second: DisposalWitness | None, rows: Rows
) -> Component | Refused | Locked:
    keys = _keys(rows)
    with writing() as session:
        done = service.discard_together(
            session,
            current_principal(),
            sample_ids=keys,
            reason=reason,
            witness=second,
            take_out=storage_service.take_out_together,
        )
    if isinstance(done, (Refused, Locked)):
        return done
    return outcome(done, rules.BY_ACTION["dispose"].label)


def _keys(rows: Rows) -> list[SampleId]:
    keys = [SampleId(UUID(row["id"])) for row in rows or []]
    if not 0 < len(keys) <= MOST_AT_ONCE:
        raise InvalidInput(f"Select 1 to {MOST_AT_ONCE} samples; {len(keys)} are selected.")
    return keys
