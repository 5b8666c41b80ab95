"""How a sample arrived: written down as it is received, and what endangers it put on hold.

`record_arrival` is called by the step "receive" (changing.py), which holds the sample's row, and by
the registration of one that is here already;
`correct_arrival` is exported by service.py.
"""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import arrival_queries, arrival_rules, holds, queries, volumes
from backend.samples.arrival_events import ArrivalCorrected, ArrivalRecorded
from backend.samples.arrival_models import SampleArrival, SampleArrivalCorrection
from backend.samples.arrival_views import ArrivalView
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import SampleId
from backend.samples.locking import lock_sample
from backend.samples.models import Sample
from backend.samples.schemas import ArrivalInput


def record_arrival(
    session: WriteSession,
    principal: Principal,
    sample: Sample,
    arrival: ArrivalInput,
    *,
    why_late: str | None = None,
) -> None:
    """Write down how a locked sample arrived, and put it on the holds that this calls for.

    The holds are the laboratory's policy, not the person's act: whoever receives sets them.
    A hold of the same kind that is open already stays as it is. ``why_late`` goes to the trail
    when it is not written down as the sample is received.
    """
    row = SampleArrival(
        sample_id=sample.id,
        conditions=[each.value for each in arrival.conditions],
        temperature_c=arrival.temperature_c,
        note=arrival.note,
        received_by=principal.user_id,
        received_by_name=principal.name,
        received_at=sample.received_at or clock.utc_now(),
    )
    session.add(row)
    session.flush()
    found: dict[str, object] = {"conditions": row.conditions}
    if row.temperature_c is not None:
        found["temperature_c"] = row.temperature_c
    event = ArrivalRecorded(
        aggregate_id=sample.id, barcode=sample.barcode, conditions=tuple(row.conditions)
    )
    events_service.record(session, principal, event, new=found, reason=why_late or row.note or None)
    _hold(session, principal, sample, arrival)


def correct_arrival(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    arrival: ArrivalInput,
    reason: str,
) -> ArrivalView:
    """Let something else stand of how a sample arrived; what was written stays readable beside it.

    Where nobody wrote it down as the sample was received, it is written down now, late.
    What endangers the sample and was not known puts it on hold. A hold that no longer fits stays
    until somebody releases it: they answer for that, not who corrects a slip of the pen.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        RegistrationRefused: no reason, it says what is written already, or the sample is not
            received yet.
    """
    principal.require(Permission.SAMPLES_EDIT)
    sample = lock_sample(session, principal, sample_id)
    row = session.get(SampleArrival, sample.id, populate_existing=True)
    if row is None:
        return _write_late(session, principal, sample, arrival, reason)
    why = volumes.checked_reason(reason, "Write what was wrong about it.")
    earlier = SampleArrivalCorrection(
        sample_id=sample.id,
        conditions=list(row.conditions),
        temperature_c=row.temperature_c,
        note=row.note,
        reason=why,
        corrected_by=principal.user_id,
        corrected_by_name=principal.name,
    )
    before = _written(row)
    row.conditions = [each.value for each in arrival.conditions]
    row.temperature_c, row.note = arrival.temperature_c, arrival.note
    after = _written(row)
    if after == before:
        raise RegistrationRefused("This is what is written already. Change what was wrong.")
    session.add(earlier)
    session.flush()
    event = ArrivalCorrected(
        aggregate_id=sample.id, barcode=sample.barcode, conditions=tuple(row.conditions)
    )
    events_service.record(session, principal, event, old=before, new=after, reason=why)
    _hold(session, principal, sample, arrival)
    return _now_written(session, sample)


def _write_late(
    session: WriteSession, principal: Principal, sample: Sample, arrival: ArrivalInput, reason: str
) -> ArrivalView:
    if sample.received_at is None:
        raise RegistrationRefused(
            f"{sample.barcode} is not received yet. Receive it, and say then how it arrived."
        )
    why = volumes.checked_reason(reason, "Write how it is known what nobody wrote down.")
    record_arrival(session, principal, sample, arrival, why_late=why)
    return _now_written(session, sample)


def _now_written(session: WriteSession, sample: Sample) -> ArrivalView:
    written = arrival_queries.arrival_of(session, sample.id)
    assert written is not None  # noqa: S101 -- it was written in this transaction
    return written


def _written(row: SampleArrival) -> dict[str, object]:
    return {
        "conditions": list(row.conditions),
        "temperature_c": row.temperature_c,
        "note": row.note,
    }


def _hold(
    session: WriteSession, principal: Principal, sample: Sample, arrival: ArrivalInput
) -> None:
    held = {hold.kind for hold in queries.open_holds(session, sample.id)}
    for due in arrival_rules.holds_due(arrival.conditions):
        if due.kind in held:
            continue
        reason = arrival_rules.hold_reason(
            due, temperature_c=arrival.temperature_c, note=arrival.note
        )
        holds.put_on_hold(
            session,
            principal,
            sample,
            kind=due.kind,
            reason=reason,
            release_rule=due.release_rule,
        )
