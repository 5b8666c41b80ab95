"""The one clock. Rules receive `now`; only services and adapters ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_STANDING: ContextVar[datetime | None] = ContextVar("standing", default=None)


def utc_now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return _STANDING.get() or datetime.now(UTC)  # noqa: TID251 the one place that may


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Let the program take an instant for now, within this thread.

    For the past of the demonstration laboratory alone (db/seeds), which services have to live
    through; the linter refuses it elsewhere.
    """
    token = _STANDING.set(instant)
    try:
        yield
    finally:
        _STANDING.reset(token)
