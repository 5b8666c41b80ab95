"""Callbacks of the bench form: check a scan at once, register, take back, draw the label."""

from collections.abc import Collection, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote
from uuid import UUID

from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    ctx,
    no_update,
    set_props,
)
from dash.development.base_component import Component

from backend.core import barcodes, clock
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import bench, queries, rules
from backend.samples.errors import SampleNotFound
from backend.samples.ids import MaterialType, SampleId
from backend.samples.views import Registered
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_id, error_summary, field_error
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import Undo, toast, undo_id
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.register import single_acts, single_panels
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.single import zone_options
from dashboard.pages.register.single_form import FIELDS, arrival_of, by_field, emptied, typed_of
from dashboard.pages.samples import ids as sample_ids
from dashboard.pages.samples.arrival_fields import BLANK
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE, URL, live

_ARRIVAL = tuple(
    sample_ids.arrival(part, ids.BENCH) for part in ("conditions", "temperature", "note")
)
"""The fields that say how it arrived, in the order of BLANK."""

clientside_callback(
    ClientsideFunction("bench", "ready"),
    Output(ids.FOCUS_SINK, "data"),
    Input(ids.DONE, "data"),
)
clientside_callback(
    ClientsideFunction("bench", "take"),
    Output(ids.SCAN_SINK, "data"),
    Input(SCAN_PAGE, "data"),
    State(ids.BARCODE, "value"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.CHECKED, "children"),
    Input(ids.BARCODE, "value"),
)
def check_barcode(typed: str | None) -> Component | None:
    """Say at once whether the barcode is free."""
    code = barcodes.tidy(typed or "")
    if not code:
        return None
    if not rules.BARCODE.match(code):
        return single_panels.barcode_unreadable()
    with reading() as session:
        if not bench.barcode_is_taken(session, current_principal(), code):
            return single_panels.barcode_free()
        sample = queries.find_by_barcode(session, current_principal(), code)
    answer_scan(Tone.CRIT, f"{code} is registered already.")
    return single_panels.barcode_taken(code, sample)


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.TEMPERATURE, "options"),
    Output(ids.TEMPERATURE, "value"),
    Input(ids.MATERIAL, "value"),
    State(ids.TEMPERATURE, "value"),
)
def suit_temperature(material: str | None, chosen: str | None) -> tuple[list[dict[str, str]], Any]:
    """Offer the temperatures of a type; the chosen one stays where it suits.

    Only one that does not suit is touched: a quick hand may have chosen since this was asked.
    """
    options = zone_options(MaterialType(material) if material else None)
    fitting = {option["value"] for option in options}
    return options, no_update if chosen is None or chosen in fitting else None


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.PROBLEMS, "children"),
    *[Output(error_id(field.id), "children") for field in FIELDS],
    # The temperature's value is also that of `suit_temperature`.
    *[Output(field.id, "value", allow_duplicate=field.id == ids.TEMPERATURE) for field in FIELDS],
    *[Output(part, "value", allow_duplicate=True) for part in _ARRIVAL],
    Output(ids.DONE, "data"),
    Input(ids.FORM, "n_submit"),
    Input(ids.SAVE, "n_clicks"),
    State(ids.STICKY, "value"),
    *[State(part, "value") for part in _ARRIVAL],
    *[State(field.id, "value") for field in FIELDS],
    prevent_initial_call=True,
)
def register(
    _submits: int | None, _presses: int | None, sticky: list[str] | None, *given: Any
) -> tuple[Any, ...]:
    """Register what stands in the form; a refusal stands beside its field and all stays typed."""
    try:
        arrival = arrival_of(*given[: len(_ARRIVAL)])
        with writing() as session:
            made, place = single_acts.register(
                session,
                current_principal(),
                typed_of(given[len(_ARRIVAL) :]),
                now=clock.utc_now(),
                arrival=arrival,
            )
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        return _refused(by_field(refusal))
    _tell(made, place)
    if ctx.triggered_id == ids.SAVE:
        set_props(URL, {"pathname": f"/samples/{quote(made.barcode, safe='')}", "search": ""})
    return _next_sample(sticky, done=made.barcode)


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.PROBLEMS, "children", allow_duplicate=True),
    *[Output(error_id(field.id), "children", allow_duplicate=True) for field in FIELDS],
    *[Output(field.id, "value", allow_duplicate=True) for field in FIELDS],
    *[Output(part, "value", allow_duplicate=True) for part in _ARRIVAL],
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.CLEAR, "n_clicks"),
    State(ids.STICKY, "value"),
    prevent_initial_call=True,
)
def clear(_presses: int | None, sticky: list[str] | None) -> tuple[Any, ...]:
    """Empty the form for the next tube; what the person chose to keep stays."""
    return _next_sample(sticky)


