"""The assay that a request asks for, and its quality control at the door.

An assay's own thresholds judge the libraries whatever analysis they carry themselves: one that
fails them is not sequenced for it, unless somebody has answered for it with a signature.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.samples import qc_queries
from backend.samples.ids import QcOutcome, QcVerdict
from backend.samples.models import Sample
from backend.sequencing.errors import RequestRefused
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.views import Assay


def assay_asked(session: ReadSession, key: str) -> Assay | None:
    """Return the assay that is offered under a key; None for "".

    Raises:
        RequestRefused: none is offered so.
    """
    if not key:
        return None
    offered = {each.key: each for each in reference_queries.assays(session)}
    if key not in offered:
        raise RequestRefused(
            {"assay": f"There is no assay “{key}” on offer. Choose one from the list, or none."}
        )
    return offered[key]


def still_offered(session: ReadSession, key: str) -> str:
    """Return an assay's key, "" where it was retired since."""
    return key if key in {each.key for each in reference_queries.assays(session)} else ""


def failing(
    session: ReadSession, assay: Assay | None, sample_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return, by library, why an assay's own thresholds fail it, with their version."""
    if assay is None or not assay.content.thresholds:
        return {}
    samples = session.scalars(
        select(Sample).where(Sample.id.in_(sample_ids), Sample.qc_verdict != QcVerdict.FAIL_PROCEED)
    ).all()
    found = qc_queries.judged_for(session, samples, assay.content.thresholds)
    codes = {each.id: each.barcode for each in samples}
    return {
        key: f"{codes[key]} fails {judged.label}, which judge libraries of {assay.name}: "
        + " ".join(each.said for each in judged.findings if each.outcome is QcOutcome.FAIL)
        for key, judged in found.items()
        if judged.outcome is QcOutcome.FAIL
    }
