"""Callbacks of thresholds: opening a draft, counting what would differ, publishing."""

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State, no_update, set_props
from pydantic import ValidationError

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import qc_effects, service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import MaterialType, Metric
from backend.samples.qc_rules import NAMES, UNITS
from backend.samples.qc_schemas import ThresholdIn, ThresholdsIn
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.admin.rules import ids, thresholds
from dashboard.pages.admin.rules.layout import thresholds_body
from dashboard.pages.samples.detail_acting import perhaps
from dashboard.session import current_principal

_CONFIGURE = Permission.SAMPLES_CONFIGURE
_FIELDS = tuple(
    field
    for metric in Metric
    for field in (
        ids.asked(metric.value),
        *(ids.edge(metric.value, name) for name in ids.EDGES),
    )
)
_STATES = (State(ids.WHICH, "data"), State(ids.REASON, "value"))
_NOT_YET = "Not published"
"""Stands for the reason while only counting; no set is ever kept with it."""


@page_callback(
    _CONFIGURE,
    Input(ids.OPEN_FORM, "n_clicks"),
    State(ids.FOR_MATERIAL, "value"),
    State(ids.FOR_ANALYSIS, "value"),
    prevent_initial_call=True,
)
def open_draft(presses: int | None, material: str, analysis: str | None) -> None:
    """Go to the draft's own address."""
    if not presses:
        return
    chosen = thresholds.address(MaterialType(material), (analysis or "").strip().lower())
    path, _, search = chosen.partition("?")
    set_props(shell_ids.URL, {"pathname": path, "search": f"?{search}"})


@page_callback(
    _CONFIGURE,
    Output(ids.EFFECT, "children"),
    Output(ids.PROBLEMS, "children"),
    Input(ids.COUNT, "n_clicks"),
    *_STATES,
    *[State(field, "value") for field in _FIELDS],
    prevent_initial_call=True,
    running=[(Output(ids.COUNT, "disabled"), True, False)],
)
def count(presses: int | None, which: Mapping[str, Any], _why: str, *typed: Any) -> tuple[Any, ...]:
    """Say how many verdicts would differ; nothing is written."""
    if not presses:
        return no_update, no_update
    try:
        given = _given(which, _NOT_YET, typed)
        with reading() as session:
            found = qc_effects.effect_of(session, current_principal(), given=given)
    except AppError as refusal:
        return [], _problems(refusal)
    return thresholds.effect(found), []


@page_callback(
    _CONFIGURE,
    Output(ids.THRESHOLDS, "children"),
    Output(ids.PROBLEMS, "children", allow_duplicate=True),
    Input(ids.PUBLISH, "n_clicks"),
    *_STATES,
    *[State(field, "value") for field in _FIELDS],
    prevent_initial_call=True,
    running=[(Output(ids.PUBLISH, "disabled"), True, False)],
)
def publish(
    presses: int | None, which: Mapping[str, Any], why: str | None, *typed: Any
) -> tuple[Any, ...]:
    """Put the draft in force, or say at each metric what to correct."""
    if not presses:
        return no_update, no_update
    try:
        given = _given(which, (why or "").strip(), typed)
        with writing() as session:
            made = service.publish_thresholds(
                session, current_principal(), given=given, replaces=which["version"]
            )
    except AppError as refusal:
        return no_update, _problems(refusal)
    what = thresholds.what_of(made.material_type, made.application)
    toast(f"Version {made.version} for {what} is published")
    return thresholds_body(made.material_type, made.application), no_update


def _given(which: Mapping[str, Any], reason: str, typed: tuple[Any, ...]) -> ThresholdsIn:
    """Return what was typed as a set; every fault is said at once."""
    values = dict(zip(_FIELDS, typed, strict=True))
    faults: dict[str, str] = {}
    asked = []
    for metric in Metric:
        try:
            limits = _limits(metric, values)
        except RegistrationRefused as refusal:
            faults[metric.value] = refusal.message
            continue
        asked += [limits] if limits is not None else []
    if not asked and not faults:
        faults["thresholds"] = "Nothing is asked yet. Choose at least one metric as required."
    if not reason:
        faults["reason"] = "Write why the thresholds change."
    if faults:
        raise RegistrationRefused(" ".join(faults.values()), fields=faults)
    return ThresholdsIn(
        material_type=MaterialType(which["material"]),
        application=which["analysis"],
        thresholds=tuple(asked),
        reason=reason,
    )


def _limits(metric: Metric, values: Mapping[str, Any]) -> ThresholdIn | None:
    name = NAMES[metric]
    edges = {
        edge: perhaps(values[ids.edge(metric.value, edge)], name, UNITS[metric])
        for edge in ids.EDGES
    }
    choice = values[ids.asked(metric.value)]
    if choice != thresholds.NOT_ASKED:
        try:
            return ThresholdIn(metric=metric, is_required=choice == thresholds.REQUIRED, **edges)
        except ValidationError as error:
            said = f"{name} takes at most four digits after the point."
            raise RegistrationRefused(said) from error
    if any(edge is not None for edge in edges.values()):
        said = f"{name} has limits and is not asked. Choose whether it is required."
        raise RegistrationRefused(said)
    return None


def _problems(refusal: AppError) -> Any:
    said = {_field(name): text for name, text in refusal.fields.items()}
    return error_summary(said or {ids.REASON: refusal.message}).children


def _field(name: str) -> str:
    """Return the id of the field at which a fault stands."""
    if name == "reason":
        return ids.REASON
    if name in set(Metric):
        return ids.asked(name)
    # What is said of all of them stands at the first limit.
    return ids.edge(next(iter(Metric)).value, ids.EDGES[0])
