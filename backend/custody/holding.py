"""Who may pass a tube on: the one who holds it, or anybody where nobody does."""

from collections.abc import Sequence

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import chain
from backend.custody.errors import HeldByAnother
from backend.custody.ids import Cause, PartyKind
from backend.custody.models import CustodyEvent
from backend.samples import custody_blocks
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import Custody, Lifecycle, SampleId
from backend.samples.models import Sample

_OVER = (
    Lifecycle.DEPLETED,
    Lifecycle.DISPOSED,
    Lifecycle.RETURNED,
    Lifecycle.LOST,
    Lifecycle.DESTROYED,
)


def lock_tubes(
    session: WriteSession, principal: Principal, sample_ids: Sequence[SampleId]
) -> list[Sample]:
    """Lock visible, unpromised samples in key order; return them in the order asked for.

    Raises:
        SampleNotFound: one is absent or not visible.
        SamplePromised: one waits for somebody's answer.
    """
    rows = session.scalars(
        samples_queries.visible_samples(principal)
        .where(Sample.id.in_(list(sample_ids)))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    found = {SampleId(sample.id): sample for sample in rows}
    missing = len(set(sample_ids) - found.keys())
    if missing:
        raise SampleNotFound(
            f"{missing} of {len(sample_ids)} samples are not there, or not yours to see."
        )
    custody_blocks.require_unpromised(session, found.keys())
    return [found[sample_id] for sample_id in sample_ids]


def require_in_hand(
    session: WriteSession, principal: Principal, sample: Sample
) -> CustodyEvent | None:
    """Return the last link of a locked tube that the principal may pass on.

    Raises:
        HeldByAnother: it stands in storage, is over, or somebody else has it.
    """
    if sample.lifecycle in _OVER:
        raise HeldByAnother(f"{sample.barcode} is no longer there: its lifecycle has ended.")
    last = chain.last_link(session, SampleId(sample.id))
    if sample.custody is Custody.IN_STORAGE:
        where = last.to_label if last else "storage"
        raise HeldByAnother(f"{sample.barcode} stands in {where}. Check it out first.")
    is_other = last is not None and last.to_kind is PartyKind.PERSON
    if is_other and last is not None and last.to_id not in {None, principal.user_id}:
        raise HeldByAnother(
            f"{last.to_label} holds {sample.barcode}. Ask them to hand it over to you."
        )
    return last


def take_in_hand(session: WriteSession, principal: Principal, sample: Sample) -> None:
    """Write down that the principal has a tube that lay on a bench or was on nobody's record."""
    last = require_in_hand(session, principal, sample)
    if last is not None and last.to_id == principal.user_id:
        return
    chain.add_link(
        session,
        principal,
        SampleId(sample.id),
        cause=Cause.TAKEN_IN,
        to=chain.person(principal.user_id, principal.name),
    )
