"""Quality control of samples: measurements, verdicts, overruling them, thresholds."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once, once_signed
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.signing import signed
from backend.api.v1.samples import SampleDetailOut
from backend.auth.views import Locked, Refused
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import qc_effects, qc_queries, queries, service
from backend.samples.ids import MaterialType, Metric, QcOutcome, QcVerdict
from backend.samples.qc_schemas import Measured, ThresholdsIn
from backend.samples.views import JudgementView


class SignatureOut(ApiOutput):
    """A signature; the digest is the SHA-256 of the record that was signed."""

    id: UUID
    signer_name: str
    meaning: str
    record_digest: str
    signed_at: datetime
    voided_at: datetime | None
    voided_by_name: str | None
    void_reason: str | None


class MeasurementOut(ApiOutput):
    """A value in the metric's own unit."""

    metric: Metric
    value: float
    unit: str
    method: str
    instrument: str | None
    measured_at: datetime
    actor_name: str


class FindingOut(ApiOutput):
    """What one metric was found to be; the value is text, exactly as it was judged."""

    metric: Metric
    value: Decimal | None
    outcome: QcOutcome
    said: str


class JudgementOut(ApiOutput):
    """What quality control said; ``outcome`` is the thresholds', ``verdict`` what stands."""

    verdict: QcVerdict
    outcome: QcOutcome | None
    thresholds: str | None
    findings: list[FindingOut]
    is_override: bool
    reason: str | None
    signature: SignatureOut | None
    actor_name: str
    at: datetime


class QualityOut(ApiOutput):
    """A sample's measurements and judgements, newest first."""

    measurements: list[MeasurementOut]
    judgements: list[JudgementOut]


class MeasurementsIn(ApiInput):
    """Values that were measured together."""

    measured: list[Measured] = Field(min_length=1, max_length=len(Metric))


class VerdictIn(ApiInput):
    """A person's verdict, of a sample that no thresholds judge; signed as `OverrideIn`."""

    verdict: QcVerdict
    reason: str = Field(max_length=500)
    password: str = Field(max_length=128)


class OverrideIn(ApiInput):
    """A verdict against the thresholds; ``password`` is the caller's own, typed again."""

    verdict: QcVerdict
    reason: str = Field(max_length=500)
    password: str = Field(max_length=128)


class LimitsOut(ApiOutput):
    """What is asked of a metric; a value at a limit still passes it. Open where null."""

    metric: Metric
    is_required: bool
    fail_low: float | None
    warn_low: float | None
    warn_high: float | None
    fail_high: float | None


class ThresholdsOut(ApiOutput):
    """A published set."""

    material_type: MaterialType
    application: str
    version: int
    reason: str
    published_at: datetime
    published_by_name: str
    limits: list[LimitsOut]


class ThresholdSetsOut(ApiOutput):
    """The sets in force."""

    items: list[ThresholdsOut]


class VerdictChangeOut(ApiOutput):
    """How many samples carry one verdict and would be given another."""

    was: QcVerdict
    would_be: QcVerdict
    count: int


class EffectOut(ApiOutput):
    """What thresholds would say of samples that carry a verdict, if they were measured again.

    ``overruled`` samples are left out. ``is_whole`` is false where only your projects are counted.
    """

    judged: int
    differing: int
    changes: list[VerdictChangeOut]
    overruled: int
    is_whole: bool


def read_quality(call: Call) -> QualityOut:
    """Return what was measured and said of a sample."""
    with reading() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        measured = qc_queries.measurements_of(session, call.caller, key)
        judged = qc_queries.judgements_of(session, call.caller, key)
    return QualityOut(
        measurements=[MeasurementOut.model_validate(view) for view in measured],
        judgements=[JudgementOut.model_validate(view) for view in judged],
    )


