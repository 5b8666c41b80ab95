"""Breakers of targets outside the program, in rows that all processes share.

Nobody's permission is asked: whoever may call a target may say how that went, and the program
itself writes it down. Callers use gateway.outgoing, which asks and notes around a call.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_DNS, uuid5

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.gateway import breaker_rules as rules
from backend.gateway.breaker_models import CircuitBreaker
from backend.gateway.breaker_rules import Breaker, Policy, Target
from backend.gateway.errors import CircuitOpen
from backend.gateway.events import BreakerChanged
from backend.gateway.ids import BreakerState
from backend.gateway.models import HealthChange
from backend.gateway.views import BreakerView

_KEEP = timedelta(days=30)
_TRY_UNDER_WAY_S = 5.0
_ERROR_LENGTH = 500


def ask(session: WriteSession, target: Target) -> bool:
    """Let a call through, and return whether its answer is news: the target failed before.

    Raises:
        CircuitOpen: it has failed too often; nothing must be called.
    """
    now = _database_now(session)
    row = _lock(session, target, now)
    row.called_at = now
    before = _state_of(row)
    after = rules.let_through(before, _policy(target), now)
    if after is None:
        raise CircuitOpen(_why_not(row, now), retry_in_s=_retry_in_s(row, now))
    _move(session, row, after, now)
    return after != Breaker()


def note_answer(session: WriteSession, target: Target) -> None:
    """Note that the target answered, whatever it said: it is there."""
    now = _database_now(session)
    row = _lock(session, target, now)
    _move(session, row, rules.answered(_state_of(row)), now)


def note_failure(session: WriteSession, target: Target, error: str) -> None:
    """Note that the target did not answer."""
    now = _database_now(session)
    row = _lock(session, target, now)
    row.last_error, row.last_error_at = error[:_ERROR_LENGTH], now
    _move(session, row, rules.failed(_state_of(row), _policy(target), now), now)


def list_breakers(session: ReadSession, principal: Principal) -> list[BreakerView]:
    """Return every target that was called in the last month, those that are left alone first."""
    principal.require(Permission.HEALTH_VIEW)
    rank = case({BreakerState.OPEN: 0, BreakerState.HALF_OPEN: 1}, value=CircuitBreaker.state)
    rows = session.scalars(
        select(CircuitBreaker).order_by(func.coalesce(rank, 2), CircuitBreaker.target)
    )
    return [
        BreakerView(
            target=row.target,
            label=row.label,
            state=row.state,
            since=row.since,
            failures=row.failures,
            last_error=row.last_error,
            last_error_at=row.last_error_at,
            next_try_at=row.next_try_at,
        )
        for row in rows
    ]


def forget(session: WriteSession) -> int:
    """Delete the breakers of targets that nobody has wanted to call for a month."""
    gone = session.scalars(
        delete(CircuitBreaker)
        .where(CircuitBreaker.called_at < func.clock_timestamp() - _KEEP)
        .returning(CircuitBreaker.target)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _lock(session: WriteSession, target: Target, now: datetime) -> CircuitBreaker:
    locked = (
        select(CircuitBreaker)
        .where(CircuitBreaker.target == target.name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalars(locked).one_or_none()
    if row is not None:
        return row
    new = insert(CircuitBreaker).values(
        target=target.name,
        label=target.label,
        state=BreakerState.CLOSED,
        since=now,
        called_at=now,
        failures=0,
        openings=0,
        last_error="",
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["target"]))
    return session.scalars(locked).one()


def _state_of(row: CircuitBreaker) -> Breaker:
    return Breaker(
        state=row.state,
        failures=row.failures,
        openings=row.openings,
        next_try_at=row.next_try_at,
    )


def _move(session: WriteSession, row: CircuitBreaker, to: Breaker, now: datetime) -> None:
    before, old, row.state = _state_of(row), row.state, to.state
    row.failures, row.openings, row.next_try_at = to.failures, to.openings, to.next_try_at
    session.flush()
    if old is to.state:
        return
    row.since = now
    if (line := rules.log_line(before, to, row.last_error)) is not None:
        logged = HealthChange(
            component=f"breaker:{row.target}",
            at=now,
            old=line.old,
            new=line.new,
            detail=line.detail[:_ERROR_LENGTH],
            label=row.label,
        )
        session.add(logged)
    events_service.record(
        session,
        machinery("gateway", request_id="breaker"),
        BreakerChanged(
            aggregate_id=uuid5(NAMESPACE_DNS, row.target),
            target=row.target,
            old=old.value,
            new=to.state.value,
            error=row.last_error if to.state is BreakerState.OPEN else "",
        ),
        old={"state": old},
        new={"state": to.state, "error": row.last_error},
    )


def _policy(target: Target) -> Policy:
    return rules.POLICIES[target.kind]


def _why_not(row: CircuitBreaker, now: datetime) -> str:
    if row.state is BreakerState.HALF_OPEN:
        return f"{row.label} is being tried by one call at this moment. This one waits for it."
    left_s = _retry_in_s(row, now)
    return (
        f"{row.label} is not called at the moment: {row.failures} calls in a row had no answer. "
        f"It is tried again in {left_s:.0f} s."
    )


def _retry_in_s(row: CircuitBreaker, now: datetime) -> float:
    if row.state is BreakerState.HALF_OPEN or row.next_try_at is None:
        return _TRY_UNDER_WAY_S
    return max((row.next_try_at - now).total_seconds(), 0.0)


def _database_now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
