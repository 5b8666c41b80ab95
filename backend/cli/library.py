"""``tracseq library readings FILE``: what an instrument measured, for a worksheet or by itself.

``tracseq library kits`` is in `library_kits`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from backend.cli import library_kits
from backend.cli.database import bound_database
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.samples import qc_rules
from backend.samples.volume_rules import shown
from backend.sequencing.preparation import measuring, worksheet_queries
from backend.sequencing.preparation.matching import Matched
from backend.sequencing.preparation.readings import standard_curve
from backend.sequencing.preparation.readings.model import FileRead, Finding, Reading
from backend.sequencing.preparation.readings.reading import read_file
from backend.sequencing.preparation.readings.standard_curve import Curve
from backend.sequencing.preparation.readings.tables import LARGEST_BYTES
from backend.templates.reading.values import Severity
from backend.work import models as _jobs  # noqa: F401  its tables are referred to

_FOUND = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("library", help="readings of instruments; kits of libraries")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    readings = acts.add_parser("readings", help="read a Qubit's, plate reader's or Agilent's file")
    readings.add_argument("file", type=Path, metavar="FILE")
    readings.add_argument("--worksheet", metavar="CODE", help="match wells and tubes of LP-0001")
    readings.add_argument("--dry-run", action="store_true", help="keep nothing")
    readings.add_argument("--json", action="store_true", help="print JSON instead of lines")
    readings.set_defaults(run=run)
    library_kits.register(acts)
    # A file by itself needs no laboratory; a worksheet does.
    parser.set_defaults(needs_database=False)


def run(arguments: argparse.Namespace) -> int:
    """Print what the file holds: 0, 1 where a line has an error, 2 where it is refused."""
    content = _content(arguments.file)
    matched: list[Matched] = []
    if arguments.worksheet is None:
        if not arguments.dry_run:
            raise InvalidInput("Say whose readings these are: --worksheet LP-0001, or --dry-run.")
        read = read_file(content)
        findings = list(read.findings)
    else:
        with bound_database():
            looked = _looked(arguments, content)
        read, matched, findings = looked.read, list(looked.matched), list(looked.findings)
    kept = arguments.worksheet is not None and not arguments.dry_run
    if arguments.json:
        told = _told(arguments.file.name, read, matched, findings, kept=kept)
        sys.stdout.write(f"{json.dumps(told, ensure_ascii=False, indent=2)}\n")
    else:
        sys.stdout.write(_text(read, matched, findings, kept=kept))
    return _FOUND if any(each.severity is Severity.ERROR for each in findings) else 0


def _looked(arguments: argparse.Namespace, content: bytes) -> measuring.Looked:
    who, name = operator(), arguments.file.name
    if arguments.dry_run:
        with transaction.reading() as session:
            return measuring.look_at_file(
                session, who, code=arguments.worksheet, file_name=name, content=content
            )
    with transaction.writing() as session:
        sheet = worksheet_queries.get_worksheet(session, who, arguments.worksheet)
        return measuring.keep_file(
            session, who, worksheet_id=sheet.id, file_name=name, content=content
        )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _told(
    name: str, read: FileRead, matched: list[Matched], findings: list[Finding], *, kept: bool
) -> dict[str, Any]:
    wells = {(each.reading.line, each.reading.metric): each.target.well for each in matched}
    return {
        "file": name,
        "instrument": read.instrument.value if read.instrument else None,
        "kept": kept,
        "readings": [
            _reading(each) | {"worksheet_well": wells.get((each.line, each.metric))}
            for each in read.readings
        ],
        "standards": [
            {
                "line": each.line,
                "name": each.name,
                "well": each.well or None,
                "value": None if each.value is None else float(each.value),
            }
            for each in read.standards
        ],
        "curve": None if read.curve is None else _curve(read.curve),
        "findings": [
            {
                "line": each.line,
                "code": each.code,
                "severity": each.severity.value,
                "message": each.message,
            }
            for each in findings
        ],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "form": curve.form.value,
        "coefficients": list(curve.coefficients),
        "r_squared": curve.r_squared,
        "unit": curve.unit,
        "lowest": curve.lowest,
        "highest": curve.highest,
        "standards": [
            {
                "well": each.well,
                "concentration": each.concentration,
                "signal": each.signal,
                "residual": each.residual,
                "read_back": each.read_back,
                "kept": each.is_kept,
            }
            for each in curve.standards
        ],
    }


def _reading(each: Reading) -> dict[str, Any]:
    return {
        "line": each.line,
        "well": each.well or None,
        "name": each.name or None,
        "metric": each.metric.value,
        "unit": qc_rules.UNITS[each.metric] or None,
        "value": None if each.value is None else float(each.value),
        "below": None if each.below is None else float(each.below),
    }


def _text(read: FileRead, matched: list[Matched], findings: list[Finding], *, kept: bool) -> str:
    instrument = read.instrument.value if read.instrument else "no known instrument"
    lines = [f"{instrument}: {len(read.readings)} readings, {len(matched)} matched"]
    lines[0] += ", kept" if kept else ", nothing kept"
    if read.curve is not None:
        lines.append(f"  {standard_curve.in_words(read.curve)}")
    for each in read.readings:
        value = each.said if each.value is None else shown(each.value)
        name = f"{each.name or each.well}  {qc_rules.NAMES[each.metric]}"
        lines.append(f"  {name}  {value} {qc_rules.UNITS[each.metric]}".rstrip())
    lines += [f"line {each.line}: {each.message}" for each in findings]
    return "".join(f"{line}\n" for line in lines)
