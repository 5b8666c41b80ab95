"""Folders of MiSeq runs that have ended, as the demonstration's watcher would have read them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing import pool_queries
from backend.sequencing.ids import RequestId, RunState
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.run_folders.files import files_of
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.runs.ids import RunFolderId
from backend.sequencing.runs.storing import store_reading
from backend.sequencing.views import LaneLibrary

ROOT = "demonstration"
READS = (1_420_000, 2_310_000, 2_940_000, 1_870_000, 2_250_000, 2_660_000, 1_730_000)
"""Pairs of every library but the last, whose sheet is wrong."""
LOST, DARK = 1_960_000, 210_000
MISSED = 31_000
TILES = 38
_CLUSTERS_PASSING = 0.88
_INDEX = 10
_DENSITY = 890_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MiSeqRun:
    """What the instrument and its demultiplexer left behind.

    ``reads`` are by library in the order of the lane. With ``lost`` the i5 of the last library
    stands the wrong way round in the sheet, and so many of its reads are unknown.
    """

    day: date
    number: int
    flow_cell: str
    cycles: int
    """Of each of the two reads."""
    reads: Sequence[int]
    lost: int = 0
    passing: int = 458_000
    """Clusters of a tile that pass the filter."""
    good_percent: int = 90
    """Of their bases."""
    called: str = "Night"

    @property
    def name(self) -> str:
        """Return the name of the folder, which is the run's."""
        return f"{self.day:%y%m%d}_M00417_{self.number:04d}_000000000-{self.flow_cell}"


NEWEST = MiSeqRun(
    day=date(2026, 11, 28),
    number=118,
    flow_cell="LK7TD",
    cycles=151,
    reads=(*READS, MISSED),
    lost=LOST,
)


def arrive(session: WriteSession, principal: Principal, *, request_id: RequestId) -> None:
    """Read the folder of the run that a request's libraries are on."""
    for run_id in pool_queries.runs_of(session, [request_id], [RunState.RUNNING]):
        libraries = pool_queries.lane_libraries(session, run_id)
        if len(libraries) == len(NEWEST.reads):
            store(session, principal, NEWEST, libraries)


def store(
    session: WriteSession, principal: Principal, run: MiSeqRun, libraries: Sequence[LaneLibrary]
) -> RunFolderId | None:
    """Read a run's folder and keep what is in it; the folder is named by the run's code."""
    files = files_of(run.name, contents_of(run, libraries))
    return store_reading(
        session, principal, root=ROOT, stamp="", files=files, reading=read_folder(files)
    )


def contents_of(run: MiSeqRun, libraries: Sequence[LaneLibrary]) -> dict[str, bytes]:
    """Return the contents of the folder's files by their paths in it."""
    return {
        "RunInfo.xml": _run_info(run).encode(),
        "runParameters.xml": _parameters(run).encode(),
        "RTAComplete.txt": f"{run.day:%m/%d/%Y},RTA 1.18.54".encode(),
        "SampleSheet.csv": _sheet(run, libraries).encode(),
        "InterOp/TileMetricsOut.bin": _tiles(run),
        "InterOp/QMetricsOut.bin": _qualities(run),
        "InterOp/ErrorMetricsOut.bin": _errors(run),
        "Reports/Demultiplex_Stats.csv": _stats(run, libraries).encode(),
        "Reports/Quality_Metrics.csv": _quality(run, libraries).encode(),
        "Reports/Top_Unknown_Barcodes.csv": _unknown(run, libraries).encode(),
    }


def _run_info(run: MiSeqRun) -> str:
    reads = "\n".join(
        f'<Read NumCycles="{cycles}" Number="{number}" IsIndexedRead="{is_index}" />'
        for number, (cycles, is_index) in enumerate(
            ((run.cycles, "N"), (_INDEX, "Y"), (_INDEX, "Y"), (run.cycles, "N")), start=1
        )
    )
    return f"""<?xml version="1.0"?>
<RunInfo Version="2"><Run Id="{run.name}" Number="{run.number}">
<Flowcell>000000000-{run.flow_cell}</Flowcell>
<Instrument>M00417</Instrument><Date>{run.day:%y%m%d}</Date><Reads>
{reads}</Reads>
<FlowcellLayout LaneCount="1" SurfaceCount="2" SwathCount="1" TileCount="19" /></Run></RunInfo>
"""


