"""The volume ledger: drawing, using, returning, measuring anew. Exported by service.py.

Whoever moves a volume holds the tube's row until the end of the transaction, so two people who
draw at once take turns and the second sees what the first has left. The database refuses what a
defect would let through (db/migrations/sql/12_volumes.sql).
"""

from decimal import Decimal

from sqlalchemy import Select, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import locking, queries, rules, volume_rules
from backend.samples.errors import DrawRefused, RegistrationRefused
from backend.samples.events import VolumeChanged
from backend.samples.ids import Lifecycle, SampleId, VolumeCause
from backend.samples.ledger_models import SampleVolumeEntry
from backend.samples.models import Sample, SampleTransition
from backend.samples.schemas import MAX_VOLUME_UL
from backend.samples.standing import standing_of
from backend.samples.views import VolumeLine

_STEP = Decimal("0.001")
"""The ledger counts in nanolitres."""


def use_volume(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    volume_ul: Decimal,
    reason: str,
    balance_unknown_is_fine: bool = False,
) -> VolumeLine:
    """Write down that µL of a sample were used up, as for a measurement.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        DrawRefused: it is held, over, or does not hold so much; every reason is named.
        RegistrationRefused: no volume or no reason.
    """
    principal.require(Permission.SAMPLES_EDIT)
    volume, why = _checked_volume(volume_ul), checked_reason(reason, "Write what it was used for.")
    sample = locking.lock_sample(session, principal, sample_id)
    line = draw(
        session,
        principal,
        sample,
        volume_ul=volume,
        cause=VolumeCause.USE,
        reason=why,
        balance_unknown_is_fine=balance_unknown_is_fine,
    )
    note_empty(session, principal, sample)
    return line


def return_volume(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    volume_ul: Decimal,
    reason: str,
) -> VolumeLine:
    """Put back µL that were drawn and not needed. Same errors as `use_volume`."""
    principal.require(Permission.SAMPLES_EDIT)
    volume, why = (
        _checked_volume(volume_ul),
        checked_reason(reason, "Write where it was meanwhile."),
    )
    sample = locking.lock_sample(session, principal, sample_id)
    refusals = rules.failing_guards(rules.RETURN, standing_of(session, sample), why)
    if refusals:
        raise DrawRefused(sample.barcode, refusals)
    return add_line(
        session, principal, sample, delta_ul=volume, cause=VolumeCause.RETURN, reason=why
    )


def correct_volume(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    measured_ul: Decimal,
    reason: str,
) -> VolumeLine:
    """Write down how much is in a tube after somebody looked. Same errors as `use_volume`."""
    principal.require(Permission.SAMPLES_EDIT)
    why = checked_reason(reason, "Write how it was measured, and why it differs.")
    measured = _checked_volume(measured_ul, least=Decimal(0))
    sample = locking.lock_sample(session, principal, sample_id)
    refusals = rules.failing_guards(rules.CORRECT, standing_of(session, sample), why)
    if refusals:
        raise DrawRefused(sample.barcode, refusals)
    before = sample.volume_ul
    if before == measured:
        raise RegistrationRefused(
            f"{sample.barcode} holds {volume_rules.shown(measured)} µL already.",
            fields={"volume_ul": "The ledger says the same already."},
        )
    line = add_line(
        session,
        principal,
        sample,
        delta_ul=None if before is None else measured - before,
        balance_ul=measured,
        cause=VolumeCause.CORRECTION,
        reason=why,
    )
    note_empty(session, principal, sample)
    return line


def draw(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    volume_ul: Decimal,
    cause: VolumeCause,
    counterpart_id: SampleId | None = None,
    reason: str | None = None,
    balance_unknown_is_fine: bool = False,
) -> VolumeLine:
    """Take µL out of a locked tube that may be used.

    Raises:
        DrawRefused: every reason why not.
    """
    refusals = draw_refusals(
        session, sample, volume_ul, balance_unknown_is_fine=balance_unknown_is_fine
    )
    if refusals:
        raise DrawRefused(sample.barcode, refusals)
    return add_line(
        session,
        principal,
        sample,
        delta_ul=-volume_ul,
        cause=cause,
        counterpart_id=counterpart_id,
        reason=reason,
    )


def draw_refusals(
    session: ReadSession,
    sample: Sample,
    volume_ul: Decimal | None,
    *,
    balance_unknown_is_fine: bool = False,
) -> list[str]:
    """Return every reason why a tube may not be drawn from now, volume included where given."""
    refusals = rules.failing_guards(rules.DRAW, standing_of(session, sample), None)
    if volume_ul is not None:
        lacking = volume_rules.volume_refusal(
            sample.volume_ul, volume_ul, balance_unknown_is_fine=balance_unknown_is_fine
        )
        refusals.extend([lacking] if lacking else [])
    return refusals