def record_measurements(call: Call) -> object:
    """Write values down; where thresholds are in force the sample is judged by them."""
    with writing() as session:

        def make() -> SampleDetailOut:
            key = queries.sample_id_of(session, call.caller, call.path["barcode"])
            service.record_measurements(
                session, call.caller, sample_id=key, measured=call.sent(MeasurementsIn).measured
            )
            return SampleDetailOut.of(queries.get_sample(session, call.caller, key))

        return once(session, call, make)


def record_verdict(call: Call) -> object:
    """Record a person's verdict, with a signature."""
    sent = call.sent(VerdictIn)
    with writing() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])

        def sign() -> JudgementView | Refused | Locked:
            return service.record_qc_verdict(
                session,
                call.caller,
                sample_id=key,
                verdict=sent.verdict,
                reason=sent.reason,
                password=sent.password,
            )

        outcome = once_signed(session, call, sign, JudgementOut.model_validate)
    return signed(outcome)


def override_verdict(call: Call) -> object:
    """Set a verdict against the thresholds, with a signature."""
    sent = call.sent(OverrideIn)
    with writing() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])

        def sign() -> JudgementView | Refused | Locked:
            return service.override_verdict(
                session,
                call.caller,
                sample_id=key,
                verdict=sent.verdict,
                reason=sent.reason,
                password=sent.password,
            )

        outcome = once_signed(session, call, sign, JudgementOut.model_validate)
    return signed(outcome)


def read_thresholds(call: Call) -> ThresholdSetsOut:
    """Return the thresholds in force."""
    with reading() as session:
        found = qc_queries.thresholds(session, call.caller)
    return ThresholdSetsOut(items=[ThresholdsOut.model_validate(view) for view in found])


def publish_thresholds(call: Call) -> object:
    """Put a set of thresholds in force."""
    with writing() as session:

        def make() -> ThresholdsOut:
            made = service.publish_thresholds(session, call.caller, given=call.sent(ThresholdsIn))
            return ThresholdsOut.model_validate(made)

        return once(session, call, make)


def preview_thresholds(call: Call) -> EffectOut:
    """Count the verdicts that thresholds would change; nothing is written."""
    with reading() as session:
        found = qc_effects.effect_of(session, call.caller, given=call.sent(ThresholdsIn))
    return EffectOut.model_validate(found)


_TAG = "Samples"
_ONE = "/api/v1/samples/{barcode}"
ROUTES = (
    Route(
        method="GET",
        path=f"{_ONE}/quality",
        handler=read_quality,
        access=Permission.SAMPLES_VIEW,
        summary="What was measured of a sample, and what quality control said",
        tag=_TAG,
        answer=QualityOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/measurements",
        handler=record_measurements,
        access=Permission.SAMPLES_EDIT,
        summary="Write down measured values; thresholds in force judge the sample",
        tag=_TAG,
        body=MeasurementsIn,
        answer=SampleDetailOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/verdicts",
        handler=record_verdict,
        access=Permission.SAMPLES_EDIT,
        summary="Record a person's verdict of a sample that no thresholds judge, with a signature",
        tag=_TAG,
        body=VerdictIn,
        answer=JudgementOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/overrides",
        handler=override_verdict,
        access=Permission.SAMPLES_OVERRIDE_QC,
        summary="Set a verdict against the thresholds, with a reason and a signature",
        tag=_TAG,
        body=OverrideIn,
        answer=JudgementOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/qc-thresholds",
        handler=read_thresholds,
        access=Permission.SAMPLES_VIEW,
        summary="The thresholds in force, by material and analysis",
        tag=_TAG,
        answer=ThresholdSetsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/qc-thresholds",
        handler=publish_thresholds,
        access=Permission.SAMPLES_CONFIGURE,
        summary="Publish thresholds as the next version; older ones stay on record",
        tag=_TAG,
        body=ThresholdsIn,
        answer=ThresholdsOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/qc-threshold-previews",
        handler=preview_thresholds,
        access=Permission.SAMPLES_CONFIGURE,
        summary="Count the verdicts that thresholds would change, before they are published",
        tag=_TAG,
        body=ThresholdsIn,
        answer=EffectOut,
    ),
)
