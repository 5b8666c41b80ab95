"""Calling out through a breaker: asked before, noted after, with no transaction open meanwhile.

    with outgoing.through(writing, MAIL, away=MailServerAway, answered=MailDeferred):
        sender.send(message)

Opening transactions is the edge's business, so the caller hands in how (core.transaction.writing).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from backend.core.errors import Unavailable
from backend.core.sessions import WriteSession
from backend.gateway import breakers
from backend.gateway.breaker_rules import Target

log = logging.getLogger("gateway.outgoing")

Writing = Callable[[], AbstractContextManager[WriteSession]]
Kinds = type[Exception] | tuple[type[Exception], ...]


@contextmanager
def through(
    writing: Writing, target: Target, *, away: Kinds, answered: Kinds = ()
) -> Iterator[None]:
    """Make the call of the ``with`` block unless the target is left alone.

    ``away`` are the errors that mean nobody was there, ``answered`` those that are an answer too;
    ``away`` is looked at first. Any other error says nothing about the target and changes nothing.

    Raises:
        CircuitOpen: nothing was called; the error says when to come again.
    """
    with writing() as session:
        is_news = breakers.ask(session, target)
    try:
        yield
    except away as error:
        why = str(error)
        _note(writing, target, lambda session: breakers.note_failure(session, target, why))
        raise
    except answered:
        _note_answer(writing, target, is_news=is_news)
        raise
    _note_answer(writing, target, is_news=is_news)


def _note_answer(writing: Writing, target: Target, *, is_news: bool) -> None:
    # Nothing stands between a target's yes and the caller's note of it, as long as all is well:
    # a process that dies in between has its work done twice.
    if is_news:
        _note(writing, target, lambda session: breakers.note_answer(session, target))


def _note(writing: Writing, target: Target, write: Callable[[WriteSession], None]) -> None:
    """Write down how a call went; a call that was made is not made again because that failed."""
    try:
        with writing() as session:
            write(session)
    except Unavailable as error:
        log.warning("how the call of %s went was not noted: %s", target.name, error.message)
