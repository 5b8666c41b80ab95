"""What guards look at, read from a sample's rows: the page and the service see one thing."""

from datetime import date

from sqlalchemy import or_, select

from backend.core import clock
from backend.core.sessions import ReadSession
from backend.samples import keeping_rules
from backend.samples.consent_models import Consent
from backend.samples.handling import policy_of, retained_until
from backend.samples.ledger_models import SampleParent
from backend.samples.models import Sample, SampleHold
from backend.samples.rules import Standing


def standing_of(session: ReadSession, sample: Sample) -> Standing:
    """Return how a sample stands now. Who decides by it holds the sample's row."""
    today = clock.utc_now().date()
    held = session.scalars(
        select(SampleHold.kind).where(
            SampleHold.sample_id == sample.id, SampleHold.released_at.is_(None)
        )
    )
    expired = sample.expires_on is not None and sample.expires_on < today
    policy = policy_of(session, sample.material_type)
    kept_until = retained_until(policy, sample)
    return Standing(
        lifecycle=sample.lifecycle,
        custody=sample.custody,
        qc_verdict=sample.qc_verdict,
        holds=frozenset(held),
        has_received_at=sample.received_at is not None,
        has_volume=bool(sample.volume_ul),
        expired_on=sample.expires_on if expired else None,
        consent_problem=_consent_problem(session, sample, today),
        retained_until=kept_until if kept_until is not None and kept_until >= today else None,
        lacks_witness=policy.disposal_witnessed,
    )


def _consent_problem(session: ReadSession, sample: Sample, today: date) -> str | None:
    """Say what is wrong with the consent of a sample or of any that it was made from."""
    above = (
        select(SampleParent.parent_id.label("id"))
        .where(SampleParent.child_id == sample.id)
        .cte("above", recursive=True)
    )
    above = above.union(
        select(SampleParent.parent_id).join(above, SampleParent.child_id == above.c.id)
    )
    spoiled = session.scalars(
        select(Consent)
        .join(Sample, Sample.consent_id == Consent.id)
        .where(
            or_(Sample.id == sample.id, Sample.id.in_(select(above.c.id))),
            or_(Consent.withdrawn_at.is_not(None), Consent.expires_on < today),
        )
        .order_by(Consent.reference)
        .limit(1)
    ).one_or_none()
    if spoiled is None:
        return None
    return keeping_rules.consent_problem(
        spoiled.reference,
        expires_on=spoiled.expires_on,
        is_withdrawn=spoiled.withdrawn_at is not None,
        today=today,
    )
