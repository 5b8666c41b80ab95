"""Figures that our own reader of InterOp could not read, from Illumina's library.

What our own reader has read stays: the library fills in what is missing and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from backend.sequencing.run_folders.files import Kind, RunFiles
from backend.sequencing.run_folders.model import (
    FolderReading,
    LaneFigures,
    RunFinding,
    RunSummary,
)
from backend.templates.reading.values import Severity

_FIGURES = (Kind.TILES, Kind.QUALITIES, Kind.ERRORS)
T = TypeVar("T", int, float)
_BASES = 1_000_000_000
_MISSING = "Some of InterOp could not be read here, and Illumina's own library may know it: "


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    """What the library says of a read on a lane; None is unknown. Shares are percent."""

    lane: int
    is_index: bool
    clusters: float | None = None
    clusters_pf: float | None = None
    density_per_mm2: float | None = None
    density_pf_per_mm2: float | None = None
    q30_percent: float | None = None
    error_percent: float | None = None
    aligned_percent: float | None = None
    yield_gigabases: float | None = None


def is_wanted(reading: FolderReading, files: RunFiles) -> bool:
    """Say whether an InterOp file is there that our own reader could make nothing of."""
    unread = {each.file for each in reading.findings if each.code == "unreadable"}
    return any(each.path in unread for each in files.files if each.kind in _FIGURES)


def without_library(reading: FolderReading, why: str = "") -> FolderReading:
    """Return the reading with a note of how the rest could be read, or why the library did not."""
    said = (
        f"{_MISSING}it said nothing ({why})."
        if why
        else f"{_MISSING}install the extra “interop” (GPL-3.0; it runs in a process of its own)."
    )
    return _noted(reading, "interop_library", said)


def supplemented(reading: FolderReading, rows: Sequence[LibraryRow], version: str) -> FolderReading:
    """Return the reading with the library's figures where it had none, and a note of it."""
    plain = [each for each in rows if not each.is_index and each.lane > 0]
    known = {each.lane: each for each in reading.lanes}
    numbers = sorted({*known, *(each.lane for each in plain)})
    lanes = tuple(
        _lane(known.get(number) or LaneFigures(lane=number), [e for e in plain if e.lane == number])
        for number in numbers
    )
    whole = replace(reading, lanes=lanes, summary=_summary(reading.summary, lanes, plain))
    said = f"Figures that could not be read here are those of Illumina's InterOp {version}."
    return _noted(whole, "interop_library", said)


def _lane(own: LaneFigures, rows: Sequence[LibraryRow]) -> LaneFigures:
    if not rows:
        return own
    first = rows[0]
    return replace(
        own,
        clusters=_either(own.clusters, _whole(first.clusters)),
        clusters_pf=_either(own.clusters_pf, _whole(first.clusters_pf)),
        density_k_per_mm2=_either(own.density_k_per_mm2, _thousands(first.density_per_mm2)),
        density_pf_k_per_mm2=_either(
            own.density_pf_k_per_mm2, _thousands(first.density_pf_per_mm2)
        ),
        q30_percent=_either(own.q30_percent, _q30(rows)),
        error_percent=_either(own.error_percent, _mean([each.error_percent for each in rows])),
        aligned_percent=_either(
            own.aligned_percent, _mean([each.aligned_percent for each in rows])
        ),
    )


def _summary(
    own: RunSummary, lanes: Sequence[LaneFigures], rows: Sequence[LibraryRow]
) -> RunSummary:
    clusters = [each.clusters for each in lanes if each.clusters is not None]
    passing = [each.clusters_pf for each in lanes if each.clusters_pf is not None]
    bases = [each.yield_gigabases for each in rows if each.yield_gigabases is not None]
    return replace(
        own,
        lanes=_either(own.lanes, len(lanes) or None),
        clusters=_either(own.clusters, sum(clusters) if clusters else None),
        clusters_pf=_either(own.clusters_pf, sum(passing) if passing else None),
        q30_percent=_either(own.q30_percent, _q30(rows)),
        error_percent=_either(own.error_percent, _mean([each.error_percent for each in rows])),
        yield_bases=_either(own.yield_bases, round(sum(bases) * _BASES) if bases else None),
    )


def _q30(rows: Sequence[LibraryRow]) -> float | None:
    """Return Q30 over reads and lanes, weighed by their bases."""
    known = [
        (each.q30_percent, each.yield_gigabases)
        for each in rows
        if each.q30_percent is not None and each.yield_gigabases
    ]
    total = sum(weight for _, weight in known)
    return sum(share * weight for share, weight in known) / total if total else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _thousands(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _either(own: T | None, other: T | None) -> T | None:
    return other if own is None else own


def _noted(reading: FolderReading, code: str, message: str) -> FolderReading:
    note = RunFinding(code=code, severity=Severity.INFO, file="", message=message)
    return replace(reading, findings=(*reading.findings, note))
