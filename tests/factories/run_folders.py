"""Run folders as instruments and demultiplexers write them, made here with the traits of real ones.

Two lanes of a NovaSeq X with four libraries: small enough to be cut at every byte.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.sequencing.run_folders.files import files_of
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs.models import LibraryYield, RunFolder
from backend.sequencing.runs.storing import judge_again

RUN = "20261128_LH00123_0042_A22CHVKLT4"
LIBRARIES = (
    (1, "LIB-A", "ACGTACGTAC", "TTGCAATTGC", 412_000_000),
    (1, "LIB-B", "GGATCCTTAA", "CATTGGCCAT", 398_000_000),
    (2, "LIB-C", "CCTAGGATAC", "AATCCGGTTA", 505_000_000),
    (2, "LIB-D", "TTAGCAGCAT", "GGCATTAACC", 21_000_000),
)
UNDETERMINED = {1: 30_000_000, 2: 300_000_000}

RUN_INFO = f"""<?xml version="1.0" encoding="utf-8"?>
<RunInfo Version="6">
  <Run Id="{RUN}" Number="42">
    <Flowcell>22CHVKLT4</Flowcell>
    <Instrument>LH00123</Instrument>
    <Date>2026-11-28T09:12:00Z</Date>
    <Reads>
      <Read Number="1" NumCycles="3" IsIndexedRead="N" IsReverseComplement="N" />
      <Read Number="2" NumCycles="2" IsIndexedRead="Y" IsReverseComplement="N" />
      <Read Number="3" NumCycles="2" IsIndexedRead="Y" IsReverseComplement="Y" />
      <Read Number="4" NumCycles="3" IsIndexedRead="N" IsReverseComplement="N" />
    </Reads>
    <FlowcellLayout LaneCount="2" SurfaceCount="1" SwathCount="1" TileCount="2" />
  </Run>
</RunInfo>
"""
PARAMETERS = """<?xml version="1.0" encoding="utf-8"?>
<RunParameters>
  <InstrumentType>NovaSeqXPlus</InstrumentType>
  <ExperimentName>NX-0042</ExperimentName>
  <SystemSuiteVersion>1.2.0</SystemSuiteVersion>
  <ConsumableInfo>
    <ConsumableInfo><SerialNumber>LC1</SerialNumber><Type>Reagent</Type></ConsumableInfo>
    <ConsumableInfo>
      <SerialNumber>22CHVKLT4</SerialNumber><PartNumber>20080370</PartNumber>
      <Type>FlowCell</Type><Mode>3</Mode><Name>10B</Name>
    </ConsumableInfo>
  </ConsumableInfo>
