"""Holds of samples and the consent of their donors."""

from datetime import date, datetime

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.samples import SampleDetailOut
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import consents, queries, service
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.ids import HoldKind


class HoldIn(ApiInput):
    """Why a sample may not be used, and what has to happen before it may."""

    kind: HoldKind
    reason: str = Field(max_length=500)
    release_rule: str = Field(default="", max_length=300)


class ReleaseIn(ApiInput):
    """Why a sample may be used again; some kinds ask what shows it."""

    kind: HoldKind
    reason: str = Field(max_length=500)
    evidence: str = Field(default="", max_length=300)


class ConsentOut(ApiOutput):
    """A donor's consent; ``problem`` says why it no longer allows anything."""

    reference: str
    scope: str
    expires_on: date | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    tied_samples: int | None
    problem: str | None


class ConsentsOut(ApiOutput):
    """The consents that a sample is under: its own first, then its ancestors'."""

    items: list[ConsentOut]


class TieIn(ApiInput):
    """The consent that the sample is under from now on."""

    reference: str = Field(max_length=100)


class ReasonIn(ApiInput):
    """Why."""

    reason: str = Field(max_length=500)


class ExtensionIn(ApiInput):
    """The last day on which a consent holds; null where it has none."""

    expires_on: date | None
    reason: str = Field(max_length=500)


class StampedOut(ApiOutput):
    """The barcodes that a withdrawal put on hold."""

    stamped: list[str]


def set_hold(call: Call) -> object:
    """Put a sample on hold."""
    sent = call.sent(HoldIn)
    with writing() as session:

        def make() -> SampleDetailOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.set_hold(
                session,
                call.caller,
                sample_id=key,
                kind=sent.kind,
                reason=sent.reason,
                release_rule=sent.release_rule,
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        return once(session, call, make)


def release_hold(call: Call) -> object:
    """Release a sample from a hold."""
    sent = call.sent(ReleaseIn)
    with writing() as session:

        def make() -> SampleDetailOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.release_hold(
                session,
                call.caller,
                sample_id=key,
                kind=sent.kind,
                reason=sent.reason,
                evidence=sent.evidence,
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        return once(session, call, make)


def record_consent(call: Call) -> object:
    """Write down what a donor agreed to."""
    with writing() as session:

        def make() -> ConsentOut:
            made = service.record_consent(session, call.caller, consent=call.sent(ConsentGiven))
            return ConsentOut.model_validate(made)

        return once(session, call, make)


def read_consent(call: Call) -> ConsentOut:
    """Return a consent by its reference."""
    with reading() as session:
        found = consents.get_consent(session, call.caller, call.path["reference"])
    return ConsentOut.model_validate(found)


def read_consents_of_sample(call: Call) -> ConsentsOut:
    """Return the consents that bind a sample."""
    with reading() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        found = consents.consents_of(session, call.caller, key)
    return ConsentsOut(items=[ConsentOut.model_validate(view) for view in found])


def tie_consent(call: Call) -> ConsentsOut:
    """Say under which consent a sample is here."""
    with writing() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        service.tie_consent(
            session, call.caller, sample_ids=[key], reference=call.sent(TieIn).reference
        )
        found = consents.consents_of(session, call.caller, key)
        return ConsentsOut(items=[ConsentOut.model_validate(view) for view in found])


def extend_consent(call: Call) -> ConsentOut:
    """Set the last day on which a consent holds."""
    sent = call.sent(ExtensionIn)
    with writing() as session:
        view = service.extend_consent(
            session,
            call.caller,
            reference=call.path["reference"],
            expires_on=sent.expires_on,
            reason=sent.reason,
        )
    return ConsentOut.model_validate(view)


def withdraw_consent(call: Call) -> object:
    """Withdraw a consent; every sample under it and all that came from them are put on hold."""
    with writing() as session:

        def make() -> StampedOut:
            stamped = service.withdraw_consent(
                session,
                call.caller,
                reference=call.path["reference"],
                reason=call.sent(ReasonIn).reason,
            )
            return StampedOut(stamped=stamped)

        return once(session, call, make)


_TAG = "Samples"
_ONE = "/api/v1/samples/{barcode}"
_CONSENT = "/api/v1/consents/{reference}"
ROUTES = (
    Route(
        method="POST",
        path=f"{_ONE}/holds",
        handler=set_hold,
        access=Permission.SAMPLES_HOLD,
        summary="Put a sample on hold; for withdrawn consent all that came from it, too",
        tag=_TAG,
        body=HoldIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/releases",
        handler=release_hold,
        access=Permission.SAMPLES_VIEW,
        summary="Release a sample from a hold; the hold's kind asks for its permission",
        tag=_TAG,
        body=ReleaseIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/consents",
        handler=read_consents_of_sample,
        access=Permission.SAMPLES_VIEW,
        summary="The consents that bind a sample, its ancestors' included",
        tag=_TAG,
        answer=ConsentsOut,
    ),
    Route(
        method="PUT",
        path=f"{_ONE}/consent",
        handler=tie_consent,
        access=Permission.SAMPLES_EDIT,
        summary="Say under which consent a sample is here",
        tag=_TAG,
        body=TieIn,
        answer=ConsentsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/consents",
        handler=record_consent,
        access=Permission.SAMPLES_EDIT,
        summary="Write down what a donor agreed to",
        tag=_TAG,
        body=ConsentGiven,
        answer=ConsentOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_CONSENT,
        handler=read_consent,
        access=Permission.SAMPLES_VIEW,
        summary="A consent by its reference",
        tag=_TAG,
        answer=ConsentOut,
    ),
    Route(
        method="PUT",
        path=f"{_CONSENT}/expiry",
        handler=extend_consent,
        access=Permission.SAMPLES_EDIT,
        summary="Set the last day on which a consent holds",
        tag=_TAG,
        body=ExtensionIn,
        answer=ConsentOut,
    ),
    Route(
        method="POST",
        path=f"{_CONSENT}/withdrawal",
        handler=withdraw_consent,
        access=Permission.SAMPLES_HOLD,
        summary="Withdraw a consent and put all that was made under it on hold",
        tag=_TAG,
        body=ReasonIn,
        answer=StampedOut,
        status=201,
        once=True,
    ),
)
