"""Discarding several samples under one signature: exactly those that were named, and once.

Exported by service.py. The password is asked for and checked where the person is; whoever discards
later, a worker too, is told only which signature it was. The sample rows are locked in key order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy import insert, update

from backend.auth import service as auth_service
from backend.auth.views import Locked, Refused, SignatureView
from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import changing, custody_blocks, disposing, locking, rules
from backend.samples.disposal_models import SignedDisposal, SignedDisposalSample
from backend.samples.errors import DiscardRefused, DisposalNotSigned, RegistrationRefused
from backend.samples.events import DisposalSigned
from backend.samples.ids import Custody, DisposalId, DisposalMeaning, SampleId
from backend.samples.models import Sample
from backend.samples.rules import Standing
from backend.samples.schemas import DisposalWitness
from backend.samples.standing import standing_of
from backend.samples.views import StandingDisposal, TransitionOutcome

SIGNED_SET = "disposal"
_STEP = rules.BY_ACTION["dispose"]


class TakeOut(Protocol):
    """Storage's way of ending stays, all or none; samples know no places themselves."""

    def __call__(
        self,
        session: WriteSession,
        principal: Principal,
        *,
        sample_ids: Sequence[SampleId],
        reason: str,
    ) -> object:
        """Take the samples out of their positions."""


def discard_together(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    reason: str,
    witness: DisposalWitness | None = None,
    take_out: TakeOut | None = None,
    all_or_none: bool = False,
) -> list[TransitionOutcome] | Refused | Locked:
    """Sign where somebody signs, then discard; the others say every reason why they stay.

    A password that does not do is returned, not raised, so that the try is committed and counts;
    nothing has changed then.

    Raises:
        DiscardRefused: with ``all_or_none``, where one may not be discarded.
        As `sign_disposal` and `discard_samples`.
    """
    signed = (
        None
        if witness is None
        else sign_disposal(
            session, principal, sample_ids=sample_ids, reason=reason, witness=witness
        )
    )
    if isinstance(signed, (Refused, Locked)):
        return signed
    outcomes = discard_samples(
        session,
        principal,
        sample_ids=sample_ids,
        reason=reason,
        disposal_id=signed,
        take_out=take_out,
    )
    refused = [(each.barcode, each.reasons) for each in outcomes if each.reasons]
    if all_or_none and refused:
        # Raised, so that the signature is taken back with everything else.
        raise DiscardRefused(refused)
    return outcomes


def sign_disposal(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    reason: str,
    witness: DisposalWitness,
) -> DisposalId | Refused | Locked:
    """Have a second person sign once for discarding these samples, for this reason.

    Raises:
        RegistrationRefused: no reason is given, or the signer may not approve less time.
        InvalidInput: no sample is named.
    """
    principal.require(_STEP.permission)
    keys, why = _named(sample_ids), _reason(reason)
    disposal_id = DisposalId(new_id())
    signature = auth_service.witness(
        session,
        principal,
        email=witness.email,
        password=witness.password,
        meaning=witness.meaning,
        entity=SIGNED_SET,
        entity_id=disposal_id,
        record_digest=_digest(keys, why),
    )
    if isinstance(signature, (Refused, Locked)):
        return signature
    is_approval = witness.meaning is DisposalMeaning.APPROVED
    if is_approval and not disposing.may_approve(session, principal, signature):
        # Raised, so that the signature is taken back with everything else.
        raise RegistrationRefused(
            f"{signature.signer_name} may not approve discarding before its time. "
            "Ask somebody who manages projects."
        )
    session.add(
        SignedDisposal(
            id=disposal_id,
            signature_id=signature.id,
            requested_by=principal.user_id,
            reason=why,
            samples=len(keys),
        )
    )
    session.flush()
    rows = [{"disposal_id": disposal_id, "sample_id": key} for key in keys]
    session.execute(insert(SignedDisposalSample), rows)
    return disposal_id


def discard_samples(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    reason: str,
    disposal_id: DisposalId | None = None,
    take_out: TakeOut | None = None,
) -> list[TransitionOutcome]:
    """Discard each sample that may be, under a signature that is used up by it.

    Raises:
        DisposalNotSigned: the signature was given for others, was used, or was voided.
        SampleNotFound: one is not visible; nothing is changed.
        RegistrationRefused: no reason is given.
    """
    signed = None
    if disposal_id is not None:
        signed = claim(session, principal, disposal_id, sample_ids=sample_ids, reason=reason)
    return discard_under(
        session, principal, sample_ids=sample_ids, reason=reason, signed=signed, take_out=take_out
    )


def claim(
    session: WriteSession,
    principal: Principal,
    disposal_id: UUID,
    *,
    sample_ids: Sequence[SampleId],
    reason: str,
) -> StandingDisposal:
    """Use a signature up, for exactly what it was given for.

    Raises:
        DisposalNotSigned: as `discard_samples`.
    """
    row = session.get(SignedDisposal, disposal_id, with_for_update=True, populate_existing=True)
    if row is not None and row.used_at is not None:
        raise DisposalNotSigned("This signature was used already. Ask the second person again.")
    found = standing_disposal(session, principal, disposal_id, sample_ids=sample_ids, reason=reason)
    if row is not None:
        row.used_at = clock.utc_now()
        session.flush()
    return found


