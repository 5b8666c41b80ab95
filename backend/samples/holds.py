"""Holds: reasons not to use a sample for now, and who may say that they are gone.

Exported by service.py.
"""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import consents, hold_rules, queries
from backend.samples.errors import (
    ConsentStillWithdrawn,
    HoldAlreadySet,
    HoldNotFound,
    RegistrationRefused,
)
from backend.samples.events import HoldReleased, HoldSet
from backend.samples.ids import HoldKind, SampleId
from backend.samples.locking import lock_sample
from backend.samples.models import Sample, SampleHold
from backend.samples.standing import standing_of


def set_hold(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: HoldKind,
    reason: str,
    release_rule: str = "",
) -> None:
    """Keep a sample from being used, for a reason.

    Raises:
        SampleNotFound, HoldAlreadySet; RegistrationRefused when no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    if not reason.strip():
        raise RegistrationRefused(
            "A hold needs a reason. Write one.", fields={"reason": "Write why it is on hold."}
        )
    sample = lock_sample(session, principal, sample_id)
    if any(hold.kind is kind for hold in queries.open_holds(session, sample.id)):
        raise HoldAlreadySet(f"{sample.barcode} is on this hold already.")
    if kind is HoldKind.CONSENT_WITHDRAWN:
        # A donor's word binds what was made from the sample, too.
        consents.stamp(session, principal, [sample.id], reason=reason.strip())
        return
    put_on_hold(
        session,
        principal,
        sample,
        kind=kind,
        reason=reason.strip(),
        release_rule=release_rule.strip(),
    )


def put_on_hold(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    kind: HoldKind,
    reason: str,
    release_rule: str,
) -> None:
    """Put a locked sample on a hold that is not open; whether it may be was decided before."""
    session.add(
        SampleHold(
            sample_id=sample.id,
            kind=kind,
            reason=reason,
            release_rule=release_rule,
            set_by=principal.user_id,
            set_by_name=principal.name,
        )
    )
    event = HoldSet(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(session, principal, event, reason=reason)


def release_hold(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: HoldKind,
    reason: str,
    evidence: str = "",
) -> None:
    """Let a sample be used again, as far as this hold goes, for a reason.

    Who may, and whether something has to be shown, stands in `hold_rules.RELEASE`.

    Raises:
        SampleNotFound, HoldNotFound; RegistrationRefused when a reason or evidence lacks;
        ConsentStillWithdrawn: the consent that it is under has not been replaced.
    """
    principal.require(hold_rules.RELEASE[kind].permission)
    faults = hold_rules.release_faults(kind, reason=reason, evidence=evidence)
    if faults:
        raise RegistrationRefused(
            f"Releasing this hold needs more. {' '.join(faults.values())}", fields=faults
        )
    sample = lock_sample(session, principal, sample_id)
    hold = next((h for h in queries.open_holds(session, sample.id) if h.kind is kind), None)
    if hold is None:
        raise HoldNotFound(f"{sample.barcode} is not on this hold.")
    if kind is HoldKind.CONSENT_WITHDRAWN:
        _require_new_consent(session, sample)
    hold.released_by, hold.released_at = principal.user_id, clock.utc_now()
    hold.released_by_name = principal.name
    hold.release_reason, hold.release_evidence = reason.strip(), evidence.strip() or None
    event = HoldReleased(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(
        session,
        principal,
        event,
        new={"kind": kind, "evidence": hold.release_evidence},
        reason=reason.strip(),
    )


def _require_new_consent(session: WriteSession, sample: Sample) -> None:
    problem = standing_of(session, sample).consent_problem
    if problem is not None:
        raise ConsentStillWithdrawn(
            f"{problem} Tie the donor's new consent to {sample.barcode}, or to the sample that it "
            "was made from, first."
        )
