"""Sizes of flow cell in the laboratory: offered, kept, weighed, planned, booked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import OutboxEvent
from backend.sequencing import queries, queue_problem, run_plans, service
from backend.sequencing.errors import InstrumentNotFound, LaneRefused, RequestRefused
from backend.sequencing.ids import InstrumentId, RequestState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.queue_plans import loading as plan_loading
from backend.sequencing.queue_plans import service as plan_service
from backend.sequencing.queue_plans.errors import QueueChanged, QueuePlanRefused
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import RecipeContent
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.released import queries as released_queries
from backend.sequencing.schemas import FlowCellsIn, LaneIn, RunPlanIn
from backend.storage.solver_output import silence_solver
from tests.factories.queue_scene import QueueScene
from tests.factories.sequencing import (
    keep_make,
    make_libraries,
    make_person,
    make_project,
    make_request,
    pool_of,
    says,
    slot,
)

SIZES = ("novaseq_x_1_5b", "novaseq_x_25b")
MAY = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_CONFIGURE,
)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def scene(session: WriteSession) -> QueueScene:
    """An instrument of 10B, with 1.5B and 25B among the reference data."""
    silence_solver()
    found = QueueScene(session, lanes=8)
    for each in SIZES:
        keep_make(session, each)
    return found


@pytest.fixture
def eva(session: WriteSession) -> Principal:
    return make_person(session, *MAY)


def keep(session: WriteSession, who: Principal, instrument: Instrument, *keys: str) -> None:
    kept = FlowCellsIn(flow_cells=list(keys) or None)
    service.keep_flow_cells(session, who, instrument_id=InstrumentId(instrument.id), kept=kept)


def price(session: WriteSession, eva: Principal, **prices: int) -> None:
    for key, value in prices.items():
        kind = ReferenceKind.FLOW_CELL
        standing = reference_queries.current_of(session, kind, key)
        reference_service.revise_entry(
            session,
            eva,
            kind=kind,
            key=key,
            based_on=standing.number,
            content=standing.content.model_dump() | {"price": value},
            source="Our orders",
            reason="Bought.",
        )


def recipe(session: WriteSession, eva: Principal, **said: Any) -> str:
    values = {
        "flow_cell": "novaseq_x_10b",
        "read1_cycles": 151,
        "read2_cycles": 151,
        "index1_cycles": 10,
        "index2_cycles": 10,
    }
    return reference_service.add_entry(
        session,
        eva,
        kind=ReferenceKind.RECIPE,
        name="Paired 151",
        content=RecipeContent.model_validate(values | said),
        source="A test",
    ).key


def test_an_instrument_offers_every_size_of_its_make_its_own_first(
    session: WriteSession, scene: QueueScene
) -> None:
    keep_make(session, "miseq_v3")

    (seen,) = queries.list_instruments(ReadSession(session), scene.ada)

    assert seen.flow_cells[0].key == "novaseq_x_10b"
    assert {each.key for each in seen.flow_cells[1:]} == set(SIZES)
    assert all(each.is_kept for each in seen.flow_cells)


def test_only_what_the_laboratory_keeps_is_offered_and_that_is_audited(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    keep(session, eva, scene.instrument, "novaseq_x_25b", "novaseq_x_10b")

    (seen,) = queries.list_instruments(ReadSession(session), scene.ada)
    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "sequencing.instrument_stocked")
    ).one()

    assert {each.key for each in seen.flow_cells if each.is_kept} == {
        "novaseq_x_10b",
        "novaseq_x_25b",
    }
    assert event.aggregate_id == scene.instrument.id

    keep(session, eva, scene.instrument)

    assert scene.instrument.flow_cells is None


def test_keeping_flow_cells_names_what_it_refuses(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    with pytest.raises(RequestRefused, check=says("does not take “miseq_v3”")):
        keep(session, eva, scene.instrument, "miseq_v3")
    with pytest.raises(PermissionDenied):
        keep(session, scene.ada, scene.instrument)
    scene.instrument.is_active = False
    with pytest.raises(InstrumentNotFound):
        keep(session, eva, scene.instrument)


def booked(session: WriteSession, scene: QueueScene, **said: Any) -> SequencingRun:
    project = make_project(session, scene.ada)
    request = make_request(
        session,
        project,
        make_libraries(session, project, 2),
        state=RequestState.POOLED,
        read_length=said.pop("read_length", 151),
    )
    start, end = slot(0, 24)
    lanes = [LaneIn(pool_id=pool_of(session, request), lane=said.pop("lane", 1))]
    wish = RunPlanIn(
        instrument_id=scene.instrument.id, start_at=start, end_at=end, lanes=lanes, **said
    )
    run_plans.plan_run(session, scene.ada, plan=wish)
    return session.scalars(
        select(SequencingRun).where(SequencingRun.instrument_id == scene.instrument.id)
    ).one()


def test_a_run_is_booked_with_another_size_and_reckoned_by_it(
    session: WriteSession, scene: QueueScene
) -> None:
    run = booked(session, scene, flow_cell="novaseq_x_1_5b")

    plan = released_queries.get_plan(ReadSession(session), scene.ada, f"NX-{run.number:04d}")

    assert (run.flow_cell, run.lanes, run.lane_reads_millions) == ("novaseq_x_1_5b", 2, 800)
    assert (plan.lanes, plan.lane_millions, plan.model) == (2, 800.0, "NovaSeq X, 1.5B")


def test_a_size_has_no_more_lanes_than_it_has(session: WriteSession, scene: QueueScene) -> None:
    with pytest.raises(RequestRefused, check=says("has 2 lanes with NovaSeq X, 1.5B")):
        booked(session, scene, flow_cell="novaseq_x_1_5b", lane=3)


def test_what_is_not_kept_or_of_another_make_is_not_booked(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    keep(session, eva, scene.instrument, "novaseq_x_10b")

    with pytest.raises(RequestRefused, check=says("It takes NovaSeq X, 10B.")):
        booked(session, scene, flow_cell="novaseq_x_25b")


def test_a_size_whose_reagents_read_too_little_is_refused(
    session: WriteSession, scene: QueueScene
) -> None:
    with pytest.raises(LaneRefused, match="no reagents of NovaSeq X, 10B read so much"):
        booked(session, scene, read_length=251)


def test_sizes_weigh_by_their_prices_and_by_their_reads_without_them(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    scene.request(0)
    before = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW).loadable
    price(session, eva, novaseq_x_10b=1000, novaseq_x_25b=1800)

    after = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW).loadable

    told = {each.cell.key: (round(each.dearness, 3), each.dear_by) for each in before}
    assert told["novaseq_x_10b"] == (1.0, "")
    assert told["novaseq_x_1_5b"] == (0.16, "by their reads, for want of prices")
    now = {each.cell.key: (each.dearness, each.dear_by) for each in after}
    assert now["novaseq_x_25b"] == (1.8, "by what both cost")


def test_a_plan_takes_the_size_that_is_worth_it_says_why_and_books_it(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    price(session, eva, novaseq_x_1_5b=200, novaseq_x_10b=1000, novaseq_x_25b=1800)

    plan = scene.plan(scene.request(0), scene.request(1))

    (run,) = plan.runs
    assert (run.flow_cell, run.lanes_total) == ("NovaSeq X, 1.5B", 2)
    assert {each.split(":")[0] for each in run.sizes} == {"NovaSeq X, 10B", "NovaSeq X, 25B"}
    assert all("days more" in each for each in run.sizes)
    assert plan.settings is not None
    assert {each.flow_cell for each in plan.settings.runs} == {
        "NovaSeq X, 1.5B",
        "NovaSeq X, 10B",
        "NovaSeq X, 25B",
    }

    done = plan_service.accept_plan(session, scene.ada, plan_id=plan.id)

    booked_as = released_queries.get_plan(ReadSession(session), scene.ada, done.runs[0])
    assert (booked_as.model, booked_as.lanes) == ("NovaSeq X, 1.5B", 2)


def test_a_size_that_is_kept_no_more_is_not_accepted(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    plan = scene.plan(scene.request(0))
    keep(session, eva, scene.instrument, "novaseq_x_25b")

    with pytest.raises(QueueChanged, match=r"It takes NovaSeq X, 25B\."):
        plan_service.accept_plan(session, scene.ada, plan_id=plan.id)


def test_more_than_the_small_size_holds_takes_a_larger_one(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    price(session, eva, novaseq_x_1_5b=200, novaseq_x_10b=1000, novaseq_x_25b=1800)

    plan = scene.plan(scene.request(0, reads_millions=Decimal(1000)))

    (run,) = plan.runs
    assert run.flow_cell == "NovaSeq X, 10B"
    assert "NovaSeq X, 1.5B: 1 of 1 libraries would find no lane." in run.sizes


def test_what_is_not_kept_is_not_planned(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    keep(session, eva, scene.instrument, "novaseq_x_25b")

    plan = scene.plan(scene.request(0))

    assert [run.flow_cell for run in plan.runs] == ["NovaSeq X, 25B"]
    assert [run.sizes for run in plan.runs] == [()]


def test_a_pin_may_name_the_size_and_a_plan_keeps_it(
    session: WriteSession, scene: QueueScene
) -> None:
    request = scene.request(0)
    before = scene.plan(request).runs[0]
    plan_service.pin(
        session,
        scene.ada,
        request_id=request.id,
        instrument_id=scene.instrument.id,
        start_at=before.start_at,
        lane=5,
        flow_cell="novaseq_x_25b",
    )

    (run,) = scene.plan(request).runs

    assert run.flow_cell == "NovaSeq X, 25B"
    assert [lane.lane for lane in run.lanes] == [5]
    assert run.start_at == before.start_at


def test_a_pin_names_a_size_that_the_instrument_takes(
    session: WriteSession, scene: QueueScene
) -> None:
    request = scene.request(0)
    start = scene.plan(request).runs[0].start_at

    def pin(**said: Any) -> None:
        plan_service.pin(
            session,
            scene.ada,
            request_id=request.id,
            instrument_id=scene.instrument.id,
            start_at=start,
            **said,
        )

    with pytest.raises(QueuePlanRefused, match="Choose a flow cell that"):
        pin(flow_cell="miseq_v3")
    with pytest.raises(QueuePlanRefused, match="Choose a lane from 1 to 2"):
        pin(flow_cell="novaseq_x_1_5b", lane=3)


def test_the_planner_reckons_with_the_phix_of_the_recipe_and_books_by_it(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    keep(session, eva, scene.instrument, "novaseq_x_10b")
    request = scene.request(0)
    plain = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW)
    key = recipe(session, eva, phix_percent="40")
    (loaded,) = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW).loadable

    plan = scene.plan(request)
    (code,) = plan_service.accept_plan(session, scene.ada, plan_id=plan.id).runs

    assert plain.loadable[0].usable_millions == pytest.approx(1250 * 0.99 * 0.95 * 0.9)
    assert loaded.usable_millions == pytest.approx(1250 * 0.6 * 0.95 * 0.9)
    assert [each.key for each in loaded.recipes[151]] == [key]
    assert plan.runs[0].lanes[0].usable_reads_millions == pytest.approx(loaded.usable_millions)
    assert released_queries.get_plan(ReadSession(session), scene.ada, code).recipe.startswith(
        "Paired 151"
    )


@pytest.mark.parametrize("said", [{"index1_cycles": 6}, {"read2_cycles": 101}])
def test_a_recipe_that_reads_too_little_of_what_waits_is_not_planned_by(
    session: WriteSession, scene: QueueScene, eva: Principal, said: dict[str, int]
) -> None:
    keep(session, eva, scene.instrument, "novaseq_x_10b")
    scene.request(0)
    recipe(session, eva, phix_percent="40", **said)

    (loaded,) = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW).loadable

    assert loaded.recipes == {}
    assert loaded.usable_millions == pytest.approx(1250 * 0.99 * 0.95 * 0.9)


def test_a_booked_run_has_the_room_of_its_own_size_and_recipe(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    key = recipe(session, eva, flow_cell="novaseq_x_25b", phix_percent="10")
    run = booked(session, scene, flow_cell="novaseq_x_25b", recipe=key)
    run.planned_start_at, run.planned_end_at = (
        NOW.replace(day=4),
        NOW.replace(day=6),
    )
    scene.request(1)
    session.flush()

    problem = queue_problem.load_problem(ReadSession(session), scene.ada, now=NOW).problem

    (slot_of_run,) = [each for each in problem.slots if each.key.startswith("booked/")]
    assert (slot_of_run.flow_cell, slot_of_run.lanes) == ("novaseq_x_25b", 8)
    assert slot_of_run.lane_reads_millions == pytest.approx(3250 * 0.9 * 0.95 * 0.9)


def test_a_reader_of_the_queue_knows_what_each_slot_is_loaded_with(
    session: WriteSession, scene: QueueScene
) -> None:
    scene.request(0)
    terms = plan_loading.Terms(request_ids=None, begins_at=NOW, limit_s=1.0)

    queue = plan_loading.load_queue(ReadSession(session), scene.ada, terms)

    assert {queue.flow_cells[each.flow_cell] for each in queue.problem.slots} == {
        "NovaSeq X, 1.5B",
        "NovaSeq X, 10B",
        "NovaSeq X, 25B",
    }
