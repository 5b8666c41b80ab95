"""Recipes and assays that every laboratory starts with.

What has no public source is left out: run times of most recipes, for one, which a laboratory knows
from its own runs.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from backend.sequencing.reference.content import AssayContent, RecipeContent
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.reference.usual_entry import CHECKQC, NOT_LOOKED_UP, Usual

_PHIX: Final = "PhiX: Illumina Knowledge 6972, at least 1 % for balanced libraries."
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
_KIT: Final = "The kit's cycles: Illumina Knowledge 7002."
_CORE: Final = "Lengths: cqls.oregonstate.edu, Illumina NGS sequencing."
_IGVF: Final = "Lengths: IGVF, list of sequencing kits, and SciLifeLab, scilifelab_epps."
_INDEX_CHOICE: Final = (
    "Index cycles: for unique dual indexes of 10 bases, the laboratory's own choice."
)
_NO_HOURS: Final = f"Hours: {NOT_LOOKED_UP}."
_MINISEQ_MINUTES: Final = (Decimal("4.5"), 150)
"""A cycle at most; and cluster generation with the turn between the reads."""
_MINISEQ_SOURCE: Final = (
    "Lengths: thesequencingcenter.com, paired-end reads. Hours: Illumina Knowledge 2009, 4.5 "
    f"minutes a cycle at most, 90 of clusters and 60 between the reads. {_PHIX}"
)
_LATER: Final = (
    *(
        (f"{cell}_2x{length}", f"{name}, 2 × {length}", cell, length, 10, source)
        for cell, name, lengths in (
            ("nextseq_2000_p1", "NextSeq 2000 P1", (151,)),
            ("nextseq_2000_p2", "NextSeq 2000 P2", (51, 101, 151)),
            ("nextseq_2000_p3", "NextSeq 2000 P3", (51, 101, 151)),
            ("nextseq_2000_xleap_p2", "NextSeq 2000 P2 XLEAP", (51, 101, 151)),
            ("nextseq_2000_xleap_p3", "NextSeq 2000 P3 XLEAP", (51, 101, 151)),
            ("nextseq_2000_xleap_p4", "NextSeq 2000 P4 XLEAP", (51, 101, 151)),
        )
        for length in lengths
        for source in (f"{_CORE} {_KIT} {_PHIX} {_INDEX_CHOICE} {_NO_HOURS}",)
    ),
    *(
        (f"{cell}_2x{length}", f"{name}, 2 × {length}", cell, length, 10, source)
        for cell, name, length in (
            ("aviti_high", "AVITI high output", 75),
            ("aviti_high", "AVITI high output", 150),
            ("aviti_high_300", "AVITI high output", 300),
            ("aviti_medium_300", "AVITI medium output", 300),
        )
        for source in (f"{_IGVF} {_INDEX_CHOICE} PhiX and hours: {NOT_LOOKED_UP}.",)
    ),
    *(
        (f"hiseq_4000_2x{length}", f"HiSeq 4000, 2 × {length}", "hiseq_4000", length, 8, source)
        for length in (101, 151)
        for source in (f"Lengths: cqls.oregonstate.edu, HiSeq 3000 features. {_PHIX} {_NO_HOURS}",)
    ),
)
"""Of makes that checkQC does not judge; the source last."""
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


def assays() -> Iterator[Usual]:
    """Yield the assays."""
    for key, name, assay, source in _ASSAYS:
        yield Usual(ReferenceKind.ASSAY, key, name, assay, f"{source} {_TURNAROUND}")


def recipes() -> Iterator[Usual]:
    """Yield the recipes."""
    for key, name, cell, length, index in _RECIPES:
        content = _paired(cell, length, index)
        source = f"Lengths: {CHECKQC} {_PHIX}"
        if cell == "novaseq_x_10b":
            hours = Decimal(content.cycles * _X_MINUTES_A_CYCLE) / 60
            content = content.model_copy(update={"run_hours": round(hours, 1)})
            source = f"{source} {_X_HOURS_SOURCE}"
        yield Usual(ReferenceKind.RECIPE, key, name, content, source)
    for key, name, cell, length, index, source in _LATER:
        yield Usual(ReferenceKind.RECIPE, key, name, _paired(cell, length, index), source)
    minutes, once = _MINISEQ_MINUTES
    for word in ("high", "mid"):
        content = _paired(f"miniseq_{word}", 151, 8)
        hours = round((content.cycles * minutes + once) / 60, 1)
        content = content.model_copy(update={"run_hours": hours})
        name = f"MiniSeq {word} output, 2 × 151"
        yield Usual(ReferenceKind.RECIPE, f"miniseq_{word}_2x151", name, content, _MINISEQ_SOURCE)


def _paired(cell: str, length: int, index: int) -> RecipeContent:
    return RecipeContent(
        flow_cell=cell,
        read1_cycles=length,
        read2_cycles=length,
        index1_cycles=index,
        index2_cycles=index,
    )
