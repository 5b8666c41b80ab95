"""Callbacks of consent, measurements, verdicts, overruling and discarding on a sample's page."""

from typing import Any

from dash import Input, Output, State

from backend.auth.views import Locked, Refused
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import consents, service
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import ConsentNotFound, RegistrationRefused
from backend.samples.ids import Metric, QcVerdict, SampleId
from backend.samples.qc_rules import NAMES
from backend.samples.qc_schemas import Measured
from backend.samples.schemas import Countersigner
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_acting import Done, Which, carried_out, chosen, day, number
from dashboard.pages.samples.detail_words import VERDICTS

_CLOSE = Output(ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(ids.WHICH, "data")


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
            new = ConsentGiven(reference=code, scope=scope, expires_on=day(until, "Holds until"))
            service.record_consent(session, principal, consent=new)
        try:
            service.tie_consent(session, principal, sample_ids=[key], reference=code)
        except ConsentNotFound as error:
            sentence = f"{code or 'This consent'} is not on record. Write what it allows, too."
            raise RegistrationRefused(sentence) from error
        return f"{which['barcode']} is here under {code}"

    return carried_out(presses, which, act, ids.CONSENT_DIALOG, ids.CONSENT_REFERENCE, ["", ""])


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
        code = chosen(reference, "consent")
        binding = {view.reference for view in consents.consents_of(session, principal, key)}
        if code not in binding:
            raise ConsentNotFound(code)
        stamped = service.withdraw_consent(session, principal, reference=code, reason=why or "")
        return f"{code} is withdrawn; {fmt.plural(len(stamped), 'sample', 'samples')} on hold"

    return carried_out(presses, which, act, ids.WITHDRAW_DIALOG, ids.WITHDRAW_REASON, [None, ""])


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
        picked = Metric(chosen(metric, "metric"))
        if not (method or "").strip():
            raise RegistrationRefused("Write how it was measured, such as Qubit.")
        measured = Measured(
            metric=picked,
            value=number(value, NAMES[picked], ""),
            method=method,
            instrument=instrument,
        )
        judged = service.record_measurements(session, principal, sample_id=key, measured=[measured])
        said = f": {VERDICTS[judged.verdict].lower()}" if judged else " recorded"
        return f"{which['barcode']} {NAMES[picked]}{said}"

    return carried_out(presses, which, act, ids.MEASURE_DIALOG, ids.MEASURE_VALUE, [""])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.VERDICT_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.VERDICT, "value"),
    Output(ids.VERDICT_REASON, "value"),
    Output(ids.VERDICT_PASSWORD, "value"),
    Input(ids.VERDICT_SEND, "n_clicks"),
    State(ids.VERDICT, "value"),
    State(ids.VERDICT_REASON, "value"),
    State(ids.VERDICT_PASSWORD, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def record_verdict(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Record what a person says of the sample, signed."""
    verdict, why, password, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        picked = QcVerdict(chosen(verdict, "verdict"))
        outcome = service.record_qc_verdict(
            session,
            principal,
            sample_id=key,
            verdict=picked,
            reason=why or "",
            password=password or "",
        )
        if isinstance(outcome, (Refused, Locked)):
            return outcome
        return f"{which['barcode']}: {VERDICTS[picked].lower()}, signed"

    cleared = [None, "", ""]
    return carried_out(presses, which, act, ids.VERDICT_DIALOG, ids.VERDICT_PASSWORD, cleared)


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
        picked = QcVerdict(chosen(verdict, "verdict"))
        outcome = service.override_verdict(
            session,
            principal,
            sample_id=key,
            verdict=picked,
            reason=why or "",
            password=password or "",
        )
        if isinstance(outcome, (Refused, Locked)):
            return outcome
        return f"{which['barcode']}: {VERDICTS[picked].lower()}, signed"

    return carried_out(presses, which, act, ids.OVERRULE_DIALOG, ids.OVERRULE_PASSWORD, ["", ""])


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

    return carried_out(presses, which, act, ids.DISCARD_DIALOG, ids.DISCARD_REASON, ["", ""])
