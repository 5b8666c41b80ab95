"""Starting sagas and taking their next step, one step in one transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from backend.auth import service as auth_service
from backend.core import clock
from backend.core.errors import AppError, PermissionDenied, Unavailable
from backend.core.principal import Origin, Permission, Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.events import rules as events_rules
from backend.events import service as events_service
from backend.samples.schemas import SampleRegistration
from backend.storage import box_queries
from backend.storage import queries as storage_queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId
from backend.transactions import engine, queries, steps
from backend.transactions.definitions import DEFINITIONS, REGISTER_AND_PLACE
from backend.transactions.engine import Move, Position
from backend.transactions.errors import SagaNotFound
from backend.transactions.events import SagaEnded, SagaStarted, SagaTurnedBack
from backend.transactions.ids import Direction, SagaId, StepState
from backend.transactions.models import Saga, SagaStep
from backend.work import service as work_service

_ATTEMPTS = {Direction.DO: 5, Direction.UNDO: 50}
"""Taking back is tried for hours before a person is asked (RELIABILITY section 2)."""

_TERMINAL_MAY = (
    Permission.SAMPLES_REGISTER,
    Permission.SAMPLES_VIEW,
    Permission.SAMPLES_VIEW_ALL_PROJECTS,
    Permission.STORAGE_PLACE,
    Permission.STORAGE_VIEW,
)
"""What the steps may do for somebody without an account, who was allowed to start at a terminal."""


def start(
    session: WriteSession,
    principal: Principal,
    *,
    saga_type: str,
    data: Mapping[str, object],
) -> SagaId:
    """Begin a saga; its first step runs in the background. Permission is the caller's business."""
    saga = Saga(
        type=saga_type,
        data={name: events_rules.as_json(value) for name, value in data.items()},
        requested_by=principal.user_id,
        requested_by_name=principal.name,
    )
    session.add(saga)
    session.flush()
    events_service.record(session, principal, SagaStarted(aggregate_id=saga.id, type=saga_type))
    _request_next(session, saga)
    return SagaId(saga.id)


def start_register_and_place(
    session: WriteSession,
    principal: Principal,
    *,
    registration: SampleRegistration,
    box: str,
) -> SagaId:
    """Register a sample and put it into a box; when it cannot be placed it is not kept either.

    ``box`` is the box's barcode or its path. What can be known at once is refused at once; only
    what changes meanwhile, such as the last free position, turns the saga back.

    Raises:
        NodeNotFound, NotABox: there is no such box.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    principal.require(Permission.STORAGE_PLACE)
    node = storage_queries.find_node(session, principal, box)
    if node is None:
        raise NodeNotFound(f"There is no box “{box}”. Scan its barcode or give its path.")
    place = box_queries.get_box(session, principal, NodeId(node.id))
    data = {"registration": registration.model_dump(mode="json"), "box_id": place.id}
    return start(session, principal, saga_type=REGISTER_AND_PLACE.type, data=data)


def advance(
    session: WriteSession,
    principal: Principal,
    *,
    saga_id: SagaId,
    n: int,
    direction: Direction,
) -> None:
    """Execute the named step if it is the next one, and ask for the one after it.

    The step, its record and the next request are one transaction: after a crash either all of it
    has happened or none. A step that was executed before is left alone. A refusal of a step going
    forward turns the saga back; a refusal to take back is raised, for a person to look at.

    ``principal`` is the machinery: each step forward acts as whoever started the saga, with what
    they may do now, and taking back does not depend on anybody's rights.

    Raises:
        SagaNotFound: no such saga.
        AppError: taking back was refused.
        Unavailable: a part is down; try again.
    """
    saga = session.scalars(
        select(Saga)
        .where(Saga.id == saga_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if saga is None:
        raise SagaNotFound
    move = engine.next_move(DEFINITIONS[saga.type], Position(saga.state, saga.step))
    if move is None or (move.n, move.direction) != (n, direction):
        return
    outcome, message = _execute(session, principal, saga, move)
    _settle(session, principal, saga, move, outcome=outcome, message=message)


def _execute(
    session: WriteSession, principal: Principal, saga: Saga, move: Move
) -> tuple[StepState, str]:
    if move.name is None:
        return StepState.DONE, "Nothing to take back."
    try:
        # A savepoint: what a refusing step had already written does not stay.
        with session.begin_nested():
            actor = principal if move.direction is Direction.UNDO else _starter(session, saga)
            found = steps.STEPS[move.name](session, actor, saga.data)
    except Unavailable:
        raise
    except AppError as refusal:
        if move.direction is Direction.UNDO:
            raise
        return StepState.REFUSED, refusal.message
    saga.data = {**saga.data, **_as_json(found)}
    return StepState.DONE, ""


def _starter(session: WriteSession, saga: Saga) -> Principal:
    request_id = f"saga {saga.id.hex}"
    if saga.requested_by is None:
        return machinery(saga.requested_by_name, *_TERMINAL_MAY, request_id=request_id)
    person = auth_service.principal_of_user(
        session, UserId(saga.requested_by), origin=Origin.WORKER, request_id=request_id
    )
    if person is None:
        raise PermissionDenied(f"{saga.requested_by_name} may no longer sign in.")
    return person


def _settle(
    session: WriteSession,
    principal: Principal,
    saga: Saga,
    move: Move,
    *,
    outcome: StepState,
    message: str,
) -> None:
    name, definition = move.name or "nothing", DEFINITIONS[saga.type]
    session.add(
        SagaStep(
            saga_id=saga.id,
            n=move.n,
            direction=move.direction,
            name=name,
            state=outcome,
            message=message[:1000],
        )
    )
    position = engine.after(definition, Position(saga.state, saga.step), outcome)
    saga.state, saga.step = position.state, position.step
    if outcome is StepState.REFUSED:
        saga.why = message[:1000]
        turned = SagaTurnedBack(aggregate_id=saga.id, type=saga.type, step=name, why=message)
        events_service.record(session, principal, turned)
    if position.is_over:
        saga.finished_at = clock.utc_now()
        ended = SagaEnded(aggregate_id=saga.id, type=saga.type, state=saga.state.value)
        events_service.record(session, principal, ended)
    else:
        _request_next(session, saga)
    session.flush()


def _request_next(session: WriteSession, saga: Saga) -> None:
    move = engine.next_move(DEFINITIONS[saga.type], Position(saga.state, saga.step))
    if move is None:
        return
    # As the machinery: a saga must come to its end even if its starter has left the laboratory.
    work_service.request_job(
        session,
        machinery("Saga", request_id=f"saga {saga.id.hex}"),
        kind=queries.JOB_KIND,
        key=f"{saga.id}:{move.n}:{move.direction.value}",
        arguments={"saga_id": saga.id, "n": move.n, "direction": move.direction.value},
        max_attempts=_ATTEMPTS[move.direction],
    )


def _as_json(found: Mapping[str, object]) -> dict[str, Any]:
    return {name: events_rules.as_json(value) for name, value in found.items()}
