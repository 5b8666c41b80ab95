"""A saga ends completed or compensated wherever its worker dies, and does nothing twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from backend.auth.ids import Role
from backend.auth.models import User
from backend.core.config import Settings
from backend.core.errors import Conflict, Unavailable
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events import service as events_service
from backend.events.models import AuditEntry
from backend.transactions import queries, service, steps
from backend.transactions.engine import Definition, StepSpec
from backend.transactions.errors import SagaNotFound
from backend.transactions.ids import Direction, SagaId
from backend.work import leases
from backend.work.errors import LeaseLost
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from jobs.context import JobContext
from jobs.tasks import advance_saga
from tests.factories.people import make_user

STEPS = 3
MACHINERY = machinery("test", request_id="test")


class Killed(BaseException):
    """The worker is gone; nothing in the program catches this."""


@dataclass
class Toy:
    """A saga of three steps that leave a mark, refuse at one of them, and die once."""

    refuses_at: int | None = None
    saga: SagaId = field(default_factory=lambda: SagaId(new_id()))
    actors: list[str] = field(default_factory=list)

    def step(self, name: str, n: int, *, undo: bool) -> Any:
        def run(
            session: WriteSession, principal: Principal, data: Mapping[str, Any]
        ) -> Mapping[str, object]:
            events_service.audit(
                session, principal, action=name, entity="mark", entity_id=data["mark"]
            )
            session.flush()
            self.actors.append(principal.name)
            if self.refuses_at == n and not undo:
                raise Conflict(f"Step {n} refuses.")
            return {name: n}

        return run


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy()
    specs = tuple(StepSpec(f"do{n}", f"undo{n}") for n in range(1, STEPS + 1))
    functions = {
        name: toy.step(name, n, undo=name.startswith("undo"))
        for n in range(1, STEPS + 1)
        for name in (f"do{n}", f"undo{n}")
    }
    monkeypatch.setattr(service, "DEFINITIONS", {"toy": Definition("toy", specs)})
    monkeypatch.setattr(steps, "STEPS", functions)
    return toy


@pytest.fixture
def person(committed_database: Engine) -> Principal:
    with writing() as session:
        user = make_user(session, Role.TECHNICIAN, name="Tom")
    return Principal(
        user_id=UserId(user.id),
        name="Tom",
        permissions=frozenset(Permission),
        origin=Origin.UI,
        request_id="test",
    )


def begin(person: Principal) -> tuple[SagaId, str]:
    mark = new_id()
    with writing() as session:
        saga = service.start(session, person, saga_type="toy", data={"mark": mark})
    return saga, str(mark)


def due_job() -> JobId | None:
    with reading() as session:
        due = session.scalars(
            select(Job.id).where(Job.kind == queries.JOB_KIND, leases.is_due())
        ).all()
    assert len(due) <= 1, "a saga has one next step"
    return JobId(due[0]) if due else None


def work_until_quiet(settings: Settings, die_at: tuple[int, str] | None) -> int:
    """Run due jobs; die once, before or after the commit of the ``die_at``-th execution."""
    executions = 0
    while (job_id := due_job()) is not None:
        executions += 1
        assert executions < 40, "the saga does not come to an end"
        with writing() as session:
            claim = leases.claim(session, job_id, "toy", lease_s=0.0)
        assert claim is not None
        context = JobContext(claim=claim, principal=MACHINERY, settings=settings)
        dies = die_at is not None and die_at[0] == executions
        try:
            if dies and die_at is not None and die_at[1] == "before":
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(leases, "finish", _die)
                    advance_saga.run(context)
            else:
                advance_saga.run(context)
            if dies:
                _ring_again(job_id, context)
        except Killed:
            continue
    return executions


def _ring_again(job_id: JobId, context: JobContext) -> None:
    """Nobody heard that the job was done: it is delivered again, and a zombie tries the step."""
    with writing() as session:
        assert leases.claim(session, job_id, "second", lease_s=0.0) is None
    with pytest.raises(LeaseLost):
        advance_saga.run(context)


def _die(*_: object, **__: object) -> bool:
    raise Killed


def marks(mark: str) -> list[str]:
    with reading() as session:
        return list(
            session.scalars(
                select(AuditEntry.action)
                .where(AuditEntry.entity == "mark", AuditEntry.entity_id == mark)
                .order_by(AuditEntry.id)
            )
        )


def expected_marks(refuses_at: int | None) -> list[str]:
    if refuses_at is None:
        return [f"do{n}" for n in range(1, STEPS + 1)]
    done = [f"do{n}" for n in range(1, refuses_at)]
    return done + [f"undo{n}" for n in range(refuses_at - 1, 0, -1)]


@pytest.mark.slow
@pytest.mark.chaos
def test_wherever_the_worker_dies_the_saga_ends_and_each_step_happens_once(
    toy: Toy, person: Principal, settings: Settings
) -> None:
    runs = 0
    for refuses_at in (None, *range(1, STEPS + 1)):
        toy.refuses_at = refuses_at
        executions = STEPS if refuses_at is None else 2 * refuses_at - 1
        deaths = [None, *product(range(1, executions + 1), ("before", "after"))]
        for die_at in deaths:
            saga, mark = begin(person)
            work_until_quiet(settings, die_at)
            runs += 1

            with reading() as session:
                view = queries.get_saga(session, person, saga)
            case = f"refused at {refuses_at}, died {die_at}"
            assert view.state == ("completed" if refuses_at is None else "compensated"), case
            assert marks(mark) == expected_marks(refuses_at), case
            assert not view.is_stuck, case
    assert runs == 4 + 2 * (3 + 1 + 3 + 5)


def test_a_refusal_is_told_and_leaves_nothing_of_the_refusing_step(
    toy: Toy, person: Principal, settings: Settings
) -> None:
    toy.refuses_at = 2
    saga, mark = begin(person)

    work_until_quiet(settings, None)

    with reading() as session:
        view = queries.get_saga(session, person, saga)
        counts = queries.saga_counts(session)
    assert view.why == "Step 2 refuses."
    assert [(step.name, step.state) for step in view.steps] == [
        ("do1", "done"),
        ("do2", "refused"),
        ("undo1", "done"),
    ]
    assert marks(mark) == ["do1", "undo1"]
    assert (counts.running, counts.rolling_back, counts.stuck) == (0, 0, 0)


def test_steps_forward_act_as_the_starter_and_taking_back_as_the_machinery(
    toy: Toy, person: Principal, settings: Settings
) -> None:
    toy.refuses_at = 2
    begin(person)

    work_until_quiet(settings, None)

    assert toy.actors == ["Tom", "Tom", "test"]


def test_a_saga_whose_starter_has_left_is_taken_back(
    toy: Toy, person: Principal, settings: Settings
) -> None:
    saga, mark = begin(person)
    with writing() as session:
        session.execute(update(User).where(User.id == person.user_id).values(is_active=False))

    work_until_quiet(settings, None)

    with reading() as session:
        view = queries.get_saga(session, person, saga)
    assert (view.state, view.why) == ("compensated", "Tom may no longer sign in.")
    assert marks(mark) == []


def test_a_part_that_is_down_is_tried_again_and_not_taken_back(
    toy: Toy, person: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> Mapping[str, object]:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(steps, "STEPS", {"do1": down})
    saga, _ = begin(person)

    with pytest.raises(Unavailable), writing() as session:
        service.advance(session, MACHINERY, saga_id=saga, n=1, direction=Direction.DO)

    with reading() as session:
        assert queries.get_saga(session, person, saga).state == "running"


def test_a_step_that_failed_for_good_is_stuck_and_counted(
    toy: Toy, person: Principal, settings: Settings
) -> None:
    saga, _ = begin(person)
    with writing() as session:
        session.execute(update(Job).values(state=JobState.FAILED))

    with reading() as session:
        assert queries.saga_counts(session).stuck == 1
        assert queries.get_saga(session, person, saga).is_stuck


def test_a_step_asked_for_twice_or_out_of_turn_does_nothing(toy: Toy, person: Principal) -> None:
    saga, mark = begin(person)

    for n in (1, 1, 3):
        with writing() as session:
            service.advance(session, MACHINERY, saga_id=saga, n=n, direction=Direction.DO)

    assert marks(mark) == ["do1"]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2


def test_others_do_not_see_a_saga(toy: Toy, person: Principal, principal_of: Any) -> None:
    saga, _ = begin(person)

    with reading() as session:
        with pytest.raises(SagaNotFound):
            queries.get_saga(session, principal_of(), saga)
        assert queries.get_saga(session, principal_of(Permission.HEALTH_VIEW), saga).id == saga
    with pytest.raises(SagaNotFound), writing() as session:
        service.advance(session, MACHINERY, saga_id=SagaId(new_id()), n=1, direction=Direction.DO)
