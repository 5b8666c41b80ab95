"""How long a sample stays good: freeze and thaw cycles, and the day it expires.

Exported by service.py.
"""

from datetime import date

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import keeping_rules, locking, volumes
from backend.samples.errors import RegistrationRefused
from backend.samples.events import ExpirySet, ThawCounted
from backend.samples.handling import policy_of
from backend.samples.ids import SampleId
from backend.samples.views import ThawCount

_FURTHEST_YEARS = 100


def count_thaw(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, reason: str
) -> ThawCount:
    """Write down that a sample was thawed, and say when that is often for its material.

    It is counted all the same: what has happened has happened.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: no reason.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write what it was thawed for.")
    sample = locking.lock_sample(session, principal, sample_id)
    before = sample.freeze_thaw_count
    sample.freeze_thaw_count = before + 1
    locking.touch(session, sample)
    event = ThawCounted(
        aggregate_id=sample.id, barcode=sample.barcode, count=sample.freeze_thaw_count
    )
    events_service.record(
        session,
        principal,
        event,
        old={"freeze_thaw_count": before},
        new={"freeze_thaw_count": sample.freeze_thaw_count},
        reason=why,
    )
    limit = policy_of(session, sample.material_type).thaw_limit
    return ThawCount(
        count=sample.freeze_thaw_count,
        limit=limit,
        warning=keeping_rules.thaw_warning(sample.material_type, sample.freeze_thaw_count, limit),
    )


def set_expiry(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    expires_on: date | None,
    reason: str,
) -> None:
    """Say until which day, included, a sample is good; None where it does not go off.

    From the day after nothing can be drawn from it and it cannot be sequenced.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: no reason, or a day that cannot be meant.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write what the date rests on.")
    this_year = clock.utc_now().year
    if expires_on is not None and abs(expires_on.year - this_year) > _FURTHEST_YEARS:
        sentence = f"{expires_on:%d %b %Y} cannot be meant. Check the year."
        raise RegistrationRefused(sentence, fields={"expires_on": sentence})
    sample = locking.lock_sample(session, principal, sample_id)
    before = sample.expires_on
    if before == expires_on:
        return
    sample.expires_on = expires_on
    locking.touch(session, sample)
    event = ExpirySet(aggregate_id=sample.id, barcode=sample.barcode, expires_on=expires_on)
    events_service.record(
        session,
        principal,
        event,
        old={"expires_on": before},
        new={"expires_on": expires_on},
        reason=why,
    )
