"""What a run plan proposes: pools that fit, lanes that are more even, and the way back."""

from decimal import Decimal
from uuid import UUID

import pytest

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.models import Project
from backend.sequencing.ids import RequestState
from backend.sequencing.released import loading, queries, service
from backend.sequencing.released.errors import LaneChangeRefused
from backend.sequencing.released.schemas import LaneMoveIn
from backend.sequencing.released.unpooled import Unpooled, unpooled_for
from backend.sequencing.released.views import RunPlan
from dashboard.pages.run_plans import parts, proposals, words
from dashboard.pages.run_plans.lane_plan import lane_plan
from tests.factories.releases import make_planned_run
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_library,
    make_person,
    make_project,
    make_request,
    pool_of,
)


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    return make_project(session, ada)


def wait(session: WriteSession, project: Project, reads: int, pair: int) -> UUID:
    """A pool that waits, of one library with an index pair of the factory's list."""
    i7, i5 = INDEX_PAIRS[pair]
    library = make_library(session, project, index_i7=i7, index_i5=i5)
    request = make_request(
        session,
        project,
        [library],
        state=RequestState.POOLED,
        reads_millions=Decimal(reads),
    )
    return pool_of(session, request)


def add(pool: UUID, lane: int) -> LaneMoveIn:
    return LaneMoveIn(pool_id=pool, from_lane=None, to_lane=lane)


def plan_of(session: WriteSession, ada: Principal, code: str) -> RunPlan:
    return queries.get_plan(ReadSession(session), ada, code)


def test_what_waits_is_suggested_beside_one_another_and_loaded_together(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = make_planned_run(session, project)  # 120 M reads on lane 1
    first, twin, too_much = (
        wait(session, project, 500, 4),
        wait(session, project, 600, 4),
        wait(session, project, 5000, 4),
    )
    plan = plan_of(session, ada, code)

    waiting = queries.waiting_for(ReadSession(session), ada, plan)

    assert [(pool.id, lane) for pool, lane in waiting.suggested] == [(first, 2), (twin, 3)]
    assert {pool.id: lane for pool, lane in waiting.lines} == {first: 2, twin: 2, too_much: None}
    drawn = proposals.suggestion(plan, waiting.suggested)
    assert "Fill rises from 1% to 12%." in str(drawn)  # of 10,000 M reads: 120 M, then 1,220 M

    loaded = loading.add_pools(session, ada, code=code, moves=[add(first, 2), add(twin, 3)])
    assert {each.pool_id: each.lane for each in loaded.loads}.items() >= {first: 2, twin: 3}.items()


def test_libraries_in_no_pool_that_the_run_could_read_are_offered_for_pooling(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    plan = plan_of(session, ada, make_planned_run(session, project))
    wait(session, project, 500, 3)  # in a pool
    loose = [make_library(session, project) for _ in range(2)]
    make_request(session, project, loose, reads_millions=Decimal(40))
    other_length = make_library(session, project)
    make_request(session, project, [other_length], read_length=75)
    stranger = make_project(session, make_person(session, Permission.SEQUENCING_VIEW))
    make_request(session, stranger, [make_library(session, stranger)])

    found = unpooled_for(ReadSession(session), ada, plan)

    assert list(found.barcodes) == [each.barcode for each in loose]
    assert (found.project_codes, found.reads_millions) == ([project.code], 80)
    drawn = str(parts.waiting([], found, may_pool=True))
    assert "2 libraries" in drawn
    assert f"/sequencing/pools?libraries={loose[0].barcode}%2C{loose[1].barcode}" in drawn
    assert "/sequencing/pools" not in str(parts.waiting([], found, may_pool=False))


def test_more_libraries_than_a_plate_has_are_pooled_from_the_first_due_on() -> None:
    many = Unpooled(
        barcodes=[f"L{number}" for number in range(97)],
        project_codes=["A", "B", "C"],
        reads_millions=Decimal(97),
    )

    drawn = str(parts.waiting([], many, may_pool=True))

    assert "Pool the 96 due first" in drawn
    assert "3 projects" in drawn
    assert "L95" in drawn
    assert "L96" not in drawn


def test_all_of_a_suggestion_is_loaded_or_none(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = make_planned_run(session, project)
    pool = wait(session, project, 500, 4)
    moves = [add(pool, 2), add(wait(session, project, 500, 3), 9)]

    with pytest.raises(LaneChangeRefused, match="there is no lane 9"):
        loading.add_pools(session, ada, code=code, moves=moves)

    assert pool not in {each.pool_id for each in plan_of(session, ada, code).loads}


def test_nothing_is_suggested_where_nothing_fits(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    plan = plan_of(session, ada, make_planned_run(session, project))

    assert proposals.suggestion(plan, []) is None


def test_a_rebalanced_run_has_no_collision_and_goes_back_as_it_was(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = make_planned_run(session, project)
    twins = [wait(session, project, reads, 4) for reads in (500, 600)]
    crowded = loading.add_pools(session, ada, code=code, moves=[add(each, 1) for each in twins])
    before = {each.pool_id: each.lane for each in crowded.loads}
    found = proposals.rebalanced(crowded)
    assert (found.before.collisions, found.after.collisions) == (1, 0)
    assert found.is_proven
    assert "Colliding pairs of pools 1 to 0." in str(proposals.preview(crowded, found))

    keys = {each.pool_code: each.pool_id for each in crowded.loads}
    moves = [
        LaneMoveIn(pool_id=keys[pool], from_lane=at, to_lane=to) for pool, at, to in found.moves
    ]
    assert words.read(words.written(moves)) == moves
    even = service.move_pools(session, ada, code=code, moves=moves)
    assert len({each.lane for each in even.loads}) == 3
    assert proposals.rebalanced(even).moves == []

    back = [
        LaneMoveIn(pool_id=each.pool_id, from_lane=each.to_lane, to_lane=each.from_lane or 0)
        for each in moves
    ]
    as_it_was = service.move_pools(session, ada, code=code, moves=back)
    assert {each.pool_id: each.lane for each in as_it_was.loads} == before


def test_two_pools_change_places_in_one_act(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = make_planned_run(session, project)
    other = wait(session, project, 500, 4)
    there = loading.add_pools(session, ada, code=code, moves=[add(other, 2)])
    first = next(each.pool_id for each in there.loads if each.lane == 1)

    after = service.move_pools(
        session,
        ada,
        code=code,
        moves=[
            LaneMoveIn(pool_id=first, from_lane=1, to_lane=2),
            LaneMoveIn(pool_id=other, from_lane=2, to_lane=1),
        ],
    )

    assert {each.pool_id: each.lane for each in after.loads} == {first: 2, other: 1}


def test_a_bar_that_is_too_short_for_its_name_has_it_beside(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = make_planned_run(session, project)  # 120 M of 1,250 M reads
    long = wait(session, project, 900, 4)
    plan = loading.add_pools(session, ada, code=code, moves=[add(long, 2)])

    drawn = str(lane_plan(plan, chosen=1, colliding=[], may_move=True))

    short = next(each.pool_code for each in plan.loads if each.lane == 1)
    assert drawn.count("rp-beside") == 1
    assert f"B('{short}')" in drawn.split("rp-beside", maxsplit=1)[0].rpartition("rp-key")[2]
