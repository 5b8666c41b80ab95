"""``tracseq samples receive|correct-arrival``: how a sample arrived, written and put right."""

import argparse
import sys
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.samples import queries, service
from backend.samples.arrival_rules import told
from backend.samples.arrival_views import ArrivalView
from backend.samples.ids import ArrivalCondition
from backend.samples.schemas import ArrivalInput


def declare(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the acts to ``tracseq samples``."""
    receive = acts.add_parser("receive", help="receive a sample and say how it arrived")
    _take_arrival(receive)
    receive.set_defaults(run=receive_one)
    correct = acts.add_parser(
        "correct-arrival",
        help="say how it arrived in truth, or what nobody wrote; what was written stays readable",
    )
    _take_arrival(correct)
    correct.add_argument(
        "--reason", required=True, help="what was wrong, or why it is said so late; kept beside it"
    )
    correct.set_defaults(run=correct_one)


def arrived(arrival: ArrivalView | None) -> str:
    """Say in a line how a sample arrived and what was written before; empty for nothing."""
    if arrival is None:
        return ""
    earlier = [
        f"; corrected, before: {told(each.conditions, each.temperature_c)} ({each.reason})"
        for each in reversed(arrival.corrections)
    ]
    return told(arrival.conditions, arrival.temperature_c) + "".join(earlier)


def receive_one(arguments: argparse.Namespace) -> int:
    """Receive a sample: 0 done, 2 refused, every guard that failed in the message."""
    arrival = _arrival(arguments)
    principal = operator()
    with transaction.writing() as session:
        key = queries.sample_id_of(session, principal, arguments.barcode)
        service.change_status(session, principal, sample_id=key, action="receive", arrival=arrival)
        held = queries.get_sample(session, principal, key).holds
    sys.stdout.write(
        f"{arguments.barcode.upper()} received: {told(arrival.conditions, arrival.temperature_c)}\n"
    )
    _tell_holds([hold.kind for hold in held if hold.released_at is None])
    return 0


def correct_one(arguments: argparse.Namespace) -> int:
    """Correct an arrival: 0 done, 2 refused."""
    arrival = _arrival(arguments)
    principal = operator()
    with transaction.writing() as session:
        key = queries.sample_id_of(session, principal, arguments.barcode)
        service.correct_arrival(
            session, principal, sample_id=key, arrival=arrival, reason=arguments.reason
        )
        held = queries.get_sample(session, principal, key).holds
    sys.stdout.write(
        f"{arguments.barcode.upper()} arrived: {told(arrival.conditions, arrival.temperature_c)}\n"
    )
    _tell_holds([hold.kind for hold in held if hold.released_at is None])
    return 0


def _take_arrival(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("barcode")
    parser.add_argument(
        "--condition",
        action="append",
        choices=[each.value for each in ArrivalCondition],
        help="how it arrived, once for each; good without it",
    )
    parser.add_argument("--celsius", metavar="C", help="temperature measured on arrival, in °C")
    parser.add_argument("--note", default="", help="needed for the condition other")


def _arrival(arguments: argparse.Namespace) -> ArrivalInput:
    found = arguments.condition or [ArrivalCondition.GOOD.value]
    try:
        return ArrivalInput(
            conditions=tuple(ArrivalCondition(each) for each in found),
            temperature_c=_celsius(arguments.celsius),
            note=arguments.note,
        )
    except ValidationError as error:
        said = [str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors()]
        raise InvalidInput(" ".join(said)) from error


def _celsius(typed: str | None) -> Decimal | None:
    if typed is None:
        return None
    try:
        return Decimal(typed.replace(",", "."))
    except InvalidOperation as error:
        raise InvalidInput(
            f"“{typed}” is no temperature in °C. Write a number such as -18.5."
        ) from error


def _tell_holds(kinds: list[str]) -> None:
    if kinds:
        names = ", ".join(kind.replace("_", " ") for kind in kinds)
        sys.stdout.write(f"on hold: {names}\n")
