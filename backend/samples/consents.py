"""Consent: recorded, tied to samples, extended, withdrawn. Exported by service.py.

Lock rule. A withdrawal holds the consent's row, then every sample that it reaches, and looks for
more until it finds none that it does not hold. Nobody makes a child of a sample without holding
that sample's row (samples.making); where one is registered with a parent, in a form or a file, the
database takes a shared hold of the parent that waits for ours (13_lineage.sql). So a child is
either committed before we hold its parent, and found by the next look, or made after our commit:
then its maker sees the hold and is refused, and a registered child is given the hold by the
database. Rows are held without their keys (FOR NO KEY UPDATE), from ancestors down:
PostgreSQL asks for a parent's key again whenever a transaction writes a row for the second time,
and would close circles of waits with holds that include the key.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import keeping_rules, lineage, locking, queries, volumes
from backend.samples.consent_models import Consent
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import ConsentNotFound, ConsentTaken, ConsentWithdrawn
from backend.samples.events import (
    ConsentExtended,
    ConsentRecorded,
    ConsentTied,
    ConsentWasWithdrawn,
    HoldSet,
)
from backend.samples.ids import HoldKind, SampleId
from backend.samples.models import Sample, SampleHold
from backend.samples.views import ConsentView

STAMP_RULE = "The donor has agreed anew: tie the new consent to the sample first."


def record_consent(
    session: WriteSession, principal: Principal, *, consent: ConsentGiven
) -> ConsentView:
    """Write down what a donor agreed to.

    Raises:
        ConsentTaken: the reference is known already.
    """
    principal.require(Permission.SAMPLES_EDIT)
    row = Consent(
        reference=consent.reference,
        scope=consent.scope,
        expires_on=consent.expires_on,
        recorded_by=principal.user_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ConsentTaken(consent.reference) from error
    event = ConsentRecorded(aggregate_id=row.id, reference=row.reference)
    events_service.record(session, principal, event, new=consent.model_dump())
    return _view(row, auth_queries.laboratory_day(session), tied=0)


def tie_consent(
    session: WriteSession, principal: Principal, *, sample_ids: Sequence[SampleId], reference: str
) -> None:
    """Say that samples are here under a consent, in place of one that they had.

    Raises:
        SampleNotFound: one of them is not there or not visible.
        ConsentNotFound: nobody recorded the reference.
        ConsentWithdrawn: it holds no longer.
    """
    principal.require(Permission.SAMPLES_EDIT)
    consent = _lock_consent(session, reference)
    if consent.withdrawn_at is not None:
        raise ConsentWithdrawn(consent.reference)
    for sample_id in sorted(set(sample_ids)):
        sample = locking.lock_sample(session, principal, sample_id)
        tie_locked(session, principal, sample, consent)


def tie_locked(
    session: WriteSession, principal: Principal, sample: Sample, consent: Consent
) -> None:
    """Tie a locked sample to a held consent that is not withdrawn."""
    before = sample.consent_id
    if before == consent.id:
        return
    sample.consent_id = consent.id
    locking.touch(session, sample)
    event = ConsentTied(aggregate_id=sample.id, barcode=sample.barcode, reference=consent.reference)
    events_service.record(
        session, principal, event, old={"consent": _reference_of(session, before)}
    )


def extend_consent(
    session: WriteSession,
    principal: Principal,
    *,
    reference: str,
    expires_on: date | None,
    reason: str,
) -> ConsentView:
    """Set the last day on which a consent holds; None where it has none.

    Raises:
        ConsentNotFound, ConsentWithdrawn; RegistrationRefused without a reason.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write what the new date rests on.")
    consent = _lock_consent(session, reference)
    tied = _require_seen(session, principal, consent)
    if consent.withdrawn_at is not None:
        raise ConsentWithdrawn(consent.reference)
    before, consent.expires_on = consent.expires_on, expires_on
    event = ConsentExtended(
        aggregate_id=consent.id, reference=consent.reference, expires_on=expires_on
    )
    events_service.record(session, principal, event, old={"expires_on": before}, reason=why)
    return _view(consent, auth_queries.laboratory_day(session), tied=tied)


def withdraw_consent(
    session: WriteSession, principal: Principal, *, reference: str, reason: str
) -> list[str]:
    """Withdraw a consent and stamp every sample under it and all that was made from them.

    Returns the barcodes newly on hold, of every project: a donor's word does not end at one.

    Raises:
        ConsentNotFound: nobody recorded it, or none of its samples is the principal's to see.
        ConsentWithdrawn: it is withdrawn already; RegistrationRefused without a reason.
    """
    principal.require(Permission.SAMPLES_HOLD)
    why = volumes.checked_reason(reason, "Write who withdrew it and how it was told.")
    consent = _lock_consent(session, reference)
    _require_seen(session, principal, consent)
    if consent.withdrawn_at is not None:
        raise ConsentWithdrawn(consent.reference)
    consent.withdrawn_at, consent.withdrawal_reason = clock.utc_now(), why
    session.flush()
    roots = session.scalars(select(Sample.id).where(Sample.consent_id == consent.id)).all()
    stamped = stamp(session, principal, roots, reason=f"Consent {consent.reference}: {why}")
    event = ConsentWasWithdrawn(
        aggregate_id=consent.id, reference=consent.reference, samples=len(stamped)
    )
    events_service.record(session, principal, event, reason=why)
    return stamped