@page_callback(
    Permission.SAMPLES_REGISTER, Input(undo_id("register"), "data"), prevent_initial_call=True
)
def undo(data: Mapping[str, str] | None) -> None:
    """Take the last registration back; its barcode is free again."""
    if not data:
        return
    with writing() as session:
        code = single_acts.take_back(
            session, current_principal(), SampleId(UUID(data["sample_id"]))
        )
    toast(f"{code} was taken back. Its barcode is free again.")


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.LABEL, "children"),
    Output(ids.LABEL_STATE, "children"),
    Input(ids.DONE, "data"),
    *[Input(field.id, "value") for field in FIELDS],
)
def show_label(done: Mapping[str, str] | None, *values: Any) -> tuple[Component, str]:
    """Draw the label of what stands in the form, or of the tube registered last."""
    text = single_panels.label_of_form(typed_of(values))
    if text is not None:
        return single_panels.label(text), "As it will be printed. Not registered yet."
    code = (done or {}).get("barcode")
    if not code:
        return single_panels.label(None), "An empty barcode field is filled with a new code."
    try:
        with reading() as session:
            sample = queries.get_by_barcode(session, current_principal(), code)
    except SampleNotFound:
        return single_panels.label(None), f"{code} was taken back."
    return single_panels.label(single_panels.label_of_sample(sample)), f"{code} is registered."


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.SESSION, "children"),
    Input(ids.DONE, "data"),
    Input(live("samples"), "data"),
)
def show_session(_done: Mapping[str, str] | None, _version: int | None) -> Component:
    """Draw what this person has registered since midnight in the laboratory."""
    midnight = clock.utc_now().astimezone(lab_zone()).replace(hour=0, minute=0, second=0)
    since = midnight.replace(microsecond=0).astimezone(UTC)
    with reading() as session:
        rows, total = bench.registered_since(
            session, current_principal(), since, limit=single_panels.LISTED
        )
    return single_panels.session_list(rows, total)


@page_callback(
    Permission.LABELS_PRINT,
    Output(label_ids.WHAT, "data", allow_duplicate=True),
    Input(ids.DONE, "data"),
    prevent_initial_call=True,
)
def choose_labels(done: Mapping[str, str] | None) -> dict[str, Any]:
    """Offer the labels of this session, the newest registration among them."""
    return {"session": True, "at": (done or {}).get("at")}


def _tell(made: Registered, place: str) -> None:
    standing = f", in {place}" if place else ""
    toast(
        f"{made.barcode} registered{standing}",
        undo=Undo("register", {"sample_id": str(made.id)}),
    )
    answer_scan(Tone.OK, f"{made.barcode} registered{standing}.")


def _refused(problems: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the outputs of the form when nothing was registered: all stays as it was typed."""
    return (
        error_summary(problems).children,
        *(field_error(problems.get(field.id, "")) for field in FIELDS),
        *(no_update for _ in FIELDS),
        *(no_update for _ in _ARRIVAL),
        no_update,
    )


def _next_sample(sticky: Collection[str] | None, *, done: str = "") -> tuple[Any, ...]:
    """Return the outputs of the form for the next sample: summary, errors, fields, the news."""
    blank = emptied(sticky)
    return (
        error_summary({}).children,
        *(field_error("") for _ in FIELDS),
        *(blank.get(field.name, no_update) for field in FIELDS),
        *BLANK.values(),
        {"at": str(new_id()), "barcode": done},
    )
