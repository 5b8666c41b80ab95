"""What a make of sequencer takes as its sample sheet, and in how many colours it sees.

How it sees and what the second format calls it are the laboratory's reference data; which formats
its software reads is known here. The second format is what NovaSeq X, NextSeq 1000 and 2000 and
MiSeq i100 start with (help.connected.illumina.com, Sample sheet; Twist, HT UDI sample sheet
templates); the control software of older sequencers takes the first, and BCL Convert reads both
(Illumina, "BCL Convert software guide").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.sequencing.indexing.colours import Chemistry, Colours, Sight
from backend.sequencing.reference.content import PlatformContent
from backend.sequencing.reference.views import Make
from backend.sequencing.sheets.values import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A make of sequencer; its usual dialect comes first. Without chemistry there is no balance."""

    dialects: tuple[Dialect, ...]
    chemistry: Sight | None
    sheet_name: str = ""


_BY_PLATFORM: Mapping[str, tuple[Dialect, ...]] = MappingProxyType(
    {
        "novaseq_x": (Dialect.ILLUMINA_V2,),
        "novaseq_6000": (Dialect.ILLUMINA_V2, Dialect.ILLUMINA_V1),
        "nextseq_2000": (Dialect.ILLUMINA_V2,),
        "nextseq_2000_xleap": (Dialect.ILLUMINA_V2,),
        "miseq_i100": (Dialect.ILLUMINA_V2,),
    }
)
_BY_MAKER: Mapping[str, tuple[Dialect, ...]] = MappingProxyType(
    {
        "illumina": (Dialect.ILLUMINA_V1, Dialect.ILLUMINA_V2),
        "element biosciences": (Dialect.AVITI,),
        "oxford nanopore technologies": (Dialect.ONT,),
    }
)


def platform_of(make: Make) -> Platform | None:
    """Return what is known of an instrument's make; None is one whose sheets are not known."""
    kept = make.platform.content
    return platform(make.platform.key, kept, make.chemistry.content.colours)


def platform(key: str, kept: PlatformContent, colours: Colours) -> Platform | None:
    """Return a platform by its key, or else by its maker."""
    dialects = _BY_PLATFORM.get(key) or _BY_MAKER.get(kept.maker.casefold())
    if dialects is None:
        return None
    return Platform(
        dialects=dialects,
        chemistry=None if colours.detection is Chemistry.NANOPORE else colours,
        sheet_name=kept.sheet_name,
    )
