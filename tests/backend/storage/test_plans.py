"""Placement plans from the question to the answer: only what is accepted moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import plan_problem, plan_queries, plan_states, plans, queries, service
from backend.storage.errors import NothingToUndo, PlanNotFound, PlanNotOpen, UndoTooLate
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import Placement, PlacementPlan
from backend.storage.planning.control import Control
from backend.storage.planning.planner import plan_placement
from tests.backend.storage.planning_support import QUICK
from tests.factories.plans import make_ready
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


def ready_plan(
    session: WriteSession, person: Principal, sample_ids: list[SampleId] | None = None
) -> PlanId:
    """Ask, plan as the job does, and store."""
    plan_id = service.request_plan(session, person, sample_ids=sample_ids)
    make_ready(session, person, plan_id)
    return plan_id


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    return make_freezer(session, boxes=2)


@pytest.fixture
def tubes(session: WriteSession, project: Project, freezer: Freezer) -> list[SampleId]:
    return [make_tube(session, project) for _ in range(3)]


def stays(session: WriteSession) -> int:
    return session.scalars(select(func.count()).select_from(Placement)).one()


def outcomes_of(session: WriteSession, person: Principal, plan_id: PlanId) -> list[str | None]:
    plan = plan_queries.get_plan(session, person, plan_id)
    return [line.outcome for line in plan.placements]


@pytest.mark.usefixtures("tubes")
def test_asking_writes_the_plan_its_job_and_the_event(
    session: WriteSession, technician: Principal
) -> None:
    plan_id = service.request_plan(session, technician)

    plan = plan_queries.get_plan(session, technician, plan_id)
    assert plan.state is PlanState.REQUESTED
    asked = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.plan_requested")
    ).one()
    assert (asked.aggregate_id, asked.payload["samples"]) == (plan_id, 3)


def test_a_plan_for_chosen_samples_leaves_the_others_alone(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician, tubes[:1])

    plan = plan_queries.get_plan(session, technician, plan_id)
    assert [line.sample_id for line in plan.placements] == tubes[:1]


def test_a_tube_that_is_promised_to_somebody_is_left_out_of_plans(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    session.add(CustodyBlock(sample_id=tubes[0], reason="It is offered to Ada Marsh."))
    session.flush()

    plan_id = ready_plan(session, technician)

    plan = plan_queries.get_plan(session, technician, plan_id)
    assert {line.sample_id for line in plan.placements} == set(tubes[1:])
    outcomes = service.accept_plan(session, technician, plan_id=plan_id)
    assert [outcome.refused for outcome in outcomes] == [None, None]
    with pytest.raises(InvalidInput, match="None of these samples waits"):
        service.request_plan(session, technician, sample_ids=tubes[:1])


def test_a_plan_for_nothing_is_refused(session: WriteSession, technician: Principal) -> None:
    with pytest.raises(InvalidInput, match="None of these samples waits"):
        service.request_plan(session, technician)


@pytest.mark.usefixtures("tubes")
def test_who_may_not_plan_is_refused(session: WriteSession, onlooker: Principal) -> None:
    with pytest.raises(PermissionDenied):
        service.request_plan(session, onlooker)


@pytest.mark.usefixtures("tubes")
def test_a_ready_plan_moves_nothing(session: WriteSession, technician: Principal) -> None:
    ready_plan(session, technician)

    assert stays(session) == 0


def test_accepting_all_places_every_sample_where_the_plan_says(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)
    plan = plan_queries.get_plan(session, technician, plan_id)

    outcomes = service.accept_plan(session, technician, plan_id=plan_id)

    assert [outcome.refused for outcome in outcomes] == [None] * 3
    standing = queries.locations_of(session, technician, tubes)
    assert {(key, where.path, where.position) for key, where in standing.items()} == {
        (line.sample_id, line.path, line.position.label) for line in plan.placements
    }


def test_an_acceptance_taken_back_leaves_every_sample_waiting_and_tells_it_once(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)
    service.accept_plan(session, technician, plan_id=plan_id, steps={1, 2})

    outcomes = service.undo_acceptance(session, technician, plan_id=plan_id)

    assert [outcome.refused for outcome in outcomes] == [None] * 2
    assert queries.locations_of(session, technician, tubes) == {}
    assert outcomes_of(session, technician, plan_id) == ["taken back", "taken back", "declined"]
    custodies = select(Sample.custody).where(Sample.id.in_(tubes))
    assert set(session.scalars(custodies)) == {Custody.NOT_PLACED}
    undone = select(OutboxEvent.payload).where(OutboxEvent.type == "storage.acceptance_undone")
    [payload] = session.scalars(undone).all()
    assert (payload["taken_back"], payload["kept"]) == (2, 0)
    with pytest.raises(NothingToUndo):
        service.undo_acceptance(session, technician, plan_id=plan_id)


def test_a_plan_of_many_tubes_takes_no_more_statements_than_one_of_few(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    make_freezer(session)
    answered = []
    for tubes in (3, 30):
        for _ in range(tubes):
            make_tube(session, project)
        plan_id = ready_plan(session, technician)
        with statements(session) as accepting:
            service.accept_plan(session, technician, plan_id=plan_id)
        with statements(session) as taking_back:
            outcomes = service.undo_acceptance(session, technician, plan_id=plan_id)
        assert not [outcome.refused for outcome in outcomes if outcome.refused]
        answered.append((len(accepting), len(taking_back)))
        standing = select(func.count()).where(Placement.removed_at.is_(None))
        assert session.scalars(standing).one() == 0

    assert answered[0] == answered[1]


@contextmanager
def statements(session: WriteSession) -> Iterator[list[str]]:
    """Hear what the database is told meanwhile."""
    heard: list[str] = []

    def note(*told: Any) -> None:
        heard.append(told[2])

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_a_plan_in_blocks_is_placed_and_taken_back_whole(
    session: WriteSession,
    technician: Principal,
    tubes: list[SampleId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans, "LINES_OF_A_STATEMENT", 2)
    plan_id = ready_plan(session, technician)

    service.accept_plan(session, technician, plan_id=plan_id)

    assert set(queries.locations_of(session, technician, tubes)) == set(tubes)
    service.undo_acceptance(session, technician, plan_id=plan_id)
    assert queries.locations_of(session, technician, tubes) == {}


def test_a_tube_that_moved_since_stays_when_its_plan_is_taken_back(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)
    service.accept_plan(session, technician, plan_id=plan_id)
    elsewhere = make_freezer(session).box_id
    [moved] = service.move_samples(session, technician, sample_ids=[tubes[0]], box_id=elsewhere)

    outcomes = service.undo_acceptance(session, technician, plan_id=plan_id)

    kept = [outcome.sample_id for outcome in outcomes if outcome.refused]
    assert kept == [tubes[0]]
    standing = queries.locations_of(session, technician, tubes)
    assert {key: where.path for key, where in standing.items()} == {tubes[0]: moved.path}


@pytest.mark.usefixtures("tubes")
def test_an_acceptance_is_taken_back_within_ten_minutes_only(
    session: WriteSession, technician: Principal, frozen_clock: FrozenClock
) -> None:
    plan_id = ready_plan(session, technician)
    service.accept_plan(session, technician, plan_id=plan_id)
    frozen_clock.advance(minutes=11)

    with pytest.raises(UndoTooLate):
        service.undo_acceptance(session, technician, plan_id=plan_id)


@pytest.mark.usefixtures("tubes")
def test_a_plan_that_nobody_accepted_cannot_be_taken_back(
    session: WriteSession, technician: Principal, principal_of: Callable[..., Principal]
) -> None:
    plan_id = ready_plan(session, technician)

    with pytest.raises(PlanNotOpen):
        service.undo_acceptance(session, technician, plan_id=plan_id)
    with pytest.raises(PermissionDenied):
        service.undo_acceptance(session, principal_of(), plan_id=plan_id)


def test_accepted_parts_move_and_the_rest_is_declined(
    session: WriteSession, technician: Principal, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)

    service.accept_plan(session, technician, plan_id=plan_id, steps={1, 3})

    assert outcomes_of(session, technician, plan_id) == ["placed", "declined", "placed"]
    assert len(queries.locations_of(session, technician, tubes)) == 2
    waiting = select(Sample.id).where(Sample.custody == Custody.NOT_PLACED)
    assert len(session.scalars(waiting).all()) == 1


@pytest.mark.usefixtures("tubes")
def test_accepting_is_recorded_for_every_sample_and_once_for_the_plan(
    session: WriteSession, technician: Principal
) -> None:
    plan_id = ready_plan(session, technician)

    service.accept_plan(session, technician, plan_id=plan_id, steps={1, 2})

    accepted = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.plan_accepted")
    ).one()
    facts = {name: accepted.payload[name] for name in ("placed", "declined", "refused")}
    assert facts == {"placed": 2, "declined": 1, "refused": 0}
    placed = select(AuditEntry).where(AuditEntry.action == "storage.sample_placed")
    assert len(session.scalars(placed).all()) == 2


def test_a_line_that_has_become_impossible_is_refused_alone(
    session: WriteSession, technician: Principal, project: Project, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)
    first, *_ = plan_queries.get_plan(session, technician, plan_id).placements
    rival = make_tube(session, project)
    stand(session, rival, first.box_id, first.position.row, first.position.column)

    outcomes = service.accept_plan(session, technician, plan_id=plan_id)

    refused = [outcome.refused for outcome in outcomes]
    assert refused[0] is not None
    assert "has been filled meanwhile" in refused[0]
    assert refused[1:] == [None, None]
    assert len(queries.locations_of(session, technician, tubes)) == 2


def test_a_sample_that_found_a_place_meanwhile_is_left_there(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    plan_id = ready_plan(session, technician)
    stand(session, tubes[0], freezer.box_ids[1], 9, 9)

    outcomes = service.accept_plan(session, technician, plan_id=plan_id)

    (refused,) = [each.refused for each in outcomes if each.refused is not None]
    assert "has found a place meanwhile" in refused
    assert queries.locations_of(session, technician, tubes)[tubes[0]].position == "I9"


@pytest.mark.usefixtures("tubes")
def test_a_plan_is_answered_once(session: WriteSession, technician: Principal) -> None:
    plan_id = ready_plan(session, technician)
    service.accept_plan(session, technician, plan_id=plan_id)

    with pytest.raises(PlanNotOpen, match="accepted"):
        service.accept_plan(session, technician, plan_id=plan_id)
    with pytest.raises(PlanNotOpen):
        service.dismiss_plan(session, technician, plan_id=plan_id, reason="too late")


@pytest.mark.usefixtures("tubes")
def test_a_discarded_plan_moves_nothing_and_says_why(
    session: WriteSession, technician: Principal
) -> None:
    plan_id = ready_plan(session, technician)

    service.dismiss_plan(session, technician, plan_id=plan_id, reason="wrong freezer")

    assert plan_queries.get_plan(session, technician, plan_id).state is PlanState.DISMISSED
    assert stays(session) == 0
    closed = select(AuditEntry.reason).where(AuditEntry.action == "storage.plan_closed")
    assert session.scalars(closed).one() == "wrong freezer"


@pytest.mark.usefixtures("tubes")
def test_a_plan_that_was_called_off_is_not_stored(
    session: WriteSession, technician: Principal
) -> None:
    plan_id = service.request_plan(session, technician)
    scope = plan_states.get_scope(session, technician, PlacementPlan, plan_id)
    problem = plan_problem.load_problem(session, technician, scope)
    service.cancel_plan(session, technician, plan_id=plan_id)

    late = plan_placement(problem, Control(elapsed_s=lambda: 0.0), QUICK)

    with pytest.raises(PlanNotOpen, match="cancelled"):
        service.store_plan(session, technician, plan_id=plan_id, plan=late)


@pytest.mark.usefixtures("tubes")
def test_somebody_elses_plan_is_not_there(
    session: WriteSession, technician: Principal, stranger: Principal
) -> None:
    plan_id = ready_plan(session, technician)

    with pytest.raises(PlanNotFound):
        plan_queries.get_plan(session, stranger, plan_id)
    with pytest.raises(PlanNotFound):
        service.accept_plan(session, stranger, plan_id=plan_id)


def test_samples_that_found_no_place_are_gathered_by_their_reasons(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    full = make_freezer(session, boxes=1, rows=1, columns=2)
    codes = sorted(f"T-{number}" for number in range(5))
    for code in codes:
        make_tube(session, project, barcode=code)

    plan = plan_queries.get_plan(session, technician, ready_plan(session, technician))

    assert plan.summary is not None
    (left,) = plan.summary.left_over
    assert (plan.summary.placed, plan.summary.without_place) == (2, 3)
    assert set(left.barcodes) < set(codes)
    assert left.boxes_allowed == 1
    assert {line.box_id for line in plan.placements} == {full.box_id}
