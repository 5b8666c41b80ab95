"""Flow cells that every laboratory starts with: lanes, and the reads that a lane yields.

Reads are the levels below which a public quality control warns, where there is one (checkQC for
most of Illumina's, SciLifeLab's thresholds of demultiplexing for others), so plans made with them
hold in most runs; makers promise more. Read configurations are the lengths that checkQC judges or a
cited page lists. A figure without a public page is left out.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from backend.sequencing.reference.content import FlowCellContent, ReadConfiguration
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual_entry import CHECKQC, NOT_LOOKED_UP, Usual

_LANES: Final = f"{CHECKQC} Lanes: Illumina Knowledge 7970."
_NOVASEQ_6000: Final = (
    f"{CHECKQC} Lanes: two, and four of S4 (Illumina, NovaSeq 6000 system guide)."
)
_ONE_POOL: Final = "Its imaging lanes hold one pool and count as one lane."
_NEXTSEQ_500: Final = f"{CHECKQC} 100 and 32 M in each of four. {_ONE_POOL}"
_ONE: Final = f"{CHECKQC} One lane."
_EPPS: Final = "SciLifeLab, scilifelab_epps, manage_demux_stats_thresholds.py: clusters of a lane"
_NEXTSEQ_2000: Final = (
    f"{_EPPS}, as cqls.oregonstate.edu promises for P1 and P2. One lane: Knowledge 2392."
)
_P3: Final = (
    f"{_EPPS}, 550 M in each of two; CZ Biohub, Sequencing knowledge, has 1.1 billion. {_ONE_POOL}"
)
_P3_LENGTH: Final = "2 × 151: the 300 cycle kit, Illumina Knowledge 7007."
_OTHER_LENGTHS: Final = f"Lengths of its kits: {NOT_LOOKED_UP}."
_I100: Final = f"{_EPPS}, preliminary; the kit is named by them. {_OTHER_LENGTHS}"
_AVITI: Final = (
    f"{_EPPS}, preliminary. Two lanes: docs.elembio.io, Run planning, individually addressable "
    "lanes."
)
_NANOPORE: Final = (
    "the maker's most, in reads of 25 kb as its manual of MinION Mk1C reckons with. What a run "
    "yields depends on the library and is mostly far less: enter your own."
)


class _Cell(NamedTuple):
    key: str
    name: str
    platform: str
    lanes: int
    reads_millions: str | None
    lengths: tuple[int, ...]
    source: str


_CELLS: Final = (
    _Cell("novaseq_x_1_5b", "NovaSeq X, 1.5B", "novaseq_x", 2, "800", (51, 101, 151), _LANES),
    _Cell("novaseq_x_10b", "NovaSeq X, 10B", "novaseq_x", 8, "1250", (51, 101, 151), _LANES),
    _Cell("novaseq_x_25b", "NovaSeq X, 25B", "novaseq_x", 8, "3250", (151,), _LANES),
    _Cell(
        "novaseq_6000_sp",
        "NovaSeq 6000, SP v1.5",
        "novaseq_6000",
        2,
        "325",
        (51, 101, 151, 251),
        _NOVASEQ_6000,
    ),
    _Cell(
        "novaseq_6000_s1",
        "NovaSeq 6000, S1 v1.5",
        "novaseq_6000",
        2,
        "650",
        (51, 101, 151),
        _NOVASEQ_6000,
    ),
    _Cell(
        "novaseq_6000_s2",
        "NovaSeq 6000, S2 v1.5",
        "novaseq_6000",
        2,
        "1650",
        (51, 101, 151),
        _NOVASEQ_6000,
    ),
    _Cell(
        "novaseq_6000_s4",
        "NovaSeq 6000, S4 v1.5",
        "novaseq_6000",
        4,
        "2000",
        (101, 151),
        _NOVASEQ_6000,
    ),
    _Cell(
        "nextseq_500_high",
        "NextSeq 500, high output",
        "nextseq_500",
        1,
        "400",
        (76, 151),
        _NEXTSEQ_500,
    ),
    _Cell(
        "nextseq_500_mid",
        "NextSeq 500, mid output",
        "nextseq_500",
        1,
        "128",
        (76, 151),
        _NEXTSEQ_500,
    ),
    _Cell("miseq_v3", "MiSeq, v3", "miseq", 1, "18", (76, 301), _ONE),
    _Cell("miseq_v2", "MiSeq, v2", "miseq", 1, "10", (51, 151, 251), _ONE),
    _Cell("iseq_100", "iSeq 100", "iseq", 1, "4", (151,), _ONE),
    *(
        _Cell(
            f"{platform}_{cell.casefold()}",
            f"NextSeq 2000, {cell}{reagents}",
            platform,
            1,
            reads,
            (151,) if cell in {"P2", "P3"} else (),
            source + (f" {_P3_LENGTH}" if cell in {"P2", "P3"} else f" {_OTHER_LENGTHS}"),
        )
        for platform, reagents in (("nextseq_2000", ""), ("nextseq_2000_xleap", " XLEAP"))
        for cell, reads, source in (
            ("P1", "100", _NEXTSEQ_2000),
            ("P2", "400", _NEXTSEQ_2000),
            ("P3", "1100", _P3),
        )
    ),
    _Cell(
        "nextseq_2000_xleap_p4",
        "NextSeq 2000, P4 XLEAP",
        "nextseq_2000_xleap",
        1,
        "1800",
        (),
        f"cqls.oregonstate.edu, Illumina NGS sequencing: 1.8 billion a run. {_ONE_POOL} "
        f"{_OTHER_LENGTHS}",
    ),
    *(
        _Cell(
            f"miniseq_{word}",
            f"MiniSeq, {word} output",
            "miniseq",
            1,
            None,
            (),
            f"Its reads and lengths: {NOT_LOOKED_UP}. Enter what your own runs yield.",
        )
        for word in ("high", "mid")
    ),
    *(
        _Cell(
            f"miseq_i100_{size.casefold()}",
            f"MiSeq i100, {size}",
            "miseq_i100",
            1,
            size[:-1],
            (),
            _I100,
        )
        for size in ("5M", "25M", "50M", "100M")
    ),
    _Cell(
        "hiseq_4000",
        "HiSeq 3000 and 4000",
        "hiseq_4000",
        8,
        "262.5",
        (101, 151),
        "cqls.oregonstate.edu, HiSeq 3000 features: Illumina specifies at least 262.5 M clusters "
        "passing filter in each of eight lanes; 2 × 100 and 2 × 150.",
    ),
    _Cell(
        "aviti_high",
        "AVITI, high output",
        "aviti",
        2,
        "500",
        (75, 150),
        f"{_AVITI} Lengths: IGVF, list of sequencing kits.",
    ),
    _Cell("aviti_high_300", "AVITI, high output, 2 × 300", "aviti", 2, "300", (300,), _AVITI),
    _Cell(
        "aviti_medium", "AVITI, medium output", "aviti", 2, "250", (), f"{_AVITI} {_OTHER_LENGTHS}"
    ),
    _Cell("aviti_medium_300", "AVITI, medium output, 2 × 300", "aviti", 2, "100", (300,), _AVITI),
    _Cell("aviti_low", "AVITI, low output", "aviti", 2, "125", (), f"{_AVITI} {_OTHER_LENGTHS}"),
    _Cell(
        "promethion_r10",
        "PromethION, R10.4.1",
        "promethion",
        1,
        "11.6",
        (),
        "Oxford Nanopore Technologies, PromethION 24/48 technical specification: 14 Tb of 48 flow "
        f"cells, so 290 Gb of one: {_NANOPORE}",
    ),
    _Cell(
        "minion_r10",
        "MinION, R10.4.1",
        "minion",
        1,
        "1.2",
        (),
        "Oxford Nanopore Technologies, GridION Mk1 technical specification: 150 Gb of five flow "
        f"cells, so 30 Gb of one: {_NANOPORE}",
    ),
)


def flow_cells() -> Iterator[Usual]:
    """Yield the flow cells."""
    for each in _CELLS:
        content = FlowCellContent(
            platform=each.platform,
            lanes=each.lanes,
            reads_pf_millions_per_lane=None
            if each.reads_millions is None
            else Decimal(each.reads_millions),
            configurations=tuple(
                ReadConfiguration(name=f"2 × {one}", read1_cycles=one, read2_cycles=one)
                for one in each.lengths
            ),
        )
        yield Usual(ReferenceKind.FLOW_CELL, each.key, each.name, content, each.source)
