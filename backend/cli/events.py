"""``tracseq events``: how far the consumers are, and what they could not apply."""

import argparse
import sys
from uuid import UUID

from backend.cli.operator import operator
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.events import consuming, queries
from backend.events.views import DeadLetterView
from backend.work import queries as work_queries


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("events", help="the event log: lag, parked events, replay")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("lag", help="how far each consumer is behind").set_defaults(run=_lag)
    parked = acts.add_parser("parked", help="events that a consumer could not apply")
    parked.add_argument("--limit", type=int, default=50)
    parked.set_defaults(run=_parked)
    requeue = acts.add_parser("requeue", help="try a parked event again, with fresh attempts")
    requeue.add_argument("letter", metavar="KEY", help="as “events parked” shows it, or “all”")
    requeue.set_defaults(run=_requeue)
    skip = acts.add_parser("skip", help="give a parked event up; those behind it flow again")
    skip.add_argument("letter", metavar="KEY")
    skip.add_argument("--reason", required=True, help="kept in the audit trail")
    skip.set_defaults(run=_skip)
    replay = acts.add_parser("replay", help="send a consumer back in the log")
    replay.add_argument("consumer", metavar="CONSUMER")
    replay.add_argument("--from", dest="from_pos", type=int, required=True, metavar="POSITION")
    replay.set_defaults(run=_replay)


def _lag(_: argparse.Namespace) -> None:
    with reading() as session:
        lag = work_queries.outbox_lag(session)
    waiting = _late(lag.oldest_unsequenced_s)
    sys.stdout.write(f"{_events(lag.unsequenced)} not in the log yet{waiting}.\n")
    for consumer in lag.consumers:
        sys.stdout.write(
            f"{consumer.name}: {_events(consumer.behind)} behind{_late(consumer.oldest_s)}.\n"
        )
    sys.stdout.write(f"{_events(lag.dead_letters)} parked until a person decides.\n")


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number:,} events"


def _late(oldest_s: float | None) -> str:
    return "" if oldest_s is None else f", the oldest for {oldest_s:,.1f} s"


def _parked(arguments: argparse.Namespace) -> None:
    with reading() as session:
        letters = queries.dead_letters(session, limit=arguments.limit)
    if not letters:
        sys.stdout.write("No event is parked.\n")
    for letter in letters:
        sys.stdout.write(f"{letter.id}  {_said(letter)}\n")


def _said(letter: DeadLetterView) -> str:
    what = f"{letter.consumer}: {letter.event_type} at {letter.event_pos:,}"
    if not letter.attempts:
        return f"{what} waits behind an earlier event of the same {letter.aggregate_type}"
    again = (
        f"tried again at {letter.retry_at:%Y-%m-%d %H:%M:%S} UTC"
        if letter.retry_at
        else "not tried again by itself"
    )
    times = "once" if letter.attempts == 1 else f"{letter.attempts} times"
    return f"{what} failed {times}, {again}: {letter.error}"


def _requeue(arguments: argparse.Namespace) -> None:
    principal = operator()
    with writing() as session:
        if arguments.letter == "all":
            failed = [each for each in queries.dead_letters(session) if each.attempts]
            keys = [each.id for each in failed]
        else:
            keys = [_key(arguments.letter)]
        for key in keys:
            consuming.retry_letter(session, principal, letter_id=key)
    sys.stdout.write(f"{_events(len(keys))} to be tried again at the leader's next turn.\n")


def _skip(arguments: argparse.Namespace) -> None:
    with writing() as session:
        consuming.skip_letter(
            session, operator(), letter_id=_key(arguments.letter), reason=arguments.reason
        )
    sys.stdout.write("Given up; those that waited behind it flow again.\n")


def _replay(arguments: argparse.Namespace) -> None:
    with writing() as session:
        stood_at = consuming.replay(
            session, operator(), consumer=arguments.consumer, from_pos=arguments.from_pos
        )
    sys.stdout.write(
        f"{arguments.consumer} goes on from position {arguments.from_pos:,}; it stood at "
        f"{stood_at:,}.\n"
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(
            f"“{text}” is not the key of a parked event. Copy it from “tracseq events parked”."
        ) from error
