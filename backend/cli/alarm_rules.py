"""``tracseq alarm-rules``: the house's rules with their versions; those of one sensor or unit."""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import timedelta

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.sessions import ReadSession
from backend.telemetry import alarm_overrides, alarm_rules, rule_making, sensors
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms, RuleVersion
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.errors import RuleNotFound
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, UnitClass
from backend.telemetry.rule_making import NewRule
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_A_MINUTE = timedelta(minutes=1)
_NARROW = (Origin.SENSOR, Origin.UNIT)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("alarm-rules", help="rules of alarms and their versions")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="the rules in force")
    listed.add_argument("--retired", action="store_true", help="those the house does without")
    listed.add_argument("--sensor", metavar="CODE", help="those that hold for a sensor")
    listed.add_argument("--json", action="store_true", help="print JSON instead of lines")
    listed.set_defaults(run=run_list)
    show = acts.add_parser("show", help="all versions of a rule, the newest first")
    show.add_argument("key", metavar="RULE", help="its key, from the list")
    show.add_argument("--json", action="store_true", help="print JSON instead of lines")
    show.set_defaults(run=run_show)
    change = acts.add_parser("change", help="make the next version of a rule")
    change.add_argument("key", metavar="RULE", help="its key, from the list")
    _numbers(change, required=False)
    change.add_argument("--severity", type=AlarmSeverity, choices=list(AlarmSeverity))
    change.add_argument("--on", action=argparse.BooleanOptionalAction, help="switch it on or off")
    change.add_argument("--sensor", metavar="CODE", help="for this sensor, or with --unit its unit")
    change.add_argument("--unit", action="store_true", help="for the whole unit of --sensor")
    change.set_defaults(run=run_change)
    add = acts.add_parser("add", help="add a rule for a class of units, or for every unit")
    for name, choices in (
        ("--for", UnitClass),
        ("--measure", Measure),
        ("--kind", AlarmKind),
        ("--severity", AlarmSeverity),
    ):
        add.add_argument(
            name,
            dest=name.strip("-").replace("for", "unit_class"),
            required=True,
            type=choices,
            choices=list(choices),
        )
    _numbers(add, required=True)
    add.set_defaults(run=run_add)
    retire = acts.add_parser("retire", help="do without a rule of the house; its versions stay")
    retire.add_argument("key", metavar="RULE", help="its key, from the list")
    retire.add_argument("--reason", required=True)
    retire.set_defaults(run=run_retire)
    back = acts.add_parser("take-back", help="take back a sensor's or its unit's own rules")
    back.add_argument("sensor", metavar="CODE")
    back.add_argument("--kind", required=True, type=AlarmKind, choices=list(AlarmKind))
    back.add_argument("--scope", type=Origin, choices=_NARROW, default=Origin.SENSOR)
    back.add_argument("--reason", required=True)
    back.set_defaults(run=run_take_back)


