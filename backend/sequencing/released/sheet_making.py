"""The sample sheet of a planned run, from what is on its lanes.

A sheet of Illumina's first format has i5 as the sequencer reads it, one of the second forward
(DOMAIN 2d). Element's manifest has it as it is read; how, is the instrument's own setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.reference.content import RecipeContent
from backend.sequencing.released.native_barcodes import native_barcode
from backend.sequencing.released.platforms import Platform
from backend.sequencing.released.sheet_settings import (
    SheetParts,
    settled_aviti,
    settled_v1,
    settled_v2,
)
from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.layouts import NOTHING_KNOWN, LibraryLayout, UmiRead
from backend.sequencing.sheets.model import Bases, Cycles, Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.writing import write
from backend.sequencing.views import LaneLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run as its sheet needs it; ``flow_cell`` and ``kit`` are "" until somebody says them.

    An instrument with one lane has none in its sheet: NextSeq images one pool as four.
    """

    code: str
    platform: Platform
    lanes: int
    orientation: I5Orientation
    libraries: Sequence[LaneLibrary]
    cycles: Cycles | None = None
    """Of the run's recipe; None follows from the libraries."""
    layouts: Mapping[UUID, LibraryLayout] = field(default_factory=dict)
    """What the kits of the libraries say of them, by key; one of an unknown kit is not there."""
    settings: Sequence[tuple[str, str]] = ()
    """Of the run's recipe, for its sheet."""
    flow_cell: str = ""
    kit: str = ""

    @property
    def cycles_read(self) -> Cycles:
        """Return the cycles of the recipe, else those that the libraries ask for."""
        return self.cycles or cycles_of(self.libraries, self.layouts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sheet as it would be handed out: its bytes, what a check says of them, and what to know."""

    dialect: Dialect
    content: bytes
    seen: Examined
    notes: tuple[str, ...]


def cycles_of(
    libraries: Sequence[LaneLibrary], layouts: Mapping[UUID, LibraryLayout] | None = None
) -> Cycles:
    """Return the cycles that libraries ask for: both ends, and of indexes as many as the longest.

    An index read reads a UMI that stands in it, too.
    """
    length = max((each.read_length for each in libraries), default=0)
    known = layouts or {}

    def most(read: UmiRead, indexes: Sequence[str | None]) -> int | None:
        return (
            max(
                (
                    known.get(each.sample_id, NOTHING_KNOWN).index_cycles(read, len(index or ""))
                    for each, index in zip(libraries, indexes, strict=True)
                ),
                default=0,
            )
            or None
        )

    return Cycles(
        read1=length or None,
        read2=length or None,
        index1=most(UmiRead.INDEX_1, [each.index_i7 for each in libraries]),
        index2=most(UmiRead.INDEX_2, [each.index_i5 for each in libraries]),
    )


def cycles_by(recipe: RecipeContent) -> Cycles:
    """Return the cycles that a recipe reads."""
    return Cycles(
        read1=recipe.read1_cycles,
        read2=recipe.read2_cycles or None,
        index1=recipe.index1_cycles or None,
        index2=recipe.index2_cycles or None,
    )


def make_sheet(run: PlannedRun, dialect: Dialect) -> Draft:
    """Return the sheet of a run in one of its platform's dialects, checked."""
    notes: list[str] = []
    match dialect:
        case Dialect.AVITI:
            sheet = _manifest(run, notes)
        case Dialect.ONT:
            sheet = _nanopore(run, notes)
        case _:
            sheet = _illumina(run, dialect, notes)
    content = write(sheet)
    return Draft(dialect=dialect, content=content, seen=examine(content), notes=tuple(notes))


def _illumina(run: PlannedRun, dialect: Dialect, notes: list[str]) -> SampleSheet:
    cycles = run.cycles_read
    is_second = dialect is Dialect.ILLUMINA_V2
    parts = _parts(run, notes, forward=is_second, most_project=vocabulary.MOST_PROJECT)
    if is_second:
        settled = settled_v2(parts)
        header = [Entry("FileFormatVersion", "2"), Entry("RunName", run.code)]
        if run.platform.sheet_name:
            header.append(Entry("InstrumentPlatform", run.platform.sheet_name))
        header.append(Entry("IndexOrientation", "Forward"))
    else:
        settled = settled_v1(parts)
        header = [Entry("IEMFileVersion", "5"), Entry("Experiment Name", run.code)]
        header += [Entry("Workflow", "GenerateFASTQ"), Entry("Chemistry", _chemistry(cycles))]
        if _is_longer(cycles, run.libraries):
            notes.append(
                "Indexes are shorter than their reads: give bcl2fastq a bases mask for each lane."
            )
    notes += settled.notes
    return SampleSheet(
        dialect=dialect,
        header=tuple(header),
        cycles=cycles,
        settings=settled.settings,
        samples=settled.samples,
    )


def _chemistry(cycles: Cycles) -> str:
    """Return the word of the first format for two indexes; one index has none."""
    return "Amplicon" if cycles.index2 else "Default"


def _manifest(run: PlannedRun, notes: list[str]) -> SampleSheet:
    if _differ(run.libraries):
        notes.append("Indexes differ in length: Bases2Fastq compares them over the shorter one.")
    parts = _parts(run, notes, forward=False, most_project=vocabulary.MOST_AVITI_NAME)
    settled = settled_aviti(parts)
    notes += settled.notes
    return SampleSheet(
        dialect=Dialect.AVITI,
        header=(Entry("RunName", run.code),),
        settings=settled.settings,
        samples=settled.samples,
    )


def _nanopore(run: PlannedRun, notes: list[str]) -> SampleSheet:
    """Return the sheet of one flow cell: it has one sample_id, aliases name what is on it."""
    pools = sorted({each.pool_code for each in run.libraries})
    named = pools[0] if len(pools) == 1 else run.code
    samples = []
    for key, _ in _by_library(run.libraries):
        barcode = native_barcode(key.index_i7)
        if barcode is None:
            notes.append(f"{key.barcode} carries no native barcode that is known.")
        cells = {
            "flow_cell_id": run.flow_cell,
            "experiment_id": run.code,
            "kit": run.kit,
            "barcode": barcode or "",
            "alias": key.barcode if barcode else "",
            "type": "test_sample" if barcode else "",
        }
        extra = tuple(sorted((name, text) for name, text in cells.items() if text))
        samples.append(SheetSample(sample_id=named, extra=extra))
    if len(samples) == 1:
        samples = [replace(samples[0], sample_id=run.libraries[0].barcode)]
    return SampleSheet(dialect=Dialect.ONT, samples=tuple(samples))


def _parts(run: PlannedRun, notes: list[str], *, forward: bool, most_project: int) -> SheetParts:
    samples, layouts, nameless = [], [], set()
    for library, lanes in _by_library(run.libraries):
        i5 = library.index_i5 or ""
        written = i5 if forward else as_sequenced(i5, run.orientation)
        project = library.project_code
        if len(project) > most_project or vocabulary.NAME.fullmatch(project) is None:
            nameless.add(project)
            project = ""
        layouts.append(run.layouts.get(library.sample_id, NOTHING_KNOWN))
        samples.append(
            SheetSample(
                sample_id=library.barcode,
                lanes=lanes if run.lanes > 1 else (),
                index1=(Bases(library.index_i7),),
                index2=(Bases(written),) if written else (),
                project=project,
            )
        )
    notes += [
        f"Project {code} is left out: its code is longer than {most_project} characters or holds "
        "others than letters, digits, - and _."
        for code in sorted(nameless)
    ]
    return SheetParts(
        samples=tuple(samples),
        layouts=layouts,
        cycles=run.cycles_read,
        orientation=run.orientation,
        own=run.settings,
    )


def _by_library(
    libraries: Sequence[LaneLibrary],
) -> list[tuple[LaneLibrary, tuple[int, ...]]]:
    """Return each library with its lanes, in the order of the lanes."""
    lanes: dict[tuple[str, str, str | None], list[int]] = {}
    first: dict[tuple[str, str, str | None], LaneLibrary] = {}
    for each in libraries:
        key = (each.barcode, each.index_i7, each.index_i5)
        first.setdefault(key, each)
        lanes.setdefault(key, []).append(each.lane)
    return [(first[key], tuple(sorted(set(found)))) for key, found in lanes.items()]


def _is_longer(cycles: Cycles, libraries: Sequence[LaneLibrary]) -> bool:
    """Say whether more cycles of an index are read than some library has."""
    return any(
        len(each.index_i7) < (cycles.index1 or 0) or len(each.index_i5 or "") < (cycles.index2 or 0)
        for each in libraries
    )


def _differ(libraries: Sequence[LaneLibrary]) -> bool:
    return len({(len(each.index_i7), len(each.index_i5 or "")) for each in libraries}) > 1
