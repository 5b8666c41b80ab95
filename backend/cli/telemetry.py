"""``tracseq telemetry import FILE``: a logger's CSV file, as the Health page takes it."""

import argparse
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.auth import service as auth_service
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from backend.core.sessions import ReadSession
from backend.telemetry import importing
from backend.telemetry.importing import Imported
from backend.telemetry.intake_views import Outcome
from backend.telemetry.logger_files import LARGEST_BYTES, Finding

_HAS_FAULTS = 1
_MOST_LINES = 200


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("telemetry", help="readings of sensors from a logger's file")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    bring = acts.add_parser(
        "import",
        help="record the readings of a CSV file, or show what would happen",
        description=(
            "Columns: a time, then “value” of the sensor that --sensor names, or “sensor” and "
            "“value”, or a column a sensor headed by its code. Sent again, a file changes nothing."
        ),
    )
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--sensor", metavar="CODE", help="whose values a file with one column has")
    bring.add_argument(
        "--time-zone", metavar="ZONE", help="of times that say none (default: the laboratory's)"
    )
    bring.add_argument("--dry-run", action="store_true", help="keep nothing; show the findings")
    bring.add_argument("--json", action="store_true", help="print JSON instead of lines")
    bring.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import a file: 0 done, 1 some lines need a look, 2 refused."""
    content = _content(arguments.file)
    principal, kept_days = operator(), load_settings().readings_kept_days
    if arguments.dry_run:
        with transaction.reading() as session:
            seen = importing.look_at_file(
                session,
                principal,
                content=content,
                code=arguments.sensor,
                zone=_zone(session, arguments.time_zone),
                kept_days=kept_days,
            )
    else:
        with transaction.writing() as session:
            seen = importing.import_file(
                session,
                principal,
                file_name=arguments.file.name,
                content=content,
                code=arguments.sensor,
                zone=_zone(session, arguments.time_zone),
                kept_days=kept_days,
            )
    said = (
        _json(arguments.file, seen, dry=arguments.dry_run)
        if arguments.json
        else _text(arguments.file, seen, dry=arguments.dry_run)
    )
    sys.stdout.write(f"{said}\n")
    return _HAS_FAULTS if seen.faults else 0


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _zone(session: ReadSession, named: str | None) -> ZoneInfo:
    laboratory = auth_service.get_laboratory(session)
    name = named or (laboratory.time_zone if laboratory else load_settings().time_zone)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(f"{name} is no time zone. Write one like Europe/Berlin.") from error


def _json(path: Path, seen: Imported, *, dry: bool) -> str:
    return json.dumps(
        {
            "file": path.name,
            "dry_run": dry,
            "readings": seen.readings,
            "counts": {outcome.value: number for outcome, number in seen.counts.items()},
            "findings": [
                {
                    "code": each.code,
                    "line": each.line,
                    "sensor": each.sensor,
                    "message": each.message,
                }
                for each in seen.findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _text(path: Path, seen: Imported, *, dry: bool) -> str:
    counts = ", ".join(
        f"{number:,} {outcome.value.replace('_', ' ')}"
        for outcome, number in seen.counts.items()
        if number or outcome is Outcome.ACCEPTED
    )
    done = " Nothing was kept." if dry else ""
    lines = [f"{path.name}: {seen.readings:,} readings, {counts}.{done}"]
    lines += [_line(each) for each in seen.findings[:_MOST_LINES]]
    if len(seen.findings) > _MOST_LINES:
        lines.append(f"And {len(seen.findings) - _MOST_LINES:,} more; --json has them all.")
    return "\n".join(lines)


def _line(finding: Finding) -> str:
    whose = f" {finding.sensor}" if finding.sensor else ""
    return f"line {finding.line}{whose}  {finding.code}  {finding.message}"
