"""One instrument does one thing at a time: the database's refusal as a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.codes import run_code
from backend.sequencing.errors import InstrumentBooked
from backend.sequencing.ids import RunState
from backend.sequencing.models import Instrument, SequencingRun

_ONE_AT_A_TIME = (
    "ex_sequencing_run_one_at_a_time",
    "ex_instrument_service_one_at_a_time",
    "ex_instrument_run_or_service",
)
_BOOKED = (RunState.PLANNED, RunState.RUNNING)


@contextmanager
def one_at_a_time(
    session: Session, instrument: Instrument, start: datetime, end: datetime
) -> Iterator[None]:
    """Write a booking of a time within this block; the block is undone when the time is taken.

    Raises:
        InstrumentBooked: a run or a service stands in that time; what it is is said.
    """
    name, key = instrument.name, instrument.id
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if not any(constraint in str(error.orig) for constraint in _ONE_AT_A_TIME):
            raise
        service = session.scalars(
            select(InstrumentService)
            .where(InstrumentService.instrument_id == key)
            .where(InstrumentService.starts_at < end, InstrumentService.ends_at > start)
            .order_by(InstrumentService.starts_at)
            .limit(1)
        ).one_or_none()
        raise InstrumentBooked(name, service=service.why if service else None) from error


def runs_in(session: Session, instrument: Instrument, start: datetime, end: datetime) -> list[str]:
    """Return the codes of the runs that are booked in a time, the first one first."""
    numbers = session.scalars(
        select(SequencingRun.number)
        .where(SequencingRun.instrument_id == instrument.id, SequencingRun.state.in_(_BOOKED))
        .where(SequencingRun.planned_start_at < end, SequencingRun.planned_end_at > start)
        .order_by(SequencingRun.planned_start_at)
    )
    return [run_code(instrument.run_prefix, number) for number in numbers]
