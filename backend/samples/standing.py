"""What guards look at, read from a sample's rows: the page and the service see one thing."""

from datetime import date

from sqlalchemy import select

from backend.core import clock
from backend.core.sessions import ReadSession
from backend.samples.models import Sample, SampleHold
from backend.samples.rules import Standing


def standing_of(session: ReadSession, sample: Sample) -> Standing:
    """Return how a sample stands now. Who decides by it holds the sample's row."""
    held = session.scalars(
        select(SampleHold.kind).where(
            SampleHold.sample_id == sample.id, SampleHold.released_at.is_(None)
        )
    )
    return Standing(
        lifecycle=sample.lifecycle,
        custody=sample.custody,
        qc_verdict=sample.qc_verdict,
        holds=frozenset(held),
        has_received_at=sample.received_at is not None,
        has_volume=bool(sample.volume_ul),
        expired_on=expired_on(sample),
    )


def expired_on(sample: Sample) -> date | None:
    """Return the day that a sample expired on, None while it is good (UTC days)."""
    day = sample.expires_on
    return day if day is not None and day < clock.utc_now().date() else None
