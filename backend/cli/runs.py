"""``tracseq run``: what a run folder says, and the limits that runs are held to.

Reading a folder needs no laboratory: it is held to the limits that the program comes with.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from backend.auth import models as _people  # noqa: F401  its tables are referred to
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.samples import consent_models as _consents  # noqa: F401  the same
from backend.samples import models as _samples  # noqa: F401  the same
from backend.sequencing import models as _runs  # noqa: F401  the same
from backend.sequencing.run_folders.limits import known_limits
from backend.sequencing.run_folders.model import FolderReading
from backend.sequencing.run_folders.plain import reading_out
from backend.sequencing.run_folders.unknown_barcodes import Diagnosis, Expected, diagnose
from backend.sequencing.run_folders.values import storable
from backend.sequencing.run_folders.verdicts import RunVerdict, judge
from backend.sequencing.runs import limit_sets
from backend.sequencing.runs.folders import take
from backend.sequencing.runs.reading import read_files
from backend.templates.reading.values import Severity

_FOUND = 1
_LARGEST_LIMITS = 1_000_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and what it does to a folder."""
    parser = commands.add_parser(
        "run",
        help="read the folder of a sequencing run; limits of runs",
        description="Run folders of Illumina, PacBio and Oxford Nanopore: figures and verdicts.",
    )
    # Folders are files: nothing is asked of a laboratory. Limits are.
    parser.set_defaults(needs_database=False)
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    read = acts.add_parser("read", help="say what a run folder holds, and what is wrong with it")
    read.add_argument("folder", type=Path, metavar="FOLDER")
    read.add_argument("--json", action="store_true", help="print JSON instead of lines")
    read.set_defaults(run=run_read)
    limits = acts.add_parser(
        "limits",
        help="the limits that the laboratory holds runs to, or others put in force",
        description=(
            "Without --set the limits in force as JSON, which may be changed and given back. "
            "Runs that were read keep their verdicts; the next reading is held to the new ones."
        ),
    )
    limits.add_argument("--set", type=Path, metavar="FILE", help="JSON with all limits to hold")
    limits.add_argument("--reason", default="", help="why they change")
    limits.set_defaults(run=run_limits, needs_database=True)


def run_read(arguments: argparse.Namespace) -> int:
    """Read a folder: 0 read, 1 read with errors among its findings, 2 no folder."""
    reading = read_files(take(arguments.folder))
    verdict = judge(reading, known_limits())
    diagnosis = diagnose(
        reading.unknown,
        [Expected(e.lane, e.sample_id, e.index_i7, e.index_i5) for e in reading.sheet],
    )
    if arguments.json:
        told = {"folder": arguments.folder.name, **reading_out(reading, verdict, diagnosis)}
        _print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(_text(arguments.folder, reading, verdict, diagnosis))
    errors = any(each.severity is Severity.ERROR for each in reading.findings)
    return _FOUND if errors else 0


def run_limits(arguments: argparse.Namespace) -> int:
    """Print the limits in force, or put others in force: 0 done, 2 refused."""
    if arguments.set is None:
        with transaction.reading() as session:
            version, limits = limit_sets.limits_in_force(session)
        sys.stderr.write(f"Version {version}{'' if version else ' (as delivered)'}.\n")
        _print(json.dumps([asdict(each) for each in limits], indent=2))
        return 0
    wanted = limit_sets.parse_limits(_content(arguments.set))
    with transaction.writing() as session:
        version = limit_sets.publish_limits(
            session,
            operator(),
            limits=wanted,
            source=arguments.set.name,
            reason=arguments.reason,
        )
    _print(f"Version {version} holds from now on: {len(wanted)} limits.")
    return 0


def _content(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_LIMITS + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST_LIMITS:
        raise InvalidInput(f"{path} is too large for limits. Is it another file?")
    return content.decode("utf-8", errors="replace")


def _text(folder: Path, reading: FolderReading, verdict: RunVerdict, diagnosis: Diagnosis) -> str:
    summary = reading.summary
    q30 = "unknown" if summary.q30_percent is None else f"{summary.q30_percent:.2f}%"
    passing = "unknown" if summary.clusters_pf is None else f"{summary.clusters_pf:,}"
    name = f"{summary.platform.value} {summary.model or summary.instrument_type}".strip()
    reads = summary.base_mask or "reads unknown"
    ended = f"{summary.progress.value}: {summary.progress_why}"
    lines = [
        f"{folder.name}: {name}, run {summary.run_id or 'unknown'}, {reads}.",
        f"Clusters passing filter {passing}, Q30 {q30}; {ended}.",
        f"Verdict {verdict.verdict.value}. {verdict.held_to}",
    ]
    lines += [
        f"{reason.verdict.value:8} {reason.sentence}"
        for lane in verdict.lanes
        for reason in lane.reasons
    ]
    lines += [
        f"{each.verdict.value:8} Lane {each.lane}, {each.sample_id}: {each.sentence}"
        for each in verdict.libraries
    ]
    if diagnosis.reads:
        lines.append(diagnosis.sentence)
    lines += [f"{each.severity.value:8} {each.message}" for each in reading.findings]
    return "\n".join(lines)


def _print(text: str) -> None:
    # Names and cells of a file may hold what commands a terminal, or what none can write.
    sys.stdout.write(f"{storable(text)}\n")