</RunParameters>
"""
SHEET = "\n".join(
    [
        "[Header]",
        "FileFormatVersion,2",
        "RunName,NX-0042",
        "[Reads]",
        "Read1Cycles,3",
        "[BCLConvert_Settings]",
        "SoftwareVersion,4.3.6",
        "[BCLConvert_Data]",
        "Lane,Sample_ID,Index,Index2",
        *(f"{lane},{name},{i7},{i5}" for lane, name, i7, i5, _ in LIBRARIES),
        "",
    ]
)
_STATS_HEAD = (
    "Lane,SampleID,Index,# Reads,# Perfect Index Reads,# One Mismatch Index Reads,"
    "# Two Mismatch Index Reads,% Reads"
)
DEMULTIPLEX = "\n".join(
    [
        _STATS_HEAD,
        *(
            f"{lane},{name},{i7}-{i5},{reads},{reads // 10 * 9},{reads // 10},0,0.4"
            for lane, name, i7, i5, reads in LIBRARIES
        ),
        *(f"{lane},Undetermined,,{reads},{reads},0,0,0.02" for lane, reads in UNDETERMINED.items()),
        "",
    ]
)
_QUALITY_HEAD = (
    "Lane,SampleID,index,index2,ReadNumber,Yield,YieldQ30,QualityScoreSum,"
    "Mean Quality Score (PF),% Q30"
)
QUALITY = "\n".join(
    [
        _QUALITY_HEAD,
        *(
            f"{lane},{name},{i7},{i5},{read},{reads * 151},{reads * 151 * 93 // 100},1,38.1,0.93"
            for lane, name, i7, i5, reads in LIBRARIES
            for read in (1, 2)
        ),
        "",
    ]
)
# Lane 2: LIB-D's i5 stands the wrong way round in the sheet.
UNKNOWN = """Lane,index,index2,# Reads,% of Unknown Barcodes,% of All Reads
2,TTAGCAGCAT,GGTTAATGCC,279000000,0.93,0.3
2,GGGGGGGGGG,AGATCTCGGT,21000000,0.07,0.02
"""
HOPPED = """Lane,SampleID,index,index2,# Reads,% of Hopped Reads,% of All Reads
1,LIB-A,ACGTACGTAC,TTGCAATTGC,412000000,0,0.4
1,,ACGTACGTAC,CATTGGCCAT,1200000,1,0.01
"""
COMPLETION = (
    '<?xml version="1.0"?><RunCompletionStatus><RunStatus>RunCompleted</RunStatus>'
    "</RunCompletionStatus>"
)


def tiles(lanes: int = 2) -> bytes:
    """Tile metrics, version 3: two tiles a lane with 0.6 and 0.5 thousand million clusters."""
    records = [struct.pack("<Bbf", 3, 15, 2.5)]
    for lane in range(1, lanes + 1):
        for tile in (1101, 1102):
            head = struct.pack("<HI", lane, tile)
            records.append(head + b"t" + struct.pack("<ff", 6e8, 5e8))
            records += [head + b"r" + struct.pack("<If", read, 1.5) for read in (1, 4)]
    return b"".join(records)


def qualities(lanes: int = 2, cycles: int = 10) -> bytes:
    """Quality metrics, version 7 with three bins: 90 of 100 bases have Q30 or more."""
    bins = bytes([2, 20, 35, 19, 34, 41, 9, 24, 40])
    records = [struct.pack("<BBBB", 7, 8 + 4 * 3, 1, 3), bins]
    records += [
        struct.pack("<HIH3I", lane, tile, cycle, 4, 6, 90)
        for cycle in range(1, cycles + 1)
        for lane in range(1, lanes + 1)
        for tile in (1101, 1102)
    ]
    return b"".join(records)


def errors(lanes: int = 2, rate: float = 0.4) -> bytes:
    """Error metrics, version 4, of every cycle of both reads."""
    records = [struct.pack("<BB", 4, 12)]
    records += [
        struct.pack("<HIHf", lane, 1101, cycle, rate)
        for cycle in (1, 2, 3, 8, 9, 10)
        for lane in range(1, lanes + 1)
    ]
    return b"".join(records)


def extraction() -> bytes:
    """Extraction metrics, version 2, of the last cycle."""
    ticks = 639_000_000_000_000_000 | (1 << 62)
    record = struct.pack("<HHH4f4HQ", 1, 1101, 10, *([2.0] * 4), *([200] * 4), ticks)
    return struct.pack("<BB", 2, 38) + record


def stats_json() -> bytes:
    """Return bcl2fastq's Stats.json of the same libraries."""
    lanes = sorted(UNDETERMINED)
    return json.dumps(
        {
            "Flowcell": "22CHVKLT4",
            "RunId": RUN,
            "ConversionResults": [
                {
                    "LaneNumber": lane,
                    "TotalClustersRaw": 1_200_000_000,
                    "TotalClustersPF": 1_000_000_000,
                    "DemuxResults": [
                        {
                            "SampleId": name,
                            "SampleName": name,
                            "IndexMetrics": [
                                {"IndexSequence": f"{i7}+{i5}", "MismatchCounts": {"0": reads}}
                            ],
                            "NumberReads": reads,
                            "ReadMetrics": [
                                {
                                    "ReadNumber": 1,
                                    "Yield": reads * 100,
                                    "YieldQ30": reads * 91,
                                    "QualityScoreSum": reads * 3700,
                                }
                            ],
                        }
                        for of, name, i7, i5, reads in LIBRARIES
                        if of == lane
                    ],
                    "Undetermined": {"NumberReads": UNDETERMINED[lane], "ReadMetrics": []},
                }
                for lane in lanes
            ],
            "UnknownBarcodes": [
                {"Lane": 2, "Barcodes": {"TTAGCAGCAT+GGTTAATGCC": 279_000_000}},
            ],
        }
    ).encode()


DEMULTIPLEXING_XML = b"""<?xml version="1.0"?>
<Stats><Flowcell flowcell-id="22CHVKLT4"><Project name="P1"><Sample name="LIB-A">
<Barcode name="ACGTACGTAC+TTGCAATTGC"><Lane number="1"><BarcodeCount>412</BarcodeCount>
<PerfectBarcodeCount>400</PerfectBarcodeCount></Lane></Barcode>
<Barcode name="all"><Lane number="1"><BarcodeCount>412</BarcodeCount></Lane></Barcode>
</Sample><Sample name="all"><Barcode name="all"><Lane number="1"><BarcodeCount>1</BarcodeCount>
</Lane></Barcode></Sample></Project></Flowcell></Stats>
"""