def run_list(arguments: argparse.Namespace) -> int:
    """Print rules."""
    principal = operator()
    with transaction.reading() as session:
        if arguments.sensor:
            sensor_id = sensors.sensor_id_of(session, principal, arguments.sensor)
            held = alarm_overrides.rules_of_sensor(session, principal, sensor_id)
            found = [each.version for each in held.rules]
        elif arguments.retired:
            found = alarm_rules.list_retired(session, principal)
        else:
            found = alarm_rules.list_rules(session, principal)
    _print(found, as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the versions of a rule."""
    with transaction.reading() as session:
        found = alarm_rules.list_versions(session, operator(), arguments.key)
    _print(found, as_json=arguments.json)
    return 0


def run_change(arguments: argparse.Namespace) -> int:
    """Make the next version of a rule; what is not said stays."""
    principal = operator()
    with transaction.writing() as session:
        if arguments.sensor:
            sensor_id = sensors.sensor_id_of(session, principal, arguments.sensor)
            held = alarm_overrides.rules_of_sensor(session, principal, sensor_id)
            before = _named([each.version.terms for each in held.rules], arguments.key)
            made = alarm_overrides.set_own_rule(
                session,
                principal,
                sensor_id=sensor_id,
                scope=Origin.UNIT if arguments.unit else Origin.SENSOR,
                key=arguments.key,
                version=before.version,
                terms=_changed(before, arguments),
                reason=arguments.reason,
            )
        else:
            before = _standing(session, arguments.key)
            made = rule_making.change_rule(
                session,
                principal,
                key=arguments.key,
                version=before.version,
                terms=_changed(before, arguments),
                reason=arguments.reason,
            )
    sys.stdout.write(f"Version {made} of the rule is in force.\n")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Add a rule and print its key."""
    with transaction.writing() as session:
        key = rule_making.add_rule(
            session,
            operator(),
            rule=NewRule(
                unit_class=arguments.unit_class,
                measure=arguments.measure,
                kind=arguments.kind,
                severity=arguments.severity,
                limit=arguments.limit,
                delay=_span(arguments.delay or 0.0),
                deadband=arguments.deadband or 0.0,
                window=None if arguments.window is None else _span(arguments.window),
            ),
            reason=arguments.reason,
        )
    sys.stdout.write(f"{key}\n")
    return 0


def run_retire(arguments: argparse.Namespace) -> int:
    """Retire a rule of the house."""
    with transaction.writing() as session:
        rule_making.retire_rule(
            session,
            operator(),
            key=arguments.key,
            version=_standing(session, arguments.key).version,
            reason=arguments.reason,
        )
    sys.stdout.write("The rule is retired; its versions stay.\n")
    return 0


def run_take_back(arguments: argparse.Namespace) -> int:
    """Take back rules of a sensor or its unit."""
    principal = operator()
    with transaction.writing() as session:
        alarm_overrides.take_back(
            session,
            principal,
            sensor_id=sensors.sensor_id_of(session, principal, arguments.sensor),
            scope=arguments.scope,
            kind=arguments.kind,
            reason=arguments.reason,
        )
    sys.stdout.write("The wider rule holds again.\n")
    return 0


def _numbers(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--limit", type=float, required=required, help="in the rule's own unit")
    for name in ("--delay", "--window"):
        parser.add_argument(name, type=float, metavar="MIN", help="minutes")
    parser.add_argument("--deadband", type=float)
    parser.add_argument("--reason", required=True)


def _standing(session: ReadSession, key: str) -> Terms:
    return _named(alarm_rules.standing(session), key)


def _named(rules: Iterable[Terms], key: str) -> Terms:
    found = next((each for each in rules if each.key == key), None)
    if found is None:
        raise RuleNotFound(f"No rule {key[:120]} is in force. Look at `tracseq alarm-rules list`.")
    return found


def _changed(before: Terms, said: argparse.Namespace) -> NewTerms:
    return NewTerms(
        limit=before.limit if said.limit is None else said.limit,
        delay=before.delay if said.delay is None else _span(said.delay),
        deadband=before.deadband if said.deadband is None else said.deadband,
        is_active=before.is_active if said.on is None else said.on,
        window=None if said.window is None else _span(said.window),
        severity=said.severity,
    )


def _span(minutes: float) -> timedelta:
    return timedelta(minutes=max(-1.0, min(minutes, 1_000_000.0)))


def _print(found: Iterable[RuleVersion], *, as_json: bool) -> None:
    if as_json:
        told = json.dumps([_json(each) for each in found], ensure_ascii=False, indent=2)
    else:
        told = "\n".join(_line(each) for each in found) or "No rule."
    sys.stdout.write(f"{told}\n")


def _json(version: RuleVersion) -> dict[str, object]:
    terms = version.terms
    return {
        "key": terms.key,
        "version": terms.version,
        "scope": terms.scope_label or terms.unit_class.value,
        "measure": terms.measure.value,
        "kind": terms.kind.value,
        "severity": terms.severity.value,
        "limit": terms.limit,
        "unit": alarm_rules.unit_of(terms),
        "delay_min": terms.delay / _A_MINUTE,
        "deadband": terms.deadband,
        "window_min": None if terms.window is None else terms.window / _A_MINUTE,
        "is_active": terms.is_active,
        "is_retired": version.is_withdrawn,
        "set_by": version.set_by_name,
        "set_at": None if version.set_at is None else version.set_at.isoformat(),
        "reason": version.reason,
    }


def _line(version: RuleVersion) -> str:
    terms = version.terms
    window = "" if terms.window is None else f" in {terms.window / _A_MINUTE:g} min"
    state = "retired" if version.is_withdrawn else "on" if terms.is_active else "off"
    return (
        f"{terms.key}  version {terms.version}  {terms.severity.value}  "
        f"{terms.limit:g} {alarm_rules.unit_of(terms)}{window}  "
        f"delay {terms.delay / _A_MINUTE:g} min  deadband {terms.deadband:g}  {state}  "
        f"by {version.set_by_name}"
    )
