"""``tracseq maintenance``: hours in which nobody is told of the alarms of some units."""

import argparse
import json
import sys
from datetime import datetime, timedelta
from uuid import UUID

from backend.cli.operator import operator
from backend.cli.units import unit_of
from backend.core import clock, transaction
from backend.core.errors import InvalidInput
from backend.telemetry import maintenance
from backend.telemetry.ids import WindowId
from backend.telemetry.maintenance import Window
from backend.work import models as _jobs  # noqa: F401  its tables are referred to


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("maintenance", help="when nobody is told of units' alarms")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="those that stand or are to come, and two weeks past")
    listed.add_argument("--json", action="store_true", help="print JSON instead of lines")
    listed.set_defaults(run=run_list)
    start = acts.add_parser("start", help="begin or plan one, a week at most")
    start.add_argument("units", nargs="+", metavar="UNIT", help="paths of units: ULT-03")
    start.add_argument("--hours", type=float, required=True, help="how long it takes")
    start.add_argument(
        "--from",
        dest="starts_at",
        type=datetime.fromisoformat,
        metavar="TIME",
        help="with its offset, 2026-05-01T08:00+02:00 (default: now)",
    )
    start.add_argument("--reason", required=True, help="what is done at the units")
    start.set_defaults(run=run_start)
    end = acts.add_parser("end", help="end one now, or call off one that is to come")
    end.add_argument("window", metavar="MAINTENANCE", help="its key, from the list")
    end.set_defaults(run=run_end)


def run_list(arguments: argparse.Namespace) -> int:
    """Print maintenances."""
    with transaction.reading() as session:
        found = maintenance.list_windows(session, operator())
    if arguments.json:
        told = json.dumps([_json(each) for each in found], ensure_ascii=False, indent=2)
    else:
        now = clock.utc_now()
        told = "\n".join(_line(each, now) for each in found) or "No unit is in maintenance."
    sys.stdout.write(f"{told}\n")
    return 0


def run_start(arguments: argparse.Namespace) -> int:
    """Begin or plan a maintenance and print its key."""
    principal = operator()
    starts_at: datetime = arguments.starts_at or clock.utc_now()
    if starts_at.tzinfo is None:
        raise InvalidInput("Write --from with its offset, such as 2026-05-01T08:00+02:00.")
    # A week is the most that a service takes; beyond a thousand years nothing can be counted.
    lasting = timedelta(hours=max(-1.0, min(arguments.hours, 10_000.0)))
    with transaction.writing() as session:
        units = [unit_of(session, principal, path).unit_id for path in arguments.units]
        window_id = maintenance.start_window(
            session,
            principal,
            unit_ids=units,
            starts_at=starts_at,
            ends_at=starts_at + lasting,
            reason=arguments.reason,
        )
    sys.stdout.write(f"{window_id}\n")
    return 0


def run_end(arguments: argparse.Namespace) -> int:
    """End a maintenance."""
    try:
        window_id = WindowId(UUID(arguments.window))
    except ValueError as error:
        raise InvalidInput(
            f"{arguments.window[:64]} is no key of a maintenance. Copy one from the list."
        ) from error
    with transaction.writing() as session:
        maintenance.end_window(session, operator(), window_id)
    sys.stdout.write("The maintenance is over.\n")
    return 0


def _json(window: Window) -> dict[str, object]:
    return {
        "id": str(window.window_id),
        "units": list(window.unit_labels),
        "starts_at": window.starts_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
        "reason": window.reason,
        "set_by": window.set_by_name,
        "ended_by": window.ended_by_name,
    }


def _line(window: Window, now: datetime) -> str:
    standing = "runs" if window.starts_at <= now else "planned"
    return (
        f"{window.window_id}  {', '.join(window.unit_labels)}  "
        f"{'over' if window.is_over(now) else standing}  {window.starts_at:%Y-%m-%d %H:%M} to "
        f"{window.ends_at:%Y-%m-%d %H:%M} UTC  {window.reason}  by {window.set_by_name}"
    )
