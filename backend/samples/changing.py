"""Steps of a sample's life, holds, custody and verdicts. Exported by service.py.

Every change locks the sample's row first, so that guards judge what is true when the change is
made and two people cannot take two steps from one state.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries, rules
from backend.samples.errors import (
    HoldAlreadySet,
    HoldNotFound,
    RegistrationRefused,
    SampleNotFound,
    TransitionRefused,
)
from backend.samples.events import HoldReleased, HoldSet, SampleMeasured, StatusChanged
from backend.samples.ids import Custody, HoldKind, Lifecycle, QcVerdict, SampleId
from backend.samples.models import Sample, SampleHold, SampleTransition
from backend.samples.rules import Standing, Transition
from backend.samples.views import TransitionOutcome


def change_status(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    action: str,
    reason: str | None = None,
) -> str:
    """Take one step of `rules.TRANSITIONS` and return the sample's new status.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        TransitionRefused: names every guard that failed.
    """
    transition = _transition(action)
    principal.require(transition.permission)
    sample = lock_sample(session, principal, sample_id)
    failures = rules.failing_guards(transition, _standing(session, sample), reason)
    if failures:
        raise TransitionRefused(sample.barcode, failures)
    return _apply(session, principal, sample, transition, reason)


def change_statuses(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    action: str,
    reason: str | None = None,
) -> list[TransitionOutcome]:
    """Take one step with each sample that can, and say why the others cannot."""
    transition = _transition(action)
    principal.require(transition.permission)
    outcomes = []
    # Locked in key order, so that two such changes cannot wait for each other in a circle.
    for sample_id in sorted(set(sample_ids)):
        sample = lock_sample(session, principal, sample_id)
        failures = rules.failing_guards(transition, _standing(session, sample), reason)
        if not failures:
            _apply(session, principal, sample, transition, reason)
        outcomes.append(
            TransitionOutcome(
                sample_id=SampleId(sample.id), barcode=sample.barcode, reasons=tuple(failures)
            )
        )
    return outcomes


def set_hold(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: HoldKind,
    reason: str,
    release_rule: str = "",
) -> None:
    """Keep a sample from being used, for a reason.

    Raises:
        SampleNotFound, HoldAlreadySet; RegistrationRefused when no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    if not reason.strip():
        raise RegistrationRefused(
            "A hold needs a reason. Write one.", fields={"reason": "Write why it is on hold."}
        )
    sample = lock_sample(session, principal, sample_id)
    if any(hold.kind is kind for hold in queries.open_holds(session, sample.id)):
        raise HoldAlreadySet(f"{sample.barcode} is on this hold already.")
    session.add(
        SampleHold(
            sample_id=sample.id,
            kind=kind,
            reason=reason.strip(),
            release_rule=release_rule.strip(),
            set_by=principal.user_id,
        )
    )
    event = HoldSet(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(session, principal, event, reason=reason.strip())


def release_hold(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: HoldKind,
    reason: str,
) -> None:
    """Let a sample be used again, for a reason.

    Raises:
        SampleNotFound, HoldNotFound; RegistrationRefused when no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    if not reason.strip():
        raise RegistrationRefused(
            "Releasing a hold needs a reason. Write one.",
            fields={"reason": "Write why it may be used again."},
        )
    sample = lock_sample(session, principal, sample_id)
    hold = next((h for h in queries.open_holds(session, sample.id) if h.kind is kind), None)
    if hold is None:
        raise HoldNotFound(f"{sample.barcode} is not on this hold.")
    hold.released_by, hold.released_at = principal.user_id, clock.utc_now()
    event = HoldReleased(aggregate_id=sample.id, barcode=sample.barcode, kind=kind.value)
    events_service.record(session, principal, event, reason=reason.strip())


def set_custody(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, custody: Custody
) -> None:
    """Say where a sample is now. Called by storage, which records the move as its own event.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.STORAGE_PLACE)
    sample = lock_sample(session, principal, sample_id)
    before = sample.status
    if sample.custody is custody:
        return
    sample.custody = custody
    _touch(session, sample)
    if sample.status != before:
        action = "place" if custody is Custody.IN_STORAGE else "take_out"
        _step(session, principal, sample, action=action, before=before, reason=None)


def record_qc_verdict(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    verdict: QcVerdict,
    reason: str | None = None,
) -> None:
    """Record what quality control says of a sample.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: going on after a failure needs a reason.
    """
    principal.require(Permission.SAMPLES_EDIT)
    if verdict is QcVerdict.FAIL_PROCEED and not (reason or "").strip():
        raise RegistrationRefused(
            "Going on with a failed sample needs a reason. Write one.",
            fields={"reason": "Write why it may go on."},
        )
    sample = lock_sample(session, principal, sample_id)
    before, old = sample.status, sample.qc_verdict
    sample.qc_verdict = verdict
    _touch(session, sample)
    event = SampleMeasured(aggregate_id=sample.id, barcode=sample.barcode, qc_verdict=verdict.value)
    events_service.record(
        session,
        principal,
        event,
        old={"qc_verdict": old},
        new={"qc_verdict": verdict},
        reason=reason,
    )
    if sample.status != before:
        _step(session, principal, sample, action="judge", before=before, reason=reason)


def lock_sample(session: WriteSession, principal: Principal, sample_id: UUID) -> Sample:
    """Return a visible sample with its row locked until the end of the transaction.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    statement = (
        queries.visible_samples(principal)
        .where(Sample.id == sample_id)
        .with_for_update(of=Sample)
        .execution_options(populate_existing=True)
    )
    sample = session.scalars(statement).one_or_none()
    if sample is None:
        raise SampleNotFound("There is no such sample among yours.")
    return sample


def _transition(action: str) -> Transition:
    transition = rules.BY_ACTION.get(action)
    if transition is None:
        known = ", ".join(rules.BY_ACTION)
        raise RegistrationRefused(f"There is no step “{action}”. Choose one of {known}.")
    return transition


def _standing(session: WriteSession, sample: Sample) -> Standing:
    return Standing(
        lifecycle=sample.lifecycle,
        custody=sample.custody,
        qc_verdict=sample.qc_verdict,
        holds=frozenset(hold.kind for hold in queries.open_holds(session, sample.id)),
        has_received_at=sample.received_at is not None,
        has_volume=bool(sample.volume_ul),
    )


def _apply(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    transition: Transition,
    reason: str | None,
) -> str:
    before, lifecycle = sample.status, sample.lifecycle
    sample.lifecycle = transition.after
    if transition.after is Lifecycle.RECEIVED and sample.received_at is None:
        sample.received_at = clock.utc_now()
    _touch(session, sample)
    _step(session, principal, sample, action=transition.action, before=before, reason=reason)
    event = StatusChanged(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        action=transition.action,
        status=sample.status,
    )
    events_service.record(
        session,
        principal,
        event,
        old={"lifecycle": lifecycle},
        new={"lifecycle": transition.after},
        reason=reason,
    )
    return sample.status


def _touch(session: WriteSession, sample: Sample) -> None:
    sample.version += 1
    sample.updated_at = clock.utc_now()
    session.flush()
    # The database has computed the new status.
    session.refresh(sample, ["status"])


def _step(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    action: str,
    before: str,
    reason: str | None,
) -> None:
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    sample.state_since = now
    session.add(
        SampleTransition(
            sample_id=sample.id,
            project_id=sample.project_id,
            action=action,
            from_status=before,
            to_status=sample.status,
            at=now,
            age_s=(now - sample.created_at).total_seconds(),
            actor_name=principal.name,
            reason=reason,
        )
    )
    session.flush()
