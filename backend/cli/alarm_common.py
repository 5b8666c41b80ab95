"""``tracseq alarm-common``: what holds for every alarm, and its versions."""

import argparse
import json
import sys
from datetime import timedelta

from backend.cli.operator import operator
from backend.core import transaction
from backend.telemetry import alarm_common
from backend.telemetry.alarm_common import Common
from backend.telemetry.alarm_rules import BY_DEFAULT
from backend.telemetry.common_rules import A_MINUTE, Numbers
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_MOST = 100_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("alarm-common", help="what holds for every alarm")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    show = acts.add_parser("show", help="all versions, the one in force first")
    show.add_argument("--json", action="store_true", help="print JSON instead of lines")
    show.set_defaults(run=run_show)
    change = acts.add_parser("change", help="make the next version; what is not said stays")
    change.add_argument("--storm-units", type=int, metavar="N", help="units that make a storm")
    for name, about in (
        ("--storm-within", "within so many minutes they are one matter"),
        ("--stable", "minutes in range after which an alarm is over"),
        ("--longest-snooze", "minutes that a snooze may last"),
    ):
        change.add_argument(name, type=int, metavar="MIN", help=about)
    change.add_argument("--reason", required=True)
    change.set_defaults(run=run_change)


def run_show(arguments: argparse.Namespace) -> int:
    """Print the versions of the common rule."""
    with transaction.reading() as session:
        found = alarm_common.list_versions(session, operator())
    if arguments.json:
        told = json.dumps([_json(each) for each in found], ensure_ascii=False, indent=2)
    else:
        told = "\n".join(_line(each) for each in found)
    sys.stdout.write(f"{told}\n")
    return 0


def run_change(arguments: argparse.Namespace) -> int:
    """Make the next version of the common rule."""
    with transaction.writing() as session:
        before = alarm_common.common_rule(session)
        made = alarm_common.change_common_rule(
            session,
            operator(),
            version=before.version,
            numbers=_changed(before.numbers, arguments),
            reason=arguments.reason,
        )
    sys.stdout.write(f"Version {made} of the common rule is in force.\n")
    return 0


def _changed(before: Numbers, said: argparse.Namespace) -> Numbers:
    units = before.storm_units if said.storm_units is None else said.storm_units
    return Numbers(
        storm_units=units,
        storm_within=_span(said.storm_within, before.storm_within),
        stable_for=_span(said.stable, before.stable_for),
        longest_snooze=_span(said.longest_snooze, before.longest_snooze),
    )


def _span(minutes: int | None, before: timedelta) -> timedelta:
    return before if minutes is None else timedelta(minutes=max(-1, min(minutes, _MOST)))


def _json(common: Common) -> dict[str, object]:
    numbers = common.numbers
    return {
        "version": common.version,
        "storm_units": numbers.storm_units,
        "storm_within_min": numbers.storm_within // A_MINUTE,
        "stable_min": numbers.stable_for // A_MINUTE,
        "longest_snooze_min": numbers.longest_snooze // A_MINUTE,
        "set_by": common.set_by_name,
        "set_at": None if common.set_at is None else common.set_at.isoformat(),
        "reason": common.reason,
    }


def _line(common: Common) -> str:
    numbers = common.numbers
    return (
        f"version {common.version}  a storm: {numbers.storm_units} units within "
        f"{numbers.storm_within // A_MINUTE} min  over after {numbers.stable_for // A_MINUTE} min  "
        f"longest snooze {numbers.longest_snooze // A_MINUTE} min  "
        f"by {common.set_by_name or BY_DEFAULT}  {common.reason}"
    ).rstrip()
