"""What a run folder says, as values: the run, its lanes and libraries, and what is odd about it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from backend.templates.reading.values import Severity


class Platform(StrEnum):
    """Whose instrument wrote the folder."""

    ILLUMINA = "illumina"
    PACBIO = "pacbio"
    NANOPORE = "nanopore"
    UNKNOWN = "unknown"


class Progress(StrEnum):
    """How far a folder is: only a finished one is final, a failed one never will be."""

    ARRIVING = "arriving"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinding:
    """Something to know of a file; the message says what to do. ``file`` "" is the folder."""

    code: str
    severity: Severity
    file: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFigures:
    """One read of the run. Shares are percent; ``yield_bases`` leaves out the last cycle."""

    number: int
    cycles: int
    is_index: bool = False
    is_reversed: bool | None = None
    q30_percent: float | None = None
    yield_bases: int | None = None
    error_percent: float | None = None
    aligned_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFigures:
    """One lane (PacBio: one cell). Densities are thousands per mm², shares percent.

    ``reads`` are the lane's own figures of each read that is no index.
    """

    lane: int
    label: str = ""
    clusters: int | None = None
    clusters_pf: int | None = None
    density_k_per_mm2: float | None = None
    density_sd: float | None = None
    density_pf_k_per_mm2: float | None = None
    density_pf_sd: float | None = None
    q30_percent: float | None = None
    error_percent: float | None = None
    aligned_percent: float | None = None
    undetermined_reads: int | None = None
    reads: tuple[ReadFigures, ...] = ()

    @property
    def passing_percent(self) -> float | None:
        """Return the share of clusters that pass the filter."""
        if self.clusters_pf is None or not self.clusters:
            return None
        return 100 * self.clusters_pf / self.clusters

    @property
    def undetermined_percent(self) -> float | None:
        """Return the share of reads passing filter that no library got."""
        if self.undetermined_reads is None or not self.clusters_pf:
            return None
        return 100 * self.undetermined_reads / self.clusters_pf


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFigures:
    """What a library got on one lane. Indexes are as the demultiplexer wrote them."""

    lane: int
    sample_id: str
    index_i7: str = ""
    index_i5: str = ""
    reads: int | None = None
    perfect_reads: int | None = None
    yield_bases: int | None = None
    q30_percent: float | None = None
    mean_quality: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownBarcode:
    """An index pair that is in no sheet, and how many reads carry it."""

    lane: int
    index_i7: str
    index_i5: str
    reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParameters:
    """What the instrument was told. Empty is not said."""

    instrument_type: str = ""
    experiment: str = ""
    flow_cell_type: str = ""
    flow_cell: str = ""
    flow_cell_part: str = ""
    reagents: str = ""
    control_software: str = ""
    tiles_per_swath: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """The run as a whole. Without a word from the files a value is None or "".

    ``model`` is a key of the limits (`limits.MODELS`), "" when the make is not recognised.
    """

    platform: Platform
    run_id: str = ""
    instrument: str = ""
    instrument_type: str = ""
    model: str = ""
    flow_cell: str = ""
    flow_cell_part: str = ""
    reagents: str = ""
    experiment: str = ""
    sheet_run: str = ""
    lanes: int | None = None
    tiles: int | None = None
    cycles: int | None = None
    cycles_done: int | None = None
    reads: tuple[ReadFigures, ...] = ()
    clusters: int | None = None
    clusters_pf: int | None = None
    q30_percent: float | None = None
    error_percent: float | None = None
    yield_bases: int | None = None
    undetermined_percent: float | None = None
    started_on: date | None = None
    last_cycle_at: datetime | None = None
    """When the last cycle was imaged, by the clock of the instrument; it names no zone."""
    progress: Progress = Progress.ARRIVING
    progress_why: str = ""

    @property
    def read_lengths(self) -> tuple[int, ...]:
        """Return the cycles of the reads that are no index."""
        return tuple(each.cycles for each in self.reads if not each.is_index)

    @property
    def all_cycles_done(self) -> bool | None:
        """Say whether every cycle was sequenced, whatever of it is copied; None: nobody knows."""
        if self.cycles is None or self.cycles_done is None:
            return None
        return self.cycles_done >= self.cycles

    @property
    def base_mask(self) -> str:
        """Return the reads in one word, as bcl2fastq writes them: ``y151,i10,i10,y151``."""
        return ",".join(f"{'i' if each.is_index else 'y'}{each.cycles}" for each in self.reads)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReading:
    """Everything that was read of a folder."""

    summary: RunSummary
    lanes: tuple[LaneFigures, ...] = ()
    libraries: tuple[LibraryFigures, ...] = ()
    unknown: tuple[UnknownBarcode, ...] = ()
    sheet: tuple[LibraryFigures, ...] = ()
    """Libraries of the folder's own sample sheet, by lane (0: every lane), without figures."""
    findings: tuple[RunFinding, ...] = ()


@dataclass(slots=True)
class Notes:
    """Findings as they are made while a folder is read."""

    made: list[RunFinding] = field(default_factory=list)

    def error(self, code: str, file: str, message: str) -> None:
        """Note what makes a file of no use."""
        self._note(code, Severity.ERROR, file, message)

    def warn(self, code: str, file: str, message: str) -> None:
        """Note what takes away a part, or is to be looked at."""
        self._note(code, Severity.WARNING, file, message)

    def tell(self, code: str, file: str, message: str) -> None:
        """Note what is worth knowing."""
        self._note(code, Severity.INFO, file, message)

    def _note(self, code: str, severity: Severity, file: str, message: str) -> None:
        made = RunFinding(code=code, severity=severity, file=file, message=message)
        if made not in self.made:
            self.made.append(made)
