"""What the queue planner is given of the laboratory: who waits, and when instruments are free."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRun
from backend.sequencing.planning.calendar import free_starts
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.queue_problem import load_problem
from backend.storage.solver_output import silence_solver
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_person,
    make_project,
    make_request,
    put_on_hold,
)

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)
periods = st.lists(
    st.tuples(st.floats(-5, 25), st.floats(0.1, 6)).map(lambda each: (each[0], sum(each)))
)


def test_runs_stand_back_to_back_around_what_is_booked() -> None:
    assert free_starts([(5.0, 6.0), (2.0, 4.5)], begins=0.0, ends=10.0, run_days=2.0) == [
        0.0,
        6.0,
        8.0,
    ]


@given(booked=periods, run_days=st.floats(0.5, 4))
def test_no_free_slot_overlaps_anything(booked: list[tuple[float, float]], run_days: float) -> None:
    starts = free_starts(booked, begins=0.0, ends=20.0, run_days=run_days)

    ends = [start + run_days for start in starts]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert all(end <= 20.0 for end in ends)
    assert not [
        (start, one)
        for start, end in zip(starts, ends, strict=True)
        for one in booked
        if start < one[1] and one[0] < end
    ]


def test_libraries_that_wait_are_planned_around_the_bookings(session: WriteSession) -> None:
    silence_solver()
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    libraries = make_libraries(session, project, 4)
    put_on_hold(session, libraries[3])
    request = make_request(session, project, libraries, due_on=date(2026, 12, 9))
    make_request(session, project, make_libraries(session, project, 2), state=RequestState.POOLED)
    instrument = make_instrument(session, lane_reads_millions=Decimal(1000))
    run = SequencingRun(
        instrument_id=instrument.id,
        planned_start_at=NOW - timedelta(days=1),
        planned_end_at=NOW + timedelta(days=2),
        created_by=None,
    )
    session.add(run)
    session.flush()

    problem = load_problem(ReadSession(session), ada, now=NOW, request_ids=[request.id]).problem

    keys = {f"{request.id}/{library.id}" for library in libraries[:3]}
    assert {each.key for each in problem.libraries} == keys
    assert {each.configuration for each in problem.libraries} == {"151"}
    ours = [slot for slot in problem.slots if slot.instrument == str(instrument.id)]
    assert (ours[0].start, ours[0].end) == (2.0, 5.0)
    assert ours[0].lane_reads_millions == pytest.approx(846.45)
    assert ours[0].i5_reversed
    plan = plan_queue(problem, Control(elapsed_s=lambda: 0.0), Effort(rounds=60, with_proof=False))
    assert violations(problem, plan) == []
    assert plan.left_out == ()
    assert plan.objective.delay == 0.0


def test_libraries_of_other_projects_are_not_planned(session: WriteSession) -> None:
    ada, eve = make_person(session, *PLAN), make_person(session, *PLAN)
    project = make_project(session, eve)
    request = make_request(session, project, make_libraries(session, project, 1))

    problem = load_problem(ReadSession(session), ada, now=NOW, request_ids=[request.id]).problem

    assert problem.libraries == ()


def test_who_may_not_plan_reads_no_queue(session: WriteSession) -> None:
    eve = make_person(session, Permission.SEQUENCING_VIEW)

    with pytest.raises(AppError):
        load_problem(ReadSession(session), eve, now=NOW)
