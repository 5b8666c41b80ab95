"""Times of instruments: service that no run stands in, and planned runs that get another start."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.sequencing import queries, queue_machines, run_plans
from backend.sequencing.booking import queries as booking_queries
from backend.sequencing.booking import service
from backend.sequencing.booking.errors import NotReschedulable, ServiceNotFound, ServiceOver
from backend.sequencing.booking.ids import ServiceId
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.booking.schemas import RescheduleIn, ServiceIn
from backend.sequencing.errors import InstrumentBooked, InstrumentNotFound, RequestRefused
from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.models import Instrument, SequencingRequest, SequencingRun
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.sequencing.released.models import RunRelease
from backend.sequencing.schemas import LaneIn, RunPlanIn
from backend.sequencing.views import RunBar
from tests.factories.releases import release_of
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_person,
    make_project,
    make_request,
    pool_of,
    says,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


def at(hours: float) -> datetime:
    """An instant so many hours after tomorrow's first."""
    midnight = clock.utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1, hours=hours)


def requests(session: WriteSession, ada: Principal, number: int) -> list[SequencingRequest]:
    project = make_project(session, ada)
    return [
        make_request(session, project, [library], state=RequestState.POOLED)
        for library in make_libraries(session, project, number)
    ]


def plan(
    session: WriteSession,
    ada: Principal,
    instrument: Instrument,
    request: SequencingRequest,
    hours: tuple[float, float],
) -> RunBar:
    wish = RunPlanIn(
        instrument_id=instrument.id,
        start_at=at(hours[0]),
        end_at=at(hours[1]),
        lanes=[LaneIn(pool_id=pool_of(session, request), lane=1)],
    )
    return run_plans.plan_run(session, ada, plan=wish)


def keep_free(
    session: WriteSession, ada: Principal, instrument: Instrument, hours: tuple[float, float]
) -> RunBar:
    wish = ServiceIn(
        instrument_id=instrument.id,
        start_at=at(hours[0]),
        end_at=at(hours[1]),
        why="Yearly service",
    )
    return service.book_service(session, ada, wish=wish)


def test_a_run_is_refused_over_a_service_and_the_service_is_named(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    instrument = make_instrument(session)
    keep_free(session, ada, instrument, (8, 16))

    with pytest.raises(InstrumentBooked, match=r"in service in that time \(Yearly service\)"):
        plan(session, ada, instrument, request, (15, 30))

    assert plan(session, ada, instrument, request, (16, 30)).state == "planned"


def test_a_service_stands_on_the_calendar_and_in_what_a_planner_reads(
    session: WriteSession,
) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    instrument = make_instrument(session)
    run = plan(session, ada, instrument, request, (16, 30))
    keep_free(session, ada, instrument, (8, 16))

    bars = queries.runs_between(session, ada, at(0), at(48))
    assert [(bar.label, bar.state, bar.why) for bar in bars] == [
        ("service", "service", "Yearly service"),
        (run.run_code, "planned", ""),
    ]
    (machine,) = [
        each
        for each in queue_machines.load_machines(session, [], USUAL_PLANNING)
        if each.instrument.id == instrument.id
    ]
    assert machine.services == [(at(8), at(16))]
    assert machine.booked == [(at(16), at(30))]
    assert booking_queries.openable(ReadSession(session), ada, bars) == {run.run_code}


def test_a_service_is_refused_over_a_run_until_the_run_goes_elsewhere(
    session: WriteSession,
) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    instrument = make_instrument(session)
    run = plan(session, ada, instrument, request, (8, 16))

    with pytest.raises(RequestRefused, check=says(f"{run.run_code} is booked in that time")):
        keep_free(session, ada, instrument, (15, 20))
    service.reschedule_run(session, ada, code=run.run_code, wish=RescheduleIn(start_at=at(20)))

    assert keep_free(session, ada, instrument, (15, 20)).end == at(20)


@pytest.mark.parametrize(
    ("hours", "words"),
    [((8, 8), "must end after it starts"), ((-72, -60), "That time has passed")],
)
def test_a_service_has_a_time_to_come(
    session: WriteSession, hours: tuple[float, float], words: str
) -> None:
    ada = make_person(session, *PLAN)
    instrument = make_instrument(session)

    with pytest.raises(RequestRefused, check=says(words)):
        keep_free(session, ada, instrument, hours)

    assert session.scalar(select(func.count()).select_from(InstrumentService)) == 0


def test_two_services_do_not_overlap_and_an_instrument_must_be_there(
    session: WriteSession,
) -> None:
    ada = make_person(session, *PLAN)
    instrument = make_instrument(session)
    keep_free(session, ada, instrument, (8, 16))

    with pytest.raises(InstrumentBooked, match="in service in that time"):
        keep_free(session, ada, instrument, (12, 20))

    instrument.is_active = False
    with pytest.raises(InstrumentNotFound):
        keep_free(session, ada, instrument, (30, 40))


def test_a_removed_service_leaves_its_time_to_runs_and_its_trace_in_the_trail(
    session: WriteSession,
) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    instrument = make_instrument(session)
    booked = keep_free(session, ada, instrument, (8, 16))
    assert booked.service_id is not None
    key = ServiceId(booked.service_id)

    service.remove_service(session, ada, service_id=key)

    assert plan(session, ada, instrument, request, (8, 16)).state == "planned"
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "sequencing.service_removed")
    ).one()
    assert entry.old_values is not None
    assert entry.old_values["why"] == "Yearly service"
    with pytest.raises(ServiceNotFound):
        service.remove_service(session, ada, service_id=key)


