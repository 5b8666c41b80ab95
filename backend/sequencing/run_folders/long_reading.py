"""Folders of PacBio and Nanopore: their heads, a cell or an acquisition as one lane."""

from collections.abc import Sequence

from backend.sequencing.run_folders import long_reads
from backend.sequencing.run_folders.files import Kind
from backend.sequencing.run_folders.long_reads import Cell
from backend.sequencing.run_folders.model import (
    FolderReading,
    LaneFigures,
    LibraryFigures,
    Platform,
    Progress,
    RunSummary,
)
from backend.sequencing.run_folders.taking import Taking


def read_cells(taking: Taking) -> FolderReading:
    """Return what the heads say. Qualities are not in them: lanes have reads and bases only."""
    if taking.has(Kind.PACBIO):
        read = (taking.read(f, long_reads.read_pacbio) for f in taking.files.several(Kind.PACBIO))
        cells = [each for each in read if each is not None]
        done = taking.has(Kind.TRANSFER_DONE)
        why = "transferdone is there" if done else "No cell's transferdone is there yet"
        return _reading(taking, Platform.PACBIO, cells, done=done, why=why)
    cells = _nanopore(taking)
    done = any(each.stopped for each in cells)
    why = "final_summary says that it stopped" if done else "No final_summary says that it stopped"
    return _reading(taking, Platform.NANOPORE, cells, done=done, why=why)


def _nanopore(taking: Taking) -> list[Cell]:
    """Return one cell, of the final summary with the report's yield; else of either alone."""
    for each in taking.files.several(Kind.ONT_READS):
        taking.read(each, long_reads.check_sequencing_summary)
    final = taking.read(taking.newest(Kind.ONT_FINAL), long_reads.read_final_summary)
    report = taking.read(taking.newest(Kind.ONT_REPORT), long_reads.read_report)
    if final is None or report is None:
        return [each for each in (final, report) if each is not None]
    return [
        Cell(
            run=final.run or report.run,
            instrument=final.instrument or report.instrument,
            flow_cell=final.flow_cell or report.flow_cell,
            sample=final.sample or report.sample,
            label=final.label,
            reads=report.reads,
            bases=report.bases,
            stopped=final.stopped,
        )
    ]


def _reading(
    taking: Taking, platform: Platform, cells: Sequence[Cell], *, done: bool, why: str
) -> FolderReading:
    first = cells[0] if cells else Cell()
    bases = [each.bases for each in cells if each.bases is not None]
    reads = [each.reads for each in cells if each.reads is not None]
    return FolderReading(
        summary=RunSummary(
            platform=platform,
            run_id=first.run,
            instrument=first.instrument,
            instrument_type=first.instrument_type,
            flow_cell=first.flow_cell,
            lanes=len(cells) or None,
            clusters_pf=sum(reads) if reads else None,
            yield_bases=sum(bases) if bases else None,
            progress=Progress.FINISHED if done and cells else Progress.ARRIVING,
            progress_why=why,
        ),
        lanes=tuple(
            LaneFigures(lane=number, label=each.label, clusters_pf=each.reads)
            for number, each in enumerate(cells, start=1)
        ),
        libraries=tuple(
            LibraryFigures(
                lane=number, sample_id=each.sample, reads=each.reads, yield_bases=each.bases
            )
            for number, each in enumerate(cells, start=1)
            if each.sample
        ),
        findings=tuple(taking.notes.made),
    )
