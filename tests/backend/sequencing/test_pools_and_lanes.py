"""Pools as cards move, the lanes they stand on, and what a run has to sequence."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.models import Project
from backend.sequencing import pool_forming, pool_queries, queries, rules, run_plans, service
from backend.sequencing.errors import LaneRefused, MoveRefused
from backend.sequencing.ids import PoolState, RequestId, RequestState, RunId, RunState
from backend.sequencing.models import SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_person,
    make_project,
    make_request,
    pool_of,
    slot,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)
WAITING, POOLED, PLANNED, RUNNING, DEMULTIPLEXED, QC, DONE, _ = RequestState


def bench(session: WriteSession) -> tuple[Principal, Project]:
    ada = make_person(session, *PLAN)
    return ada, make_project(session, ada)


def move(
    session: WriteSession, ada: Principal, request: SequencingRequest, to: RequestState
) -> RequestState:
    return service.move_card(session, ada, request_id=RequestId(request.id), to=to).state


def plan(session: WriteSession, ada: Principal, *lanes: LaneIn, start: int = 0) -> RunId:
    """Book a new instrument for a day."""
    begins, ends = slot(start, 24)
    instrument = make_instrument(session)
    run_plans.plan_run(
        session,
        ada,
        plan=RunPlanIn(
            instrument_id=instrument.id, start_at=begins, end_at=ends, lanes=list(lanes)
        ),
    )
    found = select(SequencingRun.id).where(SequencingRun.instrument_id == instrument.id)
    return RunId(session.scalars(found).one())


@pytest.mark.parametrize(
    ("now", "pooled", "loaded", "runs", "column"),
    [
        (WAITING, False, False, (), WAITING),
        (POOLED, False, False, (), WAITING),
        (WAITING, True, False, (), POOLED),
        (POOLED, True, False, (RunState.PLANNED,), POOLED),
        (POOLED, True, True, (RunState.PLANNED,), PLANNED),
        (PLANNED, True, False, (RunState.RUNNING,), RUNNING),
        (PLANNED, True, True, (RunState.RUNNING, RunState.PLANNED), RUNNING),
        (RUNNING, True, True, (RunState.FINISHED, RunState.PLANNED), PLANNED),
        (RUNNING, True, True, (RunState.FINISHED,), DEMULTIPLEXED),
        (QC, True, True, (RunState.FINISHED,), QC),
        (DONE, True, True, (RunState.FINISHED,), DONE),
    ],
)
def test_a_card_stands_where_its_libraries_do(
    now: RequestState,
    pooled: bool,  # noqa: FBT001 a parameter of the table above
    loaded: bool,  # noqa: FBT001
    runs: tuple[RunState, ...],
    column: RequestState,
) -> None:
    assert rules.column_of(now, pooled=pooled, loaded=loaded, runs=runs) is column


def test_pooling_forms_one_pool_and_taking_it_back_dissolves_it(session: WriteSession) -> None:
    ada, project = bench(session)
    request = make_request(session, project, make_libraries(session, project, 3))

    move(session, ada, request, POOLED)

    (line,) = pool_queries.loadable_pools(ReadSession(session), ada)
    assert (line.libraries, line.reads_millions) == (3, Decimal(90))
    assert line.project_codes == (project.code,)
    assert list(queries.get_card(session, ada, RequestId(request.id)).pools) == [line.code]

    assert move(session, ada, request, WAITING) is WAITING
    assert session.get_one(LibraryPool, line.id).state is PoolState.CANCELLED
    assert pool_queries.loadable_pools(ReadSession(session), ada) == []


def test_what_is_mixed_in_a_tube_is_not_taken_apart(session: WriteSession) -> None:
    ada, project = bench(session)
    libraries = make_libraries(session, project, 3)
    request = make_request(session, project, libraries[:2], state=POOLED)
    pool = session.get_one(LibraryPool, pool_of(session, request))
    pool.sample_id = libraries[2].id

    with pytest.raises(MoveRefused, match=r"P-\d+ is mixed in a tube"):
        move(session, ada, request, WAITING)

    assert pool.state is PoolState.READY


def test_a_pool_on_two_lanes_shares_its_reads_evenly(session: WriteSession) -> None:
    ada, project = bench(session)
    request = make_request(session, project, make_libraries(session, project, 2), state=POOLED)
    pool_id = pool_of(session, request)

    run_id = plan(session, ada, LaneIn(pool_id=pool_id, lane=1), LaneIn(pool_id=pool_id, lane=4))

    on_lanes = pool_queries.lane_libraries(session, run_id)
    assert [(each.lane, each.reads_millions) for each in on_lanes] == [
        (1, Decimal(15)),
        (1, Decimal(15)),
        (4, Decimal(15)),
        (4, Decimal(15)),
    ]
    assert {each.project_code for each in on_lanes} == {project.code}
    card = queries.get_card(session, ada, RequestId(request.id))
    assert [place.lane for place in card.places] == [1, 4]


def test_the_reads_of_a_lane_may_be_said(session: WriteSession) -> None:
    ada, project = bench(session)
    request = make_request(session, project, make_libraries(session, project, 2), state=POOLED)

    load = LaneIn(pool_id=pool_of(session, request), lane=2, reads_millions=Decimal(100))
    run_id = plan(session, ada, load)

    on_lanes = pool_queries.lane_libraries(session, run_id)
    assert [each.reads_millions for each in on_lanes] == [Decimal(50), Decimal(50)]


def test_a_pool_is_planned_once(session: WriteSession) -> None:
    ada, project = bench(session)
    request = make_request(session, project, make_libraries(session, project, 1), state=POOLED)
    load = LaneIn(pool_id=pool_of(session, request), lane=1)
    plan(session, ada, load)

    with pytest.raises(LaneRefused, match=r"P-\d+ is already on NX-\d+"):
        plan(session, ada, load)


def test_a_request_on_two_runs_is_done_after_the_second(session: WriteSession) -> None:
    ada, project = bench(session)
    libraries = make_libraries(session, project, 2)
    request = make_request(session, project, libraries)
    pools = [
        pool_forming.form(session, ada, request=request, libraries=[library.id])
        for library in libraries
    ]
    move(session, ada, request, POOLED)
    for number, pool in enumerate(pools):
        plan(session, ada, LaneIn(pool_id=pool.id, lane=1), start=48 * number)
    assert request.state is PLANNED

    states = [
        move(session, ada, request, to) for to in (RUNNING, DEMULTIPLEXED, RUNNING, DEMULTIPLEXED)
    ]

    assert states == [RUNNING, PLANNED, RUNNING, DEMULTIPLEXED]


def test_a_pool_taken_off_a_run_carries_every_request_in_it(session: WriteSession) -> None:
    ada, project = bench(session)
    libraries = make_libraries(session, project, 2)
    first = make_request(session, project, libraries[:1], state=POOLED)
    second = make_request(session, project, libraries[1:])
    shared = pool_of(session, first)
    session.add(
        PoolMember(
            pool_id=shared,
            request_id=second.id,
            sample_id=libraries[1].id,
            place=2,
            reads_millions=second.reads_millions,
        )
    )
    session.flush()
    move(session, ada, second, POOLED)
    run_id = plan(session, ada, LaneIn(pool_id=shared, lane=1))
    assert [first.state, second.state] == [PLANNED, PLANNED]

    move(session, ada, second, POOLED)

    assert [first.state, second.state] == [POOLED, POOLED]
    assert session.get_one(SequencingRun, run_id).state is RunState.CANCELLED
