"""Moving cards and booking instruments."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.sequencing import pool_queries, queries, queue_board, run_plans, service
from backend.sequencing.errors import (
    InstrumentBooked,
    InstrumentNotFound,
    LaneRefused,
    MoveRefused,
    PoolNotFound,
    RequestNotFound,
    RequestRefused,
)
from backend.sequencing.ids import PoolState, RequestId, RequestState
from backend.sequencing.models import Instrument, SequencingRequest
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.schemas import InstrumentIn, LaneIn, RunPlanIn
from tests.factories.releases import release_planned_run
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_libraries,
    make_library,
    make_person,
    make_project,
    make_request,
    pool_of,
    put_on_hold,
    says,
    slot,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


def booking(
    session: WriteSession,
    instrument: Instrument,
    *lanes: tuple[SequencingRequest, int],
    hours: tuple[int, int] = (0, 24),
) -> RunPlanIn:
    start, end = slot(*hours)
    return RunPlanIn(
        instrument_id=instrument.id,
        start_at=start,
        end_at=end,
        lanes=[LaneIn(pool_id=pool_of(session, request), lane=lane) for request, lane in lanes],
    )


def move(
    session: WriteSession, principal: Principal, request: SequencingRequest, to: RequestState
) -> RequestState:
    key = RequestId(request.id)
    return service.move_card(session, principal, request_id=key, to=to).state


def test_a_request_goes_all_the_way_to_done(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    request = make_request(session, project, make_libraries(session, project, 2))
    instrument = make_instrument(session)

    move(session, ada, request, RequestState.POOLED)
    bar = run_plans.plan_run(session, ada, plan=booking(session, instrument, (request, 3)))
    release_planned_run(session, request)
    for state in (
        RequestState.RUNNING,
        RequestState.DEMULTIPLEXED,
        RequestState.QC,
        RequestState.DONE,
    ):
        move(session, ada, request, state)

    card = queries.get_card(session, ada, RequestId(request.id))
    (place,) = card.places
    assert (card.state, place.run_code, place.lane) == (RequestState.DONE, bar.run_code, 3)
    assert list(card.pools) == [place.pool_code]
    types = [each.type for each in session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))]
    assert types == [
        "sequencing.pool_formed",
        "sequencing.card_moved",
        "sequencing.card_moved",
        "sequencing.run_planned",
        "sequencing.card_moved",
        "sequencing.run_state_changed",
        "sequencing.card_moved",
        "sequencing.run_state_changed",
        "sequencing.card_moved",
        "sequencing.card_moved",
    ]


def test_colliding_libraries_are_not_pooled_and_the_card_says_so(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    i7, i5 = INDEX_PAIRS[0]
    pair = [make_library(session, project, index_i7=i7, index_i5=i5) for _ in range(2)]
    request = make_request(session, project, pair)

    with pytest.raises(MoveRefused, match="have the same index"):
        move(session, ada, request, RequestState.POOLED)

    assert len(queries.get_card(session, ada, RequestId(request.id)).collisions) == 1


def test_a_hold_set_after_planning_blocks_the_start(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    libraries = make_libraries(session, project, 2)
    request = make_request(session, project, libraries, state=RequestState.POOLED)
    run_plans.plan_run(session, ada, plan=booking(session, make_instrument(session), (request, 1)))
    put_on_hold(session, libraries[0])

    with pytest.raises(MoveRefused, match="is on hold: quarantine"):
        move(session, ada, request, RequestState.RUNNING)

    start, end = slot(0, 24)
    assert [bar.state for bar in queries.runs_between(session, ada, start, end)] == ["blocked"]
    assert queries.queue_summary(session, ada).runs_blocked == 1


def test_starting_a_run_moves_everything_on_its_flow_cell(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    first, second = (
        make_request(session, project, [library], state=RequestState.POOLED)
        for library in make_libraries(session, project, 2)
    )
    plan = booking(session, make_instrument(session), (first, 1), (second, 2))
    run_plans.plan_run(session, ada, plan=plan)

    release_planned_run(session, first)
    move(session, ada, second, RequestState.RUNNING)

    assert [first.state, second.state] == [RequestState.RUNNING, RequestState.RUNNING]


def test_taking_the_last_pool_off_a_run_gives_the_instrument_back(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    pool = make_libraries(session, project, 2)
    request = make_request(session, project, pool, state=RequestState.POOLED)
    instrument = make_instrument(session)
    run_plans.plan_run(session, ada, plan=booking(session, instrument, (request, 1)))

    move(session, ada, request, RequestState.POOLED)

    again = run_plans.plan_run(session, ada, plan=booking(session, instrument, (request, 2)))
    start, end = slot(0, 24)
    assert [bar.run_code for bar in queries.runs_between(session, ada, start, end)] == [
        again.run_code
    ]


@pytest.mark.parametrize("hours", [(0, 24), (23, 4), (-5, 6), (5, 1)])
def test_an_instrument_is_never_booked_twice_at_once(
    session: WriteSession, hours: tuple[int, int]
) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    first, second = (
        make_request(session, project, [library], state=RequestState.POOLED)
        for library in make_libraries(session, project, 2)
    )
    instrument = make_instrument(session)
    run_plans.plan_run(session, ada, plan=booking(session, instrument, (first, 1)))

    with pytest.raises(InstrumentBooked, match="is already booked in that time"):
        run_plans.plan_run(
            session, ada, plan=booking(session, instrument, (second, 1), hours=hours)
        )

    back_to_back = booking(session, instrument, (second, 1), hours=(24, 4))
    run_plans.plan_run(session, ada, plan=back_to_back)
    other = make_instrument(session)
    assert other.id != instrument.id
    assert second.state is RequestState.PLANNED


@pytest.mark.usefixtures("committed_database")
def test_two_people_who_book_one_slot_at_once_do_not_both_get_it(
    committed_database: Engine,
) -> None:
    with writing() as session:
        ada = make_person(session, *PLAN)
        project = make_project(session, ada)
        requests = [
            make_request(session, project, [library], state=RequestState.POOLED)
            for library in make_libraries(session, project, 4)
        ]
        instrument = make_instrument(session)
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def book(request: SequencingRequest) -> None:
        together.wait(timeout=10)
        try:
            with writing() as session:
                run_plans.plan_run(session, ada, plan=booking(session, instrument, (request, 1)))
            outcomes.append("booked")
        except InstrumentBooked:
            outcomes.append("refused")

    threads = [threading.Thread(target=book, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["booked", "refused", "refused", "refused"]
    start, end = slot(0, 24)
    with reading() as session:
        assert len(queries.runs_between(session, ada, start, end)) == 1


def test_pools_that_collide_in_one_lane_go_on_two(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    i7, i5 = INDEX_PAIRS[0]
    first, second = (
        make_request(
            session,
            project,
            [make_library(session, project, index_i7=i7, index_i5=i5)],
            state=RequestState.POOLED,
        )
        for _ in range(2)
    )
    instrument = make_instrument(session)

    with pytest.raises(LaneRefused) as refused:
        run_plans.plan_run(session, ada, plan=booking(session, instrument, (first, 1), (second, 1)))

    told = refused.value.message
    assert "have the same index." in told
    codes = pool_queries.pool_codes_of(session, [first.id, second.id])
    named = [code for found in codes.values() for code in found]
    assert any(f"Put {code} on lane 2 instead." in told for code in named)
    bar = run_plans.plan_run(
        session, ada, plan=booking(session, instrument, (first, 1), (second, 2))
    )
    assert bar.state == "planned"


def test_every_reason_against_a_plan_is_named(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    libraries = make_libraries(session, project, 3)
    put_on_hold(session, libraries[0])
    draft = make_request(session, project, libraries[:1], state=RequestState.POOLED)
    session.get_one(LibraryPool, pool_of(session, draft)).state = PoolState.DRAFT
    greedy = make_request(
        session,
        project,
        libraries[1:],
        state=RequestState.POOLED,
        reads_millions=Decimal(900),
        read_length=51,
    )

    with pytest.raises(LaneRefused) as refused:
        run_plans.plan_run(
            session, ada, plan=booking(session, make_instrument(session), (draft, 1), (greedy, 2))
        )

    message = refused.value.message
    assert "is draft, not ready" in message
    assert "is on hold: quarantine" in message
    assert "Lane 2 would need 1,800 M reads; it yields 1,058 M." in message
    assert "different read lengths" in message


def test_a_plan_that_cannot_be_names_its_fields(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    request = make_request(
        session, project, make_libraries(session, project, 1), state=RequestState.POOLED
    )
    instrument = make_instrument(session, lanes=1)

    with pytest.raises(RequestRefused) as refused:
        run_plans.plan_run(
            session,
            ada,
            plan=booking(session, instrument, (request, 2), (request, 2), hours=(5, 0)),
        )

    assert set(refused.value.fields) == {"end_at", "lane", "lanes"}


def test_unknown_things_are_not_found(session: WriteSession) -> None:
    ada, ben = make_person(session, *PLAN), make_person(session, *PLAN)
    project = make_project(session, ada)
    request = make_request(
        session, project, make_libraries(session, project, 1), state=RequestState.POOLED
    )
    instrument = make_instrument(session)
    retired = make_instrument(session, is_active=False)

    with pytest.raises(RequestNotFound):
        move(session, ben, request, RequestState.WAITING)
    with pytest.raises(PoolNotFound):
        run_plans.plan_run(session, ben, plan=booking(session, instrument, (request, 1)))
    with pytest.raises(InstrumentNotFound):
        run_plans.plan_run(session, ada, plan=booking(session, retired, (request, 1)))
    with pytest.raises(RequestNotFound):
        queries.get_card(session, ada, RequestId(new_id()))


def test_moving_and_planning_need_the_permission(session: WriteSession) -> None:
    viewer = make_person(session, Permission.SEQUENCING_VIEW, Permission.SEQUENCING_REQUEST)
    project = make_project(session, viewer)
    libraries = make_libraries(session, project, 1)
    request = make_request(session, project, libraries, state=RequestState.POOLED)
    nobody = make_person(session)

    with pytest.raises(PermissionDenied):
        move(session, viewer, request, RequestState.WAITING)
    with pytest.raises(PermissionDenied):
        run_plans.plan_run(
            session, viewer, plan=booking(session, make_instrument(session), (request, 1))
        )
    with pytest.raises(PermissionDenied):
        service.add_instrument(
            session, viewer, instrument=InstrumentIn(name="MiSeq", model="miseq_v3")
        )
    with pytest.raises(PermissionDenied):
        queue_board.board(session, nobody)


def test_an_instrument_brings_what_is_known_of_its_make(session: WriteSession) -> None:
    ada = make_person(session, *PLAN, Permission.SEQUENCING_CONFIGURE)
    add_usual_reference(session, ada)

    service.add_instrument(
        session, ada, instrument=InstrumentIn(name="Anna", model="novaseq_x_10b")
    )

    (shown,) = queries.list_instruments(session, ada)
    assert (shown.name, shown.model, shown.lanes) == ("Anna", "NovaSeq X, 10B", 8)
    assert shown.usable_reads_millions == pytest.approx(1250 * 0.99 * 0.95 * 0.9)
    for wrong, words in (
        (("Anna", "miseq_v3"), "already"),
        (("Bea", "abacus"), "not known"),
        (("Bea", "miniseq_high"), "looked up what a lane of MiniSeq, high output yields"),
    ):
        with pytest.raises(RequestRefused, check=says(words)):
            service.add_instrument(
                session, ada, instrument=InstrumentIn(name=wrong[0], model=wrong[1])
            )


def test_runs_outside_the_period_are_not_shown(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    request = make_request(
        session, project, make_libraries(session, project, 1), state=RequestState.POOLED
    )
    run_plans.plan_run(session, ada, plan=booking(session, make_instrument(session), (request, 1)))

    later = datetime(2026, 12, 5, tzinfo=UTC), datetime(2026, 12, 7, tzinfo=UTC)
    assert queries.runs_between(session, ada, *later) == []
