"""How a sample arrived: written down as it is received, and what endangers it put on hold.

Called by the step "receive" (changing.py), which holds the sample's row.
"""

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import arrival_rules, holds, queries
from backend.samples.arrival_events import ArrivalRecorded
from backend.samples.arrival_models import SampleArrival
from backend.samples.models import Sample
from backend.samples.schemas import ArrivalInput


def record_arrival(
    session: WriteSession, principal: Principal, sample: Sample, arrival: ArrivalInput
) -> None:
    """Write down how a locked sample arrived, and put it on the holds that this calls for.

    The holds are the laboratory's policy, not the person's act: whoever receives sets them.
    A hold of the same kind that is open already stays as it is.
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
    events_service.record(session, principal, event, new=found, reason=row.note or None)
    _hold(session, principal, sample, arrival)


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
