"""Quality control: measuring, judging by thresholds, and overruling them. Exported by service.py.

Every judgement keeps the version of the thresholds that it rests on and what it found of each
metric. A later one voids what was signed under the one before. What a person decides, by hand or
against the thresholds, takes a reason and their signature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from backend.auth import service as auth_service
from backend.auth.views import Locked, Refused
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import locking, qc_queries, qc_rules, signing, volumes
from backend.samples.errors import RegistrationRefused, ThresholdsDecide
from backend.samples.events import MeasurementsRecorded, SampleMeasured
from backend.samples.ids import Metric, QcVerdict, SampleId
from backend.samples.models import Sample
from backend.samples.qc_models import QcJudgement, SampleMeasurement
from backend.samples.qc_queries import Judged
from backend.samples.qc_rules import Finding
from backend.samples.qc_schemas import Measured
from backend.samples.views import JudgementView

OVERRIDE_MEANING = "approval of a quality control override"
VERDICT_MEANING = "responsibility for a quality control verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a person says of a sample, and what the thresholds say of it."""

    verdict: QcVerdict
    reason: str
    judged: Judged | None
    is_override: bool


def record_measurements(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    measured: Sequence[Measured],
) -> JudgementView | None:
    """Write values down and judge the sample anew where thresholds are in force for it.

    Returns the judgement, None where nobody has published thresholds.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: a value that cannot be; nothing is written.
    """
    principal.require(Permission.SAMPLES_EDIT)
    _refuse_impossible(measured)
    sample = locking.lock_sample(session, principal, sample_id)
    now = clock.utc_now()
    before = {each.metric.value: _column(sample, each.metric) for each in measured}
    for each in measured:
        session.add(
            SampleMeasurement(
                sample_id=sample.id,
                metric=each.metric,
                value=each.value,
                method=each.method,
                instrument=each.instrument,
                measured_at=each.measured_at or now,
                actor_id=principal.user_id,
                actor_name=principal.name,
                recorded_at=now,
            )
        )
    session.flush()
    for metric, value in qc_queries.latest_values(session, sample).items():
        if metric in qc_queries.COLUMNS:
            setattr(sample, metric.value, value)
    locking.touch(session, sample)
    event = MeasurementsRecorded(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        metrics=tuple(each.metric.value for each in measured),
    )
    told = {each.metric.value: f"{each.value} ({each.method})" for each in measured}
    events_service.record(session, principal, event, old=before, new=told)
    judgement = _judge(session, principal, sample)
    if judgement is None:
        # No thresholds say what the new values mean; what was signed rests on older ones.
        names = ", ".join(qc_rules.NAMES[each.metric] for each in measured)
        edit = f"{names} of {sample.barcode} measured anew."
        signing.void_signed_judgement(session, principal, sample, edit=edit)
    return judgement


