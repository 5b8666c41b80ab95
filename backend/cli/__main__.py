"""The terminal's door: ``tracseq <command>`` calls the same services as the pages.

Only the module of the command that is asked for is imported: all of them take seconds, more than
most commands take to do their work.
"""

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from backend.core.errors import AppError


@dataclass(frozen=True, slots=True)
class Command:
    """A command's module in this package, and what ``tracseq --help`` says of it."""

    module: str
    about: str


COMMANDS: Mapping[str, Command] = {
    "init": Command("init", "set up an empty laboratory instead of the demonstration"),
    "users": Command("users", "people: list, add, lock, unlock, reset, roles"),
    "import": Command("imports", "register the samples of a file, or show what would happen"),
    "workbooks": Command("workbooks", "spreadsheets that are kept, and their rows"),
    "templates": Command("templates", "templates of sample lists"),
    "samples": Command("samples", "work with samples"),
    "labels": Command("labels", "print labels; printers and where codes come from"),
    "custody": Command("custody", "who holds what, and where the record has gaps"),
    "storage": Command("storage", "places: types of units, whole units, files"),
    "rackscan": Command("rackscan", "compare a rack scanner's file with its box"),
    "scanner": Command("scanners", "rack scanners in the network: list, add, change, test"),
    "pool": Command("pools", "pools of libraries and their recipes"),
    "library": Command("library", "readings of instruments; kits of libraries"),
    "run": Command("runs", "read the folder of a sequencing run; limits of runs"),
    "sheet": Command("sheets", "check, convert and compare sample sheets"),
    "reference": Command(
        "reference", "reference data of sequencing: list, show, update, import a kit"
    ),
    "queue": Command("queue", "plan the libraries that wait to be sequenced"),
    "turnaround": Command(
        "turnaround", "how long requests take, open ones counted, and which are at risk"
    ),
    "sensor": Command("sensors", "sensors, their calibration, tokens of loggers"),
    "telemetry": Command("telemetry", "readings of sensors from a logger's file"),
    "alarms": Command("alarms", "alarms of sensors"),
    "alarm": Command("alarm", "acknowledge an alarm"),
    "alarm-rules": Command("alarm_rules", "rules of alarms and their versions"),
    "alarm-common": Command("alarm_common", "what holds for every alarm"),
    "maintenance": Command("maintenance", "when nobody is told of units' alarms"),
    "picks": Command("picks", "pick lists, and the lines of one"),
    "relocate": Command("relocate", "how to free boxes, or to empty a unit"),
    "what-if": Command("what_if", "when a unit without cooling crosses a limit, and if it is lost"),
    "set-point": Command("set_points", "what a unit would take at another set point"),
    "jobs": Command("jobs", "background work: list, show, cancel, retry"),
    "events": Command("events", "the event log: lag, parked events, replay"),
    "audit": Command("audit", "the audit trail"),
    "bench": Command("bench", "run a planner on instances from files"),
    "seed": Command("seed", "fill an empty database with the demonstration laboratory"),
}

_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 2 refused (the message says why)."""
    given = sys.argv[1:] if arguments is None else arguments
    parsed = _parser(given).parse_args(given)
    try:
        with _database() if parsed.needs_database else nullcontext():
            return parsed.run(parsed) or 0
    except AppError as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        for field, message in refusal.fields.items():
            sys.stderr.write(f"  {field}: {message}\n")
        return _REFUSED


def _database() -> AbstractContextManager[None]:
    from backend.cli.database import bound_database  # noqa: PLC0415 takes as long as a command

    return bound_database()


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows all of the command in ``given``, and the others' names."""
    parser = argparse.ArgumentParser(
        prog="tracseq", description="Work with the laboratory from a terminal."
    )
    parser.set_defaults(needs_database=True)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    asked = next((word for word in given if not word.startswith("-")), None)
    for name, command in COMMANDS.items():
        if name == asked:
            importlib.import_module(f"backend.cli.{command.module}").register(commands)
        else:
            commands.add_parser(name, help=command.about)
    return parser


if __name__ == "__main__":
    sys.exit(main())