def standing_disposal(
    session: WriteSession,
    principal: Principal,
    disposal_id: UUID,
    *,
    sample_ids: Iterable[UUID],
    reason: str,
) -> StandingDisposal:
    """Return an own signature, if it stands under exactly these samples and this reason.

    Raises:
        DisposalNotSigned: as `discard_samples`.
    """
    row = session.get(SignedDisposal, disposal_id)
    if row is None or row.requested_by != principal.user_id:
        raise DisposalNotSigned("Nobody signed this for you. Ask the second person to sign.")
    signature = next(
        each
        for each in auth_service.signatures_of(session, entity=SIGNED_SET, entity_id=row.id)
        if each.id == row.signature_id
    )
    keys = sorted(set(sample_ids))
    same = _digest(keys, reason.strip()).hex() == signature.record_digest
    if not same or len(keys) != row.samples:
        raise DisposalNotSigned(
            f"{signature.signer_name} signed for {row.samples:,} other samples or another reason. "
            "Ask for a signature under these."
        )
    if signature.voided_at is not None:
        raise DisposalNotSigned("The signature was voided. Ask the second person again.")
    return StandingDisposal(id=DisposalId(row.id), signature=signature)


def discard_under(
    session: WriteSession,
    principal: Principal,
    *,
    sample_ids: Sequence[SampleId],
    reason: str,
    signed: StandingDisposal | None,
    take_out: TakeOut | None,
) -> list[TransitionOutcome]:
    """Discard each of these that may be, under a signature that was asked for all of them.

    Those that stand in storage are taken out of it first, where the person may do that.

    Raises:
        SampleNotFound, RegistrationRefused: as `discard_samples`.
    """
    principal.require(_STEP.permission)
    why = _reason(reason)
    takes_out = take_out is not None and principal.may(Permission.STORAGE_PLACE)
    keys = sorted(set(sample_ids))
    samples = [locking.lock_sample(session, principal, key) for key in keys]
    promised = custody_blocks.blocks_of(session, keys)
    against = {
        sample.id: _stands_against(session, sample, why, signed, takes_out=takes_out)
        + ([promised[sample.id]] if sample.id in promised else [])
        for sample in samples
    }
    going = [sample for sample in samples if not against[sample.id]]
    placed = [SampleId(each.id) for each in going if each.custody is Custody.IN_STORAGE]
    if take_out is not None and placed:
        take_out(session, principal, sample_ids=placed, reason=why)
    for sample in going:
        if signed is not None:
            _record(session, principal, sample, why, signed.signature)
        changing.apply(session, principal, sample, _STEP, why)
    if signed is not None:
        _note_discarded(session, signed.id, [each.id for each in going])
    return [
        TransitionOutcome(
            sample_id=SampleId(each.id), barcode=each.barcode, reasons=tuple(against[each.id])
        )
        for each in samples
    ]


def _stands_against(
    session: WriteSession,
    sample: Sample,
    why: str,
    signed: StandingDisposal | None,
    *,
    takes_out: bool,
) -> list[str]:
    told = standing_of(session, sample)
    if takes_out and told.custody is Custody.IN_STORAGE:
        told = replace(told, custody=Custody.CHECKED_OUT)
    if signed is not None:
        told = _signed_for(told, signed.signature)
    return rules.failing_guards(_STEP, told, why)


def _signed_for(standing: Standing, signature: SignatureView) -> Standing:
    if signature.meaning == DisposalMeaning.APPROVED:
        return replace(standing, lacks_witness=False, retained_until=None)
    return replace(standing, lacks_witness=False)


def _record(
    session: WriteSession, principal: Principal, sample: Sample, why: str, signature: SignatureView
) -> None:
    event = DisposalSigned(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        signer_name=signature.signer_name,
        meaning=signature.meaning,
        signature_id=signature.id,
    )
    events_service.record(session, principal, event, reason=why)


def _note_discarded(session: WriteSession, disposal_id: UUID, keys: Sequence[UUID]) -> None:
    session.execute(
        update(SignedDisposalSample)
        .where(
            SignedDisposalSample.disposal_id == disposal_id,
            SignedDisposalSample.sample_id.in_(keys),
        )
        .values(discarded_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )


def _digest(keys: Sequence[UUID], why: str) -> bytes:
    return auth_service.digest_of(
        {
            "action": _STEP.action,
            "reason": why,
            "count": len(keys),
            "samples": " ".join(str(key) for key in keys),
        }
    )


def _named(sample_ids: Sequence[SampleId]) -> list[SampleId]:
    keys = sorted(set(sample_ids))
    if not keys:
        raise InvalidInput("No sample is named. Choose what is to be discarded.")
    return keys


def _reason(reason: str) -> str:
    say = "Write why they are discarded."
    if not reason.strip():
        raise RegistrationRefused(f"A reason is needed. {say}", fields={"reason": say})
    return reason.strip()