def record_qc_verdict(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    verdict: QcVerdict,
    reason: str,
    password: str,
) -> JudgementView | Refused | Locked:
    """Record a person's verdict of a sample that no thresholds judge, signed by them.

    A password that does not do is returned, as by `override_verdict`.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: no reason, or no verdict.
        ThresholdsDecide: thresholds say something else, or the verdict is for overruling them.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write what the verdict rests on.")
    _refuse_no_verdict(verdict)
    sample = locking.lock_sample(session, principal, sample_id)
    judged = qc_queries.judged(session, sample)
    if verdict is QcVerdict.FAIL_PROCEED or (
        judged is not None and qc_rules.VERDICT_OF[judged.outcome] is not verdict
    ):
        raise ThresholdsDecide(sample.barcode, judged.label if judged else None)
    said = _Said(verdict=verdict, reason=why, judged=judged, is_override=False)
    return _write_signed(session, principal, sample, said, password=password)


def override_verdict(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    verdict: QcVerdict,
    reason: str,
    password: str,
) -> JudgementView | Refused | Locked:
    """Set a verdict against the thresholds: a role, a reason and a signature.

    A password that does not do is returned, not raised, so that the try is committed and counts;
    nothing has changed then.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: no reason, or no verdict.
    """
    principal.require(Permission.SAMPLES_OVERRIDE_QC)
    why = volumes.checked_reason(reason, "Write why the verdict is to be another.")
    _refuse_no_verdict(verdict)
    sample = locking.lock_sample(session, principal, sample_id)
    judged = qc_queries.judged(session, sample)
    said = _Said(verdict=verdict, reason=why, judged=judged, is_override=True)
    return _write_signed(session, principal, sample, said, password=password)


def _write_signed(
    session: WriteSession, principal: Principal, sample: Sample, said: _Said, *, password: str
) -> JudgementView | Refused | Locked:
    judged, key = said.judged, new_id()
    record = {
        "sample": sample.barcode,
        "verdict": said.verdict,
        "instead_of": judged.outcome if judged and said.is_override else None,
        "thresholds": judged.label if judged else None,
        "findings": _told(judged.findings) if judged else [],
        "reason": said.reason,
    }
    signature = auth_service.sign(
        session,
        principal,
        password=password,
        meaning=OVERRIDE_MEANING if said.is_override else VERDICT_MEANING,
        entity=signing.SIGNED_JUDGEMENT,
        entity_id=key,
        record_digest=auth_service.digest_of(record),
    )
    if isinstance(signature, (Refused, Locked)):
        return signature
    row = _write(
        session,
        principal,
        sample,
        verdict=said.verdict,
        judged=judged,
        reason=said.reason,
        is_override=said.is_override,
        key=key,
        signature_id=signature.id,
    )
    return qc_queries.judgement_view(session, row)


def _judge(session: WriteSession, principal: Principal, sample: Sample) -> JudgementView | None:
    judged = qc_queries.judged(session, sample)
    if judged is None:
        return None
    verdict = qc_rules.VERDICT_OF[judged.outcome]
    row = _write(session, principal, sample, verdict=verdict, judged=judged, reason=None)
    return qc_queries.judgement_view(session, row)


def _write(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    verdict: QcVerdict,
    judged: Judged | None,
    reason: str | None,
    is_override: bool = False,
    key: UUID | None = None,
    signature_id: UUID | None = None,
) -> QcJudgement:
    by = f" by {judged.label}" if judged else ""
    edit = f"{sample.barcode} was judged anew{by}: {verdict.value.replace('_', ' ')}."
    signing.void_signed_judgement(session, principal, sample, edit=edit)
    row = QcJudgement(
        id=key or new_id(),
        sample_id=sample.id,
        set_id=judged.set_id if judged else None,
        outcome=judged.outcome if judged else None,
        verdict=verdict,
        findings=_told(judged.findings) if judged else [],
        is_override=is_override,
        reason=reason,
        signature_id=signature_id,
        actor_id=principal.user_id,
        actor_name=principal.name,
        at=clock.utc_now(),
    )
    session.add(row)
    before, old = sample.status, sample.qc_verdict
    sample.qc_verdict = verdict
    locking.touch(session, sample)
    event = SampleMeasured(aggregate_id=sample.id, barcode=sample.barcode, qc_verdict=verdict.value)
    new = {"qc_verdict": verdict, "thresholds": judged.label if judged else None}
    events_service.record(
        session, principal, event, old={"qc_verdict": old}, new=new, reason=reason
    )
    if sample.status != before:
        locking.write_step(session, principal, sample, action="judge", before=before, reason=reason)
    return row


def _refuse_no_verdict(verdict: QcVerdict) -> None:
    if verdict is QcVerdict.NONE:
        raise RegistrationRefused(
            "Choose the verdict that is to stand.", fields={"verdict": "Choose a verdict."}
        )


def _refuse_impossible(measured: Sequence[Measured]) -> None:
    faults: dict[str, str] = {}
    for each in measured:
        fault = qc_rules.value_fault(each.metric, each.value)
        if each.metric is Metric.VOLUME:
            fault = "A volume stands in the tube's ledger. Correct it there."
        elif each.measured_at is not None and each.measured_at > clock.utc_now():
            fault = f"{qc_rules.NAMES[each.metric]} cannot have been measured in the future."
        if fault:
            faults[each.metric.value] = fault
    if not measured:
        faults["measured"] = "Give at least one value."
    if faults:
        raise RegistrationRefused(" ".join(faults.values()), fields=faults)


def _column(sample: Sample, metric: Metric) -> Decimal | None:
    return getattr(sample, metric.value) if metric in qc_queries.COLUMNS else None


def _told(findings: Sequence[Finding]) -> list[Mapping[str, str | None]]:
    return [
        {
            "metric": finding.metric.value,
            "value": None if finding.value is None else str(finding.value),
            "outcome": finding.outcome.value,
            "said": finding.said,
        }
        for finding in findings
    ]