def test_a_service_that_is_over_stays(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    instrument = make_instrument(session)
    past = InstrumentService(
        instrument_id=instrument.id,
        starts_at=at(-72),
        ends_at=at(-60),
        why="Laser",
        created_by=None,
        created_by_name="Ada",
    )
    session.add(past)
    session.flush()

    with pytest.raises(ServiceOver, match="is over"):
        service.remove_service(session, ada, service_id=ServiceId(past.id))


def test_a_rescheduled_run_keeps_its_length_and_its_release(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    bar = plan(session, ada, make_instrument(session), request, (8, 32))
    run = session.scalars(select(SequencingRun)).one()
    release_of(session, run.id)

    moved = service.reschedule_run(
        session, ada, code=bar.run_code, wish=RescheduleIn(start_at=at(20))
    )

    assert (moved.start, moved.end) == (at(20), at(44))
    assert (run.planned_start_at, run.planned_end_at) == (at(20), at(44))
    assert session.scalars(select(RunRelease.voided_at)).one() is None


def test_a_run_is_not_rescheduled_onto_another_or_a_service(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    first, second = requests(session, ada, 2)
    instrument = make_instrument(session)
    plan(session, ada, instrument, first, (8, 16))
    moving = plan(session, ada, instrument, second, (20, 24)).run_code
    keep_free(session, ada, instrument, (30, 40))

    for start, words in ((12, "already booked"), (38, "in service")):
        with pytest.raises(InstrumentBooked, match=words):
            service.reschedule_run(session, ada, code=moving, wish=RescheduleIn(start_at=at(start)))
    with pytest.raises(RequestRefused, check=says("has passed")):
        service.reschedule_run(session, ada, code=moving, wish=RescheduleIn(start_at=at(-72)))

    bars = queries.runs_between(session, ada, at(0), at(48))
    assert [bar.start for bar in bars if bar.run_code == moving] == [at(20)]
    # Its own time does not stand in its way.
    service.reschedule_run(session, ada, code=moving, wish=RescheduleIn(start_at=at(22)))


def test_what_has_started_is_not_rescheduled(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    (request,) = requests(session, ada, 1)
    bar = plan(session, ada, make_instrument(session), request, (8, 16))
    session.scalars(select(SequencingRun)).one().state = RunState.RUNNING
    session.flush()

    with pytest.raises(NotReschedulable, match="Only a planned run gets"):
        service.reschedule_run(session, ada, code=bar.run_code, wish=RescheduleIn(start_at=at(20)))


@pytest.mark.parametrize("act", ["book", "remove", "reschedule"])
def test_who_may_not_plan_changes_no_times(session: WriteSession, act: str) -> None:
    bob = make_person(session, Permission.SEQUENCING_VIEW)
    instrument = make_instrument(session)
    acts: dict[str, Callable[[], object]] = {
        "book": lambda: keep_free(session, bob, instrument, (8, 16)),
        "remove": lambda: service.remove_service(session, bob, service_id=ServiceId(instrument.id)),
        "reschedule": lambda: service.reschedule_run(
            session, bob, code="NX-0001", wish=RescheduleIn(start_at=at(8))
        ),
    }

    with pytest.raises(PermissionDenied):
        acts[act]()


@pytest.mark.usefixtures("committed_database")
def test_a_run_and_a_service_booked_at_once_do_not_both_get_the_time(
    committed_database: Engine,
) -> None:
    with writing() as session:
        ada = make_person(session, *PLAN)
        pooled = requests(session, ada, 3)
        instruments = [make_instrument(session) for _ in pooled]
    outcomes: list[str] = []

    def tries(act: Callable[[WriteSession], object], together: threading.Barrier) -> None:
        together.wait(timeout=10)
        try:
            with writing() as session:
                act(session)
            outcomes.append("booked")
        except (InstrumentBooked, RequestRefused):
            outcomes.append("refused")

    for instrument, request in zip(instruments, pooled, strict=True):
        acts: list[Callable[[WriteSession], object]] = [
            lambda session, there=instrument, what=request: plan(
                session, ada, there, what, (8, 16)
            ),
            lambda session, there=instrument: keep_free(session, ada, there, (12, 20)),
        ]
        together = threading.Barrier(2)
        threads = [threading.Thread(target=tries, args=(act, together)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)

    assert sorted(outcomes) == ["booked"] * 3 + ["refused"] * 3
    with reading() as session:
        assert len(queries.runs_between(session, ada, at(0), at(48))) == 3


@pytest.mark.usefixtures("committed_database")
def test_who_books_a_run_waits_for_a_service_that_is_being_booked(
    committed_database: Engine,
) -> None:
    with writing() as session:
        ada = make_person(session, *PLAN)
        (request,) = requests(session, ada, 1)
        instrument = make_instrument(session)
    outcomes: list[str] = []

    def book() -> None:
        try:
            with writing() as session:
                plan(session, ada, instrument, request, (8, 16))
            outcomes.append("booked")
        except InstrumentBooked as refusal:
            outcomes.append(refusal.message)

    with writing() as session:
        keep_free(session, ada, instrument, (12, 20))
        thread = threading.Thread(target=book)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive()
        assert outcomes == []
    thread.join(timeout=20)

    assert len(outcomes) == 1
    assert "in service in that time" in outcomes[0]
