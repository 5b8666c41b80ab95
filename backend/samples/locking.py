"""Holding a sample's row, and writing down what was done with one that is held."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries
from backend.samples.errors import SampleNotFound
from backend.samples.events import StatusChanged
from backend.samples.ids import Custody, Lifecycle
from backend.samples.models import Sample, SampleTransition


def lock_sample(session: WriteSession, principal: Principal, sample_id: UUID) -> Sample:
    """Return a visible sample with its row locked until the end of the transaction.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    statement = (
        queries.visible_samples(principal)
        .where(Sample.id == sample_id)
        .with_for_update(of=Sample, key_share=True)
        .execution_options(populate_existing=True)
    )
    sample = session.scalars(statement).one_or_none()
    if sample is None:
        raise SampleNotFound("There is no such sample among yours.")
    return sample


def lock_samples(
    session: WriteSession, principal: Principal, sample_ids: Collection[UUID]
) -> Sequence[Sample]:
    """Return visible samples with their rows locked in key order, by one statement.

    Raises:
        SampleNotFound: one is absent, or not visible to the principal.
    """
    wanted = set(sample_ids)
    samples = session.scalars(
        queries.visible_samples(principal)
        .where(Sample.id.in_(wanted))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if len(samples) < len(wanted):
        raise SampleNotFound("There is no such sample among yours.")
    return samples


def step_to(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    action: str,
    after: Lifecycle,
    reason: str | None,
) -> str:
    """Move a locked sample's lifecycle, write the step down, and return the new status.

    Whether it may is decided before: by the guards of a transition, or by what has just been done
    with the sample.
    """
    before = sample.status
    old: dict[str, object] = {"lifecycle": sample.lifecycle}
    new: dict[str, object] = {"lifecycle": after}
    sample.lifecycle = after
    if after is Lifecycle.RECEIVED and sample.received_at is None:
        sample.received_at = clock.utc_now()
        old["received_at"], new["received_at"] = None, sample.received_at
    touch(session, sample)
    write_step(session, principal, sample, action=action, before=before, reason=reason)
    event = StatusChanged(
        aggregate_id=sample.id, barcode=sample.barcode, action=action, status=sample.status
    )
    events_service.record(session, principal, event, old=old, new=new, reason=reason)
    return sample.status


def touch(session: WriteSession, sample: Sample) -> None:
    """Note that a locked sample changed, and read the status that the database derives."""
    sample.version += 1
    sample.updated_at = clock.utc_now()
    session.flush()
    # The database has computed the new status.
    session.refresh(sample, ["status"])


def change_custody(session: WriteSession, samples: Sequence[Sample], custody: Custody) -> None:
    """Give locked samples a custody, and read the statuses that the database derives.

    One statement however many: what the database counts along, it counts once a statement.
    """
    these = Sample.id.in_([sample.id for sample in samples])
    session.execute(
        update(Sample)
        .where(these)
        .values(custody=custody, version=Sample.version + 1, updated_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    session.scalars(select(Sample).where(these).execution_options(populate_existing=True)).all()


def write_step(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    action: str,
    before: str,
    reason: str | None,
) -> None:
    """Write down that a locked sample took a step, and start its new state's clock."""
    write_steps(session, principal, [(sample, before)], action=action, reason=reason)


def write_steps(
    session: WriteSession,
    principal: Principal,
    steps: Sequence[tuple[Sample, str]],
    *,
    action: str,
    reason: str | None,
) -> None:
    """Write down that locked samples took a step, each with the status that it had before."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    session.execute(
        update(Sample)
        .where(Sample.id.in_([sample.id for sample, _ in steps]))
        .values(state_since=now)
        .execution_options(synchronize_session=False)
    )
    for sample, _ in steps:
        set_committed_value(sample, "state_since", now)
    rows = [
        {
            "id": new_id(),
            "sample_id": sample.id,
            "project_id": sample.project_id,
            "action": action,
            "from_status": before,
            "to_status": sample.status,
            "at": now,
            "age_s": (now - sample.created_at).total_seconds(),
            "actor_name": principal.name,
            "reason": reason,
        }
        for sample, before in steps
    ]
    # What is returned is not needed; asked for it, SQLAlchemy writes many rows by one statement.
    session.execute(insert(SampleTransition).returning(SampleTransition.id), rows)
