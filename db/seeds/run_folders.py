"""The folder of a MiSeq run that has ended, as the demonstration's watcher would have read it.

One library's i5 stands the wrong way round in its sheet: almost all of its reads are unknown.
"""

import struct
from collections.abc import Sequence

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing import pool_queries
from backend.sequencing.ids import RequestId, RunState
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.run_folders.files import files_of
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.runs.storing import store_reading
from backend.sequencing.views import LaneLibrary

ROOT = "demonstration"
NAME = "261128_M00417_0118_000000000-LK7TD"
READS = (1_420_000, 2_310_000, 2_940_000, 1_870_000, 2_250_000, 2_660_000, 1_730_000)
"""Pairs of every library but the last, whose sheet is wrong."""
LOST, DARK = 1_960_000, 210_000
MISSED = 31_000
_TILES, _CLUSTERS, _PASSING = 38, 520_000.0, 458_000.0
_CYCLES, _BASES, _GOOD = 322, 458_000, 412_000
_DENSITY = 890_000.0


def arrive(session: WriteSession, principal: Principal, *, request_id: RequestId) -> None:
    """Read the folder of the run that a request's libraries are on."""
    for run_id in pool_queries.runs_of(session, [request_id], [RunState.RUNNING]):
        libraries = pool_queries.lane_libraries(session, run_id)
        if len(libraries) != len(READS) + 1:
            continue
        files = files_of(NAME, _files(libraries))
        store_reading(
            session, principal, root=ROOT, stamp="", files=files, reading=read_folder(files)
        )


def _files(libraries: Sequence[LaneLibrary]) -> dict[str, bytes]:
    return {
        "RunInfo.xml": _RUN_INFO.encode(),
        "runParameters.xml": _PARAMETERS.encode(),
        "RTAComplete.txt": b"11/29/2026,RTA 1.18.54",
        "SampleSheet.csv": _sheet(libraries).encode(),
        "InterOp/TileMetricsOut.bin": _tiles(),
        "InterOp/QMetricsOut.bin": _qualities(),
        "InterOp/ErrorMetricsOut.bin": _errors(),
        "Reports/Demultiplex_Stats.csv": _stats(libraries).encode(),
        "Reports/Quality_Metrics.csv": _quality(libraries).encode(),
        "Reports/Top_Unknown_Barcodes.csv": _unknown(libraries).encode(),
    }


_RUN_INFO = f"""<?xml version="1.0"?>
<RunInfo Version="2"><Run Id="{NAME}" Number="118"><Flowcell>000000000-LK7TD</Flowcell>
<Instrument>M00417</Instrument><Date>261128</Date><Reads>
<Read NumCycles="151" Number="1" IsIndexedRead="N" />
<Read NumCycles="10" Number="2" IsIndexedRead="Y" />
<Read NumCycles="10" Number="3" IsIndexedRead="Y" />
<Read NumCycles="151" Number="4" IsIndexedRead="N" /></Reads>
<FlowcellLayout LaneCount="1" SurfaceCount="2" SwathCount="1" TileCount="19" /></Run></RunInfo>
"""
_PARAMETERS = """<?xml version="1.0"?>
<RunParameters><FlowcellRFIDTag><SerialNumber>000000000-LK7TD</SerialNumber>
<PartNumber>15028382</PartNumber></FlowcellRFIDTag>
<Setup><ApplicationName>MiSeq Control Software</ApplicationName>
<NumTilesPerSwath>19</NumTilesPerSwath></Setup>
<ReagentKitVersion>Version3</ReagentKitVersion></RunParameters>
"""


def _sheet(libraries: Sequence[LaneLibrary]) -> str:
    rows = [
        f"1,{each.barcode},{each.index_i7},{_i5_of_sheet(each, libraries)}" for each in libraries
    ]
    head = "[Header]\nFileFormatVersion,2\nRunName,Night\n[BCLConvert_Settings]\n"
    return head + "[BCLConvert_Data]\nLane,Sample_ID,Index,Index2\n" + "\n".join(rows) + "\n"


def _i5_of_sheet(library: LaneLibrary, libraries: Sequence[LaneLibrary]) -> str:
    i5 = library.index_i5 or ""
    return reverse_complement(i5) if library is libraries[-1] else i5


def _stats(libraries: Sequence[LaneLibrary]) -> str:
    reads = (*READS, MISSED)
    rows = [
        f"1,{each.barcode},{each.index_i7}-{_i5_of_sheet(each, libraries)},{got},{got * 95 // 100}"
        for each, got in zip(libraries, reads, strict=True)
    ]
    rest = f"1,Undetermined,,{LOST + DARK},0"
    head = "Lane,SampleID,Index,# Reads,# Perfect Index Reads"
    return "\n".join([head, *rows, rest, ""])


def _quality(libraries: Sequence[LaneLibrary]) -> str:
    reads = (*READS, MISSED)
    rows = [
        f"1,{each.barcode},,,{read},{got * 151},{got * 151 * share // 1000},36.4"
        for each, got in zip(libraries, reads, strict=True)
        for read, share in ((1, 934), (2, 881))
    ]
    head = "Lane,SampleID,index,index2,ReadNumber,Yield,YieldQ30,Mean Quality Score (PF)"
    return "\n".join([head, *rows, ""])


def _unknown(libraries: Sequence[LaneLibrary]) -> str:
    lost = libraries[-1]
    head = "Lane,index,index2,# Reads,% of Unknown Barcodes,% of All Reads"
    turned = f"1,{lost.index_i7},{lost.index_i5 or ''},{LOST},,"
    return "\n".join([head, turned, f"1,GGGGGGGGGG,AGATCTCGGT,{DARK},,", ""])


def _places() -> list[int]:
    return [surface * 1000 + 101 + tile for surface in (1, 2) for tile in range(_TILES // 2)]


def _tiles() -> bytes:
    """Tile metrics, version 2."""
    values = ((100, _DENSITY), (102, _CLUSTERS), (103, _PASSING), (300, 1.1), (303, 1.1))
    records = [
        struct.pack("<HHHf", 1, tile, code, value * (1 + (tile % 7 - 3) / 250))
        for tile in _places()
        for code, value in values
    ]
    return struct.pack("<BB", 2, 10) + b"".join(records)


def _qualities() -> bytes:
    """Quality metrics, version 6 with two bins."""
    head = struct.pack("<BBBB", 6, 14, 1, 2) + bytes([2, 30, 29, 41, 20, 37])
    records = [
        struct.pack("<HHHII", 1, tile, cycle, _BASES - _GOOD, _GOOD)
        for cycle in range(1, _CYCLES + 1)
        for tile in _places()
    ]
    return head + b"".join(records)


def _errors() -> bytes:
    """Error metrics, version 3: more towards the end of each read."""
    records = [
        struct.pack("<HHHf5I", 1, 1101, cycle, 0.2 + (cycle % 171) / 160, 0, 0, 0, 0, 0)
        for cycle in (*range(1, 152), *range(172, 323))
    ]
    return struct.pack("<BB", 3, 30) + b"".join(records)
