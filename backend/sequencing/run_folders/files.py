"""Which files of a run folder are read, and how much of each. Paths are relative, with ``/``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_MEGABYTE = 1_000_000


class Kind(StrEnum):
    """What a file is for."""

    RUN_INFO = "RunInfo.xml"
    PARAMETERS = "RunParameters.xml"
    COMPLETION = "RunCompletionStatus.xml"
    COPY_COMPLETE = "CopyComplete.txt"
    RTA_COMPLETE = "RTAComplete.txt"
    SHEET = "SampleSheet.csv"
    TILES = "TileMetricsOut.bin"
    QUALITIES = "QMetricsOut.bin"
    ERRORS = "ErrorMetricsOut.bin"
    EXTRACTION = "ExtractionMetricsOut.bin"
    STATS_JSON = "Stats.json"
    STATS_XML = "DemultiplexingStats.xml"
    DEMULTIPLEX = "Demultiplex_Stats.csv"
    QUALITY = "Quality_Metrics.csv"
    UNKNOWN = "Top_Unknown_Barcodes.csv"
    HOPPED = "Index_Hopping_Counts.csv"
    ADAPTERS = "Adapter_Metrics.csv"
    PACBIO = "subreadset.xml"
    TRANSFER_DONE = "transferdone"
    ONT_FINAL = "final_summary.txt"
    ONT_READS = "sequencing_summary.txt"
    ONT_REPORT = "report.json"


_AT_ROOT = {
    "runinfo.xml": Kind.RUN_INFO,
    "runparameters.xml": Kind.PARAMETERS,
    "runcompletionstatus.xml": Kind.COMPLETION,
    "copycomplete.txt": Kind.COPY_COMPLETE,
    "rtacomplete.txt": Kind.RTA_COMPLETE,
    "samplesheet.csv": Kind.SHEET,
}
_IN_INTEROP = {
    "tilemetricsout.bin": Kind.TILES,
    "tilemetrics.bin": Kind.TILES,
    "qmetricsout.bin": Kind.QUALITIES,
    "qmetrics.bin": Kind.QUALITIES,
    "errormetricsout.bin": Kind.ERRORS,
    "errormetrics.bin": Kind.ERRORS,
    "extractionmetricsout.bin": Kind.EXTRACTION,
    "extractionmetrics.bin": Kind.EXTRACTION,
}
_ANYWHERE = {
    each.value.casefold(): each
    for each in (
        Kind.STATS_JSON,
        Kind.STATS_XML,
        Kind.DEMULTIPLEX,
        Kind.QUALITY,
        Kind.UNKNOWN,
        Kind.HOPPED,
        Kind.ADAPTERS,
    )
}
_PATTERNS = (
    (re.compile(r".*\.(subreadset|consensusreadset)\.xml"), Kind.PACBIO),
    (re.compile(r".*\.transferdone"), Kind.TRANSFER_DONE),
    (re.compile(r"final_summary.*\.txt"), Kind.ONT_FINAL),
    (re.compile(r"sequencing_summary.*\.txt"), Kind.ONT_READS),
    (re.compile(r"report_.*\.json"), Kind.ONT_REPORT),
)
_BYTES = {
    Kind.TILES: 256 * _MEGABYTE,
    Kind.QUALITIES: 512 * _MEGABYTE,
    Kind.ERRORS: 256 * _MEGABYTE,
    Kind.EXTRACTION: 256 * _MEGABYTE,
    Kind.STATS_JSON: 64 * _MEGABYTE,
    Kind.STATS_XML: 64 * _MEGABYTE,
    Kind.UNKNOWN: 64 * _MEGABYTE,
    Kind.HOPPED: 64 * _MEGABYTE,
    Kind.ONT_REPORT: 64 * _MEGABYTE,
}
_OTHER_BYTES = 16 * _MEGABYTE
_HEAD_BYTES = 65_536

HEADS_ONLY = frozenset({Kind.ONT_READS, Kind.COPY_COMPLETE, Kind.RTA_COMPLETE, Kind.TRANSFER_DONE})
"""Of these only the beginning is wanted, however long they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """A file as taken from the folder. ``content`` is None when it is larger than is read."""

    path: str
    kind: Kind
    size_bytes: int
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFiles:
    """The files of a folder that are read, and sentences about what could not be taken.

    ``refused`` are pairs of a name and a sentence: links, names that nobody may use.
    """

    name: str
    files: Sequence[RunFile]
    refused: Sequence[tuple[str, str]] = field(default=())

    def several(self, kind: Kind) -> list[RunFile]:
        """Return all files of a kind, the newest analysis last."""
        return sorted((each for each in self.files if each.kind is kind), key=_natural)


def kind_of(path: str) -> Kind | None:
    """Return what a file of the folder is for; None for one that is not read."""
    parts = path.casefold().split("/")
    name = parts[-1]
    if len(parts) == 1 and name in _AT_ROOT:
        return _AT_ROOT[name]
    if parts[:-1] == ["interop"]:
        return _IN_INTEROP.get(name)
    if name in _ANYWHERE:
        return _ANYWHERE[name]
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(name)), None)


def most_bytes(kind: Kind) -> int:
    """Return how many bytes of such a file are read; a longer one is not (see HEADS_ONLY)."""
    return _HEAD_BYTES if kind in HEADS_ONLY else _BYTES.get(kind, _OTHER_BYTES)


def files_of(name: str, contents: Mapping[str, bytes]) -> RunFiles:
    """Return a folder given as contents by path, as an archive or a test has it."""
    files = []
    for path, content in contents.items():
        kind = kind_of(path)
        if kind is None:
            continue
        most = most_bytes(kind)
        kept = content[:most] if kind in HEADS_ONLY or len(content) <= most else None
        files.append(RunFile(path=path, kind=kind, size_bytes=len(content), content=kept))
    return RunFiles(name=name, files=files)


def _natural(file: RunFile) -> tuple[tuple[int, str], ...]:
    """Sort Analysis/10 behind Analysis/9."""
    return tuple(
        (int(part) if part.isdecimal() and len(part) < 18 else -1, part)  # noqa: PLR2004
        for part in re.split(r"([0-9]+)", file.path.casefold())
    )
