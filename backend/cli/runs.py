"""``tracseq run``: what a run folder says. No laboratory is needed."""

import argparse
import json
import sys
from pathlib import Path

from backend.sequencing.run_folders.limits import known_limits
from backend.sequencing.run_folders.model import FolderReading
from backend.sequencing.run_folders.plain import reading_out
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.run_folders.unknown_barcodes import Diagnosis, Expected, diagnose
from backend.sequencing.run_folders.verdicts import RunVerdict, judge
from backend.sequencing.runs.folders import take
from backend.templates.reading.values import Severity

_FOUND = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and what it does to a folder."""
    parser = commands.add_parser(
        "run",
        help="read the folder of a sequencing run",
        description="Run folders of Illumina, PacBio and Oxford Nanopore: figures and verdicts.",
    )
    # Folders are files: nothing is asked of a laboratory.
    parser.set_defaults(needs_database=False)
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    read = acts.add_parser("read", help="say what a run folder holds, and what is wrong with it")
    read.add_argument("folder", type=Path, metavar="FOLDER")
    read.add_argument("--json", action="store_true", help="print JSON instead of lines")
    read.set_defaults(run=run_read)


def run_read(arguments: argparse.Namespace) -> int:
    """Read a folder: 0 read, 1 read with errors among its findings, 2 no folder."""
    reading = read_folder(take(arguments.folder))
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


def _text(folder: Path, reading: FolderReading, verdict: RunVerdict, diagnosis: Diagnosis) -> str:
    summary = reading.summary
    q30 = "unknown" if summary.q30_percent is None else f"{summary.q30_percent:.2f} %"
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
    sys.stdout.write(f"{text}\n")
