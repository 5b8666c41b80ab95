"""Doing a repeated request once: the Idempotency-Key header of requests that make something.

The answer is written in the transaction of the change itself, so there is no moment at which one
stands without the other. A refused request keeps nothing: its key is as good as new. A kept answer
is given again for a day.
"""

from collections.abc import Callable
from datetime import timedelta

from pydantic import BaseModel
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.api.models import KeptAnswer
from backend.api.routing import Answer, Call
from backend.core.errors import Conflict
from backend.core.sessions import WriteSession

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
    key, person = call.idempotency_key, call.caller.user_id
    if key is None or person is None:
        return make()
    mine = (KeptAnswer.user_id == person, KeptAnswer.key == key)
    over = KeptAnswer.created_at < func.clock_timestamp() - KEPT_FOR
    session.execute(delete(KeptAnswer).where(*mine, over))
    first = session.scalar(
        insert(KeptAnswer)
        .values(user_id=person, key=key, fingerprint=call.fingerprint, body=b"")
        .on_conflict_do_nothing()
        .returning(KeptAnswer.key)
    )
    if first is None:
        kept = session.scalars(select(KeptAnswer).where(*mine)).one()
        if kept.fingerprint != call.fingerprint:
            raise KeyReused(key)
        return Answer(body=kept.body, headers={REPLAYED: "true"})
    body = make().model_dump_json().encode()
    session.execute(update(KeptAnswer).where(*mine).values(body=body))
    return body


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
