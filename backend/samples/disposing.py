"""Discarding a sample, with a witness where the laboratory's rules ask for one.

Exported by service.py. The record stays for ever; so does everything that was known of the tube.
"""

from dataclasses import replace

from backend.auth import service as auth_service
from backend.auth.views import Locked, Refused, SignatureView
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import changing, locking, rules
from backend.samples.errors import TransitionRefused
from backend.samples.events import DisposalSigned
from backend.samples.ids import DisposalMeaning, SampleId
from backend.samples.models import Sample
from backend.samples.rules import Standing
from backend.samples.schemas import Countersigner
from backend.samples.standing import standing_of


def dispose_sample(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    reason: str,
    countersigner: Countersigner | None = None,
) -> str | Refused | Locked:
    """Discard a sample and return its status.

    A second person signs where a witness is asked for, or where the sample should be kept longer;
    in the latter case one who manages projects. A password that does not do is returned, not
    raised, so that the try is committed and counts; nothing has changed then.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        TransitionRefused: names every guard that failed.
    """
    step = rules.BY_ACTION["dispose"]
    principal.require(step.permission)
    sample = locking.lock_sample(session, principal, sample_id)
    standing = standing_of(session, sample)
    asked = standing.lacks_witness or standing.retained_until is not None
    told = _countersigned(standing) if countersigner is not None else standing
    failures = rules.failing_guards(step, told, reason)
    if failures:
        raise TransitionRefused(sample.barcode, failures)
    if countersigner is not None and asked:
        outcome = _countersign(session, principal, sample, standing, reason, countersigner)
        if isinstance(outcome, (Refused, Locked)):
            return outcome
    return changing.apply(session, principal, sample, step, reason.strip())


def _countersigned(standing: Standing) -> Standing:
    return replace(standing, lacks_witness=False, retained_until=None)


def _countersign(  # noqa: PLR0917 one act in parts
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    standing: Standing,
    reason: str,
    countersigner: Countersigner,
) -> SignatureView | Refused | Locked:
    is_early = standing.retained_until is not None
    record = {
        "sample": sample.barcode,
        "action": "dispose",
        "reason": reason.strip(),
        "volume_ul": sample.volume_ul,
        "kept_until": standing.retained_until,
    }
    signature = auth_service.witness(
        session,
        principal,
        email=countersigner.email,
        password=countersigner.password,
        meaning=DisposalMeaning.APPROVED if is_early else DisposalMeaning.WITNESSED,
        entity="sample",
        entity_id=sample.id,
        record_digest=auth_service.digest_of(record),
    )
    if isinstance(signature, (Refused, Locked)):
        return signature
    if is_early and not may_approve(session, principal, signature):
        # Raised, so that the signature is taken back with everything else.
        kept = rules.shown_day(standing.retained_until)
        sentence = f"It has to be kept until {kept}; {signature.signer_name} may not approve less."
        raise TransitionRefused(sample.barcode, [sentence])
    event = DisposalSigned(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        signer_name=signature.signer_name,
        meaning=signature.meaning,
        signature_id=signature.id,
    )
    events_service.record(session, principal, event, reason=reason.strip())
    return signature


def may_approve(session: WriteSession, principal: Principal, signature: SignatureView) -> bool:
    """Say whether the signer answers for what is discarded before its time."""
    approver = auth_service.principal_of_user(
        session, signature.signer_id, origin=principal.origin, request_id=principal.request_id
    )
    return approver is not None and approver.may(Permission.PROJECTS_MANAGE)
