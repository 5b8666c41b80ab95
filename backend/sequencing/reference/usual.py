"""The reference data that every laboratory starts with; it changes them as it finds otherwise.

Reads of a lane are the levels below which checkQC (Molmed/checkQC, default configuration) warns, so
plans made with them hold in most runs; makers promise more. Read configurations are the lengths
that it judges. Which sequencer reads the second index reversed: Illumina, "Indexed sequencing
overview guide", workflows A and B. What has no public source is left out: run times of most
recipes, for one, which a laboratory knows from its own runs.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.balance import Chemistry
from backend.sequencing.reference.content import (
    AssayContent,
    ChemistryContent,
    Content,
    FlowCellContent,
    PlatformContent,
    ReadConfiguration,
    RecipeContent,
)
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.reference.models import ReferenceEntry
from backend.sequencing.reference.queries import POOLING_KEY
from backend.sequencing.reference.service import add_entry
from backend.sequencing.reference.usual_kits import KITS
from backend.sequencing.reference.usual_pooling import USUAL_POOLING

_COLOURS: Final = "Illumina Knowledge 7970, Chemistry and imaging on the NovaSeq X Series."
_CHECKQC: Final = "checkQC, default configuration: warning level of clusters passing filter."
_ORIENTATION: Final = "Illumina, Indexed sequencing overview guide, 15057455."
_LANES: Final = "Lanes: Illumina Knowledge 7970."
_PHIX: Final = "PhiX: Illumina Knowledge 6972, at least 1 % for balanced libraries."
_REASON: Final = "Usual figures, to begin with."
_ILLUMINA: Final = "Illumina"
_AVITI: Final = (
    "Not looked up: about a billion reads a flow cell, of two lanes. Check it by your own runs."
)


class _Entry(NamedTuple):
    kind: ReferenceKind
    key: str
    name: str
    content: Content
    source: str


_CHEMISTRIES: Final = (
    (
        Chemistry.FOUR_CHANNEL,
        "Four channels",
        "MiSeq and HiSeq.",
        "Illumina, Index adapters pooling guide; lasers: CZ Biohub, Sequencing knowledge.",
    ),
    (
        Chemistry.TWO_CHANNEL_RED_GREEN,
        "Two channels, red and green",
        "NovaSeq 6000, NextSeq 500.",
        _COLOURS,
    ),
    (
        Chemistry.TWO_CHANNEL_BLUE_GREEN,
        "Two channels, blue and green",
        "NextSeq 1000 and 2000, standard reagents.",
        _COLOURS,
    ),
    (
        Chemistry.XLEAP,
        "Two channels, XLEAP",
        "NovaSeq X; NextSeq 1000 and 2000, XLEAP reagents.",
        _COLOURS,
    ),
    (
        Chemistry.ONE_CHANNEL,
        "One channel, two images",
        "iSeq 100.",
        "Illumina, iSeq 100 product documentation, Sequencing.",
    ),
    (
        Chemistry.AVIDITY,
        "Avidity",
        "AVITI.",
        "Nothing is judged by colours; only that a lane of few libraries is not all one base.",
    ),
    (
        Chemistry.NANOPORE,
        "Nanopore",
        "PromethION, GridION and MinION.",
        "A pore feels the strand's current: there are no colours to balance.",
    ),
)
_OTHER_MAKERS: Final = (
    (
        "aviti",
        "AVITI",
        PlatformContent(
            maker="Element Biosciences",
            run_prefix="AV",
            chemistry=Chemistry.AVIDITY.value,
            i5_orientation=I5Orientation.FORWARD,
            is_patterned=False,
        ),
        "No public table says how it reads i5: forward until the laboratory finds otherwise.",
    ),
    (
        "promethion",
        "PromethION",
        PlatformContent(
            maker="Oxford Nanopore Technologies",
            run_prefix="ON",
            chemistry=Chemistry.NANOPORE.value,
            i5_orientation=I5Orientation.FORWARD,
            is_patterned=False,
        ),
        "Barcodes are named by their kit. Its yield differs by library: the laboratory's to enter.",
    ),
)
_REVERSED, _FORWARD = I5Orientation.REVERSE_COMPLEMENT, I5Orientation.FORWARD
_PLATFORMS: Final = (
    ("novaseq_x", "NovaSeq X", "NX", Chemistry.XLEAP, _REVERSED, True, "NovaSeqXSeries"),
    (
        "novaseq_6000",
        "NovaSeq 6000, v1.5 reagents",
        "NV",
        Chemistry.TWO_CHANNEL_RED_GREEN,
        _REVERSED,
        True,
        "",
    ),
    (
        "nextseq_500",
        "NextSeq 500 and 550",
        "NS",
        Chemistry.TWO_CHANNEL_RED_GREEN,
        _REVERSED,
        False,
        "",
    ),
    ("miseq", "MiSeq", "MS", Chemistry.FOUR_CHANNEL, _FORWARD, False, ""),
    ("iseq", "iSeq 100", "IS", Chemistry.ONE_CHANNEL, _REVERSED, True, ""),
)
_FLOW_CELLS: Final = (
    ("novaseq_x_1_5b", "NovaSeq X, 1.5B", "novaseq_x", 2, 800, (51, 101, 151)),
    ("novaseq_x_10b", "NovaSeq X, 10B", "novaseq_x", 8, 1250, (51, 101, 151)),
    ("novaseq_x_25b", "NovaSeq X, 25B", "novaseq_x", 8, 3250, (151,)),
    ("novaseq_6000_sp", "NovaSeq 6000, SP v1.5", "novaseq_6000", 2, 325, (51, 101, 151, 251)),
    ("novaseq_6000_s1", "NovaSeq 6000, S1 v1.5", "novaseq_6000", 2, 650, (51, 101, 151)),
    ("novaseq_6000_s2", "NovaSeq 6000, S2 v1.5", "novaseq_6000", 2, 1650, (51, 101, 151)),
    ("novaseq_6000_s4", "NovaSeq 6000, S4 v1.5", "novaseq_6000", 4, 2000, (101, 151)),
    ("nextseq_500_high", "NextSeq 500, high output", "nextseq_500", 1, 400, (76, 151)),
    ("nextseq_500_mid", "NextSeq 500, mid output", "nextseq_500", 1, 128, (76, 151)),
    ("miseq_v3", "MiSeq, v3", "miseq", 1, 18, (76, 301)),
    ("miseq_v2", "MiSeq, v2", "miseq", 1, 10, (51, 151, 251)),
    ("iseq_100", "iSeq 100", "iseq", 1, 4, (151,)),
)
_ONE_POOL: Final = "Its imaging lanes hold one pool and count as one lane."
_LANE_SOURCES: Mapping[str, str] = {
    "novaseq_x": _LANES,
    "novaseq_6000": "Lanes: two, and four of S4 (Illumina, NovaSeq 6000 system guide).",
    "nextseq_500": f"100 and 32 M in each of four. {_ONE_POOL}",
    "miseq": "One lane.",
    "iseq": "One lane.",
}
_RECIPES: Final = (
    ("novaseq_x_10b_2x151", "NovaSeq X 10B, 2 × 151", "novaseq_x_10b", 151, 10),
    ("novaseq_x_10b_2x101", "NovaSeq X 10B, 2 × 101", "novaseq_x_10b", 101, 10),
    ("novaseq_x_25b_2x151", "NovaSeq X 25B, 2 × 151", "novaseq_x_25b", 151, 10),
    ("novaseq_6000_s4_2x151", "NovaSeq 6000 S4, 2 × 151", "novaseq_6000_s4", 151, 8),
    ("nextseq_500_high_2x151", "NextSeq 500 high output, 2 × 151", "nextseq_500_high", 151, 8),
    ("nextseq_500_high_2x76", "NextSeq 500 high output, 2 × 76", "nextseq_500_high", 76, 8),
    ("miseq_v3_2x301", "MiSeq v3, 2 × 301", "miseq_v3", 301, 8),
    ("miseq_v2_2x151", "MiSeq v2, 2 × 151", "miseq_v2", 151, 8),
    ("iseq_100_2x151", "iSeq 100, 2 × 151", "iseq_100", 151, 8),
)
_X_HOURS_SOURCE: Final = (
    "Hours: about 5 minutes a cycle (Illumina, NovaSeq X, Sequencing overview), without cluster "
    "generation."
)
_X_MINUTES_A_CYCLE: Final = 5
_TURNAROUND: Final = (
    "Turnaround: stage targets of Clinical Genomics (4, 5, 4, 1 and 2 days). Lane sharing is the "
    "laboratory's own choice."
)
_STAGES_WORKING_DAYS: Final = 16
_ASSAYS: Final = (
    (
        "wgs_human_30x",
        "Human whole genome, 30×",
        AssayContent(
            library_type="Whole genome",
            mixing=MixingClass.ANY,
            read1_cycles=151,
            read2_cycles=151,
            coverage_x=Decimal(30),
            target_megabases=Decimal(3055),
            turnaround_working_days=_STAGES_WORKING_DAYS,
        ),
        "Coverage: Illumina, 30 to 50×. Genome: Nurk et al. 2022, doi:10.1126/science.abj6987.",
    ),
    (
        "exome_100x",
        "Exome, 100×",
        AssayContent(
            library_type="Exome",
            mixing=MixingClass.ANY,
            read1_cycles=151,
            read2_cycles=151,
            coverage_x=Decimal(100),
            turnaround_working_days=_STAGES_WORKING_DAYS,
        ),
        "Coverage: Illumina, Sequencing coverage. The target is the capture kit's: fill it in.",
    ),
    (
        "mrna",
        "mRNA, differential expression",
        AssayContent(
            library_type="mRNA",
            mixing=MixingClass.ANY,
            read1_cycles=101,
            read2_cycles=101,
            reads_millions=Decimal(25),
            turnaround_working_days=_STAGES_WORKING_DAYS,
        ),
        "Reads: ENCODE 2011 and Liu et al. 2014, 10 to 25 M.",
    ),
    (
        "atac",
        "ATAC, open chromatin",
        AssayContent(
            library_type="ATAC",
            mixing=MixingClass.SAME_TYPE,
            read1_cycles=76,
            read2_cycles=76,
            reads_millions=Decimal(50),
            turnaround_working_days=_STAGES_WORKING_DAYS,
        ),
        "Reads: Buenrostro et al. 2015, as UC Davis Genome Center asks.",
    ),
    (
        "amplicon_16s",
        "16S amplicons",
        AssayContent(
            library_type="Amplicon, low diversity",
            mixing=MixingClass.ALONE,
            read1_cycles=301,
            read2_cycles=301,
            phix_percent=Decimal(5),
            turnaround_working_days=_STAGES_WORKING_DAYS,
        ),
        "PhiX: Illumina Knowledge 1527, at least 5 % on MiSeq.",
    ),
)
_POOLING_SOURCE: Final = (
    "Mass of a base pair: Illumina Knowledge 1240. Undetermined reads: checkQC. PhiX: "
    "Illumina Knowledge 6972. Pipettes, dead volume and safety are the laboratory's own choice."
)


def usual() -> Iterator[_Entry]:
    """Yield the entries, those that others refer to first."""
    for detection, name, note, source in _CHEMISTRIES:
        content = ChemistryContent(detection=detection, note=note)
        yield _Entry(ReferenceKind.CHEMISTRY, detection.value, name, content, source)
    for key, name, prefix, chemistry, orientation, is_patterned, sheet_name in _PLATFORMS:
        platform = PlatformContent(
            maker=_ILLUMINA,
            run_prefix=prefix,
            chemistry=chemistry.value,
            i5_orientation=orientation,
            is_patterned=is_patterned,
            sheet_name=sheet_name,
        )
        yield _Entry(ReferenceKind.PLATFORM, key, name, platform, _ORIENTATION)
    for key, name, platform, source in _OTHER_MAKERS:
        yield _Entry(ReferenceKind.PLATFORM, key, name, platform, source)
    for key, name, of, lanes, reads, lengths in _FLOW_CELLS:
        cell = FlowCellContent(
            platform=of,
            lanes=lanes,
            reads_pf_millions_per_lane=Decimal(reads),
            configurations=tuple(
                ReadConfiguration(name=f"2 × {each}", read1_cycles=each, read2_cycles=each)
                for each in lengths
            ),
        )
        yield _Entry(ReferenceKind.FLOW_CELL, key, name, cell, f"{_CHECKQC} {_LANE_SOURCES[of]}")
    aviti = FlowCellContent(platform="aviti", lanes=2, reads_pf_millions_per_lane=Decimal(500))
    yield _Entry(ReferenceKind.FLOW_CELL, "aviti_high", "AVITI, high output", aviti, _AVITI)
    yield from _recipes()
    for key, name, assay, source in _ASSAYS:
        yield _Entry(ReferenceKind.ASSAY, key, name, assay, f"{source} {_TURNAROUND}")
    yield _Entry(
        ReferenceKind.POOLING, POOLING_KEY, "Pooling and lanes", USUAL_POOLING, _POOLING_SOURCE
    )
    for key, (name, kit, source) in KITS.items():
        yield _Entry(ReferenceKind.INDEX_KIT, key, name, kit, source)


def add_usual_reference(session: WriteSession, principal: Principal) -> None:
    """Keep the first version of each that the laboratory does not have yet."""
    had = {
        (kind, key)
        for kind, key in session.execute(select(ReferenceEntry.kind, ReferenceEntry.key))
    }
    for each in usual():
        if (each.kind, each.key) not in had:
            add_entry(
                session,
                principal,
                kind=each.kind,
                key=each.key,
                name=each.name,
                content=each.content,
                source=each.source,
                reason=_REASON,
            )


def _recipes() -> Iterator[_Entry]:
    for key, name, cell, length, index in _RECIPES:
        content = RecipeContent(
            flow_cell=cell,
            read1_cycles=length,
            read2_cycles=length,
            index1_cycles=index,
            index2_cycles=index,
        )
        source = f"Lengths: {_CHECKQC} {_PHIX}"
        if cell == "novaseq_x_10b":
            hours = Decimal(content.cycles * _X_MINUTES_A_CYCLE) / 60
            content = content.model_copy(update={"run_hours": round(hours, 1)})
            source = f"{source} {_X_HOURS_SOURCE}"
        yield _Entry(ReferenceKind.RECIPE, key, name, content, source)