def stamp(
    session: WriteSession, principal: Principal, roots: Collection[UUID], *, reason: str
) -> list[str]:
    """Put samples and all their descendants on the hold of a withdrawn consent.

    Returns the barcodes of those that were not on it. Locks as the module says.
    """
    held = _hold_family(session, roots)
    already = set(
        session.scalars(
            select(SampleHold.sample_id).where(
                SampleHold.sample_id.in_(held),
                SampleHold.kind == HoldKind.CONSENT_WITHDRAWN,
                SampleHold.released_at.is_(None),
            )
        )
    )
    stamped = []
    for sample_id, barcode in held.items():
        if sample_id in already:
            continue
        session.add(
            SampleHold(
                sample_id=sample_id,
                kind=HoldKind.CONSENT_WITHDRAWN,
                reason=reason[:500],
                release_rule=STAMP_RULE,
                set_by=principal.user_id,
                set_by_name=principal.name,
            )
        )
        event = HoldSet(
            aggregate_id=sample_id, barcode=barcode, kind=HoldKind.CONSENT_WITHDRAWN.value
        )
        events_service.record(session, principal, event, reason=reason)
        stamped.append(barcode)
    return stamped


def get_consent(session: ReadSession, principal: Principal, reference: str) -> ConsentView:
    """Return a consent. Same errors as `extend_consent`, withdrawn ones included."""
    principal.require(Permission.SAMPLES_VIEW)
    consent = session.scalars(_of_reference(reference)).one_or_none()
    if consent is None:
        raise ConsentNotFound(reference)
    tied = _require_seen(session, principal, consent)
    return _view(consent, auth_queries.laboratory_day(session), tied=tied)


def consents_of(session: ReadSession, principal: Principal, sample_id: UUID) -> list[ConsentView]:
    """Return the consents that a sample is under: its own and its ancestors', its own first.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    sample = queries.load_sample(session, principal, sample_id)
    above = lineage.ancestors_of([sample.id])
    found = session.scalars(
        select(Consent)
        .where(
            Consent.id.in_(
                select(Sample.consent_id).where(
                    (Sample.id == sample.id) | Sample.id.in_(select(above.c.id))
                )
            )
        )
        .order_by((Consent.id == sample.consent_id).desc(), Consent.reference)
    )
    today = auth_queries.laboratory_day(session)
    return [_view(consent, today, tied=None) for consent in found]


def _hold_family(session: WriteSession, roots: Collection[UUID]) -> dict[UUID, str]:
    """Lock samples and all their descendants; return their barcodes by key."""
    held: dict[UUID, str] = {}
    wanted = set(roots)
    while wanted:
        rows = session.execute(
            select(Sample.id, Sample.barcode)
            .where(Sample.id.in_(wanted))
            .order_by(Sample.id)
            .with_for_update(key_share=True)
        )
        held.update(rows.all())
        below = lineage.descendants_of(list(held))
        wanted = set(session.scalars(select(below.c.id))) - held.keys()
    return held


def _lock_consent(session: WriteSession, reference: str) -> Consent:
    statement = _of_reference(reference).with_for_update(key_share=True)
    consent = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if consent is None:
        raise ConsentNotFound(reference)
    return consent


def _of_reference(reference: str) -> Select[Consent]:
    return select(Consent).where(func.lower(Consent.reference) == reference.strip().lower())


def _require_seen(session: ReadSession, principal: Principal, consent: Consent) -> int:
    """Return how many of the principal's samples are under a consent; one of nobody's is seen."""
    own = queries.visible_samples(principal).where(Sample.consent_id == consent.id)
    seen = session.scalar(select(func.count()).select_from(own.subquery())) or 0
    tied = session.scalar(select(Sample.id).where(Sample.consent_id == consent.id).limit(1))
    if not seen and tied is not None:
        raise ConsentNotFound(consent.reference)
    return seen


def _reference_of(session: ReadSession, consent_id: UUID | None) -> str | None:
    if consent_id is None:
        return None
    return session.scalar(select(Consent.reference).where(Consent.id == consent_id))


def _view(consent: Consent, today: date, *, tied: int | None) -> ConsentView:
    return ConsentView(
        reference=consent.reference,
        scope=consent.scope,
        expires_on=consent.expires_on,
        withdrawn_at=consent.withdrawn_at,
        withdrawal_reason=consent.withdrawal_reason,
        tied_samples=tied,
        problem=keeping_rules.consent_problem(
            consent.reference,
            expires_on=consent.expires_on,
            is_withdrawn=consent.withdrawn_at is not None,
            today=today,
        ),
    )