def illumina(**changed: bytes | str | None) -> dict[str, bytes]:
    """Return a whole folder; ``changed`` by name without its ending, None leaves the file out."""
    files: dict[str, bytes | str | None] = {
        "RunInfo.xml": RUN_INFO,
        "RunParameters.xml": PARAMETERS,
        "RunCompletionStatus.xml": COMPLETION,
        "CopyComplete.txt": "",
        "RTAComplete.txt": "11/29/2026,RTA 4",
        "SampleSheet.csv": SHEET,
        "InterOp/TileMetricsOut.bin": tiles(),
        "InterOp/QMetricsOut.bin": qualities(),
        "InterOp/ErrorMetricsOut.bin": errors(),
        "InterOp/ExtractionMetricsOut.bin": extraction(),
        "Analysis/1/Data/Demux/Demultiplex_Stats.csv": DEMULTIPLEX,
        "Analysis/1/Data/Demux/Quality_Metrics.csv": QUALITY,
        "Analysis/1/Data/Demux/Top_Unknown_Barcodes.csv": UNKNOWN,
        "Analysis/1/Data/Demux/Index_Hopping_Counts.csv": HOPPED,
        "Analysis/1/Data/Demux/Adapter_Metrics.csv": "Lane,Sample_ID\n1,LIB-A\n",
    }
    by_name = {path.rpartition("/")[2].partition(".")[0]: path for path in files}
    for name, content in changed.items():
        files[by_name[name]] = content
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in files.items()
        if content is not None
    }


PACBIO: Mapping[str, bytes] = {
    "1_A01/m84001_261128_0900.consensusreadset.xml": b"""<?xml version="1.0"?>
<pbds:ConsensusReadSet xmlns:pbds="http://pacificbiosciences.com/PacBioDatasets.xsd"
 xmlns:pbmeta="http://pacificbiosciences.com/PacBioCollectionMetadata.xsd">
<pbds:DataSetMetadata><pbds:TotalLength>45000000000</pbds:TotalLength>
<pbds:NumRecords>3000000</pbds:NumRecords>
<pbmeta:CollectionMetadata Context="m84001_261128_0900" InstrumentName="84001"
 InstrumentType="Revio"><pbmeta:RunDetails><pbmeta:Name>Run 7</pbmeta:Name></pbmeta:RunDetails>
<pbmeta:WellSample Name="HG002"><pbmeta:WellName>A01</pbmeta:WellName></pbmeta:WellSample>
<pbmeta:CellPac Barcode="EA1"/></pbmeta:CollectionMetadata></pbds:DataSetMetadata>
</pbds:ConsensusReadSet>""",
    "1_A01/m84001.transferdone": b"",
}
NANOPORE: Mapping[str, bytes] = {
    "final_summary_FAX1.txt": b"""instrument=PC24B100
position=1A
flow_cell_id=PAX12345
sample_id=HG003
protocol_run_id=1f0c-22
acquisition_run_id=77aa
started=2026-11-27T10:00:00+00:00
acquisition_stopped=2026-11-28T10:00:00+00:00
""",
    "sequencing_summary_FAX1.txt": b"filename\tread_id\tsequence_length_template\nx\ty\t100\n",
    "report_FAX1.json": json.dumps(
        {
            "host": {"product_name": "PromethION"},
            "protocol_run_info": {
                "run_id": "1f0c-22",
                "flow_cell": {"flow_cell_id": "PAX12345"},
                "user_info": {"sample_id": {"value": "HG003"}},
            },
            "acquisitions": [
                {
                    "acquisition_run_info": {
                        "yield_summary": {
                            "basecalled_pass_read_count": "8000000",
                            "basecalled_pass_bases": "99000000000",
                        }
                    }
                }
            ],
        }
    ).encode(),
}


def make_run_folder(session: WriteSession, project_libraries: Sequence[Sample]) -> UUID:
    """A folder that was read, of no booked run, with a library on a lane of its own."""
    reading = read_folder(files_of("folder", illumina()))
    now = datetime(2026, 11, 29, 9, tzinfo=UTC)
    folder = RunFolder(root="/runs", name=RUN, first_seen_at=now, read_at=now)
    session.add(folder)
    session.flush()
    judge_again(session, folder, reading)
    session.add_all(
        LibraryYield(
            folder_id=folder.id,
            run_id=None,
            lane=1,
            name=library.barcode,
            sample_id=library.id,
            reads=1_000_000,
            wanted=2_000_000,
            q30_percent=None,
            verdict=Verdict.FAIL,
            sentence=f"{library.barcode} got too little.",
        )
        for library in project_libraries
    )
    session.flush()
    return folder.id
