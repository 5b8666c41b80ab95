"""Times of instruments: service that keeps them free of runs, and runs that get another start."""

from datetime import datetime

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.bars import SERVICE
from backend.sequencing.booking.errors import NotReschedulable, ServiceNotFound, ServiceOver
from backend.sequencing.booking.events import RunRescheduled, ServiceBooked, ServiceRemoved
from backend.sequencing.booking.ids import ServiceId
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.booking.schemas import RescheduleIn, ServiceIn
from backend.sequencing.booking.slots import one_at_a_time, runs_in
from backend.sequencing.errors import InstrumentNotFound, RequestRefused
from backend.sequencing.ids import RunState
from backend.sequencing.models import Instrument
from backend.sequencing.released.service import lock_run
from backend.sequencing.views import RunBar


def book_service(session: WriteSession, principal: Principal, *, wish: ServiceIn) -> RunBar:
    """Keep an instrument free of runs for a time.

    That nothing else stands there is the database's to say, also where two people book at once.

    Raises:
        InstrumentNotFound: absent or out of service for good.
        RequestRefused: the time has passed, ends before it starts, or a run stands in it.
        InstrumentBooked: somebody booked the time at the same moment, or another service is there.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    instrument = session.get(Instrument, wish.instrument_id)
    if instrument is None or not instrument.is_active:
        raise InstrumentNotFound
    fields = {}
    if wish.end_at <= wish.start_at:
        fields["end_at"] = "The service must end after it starts."
    elif wish.end_at <= clock.utc_now():
        fields["end_at"] = "That time has passed. Choose a later one."
    elif runs := runs_in(session, instrument, wish.start_at, wish.end_at):
        fields["start_at"] = (
            f"{', '.join(runs)} {'is' if len(runs) == 1 else 'are'} booked in that time. "
            "Reschedule first, or choose another time."
        )
    if fields:
        raise RequestRefused(fields)
    with one_at_a_time(session, instrument, wish.start_at, wish.end_at):
        made = InstrumentService(
            instrument_id=instrument.id,
            starts_at=wish.start_at,
            ends_at=wish.end_at,
            why=wish.why,
            created_by=principal.user_id,
            created_by_name=principal.name,
        )
        session.add(made)
    booked = ServiceBooked(
        aggregate_id=instrument.id,
        instrument=instrument.name,
        start_at=made.starts_at,
        end_at=made.ends_at,
        why=made.why,
    )
    events_service.record(session, principal, booked)
    return RunBar(
        instrument=instrument.name,
        run_code="",
        start=made.starts_at,
        end=made.ends_at,
        state=SERVICE,
        why=made.why,
        service_id=made.id,
    )


def remove_service(session: WriteSession, principal: Principal, *, service_id: ServiceId) -> str:
    """Give a service time back to runs; return the instrument's name. The trail keeps what it was.

    Raises:
        ServiceNotFound: absent, or removed already.
        ServiceOver: it has passed.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    found = session.scalars(
        select(InstrumentService).where(InstrumentService.id == service_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise ServiceNotFound
    instrument = session.get_one(Instrument, found.instrument_id)
    if found.ends_at <= clock.utc_now():
        raise ServiceOver(instrument.name)
    removed = ServiceRemoved(
        aggregate_id=instrument.id,
        instrument=instrument.name,
        start_at=found.starts_at,
        end_at=found.ends_at,
    )
    events_service.record(session, principal, removed, old={"why": found.why})
    session.delete(found)
    session.flush()
    return instrument.name


def reschedule_run(
    session: WriteSession, principal: Principal, *, code: str, wish: RescheduleIn
) -> RunBar:
    """Give a planned run another start on its instrument; its length stays.

    What is on its lanes stays as it is, and so does a release of them.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        NotReschedulable: it is not planned any more.
        RequestRefused: the start has passed.
        InstrumentBooked: another run or a service stands in that time.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    there = lock_run(session, principal, code)
    run, instrument = there.run, there.instrument
    if run.state is not RunState.PLANNED:
        raise NotReschedulable(there.code, run.state.value)
    if wish.start_at < clock.utc_now():
        raise RequestRefused({"start_at": "That time has passed. Choose a later one."})
    before = _times(run.planned_start_at, run.planned_end_at)
    end = wish.start_at + (run.planned_end_at - run.planned_start_at)
    with one_at_a_time(session, instrument, wish.start_at, end):
        run.planned_start_at, run.planned_end_at = wish.start_at, end
    event = RunRescheduled(aggregate_id=run.id, code=there.code, start_at=wish.start_at, end_at=end)
    events_service.record(session, principal, event, old=before, new=_times(wish.start_at, end))
    return RunBar(
        instrument=instrument.name,
        run_code=there.code,
        start=wish.start_at,
        end=end,
        state=run.state.value,
    )


def _times(start: datetime, end: datetime) -> dict[str, object]:
    return {"start_at": start.isoformat(), "end_at": end.isoformat()}
