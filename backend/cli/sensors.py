"""``tracseq sensor``: which there are, their calibration, and the tokens of loggers."""

import argparse
import sys
from datetime import date, datetime

from backend.cli.operator import operator
from backend.cli.units import unit_of
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.telemetry import device_tokens, sensor_moving, sensors
from backend.telemetry.ids import SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.sensors import TemperatureLimits
from backend.work import models as _jobs  # noqa: F401  its tables are referred to


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("sensor", help="sensors, their calibration, tokens of loggers")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("list", help="the sensors there are").set_defaults(run=run_list)
    add = acts.add_parser("add", help="connect a sensor to a storage unit")
    add.add_argument("code")
    add.add_argument("unit", metavar="UNIT", help="path of the unit: ULT-03")
    add.add_argument("--kind", required=True, type=SensorKind, choices=list(SensorKind))
    for name in ("setpoint", "warning"):
        add.add_argument(f"--{name}", type=float, metavar="C", help="°C, of a temperature")
    add.add_argument(
        "--alarm", type=float, metavar="C", help="°C; without it the house rules of its class hold"
    )
    add.set_defaults(run=run_add)
    calibrate = acts.add_parser("calibrate", help="say what is added to what a sensor says")
    calibrate.add_argument("code")
    calibrate.add_argument("correction", type=float, help="in the sensor's unit")
    calibrate.add_argument("--on", required=True, type=date.fromisoformat, metavar="DATE")
    calibrate.add_argument("--due", type=date.fromisoformat, metavar="DATE")
    calibrate.add_argument("--certificate", metavar="NUMBER")
    calibrate.add_argument("--reason", required=True)
    calibrate.set_defaults(run=run_calibrate)
    move = acts.add_parser("move", help="put a sensor into another unit, or connect it again")
    move.add_argument("code")
    move.add_argument("unit", metavar="UNIT", help="path of the unit: ULT-03")
    for name in ("setpoint", "warning", "alarm"):
        move.add_argument(
            f"--{name}", type=float, metavar="C", help="°C; else as the unit's others say"
        )
    move.add_argument(
        "--at",
        type=datetime.fromisoformat,
        metavar="TIME",
        help="when it was moved, with its offset, 2026-05-01T08:00+02:00 (default: now)",
    )
    move.add_argument("--reason", required=True)
    move.set_defaults(run=run_move)
    out = acts.add_parser("disconnect", help="take a sensor out of its unit")
    out.add_argument("code")
    out.add_argument("--reason", required=True)
    out.set_defaults(run=run_disconnect)
    stays = acts.add_parser("stays", help="where a sensor has stood")
    stays.add_argument("code")
    stays.set_defaults(run=run_stays)
    token = acts.add_parser("token", help="make a logger's token and show it, once")
    token.add_argument("name", help="what the logger is called")
    token.add_argument("--sensor", action="append", default=[], metavar="CODE")
    token.add_argument("--unit", metavar="UNIT", help="all sensors of a unit, instead")
    token.set_defaults(run=run_token)
    acts.add_parser("tokens", help="the tokens that hold").set_defaults(run=run_tokens)
    revoke = acts.add_parser("revoke", help="take a logger's token back")
    revoke.add_argument("name")
    revoke.add_argument("--reason", required=True)
    revoke.set_defaults(run=run_revoke)


