"""Chemistries and makes of sequencers that every laboratory starts with.

Which sequencer reads the second index reversed: Illumina Knowledge 1800 and 2099, workflows A and
B, and for MiSeq i100 help.connected.illumina.com, "i5 Index Orientation Table". Least share of PhiX
with libraries of low diversity: Illumina Knowledge 1527. What no public page says is left out, and
the source says so.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.reference.content import ChemistryContent, PlatformContent
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual_entry import NOT_LOOKED_UP, Usual

_COLOURS: Final = "Illumina Knowledge 7970, Chemistry and imaging on the NovaSeq X Series."
_ILLUMINA: Final = "Illumina"
_ORIENTATION: Final = "i5: Illumina, Indexed sequencing overview guide, 15057455."
_PHIX: Final = "PhiX: Illumina Knowledge 1527."
_NEXTSEQ_2000: Final = (
    "Patterned, one lane, blue and green: Illumina Knowledge 2392. i5: Illumina Knowledge 2434. "
    f"{_PHIX}"
)
_XLEAP: Final = (
    f"{_COLOURS} MiSeq i100 sees blue and green (support-docs.illumina.com, MiSeq i100 Plus, "
    f"Sequencing overview); which base lights which is there {NOT_LOOKED_UP}: as XLEAP does."
)
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
        "NovaSeq 6000, NextSeq 500 and MiniSeq.",
        f"{_COLOURS} MiniSeq: system guide 1000000002695, table 1.",
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
        "NovaSeq X; NextSeq 1000 and 2000, XLEAP reagents; MiSeq i100.",
        _XLEAP,
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


class _Make(NamedTuple):
    key: str
    name: str
    prefix: str
    chemistry: Chemistry
    orientation: I5Orientation
    sheet_name: str
    phix_percent: int | None
    source: str
    maker: str = _ILLUMINA


_REVERSED, _FORWARD = I5Orientation.REVERSE_COMPLEMENT, I5Orientation.FORWARD
_RED_GREEN, _ELEMENT = Chemistry.TWO_CHANNEL_RED_GREEN, "Element Biosciences"
_NANOPORE: Final = "Oxford Nanopore Technologies"
_PATTERNED: Final = frozenset(
    {
        "novaseq_x",
        "novaseq_6000",
        "nextseq_2000",
        "nextseq_2000_xleap",
        "miseq_i100",
        "iseq",
        "hiseq_4000",
    }
)
_MAKES: Final = (
    _Make(
        "novaseq_x",
        "NovaSeq X",
        "NX",
        Chemistry.XLEAP,
        _REVERSED,
        "NovaSeqXSeries",
        None,
        f"{_ORIENTATION} PhiX for low diversity: {NOT_LOOKED_UP}.",
    ),
    _Make(
        "novaseq_6000",
        "NovaSeq 6000, v1.5 reagents",
        "NV",
        _RED_GREEN,
        _REVERSED,
        "",
        5,
        f"{_ORIENTATION} {_PHIX}",
    ),
    _Make(
        "nextseq_2000",
        "NextSeq 1000 and 2000, standard reagents",
        "VH",
        Chemistry.TWO_CHANNEL_BLUE_GREEN,
        _REVERSED,
        "NextSeq1000/2000",
        10,
        f"{_NEXTSEQ_2000} Colours: Illumina Knowledge 7970.",
    ),
    _Make(
        "nextseq_2000_xleap",
        "NextSeq 1000 and 2000, XLEAP reagents",
        "VL",
        Chemistry.XLEAP,
        _REVERSED,
        "NextSeq1000/2000",
        10,
        f"{_NEXTSEQ_2000} Colours: Illumina Knowledge 7970.",
    ),
    _Make(
        "nextseq_500",
        "NextSeq 500 and 550",
        "NS",
        _RED_GREEN,
        _REVERSED,
        "",
        10,
        f"{_ORIENTATION} {_PHIX}",
    ),
    _Make(
        "miniseq",
        "MiniSeq, standard reagents",
        "MN",
        _RED_GREEN,
        _REVERSED,
        "",
        10,
        "Colours: MiniSeq system guide 1000000002695, table 1. i5: Illumina Knowledge 2099, "
        "workflow B; with rapid reagents it is forward (Knowledge 1800). PhiX: Illumina "
        "Knowledge 2036, 10 to 50 %.",
    ),
    _Make(
        "miseq",
        "MiSeq",
        "MS",
        Chemistry.FOUR_CHANNEL,
        _FORWARD,
        "",
        5,
        f"{_ORIENTATION} {_PHIX}",
    ),
    _Make(
        "miseq_i100",
        "MiSeq i100 and i100 Plus",
        "SH",
        Chemistry.XLEAP,
        _REVERSED,
        "MiSeqi100Series",
        None,
        "Blue and green: support-docs.illumina.com, MiSeq i100 Plus, Sequencing overview. i5: "
        "i5 Index Orientation Table, read-first; index-first reads it forward. Whether it is "
        f"patterned and its PhiX for low diversity: {NOT_LOOKED_UP}; the stricter is taken.",
    ),
    _Make(
        "iseq",
        "iSeq 100",
        "IS",
        Chemistry.ONE_CHANNEL,
        _REVERSED,
        "",
        5,
        f"{_ORIENTATION} {_PHIX}",
    ),
    _Make(
        "hiseq_4000",
        "HiSeq 3000 and 4000",
        "HS",
        Chemistry.FOUR_CHANNEL,
        _REVERSED,
        "",
        5,
        "Patterned, eight lanes: cqls.oregonstate.edu, HiSeq 3000 features. i5: Illumina Knowledge "
        "2099, workflow B. PhiX: Illumina Knowledge 1527, HCS 3.4.0 or later.",
    ),
    _Make(
        "aviti",
        "AVITI",
        "AV",
        Chemistry.AVIDITY,
        _FORWARD,
        "",
        None,
        f"How it reads i5, and its PhiX for low diversity: {NOT_LOOKED_UP}. Forward until the "
        "laboratory finds otherwise.",
        _ELEMENT,
    ),
    _Make(
        "promethion",
        "PromethION",
        "ON",
        Chemistry.NANOPORE,
        _FORWARD,
        "",
        None,
        "Barcodes are named by their kit: nothing is read in a direction.",
        _NANOPORE,
    ),
    _Make(
        "minion",
        "MinION and GridION",
        "MO",
        Chemistry.NANOPORE,
        _FORWARD,
        "",
        None,
        "Barcodes are named by their kit: nothing is read in a direction. GridION holds five of "
        "MinION's flow cells (Oxford Nanopore Technologies, GridION Mk1 technical specification).",
        _NANOPORE,
    ),
)


def makes() -> Iterator[Usual]:
    """Yield chemistries, then the platforms that refer to them."""
    for detection, name, note, source in _CHEMISTRIES:
        content = ChemistryContent(detection=detection, note=note)
        yield Usual(ReferenceKind.CHEMISTRY, detection.value, name, content, source)
    for each in _MAKES:
        platform = PlatformContent(
            maker=each.maker,
            run_prefix=each.prefix,
            chemistry=each.chemistry.value,
            i5_orientation=each.orientation,
            is_patterned=each.key in _PATTERNED,
            sheet_name=each.sheet_name,
            low_diversity_phix_percent=None
            if each.phix_percent is None
            else Decimal(each.phix_percent),
        )
        yield Usual(ReferenceKind.PLATFORM, each.key, each.name, platform, each.source)
