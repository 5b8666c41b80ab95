"""What was signed of a sample: overruled verdicts and disposals; and what an edit does to it.

A signature binds a person to a record as it was. An edit of what the record rests on voids it, by
name; it stays where it is and says by what (DOMAIN 2g).
"""

from collections.abc import Sequence

from sqlalchemy import select

from backend.auth import service as auth_service
from backend.auth.views import SignatureView
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import qc_queries, queries
from backend.samples.disposal_models import SignedDisposalSample
from backend.samples.disposing_together import SIGNED_SET
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.samples.qc_models import QcJudgement

SIGNED_JUDGEMENT = "qc_judgement"
SIGNED_SAMPLE = "sample"


def signatures_of_sample(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> list[SignatureView]:
    """Return everything that was signed of a sample, voided or not, newest first.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    key = queries.load_sample(session, principal, sample_id).id
    judged = session.scalars(
        select(QcJudgement.id).where(
            QcJudgement.sample_id == key, QcJudgement.signature_id.is_not(None)
        )
    )
    found = auth_service.signatures_of(session, entity=SIGNED_SAMPLE, entity_id=key)
    together = session.scalars(
        select(SignedDisposalSample.disposal_id).where(
            SignedDisposalSample.sample_id == key, SignedDisposalSample.discarded_at.is_not(None)
        )
    )
    for disposal in together:
        found += auth_service.signatures_of(session, entity=SIGNED_SET, entity_id=disposal)
    for judgement in judged:
        found += auth_service.signatures_of(session, entity=SIGNED_JUDGEMENT, entity_id=judgement)
    return sorted(found, key=lambda each: each.signed_at, reverse=True)


def void_signed_judgement(
    session: WriteSession, principal: Principal, sample: Sample, *, edit: str
) -> int:
    """Void what was signed of a locked sample's standing judgement; ``edit`` says what did it."""
    last = qc_queries.last_judgement(session, sample)
    if last is None or last.signature_id is None:
        return 0
    return auth_service.void_signatures(
        session, principal, entity=SIGNED_JUDGEMENT, entity_id=last.id, reason=edit
    )


def measured_names(changed: Sequence[str]) -> list[str]:
    """Return which of the changed fields a judgement rests on."""
    measured = {metric.value for metric in qc_queries.COLUMNS}
    return [name for name in changed if name in measured]
