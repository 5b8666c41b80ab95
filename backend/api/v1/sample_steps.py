"""Steps with many samples at once, each answering for itself, and discarding with a witness."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from backend.api.idempotency import once, once_signed
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.signing import signed
from backend.api.v1.samples import SampleDetailOut
from backend.auth.views import Locked, Refused
from backend.core.barcodes import tidy
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples import queries, service
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.samples.schemas import ArrivalInput, Countersigner, DisposalWitness
from backend.samples.views import TransitionOutcome
from backend.storage import service as storage_service
from backend.storage.block_rules import MOST_TOGETHER

_MOST = 500


class StepsIn(ApiInput):
    """One step for many samples; where it asks for one, why."""

    barcodes: list[str] = Field(min_length=1, max_length=_MOST)
    action: str = Field(max_length=40)
    reason: str | None = Field(default=None, max_length=500)
    arrival: ArrivalInput | None = Field(
        default=None, description="With the step receive: how every one of them arrived."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _require_each_once(self.barcodes)
        return self


class OutcomeOut(ApiOutput):
    """What became of one sample; ``reasons`` is empty when it took the step."""

    barcode: str
    changed: bool
    reasons: list[str]


class OutcomesOut(ApiOutput):
    """One outcome a sample, in the order of the request."""

    items: list[OutcomeOut]


class DisposalsIn(ApiInput):
    """What is discarded, why, and who signs once for exactly these where the rules ask."""

    barcodes: list[str] = Field(min_length=1, max_length=MOST_TOGETHER)
    reason: str = Field(max_length=500)
    countersigner: DisposalWitness | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _require_each_once(self.barcodes)
        return self


class DisposalIn(ApiInput):
    """Why it is discarded, and who signs for it beside the caller where the rules ask."""

    reason: str = Field(max_length=500)
    countersigner: Countersigner | None = None


def take_steps(call: Call) -> object:
    """Take a step with each sample that can; every other one says every reason why not."""
    sent = call.sent(StepsIn)
    with writing() as session:

        def make() -> OutcomesOut:
            keys, missing = _found(session, call.caller, sent.barcodes)
            outcomes = service.change_statuses(
                session,
                call.caller,
                sample_ids=[SampleId(key) for key in keys.values()],
                action=sent.action,
                reason=sent.reason,
                arrival=sent.arrival,
            )
            return _outcomes(sent.barcodes, outcomes, missing)

        return once(session, call, make)


def dispose_together(call: Call) -> object:
    """Take samples out of their places and discard each that may be, under one signature."""
    sent = call.sent(DisposalsIn)
    with writing() as session:
        keys, missing = _found(session, call.caller, sent.barcodes)
        if missing:
            raise InvalidInput(" ".join(said for each in missing.values() for said in each))

        def sign() -> list[TransitionOutcome] | Refused | Locked:
            return service.discard_together(
                session,
                call.caller,
                sample_ids=[SampleId(key) for key in keys.values()],
                reason=sent.reason,
                witness=sent.countersigner,
                take_out=storage_service.take_out_together,
            )

        def show(done: list[TransitionOutcome]) -> OutcomesOut:
            return _outcomes(sent.barcodes, done, {})

        outcome = once_signed(session, call, sign, show)
    return signed(outcome)


def dispose(call: Call) -> object:
    """Discard a sample."""
    sent = call.sent(DisposalIn)
    with writing() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])

        def sign() -> str | Refused | Locked:
            return service.dispose_sample(
                session,
                call.caller,
                sample_id=key,
                reason=sent.reason,
                countersigner=sent.countersigner,
            )

        def show(_: str) -> SampleDetailOut:
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        outcome = once_signed(session, call, sign, show)
    return signed(outcome)


def _found(
    session: WriteSession, principal: Principal, codes: list[str]
) -> tuple[dict[str, UUID], dict[str, list[str]]]:
    keys: dict[str, UUID] = {}
    missing: dict[str, list[str]] = {}
    for code in map(tidy, codes):
        try:
            keys[code] = queries.sample_id_of(session, principal, code)
        except SampleNotFound as refusal:
            missing[code] = [refusal.message]
    return keys, missing


def _outcomes(
    codes: list[str], outcomes: Sequence[TransitionOutcome], missing: dict[str, list[str]]
) -> OutcomesOut:
    reasons = {each.barcode: list(each.reasons) for each in outcomes} | missing
    return OutcomesOut(
        items=[
            OutcomeOut(barcode=code, changed=not reasons[code], reasons=reasons[code])
            for code in map(tidy, codes)
        ]
    )


def _require_each_once(barcodes: list[str]) -> None:
    codes = [tidy(code) for code in barcodes]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} stands twice. Name each sample once.")


_TAG = "Samples"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/sample-steps",
        handler=take_steps,
        access=Permission.SAMPLES_VIEW,
        summary="Take a step with many samples; each answers for itself",
        tag=_TAG,
        body=StepsIn,
        answer=OutcomesOut,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/sample-disposals",
        handler=dispose_together,
        access=Permission.SAMPLES_TRANSITION,
        summary="Discard many samples, with one signature of a second person where one is asked",
        tag=_TAG,
        body=DisposalsIn,
        answer=OutcomesOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/samples/{barcode}/disposal",
        handler=dispose,
        access=Permission.SAMPLES_TRANSITION,
        summary="Discard a sample, with a second person's signature where the rules ask for it",
        tag=_TAG,
        body=DisposalIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
)
