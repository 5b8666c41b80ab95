"""The time of sequencers: what is booked, service times, and another start of a planned run."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing import queries
from backend.sequencing import service as sequencing_service
from backend.sequencing.booking import service
from backend.sequencing.booking.ids import ServiceId
from backend.sequencing.booking.schemas import RescheduleIn, ServiceIn
from backend.sequencing.ids import InstrumentId
from backend.sequencing.schemas import FlowCellsIn
from backend.sequencing.views import RunBar

_WEEK = timedelta(days=7)
_LONGEST = timedelta(days=92)


class CalendarQuery(ApiInput):
    """Which time; without it the seven days from now on."""

    start_at: AwareDatetime | None = None
    end_at: AwareDatetime | None = Field(
        default=None, description="at most 92 days after start_at; seven without it"
    )

    @property
    def period(self) -> tuple[datetime, datetime]:
        """Return the time from and until."""
        start = self.start_at or clock.utc_now()
        return start, self.end_at or start + _WEEK

    @model_validator(mode="after")
    def _forward(self) -> Self:
        start, end = self.period
        if not start < end <= start + _LONGEST:
            raise ValueError("end_at must be after start_at, and at most 92 days after it.")
        return self


class FlowCellOut(ApiOutput):
    """A flow cell that an instrument takes; ``usable_reads_millions`` may be planned on one lane.

    ``is_kept`` says whether the laboratory keeps it: others are neither planned nor booked.
    """

    key: str
    name: str
    lanes: int
    usable_reads_millions: float
    is_kept: bool


class InstrumentOut(ApiOutput):
    """A sequencer in service with its usual flow cell, and all that it takes, its usual first."""

    id: UUID
    name: str
    make: str
    lanes: int
    usable_reads_millions: float
    flow_cells: list[FlowCellOut]


class InstrumentsOut(ApiOutput):
    """In the laboratory's order."""

    items: list[InstrumentOut]


class BookingOut(ApiOutput):
    """A run, or a service: then no ``run_code``, ``service_id`` removes it and ``why`` says what.

    ``state`` is that of the run, "blocked" for a plan that cannot start, or "service".
    """

    instrument: str
    run_code: str
    start_at: datetime
    end_at: datetime
    state: str
    why: str
    service_id: UUID | None


class CalendarOut(ApiOutput):
    """Bookings that touch the time, by instrument and time, and the instruments there are."""

    instruments: list[InstrumentOut]
    items: list[BookingOut]


def get_calendar(call: Call) -> CalendarOut:
    """Return what stands in the time of instruments."""
    start, end = call.asked(CalendarQuery).period
    with reading() as session:
        bars = queries.runs_between(session, call.caller, start, end)
        instruments = queries.list_instruments(session, call.caller)
    return CalendarOut(
        instruments=[InstrumentOut.model_validate(each) for each in instruments],
        items=[_booking(each) for each in bars],
    )


def keep_flow_cells(call: Call) -> InstrumentsOut:
    """Say which flow cells are kept for an instrument; null is every one of its make."""
    kept, key = call.sent(FlowCellsIn), InstrumentId(call.key("instrument_id"))
    with writing() as session:
        sequencing_service.keep_flow_cells(session, call.caller, instrument_id=key, kept=kept)
        found = queries.list_instruments(session, call.caller)
    return InstrumentsOut(items=[InstrumentOut.model_validate(each) for each in found])


def book_service(call: Call) -> object:
    """Keep an instrument free of runs for a time."""
    wish = call.sent(ServiceIn)
    with writing() as session:
        return once(
            session,
            call,
            lambda: _booking(service.book_service(session, call.caller, wish=wish)),
        )


def remove_service(call: Call) -> Answer:
    """Give a service time back to runs."""
    with writing() as session:
        service.remove_service(session, call.caller, service_id=ServiceId(call.key("service_id")))
    return Answer(status=204)


def reschedule(call: Call) -> BookingOut:
    """Give a planned run another start; the same start again changes nothing."""
    wish = call.sent(RescheduleIn)
    with writing() as session:
        return _booking(
            service.reschedule_run(session, call.caller, code=call.path["run"], wish=wish)
        )


def _booking(bar: RunBar) -> BookingOut:
    return BookingOut(
        instrument=bar.instrument,
        run_code=bar.run_code,
        start_at=bar.start,
        end_at=bar.end,
        state=bar.state,
        why=bar.why,
        service_id=bar.service_id,
    )


_TAG = "Sequencing"
_SERVICES = "/api/v1/sequencing/services"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/calendar",
        handler=get_calendar,
        access=Permission.SEQUENCING_VIEW,
        summary="Runs and services of a time, and the instruments in service",
        tag=_TAG,
        query=CalendarQuery,
        answer=CalendarOut,
    ),
    Route(
        method="POST",
        path=_SERVICES,
        handler=book_service,
        access=Permission.SEQUENCING_PLAN,
        summary="Keep an instrument free of runs for a time",
        tag=_TAG,
        body=ServiceIn,
        answer=BookingOut,
        status=201,
        once=True,
    ),
    Route(
        method="DELETE",
        path=f"{_SERVICES}/{{service_id}}",
        handler=remove_service,
        access=Permission.SEQUENCING_PLAN,
        summary="Give a service time back to runs",
        tag=_TAG,
        answer=None,
        status=204,
    ),
    Route(
        method="PUT",
        path="/api/v1/sequencing/instruments/{instrument_id}/flow-cells",
        handler=keep_flow_cells,
        access=Permission.SEQUENCING_CONFIGURE,
        summary="Say which flow cells are kept for an instrument, so that runs are planned by them",
        tag=_TAG,
        body=FlowCellsIn,
        answer=InstrumentsOut,
    ),
    Route(
        method="PUT",
        path="/api/v1/sequencing/plans/{run}/start",
        handler=reschedule,
        access=Permission.SEQUENCING_PLAN,
        summary="Give a planned run another start on its instrument",
        tag=_TAG,
        body=RescheduleIn,
        answer=BookingOut,
    ),
)
