"""Callbacks of what is drawn from a sample, made from it, and how long it is kept."""

from typing import Any

from dash import Input, Output, State

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service
from backend.samples.ids import MaterialType, SampleId, TemperatureClass
from backend.samples.making_schemas import Aliquoting, Deriving, Portion
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_acting import Done, Which, carried_out, day, number, perhaps

_CLOSE = Output(ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(ids.WHICH, "data")


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.ALIQUOT_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.ALIQUOT_VOLUME, "value"),
    Input(ids.ALIQUOT_SEND, "n_clicks"),
    State(ids.ALIQUOT_COUNT, "value"),
    State(ids.ALIQUOT_VOLUME, "value"),
    State(ids.ALIQUOT_UNKNOWN, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def make_aliquots(
    presses: int | None, count: int | None, volume: str | None, unknown: list[str], which: Which
) -> tuple[Any, ...]:
    """Part the sample, or say why it cannot be."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        portion = Portion(volume_ul=number(volume, "Volume", "µL"))
        portions = (portion,) * int(count or 0)
        aliquoting = Aliquoting(portions=portions, balance_unknown_is_fine=bool(unknown))
        made = service.make_aliquots(session, principal, sample_id=key, aliquoting=aliquoting)
        return f"{fmt.plural(len(made), 'aliquot', 'aliquots')} made of {which['barcode']}"

    return carried_out(presses, which, act, ids.ALIQUOT_DIALOG, ids.ALIQUOT_VOLUME, [""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.EXTRACT_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.EXTRACT_USED, "value"),
    Output(ids.EXTRACT_VOLUME, "value"),
    Output(ids.EXTRACT_CONCENTRATION, "value"),
    Input(ids.EXTRACT_SEND, "n_clicks"),
    State(ids.EXTRACT_MATERIAL, "value"),
    State(ids.EXTRACT_ZONE, "value"),
    State(ids.EXTRACT_USED, "value"),
    State(ids.EXTRACT_VOLUME, "value"),
    State(ids.EXTRACT_CONCENTRATION, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def register_extract(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Register what was extracted, or say what is wrong."""
    material, zone, used, volume, concentration, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        deriving = Deriving(
            material_type=MaterialType(material),
            temperature_class=TemperatureClass(zone),
            used_ul=perhaps(used, "Used", "µL"),
            volume_ul=perhaps(volume, "Obtained", "µL"),
            concentration_ng_per_ul=perhaps(concentration, "Concentration", "ng/µL"),
        )
        made = service.make_derivative(session, principal, sample_id=key, deriving=deriving)
        return f"{made.barcode} registered"

    return carried_out(presses, which, act, ids.EXTRACT_DIALOG, ids.EXTRACT_USED, ["", "", ""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.VOLUME_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.VOLUME_UL, "value"),
    Output(ids.VOLUME_REASON, "value"),
    Input(ids.VOLUME_SEND, "n_clicks"),
    State(ids.VOLUME_KIND, "value"),
    State(ids.VOLUME_UL, "value"),
    State(ids.VOLUME_UNKNOWN, "value"),
    State(ids.VOLUME_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def move_volume(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Write the movement into the ledger, or say why not."""
    kind, typed, unknown, why, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        volume, reason = number(typed, "Volume", "µL"), why or ""
        match kind:
            case "return":
                line = service.return_volume(
                    session, principal, sample_id=key, volume_ul=volume, reason=reason
                )
            case "correction":
                line = service.correct_volume(
                    session, principal, sample_id=key, measured_ul=volume, reason=reason
                )
            case _:
                line = service.use_volume(
                    session,
                    principal,
                    sample_id=key,
                    volume_ul=volume,
                    reason=reason,
                    balance_unknown_is_fine=bool(unknown),
                )
        left = "an unknown volume" if line.balance_ul is None else fmt.volume(line.balance_ul)
        return f"{which['barcode']} holds {left} now"

    return carried_out(presses, which, act, ids.VOLUME_DIALOG, ids.VOLUME_UL, ["", ""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.THAW_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.THAW_REASON, "value"),
    Input(ids.THAW_SEND, "n_clicks"),
    State(ids.THAW_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def count_thaw(presses: int | None, why: str | None, which: Which) -> tuple[Any, ...]:
    """Count a thaw, and say when that is often."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        count = service.count_thaw(session, principal, sample_id=key, reason=why or "")
        cycles = fmt.plural(count.count, "cycle", "cycles")
        return count.warning or f"{which['barcode']}: {cycles} of freeze and thaw"

    return carried_out(presses, which, act, ids.THAW_DIALOG, ids.THAW_REASON, [""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.EXPIRY_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.EXPIRY_REASON, "value"),
    Input(ids.EXPIRY_SEND, "n_clicks"),
    State(ids.EXPIRY_ON, "value"),
    State(ids.EXPIRY_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def set_expiry(
    presses: int | None, typed: str | None, why: str | None, which: Which
) -> tuple[Any, ...]:
    """Set the last day on which the sample is good."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        expires_on = day(typed, "Good until")
        service.set_expiry(
            session, principal, sample_id=key, expires_on=expires_on, reason=why or ""
        )
        return f"{which['barcode']}: the date is set"

    return carried_out(presses, which, act, ids.EXPIRY_DIALOG, ids.EXPIRY_ON, [""])
