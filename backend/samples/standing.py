"""What guards look at, read from a sample's rows: the page and the service see one thing."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from backend.auth import queries as auth_queries
from backend.core.sessions import ReadSession
from backend.samples import keeping_rules
from backend.samples.consent_models import Consent
from backend.samples.handling import policy_of, retained_until
from backend.samples.ledger_models import SampleParent
from backend.samples.models import Sample, SampleHold
from backend.samples.rules import Standing


def standing_of(session: ReadSession, sample: Sample) -> Standing:
    """Return how a sample stands now. Who decides by it holds the sample's row."""
    today = auth_queries.laboratory_day(session)
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
        consent_problem=consent_problems(session, [sample.id]).get(sample.id),
        retained_until=kept_until if kept_until is not None and kept_until >= today else None,
        lacks_witness=policy.disposal_witnessed,
    )


def consent_problems(session: ReadSession, sample_ids: Collection[UUID]) -> dict[UUID, str]:
    """Say what is wrong with the consent of samples, or of any that they were made from.

    Those of which nothing is wrong are absent.
    """
    today = auth_queries.laboratory_day(session)
    walk = (
        select(Sample.id.label("root"), Sample.id.label("id"))
        .where(Sample.id.in_(sample_ids))
        .cte("walk", recursive=True)
    )
    walk = walk.union(
        select(walk.c.root, SampleParent.parent_id).join(walk, SampleParent.child_id == walk.c.id)
    )
    spoiled = session.execute(
        select(walk.c.root, Consent)
        .join(Sample, Sample.id == walk.c.id)
        .join(Consent, Consent.id == Sample.consent_id)
        .where(or_(Consent.withdrawn_at.is_not(None), Consent.expires_on < today))
        .order_by(Consent.reference)
    )
    found: dict[UUID, str] = {}
    for root, consent in spoiled:
        problem = keeping_rules.consent_problem(
            consent.reference,
            expires_on=consent.expires_on,
            is_withdrawn=consent.withdrawn_at is not None,
            today=today,
        )
        if problem is not None:
            found.setdefault(root, problem)
    return found
