"""Holds: reasons not to use a sample for now, and who may say that they are gone.

Exported by service.py.
"""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries
from backend.samples.errors import HoldAlreadySet, HoldNotFound, RegistrationRefused
from backend.samples.events import HoldReleased, HoldSet
from backend.samples.ids import HoldKind, SampleId
from backend.samples.locking import lock_sample
from backend.samples.models import SampleHold


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
    session.add(
        SampleHold(
            sample_id=sample.id,
            kind=kind,
            reason=reason.strip(),
            release_rule=release_rule.strip(),
            set_by=principal.user_id,
        )
    )
    event = HoldSet(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(session, principal, event, reason=reason.strip())


def release_hold(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: HoldKind,
    reason: str,
) -> None:
    """Let a sample be used again, for a reason.

    Raises:
        SampleNotFound, HoldNotFound; RegistrationRefused when no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    if not reason.strip():
        raise RegistrationRefused(
            "Releasing a hold needs a reason. Write one.",
            fields={"reason": "Write why it may be used again."},
        )
    sample = lock_sample(session, principal, sample_id)
    hold = next((h for h in queries.open_holds(session, sample.id) if h.kind is kind), None)
    if hold is None:
        raise HoldNotFound(f"{sample.barcode} is not on this hold.")
    hold.released_by, hold.released_at = principal.user_id, clock.utc_now()
    event = HoldReleased(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(session, principal, event, reason=reason.strip())
