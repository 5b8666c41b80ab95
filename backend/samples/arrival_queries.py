"""Reading how a sample arrived, with what was written before it was corrected."""

from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.samples.arrival_models import SampleArrival, SampleArrivalCorrection
from backend.samples.arrival_views import ArrivalCorrectionView, ArrivalView
from backend.samples.ids import ArrivalCondition


def arrival_of(session: ReadSession, sample_id: UUID) -> ArrivalView | None:
    """Return how a sample arrived, None where nobody wrote it down. The caller may see it."""
    found = session.get(SampleArrival, sample_id)
    if found is None:
        return None
    earlier = session.scalars(
        select(SampleArrivalCorrection)
        .where(SampleArrivalCorrection.sample_id == sample_id)
        .order_by(SampleArrivalCorrection.corrected_at, SampleArrivalCorrection.id)
    )
    return ArrivalView(
        conditions=[ArrivalCondition(each) for each in found.conditions],
        temperature_c=found.temperature_c,
        note=found.note,
        received_by_name=found.received_by_name,
        received_at=found.received_at,
        corrections=[_correction(each) for each in earlier],
    )


def _correction(row: SampleArrivalCorrection) -> ArrivalCorrectionView:
    return ArrivalCorrectionView(
        conditions=[ArrivalCondition(each) for each in row.conditions],
        temperature_c=row.temperature_c,
        note=row.note,
        reason=row.reason,
        corrected_by_name=row.corrected_by_name,
        corrected_at=row.corrected_at,
    )