def run_list(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Print every sensor with its kind and calibration."""
    with transaction.reading() as session:
        found = sensors.list_sensors(session, operator())
    for each in found:
        due = f"due {each.calibration_due_on}" if each.calibration_due_on else "no calibration due"
        facts = KINDS[each.kind]
        sys.stdout.write(
            f"{each.code}  {each.unit_label}  {facts.label}  {each.correction:+g} {facts.unit}"
            f"  {due}\n"
        )
    sys.stdout.write("" if found else "No sensor is connected yet.\n")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Connect a sensor."""
    principal = operator()
    limits = _limits(arguments)
    with transaction.writing() as session:
        unit = unit_of(session, principal, arguments.unit)
        sensors.add_sensor(
            session,
            principal,
            code=arguments.code,
            kind=arguments.kind,
            unit_id=unit.unit_id,
            unit_label=unit.label,
            limits=limits,
        )
    sys.stdout.write(f"{arguments.code} is connected to {unit.label}.\n")
    return 0


def run_calibrate(arguments: argparse.Namespace) -> int:
    """Set a sensor's calibration."""
    principal = operator()
    with transaction.writing() as session:
        sensors.calibrate_sensor(
            session,
            principal,
            sensor_id=sensors.sensor_id_of(session, principal, arguments.code),
            correction=arguments.correction,
            calibrated_on=arguments.on,
            due_on=arguments.due,
            certificate=arguments.certificate,
            reason=arguments.reason,
        )
    sys.stdout.write(f"{arguments.code} is corrected by {arguments.correction:+g} from now on.\n")
    return 0


def run_move(arguments: argparse.Namespace) -> int:
    """Put a sensor into another unit."""
    principal = operator()
    at: datetime | None = arguments.at
    if at is not None and at.tzinfo is None:
        raise InvalidInput("Write the time with its offset, such as 2026-05-01T08:00+02:00.")
    with transaction.writing() as session:
        unit = unit_of(session, principal, arguments.unit)
        moved = sensor_moving.move_sensor(
            session,
            principal,
            sensor_id=sensors.sensor_id_of(session, principal, arguments.code),
            unit=unit,
            limits=_limits(arguments),
            reason=arguments.reason,
            moved_at=at,
        )
    if at is None:
        sys.stdout.write(f"{arguments.code} stands in {unit.label} from now on.\n")
    else:
        sys.stdout.write(
            f"{arguments.code} stands in {unit.label} since {at:%Y-%m-%d %H:%M %Z}. Readings that "
            f"went with it: {moved.readings}; alarms that ended: {moved.alarms_ended}.\n"
        )
    return 0


def run_disconnect(arguments: argparse.Namespace) -> int:
    """Take a sensor out of its unit."""
    principal = operator()
    with transaction.writing() as session:
        sensor_moving.disconnect_sensor(
            session,
            principal,
            sensor_id=sensors.sensor_id_of(session, principal, arguments.code),
            reason=arguments.reason,
        )
    sys.stdout.write(f"{arguments.code} stands in no unit; its readings stay.\n")
    return 0


def run_stays(arguments: argparse.Namespace) -> int:
    """Print where a sensor has stood, the newest first."""
    with transaction.reading() as session:
        found = sensor_moving.list_stays(session, operator(), arguments.code)
    for each in found:
        since = "its first reading" if each.since is None else f"{each.since:%Y-%m-%d %H:%M} UTC"
        until = "now" if each.until is None else f"{each.until:%Y-%m-%d %H:%M} UTC"
        sys.stdout.write(f"{each.unit_label}  from {since} to {until}\n")
    return 0


def run_token(arguments: argparse.Namespace) -> int:
    """Make a token and print it."""
    principal = operator()
    with transaction.writing() as session:
        unit = unit_of(session, principal, arguments.unit) if arguments.unit else None
        secret = device_tokens.make_device_token(
            session, principal, name=arguments.name, sensor_codes=arguments.sensor, unit=unit
        )
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write("This is the only time that the token is shown.\n")
    return 0


def run_tokens(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Print the tokens that hold and when each was used last."""
    with transaction.reading() as session:
        found = device_tokens.list_device_tokens(session, operator())
    for each in found:
        used = f"{each.last_used_at:%Y-%m-%d %H:%M}" if each.last_used_at else "never"
        sys.stdout.write(f"{each.name}  {each.records_for}  used {used}  by {each.made_by}\n")
    sys.stdout.write("" if found else "No logger has a token.\n")
    return 0


def run_revoke(arguments: argparse.Namespace) -> int:
    """Take a token back."""
    with transaction.writing() as session:
        device_tokens.revoke_device_token(
            session, operator(), name=arguments.name, reason=arguments.reason
        )
    sys.stdout.write(f"The token {arguments.name} holds no longer.\n")
    return 0


def _limits(said: argparse.Namespace) -> TemperatureLimits | None:
    if said.setpoint is None and said.warning is None and said.alarm is None:
        return None
    if said.setpoint is None or said.warning is None:
        raise InvalidInput(
            "Say --setpoint and --warning; without --alarm the house rules of its class hold."
        )
    return TemperatureLimits(
        setpoint_c=said.setpoint, warning_high_c=said.warning, alarm_high_c=said.alarm
    )
