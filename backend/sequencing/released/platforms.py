"""What a make of sequencer takes as its sample sheet, and in how many colours it sees.

Chemistries are DOMAIN 2c (Illumina Knowledge 7970). The second format is what NovaSeq X starts
with; the control software of older sequencers takes the first, and BCL Convert reads both
(Illumina, "BCL Convert software guide"). ``sheet_name`` is InstrumentPlatform of the second format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.sequencing.indexing.balance import Chemistry
from backend.sequencing.sheets.values import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A make of sequencer; its usual dialect comes first. Without chemistry there is no balance."""

    dialects: tuple[Dialect, ...]
    chemistry: Chemistry | None
    sheet_name: str = ""


_OLDER = (Dialect.ILLUMINA_V1, Dialect.ILLUMINA_V2)

PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        "novaseq_x_10b": Platform(
            dialects=(Dialect.ILLUMINA_V2,), chemistry=Chemistry.XLEAP, sheet_name="NovaSeqXSeries"
        ),
        "novaseq_6000_s4": Platform(
            dialects=(Dialect.ILLUMINA_V2, Dialect.ILLUMINA_V1),
            chemistry=Chemistry.TWO_CHANNEL_RED_GREEN,
            sheet_name="NovaSeq6000",
        ),
        "nextseq_500_high": Platform(dialects=_OLDER, chemistry=Chemistry.TWO_CHANNEL_RED_GREEN),
        "miseq_v3": Platform(dialects=_OLDER, chemistry=Chemistry.FOUR_CHANNEL),
        "iseq_100": Platform(dialects=_OLDER, chemistry=Chemistry.ONE_CHANNEL),
        "aviti": Platform(dialects=(Dialect.AVITI,), chemistry=Chemistry.AVIDITY),
        "promethion": Platform(dialects=(Dialect.ONT,), chemistry=None),
    }
)
"""Platforms by key of `instruments.MODELS`. A make that is not here needs no sheet."""
