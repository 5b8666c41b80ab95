"""Steps of a sample's life, its custody and its verdict. Exported by service.py.

Every change locks the sample's row first, so that guards judge what is true when the change is
made and two people cannot take two steps from one state.
"""

from collections.abc import Collection, Sequence

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import arriving, custody_blocks, rules, volumes
from backend.samples.errors import RegistrationRefused, TransitionRefused
from backend.samples.ids import Custody, SampleId, VolumeCause
from backend.samples.locking import change_custody, lock_sample, lock_samples, step_to, write_steps
from backend.samples.models import Sample
from backend.samples.rules import Transition
from backend.samples.schemas import ArrivalInput
from backend.samples.standing import standing_of
from backend.samples.views import TransitionOutcome

_EMPTIED_BY = {"deplete": VolumeCause.USE, "dispose": VolumeCause.DISPOSAL}
_ENDING = frozenset({"deplete", "dispose", "destroy", "give_back", "lose", "withdraw"})
"""Nobody ends what somebody else has been asked to take over."""


def change_status(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    action: str,
    reason: str | None = None,
    arrival: ArrivalInput | None = None,
) -> str:
    """Take one step of `rules.TRANSITIONS` and return the sample's new status.

    ``arrival`` says in what condition it was received; what endangers it puts it on hold.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        TransitionRefused: names every guard that failed.
        RegistrationRefused: no such step, or one at which nothing arrives.
    """
    transition = _transition(action, arrival)
    principal.require(transition.permission)
    sample = lock_sample(session, principal, sample_id)
    failures = rules.failing_guards(transition, standing_of(session, sample), reason)
    if failures:
        raise TransitionRefused(sample.barcode, failures)
    return apply(session, principal, sample, transition, reason, arrival)


def change_statuses(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    action: str,
    reason: str | None = None,
    arrival: ArrivalInput | None = None,
) -> list[TransitionOutcome]:
    """Take one step with each sample that can, and say why the others cannot.

    ``arrival`` is what was found of every one of them.
    """
    transition = _transition(action, arrival)
    principal.require(transition.permission)
    outcomes = []
    # Locked in key order, so that two such changes cannot wait for each other in a circle.
    for sample_id in sorted(set(sample_ids)):
        sample = lock_sample(session, principal, sample_id)
        failures = rules.failing_guards(transition, standing_of(session, sample), reason)
        if transition.action in _ENDING:
            failures += custody_blocks.blocks_of(session, [SampleId(sample.id)]).values()
        if not failures:
            apply(session, principal, sample, transition, reason, arrival)
        outcomes.append(
            TransitionOutcome(
                sample_id=SampleId(sample.id), barcode=sample.barcode, reasons=tuple(failures)
            )
        )
    return outcomes


def set_custody(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, custody: Custody
) -> None:
    """Say where a sample is now. Called by storage and custody, which record their own events.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    set_custodies(session, principal, sample_ids=[sample_id], custody=custody)


def set_custodies(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Collection[SampleId],
    custody: Custody,
) -> None:
    """Say where samples are now, as `set_custody` does, in a few statements however many.

    Raises:
        SampleNotFound: one is absent, or not visible to the principal; nothing is changed.
    """
    if not principal.may(Permission.CUSTODY_HANDLE):
        principal.require(Permission.STORAGE_PLACE)
    samples = lock_samples(session, principal, sample_ids)
    moved = [(sample, sample.status) for sample in samples if sample.custody is not custody]
    if not moved:
        return
    change_custody(session, [sample for sample, _ in moved], custody)
    stepped = [(sample, before) for sample, before in moved if sample.status != before]
    if stepped:
        action = "place" if custody is Custody.IN_STORAGE else "take_out"
        write_steps(session, principal, stepped, action=action, reason=None)


def _transition(action: str, arrival: ArrivalInput | None) -> Transition:
    transition = rules.BY_ACTION.get(action)
    if transition is None:
        known = ", ".join(rules.BY_ACTION)
        raise RegistrationRefused(f"There is no step “{action}”. Choose one of {known}.")
    if arrival is not None and not transition.takes_arrival:
        sentence = f"Nothing arrives at the step “{transition.label}”. Leave the arrival out."
        raise RegistrationRefused(sentence, fields={"arrival": sentence})
    return transition


def apply(  # noqa: PLR0917 -- one step in parts
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    transition: Transition,
    reason: str | None,
    arrival: ArrivalInput | None = None,
) -> str:
    """Take a step with a locked sample whose guards were asked, and return the new status."""
    if transition.action in _ENDING:
        custody_blocks.require_unpromised(session, [SampleId(sample.id)])
    # Whoever says that it is gone or thrown away has said that nothing is left in it.
    cause = _EMPTIED_BY.get(transition.action)
    if cause is not None and sample.volume_ul:
        volumes.add_line(
            session, principal, sample, delta_ul=-sample.volume_ul, cause=cause, reason=reason
        )
    status = step_to(
        session,
        principal,
        sample,
        action=transition.action,
        after=transition.after,
        reason=reason,
    )
    if arrival is not None:
        arriving.record_arrival(session, principal, sample, arrival)
    return status
