"""``tracseq alarms``: the alarms of sensors; ``tracseq alarm ack``: saying that one is known."""

import argparse
import dataclasses
import json
import sys
from uuid import UUID

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.telemetry import alarm_queries, service
from backend.telemetry.alarm_queries import AlarmRecord, AlarmsWanted
from backend.telemetry.ids import AlarmId
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_STANDING = 1
_MOST = 1_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("alarms", help="alarms of sensors")
    parser.add_argument("--all", action="store_true", help="also those that are over")
    parser.add_argument("--unit", metavar="UNIT", help="of one unit: ULT-03")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.set_defaults(run=run_list)


def register_one(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command for one alarm."""
    parser = commands.add_parser("alarm", help="acknowledge an alarm")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    known = acts.add_parser("ack", help="say that you know of an alarm and what you do about it")
    known.add_argument("alarm", metavar="ALARM", help="its key, from `tracseq alarms`")
    known.add_argument("--reason", required=True, help="what was found, or what is done")
    known.set_defaults(run=run_acknowledge)


def run_list(arguments: argparse.Namespace) -> int:
    """Print alarms: 0 none is open and unknown, 1 somebody has to act."""
    wanted = AlarmsWanted(is_open=None if arguments.all else True, unit_label=arguments.unit)
    with transaction.reading() as session:
        found = alarm_queries.list_alarms(session, operator(), wanted, limit=_MOST)
    if arguments.json:
        told = json.dumps(
            [dataclasses.asdict(each) for each in found], default=str, ensure_ascii=False, indent=2
        )
    else:
        told = "\n".join(_line(each) for each in found) or "No alarm is open."
    sys.stdout.write(f"{told}\n")
    return _STANDING if any(_is_unknown(each) for each in found) else 0


def run_acknowledge(arguments: argparse.Namespace) -> int:
    """Acknowledge an alarm."""
    principal = operator()
    with transaction.writing() as session:
        alarm = alarm_queries.get_alarm(session, principal, _key(arguments.alarm))
        service.acknowledge(
            session,
            principal,
            sensor_id=alarm.sensor_id,
            alarm_id=alarm.id,
            reason=arguments.reason,
        )
    sys.stdout.write(f"The alarm of {alarm.unit_label} is acknowledged.\n")
    return 0


def _key(typed: str) -> AlarmId:
    try:
        return AlarmId(UUID(typed))
    except ValueError as error:
        raise InvalidInput(
            f"{typed[:64]} is no key of an alarm. Copy one from `tracseq alarms`."
        ) from error


def _is_unknown(alarm: AlarmRecord) -> bool:
    return alarm.is_open and alarm.acknowledged_at is None and alarm.told_at is not None


def _line(alarm: AlarmRecord) -> str:
    value = "" if alarm.value is None else f"  now {alarm.value:g} {alarm.measured_in}"
    return (
        f"{alarm.id}  {alarm.unit_label}  {alarm.sensor}  {alarm.kind.value}  "
        f"{alarm.severity.value}  since {alarm.since:%Y-%m-%d %H:%M}{value}  {_standing(alarm)}"
    )


def _standing(alarm: AlarmRecord) -> str:
    if not alarm.is_open:
        return "over"
    if alarm.acknowledged_at is not None:
        return f"acknowledged by {alarm.acknowledged_by_name}"
    return "held by maintenance" if alarm.told_at is None else "not acknowledged"
