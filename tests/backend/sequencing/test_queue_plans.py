"""Plans of the queue: made, kept, accepted once or refused; pins hold for every plan to come."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import AppError, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.samples.models import Sample
from backend.sequencing import pool_forming
from backend.sequencing.errors import InstrumentBooked, LaneRefused
from backend.sequencing.ids import RequestState
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.queue_plans import queries, service
from backend.sequencing.queue_plans.errors import (
    QueueChanged,
    QueuePinNotFound,
    QueuePlanNotFound,
    QueuePlanNotOpen,
    QueuePlanRefused,
)
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.storage.solver_output import silence_solver
from tests.factories.queue_plans import make_plan
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_library,
    make_person,
    make_project,
    make_request,
    put_on_hold,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


class Scene:
    """Two requests of one project whose libraries fit together on one lane, and an instrument."""

    def __init__(self, session: WriteSession) -> None:
        self.session = session
        self.ada = make_person(session, *PLAN)
        self.project = make_project(session, self.ada)
        self.instrument = make_instrument(session, lanes=2, lane_reads_millions=Decimal(1250))
        due = (clock.utc_now() + timedelta(days=12)).date()
        self.first = self.request(slice(0, 2), due)
        self.second = self.request(slice(2, 4), due)

    def request(self, pairs: slice, due: date) -> SequencingRequest:
        libraries = [
            make_library(self.session, self.project, index_i7=i7, index_i5=i5)
            for i7, i5 in INDEX_PAIRS[pairs]
        ]
        return make_request(self.session, self.project, libraries, due_on=due)

    def planned(self) -> QueuePlanView:
        ask = [self.first.id, self.second.id]
        return make_plan(self.session, self.ada, ask)

    def library(self) -> Sample:
        key = self.session.scalars(
            select(RequestSample.sample_id).where(RequestSample.request_id == self.first.id)
        ).first()
        found = self.session.get(Sample, key)
        assert found is not None
        return found


@pytest.fixture
def scene(session: WriteSession) -> Scene:
    # Instruments of the test database that are not this scene's would take the libraries.
    for each in session.scalars(select(Instrument)):
        each.is_active = False
    session.flush()
    return Scene(session)


def test_a_plan_is_kept_with_its_figures_and_moves_nothing(scene: Scene) -> None:
    plan = scene.planned()

    assert plan.state is QueuePlanState.READY
    (run,) = plan.runs
    assert (run.libraries, [lane.lane for lane in run.lanes]) == (4, [1])
    assert run.lanes[0].reads_millions == Decimal(120)
    assert run.start_at >= clock.utc_now()
    assert plan.left_out == ()
    assert plan.late == ()
    assert plan.objective is not None
    assert plan.greedy_objective is not None
    assert plan.objective <= plan.greedy_objective
    assert (plan.bound, plan.gap) == (None, None)
    assert len(plan.problem_digest) == 64
    assert scene.session.scalars(select(LibraryPool)).all() == []
    ready = select(OutboxEvent).where(OutboxEvent.type == "sequencing.queue_plan_ready")
    (event,) = scene.session.scalars(ready)
    assert (event.payload["runs"], event.payload["libraries"]) == (1, 4)


def test_accepting_books_what_the_plan_says_and_the_cards_follow(scene: Scene) -> None:
    plan = scene.planned()

    done = service.accept_plan(scene.session, scene.ada, plan_id=plan.id)

    (run,) = scene.session.scalars(select(SequencingRun))
    planned = plan.runs[0]
    assert (run.instrument_id, run.planned_start_at, run.planned_end_at) == (
        planned.instrument_id,
        planned.start_at,
        planned.end_at,
    )
    (load,) = scene.session.scalars(select(RunLoad).where(RunLoad.run_id == run.id))
    members = scene.session.scalars(select(PoolMember).where(PoolMember.pool_id == load.pool_id))
    assert {each.request_id for each in members} == {scene.first.id, scene.second.id}
    assert (load.lane, load.reads_millions) == (planned.lanes[0].lane, Decimal(120))
    assert {scene.first.state, scene.second.state} == {RequestState.PLANNED}
    after = queries.get_plan(ReadSession(scene.session), scene.ada, plan.id)
    assert after.state is QueuePlanState.ACCEPTED
    assert [each.run_code for each in after.runs] == list(done.runs)


def test_a_plan_that_was_answered_is_not_answered_again(scene: Scene) -> None:
    plan = scene.planned()
    service.dismiss_plan(scene.session, scene.ada, plan_id=plan.id, reason="Not now")

    with pytest.raises(QueuePlanNotOpen, match="dismissed"):
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)
    assert scene.session.scalars(select(SequencingRun)).all() == []


def test_a_library_put_on_hold_since_refuses_the_plan_and_is_named(scene: Scene) -> None:
    plan = scene.planned()
    library = scene.library()
    put_on_hold(scene.session, library)

    with pytest.raises(QueueChanged, match=f"{library.barcode} is on hold"):
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)
    assert scene.session.scalars(select(LibraryPool)).all() == []


@pytest.mark.parametrize("change", ["reads", "index", "pooled"])
def test_a_library_that_is_not_as_it_was_refuses_the_plan(scene: Scene, change: str) -> None:
    plan = scene.planned()
    library = scene.library()
    row = scene.session.get(RequestSample, (scene.first.id, library.id))
    assert row is not None
    if change == "reads":
        scene.first.reads_millions = Decimal(31)
    elif change == "index":
        row.index_i7 = INDEX_PAIRS[4][0]
    else:
        pool_forming.form(scene.session, scene.ada, request=scene.first, libraries=[library.id])
    scene.session.flush()

    with pytest.raises(QueueChanged, match=library.barcode):
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)


def test_a_slot_booked_by_hand_meanwhile_refuses_the_plan(scene: Scene) -> None:
    plan = scene.planned()
    run = plan.runs[0]
    scene.session.add(
        SequencingRun(
            instrument_id=run.instrument_id,
            planned_start_at=run.start_at + timedelta(hours=1),
            planned_end_at=run.end_at,
            created_by=None,
        )
    )
    scene.session.flush()

    with pytest.raises(InstrumentBooked), scene.session.begin_nested():
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)
    assert scene.session.scalars(select(LibraryPool)).all() == []
    scene.session.refresh(scene.first)
    assert scene.first.state is RequestState.WAITING


def test_a_lane_that_yields_less_by_now_refuses_the_plan_by_the_rules_of_runs(
    scene: Scene,
) -> None:
    plan = scene.planned()
    scene.instrument.lane_reads_millions = Decimal(100)
    scene.session.flush()

    with pytest.raises(LaneRefused, match="M reads"), scene.session.begin_nested():
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id)
    assert scene.session.scalars(select(SequencingRun)).all() == []


def test_chosen_runs_alone_are_booked(scene: Scene) -> None:
    scene.second.read_length = 76
    scene.session.flush()
    plan = scene.planned()
    first, second = plan.runs

    with pytest.raises(QueuePlanRefused):
        service.accept_plan(scene.session, scene.ada, plan_id=plan.id, run_ids=[])
    done = service.accept_plan(scene.session, scene.ada, plan_id=plan.id, run_ids=[second.id])

    assert (len(done.runs), done.declined) == (1, 1)
    states = {scene.first.state, scene.second.state}
    assert states == {RequestState.WAITING, RequestState.PLANNED}
    after = queries.get_plan(ReadSession(scene.session), scene.ada, plan.id)
    assert {each.id: bool(each.run_code) for each in after.runs} == {
        first.id: False,
        second.id: True,
    }


def test_a_pin_holds_for_the_next_plan_and_away_keeps_off(scene: Scene) -> None:
    run = scene.planned().runs[0]
    later = run.start_at + timedelta(days=4)
    library = scene.library()
    keys = {"instrument_id": scene.instrument.id, "request_id": scene.first.id}
    service.pin(scene.session, scene.ada, **keys, start_at=later, sample_id=library.id, lane=2)
    service.pin(
        scene.session,
        scene.ada,
        request_id=scene.second.id,
        instrument_id=scene.instrument.id,
        start_at=later,
        is_away=True,
    )

    plan = scene.planned()

    at = {
        each.barcode: (one.start_at, lane.lane, each.is_pinned)
        for one in plan.runs
        for lane in one.lanes
        for each in lane.libraries
    }
    assert at[library.barcode] == (later, 2, True)
    second = {
        each.sample_id
        for each in scene.session.scalars(
            select(RequestSample).where(RequestSample.request_id == scene.second.id)
        )
    }
    on_later = {
        each.sample_id
        for one in plan.runs
        if one.start_at == later
        for lane in one.lanes
        for each in lane.libraries
    }
    assert library.id in on_later
    assert not second & on_later
    assert plan.unkept == ()


def test_a_pin_that_cannot_be_kept_is_told_and_one_taken_away_is_forgotten(scene: Scene) -> None:
    start = (clock.utc_now() + timedelta(days=3)).replace(microsecond=0)
    scene.session.add(
        SequencingRun(
            instrument_id=scene.instrument.id,
            planned_start_at=start - timedelta(hours=1),
            planned_end_at=start + timedelta(hours=30),
            created_by=None,
        )
    )
    scene.session.flush()
    pin_id = service.pin(
        scene.session,
        scene.ada,
        request_id=scene.first.id,
        instrument_id=scene.instrument.id,
        start_at=start,
    )

    plan = scene.planned()
    assert len(plan.unkept) == 2
    assert all("not free" in each for each in plan.unkept)

    service.unpin(scene.session, scene.ada, pin_id=pin_id)
    assert scene.planned().unkept == ()
    assert queries.list_pins(ReadSession(scene.session), scene.ada) == []


def test_pins_that_cannot_be_are_refused(scene: Scene) -> None:
    keys = {"request_id": scene.first.id, "instrument_id": scene.instrument.id}
    to_come = clock.utc_now() + timedelta(days=3)

    with pytest.raises(QueuePlanRefused, match="lane from 1 to 2"):
        service.pin(scene.session, scene.ada, **keys, start_at=to_come, lane=3)
    with pytest.raises(QueuePlanRefused, match="passed"):
        service.pin(scene.session, scene.ada, **keys, start_at=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(QueuePlanRefused, match="library"):
        service.pin(
            scene.session, scene.ada, **keys, start_at=to_come, sample_id=scene.instrument.id
        )


def test_who_is_of_another_project_neither_sees_accepts_nor_unpins(scene: Scene) -> None:
    plan = scene.planned()
    pin_id = service.pin(
        scene.session,
        scene.ada,
        request_id=scene.first.id,
        instrument_id=scene.instrument.id,
        start_at=clock.utc_now() + timedelta(days=3),
    )
    eve = make_person(scene.session, *PLAN)
    read = ReadSession(scene.session)

    with pytest.raises(QueuePlanNotFound):
        queries.get_plan(read, eve, plan.id)
    with pytest.raises(QueuePlanNotFound):
        service.accept_plan(scene.session, eve, plan_id=plan.id)
    with pytest.raises(QueuePinNotFound):
        service.unpin(scene.session, eve, pin_id=pin_id)
    with pytest.raises(QueuePlanRefused):
        service.ask_plan(scene.session, eve, request_ids=[scene.first.id])
    with pytest.raises(AppError):
        service.pin(
            scene.session,
            eve,
            request_id=scene.first.id,
            instrument_id=scene.instrument.id,
            start_at=clock.utc_now() + timedelta(days=3),
        )
    assert (queries.list_pins(read, eve), queries.list_plans(read, eve)) == ([], [])


def test_who_may_not_plan_asks_for_no_plan(scene: Scene) -> None:
    viewer = make_person(scene.session, Permission.SEQUENCING_VIEW)

    with pytest.raises(PermissionDenied):
        service.ask_plan(scene.session, viewer)


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
def test_of_two_people_who_accept_at_once_one_wins() -> None:
    with writing() as session:
        scene = Scene(session)
        plan_id, ada = scene.planned().id, scene.ada
        sees_all = make_person(session, *PLAN, Permission.SAMPLES_VIEW_ALL_PROJECTS)
    said: list[str] = []
    together = Barrier(2)

    def accept(person: Principal, plan_id: QueuePlanId) -> None:
        together.wait()
        try:
            with writing() as session:
                service.accept_plan(session, person, plan_id=plan_id)
            said.append("booked")
        except QueuePlanNotOpen as refusal:
            said.append(str(refusal))

    threads = [Thread(target=accept, args=(each, plan_id)) for each in (ada, sees_all)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(said) == ["The plan is accepted. Ask for a new one.", "booked"]
    with reading() as session:
        assert len(session.scalars(select(SequencingRun)).all()) == 1
