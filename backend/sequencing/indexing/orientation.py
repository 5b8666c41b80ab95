"""How a sequencer reads the second index, and how a sheet has to write it.

The table is DOMAIN 2d (Illumina, "Indexed sequencing overview guide", workflows A and B). Newer
RunInfo files say of every index read whether it is reversed: that is trusted over any table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from backend.sequencing.ids import I5Orientation

_FORWARD, _REVERSED = I5Orientation.FORWARD, I5Orientation.REVERSE_COMPLEMENT
_COMPLEMENT = str.maketrans("ACGTacgt", "TGCAtgca")

BY_INSTRUMENT: Mapping[str, I5Orientation] = MappingProxyType(
    {
        "miseqi100": _REVERSED,
        "miseq": _FORWARD,
        "hiseq2000": _FORWARD,
        "hiseq2500": _FORWARD,
        "hiseq3000": _REVERSED,
        "hiseq4000": _REVERSED,
        "hiseqx": _REVERSED,
        "iseq": _REVERSED,
        "miniseq": _REVERSED,
        "nextseq": _REVERSED,
        "novaseqx": _REVERSED,
        "novaseq6000v15": _REVERSED,
        "novaseq6000v10": _FORWARD,
    }
)
"""Instruments by the start of their name, letters and digits only; a longer start wins.

A NovaSeq 6000 reads the second index by its reagents: without their version nothing is known.
"""

TOLD_REVERSED_SHARE = 0.8
"""Share of unknown barcodes from which a wrong orientation is said to be the reason (2d)."""


@dataclass(frozen=True, slots=True)
class I5Reading:
    """How the second index is read, and who says so."""

    orientation: I5Orientation
    source: Literal["RunInfo", "table"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Share (0–1) of unknown reads that match a sheet's i5 as written, and reversed."""

    as_written: float
    reversed_share: float

    @property
    def is_reversed(self) -> bool:
        """Say whether the sheet's second indexes are written the wrong way round."""
        return self.reversed_share >= TOLD_REVERSED_SHARE > self.as_written

    @property
    def sentence(self) -> str:
        """Say what the unknown barcodes tell."""
        if self.is_reversed:
            return (
                f"{self.reversed_share:.0%} of unknown reads match an i5 of the sheet as its "
                "reverse complement. Turn the sheet's i5 round and demultiplex again."
            )
        return (
            f"{self.reversed_share:.0%} of unknown reads match an i5 of the sheet as its reverse "
            f"complement and {self.as_written:.0%} as written: orientation is not the reason."
        )


def reverse_complement(bases: str) -> str:
    """Return the other strand's bases; letters other than A, C, G and T stay as they are."""
    return bases.translate(_COMPLEMENT)[::-1]


def i5_reading(instrument: str, *, run_info_reversed: bool | None = None) -> I5Reading | None:
    """Return how the second index is read, or None when nothing says so.

    ``run_info_reversed`` is what RunInfo says of the second index read; None when it is silent.
    """
    if run_info_reversed is not None:
        return I5Reading(_REVERSED if run_info_reversed else _FORWARD, "RunInfo")
    name = re.sub(r"[^a-z0-9]", "", instrument.casefold())
    known = max((start for start in BY_INSTRUMENT if name.startswith(start)), key=len, default=None)
    return None if known is None else I5Reading(BY_INSTRUMENT[known], "table")


def as_sequenced(i5_forward: str, orientation: I5Orientation) -> str:
    """Return the bases that the sequencer sees of an i5 given in forward direction."""
    return i5_forward if orientation is _FORWARD else reverse_complement(i5_forward)


def diagnose(i5_of_sheet: Sequence[str], unknown_reads: Mapping[str, int]) -> Diagnosis:
    """Compare the most frequent unknown i5 with a sheet's, as written and reversed.

    ``unknown_reads`` are reads by second index (Top_Unknown_Barcodes). A palindrome counts for
    both. Without unknown reads both shares are 0.
    """
    total = sum(unknown_reads.values())
    if not total:
        return Diagnosis(0.0, 0.0)
    written, turned = set(i5_of_sheet), {reverse_complement(each) for each in i5_of_sheet}
    return Diagnosis(
        sum(count for i5, count in unknown_reads.items() if i5 in written) / total,
        sum(count for i5, count in unknown_reads.items() if i5 in turned) / total,
    )
