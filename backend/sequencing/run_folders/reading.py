"""A run folder read: one door for the terminal, the watcher and tests. Never raises.

Whatever cannot be read is a finding that names the file and what to do; the rest is read.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TypedDict, TypeVar, cast

from backend.sequencing.run_folders import interop, interop_figures, parameters
from backend.sequencing.run_folders.demultiplexing import read_demultiplexing
from backend.sequencing.run_folders.files import Kind, RunFiles
from backend.sequencing.run_folders.interop_figures import Measured
from backend.sequencing.run_folders.long_reading import read_cells
from backend.sequencing.run_folders.makes import copies_itself, model_of
from backend.sequencing.run_folders.merging import merged_lanes
from backend.sequencing.run_folders.model import (
    FolderReading,
    LaneFigures,
    LibraryFigures,
    Notes,
    Platform,
    Progress,
    ReadFigures,
    RunParameters,
    RunSummary,
)
from backend.sequencing.run_folders.taking import Taking
from backend.sequencing.run_folders.values import storable
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.run_info import RunInfo, read_run_info

_ENDS = "RTAComplete.txt, CopyComplete.txt and RunCompletionStatus.xml"


class Totals(TypedDict):
    """Figures of the whole run, as `RunSummary` names them."""

    clusters: int | None
    clusters_pf: int | None
    q30_percent: float | None
    error_percent: float | None
    yield_bases: int | None
    undetermined_percent: float | None


def read_folder(files: RunFiles) -> FolderReading:
    """Return everything that the files of a run folder say."""
    notes = Notes()
    for name, sentence in files.refused:
        notes.warn("refused", name, sentence)
    taking = Taking(files, notes)
    long = (Kind.PACBIO, Kind.ONT_FINAL, Kind.ONT_REPORT, Kind.ONT_READS)
    is_long = not taking.has(Kind.RUN_INFO) and taking.has_any(*long)
    return _storable(read_cells(taking) if is_long else _illumina(taking))


T = TypeVar("T")


def _storable(held: T) -> T:
    """Return a reading whose every text can be stored and shown: files may hold any byte."""
    made: object = held
    if isinstance(held, str) and not isinstance(held, Enum):
        made = storable(held)
    elif isinstance(held, tuple):
        made = tuple(_storable(each) for each in held)
    elif is_dataclass(held) and not isinstance(held, type):
        old = {each.name: getattr(held, each.name) for each in fields(held)}
        new = {name: _storable(value) for name, value in old.items()}
        changed = {name: value for name, value in new.items() if value is not old[name]}
        made = replace(held, **changed) if changed else held
    return cast("T", made)


def _illumina(taking: Taking) -> FolderReading:
    info = taking.read(taking.newest(Kind.RUN_INFO), read_run_info)
    told = taking.read(taking.newest(Kind.PARAMETERS), parameters.read_parameters)
    if not taking.has(Kind.RUN_INFO):
        taking.notes.error(
            "no_run_info",
            "",
            "The folder has no RunInfo.xml, so nothing says which run it is. Copy it again, or "
            "give the folder of the run itself.",
        )
    told = told or RunParameters()
    reads = _reads(info)
    measured, last_at, imaged = _measured(taking)
    demultiplexed = read_demultiplexing(taking)
    lanes = merged_lanes(interop_figures.lanes_of(measured, reads), demultiplexed)
    sheet_run, sheet = _sheet(taking)
    instrument = info.instrument if info else ""
    model = model_of(instrument, told, info.tiles_per_swath if info else None)
    progress, why = _progress(taking, info)
    return FolderReading(
        summary=RunSummary(
            platform=Platform.ILLUMINA if info or told != RunParameters() else Platform.UNKNOWN,
            run_id=info.run if info else "",
            instrument=instrument,
            instrument_type=told.instrument_type,
            model=model,
            flow_cell=(info.flow_cell if info else "") or told.flow_cell,
            flow_cell_part=told.flow_cell_part,
            reagents=told.reagents,
            experiment=told.experiment,
            sheet_run=sheet_run,
            lanes=info.lanes if info else len(lanes) or None,
            tiles=info.tiles if info else None,
            cycles=sum(each.cycles for each in reads) or None,
            cycles_done=interop_figures.cycles_done(measured) or imaged or None,
            reads=interop_figures.reads_of(measured, reads),
            **_totals(lanes, measured, reads),
            started_on=info.started_on if info else None,
            last_cycle_at=last_at,
            progress=progress,
            progress_why=why,
        ),
        lanes=lanes,
        libraries=tuple(demultiplexed.libraries),
        unknown=tuple(demultiplexed.unknown),
        sheet=sheet,
        findings=tuple(taking.notes.made),
    )


def _reads(info: RunInfo | None) -> tuple[ReadFigures, ...]:
    if info is None:
        return ()
    return tuple(
        ReadFigures(
            number=number,
            cycles=each.cycles,
            is_index=each.is_index,
            is_reversed=each.is_reversed,
        )
        for number, each in enumerate(info.reads, start=1)
    )


def _measured(taking: Taking) -> tuple[Measured, datetime | None, int]:
    tiles = taking.read(taking.newest(Kind.TILES), interop.read_tiles)
    qualities = taking.read(taking.newest(Kind.QUALITIES), interop.read_qualities)
    errors = taking.read(taking.newest(Kind.ERRORS), interop.read_errors)
    imaged = taking.read(taking.newest(Kind.EXTRACTION), interop.read_last_time)
    for kind, cut in (
        (Kind.TILES, tiles is not None and tiles.cut),
        (Kind.QUALITIES, qualities is not None and qualities.cut),
        (Kind.ERRORS, errors is not None and errors.cut),
        (Kind.EXTRACTION, imaged is not None and imaged[2]),
    ):
        if cut:
            file = taking.newest(kind)
            path = file.path if file else kind.value
            taking.notes.warn(
                "cut",
                path,
                f"{path} ends within a record: it is still being copied, or was cut. Figures "
                "are of what is there; copy it again when the run has ended.",
            )
    if tiles is None and qualities is None:
        taking.notes.tell(
            "no_interop",
            "",
            "InterOp not read: the folder has no tile and quality metrics that can be used. "
            "Clusters and Q30 are those of the demultiplexer, if it ran.",
        )
    at, cycle = (imaged[0], imaged[1]) if imaged is not None else (None, 0)
    return Measured(tiles=tiles, qualities=qualities, errors=errors), at, cycle


def _totals(
    lanes: Sequence[LaneFigures], measured: Measured, reads: Sequence[ReadFigures]
) -> Totals:
    clusters = [each.clusters for each in lanes if each.clusters is not None]
    passing = [each.clusters_pf for each in lanes if each.clusters_pf is not None]
    errors = [each.error_percent for each in lanes if each.error_percent is not None]
    lost = [each.undetermined_reads for each in lanes if each.undetermined_reads is not None]
    q30 = interop_figures.q30_percent(measured, reads)
    plain = [each for each in interop_figures.reads_of(measured, reads) if not each.is_index]
    bases = sum(each.yield_bases or 0 for each in plain)
    if q30 is None:
        by_lane = [
            (each.q30_percent, each.clusters_pf or 0)
            for each in lanes
            if each.q30_percent is not None
        ]
        weight = sum(pf for _, pf in by_lane)
        q30 = sum(share * pf for share, pf in by_lane) / weight if weight else None
    return Totals(
        clusters=sum(clusters) if clusters else None,
        clusters_pf=sum(passing) if passing else None,
        q30_percent=q30,
        error_percent=sum(errors) / len(errors) if errors else None,
        yield_bases=bases or None,
        undetermined_percent=(
            100 * sum(lost) / sum(passing) if lost and passing and sum(passing) else None
        ),
    )


def _progress(taking: Taking, info: RunInfo | None) -> tuple[Progress, str]:
    """Return whether the folder is whole, by what the instrument writes last."""
    said = taking.read(taking.newest(Kind.COMPLETION), parameters.read_completion)
    if said is not None and said[0] is Progress.FAILED:
        return said
    if info is None:
        return Progress.ARRIVING, "there is no RunInfo.xml that can be read"
    if taking.has(Kind.COPY_COMPLETE):
        return Progress.FINISHED, "CopyComplete.txt is there"
    arriving = Progress.ARRIVING, "CopyComplete.txt is not there yet"
    if not copies_itself(info.instrument):
        arriving = Progress.ARRIVING, f"none of {_ENDS} says that it ended"
        if said is not None and said[0] is Progress.FINISHED:
            return said
        if taking.has(Kind.RTA_COMPLETE):
            arriving = Progress.FINISHED, "RTAComplete.txt is there"
    return arriving


def _sheet(taking: Taking) -> tuple[str, tuple[LibraryFigures, ...]]:
    """Return the run's name by the folder's own sheet, and the sheet's libraries."""
    file = taking.newest(Kind.SHEET)
    seen = taking.read(file, examine)
    if seen is None or file is None:
        return "", ()
    if seen.sheet is None:
        taking.notes.warn(
            "sheet",
            file.path,
            f"{file.path}: {seen.findings[0].message} Unknown barcodes are compared with the "
            "libraries of the booked run only.",
        )
        return "", ()
    named = seen.sheet.header_value("RunName", "Experiment Name", "ExperimentName")
    rows = [
        LibraryFigures(
            lane=lane,
            sample_id=each.sample_id[:200],
            index_i7=each.index1[0] if each.index1 else "",
            index_i5=each.index2[0] if each.index2 else "",
        )
        for each in seen.sheet.samples
        for lane in (each.lanes or (0,))
    ]
    return named[:200], tuple(rows)
