"""Callbacks of what is drawn from a sample, made from it, measured, agreed to, thrown away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dash import Input, Output, State, no_update
from pydantic import ValidationError

from backend.auth.views import Locked, Refused
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples import consents, queries, service
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import (
    ConsentNotFound,
    DrawRefused,
    RegistrationRefused,
    TransitionRefused,
)
from backend.samples.ids import MaterialType, Metric, QcVerdict, SampleId, TemperatureClass
from backend.samples.making_schemas import Aliquoting, Deriving, Portion
from backend.samples.qc_rules import NAMES
from backend.samples.qc_schemas import Measured
from backend.samples.schemas import Countersigner
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_words import VERDICTS
from dashboard.session import current_principal

Which = Mapping[str, str]
Done = str | Refused | Locked
"""What a toast says, or why the password that signs did not do."""
Act = Callable[[WriteSession, Principal, SampleId], Done]

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
        portion = Portion(volume_ul=_number(volume, "Volume", "µL"))
        portions = (portion,) * int(count or 0)
        aliquoting = Aliquoting(portions=portions, balance_unknown_is_fine=bool(unknown))
        made = service.make_aliquots(session, principal, sample_id=key, aliquoting=aliquoting)
        return f"{fmt.plural(len(made), 'aliquot', 'aliquots')} made of {which['barcode']}"

    return _carried_out(presses, which, act, ids.ALIQUOT_DIALOG, ids.ALIQUOT_VOLUME, [""])


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
            used_ul=_perhaps(used, "Used", "µL"),
            volume_ul=_perhaps(volume, "Obtained", "µL"),
            concentration_ng_per_ul=_perhaps(concentration, "Concentration", "ng/µL"),
        )
        made = service.make_derivative(session, principal, sample_id=key, deriving=deriving)
        return f"{made.barcode} registered"

    return _carried_out(presses, which, act, ids.EXTRACT_DIALOG, ids.EXTRACT_USED, ["", "", ""])


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
        volume, reason = _number(typed, "Volume", "µL"), why or ""
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

    return _carried_out(presses, which, act, ids.VOLUME_DIALOG, ids.VOLUME_UL, ["", ""])


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

    return _carried_out(presses, which, act, ids.THAW_DIALOG, ids.THAW_REASON, [""])


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
    presses: int | None, day: str | None, why: str | None, which: Which
) -> tuple[Any, ...]:
    """Set the last day on which the sample is good."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        expires_on = _day(day, "Good until")
        service.set_expiry(
            session, principal, sample_id=key, expires_on=expires_on, reason=why or ""
        )
        return f"{which['barcode']}: the date is set"

    return _carried_out(presses, which, act, ids.EXPIRY_DIALOG, ids.EXPIRY_ON, [""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.CONSENT_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.CONSENT_REFERENCE, "value"),
    Output(ids.CONSENT_SCOPE, "value"),
    Input(ids.CONSENT_SEND, "n_clicks"),
    State(ids.CONSENT_REFERENCE, "value"),
    State(ids.CONSENT_SCOPE, "value"),
    State(ids.CONSENT_EXPIRES, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def tie_consent(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Tie a consent to the sample; with what it allows, a new one is recorded first."""
    reference, scope, until, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        code = (reference or "").strip()
        if (scope or "").strip():
            new = ConsentGiven(reference=code, scope=scope, expires_on=_day(until, "Holds until"))
            service.record_consent(session, principal, consent=new)
        try:
            service.tie_consent(session, principal, sample_ids=[key], reference=code)
        except ConsentNotFound as error:
            sentence = f"{code or 'This consent'} is not on record. Write what it allows, too."
            raise RegistrationRefused(sentence) from error
        return f"{which['barcode']} is here under {code}"

    return _carried_out(presses, which, act, ids.CONSENT_DIALOG, ids.CONSENT_REFERENCE, ["", ""])


@page_callback(
    Permission.SAMPLES_HOLD,
    Output(ids.WITHDRAW_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.WITHDRAW_WHICH, "value"),
    Output(ids.WITHDRAW_REASON, "value"),
    Input(ids.WITHDRAW_SEND, "n_clicks"),
    State(ids.WITHDRAW_WHICH, "value"),
    State(ids.WITHDRAW_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def withdraw_consent(
    presses: int | None, reference: str | None, why: str | None, which: Which
) -> tuple[Any, ...]:
    """Withdraw a consent that binds the sample, and say how many were put on hold."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        code = _chosen(reference, "consent")
        binding = {view.reference for view in consents.consents_of(session, principal, key)}
        if code not in binding:
            raise ConsentNotFound(code)
        stamped = service.withdraw_consent(session, principal, reference=code, reason=why or "")
        return f"{code} is withdrawn; {fmt.plural(len(stamped), 'sample', 'samples')} on hold"

    return _carried_out(presses, which, act, ids.WITHDRAW_DIALOG, ids.WITHDRAW_REASON, [None, ""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.MEASURE_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.MEASURE_VALUE, "value"),
    Input(ids.MEASURE_SEND, "n_clicks"),
    State(ids.MEASURE_METRIC, "value"),
    State(ids.MEASURE_VALUE, "value"),
    State(ids.MEASURE_METHOD, "value"),
    State(ids.MEASURE_INSTRUMENT, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def record_measurement(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Record a value; thresholds in force judge the sample at once."""
    metric, value, method, instrument, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        chosen = Metric(_chosen(metric, "metric"))
        if not (method or "").strip():
            raise RegistrationRefused("Write how it was measured, such as Qubit.")
        measured = Measured(
            metric=chosen,
            value=_number(value, NAMES[chosen], ""),
            method=method,
            instrument=instrument,
        )
        judged = service.record_measurements(session, principal, sample_id=key, measured=[measured])
        said = f": {VERDICTS[judged.verdict].lower()}" if judged else " recorded"
        return f"{which['barcode']} {NAMES[chosen]}{said}"

    return _carried_out(presses, which, act, ids.MEASURE_DIALOG, ids.MEASURE_VALUE, [""])


@page_callback(
    Permission.SAMPLES_OVERRIDE_QC,
    Output(ids.OVERRULE_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.OVERRULE_REASON, "value"),
    Output(ids.OVERRULE_PASSWORD, "value"),
    Input(ids.OVERRULE_SEND, "n_clicks"),
    State(ids.OVERRULE_VERDICT, "value"),
    State(ids.OVERRULE_REASON, "value"),
    State(ids.OVERRULE_PASSWORD, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def overrule(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Set a verdict against the thresholds, signed."""
    verdict, why, password, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        chosen = QcVerdict(_chosen(verdict, "verdict"))
        outcome = service.override_verdict(
            session,
            principal,
            sample_id=key,
            verdict=chosen,
            reason=why or "",
            password=password or "",
        )
        if isinstance(outcome, (Refused, Locked)):
            return outcome
        return f"{which['barcode']}: {VERDICTS[chosen].lower()}, signed"

    return _carried_out(presses, which, act, ids.OVERRULE_DIALOG, ids.OVERRULE_PASSWORD, ["", ""])


@page_callback(
    Permission.SAMPLES_TRANSITION,
    Output(ids.DISCARD_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.DISCARD_REASON, "value"),
    Output(ids.DISCARD_PASSWORD, "value"),
    Input(ids.DISCARD_SEND, "n_clicks"),
    State(ids.DISCARD_REASON, "value"),
    State(ids.DISCARD_EMAIL, "value"),
    State(ids.DISCARD_PASSWORD, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def discard(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Discard the sample, with a second person's signature where the rules ask for it."""
    why, email, password, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        second = Countersigner(email=email, password=password) if email and password else None
        outcome = service.dispose_sample(
            session, principal, sample_id=key, reason=why or "", countersigner=second
        )
        if isinstance(outcome, (Refused, Locked)):
            return outcome
        return f"{which['barcode']} is discarded"

    return _carried_out(presses, which, act, ids.DISCARD_DIALOG, ids.DISCARD_REASON, ["", ""])


def _carried_out(  # noqa: PLR0917 -- one call a callback
    presses: int | None,
    which: Which,
    act: Act,
    dialog: str,
    field: str,
    cleared: Sequence[object],
) -> tuple[Any, ...]:
    """Act and close the dialog; a refusal stands in it, and what was chosen and typed stays.

    A password that does not do leaves the transaction whole, so that the try counts.
    """
    kept = [no_update] * len(cleared)
    if not presses:
        return (no_update, no_update, *kept)
    principal = current_principal()
    try:
        with writing() as session:
            key = queries.sample_id_of(session, principal, which["barcode"])
            said = act(session, principal, key)
    except AppError as refusal:
        return (_problems(_sentences(refusal), field), no_update, *kept)
    except ValidationError as refusal:
        told = [str(fault["msg"]).removeprefix("Value error, ") for fault in refusal.errors()]
        return (_problems(told, field), no_update, *kept)
    if isinstance(said, (Refused, Locked)):
        return (_problems([said.message], field), no_update, *kept)
    toast(said)
    return ([], {"dialog": dialog, "at": str(new_id())}, *cleared)


def _sentences(refusal: AppError) -> list[str]:
    match refusal:
        case TransitionRefused() | DrawRefused():
            return list(refusal.reasons)
        case _:
            return list(refusal.fields.values()) or [refusal.message]


def _problems(sentences: Sequence[str], field: str) -> Any:
    links = {f"{field}-{number}": sentence for number, sentence in enumerate(sentences)}
    return error_summary(links).children


def _number(typed: str | None, name: str, unit: str) -> Decimal:
    found = _perhaps(typed, name, unit)
    if found is None:
        raise RegistrationRefused(f"Write the {name.lower() if unit else 'value'}.")
    return found


def _perhaps(typed: str | None, name: str, unit: str) -> Decimal | None:
    text = str(typed or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        sentence = f"{name} must be a number {f'in {unit} ' if unit else ''}such as 12.5."
        raise RegistrationRefused(sentence) from error
    if not number.is_finite():
        raise RegistrationRefused(f"{name} must be a number such as 12.5.")
    return number


def _day(typed: str | None, name: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise RegistrationRefused(f"{name} must be a date, as 2031-01-31.") from error


def _chosen(value: str | None, what: str) -> str:
    if not value:
        raise RegistrationRefused(f"Choose a {what} first.")
    return value
