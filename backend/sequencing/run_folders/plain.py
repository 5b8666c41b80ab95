"""A folder's reading and verdicts as plain values, for terminal, API and table alike."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from enum import Enum
from typing import Any

from backend.sequencing.run_folders.model import FolderReading, RunFinding
from backend.sequencing.run_folders.unknown_barcodes import Diagnosis
from backend.sequencing.run_folders.verdicts import RunVerdict


def reading_out(
    reading: FolderReading, verdict: RunVerdict, diagnosis: Diagnosis
) -> dict[str, Any]:
    """Return everything: summary, lanes, libraries, unknown barcodes, findings. Null: not known."""
    lanes = {each.lane: each for each in verdict.lanes}
    libraries = list(zip(reading.libraries, verdict.libraries, strict=True))
    return {
        "summary": summary_out(reading, verdict),
        "lanes": [
            _plain(asdict(each))
            | {
                "passing_percent": each.passing_percent,
                "undetermined_percent": each.undetermined_percent,
                "verdict": lanes[each.lane].verdict.value,
                "reasons": [
                    {"verdict": r.verdict.value, "metric": r.metric, "sentence": r.sentence}
                    for r in lanes[each.lane].reasons
                ],
            }
            for each in reading.lanes
        ],
        "libraries": [
            _plain(asdict(figures))
            | {
                "wanted": judged.wanted,
                "verdict": judged.verdict.value,
                "sentence": judged.sentence,
            }
            for figures, judged in libraries
        ],
        "unknown_barcodes": diagnosis_out(diagnosis),
        "findings": findings_out(reading.findings),
    }


def summary_out(reading: FolderReading, verdict: RunVerdict) -> dict[str, Any]:
    """Return the run as a whole."""
    summary = reading.summary
    plain: dict[str, Any] = _plain(asdict(summary))
    return plain | {
        "read_lengths": list(summary.read_lengths),
        "index_lengths": [each.cycles for each in summary.reads if each.is_index],
        "is_paired": len(summary.read_lengths) > 1,
        "base_mask": summary.base_mask,
        "all_cycles_done": summary.all_cycles_done,
        "verdict": verdict.verdict.value,
        "held_to": verdict.held_to,
    }


def findings_out(findings: Sequence[RunFinding]) -> list[dict[str, str]]:
    """Return findings, each with its file."""
    return [
        {
            "code": each.code,
            "severity": each.severity.value,
            "file": each.file,
            "message": each.message,
        }
        for each in findings
    ]


def diagnosis_out(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what the unknown barcodes tell."""
    return {
        "reads": diagnosis.reads,
        "sentence": diagnosis.sentence,
        "explanations": [
            {
                "why": each.why.value,
                "reads": each.reads,
                "share": each.share,
                "sentence": each.sentence,
                "examples": list(each.examples),
            }
            for each in diagnosis.explanations
        ],
    }


def _plain(held: Any) -> Any:
    if isinstance(held, dict):
        return {key: _plain(value) for key, value in held.items()}
    if isinstance(held, list | tuple):
        return [_plain(each) for each in held]
    if isinstance(held, Enum):
        return held.value
    return held.isoformat() if isinstance(held, date) else held
