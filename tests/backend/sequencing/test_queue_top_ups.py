"""Libraries for runs that are booked and have not begun: proposed, and there once accepted."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core.sessions import WriteSession
from backend.sequencing.ids import RequestState, RunState
from backend.sequencing.models import SequencingRun
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.queue_plans import service
from backend.sequencing.queue_plans.errors import QueueChanged
from backend.storage.solver_output import silence_solver
from tests.factories.planning_settings import keep_settings
from tests.factories.queue_scene import QueueScene
from tests.factories.sequencing import INDEX_PAIRS

POOLED = RequestState.POOLED


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


@pytest.fixture
def scene(session: WriteSession) -> QueueScene:
    return QueueScene(session)


def loads(scene: QueueScene) -> list[tuple[int, float]]:
    """Return lane and reads of every pool on the scene's runs."""
    rows = scene.session.execute(
        select(RunLoad.lane, RunLoad.reads_millions)
        .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
        .where(SequencingRun.instrument_id == scene.instrument.id)
        .order_by(RunLoad.lane, RunLoad.pool_id)
    )
    return [(lane, float(reads)) for lane, reads in rows]


def test_a_booked_run_is_filled_up_only_when_a_person_accepts(scene: QueueScene) -> None:
    code, start = scene.book(scene.request(0, state=POOLED))
    waiting = scene.request(1)

    plan = scene.plan(waiting)

    (run,) = plan.runs
    (lane,) = run.lanes
    assert (run.is_top_up, run.run_code, run.start_at) == (True, code, start)
    assert (lane.aboard_millions, float(lane.reads_millions)) in {(30.0, 30.0), (0.0, 30.0)}
    assert loads(scene) == [(1, 30.0)]

    done = service.accept_plan(scene.session, scene.ada, plan_id=plan.id)

    assert (done.runs, done.topped_up) == ((), (code,))
    assert sorted(loads(scene)) == sorted([(1, 30.0), (lane.lane, 30.0)])
    assert waiting.state is RequestState.PLANNED


def test_what_clashes_with_what_is_aboard_goes_to_the_other_lane(scene: QueueScene) -> None:
    scene.book(scene.request(0, state=POOLED))

    plan = scene.plan(scene.request(1, indexes=INDEX_PAIRS[0]))

    ((lane,),) = [run.lanes for run in plan.runs if run.is_top_up]
    assert lane.lane == 2


def test_a_rule_keeps_a_library_off_the_lane_of_what_is_aboard(session: WriteSession) -> None:
    scene = QueueScene(session, lanes=1)
    scene.book(scene.request(0, state=POOLED))
    keep_settings(session, scene.ada, projects_apart=[scene.there.code])

    plan = scene.plan(scene.request(1))

    assert [run.is_top_up for run in plan.runs] == [False]


def test_the_laboratory_may_leave_booked_runs_as_they_are(scene: QueueScene) -> None:
    scene.book(scene.request(0, state=POOLED))
    keep_settings(scene.session, scene.ada, fill_booked_runs=False)

    plan = scene.plan(scene.request(1))

    assert [run.is_top_up for run in plan.runs] == [False]


def test_another_read_length_gets_a_run_of_its_own(scene: QueueScene) -> None:
    scene.book(scene.request(0, state=POOLED))

    plan = scene.plan(scene.request(1, read_length=101))

    assert [run.is_top_up for run in plan.runs] == [False]


def test_a_pin_holds_a_library_on_the_lane_of_a_booked_run(scene: QueueScene) -> None:
    _, start = scene.book(scene.request(0, state=POOLED))
    waiting = scene.request(1)
    service.pin(
        scene.session,
        scene.ada,
        request_id=waiting.id,
        instrument_id=scene.instrument.id,
        start_at=start,
        lane=1,
    )

    plan = scene.plan(waiting)

    ((lane,),) = [run.lanes for run in plan.runs if run.is_top_up]
    assert (lane.lane, lane.aboard_millions, plan.unkept) == (1, 30.0, ())


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.CANCELLED])
def test_a_run_that_is_not_waiting_any_more_takes_nothing(
    scene: QueueScene, state: RunState
) -> None:
    scene.book(scene.request(0, state=POOLED))
    plan = scene.plan(scene.request(1))
    run = scene.session.scalars(
        select(SequencingRun).where(SequencingRun.instrument_id == scene.instrument.id)
    ).one()
    run.state = state
    scene.session.flush()

    with pytest.raises(QueueChanged, match="takes no more"):
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)

    assert loads(scene) == [(1, 30.0)]


def test_a_run_that_begins_before_the_plan_may_takes_nothing(scene: QueueScene) -> None:
    scene.book(scene.request(0, state=POOLED))
    run = scene.session.scalars(
        select(SequencingRun).where(SequencingRun.instrument_id == scene.instrument.id)
    ).one()
    run.planned_start_at -= timedelta(hours=23, minutes=30)
    scene.session.flush()

    plan = scene.plan(scene.request(1))

    assert [each.is_top_up for each in plan.runs] == [False]
