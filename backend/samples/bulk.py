"""One act for many samples: each that can takes it, the others say why not. See service.py."""

from collections.abc import Callable, Sequence

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import hold_rules, holds, locking
from backend.samples.errors import (
    ConsentStillWithdrawn,
    HoldAlreadySet,
    HoldNotFound,
    RegistrationRefused,
)
from backend.samples.ids import HoldKind, SampleId
from backend.samples.views import TransitionOutcome


def hold_samples(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    kind: HoldKind,
    reason: str,
) -> list[TransitionOutcome]:
    """Put samples on a hold; those on it already say so.

    Raises:
        SampleNotFound: one is not visible; nothing is changed.
        RegistrationRefused: no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    _need_reason(reason, "Write why they are on hold.")

    def hold(sample_id: SampleId) -> None:
        holds.set_hold(session, principal, sample_id=sample_id, kind=kind, reason=reason)

    return _each(session, principal, sample_ids, hold)


def release_samples(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    kind: HoldKind,
    reason: str,
    evidence: str = "",
) -> list[TransitionOutcome]:
    """Release samples from a hold; those not on it say so. Same errors as `hold_samples`."""
    principal.require(hold_rules.RELEASE[kind].permission)
    faults = hold_rules.release_faults(kind, reason=reason, evidence=evidence)
    if faults:
        raise RegistrationRefused(
            f"Releasing this hold needs more. {' '.join(faults.values())}", fields=faults
        )

    def release(sample_id: SampleId) -> None:
        holds.release_hold(
            session, principal, sample_id=sample_id, kind=kind, reason=reason, evidence=evidence
        )

    return _each(session, principal, sample_ids, release)


def _need_reason(reason: str, say: str) -> None:
    if not reason.strip():
        raise RegistrationRefused(f"A reason is needed. {say}", fields={"reason": say})


def _each(
    session: WriteSession,
    principal: Principal,
    sample_ids: Sequence[SampleId],
    act: Callable[[SampleId], None],
) -> list[TransitionOutcome]:
    outcomes = []
    # Locked in key order, so that two such changes cannot wait for each other in a circle.
    for sample_id in sorted(set(sample_ids)):
        barcode = locking.lock_sample(session, principal, sample_id).barcode
        refused = _refusal(act, sample_id)
        outcomes.append(
            TransitionOutcome(
                sample_id=sample_id,
                barcode=barcode,
                reasons=() if refused is None else (refused.message,),
            )
        )
    return outcomes


def _refusal(act: Callable[[SampleId], None], sample_id: SampleId) -> AppError | None:
    """Return why an act is refused; both services look before they write."""
    try:
        act(sample_id)
    except (HoldAlreadySet, HoldNotFound, ConsentStillWithdrawn) as refusal:
        return refusal
    return None