def _parameters(run: MiSeqRun) -> str:
    return f"""<?xml version="1.0"?>
<RunParameters><FlowcellRFIDTag><SerialNumber>000000000-{run.flow_cell}</SerialNumber>
<PartNumber>15028382</PartNumber></FlowcellRFIDTag>
<Setup><ApplicationName>MiSeq Control Software</ApplicationName>
<NumTilesPerSwath>19</NumTilesPerSwath></Setup>
<ReagentKitVersion>Version3</ReagentKitVersion></RunParameters>
"""


def _sheet(run: MiSeqRun, libraries: Sequence[LaneLibrary]) -> str:
    rows = [
        f"1,{each.barcode},{each.index_i7},{_i5_of_sheet(run, each, libraries)}"
        for each in libraries
    ]
    head = f"[Header]\nFileFormatVersion,2\nRunName,{run.called}\n[BCLConvert_Settings]\n"
    return head + "[BCLConvert_Data]\nLane,Sample_ID,Index,Index2\n" + "\n".join(rows) + "\n"


def _i5_of_sheet(run: MiSeqRun, library: LaneLibrary, libraries: Sequence[LaneLibrary]) -> str:
    i5 = library.index_i5 or ""
    return reverse_complement(i5) if run.lost and library is libraries[-1] else i5


def _stats(run: MiSeqRun, libraries: Sequence[LaneLibrary]) -> str:
    rows = [
        f"1,{each.barcode},{each.index_i7}-{_i5_of_sheet(run, each, libraries)},"
        f"{got},{got * 95 // 100}"
        for each, got in zip(libraries, run.reads, strict=True)
    ]
    rest = f"1,Undetermined,,{run.lost + DARK},0"
    head = "Lane,SampleID,Index,# Reads,# Perfect Index Reads"
    return "\n".join([head, *rows, rest, ""])


def _quality(run: MiSeqRun, libraries: Sequence[LaneLibrary]) -> str:
    rows = [
        f"1,{each.barcode},,,{read},{got * run.cycles},{got * run.cycles * share // 1000},36.4"
        for each, got in zip(libraries, run.reads, strict=True)
        for read, share in ((1, 934), (2, 881))
    ]
    head = "Lane,SampleID,index,index2,ReadNumber,Yield,YieldQ30,Mean Quality Score (PF)"
    return "\n".join([head, *rows, ""])


def _unknown(run: MiSeqRun, libraries: Sequence[LaneLibrary]) -> str:
    lost = libraries[-1]
    head = "Lane,index,index2,# Reads,% of Unknown Barcodes,% of All Reads"
    turned = [f"1,{lost.index_i7},{lost.index_i5 or ''},{run.lost},,"] if run.lost else []
    return "\n".join([head, *turned, f"1,GGGGGGGGGG,AGATCTCGGT,{DARK},,", ""])


def _places() -> list[int]:
    return [surface * 1000 + 101 + tile for surface in (1, 2) for tile in range(TILES // 2)]


def _tiles(run: MiSeqRun) -> bytes:
    """Tile metrics, version 2."""
    clusters, passing = run.passing / _CLUSTERS_PASSING, float(run.passing)
    values = ((100, _DENSITY), (102, clusters), (103, passing), (300, 1.1), (303, 1.1))
    records = [
        struct.pack("<HHHf", 1, tile, code, value * (1 + (tile % 7 - 3) / 250))
        for tile in _places()
        for code, value in values
    ]
    return struct.pack("<BB", 2, 10) + b"".join(records)


def _qualities(run: MiSeqRun) -> bytes:
    """Quality metrics, version 6 with two bins."""
    head = struct.pack("<BBBB", 6, 14, 1, 2) + bytes([2, 30, 29, 41, 20, 37])
    good = run.passing * run.good_percent // 100
    records = [
        struct.pack("<HHHII", 1, tile, cycle, run.passing - good, good)
        for cycle in range(1, 2 * (run.cycles + _INDEX) + 1)
        for tile in _places()
    ]
    return head + b"".join(records)


def _errors(run: MiSeqRun) -> bytes:
    """Error metrics, version 3: more towards the end of each read."""
    second = run.cycles + 2 * _INDEX
    records = [
        struct.pack("<HHHf5I", 1, 1101, begin + cycle, 0.2 + cycle / 160, 0, 0, 0, 0, 0)
        for begin in (0, second)
        for cycle in range(1, run.cycles + 1)
    ]
    return struct.pack("<BB", 3, 30) + b"".join(records)