def add_line(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    *,
    delta_ul: Decimal | None,
    cause: VolumeCause,
    balance_ul: Decimal | None = None,
    counterpart_id: SampleId | None = None,
    reason: str | None = None,
) -> VolumeLine:
    """Write the next line of a locked tube's ledger, after its opening line where it has none.

    ``balance_ul`` is given only where it does not follow from the balance before.
    """
    last = session.scalars(_newest_first(sample).limit(1)).one_or_none()
    if last is None and sample.volume_ul is not None:
        last = _open(session, sample)
    before = sample.volume_ul
    opens = last is None and cause in volume_rules.OPENING_CAUSES and (delta_ul or 0) > 0
    if balance_ul is None and delta_ul is not None and (before is not None or opens):
        balance_ul = (before or Decimal(0)) + delta_ul
    entry = SampleVolumeEntry(
        sample_id=sample.id,
        number=1 if last is None else last.number + 1,
        cause=cause,
        delta_ul=delta_ul,
        balance_ul=balance_ul,
        counterpart_id=counterpart_id,
        actor_id=principal.user_id,
        actor_name=principal.name,
        reason=reason,
        at=clock.utc_now(),
    )
    session.add(entry)
    session.flush()
    # The database has set the sample's volume to the line's balance.
    session.refresh(sample, ["volume_ul"])
    locking.touch(session, sample)
    event = VolumeChanged(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        cause=cause.value,
        delta_ul=delta_ul,
        balance_ul=balance_ul,
    )
    events_service.record(
        session,
        principal,
        event,
        old={"volume_ul": before},
        new={"volume_ul": balance_ul, "cause": cause, "delta_ul": delta_ul},
        reason=reason,
    )
    return _line(entry, None)


def note_empty(session: WriteSession, principal: Principal, sample: Sample) -> None:
    """Move a locked tube that has just been emptied to the end of its life.

    It may still stand in its position: an empty tube is taken out like any other.
    """
    if sample.volume_ul == 0 and sample.lifecycle in rules.BY_ACTION["deplete"].before:
        locking.step_to(
            session,
            principal,
            sample,
            action="deplete",
            after=Lifecycle.DEPLETED,
            reason="Nothing is left in it.",
        )


def ledger_of(session: ReadSession, principal: Principal, sample_id: SampleId) -> list[VolumeLine]:
    """Return a sample's ledger, oldest line first.

    A tube that nothing was drawn from has one line, what was registered; one of which no volume
    was ever known has none.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    sample = queries.load_sample(session, principal, sample_id)
    entries = session.scalars(
        select(SampleVolumeEntry)
        .where(SampleVolumeEntry.sample_id == sample.id)
        .order_by(SampleVolumeEntry.number)
    ).all()
    if not entries:
        return [] if sample.volume_ul is None else [_line(_opening(session, sample), None)]
    others = {entry.counterpart_id for entry in entries if entry.counterpart_id is not None}
    found = session.execute(
        queries.visible_samples(principal)
        .with_only_columns(Sample.id, Sample.barcode)
        .where(Sample.id.in_(others))
    )
    codes = dict(found.all())
    return [
        _line(entry, codes.get(entry.counterpart_id) if entry.counterpart_id else None)
        for entry in entries
    ]


def checked_reason(reason: str | None, say: str) -> str:
    """Return a reason without its edges.

    Raises:
        RegistrationRefused: there is none.
    """
    why = (reason or "").strip()
    if not why:
        raise RegistrationRefused(f"A reason is needed. {say}", fields={"reason": say})
    return why


def _checked_volume(volume_ul: Decimal, *, least: Decimal = _STEP) -> Decimal:
    fault = volume_rules.volume_fault(volume_ul, least_ul=least, most_ul=MAX_VOLUME_UL)
    if fault is not None:
        raise RegistrationRefused(fault, fields={"volume_ul": fault})
    return volume_ul


def _newest_first(sample: Sample) -> Select[SampleVolumeEntry]:
    return (
        select(SampleVolumeEntry)
        .where(SampleVolumeEntry.sample_id == sample.id)
        .order_by(SampleVolumeEntry.number.desc())
    )


def _open(session: WriteSession, sample: Sample) -> SampleVolumeEntry:
    opening = _opening(session, sample)
    session.add(opening)
    session.flush()
    return opening


def _opening(session: ReadSession, sample: Sample) -> SampleVolumeEntry:
    """Return the line that registering the sample stands for, not added to the session."""
    who = session.scalar(
        select(SampleTransition.actor_name)
        .where(SampleTransition.sample_id == sample.id, SampleTransition.action == "register")
        .limit(1)
    )
    return SampleVolumeEntry(
        sample_id=sample.id,
        number=1,
        cause=VolumeCause.REGISTERED,
        delta_ul=sample.volume_ul,
        balance_ul=sample.volume_ul,
        actor_id=sample.created_by,
        actor_name=who or "Registration",
        at=sample.created_at,
    )


def _line(entry: SampleVolumeEntry, counterpart: str | None) -> VolumeLine:
    return VolumeLine(
        number=entry.number,
        cause=entry.cause,
        delta_ul=entry.delta_ul,
        balance_ul=entry.balance_ul,
        counterpart_barcode=counterpart,
        actor_name=entry.actor_name,
        reason=entry.reason,
        at=entry.at,
    )
