"""Doing a repeated request once: the Idempotency-Key header of requests that make something.

The answer is written in the transaction of the change itself, so there is no moment at which one
stands without the other. A refused request keeps nothing: its key is as good as new. A kept answer
is given again for a day.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.api.models import KeptAnswer
from backend.api.routing import Answer, Call
from backend.auth.views import Locked, Refused
from backend.core.errors import Conflict
from backend.core.sessions import WriteSession

DoneT = TypeVar("DoneT")
KEPT_FOR = timedelta(hours=24)
REPLAYED = "Idempotent-Replayed"
_FORGET_AT_ONCE = 5_000


class KeyReused(Conflict):
    """One key, two different requests: a mistake of the caller's that must not pass unseen."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The Idempotency-Key {key} was used for another request. Send this one with a new key."
        )


def once(session: WriteSession, call: Call, make: Callable[[], BaseModel]) -> object:
    """Return what ``make`` answers, or what it answered when this request came first.

    Of two equal requests at once the second waits for the first and repeats its answer.

    Raises:
        KeyReused: the caller has used the key for another request within the last day.
    """
    earlier = _claim(session, call)
    return _keep(session, call, make()) if earlier is None else earlier


def once_signed(
    session: WriteSession,
    call: Call,
    sign: Callable[[], DoneT | Refused | Locked],
    show: Callable[[DoneT], BaseModel],
) -> object:
    """Do an act under a signature as `once` does; a refused signature is returned as it is.

    The refused try is committed with the caller's transaction, for it counts, and lets go of the
    key: the same request with the right password is another one. Errors as `once`.
    """
    earlier = _claim(session, call)
    if earlier is not None:
        return earlier
    outcome = sign()
    if isinstance(outcome, Refused | Locked):
        session.execute(delete(KeptAnswer).where(*_mine(call)))
        return outcome
    return _keep(session, call, show(outcome))


def forget(session: WriteSession) -> int:
    """Delete answers that are given no longer, some thousands at once; return how many."""
    old = (
        select(KeptAnswer.user_id, KeptAnswer.key)
        .where(KeptAnswer.created_at < func.clock_timestamp() - KEPT_FOR)
        .limit(_FORGET_AT_ONCE)
        .subquery()
    )
    gone = session.scalars(
        delete(KeptAnswer)
        .where(KeptAnswer.user_id == old.c.user_id, KeptAnswer.key == old.c.key)
        .returning(KeptAnswer.key)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _mine(call: Call) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptAnswer.user_id == call.caller.user_id,
        KeptAnswer.key == call.idempotency_key,
    )


def _claim(session: WriteSession, call: Call) -> Answer | None:
    """Take a request's key, or return what was answered to it before; None where it is new."""
    key, person = call.idempotency_key, call.caller.user_id
    if key is None or person is None:
        return None
    over = KeptAnswer.created_at < func.clock_timestamp() - KEPT_FOR
    session.execute(delete(KeptAnswer).where(*_mine(call), over))
    first = session.scalar(
        insert(KeptAnswer)
        .values(user_id=person, key=key, fingerprint=call.fingerprint, body=b"")
        .on_conflict_do_nothing()
        .returning(KeptAnswer.key)
    )
    if first is not None:
        return None
    kept = session.scalars(select(KeptAnswer).where(*_mine(call))).one()
    if kept.fingerprint != call.fingerprint:
        raise KeyReused(key)
    return Answer(body=kept.body, headers={REPLAYED: "true"})


def _keep(session: WriteSession, call: Call, answer: BaseModel) -> object:
    if call.idempotency_key is None or call.caller.user_id is None:
        return answer
    body = answer.model_dump_json().encode()
    session.execute(update(KeptAnswer).where(*_mine(call)).values(body=body))
    return body
